"""What people type about what happened: clean values for the commands."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from vetting.fields import Day
from vetting.policy.commands.anchoring import LONGEST_SOURCE
from vetting.policy.commands.telling import Hold
from vetting.policy.rules.answers import ANSWERS
from vetting.policy.rules.facts import DATA_KINDS, FACTS, RESIDENTS_BY_STATE, RESIDENTS_WORDS
from vetting.policy.rules.happening import EVENTS
from vetting.requests.forms.asking import YesNo

KEYS: Mapping[str, str] = {"": "Not known yet", **ANSWERS["encryption"]}
YES_NO = ("breach", "by_vendor", "accessible", "harm_unlikely", "clerical", "ransom", "on_hold")
NUMBERS = ("students_affected", "staff_affected")
EVENT_CHOICES = [(name, f"{words[0].upper()}{words[1:]}") for name, words in EVENTS.items()]


def _asked(name: str) -> Any:
    return YesNo(label=FACTS[name].words, required=False)


def _number(name: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=FACTS[name].words, required=False, min_value=0, max_value=100_000_000
    )


class HappenedForm(forms.Form):
    """When something happened, and how one knows. Times are those of the district."""

    event = forms.ChoiceField(
        label="What happened?",
        choices=[("", "Choose"), *EVENT_CHOICES],
        error_messages={"required": "Choose what happened."},
    )
    day = Day(
        label="On which day?",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Write the day on which it happened."},
    )
    time = forms.TimeField(
        label="At what time?",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "Write the time; limits in hours count from it."},
    )
    source = forms.CharField(
        label="How is it known?",
        max_length=LONGEST_SOURCE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who told it, in which letter, mail or call. People who may see this agreement "
        "or request can read it.",
        error_messages={"required": "Write how it is known."},
    )
    reason = forms.CharField(
        label="If this corrects what was recorded: why?",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *given: Any, zone: str = "", **more: Any) -> None:
        super().__init__(*given, **more)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if self.zone and said.get("day") and said.get("time") is not None:
            typed = datetime.combine(said["day"], said["time"], ZoneInfo(self.zone))
            back = typed.astimezone(UTC).astimezone(typed.tzinfo)
            if back.replace(tzinfo=None) != typed.replace(tzinfo=None):
                gap = f"{typed:%H:%M} did not exist on that day"
                self.add_error("time", f"{gap}: the clocks were set forward. Write another time.")
        return said

    def instant(self, zone: str) -> datetime:
        """Of an hour that happens twice in the fall the first one counts: the earlier date."""
        typed = datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return typed.replace(tzinfo=ZoneInfo(zone))


class BreachForm(forms.Form):
    """What is known of what happened; whatever nobody knows yet is left open, and then the
    stricter reading counts."""

    breach = YesNo(
        label=FACTS["breach"].words,
        unknown=False,
        error_messages={"required": "Answer yes or no: everything else follows from it."},
    )
    by_vendor = _asked("by_vendor")
    kinds = forms.MultipleChoiceField(
        label="Which kinds of data were concerned?",
        required=False,
        choices=[(kind, ANSWERS["data"][kind]) for kind in DATA_KINDS],
        widget=forms.CheckboxSelectMultiple,
    )
    accessible = _asked("accessible")
    encryption = forms.ChoiceField(
        label=FACTS["encryption"].words,
        required=False,
        choices=list(KEYS.items()),
        widget=forms.RadioSelect,
    )
    harm_unlikely = YesNo(
        label=FACTS["harm_unlikely"].words,
        required=False,
        help_text="Some laws exempt this, after an investigation whose result is filed.",
    )
    clerical = _asked("clerical")
    ransom = _asked("ransom")
    students_affected = _number("students_affected")
    staff_affected = _number("staff_affected")
    residents = forms.CharField(
        label=RESIDENTS_WORDS,
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One state a line, for example CO 490. Students, guardians and employees count.",
    )
    on_hold = YesNo(
        label=FACTS["on_hold"].words,
        required=False,
        help_text="It must have been asked for in writing. It replaces only the limits that name "
        "it; all others run on.",
    )
    hold_agency = forms.CharField(label="Which agency asked?", required=False, max_length=160)
    hold_asked_on = Day(
        label="When did it ask?", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    hold_review_on = Day(
        label="When is the hold looked at again?",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    note = forms.CharField(
        label="How is this known?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write how this is known."},
    )

    def clean_residents(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in filter(str.strip, self.cleaned_data["residents"].splitlines()):
            state, _, count = line.strip().partition(" ")
            if not count.strip().replace(",", "").isdecimal():
                raise forms.ValidationError(
                    f"Write the state and how many people, as CO 490; not “{line.strip()}”."
                )
            found[state.upper()] = int(count.replace(",", ""))
        return found

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("on_hold"):
            for name in ("hold_agency", "hold_asked_on", "hold_review_on"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, "A hold needs this.")
        return said

    def facts(self) -> dict[str, Any]:
        """Only what is known."""
        if not self.cleaned_data["breach"]:
            return {"breach": False}
        names = (*YES_NO, *NUMBERS)
        known = {name: self.cleaned_data[name] for name in names}
        known |= {"data": self.cleaned_data["kinds"] or None}
        known |= {"encryption": self.cleaned_data["encryption"] or None}
        known[RESIDENTS_BY_STATE] = self.cleaned_data["residents"] or None
        return {name: value for name, value in known.items() if value is not None}

    def hold(self) -> Hold | None:
        said = self.cleaned_data
        if not (said["breach"] and said["on_hold"]):
            return None
        return Hold(said["hold_agency"], said["hold_asked_on"], said["hold_review_on"])


def first_answers(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The form as it was last filled in, from what was told."""
    known = {name: facts.get(name) for name in (*YES_NO, *NUMBERS, "encryption")}
    known["kinds"] = facts.get("data")
    return known | {"residents": "\n".join(_lines(facts.get(RESIDENTS_BY_STATE) or {}))}


def _lines(residents: Mapping[str, int]) -> Iterator[str]:
    return (f"{state} {count}" for state, count in sorted(residents.items()))
