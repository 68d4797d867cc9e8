"""Several lists in one statement give what Django would have read one by one."""

import pytest
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Prefetch, QuerySet, Window
from django.test.utils import CaptureQueriesContext

from contracts.agreements.models import Agreement, AgreementVersion, CoveredTool
from tests.factories import agreements, people, plainly
from vetting.people.models import Membership, School
from vetting.requests.models import Requester, ToolRequest
from workflows.ledger.models import Entry
from workflows.prefetching import branches, is_read
from workflows.together import prefetch_together, together

pytestmark = pytest.mark.django_db


def _fields(rows: QuerySet) -> list[dict[str, object]]:
    return [{k: v for k, v in vars(row).items() if not k.startswith("_")} for row in rows]


def _lists() -> list[QuerySet]:
    late = Entry.objects.filter(case=OuterRef("pk"), seq__gt=1)
    return [
        ToolRequest.objects.select_related("case__tenant", "tool__vendor").order_by("-pk"),
        Entry.objects.select_related("note").order_by("case", "-seq"),
        Agreement.objects.annotate(moved=Exists(late), whole=Window(Count("*"))).order_by("title"),
        Membership.objects.select_related("user", "school").order_by("user__name")[:3],
    ]


def test_they_give_what_each_would_have_given() -> None:
    agreement = plainly.executed()
    Agreement.objects.filter(pk=agreement.pk).update(amount="1200.50")
    read, alone = _lists(), _lists()
    with CaptureQueriesContext(connection) as run:
        together(*read)
        found = [_fields(rows) for rows in read]
    assert len(run) == 1
    assert found == [_fields(rows) for rows in alone]
    # What was joined is there, and of the right type.
    request, entry = read[0][0], read[1][0]
    assert request.tool.vendor.name == "Ladder Labs"
    assert entry.facts == Entry.objects.get(pk=entry.pk).facts
    assert read[2][0].moved is True


def test_rows_of_values_keep_their_order_and_an_empty_list_asks_nothing() -> None:
    agreements.drafted()
    names = Membership.objects.order_by("-user__name").values_list("user__name", "active")
    counted = Entry.objects.order_by().values_list("name").annotate(number=Count("pk"))
    nobody = Membership.objects.filter(pk__in=[])
    with CaptureQueriesContext(connection) as run:
        together(names, counted, nobody)
        read = list(names), sorted(counted), list(nobody)
    assert len(run) == 1
    assert read == (list(names.all()), sorted(counted.all()), [])


def test_a_single_list_is_read_as_ever() -> None:
    people.ben()
    alone = Membership.objects.all()
    with CaptureQueriesContext(connection) as run:
        together(alone)
    assert len(alone) == 1
    assert "row_number" not in run[0]["sql"]


def test_what_hangs_on_rows_is_read_at_once_however_deep() -> None:
    plainly.executed()
    lookups = (
        Prefetch("products", CoveredTool.objects.select_related("tool").order_by("tool__name")),
        "products__schedule__element",
        Prefetch("versions", AgreementVersion.objects.order_by("-number"), to_attr="texts"),
        "serves__request__requesters__schools",
        "vendor__contacts",
    )
    rows = list(Agreement.objects.select_related("vendor"))
    with CaptureQueriesContext(connection) as run:
        prefetch_together((rows, branches(*lookups)))
        (agreement,) = rows
        (product,) = agreement.products.all()
        elements = [row.element.name for row in product.schedule.all()]
        (served,) = agreement.serves.all()
        (asker,) = served.request.requesters.all()
        schools = list(asker.schools.all())
        contacts = list(agreement.vendor.contacts.all())
        texts = agreement.texts  # type: ignore[attr-defined]
        assert (product.agreement, texts[0].agreement) == (agreement, agreement)
    assert len(run) == 1
    assert elements == list(product.schedule.values_list("element__name", flat=True))
    assert schools == list(School.objects.filter(pk__in=Requester.objects.values("schools")))
    assert contacts == list(agreement.vendor.contacts.order_by("pk"))
    assert texts == list(agreement.versions.order_by("-number"))
    assert is_read(agreement, "products")
    assert not is_read(agreement, "links")


def test_rows_shared_by_two_parents_hang_on_both() -> None:
    request, _ = agreements.drafted()
    second = ToolRequest.objects.get(pk=request.pk)
    prefetch_together(([request, second], branches("requesters__membership__user")))
    assert [row.membership.user.name for row in second.requesters.all()] == ["Ben Ortiz"]
    assert is_read(request, "requesters")


def test_a_question_asked_of_a_read_relation_is_asked_anew() -> None:
    """Only `.all()` is answered from memory: a filter is a new question."""
    request, _ = agreements.drafted()
    prefetch_together(([request], branches("requesters")))
    with CaptureQueriesContext(connection) as run:
        gone = request.requesters.filter(left_at__isnull=False)
        assert list(gone.annotate(named=F("membership__user__name"))) == []
    assert len(run) == 1
