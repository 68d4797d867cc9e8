"""Fields that several rooms' forms share."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from vetting.letters import reason_not_printed

OLDEST = date(1970, 1, 1)
YEARS_AHEAD = 20


class Day(forms.DateField):
    """A day that people type: a year nobody can have meant is a slip, and is said to be one.

    Beyond it the calendar itself ends: a term, a retention or a reminder reckoned from the year
    9999 has no date.
    """

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        last = timezone.localdate().year + YEARS_AHEAD
        if day and not OLDEST.year <= day.year <= last:
            raise forms.ValidationError(
                f"Look at the year: it is {day.year}. Days from {OLDEST.year} to {last} can be"
                " written here."
            )
        return day


class Printed(forms.CharField):
    """Words that a document may print later: a letter without a font is named at the field."""

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if against := reason_not_printed(typed, str(self.label or "this field")):
            raise forms.ValidationError(against)
        return typed
