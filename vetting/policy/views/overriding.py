"""One field of a law, read otherwise by this district: written, and ended."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from vetting.pages import Link
from vetting.people.access import roles_required
from vetting.people.middleware import PersonRequest
from vetting.people.queries import today_in
from vetting.people.views.answers import tried
from vetting.policy.commands.overriding import end_override, override_rule, reasons_against
from vetting.policy.forms.overriding import OverrideForm
from vetting.policy.previewing import Preview, preview
from vetting.policy.queries import LOCAL, overrides_of, packs_for
from vetting.policy.rules.gates import OVERRIDERS
from vetting.policy.rules.merging import Overridden, Override, demanded
from vetting.policy.rules.overriding import called, open_fields
from vetting.policy.rules.packs import Rule
from vetting.policy.rules.wording import value_words
from vetting.policy.views.confirming import SAVE, Proposal, carried, step_of
from vetting.policy.views.rule import rule_for
from workflows.refusals import raise_if

LOOSENS = (
    "This loosens the law: from now on the district asks less than the statute does. Whoever "
    "approves it answers for it."
)
NOBODY_KNOWS = "Nobody can tell whether this is stricter or looser than the law: compare them."


@roles_required(*OVERRIDERS)
def override(request: PersonRequest) -> HttpResponse:
    rule = _asked(request)
    fields = open_fields(rule)
    field = request.GET.get("field", fields[0])
    if field not in fields:
        raise Http404
    form = OverrideForm(request.POST or None, field=field, now=rule.terms[field])
    context = {
        "rule": rule,
        "ways": _ways(rule, fields, field) if len(fields) > 1 else [],
        "now": value_words(field, rule.terms[field]),
        "called": called(field),
        "here": "own_rules",
    }

    def propose() -> Proposal:
        return _proposed(request, rule, field, form)

    template = "vetting/policy/override.html"
    return carried(request, form, propose, template=template, context=context)


def _asked(request: PersonRequest) -> Rule:
    """A district changes its own rules by writing them, never by reading them otherwise."""
    rule, pack = rule_for(request, request.GET.get("rule", ""))
    if pack.layer == LOCAL or not open_fields(rule):
        raise Http404
    return rule


def _ways(rule: Rule, fields: list[str], chosen: str) -> list[Link]:
    return [Link(called(f), f"?rule={rule.id}&field={f}", current=f == chosen) for f in fields]


def _proposed(request: PersonRequest, rule: Rule, field: str, form: OverrideForm) -> Proposal:
    district, value, reason = request.district, form.value(), form.cleaned_data["reason"]
    raise_if(reasons_against(district, rule, field, value, reason))
    wanted = Override(rule.id, field, value, reason, request.actor.ref)
    (changed,) = demanded(rule, frozenset(), [wanted]).overridden

    def save() -> None:
        override_rule(
            district=district, rule=rule, field=field, value=value, reason=reason, by=request.actor
        )

    lines = [
        ("The law says", value_words(field, rule.terms[field])),
        ("This district would read", value_words(field, value)),
        ("Why", reason),
        ("Approved by", request.actor.name),
    ]
    return Proposal(
        f"{rule.title}: {called(field)}", lines, _tried(request, wanted), save,
        "Saved. This district reads it so from now on.", warning=_warning(changed),
    )  # fmt: skip


def _warning(changed: Overridden) -> str:
    if changed.loosens is None:
        return NOBODY_KNOWS
    return LOOSENS if changed.loosens else ""


def _tried(request: PersonRequest, wanted: Override) -> Preview | None:
    if step_of(request) == SAVE:
        return None
    district = request.district
    return preview(
        district,
        packs=packs_for(district),
        overrides=[*overrides_of(district), wanted],
        on=today_in(district),
    )


@roles_required(*OVERRIDERS)
@require_POST
def end(request: PersonRequest) -> HttpResponse:
    key = request.POST.get("override", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise Http404
    reason = request.POST.get("note", "")
    return tried(
        request,
        lambda: end_override(
            district=request.district, key=int(key), reason=reason, by=request.actor
        ),
        "The rule counts as it is written again.",
        "policy:own",
    )
