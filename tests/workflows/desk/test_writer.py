"""The writer leaves the rows that viewflow itself would have left, whatever happens and when."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from viewflow.workflow.base import Flow

from tests.workflows.desk.mazes.events import Event, Ours, Stock, told, undone
from tests.workflows.desk.mazes.flows import LEFT_TO_VIEWFLOW, WALKED
from tests.workflows.parcels import story
from workflows.desk.grammar import flows
from workflows.desk.walk import covers
from workflows.stateful import stateful_models

pytestmark = pytest.mark.django_db
# Six stories of up to 25 events for each flow; `./dev soak` tells a hundred, others each time.
EXAMPLES = int(os.environ.get("COUNTERSIGN_EXAMPLES", "6"))
OF_THE_HOUSE = [f for model in stateful_models() for f in flows(model.lifecycle).values()]

VERBS = ["complete"] * 8 + ["claim"] * 2 + ["start"] + ["cancel"]
events = st.builds(Event, st.sampled_from(VERBS), st.integers(0, 5))
stories = st.lists(events, min_size=4, max_size=24).map(lambda rest: [Event("start"), *rest])
often = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="COUNTERSIGN_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def without_a_second_start(told_events: list[Event]) -> list[Event]:
    """A flow is open once per state: another start comes only after a cancel."""
    kept, opened = [], False
    for event in told_events:
        if event.verb == "start" and opened:
            continue
        opened = event.verb != "cancel" and (opened or event.verb == "start")
        kept.append(event)
    return kept


def compare(flow_class: type[Flow], events: list[Event], seed: int, **parcel: Any) -> None:
    subject = story.at_counter(**parcel)
    events = without_a_second_start(events)
    by = story.person("Max Poe", *story.PEOPLE)
    stories = [
        undone(lambda tell=tell: list(told(tell(subject, flow_class, by), events, seed, None)))
        for tell in (Stock, Ours)
    ]
    for stock, ours in zip(*stories, strict=True):
        assert ours == stock


@pytest.mark.parametrize("flow_class", WALKED, ids=lambda flow_class: flow_class.__name__)
def test_every_gate_leaves_the_rows_that_viewflow_leaves(flow_class: type[Flow]) -> None:
    assert covers(flow_class)

    @often
    @given(told_events=stories, seed=st.integers(0, 2**16))
    def check(told_events: list[Event], seed: int) -> None:
        compare(flow_class, told_events, seed)

    check()


@pytest.mark.parametrize("flow_class", OF_THE_HOUSE, ids=lambda flow_class: flow_class.__name__)
def test_every_flow_of_the_house_leaves_the_rows_that_viewflow_leaves(
    flow_class: type[Flow],
) -> None:
    assert covers(flow_class)

    @often
    @given(told_events=stories, seed=st.integers(0, 3))
    def check(told_events: list[Event], seed: int) -> None:
        compare(flow_class, told_events, seed, title="Glass bells" if seed % 2 else "A book")

    check()


@pytest.mark.parametrize("flow_class", LEFT_TO_VIEWFLOW, ids=lambda flow: flow.__name__)
def test_what_we_do_not_walk_is_left_to_viewflow(flow_class: type[Flow]) -> None:
    assert not covers(flow_class)
    compare(flow_class, [Event("start"), Event("claim"), Event("complete", 1)], 0)
