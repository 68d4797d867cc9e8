"""Reads of the public registry: always from the records, dates tested on every read."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet

from contracts.agreements.models import Agreement, CoveredTool, ScheduledElement
from contracts.agreements.queries import in_effect
from contracts.registry.rules import Approval, Contract, Element, Line, Scope, still_stands
from vetting.people.models import District
from vetting.requests.models import RequestedElement, ToolRequest
from vetting.vault.models import StoredFile
from workflows.lifecycles.agreement import EXECUTED
from workflows.lifecycles.request import USABLE


def districts() -> list[District]:
    return list(District.objects.select_related("tenant").order_by("name"))


def district_named(code: str) -> District | None:
    """The district of that code, or the only one there is."""
    rows = District.objects.select_related("tenant")
    if code:
        return rows.filter(tenant__code=code).first()
    found = list(rows.order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


def tools_you_may_use(district: District, now: datetime) -> list[Line]:
    """One line per tool that is usable today; three queries however many there are."""
    today = district.tenant.day_of(now)
    contracts = _contracts_by_tool(district, today)
    lines: dict[str, Line] = {}
    grouped: dict[str, list[Approval]] = defaultdict(list)
    for request in _usable(district):
        tool = request.tool
        if tool is None:
            continue
        contract = contracts.get(tool.pk)
        if still_stands(
            kind=request.approval_kind,
            until=request.approved_until,
            exempt=request.relationship == "exempt" and request.exempt_attested,
            contract=contract,
            today=today,
        ):
            lines[tool.code] = Line(
                tool.code, tool.name, tool.vendor.name, tool.website, tool.domain
            )
            grouped[tool.code].append(_approval(request, contract))
    found = [_with(line, grouped[code]) for code, line in lines.items()]
    return sorted(found, key=lambda line: line.name.casefold())


def _with(line: Line, approvals: list[Approval]) -> Line:
    ordered = tuple(sorted(approvals, key=lambda approval: approval.approved_on))
    return Line(line.code, line.name, line.vendor, line.website, line.domain, ordered)


def _usable(district: District) -> Iterable[ToolRequest]:
    schedule = RequestedElement.objects.select_related("element")
    rows = ToolRequest.objects.filter(district=district, state__in=USABLE, tool__isnull=False)
    return rows.select_related("tool__vendor").prefetch_related(
        "scope_schools", Prefetch("schedule", queryset=schedule)
    )


def _approval(request: ToolRequest, contract: Contract | None) -> Approval:
    return Approval(
        tool=str(request.tool),
        scope=Scope(
            kind=request.approval_kind,
            schools=tuple(school.name for school in request.scope_schools.all()),
            grades=tuple(request.scope_grades),
            purpose=request.scope_purpose,
            until=request.approved_until,
        ),
        conditions=tuple(request.conditions),
        license=request.license,
        approved_on=_approved_on(request),
        elements=_elements(request, contract),
        contract=contract,
    )


def _approved_on(request: ToolRequest) -> date:
    if request.approved_on is None:
        # A check constraint forbids it; a list that guesses a date would be worse than none.
        raise ValueError(f"{request} is usable without a day of approval.")
    return request.approved_on


def _elements(request: ToolRequest, contract: Contract | None) -> tuple[Element, ...]:
    """What the contract in effect lets the vendor take; without one, what was asked for.

    A request may have been sent before anybody knew. What its decision struck is not taken.
    """
    asked = tuple(_element(row) for row in request.asked_data())
    held = contract.elements if contract else ()
    struck = {(row.element.category, row.words) for row in request.schedule.all() if row.struck}
    return tuple(e for e in held if (e.category, e.name) not in struck) if held else asked


def _element(row: RequestedElement | ScheduledElement) -> Element:
    element = row.element
    return Element(element.category, row.words, element.lay_words, row.purpose)


def _contracts_by_tool(district: District, today: date) -> dict[int, Contract]:
    found: dict[int, Contract] = {}
    for agreement in _with_files(Agreement.objects.filter(in_effect(today), district=district)):
        for product in agreement.products.all():
            found[product.tool_id] = _contract(agreement, product)
    return found


def _with_files(rows: QuerySet[Agreement]) -> Iterable[Agreement]:
    return (
        rows.filter(current__sealed__isnull=False)
        .select_related("case", "vendor", "current__sealed", "current__certificate")
        .prefetch_related("products__tool", "products__schedule__element")
        .order_by("title", "pk")
    )


def _contract(agreement: Agreement, product: CoveredTool | None = None) -> Contract:
    version = agreement.current
    if version is None or version.sealed is None:
        raise ValueError("A contract is shown only with its signed file.")
    return Contract(
        code=agreement.case.code,
        title=agreement.title,
        vendor=agreement.vendor.name,
        starts=agreement.effective_from,
        ends=agreement.ends_on,
        sha256=version.sealed.sha256,
        has_certificate=version.certificate is not None,
        products=tuple(product.tool.name for product in agreement.products.all()),
        elements=tuple(_element(row) for row in product.schedule.all()) if product else (),
    )


def contracts_we_hold(district: District, now: datetime) -> list[Contract]:
    """Every executed agreement until it ends, also of tools never approved or suspended."""
    held = _held(district, district.tenant.day_of(now))
    return [_contract(agreement) for agreement in _with_files(Agreement.objects.filter(held))]


def _held(district: District, today: date) -> Q:
    ends = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    return Q(district=district, state__in=EXECUTED) & ends


def public_file(code: str, which: str, now: datetime) -> StoredFile | None:
    """The signed file or the certificate of a contract that is public today, else None."""
    rows = Agreement.objects.filter(case__code=code).select_related(
        "district__tenant", "current__sealed", "current__certificate"
    )
    agreement = rows.first()
    if agreement is None or agreement.current is None:
        return None
    today = agreement.district.tenant.day_of(now)
    if not Agreement.objects.filter(_held(agreement.district, today), pk=agreement.pk).exists():
        return None
    version = agreement.current
    return version.sealed if which == "agreement" else version.certificate


def school_names(district: District) -> list[str]:
    return list(district.schools.filter(closed=False).values_list("name", flat=True))
