"""What signers type. The commands say what is missing, so that every road hears the same."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from contracts.agreements.rules import LONGEST_COMMENT
from vetting.pages import REFUSED
from workflows.refusals import LONGEST_NOTE


class SpokenForm(forms.Form):
    """An empty field is the command's to refuse: it lists everything that is missing at once.

    `beside`: how a sentence begins that is said beside a field; any other is said on top alone.
    """

    beside: ClassVar[dict[str, str]] = {}

    def refuse(self, reasons: Iterable[str]) -> None:
        for reason in reasons:
            found = (field for start, field in self.beside.items() if reason.startswith(start))
            self.add_error(next(found, None), ValidationError(reason, code=REFUSED))

    def add_error(self, field: str | None, error: Any) -> None:
        if field and getattr(error, "code", "") == "required":
            self.cleaned_data[field] = self.fields[field].to_python(None)
        else:
            super().add_error(field, error)


class SignForm(SpokenForm):
    beside: ClassVar = {
        "Agree to electronic records": "consented",
        "Confirm that you have read": "read",
        "Type your": "typed_name",
    }
    consented = forms.BooleanField(label="I agree to use electronic records and signatures")
    read = forms.BooleanField(label="I have read the document")
    typed_name = forms.CharField(
        max_length=160,
        label="Type your full name to sign",
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)


class AcceptForm(SpokenForm):
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ChangesForm(SpokenForm):
    prefix = "changes"
    beside: ClassVar = {"Write a note": "note", "The note has": "note"}
    note = forms.CharField(
        label="What must change?",
        help_text="Name the article and say what you would write instead. "
        f"At most {LONGEST_NOTE:,} characters.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class DeclineForm(SpokenForm):
    prefix = "decline"
    beside: ClassVar = {"Write a note": "note", "The note has": "note"}
    note = forms.CharField(
        label="Why will you not sign?",
        help_text=f"At most {LONGEST_NOTE:,} characters.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class QuestionForm(SpokenForm):
    prefix = "question"
    beside: ClassVar = {"Say what stands": "note", "Write at most": "note"}
    note = forms.CharField(
        label="Why do you not sign it as it is?",
        help_text="Counsel and the privacy team get a mail with your words. The vendor does not. "
        f"At most {LONGEST_COMMENT:,} characters.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class SignatoryForm(SpokenForm):
    prefix = "signatory"
    beside: ClassVar = {
        "Give the full name": "name",
        "Write name and title": "name",
        "Give the e-mail address": "email",
        "That is your own address": "email",
        "That address belongs": "email",
    }
    name = forms.CharField(max_length=160, label="Full name")
    title = forms.CharField(required=False, max_length=120, label="Title at your company")
    email = forms.CharField(
        max_length=254,
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class VerifyForm(forms.Form):
    file = forms.FileField(
        label="The PDF to check",
        help_text="At most 25 MB. It is read and forgotten: nothing is kept.",
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": "Choose the PDF that you want to check.",
            "empty": "This file is empty. Choose the PDF that you want to check.",
        },
    )
