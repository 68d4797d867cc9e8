"""What stands in the document, read from the record."""

import pytest

from contracts.agreements import papermaking
from contracts.agreements.models import CoveredTool, ScheduledElement
from tests.factories import agreements, catalog, requests
from vetting.catalog.models import DataElement

pytestmark = pytest.mark.django_db


def test_exhibit_b_lists_kinds_of_data_and_not_their_absence() -> None:
    agreement = agreements.settled()
    product = agreement.products.get()
    ScheduledElement.objects.create(product=product, element=requests.element("none"))

    schedule = papermaking.fields_of(agreement).schedule

    assert [row for row in schedule if row.category == "None"] == []
    assert len(schedule) == DataElement.objects.count() - 1
    held = product.schedule.exclude(element__slug="none")
    assert {row.element for row in schedule if row.collected} == {
        row.element.name for row in held.select_related("element")
    }


def test_two_products_that_take_the_same_for_two_purposes_state_both() -> None:
    """Clause 1.2 allows the purposes written in Exhibit B and no others."""
    agreement = agreements.settled()
    first = agreement.products.get()
    second = CoveredTool.objects.create(
        agreement=agreement, district=agreement.district, tool=catalog.tool("Ladder Pro")
    )
    name = requests.element("student-name")
    first.schedule.filter(element=name).update(purpose="To show whose work it is.")
    ScheduledElement.objects.create(product=second, element=name, purpose="To print certificates")

    rows = papermaking.fields_of(agreement).schedule

    [purpose] = [row.purpose for row in rows if row.element == name.name]
    assert purpose == "To show whose work it is. To print certificates."


def test_the_document_has_one_name_at_the_head_and_the_foot() -> None:
    assert papermaking.fields_of(agreements.settled()).title == "Student Data Privacy Agreement"


def test_exhibit_f_names_the_chosen_frameworks() -> None:
    frameworks = papermaking.fields_of(agreements.settled()).security.frameworks
    assert [f.name for f in frameworks if f.followed] == ["NIST Cybersecurity Framework 2.0"]
    assert [f.name for f in frameworks if "emarks" in f.name] == []
