"""The verbs of signing. A signature is one row under the agreement's lock; sealing follows."""

from contracts.signing.commands.seals import keep_certificate, keep_seal, retry_seal
from contracts.signing.commands.signing import Act, note_opened, question_signing, sign_document
from contracts.signing.commands.turns import (
    call_again,
    open_signature_requests,
    revoke_signature_requests,
)
from contracts.signing.commands.vendor import (
    accept_offer,
    ask_for_changes,
    decline,
    name_signatory,
    note_visit,
    send_new_link,
)

__all__ = [
    "Act",
    "accept_offer",
    "ask_for_changes",
    "call_again",
    "decline",
    "keep_certificate",
    "keep_seal",
    "name_signatory",
    "note_opened",
    "note_visit",
    "open_signature_requests",
    "question_signing",
    "retry_seal",
    "revoke_signature_requests",
    "send_new_link",
    "sign_document",
]
