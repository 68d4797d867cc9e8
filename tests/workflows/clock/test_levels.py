"""A district's own service levels, and the ladders of dates that a law sets."""

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.workflows.clock.test_follow import deadline, offsets
from tests.workflows.toy.lifecycle import ERRAND
from tests.workflows.toy.story import ada, ben, denver, district, errand
from workflows import engine, providers
from workflows.cases import Tenant
from workflows.clock import ladders
from workflows.clock.models import ServiceLevel
from workflows.clock.queries import _levels, dwells_for, levels_of, waited_in_words
from workflows.grammar import Rung, Unit
from workflows.lifecycles.agreement import AGREEMENT
from workflows.lifecycles.request import REQUEST

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after_the_story")]
BEGUN = denver("2026-11-09 10:00")
OWN = (Rung(-2, "remind", "holders"), Rung(0, "overdue", "holders"))


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """A test's rows are taken back, and the next one's may have the same version."""
    _levels.cache_clear()


def row(
    version: str, amount: int | None = 5, kind: str = "work", unit: str = "business_days"
) -> None:
    ServiceLevel.objects.create(
        tenant=district(), machine="errand", kind=kind, amount=amount, unit=unit,
        ladder=ladders.stored(OWN), set_at=BEGUN, set_by="test",
    )  # fmt: skip
    Tenant.objects.filter(pk=district().pk).update(levels_version=version)


def test_a_district_without_its_own_has_the_lifecycles_and_asks_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    tenant = district()
    with django_assert_num_queries(0):
        assert dwells_for(tenant, ERRAND) is ERRAND.dwells
        assert levels_of(tenant).ladder("agreement", Unit.HOURS) == ladders.LAW["law.hours"]


def test_the_newest_row_of_a_step_counts_and_is_read_once_for_each_version(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    row("1.aaaaaaaa")
    row("2.bbbbbbbb", amount=7)
    tenant = district()
    with django_assert_num_queries(1):
        for _ in range(3):
            work = dwells_for(tenant, ERRAND)[0]
    assert (work.kind, work.amount, work.ladder) == ("work", 7, OWN)
    assert dwells_for(tenant, ERRAND)[1:] == ERRAND.dwells[1:]
    assert work.paused_in == ERRAND.dwells[0].paused_in


def test_a_row_without_an_amount_ends_the_districts_own() -> None:
    row("1.aaaaaaaa")
    row("2.cccccccc", amount=None)
    assert dwells_for(district(), ERRAND) == ERRAND.dwells


def test_a_tenant_read_before_a_change_gets_the_newer_rows_never_old_ones_under_a_new_name() -> (
    None
):
    row("1.aaaaaaaa")
    early = district()
    row("2.bbbbbbbb", amount=7)
    assert dwells_for(early, ERRAND)[0].amount == 7
    assert dwells_for(district(), ERRAND)[0].amount == 7


def test_a_case_is_armed_with_the_districts_amount_and_ladder() -> None:
    row("1.aaaaaaaa")
    work = deadline(errand(at=BEGUN), "work")
    assert work.due_at == denver("2026-11-17 23:59:59")
    assert offsets(work) == [-2, 0]
    assert (work.explanation["amount"], work.explanation["levels"]) == (5, "1.aaaaaaaa")


def test_what_was_changed_while_a_clock_stood_still_counts_when_it_runs_again() -> None:
    subject = errand(at=BEGUN)
    subject = engine.perform(subject, "ask", by=ada(), note="?", at=denver("2026-11-13 09:00"))
    row("1.aaaaaaaa", amount=10)
    engine.perform(subject, "answer", by=ben(), at=denver("2026-11-18 16:00"))
    work = deadline(subject, "work")
    # Three of the ten were used before the question: seven are left, without Thanksgiving.
    assert work.due_at == denver("2026-11-30 23:59:59")
    assert (offsets(work), work.explanation["levels"]) == ([-2, 0], "1.aaaaaaaa")


def test_how_long_it_has_waited_is_said_in_the_unit_of_the_districts_own() -> None:
    subject = errand(at=BEGUN)
    assert waited_in_words(subject, BEGUN, denver("2026-11-16 10:00")) == "4 business days"
    row("1.aaaaaaaa", unit="calendar_days")
    fresh = errand(at=BEGUN)
    assert waited_in_words(fresh, BEGUN, denver("2026-11-16 10:00")) == "7 calendar days"


@pytest.mark.parametrize("machine", [REQUEST, AGREEMENT], ids=lambda one: one.name)
@pytest.mark.parametrize("unit", Unit)
def test_a_date_by_law_reaches_people_who_are_there(machine: object, unit: Unit) -> None:
    lifecycle = REQUEST if machine is REQUEST else AGREEMENT
    ladder = levels_of(district()).ladder(lifecycle.name, unit)
    assert {rung.to for rung in ladder} <= providers.audience_names(lifecycle)
    assert Rung(0, "overdue", "privacy_lead") in ladder
