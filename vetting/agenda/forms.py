"""The upload of a school calendar, and which of its days are without work."""

from collections.abc import Sequence
from typing import Any

from django import forms

from vetting.agenda.reading import LARGEST
from vetting.agenda.rules.closures import Offered


class FileForm(forms.Form):
    file = forms.FileField(
        label="The calendar file",
        help_text="It ends in .ics. Google, Outlook and most school calendars can export or "
        "download one. Up to 1 MB.",
    )

    def clean_file(self) -> bytes:
        """One byte more than allowed is enough to know that it is too large."""
        return bytes(self.cleaned_data["file"].read(LARGEST + 1))


class DaysForm(forms.Form):
    """Which of the events close their days; they are numbered as they are listed."""

    events = forms.MultipleChoiceField(
        label="Which of these are days without work?",
        error_messages={"required": "Tick at least one event, or choose another file."},
    )

    def __init__(self, *args: Any, offered: Sequence[Offered], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.fields["events"].choices = [  # type: ignore[attr-defined]
            (str(number), one.span.name) for number, one in enumerate(offered) if one.new
        ]

    def chosen(self) -> list[Offered]:
        return [self.offered[int(number)] for number in self.cleaned_data["events"]]
