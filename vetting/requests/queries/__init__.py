"""Reads of the requests room. Whatever a page shows comes through a query that takes the actor."""

from vetting.requests.queries.cases import (
    SEES_THE_DISTRICT,
    draft_to_go_on_with,
    is_asked_for,
    my_drafts_named,
    my_requests,
    open_question,
    open_request_like,
    privacy_asked,
    privacy_lead_of,
    request_for,
    requests_for,
    usual_time,
)
from vetting.requests.queries.due import due_soon, subjects_of
from vetting.requests.queries.finding import search
from vetting.requests.queries.lists import (
    VIEWS,
    Filters,
    counted_by_state,
    counts_by_view,
    is_turn_of,
    listed,
    longest_open,
    waiting_on_others,
    with_dates,
)
from vetting.requests.queries.tools import Grant, ToolAnswer, answers_for, may_i_use

__all__ = [
    "SEES_THE_DISTRICT",
    "VIEWS",
    "Filters",
    "Grant",
    "ToolAnswer",
    "answers_for",
    "counted_by_state",
    "counts_by_view",
    "draft_to_go_on_with",
    "due_soon",
    "is_asked_for",
    "is_turn_of",
    "listed",
    "longest_open",
    "may_i_use",
    "my_drafts_named",
    "my_requests",
    "open_question",
    "open_request_like",
    "privacy_asked",
    "privacy_lead_of",
    "request_for",
    "requests_for",
    "search",
    "subjects_of",
    "usual_time",
    "waiting_on_others",
    "with_dates",
]
