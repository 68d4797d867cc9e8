"""What signers type. The commands say what is missing, so that every road hears the same."""

from django import forms

NO_VALIDATOR = {"autocomplete": "off"}


class SignForm(forms.Form):
    consented = forms.BooleanField(
        required=False, label="I agree to use electronic records and signatures"
    )
    read = forms.BooleanField(required=False, label="I have read the document")
    typed_name = forms.CharField(
        required=False,
        max_length=160,
        label="Type your full name to sign",
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)


class AcceptForm(forms.Form):
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)


class ChangesForm(forms.Form):
    prefix = "changes"
    note = forms.CharField(
        required=False,
        max_length=5000,
        label="What must change?",
        help_text="Name the article and say what you would write instead.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class DeclineForm(forms.Form):
    prefix = "decline"
    note = forms.CharField(
        required=False,
        max_length=5000,
        label="Why will you not sign?",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class SignatoryForm(forms.Form):
    prefix = "signatory"
    name = forms.CharField(required=False, max_length=160, label="Full name")
    title = forms.CharField(required=False, max_length=120, label="Title at your company")
    email = forms.CharField(
        required=False,
        max_length=254,
        label="E-mail address",
        widget=forms.EmailInput(attrs=NO_VALIDATOR),
    )


class VerifyForm(forms.Form):
    file = forms.FileField(
        label="The PDF to check",
        help_text="At most 25 MB. It is read and forgotten: nothing is kept.",
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
