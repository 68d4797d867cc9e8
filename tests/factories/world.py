"""One district with something in every state, and everybody who may come to look at it.

Made through the engine, once for a whole test module: who may open what, and every page in a
browser. Two districts exist, so the public pages are asked with `?district=juniper`.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import time_machine
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from contracts.agreements import commands as drafting
from contracts.agreements import queries as agreements_read
from contracts.agreements.models import Agreement, VendorLink
from contracts.agreements.rules import token_hash
from tests.factories import (
    agreements,
    letters,
    people,
    pictures,
    plainly,
    policy,
    requests,
    screening,
)
from vetting.agenda.models import CalendarFeed
from vetting.agenda.rules.feed import token_hash as calendar_hash
from vetting.people.commands import (
    close_school,
    deactivate,
    describe_district,
    set_away,
    set_school_gate,
)
from vetting.people.models import Membership, User
from vetting.people.queries import actor_of, today_in
from vetting.reference import load_all
from vetting.requests import commands as asking
from vetting.requests.models import ToolRequest
from vetting.screening.commands import add_finding, save_answer, settle_finding
from vetting.screening.models import Finding
from workflows.actors import Role
from workflows.clock.models import Closure
from workflows.desk import commands as desk
from workflows.outbox.drain import drain
from workflows.outbox.models import Message

PASSWORD = "a-long-enough-pass-phrase"
DEE = "dee@quillwork.example"
# Roles that people hold; the others act without an account.
HELD = [role for role in Role if role not in (Role.VENDOR, Role.PUBLIC, Role.SYSTEM)]
NAMES = {
    Role.ACADEMICS: "Hana Bloom", Role.BOARD_CLERK: "Rosa Diaz",
    Role.COMMUNICATIONS: "Theo Marsh", Role.CONSORTIUM_AGENT: "Uma Frost",
    Role.SUPERINTENDENT: "Sue Lake",
}  # fmt: skip


@dataclass(slots=True)
class World:
    """`of`: what fills an address, by the words of the tables ("request in triage")."""

    people: dict[str, Membership]
    stray: User
    of: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    opened_by: dict[str, list[str]] = field(default_factory=dict)

    def user(self, visitor: str) -> User | None:
        if visitor == "nobody":
            return None
        return self.stray if visitor == "stray" else self.people[visitor].user


def everybody() -> dict[str, Membership]:
    """One person for each role, the one whose requests they are, and two who stand elsewhere."""
    aspen, birch = people.school(), people.school("birch")
    named: dict[str, Membership] = {
        "owner": people.ben(),
        "requester": people.person("Nia Fox", Role.REQUESTER, school=birch),
        "school_leader": people.lee(),
        "leader elsewhere": people.person("Ola Dune", Role.SCHOOL_LEADER, school=birch),
        "sourcing": people.sol(),
        "privacy": people.pat(),
        "privacy_lead": people.ada(),
        "legal": people.cora(),
        "it_security": people.ivy(),
        "signatory": agreements.signer(),
        "admin": people.max(),
        "eve": people.eve(),
    }
    assert named["owner"].school == named["school_leader"].school == aspen
    others = {role.value: people.person(name, role) for role, name in NAMES.items()}
    return {**named, **others}


def build() -> World:
    load_all()
    agreements.district_with_letterhead()
    User.objects.create_user("stray@nowhere.example", name="Stray Cat")
    everybody()
    User.objects.update(password=make_password(PASSWORD))  # one hash for all: hashing is slow
    world = World(everybody(), User.objects.get(email="stray@nowhere.example"))
    _agreements(world)
    _requests(world)
    _settings(world)
    _calendars(world)
    drain()
    return world


def _calendars(world: World) -> None:
    """An address that opens, and those that do not any more. It was read just now, so that reading
    it once more leaves no line."""
    now = timezone.now()
    left = Membership.objects.get(code=world.of["person who left"]["code"])
    fields: dict[str, tuple[Membership, dict[str, Any]]] = {
        "calendar": (world.people["sourcing"], {}),
        "expired calendar": (world.people["privacy"], {"expires_at": now}),
        "closed calendar": (world.people["sourcing"], {"revoked_at": now}),
        "calendar of somebody who left": (left, {}),
    }
    for name, (person, said) in fields.items():
        token = name.replace(" ", "-")
        world.of[name] = {"token": token}
        made = {"made_at": now, "read_at": now, "expires_at": now + timedelta(days=9)}
        CalendarFeed.objects.create(
            membership=person, token_hash=calendar_hash(token), **(made | said)
        )
    world.of["wrong calendar"] = {"token": "never-made"}


def _tool(name: str) -> dict[str, str]:
    return {"tool_name": name, "website": f"https://{name.split()[0].lower()}.example"}


def _requests(world: World) -> None:
    """Each for a tool of its own: only one open request per tool may exist."""
    by = {name: actor_of(person) for name, person in world.people.items()}
    in_triage, deciding = requests.in_triage, requests.deciding
    with time_machine.travel(timezone.now() - timedelta(days=45)):
        overdue = in_triage(**_tool("Quiz Quarry"))
    screened = requests.in_screening(**_tool("Globe Trotter"))
    finding = add_finding(screened, title="Odd terms", severity="low", by=by["privacy"])
    retired, stopped = (
        requests.approved(**_tool(name)) for name in ("Violin Valley", "Robot Rally")
    )
    made: dict[str, ToolRequest] = {
        "draft": requests.draft(**_tool("Poem Pond")),
        "with_school": _with_school(world, **_tool("Chess Camp")),
        "triage": in_triage(**_tool("Math Meadow")),
        "triage, covered": in_triage(
            tool_name="Star Steps",
            website="https://steps.example.com",
            takes_student_data=False,
            under_13=False,
        ),
        "screening, again": _screened_again(world),
        "screening, half done": _half_screened(world),
        "overdue": overdue,
        "screening": screened,
        "returned": asking.ask_question(
            in_triage(**_tool("Drum Dojo")), text="Which grades?", by=by["sourcing"]
        ),
        "awaiting_agreement": screening.concluded(requests.in_screening(**_tool("Seed Science"))),
        "deciding": deciding(**_tool("History Hive")),
        "approved": requests.approved(**_tool("Lab Lantern")),
        "approved, with conditions": asking.decide_approve(
            deciding(**_tool("Sky Sketch")),
            approval=requests.approval(conditions=("Staff accounts only",)),
            by=by["privacy_lead"],
        ),
        "suspended": asking.suspend_tool(stopped, reason="A leak", by=by["privacy"]),
        "declined": asking.decline_request(
            in_triage(**_tool("Word Wharf")), reason="sells_data", by=by["privacy"]
        ),
        "withdrawn": asking.withdraw_request(in_triage(**_tool("Jazz Jungle")), by=by["owner"]),
        "retired": asking.retire_tool(retired, note="Nobody uses it.", by=by["privacy"]),
    }
    world.of |= {f"request in {state}": {"code": case.code} for state, case in made.items()}
    world.of["request in draft"] |= {"page": "tool"}
    world.of["request in screening"] |= {
        "node": "answer_questions",
        "number": 1, "question": screening.question_ids(screened)[0], "finding": finding.pk,
    }  # fmt: skip


def _half_screened(world: World) -> ToolRequest:
    """Some answers, a finding of each kind, and somebody has the work."""
    request, pat = requests.in_screening(**_tool("Bug Barn")), actor_of(world.people["privacy"])
    answers = {"education_only": "yes", "no_sale": "no", "no_targeted_ads": "partly"}
    for question, value in answers.items():
        save_answer(request, question=question, value=value, evidence="Terms, section 3", by=pat)
    sold = Finding.objects.get(screening__request=request, question="no_sale").pk
    settle_finding(request, finding=sold, status="mitigated", resolution="The DPA.", by=pat)
    add_finding(request, title="No alternative text", severity="low", by=pat)
    desk.claim(request.case, "answer_questions", by=pat)
    return request


def _screened_again(world: World) -> ToolRequest:
    """The first round was concluded, then another path was chosen."""
    privacy, sourcing = (actor_of(world.people[name]) for name in ("privacy", "sourcing"))
    first = screening.concluded(requests.in_screening(**_tool("Yarn Yurt")))
    back = asking.reroute_request(first, note="It asks for more data now.", by=privacy)
    facts = {
        "student_data": True,
        "primarily_k12": True,
        "staff_directed": True,
        "terms": "negotiated",
    }
    asking.classify(back, facts=facts, by=sourcing)
    return asking.route(back, path="contract", by=sourcing)


def _with_school(world: World, **named: str) -> ToolRequest:
    """Sent while the district asks its principals first."""
    admin, district = actor_of(world.people["admin"]), people.district()
    set_school_gate(district=district, on=True, by=admin)
    asked = requests.submit(requests.draft(**named))
    set_school_gate(district=people.district(), on=False, by=admin)
    return asked


def _agreements(world: World) -> None:
    """One vendor, one signer on each side; the papers are stand-ins."""
    legal = actor_of(world.people["legal"])
    offered = plainly.with_vendor()
    world.links["right"] = _token()

    def another(name: str) -> Agreement:
        found = agreements.another_with_vendor(offered, name)
        drain()
        return found

    signing = _accepted(another("Sum Safari"))
    world.links["to sign"] = _token()
    # Asked long ago: the district may ask again.
    Message.objects.filter(case=signing.pk).update(created_at=timezone.now() - timedelta(days=3))
    ended = plainly.executed(another("Pond Pals"))
    ahead = another("Tree Tales")
    Agreement.objects.filter(pk=ahead.pk).update(
        effective_from=today_in(offered.district) + timedelta(days=20)
    )
    board = another("Cave Craft")
    Agreement.objects.filter(pk=board.pk).update(board_acts_first=True)
    in_force = plainly.executed(another("Star Steps"))
    world.links["of another agreement"] = _token()
    made = {
        "drafting": agreements.another(offered, "Kite Kitchen"),
        "legal_review": agreements.another_in_review(offered, "Moss Museum"),
        "with_vendor": offered,
        "awaiting_board": _accepted(board),
        "out_for_signature": signing,
        "out_for_signature, vendor signed": plainly.signed_by_vendor(_accepted(another("Ink Inn"))),
        "signed": plainly.executed(agreements.fresh(ahead)),
        "in_force": in_force,
        "terminated": drafting.terminate(
            ended, by=legal, grounds="cause", ended_on=today_in(offered.district), note="A leak."
        ),
        "abandoned": drafting.abandon(
            agreements.another(offered, "Wave Works"), by=legal, note="Not needed."
        ),
    }
    for state, agreement in made.items():
        assert agreements.fresh(agreement).state == state.partition(",")[0]
        file = {"number": 1, "kind": "pdf", "which": "agreement"}
        world.of[f"agreement in {state}"] = {"code": agreement.code, **file}
    world.of["request with an agreement"] = {
        "code": agreements_read.requests_served(offered).get().code
    }
    world.of["agreement in legal_review"] |= {"node": "legal_opinion"}
    world.opened_by = {
        "right": ["agreement in with_vendor"],
        "to sign": ["agreement in out_for_signature"],
        "of another agreement": ["agreement in in_force"],
    }
    _shut_links(world, offered)


def _accepted(agreement: Agreement) -> Agreement:
    assert agreement.current is not None
    by, sha256 = agreements.vendor_actor(agreement), agreement.current.sha256
    drafting.accept_text(agreements.fresh(agreement), by=by, sha256=sha256)
    drain()
    return agreements.fresh(agreement)


def _token() -> str:
    return letters.link_for(DEE).split("/")[2]


def _shut_links(world: World, agreement: Agreement) -> None:
    """Links that opened once: one is too old, the other was closed."""
    now = timezone.now()
    shut: dict[str, dict[str, Any]] = {
        "expired": {"expires_at": now - timedelta(days=1)},
        "closed": {"expires_at": now + timedelta(days=9), "revoked_at": now},
    }
    for name, fields in shut.items():
        world.links[name] = f"{name}-token"
        VendorLink.objects.create(
            agreement=agreement, contact=agreement.vendor_signer, message_key=name,
            token_hash=token_hash(world.links[name]), minted_at=now - timedelta(days=40), **fields,
        )  # fmt: skip
    world.links["wrong"] = "wrong-token"


def _settings(world: World) -> None:
    district = people.district()
    day = today_in(district) + timedelta(days=30)
    Closure.objects.create(tenant=district.tenant, day=day, name="Snow day")
    by = actor_of(world.people["admin"])
    logo = pictures.png(64, 32)
    marked = describe_district(district=district, by=by, color="#7a1f5c", logo=logo)
    today, away = today_in(district), world.people[Role.ACADEMICS.value]
    # Whoever stands in may open all that is opened by them already, so no row of a table changes.
    set_away(
        membership=away, delegate=world.people["it_security"], by=by,
        away_from=today, away_until=today + timedelta(days=5),
    )  # fmt: skip
    left = deactivate(membership=people.person("Kay Birch", Role.LEGAL), by=by)
    closed = close_school(school=people.school("cedar"), by=by)
    policy.adopt(people.district(), actor_of(world.people["privacy_lead"]), policy.own_rule())
    world.of |= {
        "own rule": {"name": "juniper.duty_1"},
        "person": {"code": world.people["owner"].code},
        "person who is away": {"code": away.code},
        "person who left": {"code": left.code},
        "school": {"code": "aspen"},
        "closed school": {"code": closed.code},
        "questionnaire": {"slug": "core", "version": 1},
        "step": {"slug": "request.triage"},
        "tool in triage": _its_tool(world.of["request in triage"]),
        "approved tool": _its_tool(world.of["request in approved"]),
        "brand": {"code": "juniper", "digits": "7a1f5c", "number": marked.logo_id},
        "former brand": {"code": "juniper", "digits": "1a4480", "number": 0},
        "password mail": {"uidb36": "1", "key": "no-key"},
        "demo mail": {"name": "first"},
    }


def _its_tool(request: dict[str, Any]) -> dict[str, Any]:
    tool = ToolRequest.objects.get(case__code=request["code"]).tool
    assert tool is not None
    return {"code": tool.code}
