"""The verbs of the agreements room, by the part of an agreement's life they belong to."""

from contracts.agreements.commands.drafting import attach_covering, draft_agreement, draft_another
from contracts.agreements.commands.exhibits import (
    Signatory,
    Subprocessors,
    set_schedule,
    settle_exhibits,
)
from contracts.agreements.commands.keeping import may_name_owner, name_owner
from contracts.agreements.commands.lawful import law_facts, note_ended, note_executed, note_facts
from contracts.agreements.commands.leaving import tell_counsel, tell_counsel_of_all
from contracts.agreements.commands.life import (
    abandon,
    accept_text,
    ask_for_changes,
    decline_to_sign,
    record_board_action,
    take_back,
    terminate,
)
from contracts.agreements.commands.links import mint_link, revoke_links
from contracts.agreements.commands.offering import offer_to_give_up, reason_unneeded
from contracts.agreements.commands.pacing import pace_drafting
from contracts.agreements.commands.parting import tell_owner, tell_request
from contracts.agreements.commands.review import (
    issue_document,
    release_document,
    send_to_vendor,
)
from contracts.agreements.commands.term import (
    close_products,
    end_agreement,
    end_or_expect,
    execute_agreement,
    expect_start,
    start_agreement,
    start_or_hold,
)
from contracts.agreements.commands.verdicts import give_verdict, withdraw_verdict

__all__ = [
    "Signatory",
    "Subprocessors",
    "abandon",
    "accept_text",
    "ask_for_changes",
    "attach_covering",
    "close_products",
    "decline_to_sign",
    "draft_agreement",
    "draft_another",
    "end_agreement",
    "end_or_expect",
    "execute_agreement",
    "expect_start",
    "give_verdict",
    "issue_document",
    "law_facts",
    "may_name_owner",
    "mint_link",
    "name_owner",
    "note_ended",
    "note_executed",
    "note_facts",
    "offer_to_give_up",
    "pace_drafting",
    "reason_unneeded",
    "record_board_action",
    "release_document",
    "revoke_links",
    "send_to_vendor",
    "set_schedule",
    "settle_exhibits",
    "start_agreement",
    "start_or_hold",
    "take_back",
    "tell_counsel",
    "tell_counsel_of_all",
    "tell_owner",
    "tell_request",
    "terminate",
    "withdraw_verdict",
]
