"""The verbs of the requests room; each is one commit, keyword-only, and says who acts."""

from vetting.requests.commands.at_school import hand_on_at_school
from vetting.requests.commands.correcting import AskedData, correct_data, may_correct
from vetting.requests.commands.decisions import (
    Approval,
    approve_covered,
    approve_without,
    decide_approve,
    decline_request,
    reinstate_tool,
    retire_tool,
    suspend_tool,
)
from vetting.requests.commands.intake import (
    Submitted,
    ask_too,
    begin_draft,
    reopen_request,
    save_draft,
    start_draft,
    submit_request,
    withdraw_request,
)
from vetting.requests.commands.triage import (
    answer_question,
    ask_privacy,
    ask_question,
    classify,
    endorse_request,
    nudge,
    reroute_request,
    route,
    send_back,
    settle_match,
)

__all__ = [
    "Approval",
    "AskedData",
    "Submitted",
    "answer_question",
    "approve_covered",
    "approve_without",
    "ask_privacy",
    "ask_question",
    "ask_too",
    "begin_draft",
    "classify",
    "correct_data",
    "decide_approve",
    "decline_request",
    "endorse_request",
    "hand_on_at_school",
    "may_correct",
    "nudge",
    "reinstate_tool",
    "reopen_request",
    "reroute_request",
    "retire_tool",
    "route",
    "save_draft",
    "send_back",
    "settle_match",
    "start_draft",
    "submit_request",
    "suspend_tool",
    "withdraw_request",
]
