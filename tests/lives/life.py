"""One life: the story and the real thing, side by side."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.utils import timezone
from hypothesis import note

from contracts.agreements.models import Agreement as AgreementRow
from contracts.signing.commands import sign_document
from tests.lives import contracting, town
from tests.lives.acts import acts_on, possible
from tests.lives.asking import new_round
from tests.lives.contracting import DEE
from tests.lives.order import Order
from tests.lives.story import ENDED, Agreement, Case, Person, Request, Screen, Story
from tests.lives.town import Town
from vetting.people.models import District
from vetting.requests.models import ToolRequest
from workflows.actors import Actor, Role
from workflows.clock.sweep import sweep
from workflows.engine import Refused
from workflows.ledger.models import Entry
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

MONDAY = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
# What leads on, in the order in which it is tried.
ONWARD = (
    *("submit", "endorse", "answer", "classify", "route_covered", "route_contract", "route_exempt"),
    *("save_answer", "legal_basis", "conclude", "approve", "reinstate", "draft_another"),
    *("confirm_exhibits", "issue", "verdict", "release", "board"),
)


class Life:
    """`town` is made once; each life begins with it and is undone at its end."""

    def __init__(self, place: Town, order: Order) -> None:
        self.town, self.order = place, order
        self.clock = time_machine.travel(MONDAY, tick=False)
        self.now = self.clock.start()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        mail.outbox.clear()
        self.story = Story(today=self.day(), low=place.element.sensitivity <= 1)
        self.told = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def end(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)
        self.clock.stop()

    def rest(self) -> None:
        """Every clock and every message has its turn: then nothing may be left undone."""
        for _ in range(4):
            sweep()
            if not drain():
                break
        self.follow()
        assert self.story.undone(timezone.now()) == []
        failed = Message.objects.filter(status__in=(Message.RETRY, Message.FAILED))
        assert list(failed.values_list("topic", "last_error")) == []

    def cases(self) -> list[Case]:
        return [*self.story.requests.values(), *self.story.agreements.values()]

    def day(self) -> date:
        return District.objects.get(tenant__code="juniper").tenant.day_of(timezone.now())

    def row(self, case: Case) -> Any:
        model: Any = ToolRequest if isinstance(case, Request) else AgreementRow
        return model.objects.select_related("case__tenant").get(pk=case.pk)

    def actor(self, who: Person) -> Actor:
        if who is not DEE:
            return self.town.actors[who]
        tenant = District.objects.get(tenant__code="juniper").tenant_id
        return Actor("vendor", self.town.contact.ref, "Dee", tenant, frozenset({Role.VENDOR}))

    def perform(self, name: str, who: Person, case: Case, choice: Any) -> bool:
        """Done where the story allows it, refused without a trace where it does not."""
        one = next(each for each in acts_on(case) if each.name == name)
        allowed = one.allowed(self.story, who, case, choice)
        note(f"{who} {name} {choice or ''} on {case}: {'may' if allowed else 'may not'}")
        row, by = self.row(case), self.actor(who)
        if not allowed:
            self.refused(lambda: one.does(self.town, by, row, choice))
            return False
        self.tick()
        one.does(self.town, by, row, choice)
        one.comes(self.story, who, case, choice)
        self.follow()
        return True

    def refused(self, call: Callable[[], object]) -> None:
        before = town.rows()
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.reasons
        assert all(reason.endswith(".") for reason in refused.value.reasons)
        assert town.rows() == before

    def whole_road(self, case: Request, *, to: str = "") -> None:
        """A request goes all the way, or to a state, and with it the agreement that it needs."""
        for _ in range(12):
            before = case.state
            if before == to:
                return
            led = self.lead_on(case)
            self.rest()
            for agreement in self.story.serving(case) if case.state == before else ():
                led |= self.lead_on(agreement)
            if not led:
                return

    def lead_on(self, case: Case) -> bool:
        """Whether there was anything to be done."""
        people = self.town.persons
        found = possible(self.story, case, people)
        for name in ONWARD:
            fresh = [f for f in found if f[0].name == name and leads_on(name, case, f[2])]
            if fresh:
                # The last who may: so that whoever leads the team is left to decide.
                one, who, choice = max(fresh, key=lambda each: people.index(each[1]))
                self.perform(one.name, who, case, choice)
                return True
        if isinstance(case, Agreement) and case.state in ("with_vendor", "out_for_signature"):
            self.rest()
            self.by_link(case, "accepts" if case.state == "with_vendor" else "signs")
            self.rest()
            self.sign(case, self.town.named("gwen"))
            self.rest()
            return True
        return False

    def by_link(self, case: Agreement, what: str) -> None:
        act = contracting.dee_does(self.town, what, self.row(case))
        if act is None:
            return
        allowed = contracting.dee_may(self.story, what, case)
        note(f"dee {what} on {case}: {'may' if allowed else 'may not'}")
        if not allowed:
            self.refused(act)
            return
        self.tick()
        act()
        contracting.dee_did(self.story, what, case)
        self.follow()

    def sign(self, case: Agreement, who: Person) -> None:
        turn = self.town.turn(case.pk, "district")
        vendors = self.town.turn(case.pk, "vendor")
        if turn is None:
            return
        sealed = vendors is not None and vendors.status == "sealed"
        by, row = self.actor(who), self.row(case)
        done = contracting.signature(row, turn.signer.name)
        allowed = contracting.gwen_may(self.story, who, case, sealed)
        note(f"{who} signs {case}: {'may' if allowed else 'may not'}")
        if not allowed:
            self.refused(lambda: sign_document(turn, by=by, act=done))
            return
        self.tick()
        sign_document(turn, by=by, act=done)
        contracting.gwen_did(self.story, case)
        self.follow()

    def tick(self) -> None:
        """No two acts at one instant: an order there is, in life as in the outbox."""
        self.now.shift(timedelta(seconds=1))

    def follow(self) -> None:
        """What the ledger says happened by itself: right, by the story's own lights, each of it."""
        for entry in Entry.objects.filter(pk__gt=self.told).order_by("pk"):
            self.told = entry.pk
            cases: dict[int, Any] = {**self.story.requests, **self.story.agreements}
            if entry.name == "opened" and entry.case_id not in cases:
                self.opened(entry)
            elif entry.name == "request_attached":
                self.attached(cases[entry.case_id], entry)
            elif entry.kind == Entry.MOVE and entry.actor_ref.startswith("system:"):
                case = cases[entry.case_id]
                if entry.name == "join" and case.state == "withdrawn":
                    continue  # told already, with the act that it was part of
                if entry.name == "execute":
                    self.executed(case)
                assert self.story.by_system(case, entry.name, entry.at), (entry.name, case)
        self.rounds()

    def opened(self, entry: Entry) -> None:
        row = AgreementRow.objects.filter(pk=entry.case_id).first()
        if row is None:
            return  # a request, told by whoever began it
        asking = self.by_code(entry.facts["request"])
        assert asking.state not in ENDED
        assert not self.story.is_served(asking)
        assert asking.routed or entry.actor_ref.startswith("membership:")
        self.story.agreements[row.pk] = Agreement(row.pk, asking.tool)

    def attached(self, case: Agreement, entry: Entry) -> None:
        asking = self.by_code(entry.facts["request"])
        assert asking.tool == case.tool
        # Again only where a draft takes up what came along to the request.
        assert asking not in case.serves or (asking.data and not case.elements)
        case.serves += [asking] if asking not in case.serves else []
        if "elements" in entry.facts and case.state == "drafting":
            grew = asking.data and not case.elements
            case.elements, case.settled = case.elements or asking.data, case.settled and not grew

    def executed(self, case: Agreement) -> None:
        """The term runs from the last signature, or from the agreed day if that is later."""
        row = self.row(case)
        case.start, case.end = row.effective_from, row.ends_on
        assert case.signed_on is not None
        assert case.start == max(case.wish or case.signed_on, case.signed_on)
        assert 364 <= (case.end - case.start).days <= 365

    def rounds(self) -> None:
        """What opens a screening leaves no row in the ledger; the record itself is counted."""
        for request in self.story.requests.values():
            if request.round_over and request.state == "screening":
                count = self.row(request).screenings.count()
                if count > len(request.screens):
                    new_round(request)

    def by_code(self, code: str) -> Request:
        requests = self.story.requests.values()
        return next(request for request in requests if self.row(request).case.code == code)


def leads_on(name: str, case: Any, choice: Any) -> bool:
    """A good answer where none is, a class where none is, an approving verdict."""
    if name in ("save_answer", "legal_basis"):
        open_ = case.screens[-1] if case.screens and not case.round_over else Screen()
        if name == "legal_basis":
            return not open_.basis
        return choice[1] == "yes" and choice[0] not in open_.answers
    if name == "classify":
        return not case.cls and choice == ("contract" if case.data else "exempt")
    if name == "confirm_exhibits":
        return not case.settled
    return name != "verdict" or choice[1] == "approved"
