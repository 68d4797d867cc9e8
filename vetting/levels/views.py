"""Settings > Service levels: how long each step may take here, and who hears of it when."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from vetting.levels import commands
from vetting.levels.foreseeing import foreseen
from vetting.levels.forms import StepForms, lines_of
from vetting.levels.queries import acts_of, row_of, tables_of
from vetting.pages import UNPROCESSABLE, Choice, Fact
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from vetting.templatetags.fields import Problem, problems_of
from workflows.clock import ladders, levels
from workflows.clock.ladders import Proposal, Step
from workflows.clock.levels import MAY_CHANGE
from workflows.clock.queries import audiences_of, levels_of
from workflows.clock.replanning import Result
from workflows.engine import Refused
from workflows.grammar import Lifecycle

INCOMPLETE = Problem("The page did not arrive whole: look at the lines and try again.", "")


@roles_required(*MAY_CHANGE)
def table(request: PersonRequest) -> HttpResponse:
    context = {"tables": tables_of(request.district.tenant), "here": "levels"}
    return render(request, "vetting/levels/table.html", context)


@roles_required(*MAY_CHANGE)
def step(request: PersonRequest, slug: str) -> HttpResponse:
    """One step: its form; what a change would do to open cases; then the change."""
    machine, _, kind = slug.partition(".")
    try:
        lifecycle, found = levels.step_named(machine, kind)
    except Refused:
        raise Http404 from None
    page = StepPage(request, lifecycle, found)
    if request.method != "POST":
        return page.filled()
    do = request.POST.get("do", "")
    if do in ("reset", "reset_now"):
        return page.reset(now=do == "reset_now")
    if do in ("add", "edit"):
        return page.typed_again(more=do == "add")
    return page.changed(now=do == "set_now")


class StepPage:
    """The page of one step, in each of its forms."""

    def __init__(self, request: PersonRequest, lifecycle: Lifecycle, step: Step) -> None:
        self.request, self.step = request, step
        self.tenant = request.district.tenant
        self.audiences = {
            name: words[0].upper() + words[1:] for name, words in audiences_of(lifecycle).items()
        }

    def filled(self) -> HttpResponse:
        own = levels_of(self.tenant).own.get((self.step.machine, self.step.kind))
        level = own or ladders.heard(self.step.delivered)
        given = {"amount": level.amount, "unit": level.unit, "lines": lines_of(level.ladder)}
        return self._shown(StepForms(self.step, self.audiences, given=given))

    def typed_again(self, *, more: bool) -> HttpResponse:
        """What was typed stays as it is, also what could not be set; `more`: with a line more."""
        forms = StepForms(self.step, self.audiences, data=self.request.POST)
        typed = self.request.POST
        lines = [
            {name: typed.get(form.add_prefix(name), "") for name in ("act", "away", "to")}
            for form in forms.rungs.forms
            if not typed.get(form.add_prefix("gone"))
        ]
        lines += [{"act": "remind", "away": "", "to": ""}] if more else []
        given = {"amount": typed.get("amount"), "unit": typed.get("unit"), "lines": lines}
        return self._shown(StepForms(self.step, self.audiences, given=given))

    def changed(self, *, now: bool) -> HttpResponse:
        forms = StepForms(self.step, self.audiences, data=self.request.POST)
        if not forms.is_valid():
            problems = [problem for form in forms.all for problem in problems_of(form)]
            return self._shown(forms, problems or [INCOMPLETE])
        given = {"machine": self.step.machine, "kind": self.step.kind, **forms.given}
        try:
            if now:
                district, by = self.request.district, self.request.actor
                result = commands.set_service_level(district=district, by=by, **given)
                return self._done(result)
            proposal = levels.proposed(self.tenant, by=self.request.actor, **given)
        except Refused as refused:
            return self._shown(forms, [Problem(reason, "") for reason in refused.reasons])
        return self._foreseen(forms, proposal, "set_now")

    def reset(self, *, now: bool) -> HttpResponse:
        machine, kind, by = self.step.machine, self.step.kind, self.request.actor
        try:
            if now:
                district = self.request.district
                result = commands.reset_service_level(
                    district=district, machine=machine, kind=kind, by=by
                )
                return self._done(result)
            proposal = levels.restored(self.tenant, machine=machine, kind=kind, by=by)
        except Refused as refused:
            messages.error(self.request, " ".join(refused.reasons))
            return redirect("levels:table")
        return self._foreseen(None, proposal, "reset_now")

    def _foreseen(self, forms: StepForms | None, proposal: Proposal, do: str) -> HttpResponse:
        """Nothing is written yet; the button carries all that was typed."""
        found = foreseen(self.tenant, proposal, now=timezone.now())
        typed = [(name, self.request.POST[name]) for name in self.request.POST if forms]
        hidden = [(n, value) for n, value in typed if n not in ("do", "csrfmiddlewaretoken")]
        label = f"Set it and move {found.moved} dates" if found.moved > 1 else "Set it"
        url = reverse("levels:step", args=[self.step.slug])
        confirm = Choice(label, url, hidden=(*hidden, ("do", do)))
        again = Choice(
            "Change the lines again", url, tone="plain", hidden=(*hidden, ("do", "edit"))
        )
        was = row_of(self.step, levels_of(self.tenant))
        facts = [Fact("Now", was.long), Fact("Then", found.row.long)]
        context = {"step": self.step, "found": found, "confirm": confirm, "here": "levels"}
        context |= {"acts": acts_of(self.step), "facts": facts, "again": again if forms else None}
        return render(self.request, "vetting/levels/preview.html", context)

    def _done(self, result: Result) -> HttpResponse:
        moved = {0: "No open date moved.", 1: "One open date moved."}
        said = moved.get(result.moved, f"{result.moved} open dates moved.")
        left = " Some cases were being worked on: the night brings them up to date."
        messages.success(
            self.request, f"{self.step.label}: set. {said}{left if result.left else ''}"
        )
        return redirect("levels:table")

    def _shown(self, forms: StepForms, problems: list[Problem] | None = None) -> HttpResponse:
        row = row_of(self.step, levels_of(self.tenant))
        context: dict[str, Any] = {"step": self.step, "forms": forms, "problems": problems}
        context |= {"row": row, "acts": acts_of(self.step), "here": "levels"}
        context["delivered"] = row_of(self.step, ladders.AS_DELIVERED)
        status = UNPROCESSABLE if problems else 200
        return render(self.request, "vetting/levels/step.html", context, status=status)
