"""What a reviewer types; whether it suffices is for the commands."""

from collections.abc import Mapping
from typing import Any

from django import forms

from vetting.fields import Day
from vetting.requests.forms import Lenient
from vetting.screening import rules
from vetting.screening.models import Answer, Finding, Screening

SETTLED = [
    ("mitigated", "Mitigated: it is no longer a problem"),
    ("excepted", "Exception until a date"),
]


class AnswerForm(Lenient):
    """One question; `seen` is the version of the answer that stood on the page."""

    value = forms.ChoiceField(label="", widget=forms.RadioSelect)
    evidence = forms.CharField(
        label="Evidence",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Without evidence the answer earns half of its points.",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, question: Mapping[str, Any], answer: Answer | None
    ) -> None:
        initial: dict[str, Any] = {"seen": answer.version if answer else 0}
        if answer:
            initial |= {"value": answer.value, "evidence": answer.evidence}
        super().__init__(data, prefix=question["id"], initial=initial)
        value = self.fields["value"]
        value.label = question["text"]
        value.choices = [(a, rules.words_of(question, a)) for a in question["answers"]]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("evidence", "").strip() and not typed.get("value"):
            self.add_error("value", "Choose an answer, so that the evidence can be saved.")
        return typed

    @property
    def is_empty(self) -> bool:
        return not self.cleaned_data.get("value")

    @property
    def is_half(self) -> bool:
        """Evidence is typed and no answer chosen yet."""
        return not self.cleaned_data.get("value") and not self["value"].value()


class BasisForm(Lenient):
    basis = forms.ChoiceField(
        label="The data may be shared under", choices=[("", "Choose"), *rules.LEGAL_BASES.items()]
    )
    reason = forms.CharField(
        label="Why this basis applies",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For a school official: which service of the district's own staff it replaces.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, screening: Screening) -> None:
        kept = {"basis": screening.legal_basis, "reason": screening.basis_reason}
        initial = kept | {"seen": screening.legal_basis}
        super().__init__(data, prefix="basis", initial=initial)

    @property
    def is_empty(self) -> bool:
        return not self.cleaned_data.get("basis") and not self.cleaned_data.get("reason")

    @property
    def is_half(self) -> bool:
        """Chosen and not explained yet, or the other way round."""
        return bool(self["basis"].value()) != bool((self["reason"].value() or "").strip())


class FindingForm(Lenient):
    title = forms.CharField(label="What was found", max_length=200)
    severity = forms.ChoiceField(
        label="How serious", choices=[("", "Choose"), *rules.SEVERITIES.items()]
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="new")


class SettleForm(Lenient):
    """Settles an open finding, or takes a settled one up again."""

    status = forms.ChoiceField(
        label="How is it settled?",
        choices=SETTLED,
        widget=forms.RadioSelect,
    )
    resolution = forms.CharField(
        label="What was done, or why an exception is right",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    excepted_until = Day(label="The exception ends on", required=False, widget=forms.DateInput)

    def __init__(self, data: Any = None, *, finding: Finding) -> None:
        super().__init__(data, prefix=f"finding-{finding.pk}")
        if finding.status != "open":
            del self.fields["excepted_until"]
            # A page from before somebody settled it still says how: the command answers that.
            self.fields["status"] = forms.ChoiceField(
                choices=[("open", "Open"), *SETTLED], initial="open", widget=forms.HiddenInput
            )
            self.fields["resolution"].label = "Why must it be looked at again?"
