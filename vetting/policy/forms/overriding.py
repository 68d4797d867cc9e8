"""One field of one rule, read otherwise by this district."""

from typing import Any

from django import forms

from vetting.policy.rules.overriding import NUMBERS, SPANS, WORDS, called
from vetting.policy.rules.wording import term, value_words


class OverrideForm(forms.Form):
    """`value()` is the field's new value as the format has it."""

    reason = forms.CharField(
        max_length=2000,
        label="Why this district reads it otherwise",
        help_text="Counsel's opinion, a stricter policy of the board. It is kept for ever.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any = None, *, field: str, now: Any) -> None:
        super().__init__(data)
        self.field = field
        own = [self._span, self._number, self._choice][_way(field)](now)
        self.order_fields([*own, "reason"])

    def _span(self, now: Any) -> list[str]:
        units = [(unit, f"{term(unit)}") for unit in SPANS[self.field]]
        self.fields["amount"] = forms.IntegerField(
            min_value=1, max_value=36_500, label=called(self.field), initial=now["amount"]
        )
        self.fields["unit"] = forms.ChoiceField(choices=units, label="Of what", initial=now["unit"])
        return ["amount", "unit"]

    def _number(self, now: Any) -> list[str]:
        label = "Every how many months" if self.field == "every_months" else "How many years"
        self.fields["number"] = forms.IntegerField(
            min_value=1, max_value=1200, label=label, initial=now
        )
        return ["number"]

    def _choice(self, now: Any) -> list[str]:
        known: tuple[Any, ...] = WORDS.get(self.field, (True, False))
        self.fields["choice"] = forms.TypedChoiceField(
            choices=[(str(at), value_words(self.field, one)) for at, one in enumerate(known)],
            coerce=lambda at: known[int(at)],
            label=called(self.field),
            initial=str(known.index(now)),
        )
        return ["choice"]

    def value(self) -> Any:
        told = self.cleaned_data
        if self.field in SPANS:
            return {"amount": told["amount"], "unit": told["unit"]}
        return told["number"] if self.field in NUMBERS else told["choice"]


def _way(field: str) -> int:
    if field in SPANS:
        return 0
    return 1 if field in NUMBERS else 2
