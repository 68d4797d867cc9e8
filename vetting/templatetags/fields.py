"""How one form field becomes USWDS markup."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from vetting.pages import REFUSED

CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "usa-checkbox__input"),
    (forms.RadioSelect, "usa-radio__input"),
    (forms.CheckboxInput, "usa-checkbox__input"),
    (forms.Select, "usa-select"),
    (forms.Textarea, "usa-textarea"),
    (forms.FileInput, "file-input"),
)


@dataclass(frozen=True, slots=True)
class Problem:
    text: str
    target: str


def _css(widget: forms.Widget) -> str:
    return next((css for kind, css in CLASSES if isinstance(widget, kind)), "usa-input")


def _layout(widget: forms.Widget) -> str:
    if isinstance(widget, forms.RadioSelect):
        return "radio" if not isinstance(widget, forms.CheckboxSelectMultiple) else "checkbox"
    return "single_checkbox" if isinstance(widget, forms.CheckboxInput) else "plain"


def _prepare(widget: forms.Widget) -> None:
    """A form owns copies of its widgets, so this changes one page and no other."""
    kept = widget.attrs.get("class", "")
    if _css(widget) not in kept.split():
        widget.attrs["class"] = f"{_css(widget)} {kept}".strip()
    if isinstance(widget, forms.DateInput):
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    if isinstance(widget, forms.NumberInput):
        widget.attrs.setdefault("inputmode", "numeric")


def draw_field(
    bound: BoundField,
    label: str = "",
    hint: str | None = None,
    width: str = "",
    optional: bool = True,
    **attrs: Any,
) -> dict[str, Any]:
    """Context of components/field.html. `hint=""` drops the form's own hint; `width` is a USWDS
    input size: 2xs, xs, sm, md, lg, xl. `optional=False` leaves that word away where a field may
    stay empty and yet costs something: its hint then says what."""
    widget = bound.field.widget
    _prepare(widget)
    if bound.errors:
        widget.attrs["class"] += " usa-input--error"
    if width:
        widget.attrs["class"] += f" usa-input--{width}"
    said = bound.help_text if hint is None else hint
    described = [f"{bound.auto_id}_helptext"] * bool(said) + [f"{bound.auto_id}_error"] * bool(
        bound.errors
    )
    layout = _layout(widget)
    extra = {name.replace("_", "-"): value for name, value in attrs.items()}
    if described and layout in ("plain", "single_checkbox"):
        extra.setdefault("aria-describedby", " ".join(described))
    return {
        "bound": bound,
        "label": label or bound.label,
        "hint": said,
        "layout": layout,
        "control": bound.as_widget(attrs=extra) if layout in ("plain", "single_checkbox") else "",
        "described": " ".join(described),
        "optional": optional and not bound.field.required and layout != "single_checkbox",
    }


def problems_of(form: forms.BaseForm) -> list[Problem]:
    """Every error as one sentence with the id of the control that can mend it.

    What a command REFUSED says itself what it means; what a field found needs its label.
    """
    problems = [Problem(str(text), "") for text in form.non_field_errors()]
    for bound in form:
        target = f"{bound.auto_id}_0" if bound.use_fieldset else bound.id_for_label
        for error in bound.errors.as_data():
            about = "" if error.code == REFUSED else f"{bound.label}: "
            problems += [Problem(f"{about}{text}", target) for text in error.messages]
    return problems
