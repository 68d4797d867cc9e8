"""What people do with an agreement, the vendor's signatory by personal link."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction

from contracts.agreements import commands
from contracts.agreements.models import Agreement as Row
from contracts.signing import commands as signing
from contracts.signing.commands import Act as Signing
from tests.lives.acts import act
from tests.lives.story import PREPARED, Agreement, Person, Story
from tests.lives.town import SERVICES, Town, written
from vetting.people.queries import today_in
from workflows import engine
from workflows.actors import Actor, Role

LATER = timedelta(days=20)
BOTH = {"vendor", "district"}


def exhibits(settled: bool) -> Callable[[Town, Actor, Row, Any], object]:
    """`choice`: whether the board acts first, and whether the agreement starts later."""

    def save(town: Town, by: Actor, row: Row, choice: tuple[bool, bool]) -> object:
        board, later = choice
        gwen = town.members[town.named("gwen")]
        start = today_in(gwen.district) + LATER if later else None
        return commands.settle_exhibits(
            row, by=by, services=SERVICES, frameworks=["nist-csf"], vendor_signer=town.contact,
            subprocessors=commands.Subprocessors(none=True),
            district_signer=gwen, settled=settled,
            terms={"board_acts_first": board, "effective_from": start, "term_months": 12},
        )  # fmt: skip

    return save


def saved(settled: bool) -> Callable[[Story, Person, Agreement, tuple[bool, bool]], None]:
    def comes(story: Story, who: Person, case: Agreement, choice: tuple[bool, bool]) -> None:
        case.board, later = choice
        case.wish = story.today + LATER if later else None
        case.settled = settled

    return comes


def issue(town: Town, by: Actor, row: Row, choice: Any) -> object:
    with transaction.atomic():
        return engine.perform(row, "issue", by=by, given={"version": written(row)})


def issued(story: Story, who: Person, case: Agreement, choice: Any) -> None:
    case.state, case.verdicts, case.signed = "legal_review", {}, set()


def opine(town: Town, by: Actor, row: Row, choice: tuple[str, str]) -> object:
    role, verdict = choice
    reviewer = next(m for p, m in town.members.items() if town.actors[p].ref == by.ref)
    return commands.give_verdict(
        row, by=by, reviewer=reviewer, role=Role(role), verdict=verdict,
        sha256=row.current.sha256 if row.current else "",
        comment="Article 4." if verdict == "changes" else "",
    )  # fmt: skip


def may_opine(story: Story, who: Person, case: Agreement, choice: tuple[str, str]) -> bool:
    """Changes may be asked for at any time, by whoever approved too. An approval is the first of
    its role and of its giver, and outvotes no colleague who asked for changes."""
    role, verdict = choice
    if verdict == "changes":
        return role in story.roles(who, case)
    return role in story.roles(who, case) and not any(
        said == "approved" if p is who else r == role for p, (r, said) in case.verdicts.items()
    )


def opined(story: Story, who: Person, case: Agreement, choice: tuple[str, str]) -> None:
    case.verdicts[who] = choice


def agreed(story: Story, who: Person, case: Agreement, choice: Any) -> bool:
    """Both roles approved, and nobody asks for changes."""
    verdicts = list(case.verdicts.values())
    both = {role for role, verdict in verdicts if verdict == "approved"} == {"legal", "privacy"}
    return both and all(verdict == "approved" for _, verdict in verdicts)


def accepted(story: Story, who: Person, case: Agreement, choice: Any) -> None:
    case.state = "awaiting_board" if case.board else "out_for_signature"


def countered(story: Story, who: Person, case: Agreement, choice: Any) -> None:
    case.state, case.verdicts = "legal_review", {}


def not_by_both(story: Story, who: Person, case: Agreement, choice: Any) -> bool:
    return case.state != "out_for_signature" or case.signed != BOTH


def not_by_us(story: Story, who: Person, case: Agreement, choice: Any) -> bool:
    return case.state != "out_for_signature" or "district" not in case.signed


def board(town: Town, by: Actor, row: Row, choice: Any) -> object:
    today = today_in(town.members[town.named("ada")].district)
    return commands.record_board_action(row, by=by, item="7.1", acted_on=today)


def terminate(town: Town, by: Actor, row: Row, choice: Any) -> object:
    today = today_in(town.members[town.named("ada")].district)
    return commands.terminate(row, by=by, grounds="cause", ended_on=today, note="A leak.")


def signature(row: Row, name: str) -> Signing:
    sha256 = row.current.sha256 if row.current else ""
    return Signing(typed_name=name, consented=True, read=True, sha256=sha256)


def accept(town: Town, by: Actor, row: Row, choice: Any) -> object:
    return commands.accept_text(row, by=by, sha256=row.current.sha256 if row.current else "")


act(
    "confirm_exhibits",
    Agreement,
    "drafting",
    "privacy",
    exhibits(True),
    comes=saved(True),
    choices=[(False, False), (True, False), (False, True), (False, False)],
)
act(
    "save_exhibits",
    Agreement,
    "drafting",
    "privacy legal",
    exhibits(False),
    comes=saved(False),
    choices=[(False, False)],
)
act(
    "issue",
    Agreement,
    "drafting",
    "privacy legal",
    issue,
    comes=issued,
    may=lambda story, who, case, choice: case.settled and case.elements,
)
act(
    "verdict",
    Agreement,
    "legal_review",
    "privacy legal",
    opine,
    comes=opined,
    may=may_opine,
    choices=[
        ("legal", "approved"),
        ("privacy", "approved"),
        ("legal", "changes"),
        ("privacy", "changes"),
    ],
)
act(
    "release",
    Agreement,
    "legal_review",
    "legal",
    lambda town, by, row, choice: commands.release_document(row, by=by),
    comes="with_vendor",
    may=agreed,
)
act(
    "take_back",
    Agreement,
    "legal_review with_vendor awaiting_board out_for_signature",
    "legal privacy",
    lambda town, by, row, choice: commands.take_back(row, by=by, note="Wrong."),
    comes="drafting",
    may=not_by_both,
)
act(
    "counter",
    Agreement,
    "with_vendor",
    "legal",
    lambda town, by, row, choice: commands.ask_for_changes(row, by=by, note="Article 4."),
    comes=countered,
)
act("accept", Agreement, "with_vendor", "legal", accept, comes=accepted)
act(
    "board",
    Agreement,
    "awaiting_board",
    "board_clerk privacy_lead",
    board,
    comes="out_for_signature",
)
act(
    "abandon",
    Agreement,
    " ".join(PREPARED),
    "legal privacy",
    lambda town, by, row, choice: commands.abandon(row, by=by, note="Not needed."),
    comes="abandoned",
    may=not_by_us,
)
act("terminate", Agreement, "signed in_force", "privacy_lead legal", terminate, comes="terminated")


def dee_may(story: Story, what: str, case: Agreement) -> bool:
    """What the personal link of the vendor's signatory lets them do."""
    if what in ("accepts", "counters"):
        return case.state == "with_vendor"
    if what == "declines":
        return case.state in ("with_vendor", "out_for_signature") and not_by_both(
            story, DEE, case, None
        )
    return case.state == "out_for_signature" and "vendor" not in case.signed


DEE = Person("dee", frozenset({"vendor"}))


def dee_did(story: Story, what: str, case: Agreement) -> None:
    if what == "accepts":
        accepted(story, DEE, case, None)
    elif what == "counters":
        countered(story, DEE, case, None)
    elif what == "declines":
        case.state = "drafting"
    else:
        case.signed.add("vendor")
        case.signed_on = story.today


def dee_does(town: Town, what: str, row: Row) -> Callable[[], object] | None:
    """None where no link opens, or nobody is asked to sign yet."""
    link = town.link_of(row.pk)
    turn = town.turn(row.pk, "vendor")
    if link is None or (what == "signs" and turn is None):
        return None
    by = town.vendor(link)
    done = signature(row, town.contact.name)
    return {
        "accepts": lambda: signing.accept_offer(link, by=by, sha256=done.sha256),
        "counters": lambda: signing.ask_for_changes(link, by=by, note="Article 4."),
        "declines": lambda: signing.decline(link, by=by, note="No.", act=done),
        "signs": lambda: signing.sign_document(turn, by=by, act=done) if turn else None,
    }[what]


def gwen_may(story: Story, who: Person, case: Agreement, sealed: bool) -> bool:
    here = case.state == "out_for_signature" and "vendor" in case.signed and sealed
    return who.name == "gwen" and here and "district" not in case.signed


def gwen_did(story: Story, case: Agreement) -> None:
    case.signed.add("district")
    case.signed_on = story.today
