"""Small questions: when something would be due, and when a school year begins."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from vetting.fields import Day
from vetting.policy.rules.packs import ANCHORS
from vetting.policy.rules.timing import ASKED

MORNING = time(9)


class DueForm(forms.Form):
    """When would it be due? A day for each event that the rule counts from."""

    def __init__(self, data: Mapping[str, Any] | None, *, events: Sequence[str], zone: str) -> None:
        super().__init__(data)
        self.events, self.zone = events, zone
        for name in events:
            happened = ANCHORS.get(name)
            self.fields[name] = Day(
                required=False, label=f"Day on which {happened}" if happened else "After which day"
            )
            self.fields[f"{name}_time"] = forms.TimeField(
                required=False,
                label="Time of that day",
                help_text=f"In {zone}. Left empty: 9:00 in the morning.",
                widget=forms.TimeInput(attrs={"type": "time"}),
            )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not self.errors and not any(told.get(name) for name in self.events):
            self.add_error(self.events[0], "Choose a day to count from.")
        return told

    def instants(self) -> dict[str, datetime]:
        zone = ZoneInfo(self.zone)
        days = {name: self.cleaned_data.get(name) for name in self.events}
        return {
            name: datetime.combine(day, self.cleaned_data.get(f"{name}_time") or MORNING, zone)
            for name, day in days.items()
            if day
        }


def events_of(anchors: Sequence[str], *, yearly: bool) -> Sequence[str]:
    """What is asked for; a fixed day of each year needs only a day to look from."""
    return anchors or ((ASKED,) if yearly else ())


class SchoolYearForm(forms.Form):
    start = Day(label="First day of school")
    midpoint = Day(label="First day of the second semester")
