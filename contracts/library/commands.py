"""Adding templates to the library and putting them to use."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from contracts.library.clauses import KNOWN
from contracts.library.models import AgreementTemplate, Clause
from contracts.library.queries import template_bytes
from contracts.library.rules import FIELDS_OF_KIND, MAY_BE_UNUSED, TITLES, schema_of
from contracts.papers.guard import docx_problems
from contracts.papers.linting import fields_of, lint
from contracts.papers.rules import PaperError
from vetting.people.commands import note_change
from vetting.reference import Loaded, reference
from vetting.vault.commands import store
from workflows.actors import Actor, Role, system
from workflows.cases import Tenant
from workflows.engine import Refused

SHIPPED = Path(__file__).resolve().parents[2] / "templates" / "docx"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAY_KEEP_TEMPLATES = (Role.ADMIN, Role.LEGAL)


def add_template(
    *,
    kind: str,
    name: str,
    content: bytes,
    by: Actor,
    tenant: Tenant | None = None,
    jurisdiction: str = "",
    clauses: Mapping[str, str] | None = None,
) -> AgreementTemplate:
    """The next version of a template, not yet in use. Raises Refused with every reason.

    Call it outside a transaction: the bytes go to the vault first.
    """
    _authorise(by, tenant)
    if reasons := docx_problems(content):
        raise Refused(reasons)
    try:
        fields = sorted(fields_of(content))
    except PaperError as error:
        raise Refused([str(error)]) from error
    file = store(content, name=f"{name}.docx", content_type=WORD)
    with transaction.atomic():
        versions = AgreementTemplate.objects.filter(kind=kind, name=name, tenant=tenant)
        latest = versions.aggregate(latest=Max("version"))["latest"] or 0
        return AgreementTemplate.objects.create(
            kind=kind,
            name=name,
            tenant=tenant,
            jurisdiction=jurisdiction,
            version=latest + 1,
            file=file,
            sha256=file.sha256,
            fields=fields,
            clauses=dict(clauses or {}),
        )


def activate_template(*, template: AgreementTemplate, by: Actor) -> AgreementTemplate:
    """Put a version to use in place of the one before. Raises Refused with what lint finds."""
    _authorise(by, template.tenant)
    schema = schema_of(FIELDS_OF_KIND[template.kind])
    reasons = lint(template_bytes(template), schema, optional=MAY_BE_UNUSED)
    if reasons:
        raise Refused(reasons)
    with transaction.atomic():
        rivals = AgreementTemplate.objects.filter(
            kind=template.kind, tenant=template.tenant, jurisdiction=template.jurisdiction
        )
        # All of them, in one order, before anything is written: an update alone would not see
        # the version that somebody else puts to use at this moment.
        list(rivals.select_for_update(of=("self",), no_key=True).order_by("pk").values("pk"))
        rivals.filter(active=True).exclude(pk=template.pk).update(active=False)
        AgreementTemplate.objects.filter(pk=template.pk).update(active=True)
        note_change("template_activated", by=by, template=template.pk, sha256=template.sha256)
    template.active = True
    return template


def _authorise(by: Actor, tenant: Tenant | None) -> None:
    if by.kind == "system":
        return
    if not by.has(*MAY_KEEP_TEMPLATES):
        raise Refused(["Only an administrator or a legal reviewer keeps the templates."])
    if tenant is None or by.tenant_id != tenant.pk:
        raise Refused(["This template belongs to somebody else."])


@reference("agreement templates")
def load_templates() -> Loaded:
    """Bring the templates that we ship into the library and put each new version to use."""
    by, new = system("library"), 0
    for kind, name in TITLES.items():
        content = (SHIPPED / f"{kind}.docx").read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if AgreementTemplate.objects.filter(kind=kind, tenant=None, sha256=digest).exists():
            continue
        clauses = {clause.slug: clause.place for clause in KNOWN} if kind == "dpa" else {}
        added = add_template(kind=kind, name=name, content=content, by=by, clauses=clauses)
        activate_template(template=added, by=by)
        new += 1
    return Loaded(new=new, same=len(TITLES) - new)


@reference("clauses")
@transaction.atomic
def load_clauses() -> Loaded:
    """Bring the table up to KNOWN. A clause that left it stays: templates may name it."""
    new = 0
    for position, clause in enumerate(KNOWN, 1):
        wanted = {
            "title": clause.title,
            "citation": clause.citation,
            "required_by": list(clause.required_by),
            "position": position,
        }
        _, made = Clause.objects.update_or_create(slug=clause.slug, defaults=wanted)
        new += made
    return Loaded(new=new, same=len(KNOWN) - new)
