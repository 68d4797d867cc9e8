"""Random people do random things, late reactions and leaps in time among them, and after every step
the real thing stands where the story says, with every invariant of the house intact.

The same sources live the same lives, so that a commit that was well stays well; the next commit
lives others. COUNTERSIGN_EXAMPLES=500 asks for more and longer ones than a run of the suite has
time for, new ones each time, or with --hypothesis-seed=1 the same.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.lives import town
from tests.lives.acts import acts_on, possible
from tests.lives.asking import begin
from tests.lives.contracting import DEE
from tests.lives.life import MONDAY, Life
from tests.lives.order import Order
from tests.lives.story import ENDED, OPEN, Case, Person, Request
from tests.lives.town import TOOLS, Town
from tests.workflows.test_product import unguarded
from vetting.people.commands import set_school_gate
from vetting.people.models import District
from vetting.requests.models import ToolRequest
from workflows import engine
from workflows.clock.sweep import sweep
from workflows.explored import explore
from workflows.ledger.queries import verify
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.request import REQUEST
from workflows.outbox.drain import drain
from workflows.product import Product

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ASKED = os.environ.get("COUNTERSIGN_EXAMPLES", "")
EXAMPLES, STEPS = (int(ASKED), 40) if ASKED else (3, 20)
HOUSE = Path(__file__).resolve().parent.parent.parent
LEAPS = (1, 0.04, 3, 11, 32, 70, 380)
MOST = 4  # requests in one life
DATA = (True, True, False)
EVENTS = (
    *["it_goes_on"] * 4,
    "a_whole_road",
    *["a_decision_comes_late"] * 3,
    *["somebody_does_what_they_may"] * 4,
    *["somebody_tries_what_is_not_right_yet"] * 3,
    "somebody_tries_something",
    *("somebody_grasps_at_a_move", "somebody_begins_a_request", "a_school_gate_is_switched"),
    *("time_passes", "time_passes", "deadlines_are_swept", "some_messages_are_handled"),
    *("everything_comes_to_rest", "the_vendor_opens_the_link", "somebody_signs_for_the_district"),
)
OF_AGREEMENTS = ("the_vendor_opens_the_link", "somebody_signs_for_the_district")
PLANTED = 5  # lives that find it soon, the same at every commit
WORK = {"screening", "legal_review"}
ENDS = {*ENDED, "abandoned"}
ASKERS = ("ben", "ben", "nia", "sol", "pat", "ada")
PLACES = {(p.request, p.agreement, p.kind) for p in explore(Product()).pairs}


class Lives(RuleBasedStateMachine, Life):
    events: tuple[str, ...] = EVENTS
    dice: Random

    def __init__(self, place: Town, order: Order, number: int) -> None:
        RuleBasedStateMachine.__init__(self)
        Life.__init__(self, place, order)
        self.number = number

    def teardown(self) -> None:
        self.end()

    # --- what can happen --------------------------------------------------------------------------

    @initialize(thrown=st.binary(min_size=8, max_size=8))
    def fate_is_thrown(self, thrown: bytes) -> None:
        """Once for the whole life. Where Hypothesis chooses each step, the first life of every run
        is its simplest, 38 times the first of all events, and two lives that began alike stop it:
        codes and links are secret and differ in each."""
        self.dice = Random(f"{self.number} {thrown.hex()}")  # noqa: S311 -- nothing is secret here

    @rule()
    def something_happens(self) -> None:
        """One rule that weighs by itself: of many rules Hypothesis leaves half out of each life."""
        what = self.dice.choice(self.events)
        if len(self.story.requests) < 2:
            what = "somebody_begins_a_request"
        elif what in OF_AGREEMENTS and not self.story.agreements:
            what = "it_goes_on"
        getattr(self, what)()

    def somebody_begins_a_request(self) -> None:
        if len(self.story.requests) == MOST:
            return self.it_goes_on()
        person = self.town.named(self.dice.choice(ASKERS))
        tool, taken = self.dice.choice(sorted(TOOLS)), self.dice.choice(DATA)
        row = begin(self.town, person, tool, data=taken)
        self.story.requests[row.pk] = Request(row.pk, tool, taken, [person], ever={person})
        note(f"{person} begins request {row.pk} for {tool}, {taken=}")
        return None

    def somebody_does_what_they_may(self) -> None:
        case = self.dice.choice(self.cases())
        if found := possible(self.story, case, self.town.persons):
            name = self.dice.choice(sorted({one.name for one, _, _ in found}))
            of_it = [each for each in found if each[0].name == name]
            one, who, choice = self.dice.choice(of_it)
            self.perform(one.name, who, case, choice)

    def somebody_tries_something(self) -> None:
        case = self.dice.choice(self.cases())
        one = self.dice.choice(acts_on(case))
        who = self.dice.choice(self.town.persons)
        self.perform(one.name, who, case, self.dice.choice(one.choices))

    def somebody_tries_what_is_not_right_yet(self) -> None:
        """In the right state and role: only a guard stands in the way."""
        tried = [
            (one, who, case, choice)
            for case in self.cases()
            for one in acts_on(case)
            for who in self.town.persons
            for choice in one.choices
            if one.is_theirs(self.story, who, case)
            and not one.allowed(self.story, who, case, choice)
        ]
        if tried:
            one, who, case, choice = self.dice.choice(tried)
            self.perform(one.name, who, case, choice)

    def a_whole_road(self) -> None:
        self.whole_road(self.dice.choice(list(self.story.requests.values())))

    def a_decision_comes_late(self) -> None:
        """What it would have rested on is gone when somebody decides."""
        ada = self.town.named("ada")
        if not self.decisions_of(ada):
            self.somebody_begins_a_request()
        if not (begun := self.decisions_of(ada)):
            return
        case = self.dice.choice([one for one in begun if one.state == "deciding"] or begun)
        self.whole_road(case, to="deciding")
        if self.dice.choice((True, True, False)):
            for agreement in self.story.agreements.values():
                if agreement.tool == case.tool and agreement.state == "in_force":
                    self.perform("terminate", self.town.named("cora"), agreement, None)
        else:
            self.days_pass(max(LEAPS))
        for kind in ("full", "pilot"):
            self.perform("approve", ada, case, kind)

    def decisions_of(self, lead: Person) -> list[Request]:
        """What is still to be decided, and not by somebody else."""
        begun = [one for one in self.story.requests.values() if one.state in ("draft", *OPEN)]
        return [one for one in begun if one.data and self.story.independent(lead, one)]

    def somebody_grasps_at_a_move(self) -> None:
        """By the bare engine: what the table gives to others, to the system, or to nobody here."""
        case = self.dice.choice(self.cases())
        machine = REQUEST if isinstance(case, Request) else AGREEMENT
        row = self.dice.choice(machine.moves)
        who = self.dice.choice([*self.town.persons, DEE])
        roles = {str(role) for role in row.by} & (self.story.roles(who, case) | {*who.roles})
        if not row.since and case.state in row.sources and roles:
            return  # theirs, perhaps: with the right words it might be done
        note(f"{who} grasps at {row.name} of {case}")
        by = self.actor(who)
        self.refused(lambda: engine.perform(self.row(case), row.name, by=by, note="Mine."))

    def it_goes_on(self) -> None:
        """A few of the steps that lead somewhere, so that lives do not end in their beginnings."""
        case = self.dice.choice(self.cases())
        for _ in range(self.dice.choice((4, 1, 8))):
            if not self.lead_on(case):
                break

    def a_school_gate_is_switched(self) -> None:
        self.story.gate = not self.story.gate
        by = self.town.actors[self.town.named("max")]
        district = District.objects.get(tenant__code="juniper")
        set_school_gate(district=district, on=self.story.gate, by=by)

    def time_passes(self) -> None:
        self.days_pass(self.dice.choice(LEAPS))

    def days_pass(self, days: float) -> None:
        note(f"{days} days pass")
        self.now.shift(timedelta(days=days))
        self.story.today = self.day()

    def deadlines_are_swept(self) -> None:
        note(f"swept: {sweep()}")

    def some_messages_are_handled(self) -> None:
        note(f"drained: {drain(limit=self.dice.choice((5, 1, 2, 500)))}")

    def everything_comes_to_rest(self) -> None:
        self.rest()

    def the_vendor_opens_the_link(self) -> None:
        case = self.dice.choice(list(self.story.agreements.values()))
        self.by_link(case, self.dice.choice(("signs", "accepts", "counters", "declines")))

    def somebody_signs_for_the_district(self) -> None:
        case = self.dice.choice(list(self.story.agreements.values()))
        self.sign(case, self.dice.choice([self.town.named("gwen"), *self.town.persons]))

    # --- what must be true after every step -------------------------------------------------------

    @invariant()
    def the_real_thing_stands_where_the_story_says(self) -> None:
        self.follow()
        cases: dict[int, Case] = {**self.story.requests, **self.story.agreements}
        told = {pk: case.state for pk, case in cases.items()}
        assert town.states() == told
        assert town.folded() == told
        assert town.open_processes() == {pk: 1 for pk, state in told.items() if state in WORK}
        assert not town.open_deadlines() & {pk for pk, state in told.items() if state in ENDS}

    @invariant()
    def the_house_is_in_order(self) -> None:
        assert self.order.faults() == []
        assert verify() == []

    @invariant()
    def the_model_check_has_been_here(self) -> None:
        """Every pair of states that lives come to is one that the product of the tables has."""
        for request in self.story.requests.values():
            kind = {"": "", "pilot": "dated"}.get(request.kind, "full")
            kind = "" if request.state in ENDED else kind
            for agreement in self.story.serving(request):
                assert (request.state, agreement.state, kind) in PLACES, (request, agreement)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    town.with_stand_ins(monkeypatch)
    with time_machine.travel(MONDAY - timedelta(days=1), tick=False):
        yield town.build()


def number_of_the_tree() -> int:
    digest = hashlib.sha256()
    for folder in ("workflows", "vetting", "contracts", "tests/lives"):
        for file in sorted((HOUSE / folder).rglob("*.py")):
            digest.update(file.read_bytes())
    return int.from_bytes(digest.digest()[:8])


def live(place: Town, kind: type[Lives], number: int) -> None:
    order = Order()

    def one() -> Lives:
        return kind(place, order, number)

    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=False,
        print_blob=True,
        database=None,
        report_multiple_bugs=False,
        # A life is told step by step; to make it shorter would take longer than to read it.
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(one) if number else one, settings=chosen)


def test_random_lives(place: Town) -> None:
    live(place, Lives, 0 if ASKED else number_of_the_tree())


class LateDecisions(Lives):
    events = ("a_decision_comes_late",)


@pytest.mark.database("sqlite")
def test_an_approval_without_the_guard_of_its_basis_is_found(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the one event that is there to find it: it comes several times in every life."""
    careless = unguarded(REQUEST, "approve", "approval_has_its_basis")
    monkeypatch.setattr(ToolRequest, "lifecycle", careless)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        live(place, LateDecisions, PLANTED)
