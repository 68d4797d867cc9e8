"""No field of a form takes a longer text than the column in which it ends: PostgreSQL refuses it
there with an error of its own, and SQLite keeps it."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module

from django import forms
from django.apps import apps
from django.db.models import CharField

from tests.architecture import source
from tests.architecture.source import Module

# Every text field of a form, by room and class, and the columns in which its text ends.
ENDS_IN = {
    "contracts.agreements.BoardForm.item": "contracts.Agreement.board_item",
    "contracts.agreements.BoardForm.minutes": "contracts.Agreement.board_minutes",
    "contracts.agreements.ExhibitsForm.services": "contracts.Agreement.exhibit_services",
    "contracts.agreements.ExhibitsForm.security_words": "contracts.Agreement.security_words",
    "contracts.agreements.ExhibitsForm.vendor_address": "vetting.Vendor.address",
    "contracts.agreements.ExhibitsForm.new_name": "vetting.Contact.name",
    "contracts.agreements.ExhibitsForm.new_title": "vetting.Contact.title",
    "contracts.agreements.ExhibitsForm.new_email": "vetting.Contact.email workflows.Message.to",
    "contracts.agreements.TerminateForm.note": "workflows.Note.text",
    "contracts.agreements.VerdictForm.comment": "contracts.Review.comment",
    "contracts.signing.ChangesForm.note": "workflows.Note.text",
    "contracts.signing.DeclineForm.note": "workflows.Note.text",
    "contracts.signing.QuestionForm.note": "workflows.Note.text",
    "contracts.signing.SignForm.typed_name": "contracts.SignatureEvent.typed_name",
    "contracts.signing.SignatoryForm.name": "vetting.Contact.name",
    "contracts.signing.SignatoryForm.title": "vetting.Contact.title",
    "contracts.signing.SignatoryForm.email": "vetting.Contact.email workflows.Message.to",
    "vetting.people.ClosureForm.name": "workflows.Closure.name",
    "vetting.people.DistrictForm.name": "vetting.District.name",
    "vetting.people.DistrictForm.address": "vetting.District.address",
    "vetting.people.DistrictForm.website": "vetting.District.website",
    "vetting.people.DistrictForm.contact_name": "vetting.District.contact_name",
    "vetting.people.DistrictForm.contact_email": "vetting.District.contact_email",
    "vetting.people.DistrictForm.contact_phone": "vetting.District.contact_phone",
    "vetting.people.DistrictForm.color": "vetting.District.color",
    "vetting.people.ForgottenForm.email": "workflows.Message.to",
    "vetting.people.PersonForm.name": "vetting.User.name",
    "vetting.people.PersonForm.email": "vetting.User.email workflows.Message.to",
    "vetting.people.PersonForm.title": "vetting.Membership.title",
    "vetting.people.RolesForm.title": "vetting.Membership.title",
    "vetting.people.SchoolForm.name": "vetting.School.name",
    "vetting.policy.BreachForm.hold_agency": "workflows.Note.text",
    "vetting.policy.BreachForm.note": "workflows.Note.text",
    "vetting.policy.ClassForm.address": "vetting.PackVersion.text",
    "vetting.policy.ClassForm.citation": "vetting.PackVersion.text",
    "vetting.policy.ClassForm.note": "vetting.PackVersion.text",
    "vetting.policy.ClassForm.title": "vetting.PackVersion.text",
    "vetting.policy.ConsentForm.address": "vetting.PackVersion.text",
    "vetting.policy.ConsentForm.citation": "vetting.PackVersion.text",
    "vetting.policy.ConsentForm.content": "vetting.PackVersion.text",
    "vetting.policy.ConsentForm.note": "vetting.PackVersion.text",
    "vetting.policy.ConsentForm.title": "vetting.PackVersion.text",
    "vetting.policy.DeadlineForm.address": "vetting.PackVersion.text",
    "vetting.policy.DeadlineForm.citation": "vetting.PackVersion.text",
    "vetting.policy.DeadlineForm.each_year": "vetting.PackVersion.text",
    "vetting.policy.DeadlineForm.note": "vetting.PackVersion.text",
    "vetting.policy.DeadlineForm.title": "vetting.PackVersion.text",
    "vetting.policy.DutyForm.address": "vetting.PackVersion.text",
    "vetting.policy.DutyForm.citation": "vetting.PackVersion.text",
    "vetting.policy.DutyForm.note": "vetting.PackVersion.text",
    "vetting.policy.DutyForm.title": "vetting.PackVersion.text",
    "vetting.policy.DutyForm.what": "vetting.PackVersion.text",
    "vetting.policy.HappenedForm.reason": "vetting.Anchor.reason",
    "vetting.policy.HappenedForm.source": "vetting.Anchor.source",
    "vetting.policy.OverrideForm.reason": "vetting.RuleOverride.reason",
    "vetting.policy.ProhibitionForm.address": "vetting.PackVersion.text",
    "vetting.policy.ProhibitionForm.citation": "vetting.PackVersion.text",
    "vetting.policy.ProhibitionForm.note": "vetting.PackVersion.text",
    "vetting.policy.ProhibitionForm.title": "vetting.PackVersion.text",
    "vetting.policy.ProhibitionForm.what": "vetting.PackVersion.text",
    "vetting.policy.PublicationForm.address": "vetting.PackVersion.text",
    "vetting.policy.PublicationForm.citation": "vetting.PackVersion.text",
    "vetting.policy.PublicationForm.each_year": "vetting.PackVersion.text",
    "vetting.policy.PublicationForm.note": "vetting.PackVersion.text",
    "vetting.policy.PublicationForm.title": "vetting.PackVersion.text",
    "vetting.policy.RetentionForm.address": "vetting.PackVersion.text",
    "vetting.policy.RetentionForm.citation": "vetting.PackVersion.text",
    "vetting.policy.RetentionForm.from_when": "vetting.PackVersion.text",
    "vetting.policy.RetentionForm.note": "vetting.PackVersion.text",
    "vetting.policy.RetentionForm.title": "vetting.PackVersion.text",
    "vetting.policy.ReviewForm.address": "vetting.PackVersion.text",
    "vetting.policy.ReviewForm.citation": "vetting.PackVersion.text",
    "vetting.policy.ReviewForm.note": "vetting.PackVersion.text",
    "vetting.policy.ReviewForm.title": "vetting.PackVersion.text",
    "vetting.policy.ReviewForm.what": "vetting.PackVersion.text",
    "vetting.policy.RuleForm.address": "vetting.PackVersion.text",
    "vetting.policy.RuleForm.citation": "vetting.PackVersion.text",
    "vetting.policy.RuleForm.note": "vetting.PackVersion.text",
    "vetting.policy.RuleForm.title": "vetting.PackVersion.text",
    "vetting.requests.AnswerForm.answer": "vetting.Question.answer",
    "vetting.requests.AnswerForm.other_words": "vetting.RequestedElement.detail",
    "vetting.requests.AnswerForm.data_purpose": "vetting.RequestedElement.purpose",
    "vetting.requests.DataForm.other_words": "vetting.RequestedElement.detail",
    "vetting.requests.DataForm.data_purpose": "vetting.RequestedElement.purpose",
    "vetting.requests.DecisionForm.purpose": "vetting.ToolRequest.scope_purpose",
    "vetting.requests.DecisionForm.reason": "vetting.ToolRequest.decision_reason",
    "vetting.requests.DeclineForm.words": "workflows.Note.text",
    "vetting.requests.DeclineForm.alternatives": "vetting.ToolRequest.alternatives",
    "vetting.requests.FactsForm.note": "vetting.ToolRequest.class_note",
    "vetting.requests.JoinForm.purpose": "vetting.Requester.purpose",
    "vetting.requests.NoteForm.note": "workflows.Note.text",
    "vetting.requests.ProjectForm.project_partner": "vetting.ToolRequest.project_partner",
    "vetting.requests.ProjectForm.project_records": "vetting.ToolRequest.project_records",
    "vetting.requests.QuestionForm.text": "vetting.Question.text",
    "vetting.requests.ReinstateForm.note": "workflows.Note.text",
    "vetting.requests.StartForm.tool_name": "vetting.ToolRequest.tool_name vetting.Tool.name",
    "vetting.requests.StartForm.website": "vetting.ToolRequest.website",
    "vetting.requests.SuspendForm.reason": "vetting.ToolRequest.suspend_reason",
    "vetting.requests.ToolForm.tool_name": "vetting.ToolRequest.tool_name vetting.Tool.name",
    # A tool's own website is shorter; catalog.rules.web_address leaves out what is too long for it.
    "vetting.requests.ToolForm.website": "vetting.ToolRequest.website",
    "vetting.requests.ToolForm.vendor_name": "vetting.ToolRequest.vendor_name vetting.Vendor.name",
    "vetting.requests.WhoForm.purpose": "vetting.ToolRequest.purpose vetting.Requester.purpose",
    "vetting.requests.WhoForm.subject_area": "vetting.ToolRequest.subject_area",
    "vetting.screening.AnswerForm.evidence": "vetting.Answer.evidence",
    "vetting.screening.BasisForm.reason": "vetting.Screening.basis_reason",
    "vetting.screening.FindingForm.title": "vetting.Finding.title",
    "vetting.screening.SettleForm.resolution": "vetting.Finding.resolution",
}
# Fields whose text ends in no text column, and why.
ENDS_NOWHERE = {
    "contracts.agreements.ExhibitsForm.subprocessors": "a list in a column of JSON, without length",
    "contracts.agreements.VerdictForm.sha256": "compared with the document's, which alone is kept",
    "contracts.agreements.VerdictForm.heard": "compared with the words on record",
    "contracts.signing.AcceptForm.sha256": "compared with the document's, which alone is kept",
    "contracts.signing.SignForm.sha256": "compared with the document's, which alone is kept",
    "vetting.policy.BreachForm.residents": "numbers by state in a column of JSON, without length",
    "vetting.requests.DecisionForm.conditions": "a list in a column of JSON, which has no length",
    "vetting.screening.BasisForm.seen": "compared with the basis on record",
}
# Text fields that a function makes, by the file and the function.
MADE_IN_PASSING = {
    "contracts/agreements/fields.py _title_of": "vetting.Contact.title",
    "vetting/policy/forms/ruling.py _area": "vetting.PackVersion.text",
}


@cache
def form_classes() -> tuple[type[forms.BaseForm], ...]:
    """Every form of the houses, wherever it is written."""
    for module in source.modules():
        if "forms" in module.text:
            import_module(module.path.removesuffix(".py").replace("/", "."))
    ours = {c for c in _below(forms.BaseForm) if c.__module__.split(".")[0] in source.HOUSES}
    return tuple(sorted(ours, key=named))


def _below(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield from (one, *_below(one))


def named(form: type) -> str:
    return ".".join([*form.__module__.split(".")[:2], form.__name__])


def text_fields(form: type[forms.BaseForm]) -> Iterator[tuple[str, forms.CharField]]:
    for name, field in form.base_fields.items():
        if isinstance(field, forms.CharField):
            yield f"{named(form)}.{name}", field


def too_long(form: type[forms.BaseForm], ends_in: dict[str, str] = ENDS_IN) -> Iterator[str]:
    for name, field in text_fields(form):
        if name not in ends_in and name not in ENDS_NOWHERE:
            yield f"{name}: say in ENDS_IN in which column its text ends"
        for column in ends_in.get(name, "").split():
            holds = room_in(column)
            takes = field.max_length
            if holds is not None and (takes is None or takes > holds):
                yield f"{name} takes {takes or 'any number of'} letters, {column} {holds}"


def room_in(column: str) -> int | None:
    """How many letters the column holds; None for one without an end."""
    model, _, name = column.rpartition(".")
    field = apps.get_model(model)._meta.get_field(name)
    return field.max_length if isinstance(field, CharField) else None


def made_in_passing(module: Module) -> Iterable[str]:
    """A text field that a function makes stands in no class, where the rule above would see it."""
    kinds = {"CharField", *(kind.__name__ for kind in _below(forms.CharField))}
    for function in source.functions(module.tree):
        for call in source.calls(function):
            if source.called(call).removeprefix("forms.") in kinds and _is_written(call):
                yield from _too_long_in_passing(f"{module.path} {function.name}", call)


def _too_long_in_passing(where: str, call: ast.Call) -> Iterator[str]:
    said = [key.value for key in call.keywords if key.arg == "max_length"]
    takes = said[0].value if said and isinstance(said[0], ast.Constant) else None
    if where not in MADE_IN_PASSING:
        yield f"{where} makes a text field: name its column in MADE_IN_PASSING"
    elif (holds := room_in(MADE_IN_PASSING[where])) is not None and not (
        isinstance(takes, int) and takes <= holds
    ):
        yield f"{where} takes {takes or 'any number of'} letters, the column {holds}"


def _is_written(call: ast.Call) -> bool:
    """`forms.URLField(…).clean(text)` only reads; a field of a form has its label or widget."""
    return bool({key.arg for key in call.keywords} & {"label", "widget", "initial"})


def test_no_field_of_a_form_takes_more_than_its_column_holds() -> None:
    assert len(form_classes()) > 30
    assert [fault for form in form_classes() for fault in too_long(form)] == []


def test_no_field_that_a_function_makes_takes_more_than_its_column_holds() -> None:
    assert source.faults(made_in_passing) == []


def test_the_tables_name_no_field_that_is_gone() -> None:
    known = {name for form in form_classes() for name, _ in text_fields(form)}
    assert (ENDS_IN.keys() | ENDS_NOWHERE.keys()) - known == set()
    assert ENDS_IN.keys() & ENDS_NOWHERE.keys() == set()


def test_a_field_that_is_too_long_is_named() -> None:
    class Planted(forms.Form):
        short = forms.CharField(max_length=254)
        minutes = forms.URLField(assume_scheme="https")
        email = forms.EmailField()
        words = forms.CharField()
        new = forms.CharField(max_length=10)

    here = "tests.architecture.Planted"
    ends_in = {
        f"{here}.short": "workflows.Message.to",
        f"{here}.minutes": "contracts.Agreement.board_minutes",
        f"{here}.email": "workflows.Message.body workflows.Message.to",
        f"{here}.words": "workflows.Note.text",
    }
    assert list(too_long(Planted, ends_in)) == [
        f"{here}.minutes takes any number of letters, contracts.Agreement.board_minutes 200",
        f"{here}.email takes 320 letters, workflows.Message.to 254",
        f"{here}.new: say in ENDS_IN in which column its text ends",
    ]


def test_a_field_that_is_made_in_passing_is_named() -> None:
    made = "def _title_of():\n    return forms.CharField(label='A', max_length=121)\n"
    here, there = "contracts/agreements/fields.py", "vetting/people/forms.py"
    assert [
        fault for at in (here, there) for fault in source.planted(made_in_passing, made, at)
    ] == [
        f"{here} _title_of takes 121 letters, the column 120",
        f"{there} _title_of makes a text field: name its column in MADE_IN_PASSING",
    ]
