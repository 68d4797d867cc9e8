"""The verbs of the requests room; each is one commit, keyword-only, and says who acts."""

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
    reopen_request,
    save_draft,
    start_draft,
    submit_request,
    withdraw_request,
)
from vetting.requests.commands.triage import (
    answer_question,
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
    "Submitted",
    "answer_question",
    "approve_covered",
    "approve_without",
    "ask_question",
    "ask_too",
    "classify",
    "decide_approve",
    "decline_request",
    "endorse_request",
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
