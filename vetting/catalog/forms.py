"""The upload of a district's list and what its columns are."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from vetting.catalog.lists.columns import IGNORE, LABELS

LARGEST = 2 * 1024 * 1024
ORDERS = [("", "Not said"), ("mdy", "Month first: March 4"), ("dmy", "Day first: April 3")]


class ListForm(forms.Form):
    file = forms.FileField(
        label="Your list as a CSV file",
        help_text="In Excel or Sheets: save or download the sheet as CSV. Up to 2 MB.",
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError("The file is larger than 2 MB. Split the list in parts.")
        return file


class ColumnsForm(forms.Form):
    """One choice per column. Fields are numbered: a heading may hold any character."""

    date_order = forms.ChoiceField(choices=ORDERS, required=False, label="What is 3/4/2025?")

    def __init__(
        self, *args: Any, headings: Sequence[str], meant: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.names = {f"column-{n}": name for n, name in enumerate(headings) if name}
        for field, name in self.names.items():
            initial = meant.get(name, IGNORE)
            self.fields[field] = forms.ChoiceField(
                choices=list(LABELS.items()), label=f"“{name}” is", initial=initial
            )

    def chosen(self) -> dict[str, str]:
        return {name: self.cleaned_data[field] for field, name in self.names.items()}
