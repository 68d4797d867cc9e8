"""What a district prints of itself: name, addresses, contact for notices, color, logo."""

from collections.abc import Mapping

from django import forms
from django.db import transaction

from vetting.people import pictures, rules
from vetting.people.commands.record import lock_district, must_administer, note_change, refuse
from vetting.people.models import District
from vetting.vault import commands as vault
from vetting.vault.models import StoredFile
from vetting.vault.protocol import VaultError
from workflows.actors import Actor
from workflows.engine import Refused

LONGEST = {
    "name": 160,
    "address": 300,
    "website": 200,
    "contact_name": 160,
    "contact_email": 254,
    "contact_phone": 40,
    "color": 7,
}
TEXTS = tuple(LONGEST)
FEWEST_DIGITS = 7
Values = dict[str, str | bool | StoredFile | None]
# What some laws ask of the district itself; None is "not known yet".
ANSWERS = ("federal_funds", "e_rate")
ADDRESSES = (
    ("contact_email", forms.EmailField(required=False), "“{}” is no e-mail address."),
    ("website", forms.URLField(required=False, assume_scheme="https"), "“{}” is no web address."),
)


def describe_district(
    *, district: District, by: Actor, logo: bytes | None = None, drop_logo: bool = False,
    answers: Mapping[str, bool | None] | None = None, **texts: str,
) -> District:  # fmt: skip
    """Change what is given: keys of TEXTS; `logo` is the file as it was chosen (PNG or JPEG).

    `answers` has keys of ANSWERS.
    """
    must_administer(district, by)
    if unknown := (set(texts) - set(TEXTS)) | (set(answers or ()) - set(ANSWERS)):
        raise TypeError(f"No such detail: {', '.join(sorted(unknown))}.")
    said = {name: _tidy(name, value) for name, value in texts.items()}
    refuse(_against(said))
    # The vault is written before the transaction: a slow disk would hold the district's lock.
    values: Values = {**said, **(answers or {})}
    if logo or drop_logo:
        values["logo"] = _stored(district, logo) if logo else None
    with transaction.atomic():
        lock_district(district, by)
        return _write(District.objects.select_related("tenant").get(pk=district.pk), values, by)


def _write(fresh: District, values: Values, by: Actor) -> District:
    changed = [name for name, value in values.items() if getattr(fresh, name) != value]
    for name in changed:
        setattr(fresh, name, values[name])
    if changed:
        fresh.save(update_fields=changed)
        note_change("district_described", by=by, district=fresh, changed=sorted(changed))
    return fresh


def _tidy(name: str, value: str) -> str:
    if name == "address":
        return "\n".join(filter(None, (" ".join(line.split()) for line in value.splitlines())))
    return " ".join(value.split()).lower() if name == "color" else " ".join(value.split())


def _against(said: dict[str, str]) -> list[str]:
    reasons = [] if said.get("name", "x") else ["Write the full legal name of the district."]
    reasons += rules.reasons_against_color(said.get("color", ""))
    for name, field, sentence in ADDRESSES:
        try:
            field.clean(said.get(name, ""))
        except forms.ValidationError:
            reasons.append(sentence.format(said[name]))
    phone = said.get("contact_phone", "")
    if phone and sum(letter.isdigit() for letter in phone) < FEWEST_DIGITS:
        reasons.append(f"“{phone[:40]}” is no telephone number.")
    for name, value in said.items():
        if odd := rules.undrawable(value):
            reasons.append(f"Take “{odd}” out of “{value[:40]}”: documents cannot print it.")
        if len(value) > LONGEST[name]:
            reasons.append(f"“{value[:40]}…” is too long: {LONGEST[name]} characters at most.")
    return reasons


def _stored(district: District, logo: bytes) -> StoredFile:
    try:
        clean = pictures.as_png(logo)
        return vault.store(clean, name=f"{district.code} logo.png", content_type="image/png")
    except pictures.UnfitPicture as unfit:
        raise Refused([str(unfit)]) from None
    except VaultError as fault:
        raise Refused([f"The logo could not be kept. {fault.says}"]) from fault
