"""Open cases follow a changed law by themselves: new duties, gone ones, and one mail."""

import pytest
from django.db import connection

from tests.factories import catalog, people, requests
from tests.vetting.policy.test_dates_of_a_case import by, case, day, happened, tell
from vetting.people.models import District
from vetting.policy.commands.evaluating import evaluate_case
from vetting.policy.commands.following import TOPIC, behind_the_law, follow_by_night, follow_later
from vetting.policy.commands.loading import load_texts
from vetting.policy.commands.recomputing import recompute_by_packs
from vetting.policy.models import Anchor, Evaluated
from vetting.policy.queries import texts_in
from vetting.requests.models import ToolRequest
from workflows import rounds
from workflows.actors import Actor
from workflows.clock.models import Deadline
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message
from workflows.triggers import drop_triggers, install_triggers

pytestmark = pytest.mark.django_db
__all__ = ["by", "case"]
KEPT = (Deadline, Entry, Evaluated, Message, Anchor)


def kinds(case: ToolRequest) -> set[str]:
    rows = Deadline.objects.filter(case_id=case.pk, met_at=None, waived_at=None).exclude(layer="")
    return set(rows.values_list("kind", flat=True))


def counts() -> list[int]:
    return [model.objects.count() for model in KEPT]


def in_other_words(*slugs: str) -> None:
    """The packs of these names are shipped no longer; the others stay."""
    gone = {f"{slug}.yaml" for slug in slugs}
    load_texts(tuple((name, text) for name, text in texts_in() if name not in gone))


@pytest.fixture
def without_ny(case: ToolRequest, by: Actor) -> ToolRequest:
    """A breach that was told while nobody had the law of New York."""
    in_other_words("ny-2d")
    tell(case, by)
    happened(case, by, "vendor_discovered", day(4, 2))
    happened(case, by, "vendor_notice_received", day(4, 10))
    assert not [kind for kind in kinds(case) if kind.startswith("ny.")]
    return case


def test_a_new_pack_brings_its_duties_to_open_cases_and_one_mail(without_ny: ToolRequest) -> None:
    load_texts(texts_in())
    recompute_by_packs()
    assert Message.objects.filter(topic=TOPIC, channel=Message.JOB).count() == 1
    drain()
    assert {"ny.121_10_a", "ny.121_10_b", "ny.121_10_e"} <= kinds(without_ny)
    row = Evaluated.objects.filter(case=without_ny.pk).order_by("-pk")[0]
    assert (row.why, row.by) == ("pack", "system:packs")
    mails = list(Message.objects.filter(topic="law_followed", channel=Message.MAIL))
    assert len(mails) == len({mail.to for mail in mails}) > 0
    assert "That day had passed before this was reckoned." in mails[0].body
    assert "ny" not in mails[0].subject
    assert registry.faults() == []


def test_asked_again_it_writes_nothing(without_ny: ToolRequest) -> None:
    load_texts(texts_in())
    assert follow_by_night() == 1
    assert follow_by_night() == 0
    drain()
    before = counts()
    assert (follow_by_night(), recompute_by_packs()["moved"]) == (0, 0)
    drain()
    assert counts() == before


def test_a_pack_that_is_gone_takes_its_duties_along(without_ny: ToolRequest) -> None:
    load_texts(texts_in())
    follow_by_night()
    drain()
    in_other_words("ny-2d")
    follow_by_night()
    drain()
    assert not [kind for kind in kinds(without_ny) if kind.startswith("ny.")]


def test_the_night_follows_answers_of_the_district_and_its_years(
    without_ny: ToolRequest, by: Actor
) -> None:
    home = people.district()
    District.objects.filter(pk=home.pk).update(federal_funds=True)
    assert follow_by_night() == 1
    drain()
    row = Evaluated.objects.filter(case=without_ny.pk).order_by("-pk")[0]
    assert row.facts["federal_funds"] is True
    District.objects.filter(pk=home.pk).update(federal_funds=None)
    assert follow_by_night() == 1
    drain()
    row = Evaluated.objects.filter(case=without_ny.pk).order_by("-pk")[0]
    assert "federal_funds" not in row.facts
    assert follow_by_night() == 0


def test_an_evaluation_that_dated_nothing_does_not_hide_a_case(
    without_ny: ToolRequest, by: Actor
) -> None:
    load_texts(texts_in())
    home = people.district()
    evaluate_case(without_ny, district=home, facts={"breach": True}, by=by, why="submitted")
    assert [one.pk for one in behind_the_law(home)] == [without_ny.pk]


def test_a_case_where_nothing_happened_has_nothing_to_follow(case: ToolRequest, by: Actor) -> None:
    in_other_words("ny-2d")
    assert list(behind_the_law(people.district())) == []
    assert not follow_later(people.district())


def test_one_bad_case_stops_no_other_and_stands_on_operations(
    without_ny: ToolRequest, by: Actor
) -> None:
    bad = requests.draft(tool=catalog.tool("Slate", website="https://slate.example"))
    tell(bad, by)
    happened(bad, by, "vendor_notice_received", day(4, 10))
    drop_triggers(connection)
    Evaluated.objects.filter(case=bad.pk).update(facts={"breach": "perhaps"})
    install_triggers(connection)
    load_texts(texts_in())
    rounds.reconcile_round()
    drain()
    assert "ny.121_10_e" in kinds(without_ny)
    assert "ny.121_10_e" not in kinds(bad)
    job = Message.objects.get(topic=TOPIC, channel=Message.JOB)
    assert job.status == Message.RETRY
    assert f"request {bad.code}: Refused" in job.last_error
    assert Message.objects.filter(topic="law_followed", channel=Message.MAIL).exists()
