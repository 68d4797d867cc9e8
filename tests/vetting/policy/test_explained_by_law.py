"""Each rule with a number, from many instants: what its explanation tells leads to its date."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.factories import policy
from vetting.policy.queries import due_by_law, shipped_packs
from vetting.policy.rules.explanation import OPEN, Explanation, Happened, Law
from vetting.policy.rules.packs import Rule, anchors_of
from vetting.policy.rules.printed import printed
from vetting.policy.rules.timing import ASKED, SchoolYear
from workflows.clock.explaining import Reckoning, reckoning_of
from workflows.clock.proving import faults_of
from workflows.clock.queries import legal_calendar
from workflows.clock.rules import counted
from workflows.grammar import Unit

NEW_YORK = ZoneInfo("America/New_York")
YEAR = SchoolYear(date(2026, 8, 24), date(2027, 1, 11))
# A change of clocks each way, a leap day ahead, the turn of a year, a long weekend, a second before
# midnight and one after it.
SINCE = [
    datetime(2026, 3, 6, 16, 30, tzinfo=NEW_YORK),
    datetime(2026, 10, 30, 16, 30, tzinfo=NEW_YORK),
    datetime(2028, 2, 27, 9, tzinfo=NEW_YORK),
    datetime(2026, 12, 23, 10, 15, tzinfo=NEW_YORK),
    datetime(2026, 9, 4, 17, tzinfo=NEW_YORK),
    datetime(2026, 6, 30, 23, 59, 59, tzinfo=NEW_YORK),
    datetime(2026, 7, 1, 0, 0, 1, tzinfo=NEW_YORK),
]


def with_a_number() -> list[Rule]:
    timed = {"limit", "each_year", "relative"}
    return [rule for pack in shipped_packs() for rule in pack.rules if timed & rule.terms.keys()]


def reckoned(rule: Rule, since: datetime) -> Reckoning | None:
    events = dict.fromkeys(anchors_of(rule) or (ASKED,), since)
    zone = rule.zone or "America/New_York"
    year = YEAR if "relative" in rule.terms else None
    found = due_by_law(rule, events, zone=zone, state="NY", school_year=year)
    if found is None:
        return None
    return reckoning_of(found.explanation, due_at=found.at, armed_at=since, zone=zone)


@pytest.mark.parametrize("since", SINCE, ids=str)
def test_every_rule_s_date_is_found_again_on_paper(since: datetime) -> None:
    rules = with_a_number()
    methods = set()
    for rule in rules:
        one = reckoned(rule, since)
        assert one is not None, rule.id
        assert faults_of(one.as_json()) == [], rule.id
        methods.add(one.method)
        said = Explanation(rule.id, rule.id, rule.title, "vendor", OPEN, one, Happened("x", since))
        assert "".join(printed(said))
    assert len(rules) >= 70
    assert methods == {"business_days", "calendar_days", "hours", "days_of_the_year"}


def sentence(rule_id: str, since: datetime) -> str:
    rule = next(rule for rule in with_a_number() if rule.id == rule_id)
    one = reckoned(rule, since)
    assert one is not None
    return Explanation(rule_id, rule_id, "x", "vendor", OPEN, one, Happened("x", since)).sum


def test_an_arguable_holiday_is_named_and_counts() -> None:
    said = sentence("ct.dd_parent", datetime(2027, 2, 11, 9, tzinfo=NEW_YORK))
    assert said == (
        "From Fri, Feb 12, 2027 to Tue, Feb 16, 2027 there are 5 days; "
        "5 \N{MINUS SIGN} 2 (on weekends) \N{MINUS SIGN} "
        "1 (closed: Feb 15 (Washington's Birthday)) = 2. The day it starts is not counted, "
        "and the last day ends at 23:59:59 "
        "(America/New_York). Fri, Feb 12, 2027 (Lincoln's Birthday) counts, because whether it is "
        "a legal holiday is arguable, so the earlier date stands."
    )


def test_days_of_the_year_are_looked_through() -> None:
    twice = next(rule.id for rule in with_a_number() if len(rule.terms.get("each_year", ())) == 2)
    said = sentence(twice, datetime(2026, 3, 6, 16, 30, tzinfo=NEW_YORK))
    assert said.startswith("The first January 31 or July 31 after Fri, Mar 6, 2026 is Fri, Jul 31,")


def test_a_long_count_is_added_up_by_months() -> None:
    since = datetime(2026, 3, 6, 16, 30, tzinfo=NEW_YORK)
    year = legal_calendar("NY", "America/New_York", since.date(), ())
    stored = counted(since, 365, Unit.CALENDAR_DAYS, year)
    due_at = datetime.fromisoformat(stored["due"])
    one = reckoning_of(stored, due_at=due_at, armed_at=since, zone="UTC")
    lines = list(printed(Explanation("x", "x", "x", "", OPEN, one, Happened("x", since))))
    at = lines.index("Month         counted   so far")
    assert lines[at + 1] == "Mar 2026           25       25"
    assert lines[at + 13] == "Mar 2027            6      365"
    assert faults_of(one.as_json()) == []


def test_what_nobody_has_answered_is_said_as_its_question() -> None:
    since = SINCE[0]
    one = reckoned(policy.rule("x.y", limit={"amount": 3, "unit": "calendar_days"}), since)
    assert one is not None
    missing = ("harm_unlikely", "residents_by_state", "no_fact_any_more")
    law = Law("x.y", "X", "Law x", "", "x", "1", "", verified=True, missing=missing)
    said = Explanation("x", "x", "X", "vendor", OPEN, one, Happened("x", since), law=law)
    questions = [
        "Is harm to those affected unlikely?",
        "In which states do those affected live, and how many in each?",
        "no_fact_any_more",
    ]
    assert f"not answered yet: {' '.join(questions)}" in "".join(printed(said))
    told = said.as_json()["rule"]
    assert (told["missing_facts"], told["missing_in_words"]) == ([*missing], questions)
