"""What people type: clean values for the commands. Whether it suffices is for the guards."""

from collections.abc import Iterable
from typing import Any

from django import forms

from vetting.catalog.models import DataElement
from vetting.people.models import District, Membership, School
from vetting.requests import rules
from vetting.requests.models import ToolRequest

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


class Lines(forms.CharField):
    """One sentence a line; its clean value is a list."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


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

    def typed(self) -> dict[str, Any]:
        """What is valid so far; a field in error keeps what was saved before."""
        return {k: v for k, v in self.cleaned_data.items() if hasattr(ToolRequest, k)}

    def schools(self) -> list[int] | None:
        return None

    def elements(self) -> dict[int, str] | None:
        return None


class ToolForm(DraftForm):
    tool_name = forms.CharField(label="What is it called?", max_length=160)
    website = forms.CharField(
        label="Its web address",
        max_length=300,
        help_text="As you see it in the browser, for example acme.com.",
    )
    vendor_name = forms.CharField(
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
    )
    needed_by = forms.DateField(
        label="When do you need it?", required=False, widget=forms.DateInput
    )


class ProjectForm(DraftForm):
    project_partner = forms.CharField(label="Who would receive the data?", max_length=160)
    project_records = forms.CharField(
        label="Which records would be shared?",
        widget=forms.Textarea,
        help_text="For example: attendance and grades of this year's sixth graders.",
    )
    project_from = forms.DateField(label="First day", widget=forms.DateInput)
    project_until = forms.DateField(label="Day on which the use ends", widget=forms.DateInput)
    needed_by = forms.DateField(
        label="When do you need the answer?", required=False, widget=forms.DateInput
    )


class WhoForm(DraftForm):
    purpose = forms.CharField(
        label="What will it be used for?",
        widget=forms.Textarea,
        help_text="Two or three sentences in your own words.",
    )
    subject_area = forms.CharField(label="Subject", max_length=80, required=False)
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
    )
    under_13 = YesNo(label="Will students under 13 use it?")

    def __init__(self, *args: Any, draft: ToolRequest, **kwargs: Any) -> None:
        super().__init__(*args, draft=draft, **kwargs)
        mine = School.objects.filter(district=draft.district_id, closed=False)
        self.fields["school_ids"].queryset = mine  # type: ignore[attr-defined]

    def initial_of(self, draft: ToolRequest) -> dict[str, Any]:
        named = list(draft.schools_concerned().values_list("pk", flat=True))
        return super().initial_of(draft) | {"school_ids": named}

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
    data_purpose = forms.CharField(
        label="Why does it need this data?", max_length=300, required=False
    )

    def initial_of(self, draft: ToolRequest) -> dict[str, Any]:
        rows = list(draft.schedule.all())
        return {
            "takes_student_data": draft.takes_student_data,
            "element_ids": [row.element_id for row in rows],
            "data_purpose": next((row.purpose for row in rows if row.purpose), ""),
        }

    def elements(self) -> dict[int, str] | None:
        chosen = self.cleaned_data.get("element_ids")
        why = self.cleaned_data.get("data_purpose", "")
        return None if chosen is None else {element.pk: why for element in chosen}

    def chosen(self) -> set[int]:
        """Primary keys ticked now, as typed or as saved."""
        raw = self["element_ids"].value() or []
        return {int(getattr(one, "pk", one)) for one in raw if str(one).isdigit()}


class StartForm(forms.Form):
    """`behalf` is offered to those who ask for schools: Strategic Sourcing."""

    form = forms.ChoiceField(choices=ToolRequest.FORMS, required=False)
    tool_name = forms.CharField(label="What is it called?", max_length=160, required=False)
    website = forms.CharField(max_length=300, required=False)
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
        field.label_from_instance = _name_of  # type: ignore[attr-defined]


class FactsForm(Lenient):
    """The facts the class is made of, and another class with a note."""

    primarily_k12 = YesNo(label="Is it designed and marketed primarily for schools?")
    staff_directed = YesNo(label="Is it used at the direction of the district's staff?")
    student_data = YesNo(label="Does it take data about students?")
    negotiated = YesNo(label="Is a contract negotiated with the vendor?")
    refuses_terms = forms.BooleanField(
        label="The vendor refuses the duties of C.R.S. 22-16-108 to 110", required=False
    )
    recognizes_faces = forms.BooleanField(label="It recognizes faces", required=False)
    relationship = forms.ChoiceField(
        label="Class", choices=[("", "As the rule says"), *ToolRequest.CLASSES], required=False
    )
    note = forms.CharField(
        label="Why another class than the rule's?", required=False, widget=forms.Textarea
    )

    def facts(self, state: str) -> rules.Facts:
        known = {n: self.cleaned_data.get(n) for n in rules.Facts.__slots__ if n != "state"}
        return rules.Facts(state=state, **known)  # type: ignore[arg-type]


class NoteForm(Lenient):
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)


class QuestionForm(Lenient):
    text = forms.CharField(label="Your question", widget=forms.Textarea)


class AnswerForm(Lenient):
    answer = forms.CharField(label="Your answer", widget=forms.Textarea)


class DeclineForm(Lenient):
    reason = forms.ChoiceField(
        label="Reason",
        choices=[("", "Choose"), *rules.DECLINE_REASONS.items()],
    )
    words = forms.CharField(
        label="In a sentence, for those who asked", required=False, widget=forms.Textarea
    )
    alternatives = forms.CharField(
        label="What they can use instead", required=False, widget=forms.Textarea
    )


class SuspendForm(Lenient):
    reason = forms.CharField(
        label="Why may nobody use it for now?",
        widget=forms.Textarea,
        help_text="Everybody who asked and every school leader concerned reads this.",
    )


class ReinstateForm(Lenient):
    note = forms.CharField(label="What has changed?", widget=forms.Textarea)
    until = forms.DateField(
        label="New end date",
        required=False,
        widget=forms.DateInput,
        help_text="Leave it empty to keep the end date it had. An approval with an end may last "
        "60 days in all.",
    )


class DecisionForm(Lenient):
    """An approval: for whom, what for, on which conditions, until when."""

    kind = forms.ChoiceField(
        label="Kind of approval", choices=list(rules.KIND_WORDS.items()), widget=forms.RadioSelect
    )
    purpose = forms.CharField(label="Approved for", max_length=300)
    schools = forms.ModelMultipleChoiceField(
        label="Schools",
        queryset=School.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: every school.",
    )
    grades = forms.MultipleChoiceField(
        label="Grades",
        choices=GRADES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: every grade.",
    )
    conditions = Lines(
        label="Conditions",
        required=False,
        help_text="One a line, in words a teacher can follow.",
    )
    license = forms.ChoiceField(
        label="How is it paid for?",
        choices=list(rules.LICENSES.items()),
        widget=forms.RadioSelect,
    )
    until = forms.DateField(
        label="Ends on",
        required=False,
        widget=forms.DateInput,
        help_text="Needed for every kind but full; at most 60 days from today.",
    )
    owner = forms.ModelChoiceField(
        label="Who looks after it until it ends?",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="Nobody named",
    )
    reason = forms.CharField(
        label="Why an exception is needed",
        required=False,
        widget=forms.Textarea,
        help_text="For provisional and continuity approvals.",
    )
    strike = forms.ModelMultipleChoiceField(
        label="Data that may not be used",
        queryset=DataElement.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick any to approve without these.",
    )

    def __init__(
        self, *args: Any, district: District, elements: Iterable[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose_from("schools", School.objects.filter(district=district, closed=False))
        people = Membership.objects.filter(district=district, active=True)
        self._choose_from("owner", people.select_related("user").order_by("user__name"))
        self._choose_from("strike", DataElement.objects.filter(pk__in=list(elements)))
        self.fields["owner"].label_from_instance = _name_of  # type: ignore[attr-defined]

    def _choose_from(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]


def _name_of(person: Membership) -> str:
    return person.user.name
