from datetime import UTC, datetime, timedelta

import pytest

from workflows.operations import rules

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUIET = timedelta(minutes=2)


@pytest.mark.parametrize(
    ("kept", "mail", "says"),
    [
        ("", False, "The worker ended in the midst of it."),
        ("Its worker ended in the midst of it 3 times.", False,
         "Its worker ended in the midst of it 3 times."),
        ("Refused: Name the signatory.", False, "Name the signatory."),
        ("PermanentFault: The mail server does not know this address.", True,
         "The mail server does not know this address."),
        ("ConnectionRefusedError: [Errno 111]", True, rules.MAIL_AWAY),
        ("ConnectionRefusedError: [Errno 111]", False, rules.AWAY),
        ("SMTPAuthenticationError: (535, b'bad ada@fox.example')", True,
         "The mail server does not accept our name or password (EMAIL_URL)."),
        ("OperationalError: database is locked", True, "The database was away or too busy."),
        ("KeyError: 'node'", False, rules.UNFORESEEN),
        ("SealFailed: ", False, rules.UNFORESEEN),
    ],
)  # fmt: skip
def test_what_an_error_left_behind_reads_as_a_sentence(kept: str, mail: bool, says: str) -> None:
    assert rules.reason_in_words(kept, mail=mail) == says


def test_exact_words_are_kept_for_what_nobody_foresaw_alone() -> None:
    assert rules.exact_words("KeyError: 'node'") == "KeyError: 'node'"
    assert rules.exact_words("SMTPDataError: (554, b'to ada@fox.example')", mail=True) == ""


@pytest.mark.parametrize(
    ("name", "ago", "late"),
    [
        ("drain", timedelta(minutes=2), False),
        ("drain", timedelta(minutes=3), True),
        ("sweep", timedelta(minutes=3), False),
        ("sweep", timedelta(minutes=4), True),
        ("reconcile", timedelta(hours=25), False),
        ("reconcile", timedelta(hours=26), True),
        ("drain", None, True),
        ("sweep", None, False),
        ("reconcile", None, False),
    ],
)
def test_each_round_is_late_by_its_own_measure(
    name: str, ago: timedelta | None, late: bool
) -> None:
    assert rules.is_late(name, NOW - ago if ago else None, NOW, QUIET) is late
