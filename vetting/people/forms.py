"""What people type into the settings; whether it may be is decided by the commands."""

from typing import Any

from django import forms

from vetting.fields import Day
from vetting.people import rules
from vetting.people.models import Membership, School
from vetting.people.pictures import LARGEST
from vetting.people.queries import people_of, schools_of
from workflows.actors import ROLE_NAMES, Actor, Role

ROLE_CHOICES = [(role.value, ROLE_NAMES[role]) for role in rules.STAFF_ROLES]
KIND_CHOICES = [
    ("", "Every kind of agreement"),
    ("dpa", "Data privacy agreement"),
    ("vendor_paper", "The vendor's own document"),
    ("dsa_research", "Data sharing for research"),
    ("dsa_partner", "Data sharing with a partner"),
    ("amendment", "Amendment"),
    ("subscription", "Subscription to a general offer"),
]


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Membership) -> str:
        return obj.user.name


class RolesForm(forms.Form):
    """The duties of one person."""

    title = forms.CharField(max_length=120, required=False, label="Position")
    school = forms.ModelChoiceField(
        queryset=School.objects.none(),
        required=False,
        empty_label="Central office",
        help_text="Needed for a school leader: it says whose requests come to them.",
    )
    roles = forms.MultipleChoiceField(
        choices=ROLE_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="A privacy lead may do all that the privacy team may.",
    )
    trained_on = Day(
        required=False, label="Privacy training on", help_text="Leave empty until it is done."
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools_of(actor).filter(closed=False)  # type: ignore[attr-defined]


class PersonForm(RolesForm):
    """Somebody new."""

    name = forms.CharField(max_length=200)
    email = forms.EmailField(
        label="Work e-mail",
        max_length=254,
        help_text="They sign in with it. We write to them; they choose their own password.",
    )
    field_order = ("name", "email", "title", "school", "roles", "trained_on")


class AbsenceForm(forms.Form):
    away_from = Day(label="First day away")
    away_until = Day(label="Last day away")
    delegate = PersonChoice(
        queryset=Membership.objects.none(),
        required=False,
        label="Who stands in",
        empty_label="Nobody",
        help_text="Until the last day they may act in these roles, under their own name. Signing "
        "is not lent: a document is signed by whom it names.",
    )

    def __init__(self, data: Any = None, *, actor: Actor, absent: Membership) -> None:
        noted = {name: getattr(absent, name) for name in ("away_from", "away_until", "delegate")}
        super().__init__(data, initial=noted)
        others = people_of(actor).filter(active=True).exclude(pk=absent.pk)
        self.fields["delegate"].queryset = others  # type: ignore[attr-defined]


def _yes_no(label: str) -> forms.TypedChoiceField:
    """None while nobody knows: no law is taken to reach the district, or not to, by a guess."""
    choices = [("", "Not known yet"), ("yes", "Yes"), ("no", "No")]
    return forms.TypedChoiceField(
        choices=choices,
        required=False,
        coerce=lambda said: said == "yes",
        empty_value=None,
        label=label,
        help_text="Some laws reach only districts that do.",
    )


class DistrictForm(forms.Form):
    """What agreements, mails and the public list print of the district."""

    name = forms.CharField(
        max_length=160, label="Full legal name", help_text="As it stands in the agreements."
    )
    address = forms.CharField(
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Postal address",
    )
    website = forms.CharField(max_length=200, required=False, label="Web address")
    contact_name = forms.CharField(
        max_length=160,
        required=False,
        label="Who receives a vendor's notices",
        help_text="A breach is reported to this person, by e-mail and by telephone.",
    )
    contact_email = forms.CharField(max_length=254, required=False, label="Their e-mail address")
    contact_phone = forms.CharField(max_length=40, required=False, label="Their telephone")
    federal_funds = _yes_no("Does the district receive funds of the U.S. Department of Education?")
    e_rate = _yes_no("Does the district receive E-rate discounts?")
    color = forms.CharField(
        max_length=7,
        required=False,
        label="Color",
        help_text="For example #1a4480: dark enough for white words on it. Empty: Countersign's.",
    )
    logo = forms.FileField(
        required=False, label="Logo", help_text="A PNG or JPEG of up to 1 MB, 16 pixels or more."
    )
    drop_logo = forms.BooleanField(required=False, label="Show no logo any more")

    def clean_logo(self) -> bytes | None:
        """One byte more than allowed is enough to know that it is too large."""
        file = self.cleaned_data["logo"]
        return bytes(file.read(LARGEST + 1)) if file else None


class SchoolForm(forms.Form):
    name = forms.CharField(max_length=160, label="Name of the school")
    grades = forms.MultipleChoiceField(
        choices=list(rules.GRADES.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    students = forms.IntegerField(
        min_value=0, max_value=100_000, required=False, label="Number of students"
    )


class ClosureForm(forms.Form):
    name = forms.CharField(max_length=80, label="What is it?", help_text="For example Fall break.")
    day = Day(label="First day")
    until = Day(required=False, label="Last day", help_text="Leave empty for a single day.")


class AuthorityForm(forms.Form):
    """One row of the authority table."""

    membership = PersonChoice(
        queryset=Membership.objects.none(),
        label="Who may sign",
        empty_label="Choose a signatory",
        help_text="Only people with the role Signatory are listed.",
    )
    kind = forms.ChoiceField(choices=KIND_CHOICES, required=False, label="What")
    amount_over = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=2,
        initial=0,
        label="From this amount (dollars)",
    )
    term_months_over = forms.IntegerField(
        min_value=0, max_value=600, initial=0, label="From this term (months)"
    )
    delegated_on = Day(
        label="Delegated on", help_text="The day of the board's resolution or of the letter."
    )
    board_first = forms.BooleanField(required=False, label="The board acts before the signature")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        signers = people_of(actor).filter(active=True, grants__role=Role.SIGNATORY)
        self.fields["membership"].queryset = signers  # type: ignore[attr-defined]
