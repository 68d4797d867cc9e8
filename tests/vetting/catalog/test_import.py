import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import people, requests
from vetting.catalog.lists.commands import import_list
from vetting.catalog.lists.rules import Report, read_list
from vetting.catalog.lists.sheets import Unreadable
from vetting.catalog.models import (
    Contact,
    DataElement,
    Listing,
    Tool,
    ToolData,
    Vendor,
    VendorAlias,
)
from vetting.people.models import SettingChange
from vetting.people.queries import actor_of
from vetting.people.sentences import tell_changes
from vetting.reference import Loaded
from vetting.requests.commands import withdraw_request
from workflows.actors import system
from workflows.engine import Refused

pytestmark = pytest.mark.django_db
BY = system("tests")
DATA = Path(__file__).resolve().parents[3] / "data"

# A list as districts keep them: a title, blank rows, columns of their own, every kind of date.
REAL = """Approved software 2025-26,,,,,,,,
,,,,,,,,
Product Name,Company,URL,# of Licenses,Expiration Date,Status,Data Collected,Contact,Contact Email
Quillwork Writer,"Quillwork Learning, Inc.",https://www.quillwork.com,Unlimited,6/30/2026,Approved,\
"Student Name; Student Work",Dee Vance,dee@quillwork.example
,,,,,,,,

Quillwork Math,QUILLWORK LEARNING,math.quillwork.com,"1,200",2026-06-30,approved,Grade,,
Quillwork Pages,Quillwork,pages.quillwork.com,350,30-Jun-26,Pending,,Dee Vance,DEE@quillwork.example
Marigold Reader,The Marigold Co.,,,,Denied,None,,
"""


def imported(text: str | bytes, **options: Any) -> Report:
    """Looked at first, without one write: what that promises is what the import then does."""
    data = text.encode() if isinstance(text, str) else text
    where = people.district()
    with CaptureQueriesContext(connection) as asked:
        looked = import_list(district=where, data=data, by=BY, **options | {"dry_run": True})
    assert not [query["sql"] for query in asked if not query["sql"].startswith("SELECT")]
    if options.get("dry_run"):
        return looked
    report = import_list(district=where, data=data, by=BY, **options)
    assert replace(report, wrote=False) == looked
    return report


def test_looking_at_a_long_list_asks_no_more_than_at_a_short_one() -> None:
    imported(REAL)
    rows = "".join(f"Tool {n},Vendor {n},https://site{n}.com\n" for n in range(300))
    long = f"Tool,Vendor,URL\n{rows}".encode()
    with CaptureQueriesContext(connection) as asked:
        looked = import_list(district=people.district(), data=long, by=BY, dry_run=True)
    assert looked.loaded == Loaded(300, 0, 0)
    assert len(asked) <= 12


def everything() -> list[Any]:
    models = (Vendor, VendorAlias, Contact, Tool, ToolData, Listing, DataElement, SettingChange)
    return [list(model.objects.order_by("pk").values()) for model in models]


def untouched(verb: Callable[[], Any]) -> Any:
    people.district()
    before = everything()
    answer = verb()
    assert everything() == before
    return answer


def test_a_real_list_is_taken_over() -> None:
    report = imported(REAL)
    assert report.wrote
    assert report.loaded == Loaded(4, 0, 0)
    assert report.faults == ()
    writer, maths, pages, reader = Tool.objects.order_by("pk")
    assert {writer.vendor, maths.vendor, pages.vendor} == {writer.vendor}
    assert (writer.vendor.name, reader.vendor.name) == (
        "Quillwork Learning, Inc.",
        "The Marigold Co.",
    )
    assert [alias.name for alias in writer.vendor.aliases.all()] == ["Quillwork"]
    assert writer.domain == "quillwork.com"
    listing = writer.listings.get()
    assert (listing.unlimited, listing.licenses) == (True, None)
    assert (listing.agreement_ends, listing.status_said) == (date(2026, 6, 30), "Approved")
    assert maths.listings.get().licenses == 1200
    assert pages.listings.get().agreement_ends == date(2026, 6, 30)
    assert [row.element.slug for row in writer.data.all()] == ["student-name", "student-work"]
    assert [row.element.slug for row in reader.data.all()] == ["none"]
    assert Contact.objects.get().email == "dee@quillwork.example"
    assert SettingChange.objects.filter(what="list_imported").count() == 1


def test_the_record_of_changes_tells_of_it() -> None:
    imported(REAL)
    rows = list(SettingChange.objects.filter(what="list_imported"))
    assert tell_changes(rows) == ["Countersign took over a list: 4 tools new, 0 changed."]


def test_a_second_time_nothing_is_written() -> None:
    imported(REAL)
    report = untouched(lambda: imported(REAL))
    assert (report.loaded, report.wrote) == (Loaded(0, 0, 4), False)


def test_a_changed_line_changes_one_tool() -> None:
    imported(REAL)
    report = imported(REAL.replace("350,30-Jun-26", "400,30-Jun-27"))
    assert report.loaded == Loaded(0, 1, 3)
    listing = Listing.objects.get(tool__name="Quillwork Pages")
    assert (listing.licenses, listing.agreement_ends) == (400, date(2027, 6, 30))


def test_a_dry_run_writes_nothing_and_says_the_same() -> None:
    report = untouched(lambda: imported(REAL, dry_run=True))
    assert (report.loaded, report.wrote) == (Loaded(4, 0, 0), False)
    assert imported(REAL).loaded == report.loaded


def test_one_bad_line_and_nothing_is_written() -> None:
    bad = REAL + "Plum Tree,Plum LLC,plum tree com,lots,3/4/2026,,Shoe size,,plum\n,Nobody,,,,,,,\n"
    report = untouched(lambda: imported(bad))
    assert not report.wrote
    assert [str(fault) for fault in report.faults] == [
        "Line 10, column “URL”: “plum tree com” is no web address. Write one such as example.com, "
        "or nothing.",
        "Line 10, column “# of Licenses”: “lots” is no number. Write a whole number or "
        "“Unlimited”.",
        "Line 10, column “Expiration Date”: “3/4/2026” may be March 4 or April 3. Say whether "
        "month or day comes first (--date-order mdy or dmy), or write the date as 2025-03-04.",
        "Line 10, column “Data Collected”: “Shoe size” is no data element we know. Correct it or "
        "take it out.",
        "Line 10, column “Contact Email”: “plum” is no e-mail address. Correct it or leave the "
        "cell empty.",
        "Line 11, column “Product Name”: The name of the tool is missing. Write it or delete the "
        "line.",
    ]


def test_the_order_of_a_date_can_be_told() -> None:
    imported("Tool,Ends\nPlum,3/4/2026\n", date_order="dmy")
    assert Listing.objects.get().agreement_ends == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("encoding", "known_as"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf_16_le"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encodings_of_office_programs(encoding: str, known_as: str) -> None:
    text = (
        "Tool,Vendor,Notes\r\n"
        "Café Lire,Éditions Naïve SARL,“très bon” \u2013 2 000 € par école\r\n"
        "Garçon,Señor Piñata Ltd,l\u2019été à Genève\r\n"
    )
    report = imported(text.encode(encoding))
    assert report.reading.encoding == known_as
    assert Tool.objects.order_by("pk")[0].name == "Café Lire"
    assert Listing.objects.order_by("pk")[0].notes == "“très bon” \u2013 2 000 € par école"


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("Tool;Vendor;URL\nPlum;Plum, Inc.;plum.com\n", "semicolon"),
        ("Tool\tVendor\tURL\nPlum\tPlum, Inc.\tplum.com\n", "tab"),
        ("sep=;\nTool;Vendor;URL\nPlum;Plum, Inc.;plum.com\n", "semicolon"),
        ('Tool,Vendor,URL\nPlum,"Plum, Inc.",plum.com\n', "comma"),
        ("Tool|Vendor|URL\rPlum|Plum, Inc.|plum.com\r", "bar"),
    ],
)
def test_the_delimiters_of_office_programs(text: str, delimiter: str) -> None:
    report = imported(text)
    assert report.reading.delimiter == delimiter
    tool = Tool.objects.select_related("vendor").get()
    assert (tool.name, tool.vendor.name, tool.domain) == ("Plum", "Plum, Inc.", "plum.com")


def test_a_text_over_several_lines_keeps_the_count_of_lines() -> None:
    text = 'Tool,Notes,Licenses\nPlum,"one\ntwo\nthree",5\nPear,,many\n'
    (fault,) = imported(text).faults
    assert (fault.line, fault.column) == (5, "Licenses")


def test_columns_can_be_named_and_the_rest_is_reported() -> None:
    text = "What we use,Who makes it,Room\nPlum,Plum LLC,12\n"
    report = imported(text, chosen={"What we use": "tool", "who makes it": "Vendor"})
    assert report.reading.columns.ignored == ["Room"]
    assert Tool.objects.get().vendor.name == "Plum LLC"


def test_the_clearest_heading_wins_and_a_column_can_be_ignored() -> None:
    text = "Name,Tool,Status\nMs. Hart,Plum,ok\n"
    assert imported(text, chosen={"Status": "ignore"}).reading.columns.ignored == ["Name", "Status"]
    assert Tool.objects.get().name == "Plum"
    assert Listing.objects.get().status_said == ""


@pytest.mark.parametrize(
    ("data", "options", "says"),
    [
        (b"", {}, "The file holds no rows"),
        (b"\n\n,,\n", {}, "The file holds no rows"),
        (b"PK\x03\x04rest", {}, "This is a workbook, not a CSV file"),
        (b"%PDF-1.7", {}, "This is a PDF, not a CSV file"),
        (b"Vendor,Room\nPlum,12\n", {}, "No column looks like the name of the tool"),
        (b'Tool,Notes\nPlum,"open\n' + b"x\n" * 70_000, {}, "From line 2 on"),
        (b"Tool\nPlum\n", {"chosen": {"Product": "tool"}}, "There is no column “Product”"),
        (b"Tool\nPlum\n", {"chosen": {"Tool": "gadget"}}, "There is no field “gadget”"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    data: bytes, options: dict[str, Any], says: str
) -> None:
    def refused() -> None:
        with pytest.raises(Unreadable, match=says):
            imported(data, **options)

    untouched(refused)


def test_a_comma_without_quotation_marks_is_found() -> None:
    (fault,) = imported("Tool,Vendor\nPlum,Plum, Inc.\n").faults
    assert str(fault).startswith("Line 2: It has 3 cells, the heading has 2.")


def test_the_same_line_twice_is_harmless_and_two_different_ones_are_not() -> None:
    report = imported("Tool,Licenses\nPlum,5\nplum,5\n")
    assert (report.loaded, report.repeated) == (Loaded(1, 0, 0), (3,))
    (fault,) = untouched(lambda: imported("Tool,Licenses\nPlum,5\nPLUM!,6\n")).faults
    assert str(fault) == "Line 3: “PLUM!” stands in line 2 too, with other licenses. Keep one."


def test_a_nearly_equal_vendor_is_pointed_out_and_can_be_merged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (warning,) = imported("Tool,Vendor\nPlum,Plumtree Labs\nPear,Plumtre Labs\n").warnings
    assert "The vendor “Plumtre Labs” looks like “Plumtree Labs”." in str(warning)
    call_command("catalog", "merge", "Plumtre Labs", "--into", "Plumtree Labs")
    assert capsys.readouterr().out == "“Plumtre Labs” is Plumtree Labs.\n"
    assert {tool.vendor.name for tool in Tool.objects.all()} == {"Plumtree Labs"}
    again = imported("Tool,Vendor\nPlum,Plumtree Labs\nPear,Plumtre Labs\n")
    assert (again.loaded, again.warnings) == (Loaded(0, 0, 2), ())


def test_another_districts_address_stays() -> None:
    imported("Tool,Vendor,URL\nPlum,Plum LLC,plum.com\n")
    other = import_list(
        district=people.district("mesa"),
        data=b"Tool,Vendor,URL\nPlum,Plum LLC,evil.example.com\n",
        by=BY,
    )
    assert "has another web address for “Plum”: https://plum.com. It stays." in str(
        other.warnings[0]
    )
    assert Tool.objects.get().domain == "plum.com"
    imported("Tool,Vendor,URL\nPear,Plum LLC,pear.com\n")
    imported("Tool,Vendor,URL\nPear,Plum LLC,pear.org\n")
    assert Tool.objects.get(name="Pear").domain == "pear.org"


def test_the_address_of_a_tool_that_another_district_asks_for_stays() -> None:
    asked = {"tool_name": "Plum", "website": "https://plum.com", "vendor_name": "Plum LLC"}
    request = requests.submit(requests.draft(by=people.eve(), **asked))
    (warning,) = imported("Tool,Vendor,URL\nPlum,Plum LLC,evil.example.com\n").warnings
    assert "has another web address for “Plum”: https://plum.com. It stays." in str(warning)
    assert Tool.objects.get().domain == "plum.com"
    withdraw_request(request, by=actor_of(people.eve()))
    assert not imported("Tool,Vendor,URL\nPlum,Plum LLC,plum.org\n").warnings
    assert Tool.objects.get().domain == "plum.org"


@pytest.mark.parametrize("who", [people.ada, people.ben, people.eve])
def test_only_an_administrator_of_this_district_imports(who: Callable[[], Any]) -> None:
    by = actor_of(who())

    def refused() -> None:
        with pytest.raises(Refused):
            import_list(district=people.district(), data=REAL.encode(), by=by)

    untouched(refused)


def test_the_forty_products_are_plain_facts_and_come_in_once() -> None:
    data = (DATA / "catalog-40.csv").read_bytes()
    report = imported(data)
    assert (report.loaded, report.warnings) == (Loaded(40, 0, 0), ())
    assert set(report.reading.columns.places) == {"tool", "vendor", "website"}
    assert Tool.objects.exclude(domain="").count() == 40
    assert not ToolData.objects.exists()
    assert imported(data).loaded == Loaded(0, 0, 40)


def test_the_command_reports_in_words_and_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people.district()
    file = tmp_path / "list.csv"
    file.write_text(REAL)
    where = ["--district", "juniper"]
    call_command("catalog", "import", str(file), *where, "--dry-run")
    said = capsys.readouterr().out
    assert said.endswith("Nothing was written; it would be: 4 tools new, 0 changed, 0 the same.\n")
    call_command("catalog", "import", str(file), *where, "--map", "Status=ignore", "--json")
    report = json.loads(capsys.readouterr().out)
    assert (report["new"], report["wrote"], report["errors"]) == (4, True, [])
    assert report["ignored_columns"] == ["Status"]
    file.write_text("Tool,Licenses\nPlum,many\n")
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("catalog", "import", str(file), *where, "--json")
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["line"], error["column"]) == (2, "Licenses")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none.csv", "--district", "juniper"], "none.csv cannot be read"),
        (["list.csv", "--district", "fox"], "There is no district “fox”. Districts: juniper."),
        (["list.csv", "--district", "juniper", "--map", "Tool"], "write COLUMN=FIELD"),
        (["list.csv", "--district", "juniper", "--map", "Tool=gadget"], "no field “gadget”"),
    ],
)
def test_the_command_refuses_in_a_sentence(tmp_path: Path, arguments: list[str], says: str) -> None:
    (tmp_path / "list.csv").write_text("Tool\nPlum\n")
    name, *rest = arguments

    def refused() -> None:
        with pytest.raises(CommandError, match=says):
            call_command("catalog", "import", str(tmp_path / name), *rest)

    untouched(refused)


def test_reading_needs_no_database(django_db_blocker: Any) -> None:
    with django_db_blocker.block():
        assert len(read_list(REAL.encode()).lines) == 4
