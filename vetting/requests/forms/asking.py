"""What people type: clean values for the commands. Whether it suffices is for the guards."""

import re
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django import forms

from vetting.catalog.models import DataElement
from vetting.catalog.rules import LONGEST_NAMES
from vetting.fields import Day, Printed
from vetting.people.models import District, Membership, School
from vetting.people.queries import today_in
from vetting.requests import rules
from vetting.requests.models import ToolRequest

A_NUMBER = {
    "invalid": "Write a number, for example 120.",
    "min_value": "Write a number that is not below zero.",
    "max_value": "Write a smaller number, at most 10,000,000.",
}
DOLLARS = {
    **A_NUMBER,
    "invalid": "Write an amount in dollars, for example 1200.",
    "max_digits": "Write a smaller amount: at most ten digits before the point.",
    "max_whole_digits": "Write a smaller amount: at most ten digits before the point.",
    "max_decimal_places": "Write at most two digits for the cents.",
}
# The last day that can be asked for, in years from today.
YEARS_AHEAD = 3


def reasons_not_needed_by(day: date | None, today: date) -> str:
    """What stands against "when do you need it"; empty for a day that can be."""
    if day is None:
        return ""
    if day < today:
        return "This day has passed: choose today or a later one."
    latest = today + timedelta(days=365 * YEARS_AHEAD)
    return f"Choose a day within the next {YEARS_AHEAD} years." if day > latest else ""


ADDRESS = re.compile(r"(https?://)?([\w-]+\.)+[a-z]{2,}(:\d+)?([/?#]\S*)?", re.IGNORECASE)
YES_NO = [("yes", "Yes"), ("no", "No")]
YES_NO_UNKNOWN = [*YES_NO, ("", "I do not know")]
GRADES = [(grade, grade) for grade in rules.GRADES]
BOUGHT = [("", "Choose"), *rules.LICENSES.items()]


def yes_or_no(value: str) -> bool | None:
    return {"yes": True, "no": False}.get(value)


def no_or_yes(value: bool | None) -> str:
    return {True: "yes", False: "no"}.get(value, "") if value is not None else ""


class YesNo(forms.ChoiceField):
    """A question answered by yes, no or nothing; its clean value is True, False or None."""

    def __init__(self, *, label: str, unknown: bool = True, **rest: Any) -> None:
        choices = YES_NO_UNKNOWN if unknown else YES_NO
        super().__init__(label=label, choices=choices, widget=forms.RadioSelect, **rest)

    def clean(self, value: Any) -> bool | None:
        return yes_or_no(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return no_or_yes(value) if isinstance(value, bool) or value is None else value


class Lenient(forms.Form):
    """What is missing is said by the guards, in their own sentences and all at once; a field's
    `required` only keeps the page from calling it optional."""

    use_required_attribute = False

    def full_clean(self) -> None:
        needed = [field for field in self.fields.values() if field.required]
        for field in needed:
            field.required = False
        super().full_clean()
        for field in needed:
            field.required = True


class DraftForm(Lenient):
    """One of the three pages of a draft."""

    schools_too = False
    elements_too = False

    def __init__(self, *args: Any, draft: ToolRequest, **kwargs: Any) -> None:
        self.draft = draft
        kwargs.setdefault("initial", self.initial_of(draft))
        super().__init__(*args, **kwargs)

    def initial_of(self, draft: ToolRequest) -> dict[str, Any]:
        return {name: getattr(draft, name, None) for name in self.base_fields}

    @property
    def stamp(self) -> str:
        """Alike as long as this page of the draft says the same."""
        said = (
            (name, sorted(value) if isinstance(value, list) else value)
            for name, value in sorted(self.initial.items())
        )
        return sha256(repr(list(said)).encode()).hexdigest()[:32]

    def typed(self) -> dict[str, Any]:
        """What is valid so far; a field in error keeps what was saved before."""
        return {k: v for k, v in self.cleaned_data.items() if hasattr(ToolRequest, k)}

    def clean_needed_by(self) -> date | None:
        day: date | None = self.cleaned_data.get("needed_by")
        if against := reasons_not_needed_by(day, today_in(self.draft.district)):
            raise forms.ValidationError(against)
        return day

    def schools(self) -> list[int] | None:
        return None

    def elements(self) -> dict[int, str] | None:
        return None

    def other_data(self) -> str | None:
        return None


class ToolForm(DraftForm):
    tool_name = Printed(label="What is it called?", max_length=160)
    website = Printed(
        label="Its web address",
        max_length=300,
        help_text="As you see it in the browser, for example acme.com.",
    )
    vendor_name = Printed(
        label="Who makes it?",
        max_length=160,
        required=False,
        help_text="The company, if you know it.",
    )
    bought_how = forms.ChoiceField(label="How would it be paid for?", choices=BOUGHT)
    cost = forms.DecimalField(
        label="What would it cost a year, in dollars?",
        max_digits=12,
        decimal_places=2,
        min_value=0,
        required=False,
        error_messages=DOLLARS,
    )
    needed_by = Day(label="When do you need it?", required=False, widget=forms.DateInput)

    def clean_website(self) -> str:
        typed: str = self.cleaned_data["website"].strip()
        if typed and not ADDRESS.fullmatch(typed):
            raise forms.ValidationError("Write its web address, for example acme.com.")
        return typed


class ProjectForm(DraftForm):
    project_partner = Printed(label="Who would receive the data?", max_length=160)
    project_records = Printed(
        label="Which records would be shared?",
        widget=forms.Textarea,
        help_text="For example: attendance and grades of this year's sixth graders.",
    )
    project_from = Day(label="First day", widget=forms.DateInput)
    project_until = Day(label="Day on which the use ends", widget=forms.DateInput)
    needed_by = Day(label="When do you need the answer?", required=False, widget=forms.DateInput)


class WhoForm(DraftForm):
    purpose = Printed(
        label="What will it be used for?",
        widget=forms.Textarea,
        help_text="Two or three sentences in your own words.",
    )
    subject_area = Printed(label="Subject", max_length=80, required=False)
    school_ids = forms.ModelMultipleChoiceField(
        label="Which schools would use it?",
        queryset=School.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    district_wide = forms.BooleanField(label="Every school of the district", required=False)
    grades = forms.MultipleChoiceField(
        label="Which grades?",
        choices=GRADES,
        widget=forms.CheckboxSelectMultiple,
    )
    student_count = forms.IntegerField(
        label="About how many students?",
        min_value=0,
        max_value=10_000_000,
        required=False,
        help_text="A rough number is enough.",
        error_messages=A_NUMBER,
    )
    under_13 = YesNo(label="Will students under 13 use it?")

    def __init__(self, *args: Any, draft: ToolRequest, **kwargs: Any) -> None:
        super().__init__(*args, draft=draft, **kwargs)
        mine = School.objects.filter(district=draft.district_id, closed=False)
        self.fields["school_ids"].queryset = mine  # type: ignore[attr-defined]

    def initial_of(self, draft: ToolRequest) -> dict[str, Any]:
        named = list(draft.schools_concerned().values_list("pk", flat=True))
        return super().initial_of(draft) | {"school_ids": named}

    def clean_under_13(self) -> bool | None:
        """Asked after the grades, which stand above it."""
        said: bool | None = self.cleaned_data["under_13"]
        if why := rules.reason_not_so_old(self.cleaned_data.get("grades", ()), said):
            raise forms.ValidationError(why)
        return said

    def schools(self) -> list[int] | None:
        chosen = self.cleaned_data.get("school_ids")
        return None if chosen is None else [school.pk for school in chosen]


class DataForm(DraftForm):
    takes_student_data = YesNo(
        label="Does it take any data about students?",
        unknown=False,
        help_text="A name, an account, an answer, a photo, a voice: all of these count.",
    )
    element_ids = forms.ModelMultipleChoiceField(
        label="Which data?",
        queryset=DataElement.objects.exclude(about="none"),
        widget=forms.CheckboxSelectMultiple,
    )
    other_words = Printed(
        label="What is the other data?",
        max_length=LONGEST_NAMES,
        required=False,
        help_text="Where you ticked “Other data”. The agreement prints these words, so name it as "
        "exactly as you can; part several things with semicolons.",
    )
    data_purpose = Printed(label="Why does it need this data?", max_length=300, required=False)

    def initial_of(self, draft: ToolRequest) -> dict[str, Any]:
        rows = list(draft.schedule.all())
        return {
            "takes_student_data": draft.takes_student_data,
            "element_ids": [row.element_id for row in rows],
            "data_purpose": next((row.purpose for row in rows if row.purpose), ""),
            "other_words": next((row.detail for row in rows if row.detail), ""),
        }

    def other_data(self) -> str | None:
        return self.cleaned_data.get("other_words")

    def elements(self) -> dict[int, str] | None:
        chosen = self.cleaned_data.get("element_ids")
        why = self.cleaned_data.get("data_purpose", "")
        return None if chosen is None else {element.pk: why for element in chosen}

    def corrected(self) -> dict[int, str]:
        """The same of a request that was sent: a row keeps its own reason, unless another was
        written for all of them."""
        why = self.cleaned_data.get("data_purpose", "")
        known = {row.element_id: row.purpose for row in self.draft.schedule.all()}
        if why != self.initial["data_purpose"]:
            known = {}
        return {one: known.get(one, why) for one in self.elements() or {}}

    def chosen(self) -> set[int]:
        """Primary keys ticked now, as typed or as saved."""
        raw = self["element_ids"].value() or []
        return {int(getattr(one, "pk", one)) for one in raw if str(one).isdecimal()}


class AnswerForm(DataForm):
    """The answer in words, and the data asked for as the answer leaves it."""

    answer = forms.CharField(label="Your answer", widget=forms.Textarea)


class StartForm(forms.Form):
    """`behalf` is offered to those who ask for schools: Strategic Sourcing."""

    form = forms.ChoiceField(choices=ToolRequest.FORMS, required=False)
    tool_name = Printed(label="What is it called?", max_length=160, required=False)
    website = Printed(label="Its web address", max_length=300, required=False)
    behalf = forms.ModelChoiceField(
        label="For which colleague do you ask?",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="For myself",
    )

    def __init__(self, *args: Any, district: District, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Membership.objects.filter(district=district, active=True)
        field = self.fields["behalf"]
        field.queryset = people.select_related("user").order_by("user__name")  # type: ignore[attr-defined]
        field.label_from_instance = name_of  # type: ignore[attr-defined]


class JoinForm(forms.Form):
    """What somebody who needs the tool too says of their own classes."""

    purpose = Printed(label="What will you use it for?", widget=forms.Textarea)
    grades = forms.MultipleChoiceField(
        label="Which grades?", choices=GRADES, widget=forms.CheckboxSelectMultiple
    )
    student_count = forms.IntegerField(
        label="About how many students?",
        min_value=0,
        max_value=10_000_000,
        required=False,
        error_messages=A_NUMBER,
    )
    under_13 = YesNo(label="Will students under 13 use it?", required=False)


def name_of(person: Membership) -> str:
    return person.user.name
