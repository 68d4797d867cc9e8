from pathlib import Path

import pytest
from django.core.management import call_command

from contracts.library.commands import activate_template, add_template, load_templates
from contracts.library.models import AgreementTemplate, Clause
from contracts.library.queries import (
    active_template,
    clauses_required,
    template_bytes,
)
from contracts.papers.golden import SHIPPED
from tests.contracts.papers.documents import with_parts, word
from tests.factories.people import ada, cora, district
from vetting.people.queries import actor_of
from workflows.engine import Refused

pytestmark = pytest.mark.django_db
DPA = SHIPPED / "dpa.docx"


@pytest.fixture(autouse=True)
def own_vault(settings: object, tmp_path: Path) -> None:
    settings.VAULT_DIR = str(tmp_path)  # type: ignore[attr-defined]


def test_loading_twice_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("library", "load")
    call_command("library", "load")
    assert capsys.readouterr().out == (
        "agreement templates: 2 new, 0 changed, 0 the same\n"
        "clauses: 25 new, 0 changed, 0 the same\n"
        "agreement templates: 0 new, 0 changed, 2 the same\n"
        "clauses: 0 new, 0 changed, 25 the same\n"
    )
    assert AgreementTemplate.objects.count() == 2
    assert Clause.objects.count() == 25


def test_the_shipped_template_is_active_and_comes_back_whole() -> None:
    load_templates()
    template = active_template("dpa", district().tenant)
    assert template is not None
    assert (str(template), template.version) == ("Student Data Privacy Agreement 1", 1)
    assert template_bytes(template) == DPA.read_bytes()
    assert "schedule[].element" in template.fields
    assert template.clauses["breach-notice"] == "7.1"


def test_a_districts_own_template_wins_for_that_district_only() -> None:
    load_templates()
    by = actor_of(cora())
    own = with_parts(DPA.read_bytes(), {"docProps/extra.xml": b"<a/>"})
    juniper, other = district().tenant, district("sumac").tenant
    added = add_template(kind="dpa", name="Our DPA", content=own, by=by, tenant=juniper)
    assert active_template("dpa", juniper).name == "Student Data Privacy Agreement"  # type: ignore[union-attr]
    activate_template(template=added, by=by)
    assert active_template("dpa", juniper) == added
    assert active_template("dpa", other).tenant is None  # type: ignore[union-attr]


def test_a_new_version_takes_the_place_of_the_old() -> None:
    by, tenant = actor_of(cora()), district().tenant
    for extra in (b"<a/>", b"<b/>"):
        content = with_parts(DPA.read_bytes(), {"docProps/extra.xml": extra})
        added = add_template(kind="dpa", name="Our DPA", content=content, by=by, tenant=tenant)
        activate_template(template=added, by=by)
    rows = AgreementTemplate.objects.order_by("version").values_list("version", "active")
    assert list(rows) == [(1, False), (2, True)]


def test_activation_is_refused_with_every_reason() -> None:
    by, tenant = actor_of(cora()), district().tenant
    content = word("{{ code }} {{ vendor.nmae }}")
    added = add_template(kind="dpa", name="Bad", content=content, by=by, tenant=tenant)
    with pytest.raises(Refused) as refusal:
        activate_template(template=added, by=by)
    reasons = refusal.value.reasons
    assert reasons[0] == (
        "The template uses the field vendor.nmae, which no document of this kind has."
    )
    assert "The template never uses the field schedule[].element." in reasons
    assert not any("offer" in reason for reason in reasons)
    assert AgreementTemplate.objects.filter(active=True).count() == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no", "This is not a Word document"),
        (word("{{ cycler.__init__ }}"), "may not use the name “__init__”"),
        (with_parts(word("x"), {"word/vbaProject.bin": b"x"}), "holds macros"),
    ],
)
def test_a_template_that_may_not_be_used_is_not_kept(content: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        add_template(
            kind="dpa", name="X", content=content, by=actor_of(cora()), tenant=district().tenant
        )
    assert AgreementTemplate.objects.count() == 0


def test_only_those_who_keep_templates_may_and_only_their_districts() -> None:
    content, tenant = DPA.read_bytes(), district().tenant
    with pytest.raises(Refused, match="Only an administrator or a legal reviewer"):
        add_template(kind="dpa", name="X", content=content, by=actor_of(ada()), tenant=tenant)
    for foreign in (None, district("sumac").tenant):
        with pytest.raises(Refused, match="belongs to somebody else"):
            add_template(kind="dpa", name="X", content=content, by=actor_of(cora()), tenant=foreign)
    assert AgreementTemplate.objects.count() == 0


def test_our_template_has_every_clause_that_the_law_of_each_state_asks_for() -> None:
    call_command("library", "load")
    template = active_template("dpa", district().tenant)
    assert template is not None
    asked = {state: clauses_required(state) for state in ("CO", "WI")}
    for clauses in asked.values():
        assert {clause.slug for clause in clauses} - set(template.clauses) == set()
    only_in_colorado = {clause.slug for clause in asked["CO"]} - {c.slug for c in asked["WI"]}
    assert "public-hearing" in only_in_colorado
    assert "audit" not in only_in_colorado
