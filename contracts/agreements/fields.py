"""What the exhibits form asks beside its plain fields, and what a confirmed one may not lack."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from contracts.agreements import queries, rules
from contracts.agreements.commands.exhibits import Subprocessors
from contracts.agreements.models import Agreement
from vetting.catalog.models import Contact
from vetting.templatetags.wording import dollars

MONTHS = 12


def title_fields(agreement: Agreement) -> dict[str, forms.Field]:
    """One for each contact whose title nobody has written yet: the document prints it."""
    known = agreement.vendor.contacts.filter(active=True, title="").order_by("name")
    return {name_of_title(contact): _title_of(contact) for contact in known}


def name_of_title(contact: Contact) -> str:
    return f"title_{contact.pk}"


def _title_of(contact: Contact) -> forms.Field:
    return forms.CharField(
        label=f"Title of {contact.name}",
        max_length=120,
        required=False,
        help_text="The document prints it under the name of whoever signs.",
    )


def yearly_cost(agreement: Agreement) -> Decimal | None:
    """What the requests say a year costs: the highest, where several ask for the same."""
    said = [one.cost for one in queries.those_served(agreement) if one.cost is not None]
    return max(said, default=None)


def amount_offered(agreement: Agreement) -> Decimal | None:
    """What is written, else what the requests say a year costs, over the term."""
    year = yearly_cost(agreement)
    if agreement.amount is not None or year is None:
        return agreement.amount
    return (year * agreement.term_months / MONTHS).quantize(Decimal("0.01"))


def amount_in_words(agreement: Agreement) -> str:
    year = yearly_cost(agreement)
    said = f"The request says {dollars(year)} a year. " if year is not None else ""
    return f"{said}0 where it costs nothing: who may sign depends on it."


def subprocessors_in(form: forms.Form) -> Subprocessors | None:
    """None where the question was not on the page."""
    if not {"subprocessors", "no_subprocessors"} & form.data.keys():
        return None
    typed = form.cleaned_data
    return Subprocessors(typed["subprocessors"], none=typed["no_subprocessors"])


def lacking(
    agreement: Agreement, typed: Mapping[str, Any], *, new: bool
) -> Iterator[tuple[str, str]]:
    """(field, sentence) of all that the document cannot do without and this page asks for.

    `new`: somebody who is not in the list is to sign for the vendor.
    """
    if not typed.get("services"):
        yield "services", rules.EMPTY_A
    if not typed.get("subprocessors") and not typed.get("no_subprocessors"):
        yield "subprocessors", rules.NOBODY_SAID
    if typed.get("no_framework") and not typed.get("security_words"):
        yield "security_words", rules.NO_WORDS_F
    elif not typed.get("frameworks") and not typed.get("no_framework"):
        yield "frameworks", rules.EMPTY_F
    if not typed.get("vendor_address") and not agreement.vendor.address:
        yield "vendor_address", f"Write the postal address of {agreement.vendor.name}."
    yield from _of_signers(typed, new=new)
    if typed.get("amount") is None and queries.amount_matters(agreement):
        yield "amount", "Write the amount (0 where it costs nothing): who may sign depends on it."


def _of_signers(typed: Mapping[str, Any], *, new: bool) -> Iterator[tuple[str, str]]:
    signer = typed.get("vendor_signer")
    if new:
        if not typed.get("new_title"):
            yield "new_title", f"Write the title of {typed.get('new_name')}."
    elif signer is None:
        yield "vendor_signer", "Name the vendor's signatory, with an e-mail address."
    elif not signer.title and not typed.get(name_of_title(signer)):
        yield name_of_title(signer), f"Write the title of {signer.name}."
    if typed.get("district_signer") is None:
        yield "district_signer", "Name the district's signatory."
