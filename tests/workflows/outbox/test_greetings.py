"""Every mail begins alike: "Dear …," and a sentence with a capital letter."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3] / "templates"
MAILS = sorted(p for p in ROOT.glob("**/mail/*.txt") if not p.name.endswith(".subject.txt"))
# Parts of other mails, no mails.
PARTS = ("deadline_link.txt", "deadline_task.txt")
WHOM = r"reader|\{\{ (?:recipient|user|person\.user)\.name \}\}|\{\{ name \}\}"
GREETING = re.compile(rf"Dear (?:{WHOM}),\n\n[A-Z{{]")


@pytest.mark.parametrize("mail", [m for m in MAILS if m.name not in PARTS], ids=lambda m: m.stem)
def test_a_mail_begins_with_dear_and_a_capital_letter(mail: Path) -> None:
    text = mail.read_text()
    assert GREETING.search(text), text[:120]
    assert "Hello" not in text


def test_there_are_mails_to_look_at() -> None:
    assert len(MAILS) > 40
