"""Requests on their real pages: a withdrawal against the decision, two drafts for one tool."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db.models import Count, Q

from tests.factories import people
from tests.factories import requests as make
from tests.races.copying import copies_of
from tests.races.harness import Race, Round
from tests.races.pages import press, signed_in
from vetting.catalog.models import Tool
from vetting.people.models import Membership
from vetting.people.queries import actor_of
from vetting.requests import commands
from vetting.requests.models import ToolRequest
from workflows.actors import Role
from workflows.lifecycles.request import OPEN

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = {"kind": "full", "purpose": "Practice reading", "license": "free"}
Pair = tuple[ToolRequest, ToolRequest]


def own_tool(tool: Tool, number: int) -> None:
    """A request is open once per tool, so each copy has another."""
    tool.key, tool.domain = f"{tool.key} {number}", f"{number}.{tool.domain}"


def own_name(request: ToolRequest, number: int) -> None:
    request.tool_name = f"{request.tool_name} {number}"
    request.website = request.website.replace("://", f"://r{number}-")


def deciding(times: int) -> Sequence[ToolRequest]:
    request = make.deciding()
    assert request.tool is not None
    return copies_of([request, request.tool], times, {Tool: own_tool}).of(request)


def test_the_requester_withdraws_while_the_lead_approves() -> None:
    ben, ada = actor_of(people.ben()), actor_of(people.ada())
    approval = make.approval()
    Race(
        "withdraw against approve",
        deciding,
        {
            "Ben": lambda r: commands.withdraw_request(r, by=ben, note="Not now"),
            "Ada": lambda r: commands.decide_approve(r, by=ada, approval=approval),
        },
        once=("Entry (approve|withdraw)", "ToolRequest (approved|withdrawn)"),
        in_tests=30,
    ).run()


def test_the_requester_withdraws_while_the_lead_approves_on_their_pages() -> None:
    ben, ada = signed_in(people.ben()), signed_in(people.ada())
    Race(
        "withdraw against approve (pages)",
        deciding,
        {
            "Ben": lambda r: press(ben, f"/requests/{r.code}/withdraw/", {"note": "Not now"}),
            "Ada": lambda r: press(ada, f"/requests/{r.code}/decide/", TYPED),
        },
        once=("Entry (approve|withdraw)", "ToolRequest (approved|withdrawn)"),
        in_tests=20,
    ).run()


def nia() -> Membership:
    return people.person("Nia Fox", Role.REQUESTER, school=people.school())


def joined(subjects: Sequence[Any], rounds: Sequence[Round]) -> list[str]:
    """Everybody ended at the same open request, one of the two."""
    rows = ToolRequest.objects.filter(pk__in=[r.pk for pair in subjects for r in pair])
    standing = set(rows.filter(state__in=OPEN).values_list("pk", flat=True))
    return [
        f"{len(here)} of two stay open"
        for pair in subjects
        if len(here := standing & {one.pk for one in pair}) != 1
    ]


def test_two_drafts_for_one_tool_end_as_one_open_request() -> None:
    people.sol()
    ben, other = people.ben(), nia()

    def drafts(times: int) -> list[Pair]:
        mine, hers = make.draft(by=ben), make.draft(by=other)
        found = copies_of([mine, hers], times, {ToolRequest: own_name})
        return list(zip(found.of(mine), found.of(hers), strict=True))

    def sending(place: int, person: Membership) -> Callable[[Pair], object]:
        by = actor_of(person)
        return lambda pair: commands.submit_request(pair[place], by=by)

    def one_each(subjects: Sequence[Pair], rounds: Sequence[Round]) -> list[str]:
        answers = [sorted(call.answer.joined for call in calls) for calls in rounds]
        wrong = [f"joined: {told}" for told in answers if told != [False, True]]
        tools = Tool.objects.count()
        more = [f"{tools} tools"] if tools != len(subjects) else []
        return [*wrong, *more, *joined(subjects, rounds)]

    Race(
        "two drafts for one tool",
        drafts,
        {"Ben": sending(0, ben), "Nia": sending(1, other)},
        won=lambda sent: not sent.joined,
        in_tests=30,
        also=one_each,
        once=(
            r"\d\. Entry submit", r"\d\. Entry join", r"\d\. Entry requester_joined",
            r"\d\. Message mail request_received .*", r"\d\. Message mail request_to_triage .*",
            r"\d\. Deadline triage .*", r"\d\. Deadline privacy_review .*",
        ),
    ).run()  # fmt: skip


def pairs_in_triage(*more: Tool) -> Callable[[int], list[tuple[Any, ...]]]:
    """Two open requests of two people, each for a tool of its own that nobody has settled yet."""

    def pairs(times: int) -> list[tuple[Any, ...]]:
        sent = [
            make.submit(make.draft(by=by, tool_name=name, website=f"https://{name.lower()}.com"))
            for by, name in ((people.ben(), "Plum"), (nia(), "Pear"))
        ]
        ToolRequest.objects.filter(pk__in=[one.pk for one in sent]).update(matches_settled=False)
        tools = [*(one.tool for one in sent if one.tool), *more]
        found = copies_of([*sent, *tools], times, {Tool: own_tool})
        return list(zip(*map(found.of, [*sent, *tools]), strict=True))

    return pairs


def one_stays(subjects: Sequence[Any], rounds: Sequence[Round]) -> list[str]:
    """Of each pair one is open, and both people ask by it."""
    pairs = [subject[:2] for subject in subjects]
    mine = [one.pk for pair in pairs for one in pair]
    here = Count("requesters", filter=Q(requesters__left_at=None))
    standing = ToolRequest.objects.filter(state__in=OPEN, pk__in=mine).annotate(here=here)
    askers = standing.exclude(here=2).values_list("here", flat=True)
    return [*joined(pairs, rounds), *(f"{count} people ask" for count in askers)]


def test_two_requests_settled_on_one_tool_at_once_end_as_one_open_request() -> None:
    sol, known = actor_of(people.sol()), make.tool("Known", "https://known.com")

    def settling(place: int) -> Callable[[Any], object]:
        return lambda s: commands.settle_match(s[place], tool=s[4], by=sol).pk

    def same(subjects: Sequence[Any], rounds: Sequence[Round]) -> list[str]:
        kept = [{call.answer for call in calls} for calls in rounds]
        return one_stays(subjects, rounds) + [f"kept {k}" for k in kept if len(k) != 1]

    Race(
        "two settled on one tool",
        pairs_in_triage(known),
        {"first": settling(0), "second": settling(1)},
        also=same,
        in_tests=30,
        once=(r"\d\. Entry withdraw", r"\d\. ToolRequest triage", r"\d\. ToolRequest withdrawn"),
    ).run()


def test_two_requests_settled_on_each_others_tool_at_once_end_as_one_open_request() -> None:
    """The first to settle takes the last request from its own tool, which is then forgotten."""
    sol = actor_of(people.sol())

    def settling(mine: int, like: int) -> Callable[[Any], object]:
        return lambda s: commands.settle_match(s[mine], tool=s[like], by=sol)

    Race(
        "two settled on each other's tool",
        pairs_in_triage(),
        {"first": settling(0, 3), "second": settling(1, 2)},
        says=r"(Plum|Pear)\b.* is no longer in the catalog: reload the page\.",
        also=one_stays,
        in_tests=30,
        once=(r"\d\. Entry withdraw", r"\d\. Entry match_settled", r"\d\. ToolRequest triage"),
    ).run()
