"""Home, requests and screening."""

from tests.architecture.permissions.rows import (
    ADMIN,
    AWAY,
    BOARD,
    CONFLICT,
    DONE,
    EVE,
    FORBIDDEN,
    INVALID,
    LEAD,
    LEADER,
    LEGAL,
    NOTHING,
    OFFICE,
    OWNER,
    PRIVACY,
    SIGNATORY,
    SOURCING,
    AnyRow,
    Row,
)

# Whoever asked, the principal of their school, and the office; to others it does not exist.
CASE = (OWNER, LEADER, *OFFICE)
READS_DATES = (*PRIVACY, LEGAL, SOURCING, SIGNATORY, BOARD, "it_security", ADMIN)
TRIAGERS = (SOURCING, *PRIVACY)
SCREENED_FOR = (
    *(*PRIVACY, LEGAL, SOURCING, ADMIN),
    *("it_security", "academics", "superintendent"),
)
ONLY_READ = [person for person in SCREENED_FOR if person not in PRIVACY]
CANNOT_ANSWER = dict.fromkeys(set(CASE) - {OWNER, SOURCING}, FORBIDDEN)
TRIAGE, DECIDING, SCREENING = "request in triage", "request in deciding", "request in screening"

REQUESTS: list[AnyRow] = [
    Row(name="home"),
    Row(name="search"),
    Row(name="requests:due"),
    Row(name="requests:list"),
    Row(name="requests:start", post=DONE),
    Row(name="requests:may_i_use"),
    # Tools belong to no district: eve reads that nobody asks for it at her place.
    Row(
        name="requests:join", of="tool in triage", post=INVALID,
        reads={EVE: AWAY}, but={EVE: AWAY},
    ),
    Row(name="requests:detail", of=TRIAGE, sees=CASE, others=NOTHING),
    Row(name="requests:detail", of="request in with_school", sees=CASE, others=NOTHING),
    Row(name="requests:detail", of="request in draft", sees=(OWNER,), others=NOTHING),
    Row(name="policy:explained", of=TRIAGE, sees=CASE, others=NOTHING),
    Row(name="policy:explained", of="request in draft", sees=(OWNER,), others=NOTHING),
    Row(name="policy:explained_json", of=TRIAGE, sees=CASE, others=NOTHING),
    Row(name="requests:continue", of=TRIAGE, sees=CASE, others=NOTHING, get=AWAY),
    Row(name="requests:continue", of="request in draft", sees=(OWNER,), others=NOTHING, get=AWAY),
    Row(
        name="requests:edit", of="request in draft",
        sees=(OWNER,), others=NOTHING, post=DONE,
    ),
    # Those who may not take the work go back with the reason.
    Row(
        name="requests:work", of=SCREENING, sees=CASE, others=NOTHING, sends="act=take",
        get=None, post=AWAY, but=dict.fromkeys(PRIVACY, DONE),
    ),
    Row(name="requests:triage", of=TRIAGE, sees=TRIAGERS, post=DONE),
    Row(name="requests:rules", of=TRIAGE, sees=CASE, others=NOTHING),
    Row(name="requests:rules", of="request in draft", sees=(OWNER,), others=NOTHING),
    Row(name="requests:rules_json", of=TRIAGE, sees=CASE, others=NOTHING),
    # The tool that it would be settled as is not named: no such tool.
    Row(name="requests:settle", of=TRIAGE, sees=TRIAGERS, get=None, post=NOTHING),
    Row(name="requests:route", of=TRIAGE, sees=TRIAGERS, get=None, post=CONFLICT),
    # Only of a class from which sourcing cannot go on.
    Row(name="requests:ask_privacy", of=TRIAGE, sees=TRIAGERS, get=None, post=CONFLICT),
    Row(name="requests:ask", of=TRIAGE, sees=TRIAGERS, post=INVALID),
    Row(
        name="requests:answer", of="request in returned", sees=CASE, others=NOTHING,
        post=INVALID, reads=CANNOT_ANSWER, but=CANNOT_ANSWER,
    ),
    Row(name="requests:data", of=TRIAGE, sees=TRIAGERS, post=INVALID),
    Row(name="requests:cover", of=TRIAGE, sees=TRIAGERS, post=INVALID),
    Row(name="requests:decline", of=TRIAGE, sees=PRIVACY, post=INVALID),
    Row(name="requests:dates", of=SCREENING, sees=READS_DATES),
    Row(name="requests:close_date", of=SCREENING, sees=PRIVACY, sends="act=done&kind=x&note=x",
        get=None, post=AWAY),
    Row(name="requests:record_event", of=SCREENING, sees=PRIVACY, post=INVALID),
    Row(name="requests:undo_event", of=SCREENING, sees=PRIVACY, get=None, post=AWAY),
    Row(name="requests:breach", of=SCREENING, sees=PRIVACY, post=INVALID),
    Row(name="requests:decide", of=DECIDING, sees=(LEAD,), post=INVALID),
    Row(name="requests:suspend", of="request in approved", sees=PRIVACY, post=INVALID),
    Row(name="requests:reinstate", of="request in suspended", sees=(LEAD,), post=INVALID),
    Row(
        name="requests:endorse", of="request in with_school", sees=CASE, others=NOTHING,
        get=None, post=CONFLICT, but={LEADER: DONE},
    ),
    # These ask for a note; without one they are refused to everybody.
    Row(
        name="requests:send_back", of="request in with_school", sees=CASE, others=NOTHING,
        get=None, post=CONFLICT,
    ),
    Row(
        name="requests:reroute", of=SCREENING, sees=CASE, others=NOTHING,
        get=None, post=CONFLICT,
    ),
    Row(
        name="requests:retire", of="request in approved", sees=CASE, others=NOTHING,
        get=None, post=CONFLICT,
    ),
    Row(
        name="requests:withdraw", of=TRIAGE, sees=CASE, others=NOTHING,
        get=None, post=CONFLICT, but={OWNER: DONE},
    ),
    Row(
        name="requests:nudge", of=TRIAGE, sees=CASE, others=NOTHING, get=None, post=DONE,
        # Whoever is the only one to be reminded reminds nobody.
        but={SOURCING: CONFLICT},
    ),
    Row(
        name="requests:reopen", of="request in declined", sees=CASE, others=NOTHING,
        get=None, post=DONE,
    ),
    Row(
        name="screening:screening", of=SCREENING, sees=SCREENED_FOR, post=AWAY,
        but=dict.fromkeys(ONLY_READ, FORBIDDEN),
    ),
    Row(name="screening:past", of=SCREENING, sees=SCREENED_FOR),
    Row(name="screening:answer", of=SCREENING, sees=PRIVACY, get=None, post=AWAY),
    Row(name="screening:basis", of=SCREENING, sees=PRIVACY, get=None, post=AWAY),
    Row(name="screening:add", of=SCREENING, sees=PRIVACY, get=None, post=CONFLICT),
    Row(name="screening:settle", of=SCREENING, sees=PRIVACY, get=None, post=CONFLICT),
    Row(name="screening:questionnaires", sees=(*PRIVACY, ADMIN)),
    # Questionnaires are the product's own and the same in every district.
    Row(
        name="screening:questionnaire", of="questionnaire", sees=(*PRIVACY, ADMIN),
        reads={EVE: 200},
    ),
]  # fmt: skip
