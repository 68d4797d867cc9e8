"""What those who choose paths and decide type."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from vetting.catalog.models import DataElement
from vetting.fields import Day
from vetting.people.models import District, Membership, School
from vetting.policy.rules.answers import in_words
from vetting.policy.rules.facts import FACTS, HIGHEST, Fact
from vetting.requests import rules
from vetting.requests.forms.asking import GRADES, Lenient, YesNo, name_of
from vetting.requests.models import ToolRequest


class Lines(forms.CharField):
    """One sentence a line; its clean value is a list."""

    widget = forms.Textarea

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class FactsForm(Lenient):
    """The facts that the packs ask of this tool, and another class with a note."""

    relationship = forms.ChoiceField(
        label="Class", choices=[("", "As the rule says"), *ToolRequest.CLASSES], required=False
    )
    note = forms.CharField(
        label="Why another class than the rule's?", required=False, widget=forms.Textarea
    )

    def __init__(
        self, *args: Any, asked: Sequence[str], deciding: Collection[str] = (), **kwargs: Any
    ) -> None:
        """`asked`: names of facts, in the order of the page; `deciding`: those of the class."""
        super().__init__(*args, **kwargs)
        self.asked, self.deciding = asked, deciding
        for name in asked:
            self.fields[name] = _field_for(FACTS[name])

    def facts(self) -> dict[str, Any]:
        """What was answered; "I do not know" is absent."""
        said = {name: self.cleaned_data.get(name) for name in self.asked}
        return {name: value for name, value in said.items() if value not in (None, "", [])}

    @property
    def first(self) -> list[BoundField]:
        """Asked of every tool, or deciding which class this one gets."""
        return [self[name] for name in self.asked if self._leads(name)]

    @property
    def more(self) -> list[BoundField]:
        return [self[name] for name in self.asked if not self._leads(name)]

    @property
    def more_are_wrong(self) -> bool:
        return any(one.errors for one in self.more)

    def _leads(self, name: str) -> bool:
        return name in rules.BASE or name in self.deciding


def _field_for(fact: Fact) -> forms.Field:
    if fact.kind == "yes_no":
        return YesNo(label=fact.words)
    if fact.kind == "number":
        return forms.FloatField(
            label=fact.words,
            min_value=0,
            max_value=HIGHEST.get(fact.name),
            widget=forms.NumberInput,
        )
    choices = [(value, in_words(fact.name, value)) for value in fact.values]
    if fact.kind == "some_of":
        return forms.MultipleChoiceField(
            label=fact.words,
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            help_text="None ticked: not known.",
        )
    choices.append(("", "I do not know"))
    return forms.ChoiceField(label=fact.words, choices=choices, widget=forms.RadioSelect)


class NoteForm(Lenient):
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)


class QuestionForm(Lenient):
    text = forms.CharField(label="Your question", widget=forms.Textarea)


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
    until = Day(
        label="New end date",
        required=False,
        widget=forms.DateInput,
        help_text="Leave it empty to keep the end date it had. An approval with an end may last "
        "60 calendar days in all.",
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
    until = Day(
        label="Ends on",
        required=False,
        widget=forms.DateInput,
        help_text="Needed for every kind but full; at most 60 calendar days from today.",
    )
    owner = forms.ModelChoiceField(
        label="Who looks after it until it ends?",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="Nobody named",
        help_text="Needed wherever there is an end: they are reminded before it comes.",
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
        self, *args: Any, district: District, elements: Mapping[int, str], **kwargs: Any
    ) -> None:
        """`elements`: what was asked for, in words, by its key."""
        super().__init__(*args, **kwargs)
        self._choose_from("schools", School.objects.filter(district=district, closed=False))
        people = Membership.objects.filter(district=district, active=True)
        self._choose_from("owner", people.select_related("user").order_by("user__name"))
        self._choose_from("strike", DataElement.objects.filter(pk__in=list(elements)))
        self.fields["strike"].label_from_instance = lambda one: elements[one.pk]  # type: ignore[attr-defined]
        self.fields["owner"].label_from_instance = name_of  # type: ignore[attr-defined]

    def _choose_from(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]
