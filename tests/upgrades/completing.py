"""Doing what waits: for each state of a case that is somebody's turn, its pages pressed through
until the case has left it. The words typed are those of the smallest district."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse

from contracts.agreements.models import Agreement
from contracts.agreements.rules import token_hash
from tests.factories import agreements, plainly
from tests.factories.world import World
from tests.upgrades.browsing import Browser, NotDone
from vetting.people.models import User
from vetting.people.queries import today_in
from vetting.requests.models import ToolRequest
from vetting.screening.models import Finding
from workflows.outbox.drain import drain
from workflows.stateful import Stateful

Does = Callable[["Hand", Any], None]


class Hand:
    """Whoever's turn it is, in one browser."""

    def __init__(self, world: World) -> None:
        self.world, self.browser, self.has_written = world, Browser(), False

    def user(self, visitor: str) -> User | None:
        return self.world.user(visitor)

    def press(self, visitor: str, page: str, to: str, *key: object, **typed: object) -> None:
        self.browser.press(self.user(visitor), page, to, *key, **typed)

    def own(self, visitor: str, to: str, *key: object, **typed: object) -> None:
        """A page that is one form."""
        self.press(visitor, reverse(to, args=key), to, *key, **typed)


def complete(hand: Hand, machine: str, code: str, state: str) -> None:
    """What waits in this state; raises NotDone with what stood in the way."""
    model = MODELS[machine]
    case = model.objects.select_related("case__tenant").get(case__code=code)
    if case.state != state:
        raise NotDone(f"{case} was in {state} when it was frozen")
    DOES[machine, state](hand, case)
    drain()
    now = model.objects.get(pk=case.pk)
    if now.state == state and (machine, state) not in STAYS:
        raise NotDone(f"{now} is where it was")


# --- requests -------------------------------------------------------------------------------------


def send(hand: Hand, case: ToolRequest) -> None:
    hand.own("owner", "requests:edit", case.code, "data")


def support(hand: Hand, case: ToolRequest) -> None:
    hand.press("school_leader", detail(case), "requests:endorse", case.code)


def choose_path(hand: Hand, case: ToolRequest) -> None:
    """Sourcing sets the class; the privacy team goes on where sourcing may not."""
    data = "yes" if case.takes_student_data else "no"
    facts = dict.fromkeys(("primarily_k12", "staff_directed"), "yes") | {"terms": "negotiated"}
    hand.own("sourcing", "requests:triage", case.code, student_data=data, **facts)
    who = "sourcing" if case.takes_student_data else "privacy"
    page, path = reverse("requests:triage", args=[case.code]), "contract"
    if not case.takes_student_data:
        path = "exempt"
    hand.press(who, page, "requests:route", case.code, path=path, attested="on")


def answer(hand: Hand, case: ToolRequest) -> None:
    hand.own("owner", "requests:answer", case.code, answer="Three and four.")


def decide(hand: Hand, case: ToolRequest) -> None:
    full = {"kind": "full", "purpose": "Practice", "license": "free"}
    hand.own("privacy_lead", "requests:decide", case.code, **full)


def reinstate(hand: Hand, case: ToolRequest) -> None:
    hand.own("privacy_lead", "requests:reinstate", case.code, note="It is mended.")


def screen(hand: Hand, case: ToolRequest) -> None:
    """What was found is settled, what is open is answered well, and it is concluded."""
    page = reverse("screening:screening", args=[case.code])
    for finding in Finding.objects.filter(screening__request=case, status="open"):
        settled = {"status": "mitigated", "resolution": "The DPA forbids it."}
        named = {f"finding-{finding.pk}-{name}": value for name, value in settled.items()}
        hand.press("privacy", page, "screening:settle", case.code, finding.pk, **named)
    typed = {"*-value": "yes", "*-evidence": "Terms", "*-basis": "school_official"}
    hand.own(
        "privacy", "screening:screening", case.code,
        conclude="1", **typed, **{"*-reason": "It replaces our staff."},
    )  # fmt: skip


# --- agreements -----------------------------------------------------------------------------------


def prepare(hand: Hand, case: Agreement) -> None:
    """Exhibits by their page; the first document is written by the product, the others stand in."""
    signers = {
        "vendor_signer": case.vendor.contacts.filter(active=True)[0].pk,
        "district_signer": hand.world.people["signatory"].pk,
    }
    hand.own(
        "privacy", "agreements:exhibits", case.code, services="The service", confirm="1",
        frameworks="nist-csf", vendor_address="2 Ladder Lane, Denver, CO 80200",
        no_subprocessors="1",
        **{"*-student-name": "1", "*-student-name-why": "To greet the child"}, **signers,
    )  # fmt: skip
    if hand.has_written:
        plainly.issue(agreements.fresh(case))
    else:
        hand.press("privacy", detail(case), "agreements:issue", case.code)
    hand.has_written = True


def review(hand: Hand, case: Agreement) -> None:
    """Who has not spoken does, then counsel sends it."""
    spoken = set(case.current.reviews.values_list("role", flat=True)) if case.current else set()
    for role in ("legal", "privacy"):
        if role not in spoken:
            hand.own(role, "agreements:review", case.code, role=role, verdict="approved")
    page = reverse("agreements:review", args=[case.code])
    hand.press("legal", page, "agreements:send", case.code)


def record_board(hand: Hand, case: Agreement) -> None:
    today = today_in(case.district).isoformat()
    hand.own("board_clerk", "agreements:board", case.code, item="7.1", acted_on=today)


def sign_or_ask(hand: Hand, case: Agreement) -> None:
    """The district's signatory; a paper that stands in cannot be sealed, so it is asked about."""
    if case.title.startswith("Ink Inn"):
        page = reverse("signing:sign", args=[case.code])
        hand.press("signatory", page, "signing:question", case.code, **{"question-note": "Which?"})
        return
    hand.own("signatory", "signing:sign", case.code, **act("Gwen Hart"))


def act(name: str) -> dict[str, object]:
    return {"consented": "on", "read": "on", "typed_name": name}


# Where the vendor's links lead, what is done there, and the state of the agreement after it.
BY_LINK: Mapping[str, tuple[str, Mapping[str, object], str]] = {
    "right": ("signing:accept", {}, "out_for_signature"),
    "to sign": ("signing:decline", {"decline-note": "We stop this product."}, "drafting"),
    "true paper": ("signing:vendor_sign", act("Dee Vance"), "out_for_signature"),
}


def as_vendor(hand: Hand, link: str) -> None:
    to, typed, state = BY_LINK[link]
    token = hand.world.links[link]
    hand.press("nobody", reverse("signing:vendor", args=[token]), to, token, **typed)
    drain()
    case = Agreement.objects.get(links__token_hash=token_hash(token))
    if case.state != state:
        raise NotDone(f"the vendor's link left it in {case.state}")


MODELS: Mapping[str, Any] = {"request": ToolRequest, "agreement": Agreement}
# A question about the document leaves it where it is.
STAYS = {("agreement", "out_for_signature")}
DOES: dict[tuple[str, str], Does] = {
    ("request", "draft"): send,
    ("request", "with_school"): support,
    ("request", "triage"): choose_path,
    ("request", "returned"): answer,
    ("request", "deciding"): decide,
    ("request", "suspended"): reinstate,
    ("request", "screening"): screen,
    ("agreement", "drafting"): prepare,
    ("agreement", "legal_review"): review,
    ("agreement", "awaiting_board"): record_board,
    ("agreement", "out_for_signature"): sign_or_ask,
}


def detail(case: Stateful) -> str:
    return str(case.get_absolute_url())  # type: ignore[attr-defined]
