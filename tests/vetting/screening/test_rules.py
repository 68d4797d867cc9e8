"""The arithmetic, the findings and what a questionnaire must be, on plain values."""

from datetime import date
from typing import Any

import pytest

from vetting.screening import rules
from vetting.screening.rules import Facts, Given

QUESTIONNAIRE: dict[str, Any] = {
    "slug": "core",
    "version": 1,
    "title": "Two questions",
    "groups": [
        {
            "id": "all",
            "title": "Everybody",
            "questions": [
                {
                    "id": "no_sale",
                    "text": "Is selling forbidden?",
                    "weight": 5,
                    "answers": {"yes": 1, "partly": 0.4, "no": 0},
                    "finding": {"below": 1, "severity": "high", "title": "It may be sold"},
                }
            ],
        },
        {
            "id": "children",
            "title": "Children",
            "when": "under_13",
            "questions": [
                {
                    "id": "notice",
                    "text": "Is there a notice?",
                    "weight": 3,
                    "answers": {"yes": 1, "no": 0},
                }
            ],
        },
    ],
}
GROWN = Facts(elements=[("Name", 2)], under_13=False, student_count=None)


def question(name: str = "no_sale") -> dict[str, Any]:
    asked = rules.asked(QUESTIONNAIRE, {"under_13"})
    return next(one for one in asked if one["id"] == name)


def points(value: str, evidence: str, name: str = "no_sale") -> int:
    score = rules.score([question(name)], {name: Given(value, evidence)}, GROWN)
    return score.taken[0].points


def test_the_score_starts_from_data_age_and_reach() -> None:
    facts = Facts([("Name", 2), ("Health plan", 4)], under_13=True, student_count=1200)
    score = rules.score([], {}, facts)
    assert [(p.points, p.because) for p in score.arithmetic] == [
        (48, "The most sensitive element is “Health plan” (4 of 4)"),
        (2, "2 data elements requested"),
        (12, "Children under 13 use it"),
        (8, "1,200 students"),
    ]
    assert (score.inherent, score.residual, score.tier) == (70, 70, "high")


def test_nobody_knows_whether_children_use_it_counts_as_yes() -> None:
    facts = Facts(elements=[], under_13=None, student_count=None)
    assert facts.flags == {"under_13"}
    (point,) = rules.score([], {}, facts).arithmetic
    assert point.points == 12
    assert point.because == "Nobody has said that no children under 13 use it"


@pytest.mark.parametrize(
    ("value", "evidence", "expected"),
    [
        ("yes", "Section 3", -5),
        ("yes", "  ", -2),
        ("partly", "Section 3", -2),
        ("partly", "", -1),
        ("no", "Section 3", 0),
    ],
)
def test_an_answer_earns_its_share_rounded_down_and_half_without_evidence(
    value: str, evidence: str, expected: int
) -> None:
    assert points(value, evidence) == expected


def test_half_of_an_odd_weight_is_rounded_down_every_time() -> None:
    assert [points("yes", "", "no_sale"), points("yes", "", "notice")] == [-2, -1]


def test_an_unanswered_question_counts_as_the_worst_answer() -> None:
    unanswered = rules.score([question()], {}, GROWN)
    worst = rules.score([question()], {"no_sale": Given("no", "")}, GROWN)
    assert unanswered.residual == worst.residual == unanswered.inherent == 25
    assert unanswered.taken[0].because == (
        "Is selling forbidden? Not answered: counts as the worst answer"
    )


def test_the_score_stops_at_0_and_the_table_still_adds_up() -> None:
    nothing = Facts(elements=[], under_13=False, student_count=None)
    score = rules.score([question()], {"no_sale": Given("yes", "Section 3")}, nothing)
    assert (score.inherent, score.residual, score.tier) == (0, 0, "low")
    assert [(p.points, p.kind) for p in score.taken] == [(-5, "credit"), (5, "floor")]
    assert sum(p.points for p in score.arithmetic) == 0


@pytest.mark.parametrize(
    ("residual", "tier"), [(0, "low"), (15, "low"), (16, "medium"), (40, "medium"), (41, "high")]
)
def test_the_tier_follows_the_points(residual: int, tier: str) -> None:
    assert rules.tier_of(residual) == tier


def test_the_picture_never_leaves_its_frame() -> None:
    bar = rules.bar_of(rules.Score(200, 44, "high", ()))
    assert (bar.inherent, bar.residual) == (400, 200)
    assert bar.medium_from + bar.medium_width + bar.high_width == 400


def test_a_group_is_asked_only_where_the_facts_call_for_it() -> None:
    assert [q["id"] for q in rules.asked(QUESTIONNAIRE, set())] == ["no_sale"]
    assert [q["id"] for q in rules.asked(QUESTIONNAIRE, {"under_13"})] == ["no_sale", "notice"]
    surveys = Facts(elements=[("Survey answers", 3)], under_13=False, student_count=None)
    assert surveys.flags == {"surveys"}


@pytest.mark.parametrize(
    ("before", "after", "last", "by_person", "opens"),
    [
        (None, "no", None, False, True),
        (None, "yes", None, False, False),
        ("no", "no", "open", False, False),
        # Only the evidence changed: what a person settled stays settled.
        ("no", "no", "mitigated", True, False),
        ("partly", "no", "excepted", True, True),
        ("no", "partly", "mitigated", True, False),
        # A better answer had settled it, and then the answer went back.
        ("yes", "partly", "mitigated", False, True),
    ],
)
def test_when_an_answer_opens_a_finding(
    before: str | None, after: str, last: str | None, by_person: bool, opens: bool
) -> None:
    assert opens == rules.calls_for_a_finding(
        question(), before=before, after=after, last=last, by_person=by_person
    )


def test_everything_that_stands_in_the_way_is_said() -> None:
    assert rules.reasons_not_to_clear(
        unanswered=1,
        open_findings=["It may be sold"],
        lapsed_exceptions=[("Old", date(2026, 11, 2))],
        legal_basis="",
    ) == [
        "1 question is not answered yet.",
        "The finding “It may be sold” is not settled.",
        "The exception for “Old” ended on Nov 2, 2026.",
        "The legal basis is not recorded.",
    ]


@pytest.mark.parametrize(
    ("current", "status", "resolution", "until", "reasons"),
    [
        ("open", "mitigated", "Done", None, []),
        ("open", "excepted", "Board", date(2026, 11, 22), []),
        (
            "open",
            "excepted",
            "",
            date(2026, 11, 21),
            [
                "Write what was done, or why an exception is right.",
                "An exception needs a date in the future on which it ends.",
            ],
        ),
        ("open", "excepted", "Board", date(2027, 11, 22), []),
        (
            "open",
            "excepted",
            "Board",
            date(2027, 11, 23),
            ["An exception ends within a year: the yearly review looks at it again."],
        ),
        ("open", "", "Done", None, ["Choose: mitigated, or an exception until a date."]),
        ("open", "open", "Again", None, ["This finding is open already."]),
        ("mitigated", "open", "", None, ["Write why it must be looked at again."]),
    ],
)
def test_what_a_settlement_needs(
    current: str, status: str, resolution: str, until: date | None, reasons: list[str]
) -> None:
    assert reasons == rules.reasons_against_settling(
        current=current,
        status=status,
        resolution=resolution,
        until=until,
        today=date(2026, 11, 21),
    )


def test_a_questionnaire_without_faults_has_none() -> None:
    assert rules.questionnaire_faults(QUESTIONNAIRE) == []


def test_every_fault_of_a_questionnaire_is_named() -> None:
    broken = {
        "slug": "core",
        "version": 2,
        "groups": [
            {
                "id": "odd",
                "title": "Odd",
                "when": "full_moon",
                "questions": [
                    {
                        "id": "twice",
                        "text": "?",
                        "weight": 1,
                        "answers": {"yes": 0.9, "often": 0.1},
                        "finding": {"below": 2, "severity": "dire", "title": "X"},
                    },
                    {"id": "twice", "answers": {"yes": 1, "no": 0}},
                ],
            }
        ],
    }
    assert rules.questionnaire_faults(broken) == [
        "“title” is missing.",
        "Group “odd” waits for “full_moon”, which no request says.",
        "Question “twice” needs a best answer worth 1 and a worst one worth 0.",
        "Question “twice” has no words for the answer “often”.",
        "Question “twice” opens a finding without a title or a severity.",
        "Question “twice” opens its finding below a share that is not between 0 and 1.",
        "Question “twice” stands twice.",
        "Question “twice” has no text.",
        "Question “twice” has no weight.",
    ]


def test_bare_yes_and_no_in_the_file_are_named_as_a_fault() -> None:
    """YAML reads them as true and false."""
    asked = {"id": "bare", "text": "?", "weight": 1, "answers": {True: 1, False: 0}}
    broken = QUESTIONNAIRE | {"groups": [{"id": "g", "title": "G", "questions": [asked]}]}
    assert rules.questionnaire_faults(broken) == [
        "Question “bare” has no words for the answer “True”.",
        "Question “bare” has no words for the answer “False”.",
    ]
