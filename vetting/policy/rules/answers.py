"""The answers to the facts' questions, in the words of people."""

from collections.abc import Mapping
from typing import Any

from vetting.policy.rules.facts import FACTS, RESIDENTS_BY_STATE, RESIDENTS_WORDS

ANSWERS: Mapping[str, Mapping[str, str]] = {
    "terms": {
        "negotiated": "Negotiated: a contract is made",
        "click_wrap": "Accepted by a click: the vendor's own",
        "none": "There are none",
    },
    "basis": {
        "school_official": "It does our work, as a school official",
        "directory": "It gets directory data only",
        "studies": "It studies something for the district",
        "audit": "It audits or evaluates a program",
        "consent": "Parents have consented",
    },
    "data": {
        "education_records": "Education records",
        "directory_only": "Nothing but directory data",
        "ssn": "Social Security numbers",
        "drivers_license": "Numbers of driver's licenses",
        "state_id_number": "Numbers of state ID cards",
        "financial_account": "Numbers of bank accounts or cards",
        "medical": "Medical data",
        "biometric": "Biometric data (fingerprints, faces, voices)",
        "student_id": "Student ID numbers",
        "credentials": "User names with passwords",
        "evaluations": "Evaluations of teachers or principals",
        "location": "Where a student is",
        "student_work": "Work that students made",
    },
    "encryption": {
        "none": "Not encrypted",
        "key_safe": "Encrypted, and the key is safe",
        "key_taken": "Encrypted, and the key was taken",
    },
}


def in_words(name: str, value: Any) -> str:
    """One answer as a page shows it; None is "not known"."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return ", ".join(in_words(name, one) for one in value) or "None of them"
    return ANSWERS.get(name, {}).get(str(value), str(value))


def question(name: str) -> str:
    """The fact's own; of one that no release knows any more, its name."""
    if name == RESIDENTS_BY_STATE:
        return RESIDENTS_WORDS
    fact = FACTS.get(name)
    return fact.words if fact else name
