"""A district's own rule, typed plainly: one form for each kind of rule."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from vetting.fields import Day
from vetting.policy.rules import choosing
from vetting.policy.rules.own import Data
from vetting.policy.rules.packs import ANCHORS
from vetting.policy.rules.wording import CLASSES, term

NOBODY = ("", "Nobody is named")
BEARERS = [("district", "The district"), ("vendor", "The vendor")]
WHOM = "district parents eligible_students staff regulator police public board complainant vendor"
PAPERS = (
    "approved_list contract_copy contract_notice supplemental_info data_elements subprocessors "
    "breach_list parents_bill_of_rights on_demand_list ceased_list policy contact"
)
RECORDS = (
    "student_record transcript consent agreement disclosure_log breach_file complaint evidence "
    "behavior_record temporary_record"
)
EVENTS = [(name, said.capitalize()) for name, said in ANCHORS.items()]
DAYS_OF_A_YEAR = "As month and day, for example 01-31. Several: with a comma between."


def _named(words: str) -> list[tuple[str, str]]:
    return [(word, term(word).capitalize()) for word in words.split()]


def _area(label: str, hint: str = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        max_length=2000,
        required=required,
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RuleForm(forms.Form):
    """What every rule has. `terms()` gives the keys of its kind, as the format names them."""

    kind = ""
    OWN: tuple[str, ...] = ()

    title = forms.CharField(max_length=200, label="The rule in one line")
    citation = forms.CharField(
        max_length=300,
        label="Which policy says so",
        help_text="For example: Board policy JRCB, section 4, adopted June 9, 2026.",
    )
    address = forms.URLField(
        max_length=500,
        required=False,
        assume_scheme="https",
        label="Where it can be read",
        help_text="A web address that begins with https://.",
    )
    note = _area("A note for those who work by it")
    fact_1 = forms.ChoiceField(required=False, label="It applies when")
    number_1 = forms.IntegerField(
        required=False, min_value=0, label="The number, where it asks for one"
    )
    fact_2 = forms.ChoiceField(required=False, label="and when")
    number_2 = forms.IntegerField(
        required=False, min_value=0, label="The number, where it asks for one"
    )
    fact_3 = forms.ChoiceField(required=False, label="and when")
    number_3 = forms.IntegerField(
        required=False, min_value=0, label="The number, where it asks for one"
    )
    fact_4 = forms.ChoiceField(required=False, label="and when")
    number_4 = forms.IntegerField(
        required=False, min_value=0, label="The number, where it asks for one"
    )
    effective_from = Day(label="In effect from")

    def __init__(self, data: Any = None, *, known: Data | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.known = known or {}
        empty = "Its present conditions stay" if self.written_by_hand else "No further condition"
        listed = [("", empty), *choosing.choices()]
        for at in range(1, choosing.MOST + 1):
            self.fields[f"fact_{at}"].choices = listed  # type: ignore[attr-defined]
        conditions = [f"{name}_{at}" for at in range(1, choosing.MOST + 1) for name in _PAIR]
        self.order_fields(
            ["title", *self.OWN, *conditions, "citation", "address", "note", "effective_from"]
        )

    @property
    def written_by_hand(self) -> bool:
        """Its conditions say more than the choices can: they stay until others are chosen."""
        return choosing.chosen_in(self.known.get("when")) is None

    def pairs(self) -> list[tuple[Any, Any]]:
        return [(self[f"fact_{at}"], self[f"number_{at}"]) for at in range(1, choosing.MOST + 1)]

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        if address and not address.startswith("https://"):
            raise forms.ValidationError("Write an address that begins with https://.")
        return address

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        for at in range(1, choosing.MOST + 1):
            code, number = told.get(f"fact_{at}", ""), told.get(f"number_{at}")
            if choosing.needs_number(code) and number is None:
                self.add_error(f"number_{at}", "Write the number to compare with.")
        return told

    def row(self, *, name: str) -> Data:
        """The rule as the format has it, but for its source."""
        told = self.cleaned_data
        row: Data = {"id": name, "kind": self.kind, "title": told["title"]}
        row |= {"citation": told["citation"], "nexus": "agency_state", "confidence": "high"}
        first: date = told["effective_from"]
        row |= {"status": "reviewed", "effective_from": first.isoformat()}
        when = self._when()
        optional = {"when": when, "note": told["note"].strip()}
        return row | {key: value for key, value in optional.items() if value} | self.terms()

    def _when(self) -> Mapping[str, Any] | None:
        told = self.cleaned_data
        chosen = [
            (code, told[f"number_{at}"])
            for at in range(1, choosing.MOST + 1)
            if (code := told[f"fact_{at}"])
        ]
        if not chosen and self.written_by_hand:
            return dict(self.known["when"])
        return choosing.condition_of(chosen)

    def source(self) -> Data:
        told = self.cleaned_data
        return {"citation": told["citation"], "address": told["address"] or None, "read": "whole"}

    def terms(self) -> Data:
        """Those of its own fields that say something."""
        return {name: value for name in self.OWN if (value := self.cleaned_data[name])}


_PAIR = ("fact", "number")


class ConsentForm(RuleForm):
    kind, OWN = "consent", ("default", "duration", "scope", "content")
    default = forms.ChoiceField(
        label="Without an answer of the family",
        choices=[("opt_in", "Nothing happens"), ("opt_out", "It happens")],
    )
    duration = forms.ChoiceField(
        label="How long an answer counts", choices=_named("school_year enrollment until_withdrawn")
    )
    scope = forms.ChoiceField(label="What is asked", choices=_named("list per_tool"))
    content = _area("What the letter says", "One thing on each line.")

    def terms(self) -> Data:
        told = super().terms()
        lines = [line.strip() for line in told.pop("content", "").splitlines() if line.strip()]
        return told | ({"content": lines} if lines else {})


class DutyForm(RuleForm):
    kind, OWN = "duty", ("what", "duty_of")
    what = _area("What has to be done", required=True)
    duty_of = forms.ChoiceField(required=False, label="By whom", choices=[NOBODY, *BEARERS])


class DeadlineForm(RuleForm):
    kind = "deadline"
    OWN = ("duty_of", "to", "amount", "unit", "anchor", "each_year")
    duty_of = forms.ChoiceField(label="Who has to do it", choices=BEARERS)
    to = forms.ChoiceField(label="To whom", choices=_named(WHOM))
    amount = forms.IntegerField(
        required=False, min_value=1, max_value=3650, label="Within how many"
    )
    unit = forms.ChoiceField(label="Of what", choices=_named("business_days calendar_days hours"))
    anchor = forms.ChoiceField(label="Counted from when", choices=EVENTS)
    each_year = forms.CharField(
        max_length=200,
        required=False,
        label="Or on fixed days of every year",
        help_text=DAYS_OF_A_YEAR,
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if bool(told.get("amount")) == bool(told.get("each_year")) and not self.errors:
            said = "Say when in one way: within how many days or hours, or on fixed days."
            self.add_error("amount", said)
        return told

    def terms(self) -> Data:
        told = self.cleaned_data
        row = {"duty_of": told["duty_of"], "to": told["to"]}
        if told["each_year"]:
            return row | {"each_year": days_in(told["each_year"])}
        limit = {"amount": told["amount"], "unit": told["unit"]}
        return row | {"anchor": told["anchor"], "limit": limit}


class ReviewForm(RuleForm):
    kind, OWN = "review", ("every_months", "what")
    every_months = forms.IntegerField(min_value=1, max_value=120, label="Every how many months")
    what = _area("What is looked at again")


class PublicationForm(RuleForm):
    kind, OWN = "publication", ("what", "each_year")
    what = forms.ChoiceField(label="What is published", choices=_named(PAPERS))
    each_year = forms.CharField(
        max_length=200,
        required=False,
        label="On which days of every year",
        help_text=f"{DAYS_OF_A_YEAR} Left empty: it stands there always.",
    )

    def terms(self) -> Data:
        days = days_in(self.cleaned_data["each_year"])
        return {"what": self.cleaned_data["what"]} | (
            {"each_year": days} if days else {"standing": True}
        )


class RetentionForm(RuleForm):
    kind, OWN = "retention", ("record", "bound", "amount", "unit", "from_when")
    record = forms.ChoiceField(label="Which record", choices=_named(RECORDS))
    bound = forms.ChoiceField(
        label="It is kept", choices=[("at_least", "At least"), ("at_most", "At most")]
    )
    amount = forms.IntegerField(min_value=1, max_value=1000, label="How long")
    unit = forms.ChoiceField(label="Of what", choices=_named("years months days"))
    from_when = forms.CharField(max_length=200, required=False, label="Counted from")

    def terms(self) -> Data:
        told = self.cleaned_data
        span = {"amount": told["amount"], "unit": told["unit"]}
        since = {"from": told["from_when"]} if told["from_when"] else {}
        return {"record": told["record"], told["bound"]: span} | since


class ProhibitionForm(RuleForm):
    kind, OWN = "prohibition", ("what",)
    what = _area("What is forbidden", required=True)


class ClassForm(RuleForm):
    kind, OWN = "class", ("set",)
    set = forms.ChoiceField(
        label="Such a tool needs", choices=[(n, said.capitalize()) for n, said in CLASSES.items()]
    )


FORMS: Mapping[str, type[RuleForm]] = {
    form.kind: form
    for form in (
        ConsentForm, DutyForm, DeadlineForm, ReviewForm, PublicationForm, RetentionForm,
        ProhibitionForm, ClassForm,
    )
}  # fmt: skip


def days_in(text: str) -> list[str]:
    return [part for part in re.split(r"[,;\s]+", text) if part]


def initial_of(rule: Data, sources: Mapping[str, Data], *, today: date) -> dict[str, Any]:
    """What the form shows of a rule that exists."""
    told = {**rule, "effective_from": today, "from_when": rule.get("from", "")}
    source = sources.get(rule.get("source") or "", {})
    told["address"] = source.get("address") or ""
    for key in ("limit", "at_least", "at_most"):
        if key in rule:
            told |= {**rule[key], "bound": key}
    for key, between in (("content", "\n"), ("each_year", ", ")):
        told[key] = between.join(rule.get(key, ()))
    for at, (code, number) in enumerate(choosing.chosen_in(rule.get("when")) or [], 1):
        told |= {f"fact_{at}": code, f"number_{at}": number}
    return told


class EndForm(forms.Form):
    last = Day(label="Last day on which it counts")
