"""What waits for whom, in few queries."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workflows.parcels import story
from tests.workflows.parcels.lifecycle import AT_COUNTER, PARCEL, WRAPPED
from workflows import engine
from workflows.actors import Actor, Role
from workflows.clock.models import Deadline
from workflows.desk import commands as desk
from workflows.desk import queries
from workflows.desk.turns import turns_of
from workflows.invariants import registry
from workflows.ledger.models import Entry
from workflows.ledger.queries import history_of
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.request import REQUEST

pytestmark = pytest.mark.django_db


def lead() -> Actor:
    return story.person("Lea Fox", Role.PRIVACY_LEAD)


def due(parcel: Any, day: int) -> None:
    at = datetime(2026, 12, day, tzinfo=UTC)
    Deadline.objects.filter(case_id=parcel.pk).delete()
    Deadline.objects.create(
        case_id=parcel.pk, kind="weighing", due_at=at, armed_at=at - timedelta(days=9), basis="test"
    )


def test_a_role_sees_its_acts_and_its_turns_soonest_due_first() -> None:
    late, soon, plain = story.on_scales(), story.on_scales(title="A lamp"), story.at_counter()
    due(late, 9)
    due(soon, 2)
    Deadline.objects.filter(case_id=plain.pk).delete()

    assert [w.title for w in queries.inbox(story.ada())] == ["Weigh A lamp", "Weigh A book"]
    assert [w.due.day for w in queries.inbox(story.ada()) if w.due] == [2, 9]
    assert [(w.title, w.state, w.node) for w in queries.inbox(story.sol())] == [
        ("Serve A book", "At the counter", "")
    ]


def test_a_draft_waits_for_those_who_ask() -> None:
    parcel = story.wrapped()
    (work,) = queries.inbox(story.ben())
    assert (work.case, work.title) == (parcel.code, "Wrapped: A book")


def test_another_district_sees_nothing() -> None:
    story.on_scales()
    story.at_counter()
    assert queries.inbox(story.eve()) == []


def test_it_takes_as_many_queries_for_twelve_rows_as_for_six() -> None:
    everybody = story.person("Max Poe", *story.PEOPLE)
    seen: list[int] = []
    for _ in range(2):
        for _ in range(3):
            desk.claim(story.on_scales().case, "note_weight", by=story.ada())
            story.at_counter()
        with CaptureQueriesContext(connection) as run:
            rows = queries.inbox(everybody)
        assert {w.machine for w in rows} == {"parcel"}
        seen.append(len(run))
    # The cases of every machine, then their tasks; the names of this test's people need none.
    assert seen == [2, 2]


def test_whose_turn_it_is_in_words() -> None:
    parcel = story.at_counter()
    assert str(queries.whose_turn(parcel)) == "Strategic Sourcing"
    parcel = story.on_scales(grams=3)
    desk.claim(parcel.case, "check_customs", by=story.cora())
    assert queries.whose_turn(parcel).words == "IT security, Legal reviewer (Cora Reyes)"
    lost = engine.perform(story.at_counter(), "lose", by=engine.actors.system("sweep"))
    assert str(queries.whose_turn(lost)) == ""


def commands_of(parcel: Any) -> list[tuple[str, str, dict[str, str]]]:
    rows = Entry.objects.filter(case_id=parcel.pk, kind=Entry.COMMAND).order_by("seq")
    return list(rows.values_list("name", "actor_ref", "facts"))


def test_what_one_takes_on_others_read_and_may_take_back() -> None:
    parcel, pat, lea = story.on_scales(), story.person("Pat Quill", Role.PRIVACY), lead()
    desk.claim(parcel.case, "note_weight", by=story.ada())

    has = r"Ada Quist has this since \w{3}, \w{3} \d+, \d+:\d\d [AP]M \w+\. Take it back first."
    for act in (desk.complete, desk.claim, desk.release):
        with pytest.raises(engine.Refused, match=has):
            act(parcel.case, "note_weight", by=pat)

    desk.take_back(parcel.case, "note_weight", by=pat)
    desk.assign(parcel.case, "note_weight", to=pat, by=lea)
    (work,) = queries.inbox(pat)
    assert (work.owner, work.mine) == ("Pat Quill", True)
    desk.release(parcel.case, "note_weight", by=pat)
    desk.complete(parcel.case, "note_weight", by=story.ada())


def test_each_act_is_one_row_of_the_ledger_and_is_told() -> None:
    parcel, pat, lea = story.on_scales(), story.person("Pat Quill", Role.PRIVACY), lead()
    for _ in range(2):
        desk.claim(parcel.case, "note_weight", by=story.ada())
    desk.assign(parcel.case, "note_weight", to=pat, by=story.ada())
    desk.take_back(parcel.case, "note_weight", by=lea, seen=pat.ref)
    desk.assign(parcel.case, "note_weight", to=story.ada(), by=lea)
    desk.release(parcel.case, "note_weight", by=story.ada())
    desk.release(parcel.case, "note_weight", by=story.ada())

    ada, act = story.ada().ref, {"act": "note_weight"}
    assert commands_of(parcel) == [
        ("work_taken", ada, act | {"holder": ada}),
        ("work_given", ada, act | {"holder": pat.ref}),
        ("work_taken_back", lea.ref, act | {"holder": pat.ref}),
        ("work_given", lea.ref, act | {"holder": ada}),
        ("work_put_back", ada, act | {"holder": ada}),
    ]
    told = [line.sentence for line in history_of(parcel, newest_first=False)][-5:]
    assert told == [
        "Ada Quist took on “Weigh”",
        "Ada Quist gave “Weigh” to Pat Quill",
        "Lea Fox took “Weigh” back from Pat Quill",
        "Lea Fox gave “Weigh” to Ada Quist",
        "Ada Quist put “Weigh” back",
    ]
    assert registry.faults() == []


def test_the_history_costs_no_query_for_each_holder() -> None:
    parcel, seen = story.on_scales(), []
    for name in ("Pat Quill", "Kim Roe"):
        desk.claim(parcel.case, "note_weight", by=story.ada())
        desk.assign(parcel.case, "note_weight", to=story.person(name, Role.PRIVACY), by=story.ada())
        desk.take_back(parcel.case, "note_weight", by=story.ada())
        with CaptureQueriesContext(connection) as run:
            history_of(parcel)
        seen.append(len(run))
    assert seen[0] == seen[1]


def test_what_somebody_else_holds_by_now_is_not_taken_back_unseen() -> None:
    parcel, pat = story.on_scales(), story.person("Pat Quill", Role.PRIVACY)
    desk.claim(parcel.case, "note_weight", by=pat)
    before = commands_of(parcel)
    with pytest.raises(engine.Refused, match="Pat Quill has this since"):
        desk.take_back(parcel.case, "note_weight", by=story.ada(), seen=story.cora().ref)
    assert commands_of(parcel) == before


def test_only_the_holder_or_a_lead_gives_work_to_somebody() -> None:
    parcel, pat = story.on_scales(), story.person("Pat Quill", Role.PRIVACY)
    with pytest.raises(engine.Refused, match="Nobody has this yet: take it, then give it"):
        desk.assign(parcel.case, "note_weight", to=pat, by=story.ada())
    desk.claim(parcel.case, "note_weight", by=pat)
    with pytest.raises(engine.Refused, match="Pat Quill has this since"):
        desk.assign(parcel.case, "note_weight", to=story.ada(), by=story.ada())
    desk.assign(parcel.case, "note_weight", to=story.ada(), by=lead())
    assert [name for name, _, _ in commands_of(parcel)] == ["work_taken", "work_given"]


def test_work_cannot_be_given_to_somebody_who_may_not_do_it() -> None:
    parcel = story.on_scales()
    with pytest.raises(engine.Refused, match="is for: Privacy team"):
        desk.assign(parcel.case, "note_weight", to=story.sol(), by=story.ada())
    with pytest.raises(engine.Refused, match="nothing here"):
        desk.assign(parcel.case, "note_weight", to=story.eve(), by=story.ada())


def test_states_named_in_the_table_have_a_turn() -> None:
    assert turns_of(PARCEL)[AT_COUNTER].roles == {Role.SOURCING}
    assert turns_of(PARCEL)[WRAPPED].title == "Wrapped: {subject}"


def test_what_waits_for_another_case_or_a_room_to_come_is_on_nobodys_list() -> None:
    assert {"terminated", "expired", "disposing"} & turns_of(AGREEMENT).keys() == set()
    assert turns_of(AGREEMENT)["with_vendor"].roles == {Role.VENDOR}
    assert "awaiting_agreement" not in turns_of(REQUEST)
