"""Agreements and the district's side of signing."""

from tests.architecture.permissions.rows import (
    ADMIN,
    AWAY,
    BOARD,
    CONFLICT,
    DONE,
    INVALID,
    LEAD,
    LEGAL,
    NOTHING,
    PRIVACY,
    SIGNATORY,
    SOURCING,
    AnyRow,
    Row,
)

READERS = (*PRIVACY, LEGAL, SOURCING, SIGNATORY, BOARD, "it_security", ADMIN)
WRITERS = (*PRIVACY, LEGAL)
DRAFTING, REVIEWED = "agreement in drafting", "agreement in legal_review"
IN_FORCE = "agreement in in_force"
READS_DATES = (*PRIVACY, LEGAL, SOURCING, SIGNATORY, BOARD, "it_security", ADMIN)
OFFERED, SIGNING = "agreement in with_vendor", "agreement in out_for_signature"

AGREEMENTS: list[AnyRow] = [
    Row(name="agreements:list", sees=READERS),
    Row(name="agreements:detail", of=OFFERED, sees=READERS, others=NOTHING),
    Row(name="agreements:detail", of="agreement in in_force", sees=READERS, others=NOTHING),
    Row(name="policy:explained", of=OFFERED, sees=READERS, others=NOTHING),
    Row(name="policy:explained_json", of=OFFERED, sees=READERS, others=NOTHING),
    Row(name="agreements:exhibits", of=DRAFTING, sees=WRITERS, post=DONE),
    Row(
        name="agreements:issue", of=DRAFTING, sees=READERS, others=NOTHING,
        get=None, post=CONFLICT,
    ),
    Row(
        name="agreements:work", of=REVIEWED, sees=READERS, others=NOTHING, sends="act=take",
        get=None, post=AWAY, but={LEGAL: DONE},
    ),
    Row(name="agreements:review", of=REVIEWED, sees=WRITERS, post=CONFLICT),
    Row(name="agreements:send", of=REVIEWED, sees=WRITERS, get=None, post=CONFLICT),
    Row(
        name="agreements:withdraw_verdict", of=REVIEWED, sees=WRITERS, get=None, post=CONFLICT,
    ),
    # These ask for a note, or for the fingerprint that was read.
    Row(
        name="agreements:take_back", of=OFFERED, sees=READERS, others=NOTHING,
        get=None, post=CONFLICT,
    ),
    Row(
        name="agreements:accept", of=OFFERED, sees=READERS, others=NOTHING,
        get=None, post=CONFLICT,
    ),
    Row(
        name="agreements:counter", of=OFFERED, sees=READERS, others=NOTHING,
        get=None, post=CONFLICT,
    ),
    Row(
        name="agreements:abandon", of=DRAFTING, sees=READERS, others=NOTHING,
        get=None, post=CONFLICT,
    ),
    Row(name="agreements:board", of="agreement in awaiting_board", sees=(BOARD, LEAD),
        post=INVALID),
    Row(name="agreements:owner", of="agreement in in_force", sees=(*WRITERS, ADMIN), post=INVALID),
    Row(name="agreements:terminate", of="agreement in in_force", sees=(LEAD, LEGAL), post=INVALID),
    Row(name="agreements:dates", of=IN_FORCE, sees=READS_DATES),
    Row(name="agreements:close_date", of=IN_FORCE, sees=PRIVACY, sends="act=done&kind=x&note=x",
        get=None, post=AWAY),
    Row(name="agreements:record_event", of=IN_FORCE, sees=PRIVACY, post=INVALID),
    Row(name="agreements:undo_event", of=IN_FORCE, sees=PRIVACY, get=None, post=AWAY),
    Row(name="agreements:breach", of=IN_FORCE, sees=PRIVACY, post=INVALID),
    Row(name="agreements:file", of=OFFERED, sees=READERS, others=NOTHING),
    Row(
        name="agreements:draft", of="request with an agreement", sees=WRITERS,
        get=None, post=AWAY,
    ),
    Row(name="signing:sign", of=SIGNING, sees=READERS, others=NOTHING, post=INVALID),
    Row(
        name="signing:question", of=SIGNING, sees=READERS, others=NOTHING, get=None, post=INVALID,
    ),
    Row(name="signing:document", of=SIGNING, sees=READERS, others=NOTHING),
    # Back to the agreement with the reason, or with a mail on its way.
    Row(
        name="signing:ask_again", of=SIGNING, sees=READERS, others=NOTHING,
        get=None, post=AWAY, but=dict.fromkeys(WRITERS, DONE),
    ),
    Row(name="signing:seal_again", of=SIGNING, sees=READERS, others=NOTHING, get=None, post=AWAY),
]  # fmt: skip
