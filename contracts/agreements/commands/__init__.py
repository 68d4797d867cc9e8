"""The verbs of the agreements room, by the part of an agreement's life they belong to."""

from contracts.agreements.commands.drafting import (
    draft_agreement,
    set_schedule,
    settle_exhibits,
)
from contracts.agreements.commands.life import (
    abandon,
    accept_text,
    ask_for_changes,
    close_products,
    decline_to_sign,
    execute_agreement,
    record_board_action,
    start_agreement,
    terminate,
)
from contracts.agreements.commands.links import mint_link, revoke_links
from contracts.agreements.commands.review import (
    give_verdict,
    issue_document,
    release_document,
    send_to_vendor,
    take_back,
)

__all__ = [
    "abandon",
    "accept_text",
    "ask_for_changes",
    "close_products",
    "decline_to_sign",
    "draft_agreement",
    "execute_agreement",
    "give_verdict",
    "issue_document",
    "mint_link",
    "record_board_action",
    "release_document",
    "revoke_links",
    "send_to_vendor",
    "set_schedule",
    "settle_exhibits",
    "start_agreement",
    "take_back",
    "terminate",
]
