"""The list of agreements: the soonest to end first, and as many as it says."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.agreements import queries
from contracts.agreements.models import Agreement
from tests.factories import agreements, people, plainly
from vetting.people.queries import actor_of
from vetting.requests.panels import agreement_holders_of

pytestmark = pytest.mark.django_db


def three_agreements() -> tuple[Agreement, Agreement, Agreement]:
    """One in effect, one that ends sooner, and a draft that has no end yet."""
    later = plainly.executed()
    sooner = plainly.executed(agreements.another_with_vendor(later, "Spelling Bee"))
    drafted = agreements.another(later, "Number Garden")
    for agreement, days in ((later, 900), (sooner, 90)):
        end = today() + timedelta(days=days)
        Agreement.objects.filter(pk=agreement.pk).update(ends_on=end)
    return later, sooner, drafted


def today() -> date:
    return people.district().tenant.day_of(timezone.now())


def test_the_soonest_to_end_comes_first_and_what_has_no_end_last() -> None:
    later, sooner, drafted = three_agreements()
    rows = queries.listed(actor_of(people.ada()), queries.Filters(view="all"), today())
    assert [row.pk for row in rows] == [sooner.pk, later.pk, drafted.pk]


NARROWED = (
    {},
    {"state": "drafting"},
    {"state": "in_force"},
    {"q": "Spelling"},
    {"mine": "1"},
    {"unserving": "1"},
)


@pytest.mark.parametrize("narrowed", NARROWED, ids=str)
def test_the_list_counts_what_it_lists(narrowed: dict[str, str]) -> None:
    three_agreements()
    ada = people.ada()
    client = Client()
    client.force_login(ada.user)
    counted = {}
    for view in queries.VIEWS:
        page = client.get("/agreements/", {"view": view, **narrowed}).context["page"]
        filters = queries.Filters(
            view=view,
            state=narrowed.get("state", ""),
            text=narrowed.get("q", ""),
            mine="mine" in narrowed,
            unserving="unserving" in narrowed,
        )
        listed = list(queries.listed(actor_of(ada), filters, today()))
        assert page.paginator.count == len(listed)
        assert list(page.object_list) == listed
        counted[view] = len(listed)
    if not narrowed:
        assert counted == {"open": 1, "live": 2, "ending": 1, "ended": 0, "all": 3}


def test_whom_three_agreements_wait_for_is_asked_like_for_one() -> None:
    out = agreements.out_for_signature()
    others = [agreements.another_with_vendor(out, name) for name in ("Spelling Bee", "Math Maze")]
    drafted = agreements.another(out, "Number Garden")
    wanted = {
        out.pk: f"the vendor, {out.vendor.name}",
        **{one.pk: f"the vendor, {out.vendor.name}" for one in others},
        drafted.pk: "Privacy team",
    }
    for asked in ([out], [out, *others, drafted]):
        bare = list(Agreement.objects.filter(pk__in=[one.pk for one in asked]))
        with CaptureQueriesContext(connection) as run:
            found = agreement_holders_of(bare)
        assert found == {pk: words for pk, words in wanted.items() if pk in {a.pk for a in asked}}
        assert len(run) == 2
