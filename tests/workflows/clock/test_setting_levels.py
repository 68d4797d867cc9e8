"""Setting a district's own service levels: what is refused, what is kept, what is stored."""

from typing import Any

import pytest

from tests.workflows.clock.test_follow import deadline, offsets
from tests.workflows.toy.lifecycle import ERRAND
from tests.workflows.toy.story import ada, ben, denver, district, errand, eve, person
from workflows.actors import Actor, Role
from workflows.clock import ladders
from workflows.clock.levels import (
    ALREADY,
    proposed,
    reset_service_level,
    set_service_level,
)
from workflows.clock.models import ServiceLevel
from workflows.clock.queries import audiences_of, dwells_for, levels_of
from workflows.clock.replanning import apply, recompute_stale_deadlines
from workflows.clock.worlds import Change
from workflows.engine import Refused
from workflows.grammar import Rung, Unit
from workflows.ledger.models import Entry
from workflows.lifecycles.request import REQUEST

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after_the_story")]
BEGUN = denver("2026-11-09 10:00")
LATE = Rung(0, "overdue", "holders")


def lead() -> Actor:
    return person("Pia Lund", Role.PRIVACY_LEAD)


def given(**changes: Any) -> dict[str, Any]:
    terms = {"machine": "errand", "kind": "work", "amount": 10, "unit": "business_days"}
    return terms | {"ladder": [Rung(-3, "remind", "holders"), LATE], "by": lead()} | changes


def reasons(**changes: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        set_service_level(district(), **given(**changes))
    assert ServiceLevel.objects.count() == 0
    assert district().levels_version == ""
    return list(refused.value.reasons)


@pytest.mark.parametrize("who", [ben, ada, eve])
def test_others_may_not_change_them(who: Any) -> None:
    says = "Only an administrator or the privacy lead may change service levels."
    assert reasons(by=who()) == [says]


@pytest.mark.parametrize("amount", [0, 401, -3])
def test_a_step_takes_from_1_to_400(amount: int) -> None:
    says = f"A step may take from 1 to 400: {amount} is none of these."
    assert says in reasons(amount=amount, ladder=[LATE])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "nap"}, "There is no such step."),
        ({"machine": "nobody"}, "There is no such step."),
        ({"unit": "weeks"}, "Say how long the step may take, and in which unit."),
        ({"amount": None}, "Say how long the step may take, and in which unit."),
        ({"ladder": [LATE, Rung(1, "escalate", "vendor")]},
         "“vendor” is nobody who hears of such a case."),
        ({"ladder": [Rung(1, "overdue", "holders")]},
         "Somebody must hear on the date itself that it is late: add that line."),
        ({"ladder": []}, "Somebody must hear on the date itself that it is late: add that line."),
        ({"ladder": [LATE, Rung(0, "escalate", "holders")]},
         "Twice on the date to whoever's turn it is: once is enough."),
        ({"ladder": [LATE, Rung(-10, "remind", "holders")]},
         "A reminder 10 business days before the date would lie before the step begins: it takes "
         "10 business days in all."),
        ({"ladder": [LATE, Rung(2, "remind", "privacy")]},
         "A reminder goes out before the date: afterwards say that it is late."),
        ({"ladder": [LATE, Rung(-2, "escalate", "privacy")]},
         "Nobody is late before the date: choose a reminder."),
        ({"ladder": [LATE, Rung(401, "escalate", "privacy")]},
         "401 is too far from the date: 400 at most."),
        ({"ladder": [LATE, Rung(0, "forbid", "")]},
         "Only Countersign itself acts by “forbid”, as delivered."),
        ({"kind": "no_reply", "ladder": [Rung(5, "lapse", "")]},
         "Only Countersign itself acts by “lapse”, as delivered."),
        ({"ladder": [LATE, *[Rung(n, "escalate", "privacy") for n in range(1, 21)]]},
         "21 lines are too many to be read: 20 at most."),
    ],
)  # fmt: skip
def test_what_nobody_could_mean_is_refused(changes: dict[str, Any], says: str) -> None:
    assert reasons(**changes)[0] == says


def test_it_counts_from_now_on_and_open_cases_follow() -> None:
    subject = errand(at=BEGUN)
    tenant = district()
    row = set_service_level(tenant, **given())
    assert (row.amount, row.set_by) == (10, lead().ref)
    assert tenant.levels_version == district().levels_version
    assert tenant.levels_version.startswith("1.")
    assert deadline(subject, "work").due_at == denver("2026-12-09 23:59:59")
    assert apply(tenant, Change("level"), by=lead()).moved == 1
    work = deadline(subject, "work")
    assert work.due_at == denver("2026-11-24 23:59:59")
    assert offsets(work) == [-3, 0]
    facts = Entry.objects.get(name="deadline_recomputed").facts
    assert facts == {"kind": "work", "from": "2026-12-09", "to": "2026-11-24", "why": "level"}


def test_back_as_delivered_and_the_dates_come_back() -> None:
    subject = errand(at=BEGUN)
    set_service_level(district(), **given())
    apply(district(), Change("level"), by=lead())
    row = reset_service_level(district(), machine="errand", kind="work", by=lead())
    assert (row.amount, row.ladder) == (None, [])
    assert dwells_for(district(), ERRAND) == ERRAND.dwells
    apply(district(), Change("level"), by=lead())
    assert deadline(subject, "work").due_at == denver("2026-12-09 23:59:59")
    assert offsets(deadline(subject, "work")) == [-5, 0, 1, 5, 10]


def test_what_countersign_does_at_the_date_cannot_be_lost() -> None:
    reminder = Rung(-5, "remind", "requesters")
    for ladder in ([reminder], [reminder, Rung(0, "lapse", "")]):
        terms = given(kind="no_reply", amount=20, unit="calendar_days", ladder=ladder)
        level = proposed(district(), **terms).level
        assert level
        assert level.ladder == (reminder, Rung(0, "lapse", ""))


def test_nothing_is_stored_that_counts_already() -> None:
    work = ERRAND.dwells[0]
    as_it_is = given(amount=20, ladder=[*reversed(work.ladder)])
    assert reasons(**{k: as_it_is[k] for k in ("amount", "ladder")}) == [ALREADY]
    with pytest.raises(Refused, match=ALREADY):
        reset_service_level(district(), machine="errand", kind="work", by=lead())
    set_service_level(district(), **given())
    with pytest.raises(Refused, match=ALREADY):
        set_service_level(district(), **given())
    assert ServiceLevel.objects.count() == 1


def test_setting_what_was_delivered_ends_the_districts_own() -> None:
    set_service_level(district(), **given())
    set_service_level(district(), **given(amount=20, ladder=ERRAND.dwells[0].ladder))
    assert levels_of(district()).own == {}


def test_a_reminder_of_a_short_step_that_never_goes_out_is_not_missed() -> None:
    """The delivered ladder reminds five days before; two days are the whole step."""
    check = ERRAND.dwells[1]
    fit = ladders.heard(ladders.Level(check.amount, check.unit, check.ladder)).ladder
    assert [rung.offset for rung in fit] == [0, 1, 5, 10]
    with pytest.raises(Refused, match=ALREADY):
        set_service_level(district(), **given(kind="check", amount=2, ladder=fit))


def test_a_ladder_of_the_law_has_no_amount() -> None:
    ladder = [Rung(-60, "remind", "privacy"), Rung(0, "overdue", "privacy_lead")]
    row = set_service_level(
        district(), **given(kind="law.days", amount=None, unit="", ladder=ladder)
    )
    assert (row.amount, row.unit) == (0, "calendar_days")
    assert levels_of(district()).ladder("errand", Unit.BUSINESS_DAYS) == tuple(ladder)
    assert levels_of(district()).ladder("errand", Unit.HOURS) == ladders.LAW["law.hours"]


def test_only_steps_that_a_case_can_reach_are_offered() -> None:
    kinds = [step.kind for step in ladders.steps_of(REQUEST)]
    assert "re_review" not in kinds
    assert kinds[-2:] == ["law.days", "law.hours"]


def test_each_machine_offers_whom_it_knows() -> None:
    assert list(audiences_of(ERRAND)) == [
        *("holders", "owner_lead", "requesters"), *("privacy", "privacy_lead", "superintendent"),
    ]  # fmt: skip


def test_the_night_finds_what_was_armed_by_the_older_level() -> None:
    """An arming that had read the tenant before the change and committed after its recompute."""
    subject = errand(at=BEGUN)
    set_service_level(district(), **given())
    assert recompute_stale_deadlines() == 1
    assert deadline(subject, "work").due_at == denver("2026-11-24 23:59:59")
    assert recompute_stale_deadlines() == 0


def test_two_who_set_at_once_leave_both_rows_and_a_version_of_both() -> None:
    early = district()
    set_service_level(district(), **given())
    set_service_level(early, **given(kind="check", amount=3, ladder=[LATE]))
    assert early.levels_version == district().levels_version
    assert early.levels_version.startswith("2.")
    assert {kind for _, kind in levels_of(district()).own} == {"work", "check"}
