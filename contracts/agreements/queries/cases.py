"""Reads of the agreements room."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.agreements import rules
from contracts.agreements.models import (
    Agreement,
    AgreementVersion,
    CoveredTool,
    Review,
    ScheduledElement,
    ServedRequest,
    VendorLink,
)
from contracts.agreements.queries.authority import NEW_SIGNATORY, lacks_signatory
from contracts.agreements.rules import token_hash
from vetting.catalog.models import Tool
from vetting.catalog.rules import OTHER, named_parts, same_data
from vetting.people.queries import district_of
from vetting.requests.models import ToolRequest
from workflows.actors import Actor, Role
from workflows.cases import Tenant
from workflows.ledger.models import Entry
from workflows.lifecycles.agreement import BEFORE_SIGNATURE, DRAFTING, EXECUTED, LIVE
from workflows.lifecycles.request import REQUEST
from workflows.prefetching import is_read

OUR_CHANGES = "Settle the changes asked for: {subject}"
VENDORS_CHANGES = "Answer the vendor's wish for changes: {subject}"
READERS = (
    Role.PRIVACY,
    Role.LEGAL,
    Role.SOURCING,
    Role.SIGNATORY,
    Role.BOARD_CLERK,
    Role.IT_SECURITY,
    Role.ADMIN,
)


def midnight_after(tenant: Tenant, day: date) -> datetime:
    """The instant at which a day is over in the district."""
    return datetime.combine(day, time.max, tzinfo=ZoneInfo(tenant.zone))


def midnight_before(tenant: Tenant, day: date) -> datetime:
    """The instant at which a day begins in the district."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(tenant.zone))


def agreements_for(actor: Actor) -> QuerySet[Agreement]:
    """The agreements of the actor's district, for the roles that work on them."""
    rows = Agreement.objects.select_related("case__tenant", "vendor", "current__pdf")
    return rows.filter(district=district_of(actor)) if actor.has(*READERS) else rows.none()


def agreement_for(actor: Actor, code: str) -> Agreement:
    """One agreement by its code. Raises Agreement.DoesNotExist for nothing and for another's."""
    return agreements_for(actor).get(case__code=code)


def in_effect(today: date) -> Q:
    """Live by state and by date; public pages ask this on every read."""
    ends = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    return Q(state__in=LIVE, effective_from__lte=today) & ends


def agreement_in_force(request: ToolRequest, today: date) -> Agreement | None:
    """The agreement in effect that covers the request's tool in its district."""
    if request.tool_id is None:
        return None  # a project, which names no tool: "no tool" must not match "no product"
    if request.tool and is_read(request.tool, "covered"):
        live = (row.agreement for row in request.tool.covered.all())
        here = [one for one in live if one.district_id == request.district_id]
        return min((one for one in here if _holds(one, today)), key=attrgetter("pk"), default=None)
    rows = Agreement.objects.filter(in_effect(today), district_id=request.district_id)
    return rows.filter(products__tool=request.tool_id).select_related("case__tenant").first()


def _holds(agreement: Agreement, today: date) -> bool:
    """`in_effect` of one that was read already."""
    starts, ends = agreement.effective_from, agreement.ends_on
    begun = starts is not None and starts <= today
    return agreement.state in LIVE and begun and (ends is None or ends >= today)


def agreement_under_way(request: ToolRequest) -> Agreement | None:
    """The one that a request joins: what serves it already and what is being prepared, first."""
    found = _joinable(request, Agreement.objects.all())
    serving = set(request.served_by.values_list("agreement", flat=True))
    ranked = sorted(found, key=lambda one: (one.pk not in serving, one.state in EXECUTED, one.pk))
    return ranked[0] if ranked else None


def _joinable(request: ToolRequest, among: QuerySet[Agreement]) -> list[Agreement]:
    """Those for its tool that hold, or can still take up, all that it asks for.

    Only a draft takes up more: what goes beyond a text that others have read, or signed, needs an
    agreement of its own. Compared here: databases disagree about letter case.
    """
    if request.tool_id is None:
        return []
    rows = among.filter(district_id=request.district_id, products__tool=request.tool_id)
    found = list(rows.filter(state__in=(*BEFORE_SIGNATURE, *EXECUTED)))
    return [one for one in found if one.state == DRAFTING or not data_beyond(request, one)]


def may_be_joined(agreement: Agreement, request: ToolRequest) -> bool:
    return bool(_joinable(request, Agreement.objects.filter(pk=agreement.pk)))


def is_served(request: ToolRequest) -> bool:
    """Whether an agreement that will be its basis serves it.

    One for another tool, or for less data, will not: at triage it may have turned out which tool
    is meant.
    """
    return bool(_joinable(request, Agreement.objects.filter(serves__request=request)))


def is_held(request: ToolRequest) -> bool:
    """Whether one that serves it holds all its data: a draft may still have to take some up."""
    serving = _joinable(request, Agreement.objects.filter(serves__request=request))
    return any(not data_beyond(request, one) for one in serving)


def data_beyond(request: ToolRequest, agreement: Agreement) -> list[str]:
    """The data elements that the request asks for and the agreement does not hold."""
    if is_read(request, "schedule") and is_read(agreement, "products"):
        products = (p for p in agreement.products.all() if p.tool_id == request.tool_id)
        schedule = (row for product in products for row in product.schedule.all())
        return _beyond(_parts(request.asked_data()), _parts(schedule))
    held = ScheduledElement.objects.filter(
        product__agreement=agreement, product__tool=request.tool_id
    )
    return _beyond(_names(request.schedule.filter(struck=False)), _names(held))


def _beyond(asked: set[str], held: set[str]) -> list[str]:
    return sorted(one for one in asked if same_data(one) not in set(map(same_data, held)))


def _names(rows: QuerySet[Any]) -> set[str]:
    """What one calls other data is not what the next one does: each name is an element apart."""
    said = rows.values_list("element__name", "detail")
    return {part for name, detail in said for part in named_parts(name, detail)}


def _parts(rows: Iterable[Any]) -> set[str]:
    return {part for row in rows for part in named_parts(row.element.name, row.detail)}


def _named(rows: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [(tool, part) for tool, name, said in rows for part in named_parts(name, said)]


def others_in_force(agreement: Agreement) -> list[tuple[str, str]]:
    """(tool, code of the other agreement) where one is in effect for the same product here."""
    tools = agreement.products.values("tool")
    rows = CoveredTool.objects.filter(
        district_id=agreement.district_id, tool__in=tools, agreement__state__in=LIVE
    )
    others = rows.exclude(agreement=agreement)
    return list(others.values_list("tool__name", "agreement__case__code"))


def agreement_of(request: ToolRequest) -> Agreement | None:
    """The newest agreement that serves this request."""
    if is_read(request, "served_by"):
        serving = (row.agreement for row in request.served_by.all())
        return max(serving, key=attrgetter("pk"), default=None)
    rows = Agreement.objects.filter(serves__request=request)
    return rows.select_related("case__tenant", "vendor").order_by("-pk").first()


def serving_in_effect(request: ToolRequest, today: date) -> Agreement | None:
    """Of those that serve a request, the one in effect for its tool, whatever is newest."""
    rows = Agreement.objects.filter(in_effect(today), serves__request=request)
    return rows.filter(products__tool=request.tool_id).order_by("pk").first()


def agreements_serving(request_id: int) -> QuerySet[Agreement]:
    """Every agreement that a request was ever tied to."""
    rows = Agreement.objects.filter(serves__request=request_id)
    return rows.select_related("case__tenant").order_by("pk")


def requests_served(agreement: Agreement) -> QuerySet[ToolRequest]:
    rows = ToolRequest.objects.filter(served_by__agreement=agreement)
    return rows.select_related("case__tenant", "tool").order_by("pk")


def those_served(agreement: Agreement) -> list[ToolRequest]:
    """The same as a list; they may have been read with the agreement."""
    if not is_read(agreement, "serves"):
        return list(requests_served(agreement))
    return sorted((row.request for row in agreement.serves.all()), key=attrgetter("pk"))


def _wants(agreement: Agreement, request: ToolRequest) -> bool:
    """What `unserving` asks of a request that was read already."""
    goes_on = request.state not in REQUEST.ends and request.relationship != "exempt"
    return goes_on and is_for(agreement, request)


def unserving() -> Q:
    """Agreements before signature that no open request waits for: each has ended, turned out to
    mean another tool, or gone the way without student data."""
    products = CoveredTool.objects.filter(agreement=OuterRef("agreement"))
    wanted = ServedRequest.objects.filter(agreement=OuterRef("pk"))
    wanted = wanted.exclude(request__state__in=REQUEST.ends).exclude(request__relationship="exempt")
    wanted = wanted.filter(Exists(products.filter(tool=OuterRef("request__tool"))))
    return Q(~Exists(wanted), state__in=BEFORE_SIGNATURE)


def is_for(agreement: Agreement, request: ToolRequest) -> bool:
    """Whether the request still means a tool of this agreement."""
    if is_read(agreement, "products"):
        tools = {product.tool_id for product in agreement.products.all()}
        return request.tool_id is not None and request.tool_id in tools
    return agreement.products.filter(tool=request.tool_id).exists()


def serves_nobody(agreement: Agreement) -> bool:
    if is_read(agreement, "serves"):
        wanted = any(_wants(agreement, request) for request in those_served(agreement))
        return agreement.state in BEFORE_SIGNATURE and not wanted
    return Agreement.objects.filter(unserving(), pk=agreement.pk).exists()


def waits_for_review(agreement: Agreement) -> bool:
    """Whether the draft stands still until the privacy team has cleared a request it serves."""
    served = requests_served(agreement).values_list("state", "left_state")
    return rules.waits_for_review(served)


def requests_resting_on(agreement: Agreement) -> QuerySet[ToolRequest]:
    """Those it serves, and those of its district for one of its tools: each may need its end."""
    tools = agreement.products.values("tool")
    here = Q(district_id=agreement.district_id, tool__in=tools)
    rows = ToolRequest.objects.filter(Q(served_by__agreement=agreement) | here).distinct()
    return rows.select_related("case__tenant", "district", "tool").order_by("pk")


def wanted_elements(agreement: Agreement) -> list[tuple[str, str]]:
    """(tool, element) pairs that the served requests ask for, without struck ones.

    A request that was declined or withdrawn asks for nothing any more, and one that turned out to
    mean another tool asks for nothing here.
    """
    if is_read(agreement, "serves"):
        return [
            (request.tool.name if request.tool else "", part)
            for request in those_served(agreement)
            if request.state not in REQUEST.ends and is_for(agreement, request)
            for row in request.asked_data()
            for part in named_parts(row.element.name, row.detail)
        ]
    asking = requests_served(agreement).exclude(state__in=ToolRequest.lifecycle.ends)
    asking = asking.filter(tool__in=agreement.products.values("tool"))
    rows = asking.filter(schedule__struck=False)
    named = ("tool__name", "schedule__element__name", "schedule__detail")
    return _named(rows.values_list(*named))


def scheduled_elements(agreement: Agreement) -> set[tuple[str, str]]:
    if is_read(agreement, "products"):
        products = agreement.products.all()
        return {(p.tool.name, part) for p in products for part in _parts(p.schedule.all())}
    rows = CoveredTool.objects.filter(agreement=agreement, schedule__isnull=False)
    named = ("tool__name", "schedule__element__name", "schedule__detail")
    return set(_named(rows.values_list(*named)))


def names_in_schedule(agreement: Agreement) -> list[str]:
    """What Exhibit B lets the vendor take, each name once."""
    rows = ScheduledElement.objects.filter(product__agreement=agreement)
    named = rows.select_related("element").order_by("product", "element__position")
    return list(dict.fromkeys(row.words for row in named))


def products_with_unnamed_data(agreement: Agreement) -> list[str]:
    """Where other data is ticked in Exhibit B and nobody has said what it is."""
    if is_read(agreement, "products"):
        return [
            product.tool.name
            for product in sorted(agreement.products.all(), key=attrgetter("pk"))
            if any(r.element.slug == OTHER and not r.detail for r in product.schedule.all())
        ]
    rows = agreement.products.filter(schedule__element__slug=OTHER, schedule__detail="")
    return list(rows.order_by("pk").values_list("tool__name", flat=True))


def verdicts_on(version: AgreementVersion) -> Iterable[rules.Verdict]:
    known = is_read(version, "reviews")
    rows = version.reviews.all() if known else version.standing_reviews()
    for review in (row for row in rows if row.voided_at is None):
        yield rules.Verdict(review.role, review.verdict, review.sha256)


def approved_among(agreements: Sequence[Agreement], *, role: Role) -> set[int]:
    """Those whose present text somebody in this role has approved and nobody of it wants changed:
    one query."""
    texts = [agreement.current_id for agreement in agreements]
    rows = Review.objects.filter(version__in=texts, voided_at=None, role=role).order_by()
    said: dict[int, set[str]] = {}
    for text, verdict in rows.values_list("version_id", "verdict"):
        said.setdefault(text, set()).add(verdict)
    approved = {text for text, verdicts in said.items() if verdicts == {"approved"}}
    return {agreement.pk for agreement in agreements if agreement.current_id in approved}


def approved_in_another_role(agreements: Sequence[Agreement], *, role: Role) -> dict[int, set[str]]:
    """Who approved the present text in another role than this, by agreement: one query, none
    where the verdicts were read. Nobody speaks for two, so that four eyes stay four."""
    of_text = {agreement.current_id: agreement.pk for agreement in agreements}
    found: dict[int, set[str]] = {}
    for said in _standing_verdicts(agreements):
        if said.verdict == "approved" and said.role != role:
            found.setdefault(of_text[said.version_id], set()).add(f"membership:{said.reviewer_id}")
    return found


def _standing_verdicts(agreements: Sequence[Agreement]) -> Iterator[Review]:
    """Those on the present texts."""
    unread = []
    for one in agreements:
        text = one._state.fields_cache.get("current")
        if text is not None and is_read(text, "reviews"):
            yield from (said for said in text.reviews.all() if said.voided_at is None)
        elif one.current_id is not None:
            unread.append(one.current_id)
    if unread:
        yield from Review.objects.filter(version__in=unread, voided_at=None)


def changes_come_first(agreements: Sequence[Agreement]) -> dict[int, str]:
    """Where somebody wants the present text changed, or nobody can sign it: that is to be settled
    before anybody reads on. The history is asked only of texts whose every verdict is void."""
    of_text = {one.current_id: one.pk for one in agreements if one.current_id}
    standing = list(_standing_verdicts(agreements))
    spoken = {of_text[said.version_id] for said in standing}
    wanted = {of_text[said.version_id] for said in standing if said.verdict == "changes"}
    silent = [one for one in agreements if one.pk not in spoken and _was_approved(one)]
    found = _sent_back_by_vendor(silent) if silent else ()
    changes = dict.fromkeys(found, VENDORS_CHANGES) | dict.fromkeys(wanted, OUR_CHANGES)
    return changes | {one.pk: NEW_SIGNATORY for one in agreements if lacks_signatory(one)}


def _was_approved(agreement: Agreement) -> bool:
    text = agreement.current
    return text is not None and any(said.verdict == "approved" for said in text.reviews.all())


def _sent_back_by_vendor(agreements: Sequence[Agreement]) -> set[int]:
    moves = Entry.objects.filter(case_id__in=[one.pk for one in agreements], kind=Entry.MOVE)
    last = dict(moves.order_by("seq").values_list("case_id", "name"))
    return {case for case, name in last.items() if name == "counter"}


def words_heard(version: AgreementVersion | None) -> str:
    """The verdicts that stand, as a page remembers which of them it was shown with."""
    rows = version.standing_reviews().order_by("pk") if version else ()
    return ".".join(str(review.pk) for review in rows)


def link_by_token(token: str, now: datetime) -> VendorLink | None:
    """The live link behind a token; None for an unknown, expired or revoked one alike."""
    rows = VendorLink.objects.filter(token_hash=token_hash(token), revoked_at=None)
    return (
        rows.filter(expires_at__gt=now, contact__active=True)
        .select_related(
            "contact__vendor",
            "agreement__case__tenant",
            "agreement__district",
            "agreement__current",
        )
        .first()
    )


def actor_of_link(link: VendorLink) -> Actor:
    """The vendor's contact, acting in the district of this one agreement."""
    contact = link.contact
    tenant = link.agreement.case.tenant_id
    return Actor("vendor", contact.ref, contact.name, tenant, frozenset({Role.VENDOR}))


def purposes_of(agreement: Agreement, tool: Tool) -> list[str]:
    """Why the open requests want this product, each purpose once, the oldest first."""
    served = [one for one in those_served(agreement) if one.tool_id == tool.pk]
    living = (one.purpose for one in served if one.state not in REQUEST.ends)
    return list(dict.fromkeys(said for text in living if (said := " ".join(text.split()))))
