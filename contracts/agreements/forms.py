"""What people type about an agreement: clean values for the commands. Guards judge them."""

from collections.abc import Mapping
from typing import Any

from django import forms

from contracts.agreements import fields, papermaking, queries, rules
from contracts.agreements.commands.exhibits import TERMS, Signatory
from contracts.agreements.models import Agreement, CoveredTool
from contracts.library import rules as library
from vetting.catalog.models import Contact, DataElement
from vetting.catalog.queries import elements_by_category
from vetting.catalog.rules import OTHER
from vetting.fields import Day
from vetting.pages import REFUSED
from vetting.people.models import Membership
from vetting.people.queries import people_with
from vetting.requests.forms import DOLLARS, Lenient
from workflows.actors import Role
from workflows.refusals import LONGEST_NOTE

WHOLE = {
    "invalid": "Write a whole number, for example 12.",
    "min_value": "Write a number that is at least %(limit_value)s.",
    "max_value": "Write a number that is at most %(limit_value)s.",
}


class ExhibitsForm(Lenient):
    """Exhibits A and F, the signers and the terms; Exhibit B is drawn by ScheduleFields."""

    services = forms.CharField(
        label="Exhibit A: which services does the agreement cover?", widget=forms.Textarea
    )
    subprocessors = forms.CharField(
        label=rules.OTHER_COMPANIES,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One company a line: its name; what it does; where. For example: Granite Cloud "
        "Inc.; hosting and backup; Oregon. Ask the vendor: the contract prints what stands here.",
    )
    no_subprocessors = forms.BooleanField(
        label="The vendor states that there are none", required=False
    )
    frameworks = forms.MultipleChoiceField(
        label="Exhibit F: which security frameworks does the vendor work to?",
        choices=list(library.FRAMEWORKS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    no_framework = forms.BooleanField(label="It follows none of these", required=False)
    security_words = forms.CharField(
        label="If it follows none: what does it do instead, in its own words?",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Exhibit F prints that none is followed, and these words below it. At most "
        f"{rules.LONGEST_COMMENT:,} characters.",
    )
    vendor_address = forms.CharField(label="The vendor's postal address", max_length=300)
    vendor_signer = forms.ModelChoiceField(
        label="Who signs for the vendor?", queryset=Contact.objects.none(), empty_label="Choose"
    )
    new_name = forms.CharField(label="Name", max_length=160, required=False)
    new_title = forms.CharField(
        label="Title", max_length=120, required=False, help_text="The document prints it."
    )
    new_email = forms.CharField(
        label="E-mail address",
        max_length=254,
        required=False,
        help_text="The personal link goes to this mailbox and nowhere else.",
    )
    district_signer = forms.ModelChoiceField(
        label="Who signs for the district?",
        queryset=Membership.objects.none(),
        empty_label="Choose",
        help_text="Signatories of your district; the authority table says what each may sign.",
    )
    owner = forms.ModelChoiceField(
        label="Who looks after this agreement?",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="The privacy team",
        help_text="Hears of its end in time.",
    )
    term_months = forms.IntegerField(
        label="Term, in months", min_value=1, max_value=240, error_messages=WHOLE
    )
    effective_from = Day(
        label="Starts on",
        required=False,
        widget=forms.DateInput,
        help_text="Leave it empty to start with the last signature.",
    )
    amount = forms.DecimalField(
        label="Amount over the term, in dollars",
        max_digits=12,
        decimal_places=2,
        min_value=0,
        required=False,
        error_messages=DOLLARS,
    )
    breach_notice_hours = forms.IntegerField(
        label="Notice of a security incident, in hours",
        min_value=1,
        max_value=720,
        error_messages=WHOLE,
    )
    destruction_days = forms.IntegerField(
        label="Return or destruction of data, in calendar days",
        min_value=1,
        max_value=365,
        error_messages=WHOLE,
    )
    audit_notice_days = forms.IntegerField(
        label="Notice of an audit, in business days",
        min_value=1,
        max_value=365,
        error_messages=WHOLE,
    )
    general_offer = forms.BooleanField(
        label="The vendor offers the same terms to other districts (Exhibit E)", required=False
    )
    board_acts_first = forms.BooleanField(
        label="The board must act before anybody signs", required=False
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        agreement: Agreement,
        confirms: "ScheduleFields | None" = None,
        **kwargs: Any,
    ) -> None:
        """`confirms`: Exhibit B beside it, where the whole is to be confirmed and not only kept."""
        self.agreement, self.confirms = agreement, confirms
        kwargs.setdefault("initial", _initial_of(agreement))
        super().__init__(*args, **kwargs)
        self.fields.update(fields.title_fields(agreement))
        self.fields["amount"].required = queries.amount_matters(agreement)
        self.fields["amount"].help_text = fields.amount_in_words(agreement)
        contacts = agreement.vendor.contacts.filter(active=True).order_by("name")
        self._choose("vendor_signer", contacts, lambda c: f"{c.name}, {c.email}")
        self._choose("district_signer", _people(agreement, Role.SIGNATORY), _named)
        self._choose("owner", _people(agreement, Role.PRIVACY, Role.LEGAL), _named)

    def _choose(self, name: str, rows: Any, label: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields[name].label_from_instance = label  # type: ignore[attr-defined]

    def clean_new_email(self) -> str:
        email = str(self.cleaned_data["new_email"]).strip()
        if email:
            forms.EmailField().clean(email)
        return email

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self._whole_person(values)
        if self.confirms is not None:
            self._nothing_lacking(values, self.confirms)
        for name in TERMS:
            # An emptied number keeps what the agreement says.
            if values.get(name) is None and name not in ("amount", "effective_from"):
                values.pop(name, None)
        return values

    def titles(self) -> list[forms.BoundField]:
        """Of contacts whose title is not known."""
        return [self[name] for name in self.fields if name.startswith("title_")]

    def _whole_person(self, values: dict[str, Any]) -> None:
        """Half of somebody is nobody: it would be dropped without a word."""
        if not any(values.get(name) for name in ("new_name", "new_title", "new_email")):
            return
        for name, what in (("new_name", "name"), ("new_email", "e-mail address")):
            if not values.get(name) and name not in self.errors:
                self._refuse(name, f"Give the {what} too, or leave that person empty.")

    def _nothing_lacking(self, values: dict[str, Any], schedule: "ScheduleFields") -> None:
        new = bool(values.get("new_name") and values.get("new_email"))
        for name, sentence in fields.lacking(self.agreement, values, new=new):
            if name not in self.errors:
                self._refuse(name, sentence)
        for sentence in schedule.lacking():
            self._refuse(None, sentence)

    def _refuse(self, name: str | None, sentence: str) -> None:
        self.add_error(name, forms.ValidationError(sentence, code=REFUSED))

    def values(self) -> dict[str, Any]:
        """Arguments of settle_exhibits."""
        typed = self.cleaned_data
        signers = ("vendor_signer", "district_signer", "owner")
        names = ("services", "frameworks", "no_framework", "security_words", *signers)
        new, signer = typed.get("new_email"), typed.get("vendor_signer")
        title = typed.get(fields.name_of_title(signer), "") if signer else ""
        return {name: typed[name] for name in (*names, "vendor_address", "seen")} | {
            "terms": {name: typed[name] for name in TERMS if name in typed},
            "signer_title": title,
            "subprocessors": fields.subprocessors_in(self),
            "new_signatory": Signatory(typed["new_name"], new, typed["new_title"]) if new else None,
        }


def _initial_of(agreement: Agreement) -> dict[str, Any]:
    plain = ("vendor_signer", "district_signer", "owner")
    signers = {name: getattr(agreement, f"{name}_id") for name in plain}
    return {name: getattr(agreement, name) for name in TERMS} | signers | {
        "amount": fields.amount_offered(agreement),
        "services": agreement.exhibit_services,
        "subprocessors": rules.companies_in_lines(agreement.subprocessors),
        "no_subprocessors": agreement.no_subprocessors,
        "frameworks": agreement.exhibit_security,
        "no_framework": agreement.no_framework,
        "security_words": agreement.security_words,
        "vendor_address": agreement.vendor.address,
        "seen": agreement.version,
    }  # fmt: skip


def _people(agreement: Agreement, *roles: Role) -> Any:
    keys = [person.pk for person in people_with(agreement.district, *roles)]
    rows = Membership.objects.filter(pk__in=keys)
    return rows.select_related("user").order_by("user__name")


def _named(person: Membership) -> str:
    return f"{person.user.name}, {person.title}" if person.title else person.user.name


class ScheduleFields:
    """Exhibit B as the page draws it: per product and category, a box and a purpose each.

    `posted` is what was typed, so that a refused page keeps it; else the record speaks.
    """

    def __init__(self, agreement: Agreement, posted: Mapping[str, str] | None = None) -> None:
        products = agreement.products.select_related("tool")
        self.products = [(product, self._categories(product, posted)) for product in products]
        self.uses = [_use(agreement, product, posted) for product, _ in self.products]

    def _categories(self, product: CoveredTool, posted: Mapping[str, str] | None) -> list[Any]:
        held = {row.element_id: (row.purpose, row.detail) for row in product.schedule.all()}
        found = []
        for category, elements in elements_by_category():
            boxes = [_box(product, element, held, posted) for element in elements]
            found.append((category, boxes, sum(box["taken"] for box in boxes)))
        return found

    def used_for(self) -> dict[int, str]:
        return {use["product"]: use["text"] for use in self.uses}

    def schedules(self) -> dict[int, dict[str, str]]:
        """product's key → {element slug: purpose}, as typed."""
        return {
            product.pk: {
                box["slug"]: box["purpose"] for _, boxes, _ in rows for box in boxes if box["taken"]
            }
            for product, rows in self.products
        }

    def lacking(self) -> list[str]:
        """What Exhibit B still has to say before it can be confirmed; each box says its own."""
        boxes = [box for _, rows in self.products for _, found, _ in rows for box in found]
        taken = [box for box in boxes if box["taken"]]
        said = {box["slug"] for box in taken if box["purpose"]}
        for box in taken:
            if box["asks_for_a_name"] and not box["detail"]:
                box["error"] = "Exhibit B: name the other data."
            elif box["slug"] not in said:
                box["error"] = f"Exhibit B: say what “{box['label']}” is for."
        if not taken:
            return [rules.EMPTY_B]
        return list(dict.fromkeys(box["error"] for box in taken if box["error"]))

    def other_data(self) -> dict[int, str]:
        """product's key → what its other data is, as typed."""
        return {
            product.pk: box["detail"]
            for product, rows in self.products
            for _, boxes, _ in rows
            for box in boxes
            if box["taken"] and box["asks_for_a_name"]
        }


def _use(
    agreement: Agreement, product: CoveredTool, posted: Mapping[str, str] | None
) -> dict[str, Any]:
    """What Exhibit A says the product is used for: as typed, as rewritten, or as asked for."""
    name = f"p{product.pk}-use"
    stands = product.used_for or papermaking.use_of(agreement, product.tool)
    return {
        "name": name,
        "product": product.pk,
        "label": library.use_in_words(product.tool.name),
        "text": stands if posted is None else posted.get(name, stands).strip(),
    }


def _box(
    product: CoveredTool,
    element: DataElement,
    held: Mapping[int, tuple[str, str]],
    posted: Mapping[str, str] | None,
) -> dict[str, Any]:
    name = f"p{product.pk}-{element.slug}"
    if posted is None:
        taken, (purpose, detail) = element.pk in held, held.get(element.pk, ("", ""))
    else:
        taken, purpose = name in posted, posted.get(f"{name}-why", "").strip()[:300]
        detail = " ".join(posted.get(f"{name}-named", "").split())
    return {
        "name": name,
        "slug": element.slug,
        "label": element.name,
        "taken": taken,
        "purpose": purpose,
        "detail": detail,
        "asks_for_a_name": element.slug == OTHER,
        "error": "",
    }


class VerdictForm(Lenient):
    """One role's word on the bytes whose fingerprint was on the page."""

    role = forms.ChoiceField(label="You speak for", widget=forms.RadioSelect)
    verdict = forms.ChoiceField(
        label="Your verdict",
        choices=[("approved", "I approve exactly this document"), ("changes", "Changes needed")],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label="Comment",
        required=False,
        widget=forms.Textarea,
        help_text=f"Needed when you ask for changes; at most {rules.LONGEST_COMMENT:,} characters. "
        "The vendor does not see it.",
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, required=False)
    # The words that stood on the page; the page writes it, anew whenever it is shown.
    heard = forms.CharField(required=False)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        if len(roles) == 1:
            self.fields["role"].widget = forms.HiddenInput()
            self.fields["role"].initial = roles[0][0]


class OwnerForm(Lenient):
    owner = forms.ModelChoiceField(
        label="Who looks after this agreement?",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="The privacy team",
        help_text="They hear of its end in time; the one who does so now hears no more of it.",
    )

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"owner": agreement.owner_id})
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = _people(agreement, Role.PRIVACY, Role.LEGAL)  # type: ignore[attr-defined]
        self.fields["owner"].label_from_instance = _named  # type: ignore[attr-defined]


class BoardForm(Lenient):
    item = forms.CharField(label="Agenda item", max_length=120)
    acted_on = Day(label="Day on which the board acted", widget=forms.DateInput)
    minutes = forms.URLField(
        label="Web address of the minutes", required=False, assume_scheme="https", max_length=200
    )


class TerminateForm(Lenient):
    grounds = forms.ChoiceField(
        label="On which grounds?", choices=Agreement.GROUNDS, widget=forms.RadioSelect
    )
    ended_on = Day(
        label="Last day of the agreement",
        widget=forms.DateInput,
        help_text="Today or earlier. While notice runs the agreement still covers its tools: "
        "record the end here on its last day.",
    )
    note = forms.CharField(
        label="Say why",
        widget=forms.Textarea,
        help_text="For the record; the vendor gets a mail with the date. "
        f"At most {LONGEST_NOTE:,} characters.",
    )
