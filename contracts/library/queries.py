"""Reads of the library."""

from django.db.models import Case, F, Q, QuerySet, Value, When

from contracts.library.clauses import EVERYWHERE
from contracts.library.models import AgreementTemplate, Clause
from vetting.vault.queries import read
from workflows.cases import Tenant


def active_templates(kind: str, tenant: Tenant) -> QuerySet[AgreementTemplate]:
    """Those that may be used, best first: the district's own, then of its state, then the rest."""
    own = Case(When(tenant=tenant, then=Value(0)), default=Value(1))
    usable = Q(tenant=tenant) | Q(tenant=None)
    here = Q(jurisdiction__in=["", tenant.region])
    found = AgreementTemplate.objects.filter(usable & here, kind=kind, active=True)
    return found.select_related("file").order_by(own, F("jurisdiction").desc(), "-version")


def active_template(kind: str, tenant: Tenant) -> AgreementTemplate | None:
    return active_templates(kind, tenant).first()


def template_bytes(template: AgreementTemplate) -> bytes:
    """The Word file, verified by its hash. Raises the vault's errors."""
    return read(template.file)


def clauses_required(jurisdiction: str) -> list[Clause]:
    wanted = {EVERYWHERE, jurisdiction}
    return [clause for clause in Clause.objects.all() if wanted & set(clause.required_by)]
