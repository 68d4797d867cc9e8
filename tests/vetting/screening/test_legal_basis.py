"""What directory information can never be, and what a field without evidence costs."""

import pytest
from django.test import Client

from tests.factories import people, requests, screening
from vetting.people.queries import actor_of
from vetting.requests.models import RequestedElement, ToolRequest
from vetting.screening import commands, rules
from vetting.screening.guards import screening_is_complete
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.providers import Ask

pytestmark = pytest.mark.django_db
IEP = "Specialized education services (IEP or 504)"
REFUSED = (
    f"“{IEP}” cannot be directory information: to disclose it would generally be harmful or an "
    "invasion of privacy (34 CFR 99.3; our reading, not yet checked by counsel). "
    "Choose another legal basis."
)


@pytest.fixture(autouse=True)
def questions(db: None) -> None:
    commands.load_questionnaires()


def asking_for(*slugs: str) -> ToolRequest:
    case = requests.in_screening()
    for slug in slugs:
        RequestedElement.objects.create(request=case, element=requests.element(slug))
    return case


def record(case: ToolRequest, basis: str) -> None:
    by = actor_of(people.pat())
    commands.record_legal_basis(case, basis=basis, reason="The annual notice lists it.", by=by)


def test_special_education_data_is_never_directory_information() -> None:
    case = asking_for("special-education")
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        record(case, "directory")
    assert refused.value.reasons == [REFUSED]
    assert Entry.objects.count() == before
    assert not case.screenings.exclude(legal_basis="").exists()


@pytest.mark.parametrize("basis", [name for name in rules.LEGAL_BASES if name != "directory"])
def test_every_other_basis_may_carry_it(basis: str) -> None:
    case = asking_for("special-education")
    record(case, basis)
    assert case.screenings.get().legal_basis == basis


@pytest.mark.parametrize(
    ("slug", "fine"),
    [
        ("grade-level", True),
        ("student-email", True),
        ("date-of-birth", True),  # the definition lists it
        ("student-address", True),
        ("staff-evaluation", True),  # no record of a student
        ("course-grades", False),
        ("conduct", False),
        ("health", False),
        ("low-income", False),
    ],
)
def test_what_the_definition_lists_or_nobody_minds_may_be(slug: str, fine: bool) -> None:
    case = asking_for(slug)
    if fine:
        record(case, "directory")
    else:
        with pytest.raises(Refused, match="cannot be directory information"):
            record(case, "directory")


def test_what_is_struck_stands_in_nobodys_way() -> None:
    case = asking_for("special-education")
    case.schedule.filter(element__slug="special-education").update(struck=True)
    record(case, "directory")


def test_data_added_after_the_basis_was_recorded_stops_the_conclusion() -> None:
    case = requests.in_screening()
    screening.answer_all(case)
    record(case, "directory")
    ask = Ask(actor_of(people.pat()), case.case.opened_at, preview=True)
    assert screening_is_complete(case, ask) == []
    RequestedElement.objects.create(request=case, element=requests.element("special-education"))
    assert screening_is_complete(case, ask) == [REFUSED]


def test_the_field_says_what_missing_evidence_costs_and_is_not_called_optional() -> None:
    case = requests.in_screening()
    client = Client()
    client.force_login(people.pat().user)
    page = client.get(f"/requests/{case.code}/screening/").text
    field = page.partition('id="id_no_sale-evidence_group"')[2].partition("<textarea")[0]
    assert "Without evidence the answer earns half of its points." in field
    assert "(optional)" not in field
