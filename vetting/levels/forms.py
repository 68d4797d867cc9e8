"""What people set for one step: how long it may take, and one line for each mail."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from workflows.clock.ladders import FEWEST, MOST, MOST_RUNGS, Step, line
from workflows.grammar import Rung, Unit

UNITS = [
    (Unit.BUSINESS_DAYS.value, "business days"),
    (Unit.CALENDAR_DAYS.value, "calendar days"),
    (Unit.HOURS.value, "hours"),
]
ACTS = [
    ("remind", "A reminder, before the date"),
    ("overdue", "That it is late, on the date or after it"),
    ("escalate", "A call for help, after the date"),
]


class LevelForm(forms.Form):
    amount = forms.IntegerField(
        min_value=FEWEST,
        max_value=MOST,
        label="How long it may take",
        help_text="Counted from when the case comes to this step. While it waits for somebody else,"
        " the clock stands still.",
    )
    unit = forms.ChoiceField(
        choices=UNITS,
        label="Counted in",
        help_text="Business days leave out weekends, public holidays and your days without work.",
    )


class RungForm(forms.Form):
    """One mail. `away`: how far from the date, before or after it; 0 on the date itself."""

    act = forms.ChoiceField(choices=ACTS, label="What")
    away = forms.IntegerField(min_value=0, max_value=MOST, label="How far off")
    to = forms.ChoiceField(label="Who is told")
    gone = forms.BooleanField(required=False, label="Remove this line")

    def __init__(self, *args: Any, audiences: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = list(audiences.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A line that goes needs no sense."""
        if self.cleaned_data.get("gone"):
            self.errors.clear()
        return self.cleaned_data

    @property
    def rung(self) -> Rung:
        said = self.cleaned_data
        return line(said["act"], said["away"], said["to"])


Rungs = forms.formset_factory(RungForm, extra=0, max_num=MOST_RUNGS, absolute_max=MOST_RUNGS + 1)


def lines_of(rungs: Iterable[Rung]) -> list[dict[str, Any]]:
    """What stands in the lines of a ladder; what Countersign does itself is no line."""
    return [{"act": rung.act, "away": abs(rung.offset), "to": rung.to} for rung in rungs if rung.to]


class StepForms:
    """The form of a step and its lines, as one: a ladder of the law has no amount."""

    def __init__(
        self, step: Step, audiences: Mapping[str, str], *, data: Any = None, given: Any = None
    ) -> None:
        lines = given["lines"] if given else None
        more = {"audiences": audiences}
        self.terms = None if step.by_law else LevelForm(data, initial=given)
        self.rungs = Rungs(data, initial=lines, form_kwargs=more, prefix="rungs")

    def is_valid(self) -> bool:
        right = [form.is_valid() for form in self.all]
        return all(right) and self.rungs.is_valid()

    @property
    def all(self) -> list[forms.Form]:
        return [*([self.terms] if self.terms else []), *self.rungs.forms]

    @property
    def given(self) -> dict[str, Any]:
        """The arguments of the command, clean."""
        terms = self.terms.cleaned_data if self.terms else {"amount": None, "unit": ""}
        kept = [form for form in self.rungs.forms if not form.cleaned_data.get("gone")]
        return {**terms, "ladder": [form.rung for form in kept]}
