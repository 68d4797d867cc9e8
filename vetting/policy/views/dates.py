"""The dates that a law or a contract sets for one case, and what they count from.

Each room mounts them for its own cases: `routes` takes what finds one for somebody.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vetting.pages import UNPROCESSABLE, add_reasons, answer_refused, posted
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from vetting.policy import reckoning
from vetting.policy.commands.anchoring import (
    reasons_not_to_record,
    record_anchor,
    withdraw_anchor,
)
from vetting.policy.commands.closing import meet_duty, waive
from vetting.policy.commands.telling import breach_in, record_breach_facts
from vetting.policy.confidential import READS
from vetting.policy.fields import BreachForm, HappenedForm, first_answers
from vetting.policy.queries import last_evaluated
from vetting.policy.rules.planning import Step
from vetting.policy.views import standing
from workflows.actors import Role
from workflows.refusals import Refused
from workflows.stateful import Stateful

Found = Callable[[PersonRequest, str], Any]
FOLDER = "vetting/policy"
# What is recorded of an incident; without its facts no rule about breaches can apply.
BREACH_LIKE = frozenset(
    {
        "occurred",
        "vendor_discovered",
        "vendor_confirmed",
        "vendor_determined",
        "vendor_notice_received",
        "district_discovered",
        "district_determined",
        "unauthorized_use_discovered",
    }
)
NOT_TOLD = "No breach is described yet: its clocks wait for “Something happened to data”."
ACTS: Mapping[str, tuple[Callable[..., bool], str, str]] = {
    "done": (meet_duty, "note", "Noted as done, with what you wrote."),
    "waive": (waive, "reason", "Let go, with your reason on record."),
}


def routes(prefix: str, found: Found) -> list[URLPattern]:
    """The addresses of a room's cases under `prefix` ("agreements/<slug:code>/")."""
    pages = _Pages(found)
    reads, writes = roles_required(*READS), roles_required(Role.PRIVACY)
    return [
        path(f"{prefix}dates/", reads(require_GET(pages.show)), name="dates"),
        path(f"{prefix}dates/close/", writes(require_POST(pages.close)), name="close_date"),
        path(f"{prefix}dates/record/", writes(pages.record), name="record_event"),
        path(f"{prefix}dates/take-back/", writes(require_POST(pages.undo)), name="undo_event"),
        path(f"{prefix}dates/breach/", writes(pages.breach), name="breach"),
    ]


@dataclass(frozen=True, slots=True)
class _Pages:
    found: Found

    def show(self, request: PersonRequest, code: str) -> HttpResponse:
        subject = self.found(request, code)
        return render(request, f"{FOLDER}/dates.html", _context(request, subject))

    def close(self, request: PersonRequest, code: str) -> HttpResponse:
        """Done, or let go, each with a note."""
        subject = self.found(request, code)
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        command, named, done = act
        said = {named: request.POST.get("note", "")}
        try:
            closed = command(subject, kind=request.POST.get("kind", ""), by=request.actor, **said)
        except Refused as refused:
            return answer_refused(request, refused, _page(request, subject))
        if closed:
            messages.success(request, done)
        else:
            messages.error(request, "This date is not open any more: somebody was first.")
        return redirect(_page(request, subject))

    def undo(self, request: PersonRequest, code: str) -> HttpResponse:
        subject = self.found(request, code)
        event, reason = request.POST.get("event", ""), request.POST.get("note", "")
        try:
            plan = withdraw_anchor(subject, event=event, by=request.actor, reason=reason)
        except Refused as refused:
            return answer_refused(request, refused, _page(request, subject))
        messages.success(request, f"Taken back. {_sum(plan)}")
        return redirect(_page(request, subject))

    def record(self, request: PersonRequest, code: str) -> HttpResponse:
        """What would move is shown before anything that stands is changed."""
        subject = self.found(request, code)
        zone = subject.case.tenant.zone
        form = HappenedForm(posted(request), initial=_initial(request, subject), zone=zone)
        context = {**_about(request, subject), "form": form}
        if request.method != "POST" or not form.is_valid():
            status = UNPROCESSABLE if form.is_bound else 200
            return render(request, f"{FOLDER}/record.html", context, status=status)
        said, now = form.cleaned_data, timezone.now()
        told = {name: said[name] for name in ("event", "source", "reason")}
        at = form.instant(zone)
        if against := reasons_not_to_record(subject, at=at, by=request.actor, now=now, **told):
            add_reasons(form, Refused(against))
            return render(request, f"{FOLDER}/record.html", context, status=UNPROCESSABLE)
        plan = reckoning.preview(subject, said["event"], at, now)
        if not said["confirmed"] and _asks_first(plan, now):
            asked = {"moves": standing.moves_of(plan, now), "at": at}
            return render(request, f"{FOLDER}/confirm.html", context | asked)
        try:
            done = record_anchor(subject, at=at, by=request.actor, **told)
        except Refused as refused:
            add_reasons(form, refused)
            return render(request, f"{FOLDER}/record.html", context, status=UNPROCESSABLE)
        messages.success(request, f"Recorded. {_sum(done)}")
        if _waits_for_a_breach(subject, [said["event"]]):
            messages.warning(request, NOT_TOLD)
        return redirect(_page(request, subject))

    def breach(self, request: PersonRequest, code: str) -> HttpResponse:
        subject = self.found(request, code)
        known = breach_in(reckoning.facts_of(subject))
        form = BreachForm(posted(request), initial=first_answers(known))
        if request.method == "POST" and form.is_valid():
            try:
                plan = record_breach_facts(
                    subject,
                    facts=form.facts(),
                    by=request.actor,
                    note=form.cleaned_data["note"],
                    hold=form.hold(),
                )
            except Refused as refused:
                add_reasons(form, refused)
            else:
                messages.success(request, f"Kept. {_sum(plan)}")
                return redirect(_page(request, subject))
        context = {**_about(request, subject), "form": form}
        status = UNPROCESSABLE if form.is_bound else 200
        return render(request, f"{FOLDER}/breach.html", context, status=status)


def _asks_first(plan: Iterable[Step], now: datetime) -> bool:
    """Something that stands would change, or something new would be late at once."""
    return any(
        step.act != "tell" and (step.standing is not None or step.overdue(now)) for step in plan
    )


def _waits_for_a_breach(subject: Stateful, events: Iterable[str]) -> bool:
    """Something was recorded that only a breach makes count, and no breach was told."""
    told = reckoning.facts_of(subject).get("breach") is True
    return not told and not BREACH_LIKE.isdisjoint(events)


def _page(request: PersonRequest, subject: Stateful) -> str:
    return _address(request, subject, "dates")


def _address(request: PersonRequest, subject: Stateful, name: str) -> str:
    match = request.resolver_match
    namespace = match.namespace if match else ""
    return reverse(f"{namespace}:{name}", args=[subject.code])


def _about(request: PersonRequest, subject: Stateful) -> dict[str, Any]:
    names = ("dates", "record_event", "undo_event", "breach")
    urls = {name: _address(request, subject, name) for name in names}
    return {"subject": subject, "urls": urls, "zone": subject.case.tenant.zone}


def _context(request: PersonRequest, subject: Stateful) -> dict[str, Any]:
    now = timezone.now()
    writes = request.actor.has(Role.PRIVACY)
    url = _address(request, subject, "close_date") if writes else ""
    groups = standing.groups_of(subject, now, standing.Choices(url))
    happened = standing.recorded_of(subject)
    told = reckoning.facts_of(subject)
    law = reckoning.law_for(subject, told, now) if last_evaluated(subject.pk) else None
    known = [one.event for one in happened]
    untold = _waits_for_a_breach(subject, known)
    return {
        **_about(request, subject),
        "may_write": writes,
        "groups": groups,
        "earliest": standing.earliest_of(groups),
        "happened": happened,
        "undated": standing.without_dates(law, known) if law else [],
        "waiting": standing.not_counted_yet(law, known) if law else [],
        "over": reckoning.over(subject.pk),
        "breach": told.get("breach") is True,
        "untold": NOT_TOLD if untold else "",
        "could_count": list(standing.if_a_breach(subject, told, known, now)) if untold else [],
    }


def _initial(request: PersonRequest, subject: Stateful) -> dict[str, Any]:
    """A correction begins with what stands."""
    event = request.GET.get("event", "")
    row = reckoning.happened(subject.pk).get(event)
    if row is None or row.at is None:
        return {"event": event}
    local = timezone.localtime(row.at)
    return {"event": event, "day": local.date(), "time": local.time(), "source": row.source}


def _sum(plan: list[Step]) -> str:
    """How many dates came, moved and went, in a sentence."""
    acts = [step.act for step in plan]
    said = [
        ("arm", "new"),
        ("move", "moved"),
        ("stop", "standing still"),
        ("start", "running again"),
        ("end", "no longer due"),
    ]
    counted = [f"{acts.count(act)} {words}" for act, words in said if act in acts]
    return f"Dates by law: {', '.join(counted)}." if counted else "No date by law changes."
