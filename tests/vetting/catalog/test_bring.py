import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories import people
from vetting.catalog.models import Listing, Tool, Vendor
from vetting.people.models import SettingChange

pytestmark = pytest.mark.django_db
GOOD = b"Product,Who,End Date\nPlum,Plum LLC,2026-06-30\nPear,Plum LLC,\n"
BRING, CHECK, TAKE = "/settings/list/", "/settings/list/check/", "/settings/list/take/"


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(people.max().user)
    return client


def upload(client: Client, data: bytes, name: str = "tools.csv") -> int:
    return client.post(BRING, {"file": SimpleUploadedFile(name, data)}).status_code


def written() -> tuple[int, int, int, int]:
    return tuple(m.objects.count() for m in (Tool, Vendor, Listing, SettingChange))  # type: ignore[return-value]


def page(client: Client) -> str:
    return client.get(CHECK).content.decode()


def test_a_list_is_looked_at_and_then_taken_over(boss: Client) -> None:
    assert upload(boss, GOOD) == 302
    assert "It would be: 2 tools new, 0 changed, 0 the same." in page(boss)
    assert written() == (0, 0, 0, 0)
    # The heading “Who” says nothing to us: the person says what it is.
    said = {"column-0": "tool", "column-1": "vendor", "column-2": "agreement_ends"}
    assert boss.post(CHECK, said).status_code == 302
    answer = boss.post(TAKE, follow=True)
    assert "tools.csv: 2 tools new, 0 changed, 0 the same." in answer.content.decode()
    assert {tool.vendor.name for tool in Tool.objects.all()} == {"Plum LLC"}
    assert Listing.objects.exclude(agreement_ends=None).count() == 1
    assert boss.get(CHECK)["Location"] == BRING
    assert upload(boss, GOOD) == 302
    assert "2 the same" in page(boss)


def test_faults_are_listed_with_their_line_and_nothing_can_be_taken(boss: Client) -> None:
    upload(boss, b"Tool,Ends\nPlum,3/4/2026\n,\nPear,soon\n")
    shown = page(boss)
    assert "may be March 4 or April 3" in shown
    assert "“soon” is no date we can read" in shown
    assert "Take it over" not in shown
    assert "Nothing was written" in boss.post(TAKE, follow=True).content.decode()
    assert written() == (0, 0, 0, 0)


def test_the_order_of_dates_is_chosen_on_the_page(boss: Client) -> None:
    upload(boss, b"Tool,Ends\nPlum,3/4/2026\n")
    boss.post(CHECK, {"column-0": "tool", "column-1": "agreement_ends", "date_order": "mdy"})
    boss.post(TAKE)
    assert str(Listing.objects.get().agreement_ends) == "2026-03-04"


def test_a_list_without_a_tool_column_asks_which_one_it_is(boss: Client) -> None:
    assert upload(boss, b"What we use,Room\nPlum,12\n") == 302
    assert "Which column is the tool?" in page(boss)
    assert boss.post(CHECK, {"column-0": "nonsense", "column-1": "ignore"}).status_code == 422
    boss.post(CHECK, {"column-0": "tool", "column-1": "ignore"})
    boss.post(TAKE)
    assert Tool.objects.get().name == "Plum"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04 a workbook", "Save the sheet as CSV"),
        (b"", "This file is empty. Choose another one."),
        (b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_a_sentence(
    boss: Client, data: bytes, says: str
) -> None:
    answer = boss.post(BRING, {"file": SimpleUploadedFile("tools.csv", data)})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert written() == (0, 0, 0, 0)


def test_another_file_can_be_chosen(boss: Client) -> None:
    upload(boss, GOOD)
    boss.post(reverse("catalog:drop"))
    assert boss.get(CHECK)["Location"] == BRING
    assert boss.post(TAKE)["Location"] == BRING


def test_taking_a_list_before_its_columns_are_said_is_refused_in_a_sentence(boss: Client) -> None:
    upload(boss, b"What we use,Room\nPlum,12\n")
    answer = boss.post(TAKE, follow=True)
    assert answer.status_code == 200
    assert "Nothing was written: " in answer.text
    assert "Which column is the tool?" in answer.text
    assert written() == (0, 0, 0, 0)
