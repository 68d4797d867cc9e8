import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from tests.factories import catalog, people
from vetting.catalog import commands, queries
from vetting.catalog.elements import load_elements
from vetting.catalog.models import Contact, DataElement, Tool, Vendor, VendorAlias
from vetting.people.models import SettingChange
from vetting.people.queries import actor_of
from vetting.reference import Loaded
from workflows.actors import Actor
from workflows.engine import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def sol() -> Actor:
    return actor_of(people.sol())


def test_the_vocabulary_has_twenty_five_categories_and_loads_once() -> None:
    first = load_elements()
    assert (first.changed, first.same) == (0, 0)
    assert load_elements() == Loaded(0, 0, first.new)
    numbers = set(DataElement.objects.values_list("category_number", flat=True))
    assert numbers == set(range(1, 26))
    assert set(DataElement.objects.values_list("about", flat=True)) == {
        *("student", "guardian", "staff", "none")
    }
    assert not DataElement.objects.filter(lay_words="").exists()


def test_a_changed_element_is_brought_back() -> None:
    load_elements()
    DataElement.objects.filter(slug="conduct").update(lay_words="?", sensitivity=0)
    assert load_elements().changed == 1
    assert DataElement.objects.get(slug="conduct").sensitivity == 4


def test_the_reference_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_reference")
    call_command("load_reference")
    first, second = [
        line for line in capsys.readouterr().out.splitlines() if line.startswith("data elements")
    ]
    assert first.endswith(" new, 0 changed, 0 the same")
    assert second.startswith("data elements: 0 new, 0 changed, ")


def test_one_vendor_spelt_three_ways_is_one(sol: Actor) -> None:
    names = ["Quillwork Learning, Inc.", "QUILLWORK LEARNING", "The Quillwork Learning Co. LLC"]
    assert len({commands.add_vendor(name=name, by=sol).pk for name in names}) == 1
    assert Vendor.objects.get().name == "Quillwork Learning, Inc."


def test_another_spelling_on_a_known_domain_becomes_an_alias(sol: Actor) -> None:
    known = catalog.tool()
    resolved = commands.resolve_tool(
        name="Quillwork Math", vendor="Quillwork", website="math.quillwork.com", by=sol
    )
    assert resolved.new
    assert resolved.tool.vendor == known.vendor
    assert VendorAlias.objects.get().key == "quillwork"
    assert [near.tool for near in resolved.near] == [known]


def test_a_tool_is_found_by_its_address_before_its_name(sol: Actor) -> None:
    known = catalog.tool()
    for name, website in [
        ("Quillwork!", "https://www.quillwork.com/teachers"),
        ("Quilwork", "app.quillwork.com"),
        ("Something else", "https://quillwork.com/"),
        ("quillwork", ""),
    ]:
        resolved = commands.resolve_tool(name=name, website=website, by=sol)
        assert (resolved.tool, resolved.new) == (known, False)
    assert Tool.objects.count() == 1


def test_two_products_of_one_site_stay_two(sol: Actor) -> None:
    first = commands.resolve_tool(
        name="Google Docs", vendor="Google", website="docs.google.com", by=sol
    )
    second = commands.resolve_tool(
        name="Google Forms", vendor="Google LLC", website="docs.google.com", by=sol
    )
    assert second.new
    assert first.tool.vendor == second.tool.vendor


def test_the_same_name_from_another_vendor_is_another_tool(sol: Actor) -> None:
    known = catalog.tool("Canvas", website="")
    other = commands.resolve_tool(name="Canvas", vendor="Inkwell Arts", by=sol)
    assert other.new
    assert [near.tool for near in other.near] == [known]


def test_a_tool_without_a_vendor_is_its_own_vendor(sol: Actor) -> None:
    resolved = commands.resolve_tool(name="", website="https://www.plumtree.com", by=sol)
    assert (resolved.tool.name, resolved.tool.vendor.name) == ("plumtree.com", "plumtree.com")


def test_an_address_learned_later_is_kept(sol: Actor) -> None:
    commands.resolve_tool(name="Quillwork", by=sol)
    commands.resolve_tool(name="Quillwork", website="quillwork.com", by=sol)
    assert Tool.objects.get().domain == "quillwork.com"


def test_neither_name_nor_address_is_refused_and_nothing_is_written(sol: Actor) -> None:
    with pytest.raises(Refused, match="Name the tool or give its web address"):
        commands.resolve_tool(name="  ", website="soon", by=sol)
    assert not Tool.objects.exists()
    assert not Vendor.objects.exists()


def test_merging_a_spelling_moves_what_the_other_vendor_had(sol: Actor) -> None:
    kept, other = catalog.vendor(), catalog.vendor("Quilwork")
    moved = catalog.tool("Quill Pages", of=other, website="")
    catalog.dee(other)
    commands.merge_spelling(name="Quilwork", vendor=kept, by=sol)
    moved.refresh_from_db()
    assert moved.vendor == kept
    assert Contact.objects.get().vendor == kept
    assert list(Vendor.objects.all()) == [kept]
    assert queries.vendor_named("QUILWORK, Inc.") == kept
    assert SettingChange.objects.filter(what="vendor_spelling", actor_ref=sol.ref).exists()


def test_merging_two_tools_of_one_name_is_refused_and_nothing_moves(sol: Actor) -> None:
    kept, other = catalog.vendor(), catalog.vendor("Quilwork")
    catalog.tool(of=kept)
    stays = catalog.tool(of=other, website="")
    with pytest.raises(Refused, match="Both vendors have a tool named Quillwork"):
        commands.merge_spelling(name="Quilwork", vendor=kept, by=sol)
    stays.refresh_from_db()
    assert stays.vendor == other
    assert not VendorAlias.objects.exists()
    assert not SettingChange.objects.filter(what="vendor_spelling").exists()


def test_a_contact_is_one_per_address_and_who_let_them_sign_is_known(sol: Actor) -> None:
    vendor = catalog.vendor()
    first = commands.add_contact(vendor=vendor, name="Dee", email="Dee@q.example", by=sol)
    again = commands.add_contact(
        vendor=vendor, name="Dee", email="dee@Q.example", signs=True, by=sol
    )
    assert (again.pk, again.signs) == (first.pk, True)
    assert list(vendor.contacts.filter(signs=True)) == [again]
    facts = [change.facts["signs"] for change in SettingChange.objects.all()]
    assert facts == [True, False]


def test_a_contacts_reference_becomes_a_name() -> None:
    dee = catalog.dee()
    said = list(queries.names_of_contacts([str(dee.pk), "0", "x"]))
    assert said == [(dee.pk, "Dee Vance (Quillwork Learning, Inc.)")]


@pytest.mark.parametrize("count", [1, 3, 2000])
def test_a_search_costs_three_queries(
    count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    vendor = catalog.vendor()
    Tool.objects.bulk_create(
        Tool(vendor=vendor, name=f"Tool {n}", key=f"tool {n}", domain=f"tool{n}.com")
        for n in range(count - 1)
    )
    wanted = catalog.tool("Marigold Reader", website="")
    where = people.district()
    with django_assert_max_num_queries(3):
        found = queries.search_tools(where, "marigold raeder")
        assert [match.tool.vendor.name for match in found] == [vendor.name]
    assert found[0].tool == wanted


def test_a_search_finds_a_vendor_by_its_alias() -> None:
    known = catalog.tool()
    VendorAlias.objects.create(vendor=known.vendor, name="Plumtree", key="plumtree")
    VendorAlias.objects.create(vendor=known.vendor, name="Old Quill", key="old quill")
    assert [m.tool for m in queries.search_tools(people.district(), "Plumtree LLC")] == [known]
    assert queries.search_tools(people.district(), "  ") == []


def test_an_address_is_not_given_another_name_in_silence() -> None:
    sol, vendor = actor_of(people.sol()), catalog.vendor()
    known = commands.add_contact(
        vendor=vendor, name="Old Colleague", email="boss@q.example", by=sol
    )
    with pytest.raises(Refused) as refused:
        commands.add_contact(
            vendor=vendor, name="Maria Neumann", email="Boss@q.example", signs=True, by=sol
        )
    assert refused.value.reasons == [
        "boss@q.example is known here as Old Colleague. Write that name, or give another e-mail "
        "address."
    ]
    named = commands.add_contact(
        vendor=vendor, name="old colleague ", email="boss@q.example", title="CEO", by=sol
    )
    assert (named.pk, named.name, named.title) == (known.pk, "Old Colleague", "CEO")
