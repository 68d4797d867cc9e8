"""The score of a screening, and every point of it explained."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from vetting.screening.rules.asking import Facts, Given, Question, share_of, words_of

TIERS = (("low", 15), ("medium", 40))
TIER_NAMES = {"low": "Low risk", "medium": "Medium risk", "high": "High risk"}
TIER_TONES = {"low": "success", "medium": "warning", "high": "error"}
PER_SENSITIVITY, MOST_ELEMENTS, CHILDREN, MANY, SOME = 12, 20, 12, 8, 4
# Sensitivity is 0 to 4, so no request starts with more risk than this.
HIGHEST = 4 * PER_SENSITIVITY + MOST_ELEMENTS + CHILDREN + MANY
LENGTH = 400


@dataclass(frozen=True, slots=True)
class Point:
    """`kind`: "inherent" adds, "credit" takes away, "floor" stops the sum at 0."""

    points: int
    because: str
    kind: str = "credit"

    @property
    def signed(self) -> str:
        """With a true minus sign, which is as wide as the plus and is read aloud."""
        return f"{self.points:+d}".replace("-", "\N{MINUS SIGN}") if self.points else "0"


@dataclass(frozen=True, slots=True)
class Score:
    """`inherent` before, `residual` after the answers; the points add up to `residual`."""

    inherent: int
    residual: int
    tier: str
    arithmetic: tuple[Point, ...]

    @property
    def tier_name(self) -> str:
        return TIER_NAMES[self.tier]

    @property
    def added(self) -> list[Point]:
        return [point for point in self.arithmetic if point.kind == "inherent"]

    @property
    def taken(self) -> list[Point]:
        return [point for point in self.arithmetic if point.kind != "inherent"]


@dataclass(frozen=True, slots=True)
class Bar:
    """Where the picture's parts begin and how wide they are, of LENGTH units."""

    inherent: int
    residual: int
    medium_from: int
    high_from: int

    @property
    def medium_width(self) -> int:
        return self.high_from - self.medium_from

    @property
    def high_width(self) -> int:
        return LENGTH - self.high_from


def score(questions: Iterable[Question], answers: Mapping[str, Given], facts: Facts) -> Score:
    """Inherent risk by data and age, less what answers with evidence take away.

    An unanswered question counts as the worst answer; one without evidence earns half. Points are
    rounded down, so that doubt never counts for the vendor, and the score stops at 0.
    """
    points = [*_inherent_points(facts), *(_credit(q, answers.get(q["id"])) for q in questions)]
    before = sum(point.points for point in points if point.kind == "inherent")
    after = sum(point.points for point in points)
    if after < 0:
        points.append(Point(-after, "A score does not go below 0", "floor"))
    return Score(before, max(0, after), tier_of(max(0, after)), tuple(points))


def tier_of(residual: int) -> str:
    return next((name for name, ceiling in TIERS if residual <= ceiling), "high")


def bar_of(score: Score) -> Bar:
    (_, low), (_, medium) = TIERS
    return Bar(*(_part(n) for n in (score.inherent, score.residual, low + 1, medium + 1)))


def _part(points: int) -> int:
    return min(LENGTH, points * LENGTH // HIGHEST)


def _inherent_points(facts: Facts) -> Iterable[Point]:
    yield from _data_points(facts.elements)
    if facts.under_13 is not False:
        known = "Children under 13 use it"
        words = known if facts.under_13 else "Nobody has said that no children under 13 use it"
        yield Point(CHILDREN, words, "inherent")
    reach = facts.student_count or 0
    if reach >= 100:
        yield Point(MANY if reach >= 1000 else SOME, f"{reach:,} students", "inherent")


def _data_points(elements: Sequence[tuple[str, int]]) -> Iterable[Point]:
    if not elements:
        return
    name, worst = max(elements, key=lambda element: element[1])
    words = f"The most sensitive element is “{name}” ({worst} of 4)"
    yield Point(PER_SENSITIVITY * worst, words, "inherent")
    count = len(elements)
    words = f"{count} data element{'s' * (count != 1)} requested"
    yield Point(min(count, MOST_ELEMENTS), words, "inherent")


def _credit(question: Question, given: Given | None) -> Point:
    text = question["text"]
    if given is None:
        return Point(0, f"{text} Not answered: counts as the worst answer")
    # 0.1 is no exact float; as written in the file it is.
    full = Fraction(str(share_of(question, given.value))) * question["weight"]
    words = words_of(question, given.value)
    if full and not given.evidence.strip():
        return Point(-int(full / 2), f"{text} {words}, without evidence: half the credit")
    return Point(-int(full), f"{text} {words}")
