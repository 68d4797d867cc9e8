"""The lines of a case's history, and the two lengths in which its page shows them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory

from vetting.history import entry_of, last_move, told
from vetting.pages import Tone
from workflows.ledger.queries import Happening
from workflows.lifecycles.request import REQUEST

NOON = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
PAGE = RequestFactory()


def line(name: str, sentence: str = "Ben Ortiz saved it.", *, hours: int = 0) -> Happening:
    at = NOON - timedelta(hours=hours)
    return Happening(at, sentence, "", "command", name, "Ben Ortiz", "membership:2", 1)


HISTORY = [line("noted"), line("submit", hours=1), line("answer_saved", hours=2), line("opened")]


def colored(line: Happening) -> Tone:
    return "warning" if line.name == "submit" else "plain"


def test_everything_is_shown_unless_the_steps_alone_are_wanted() -> None:
    whole = told(PAGE.get("/"), REQUEST, HISTORY, tone=colored, sources=True)
    short = told(PAGE.get("/?show=decisions"), REQUEST, HISTORY, tone=colored, sources=True)
    assert [entry.tone for entry in whole["entries"]] == ["plain", "warning", "plain", "plain"]
    assert [entry.tone for entry in short["entries"]] == ["warning", "plain"]
    assert [(c.label, c.count, c.current, c.url) for c in short["chips"]] == [
        ("Everything", 4, False, "?show=all#history"),
        ("Steps and decisions", 2, True, "?show=decisions#history"),
    ]
    assert [chip.current for chip in whole["chips"]] == [True, False]


def test_a_case_is_where_its_last_step_took_it() -> None:
    assert last_move(REQUEST, HISTORY, NOON) == NOON - timedelta(hours=1)
    assert last_move(REQUEST, HISTORY[:1], NOON - timedelta(days=9)) == NOON - timedelta(days=9)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("The vendor signed", "The vendor signed."),
        ("Ada Park named Quillwork, Inc.", "Ada Park named Quillwork, Inc."),
        ("The seal is being made…", "The seal is being made…"),
        ("The vendor signed..", "The vendor signed."),
    ],
)
def test_a_line_ends_once(sentence: str, said: str) -> None:
    assert entry_of(line("noted", sentence), "plain").sentence == said
