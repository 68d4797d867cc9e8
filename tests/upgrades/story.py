"""What is told before a database is frozen: the district that the crawl knows, and beside it what
only an upgrade meets: acts half done, true papers and seals, mails and dates that are still due."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from contracts.agreements import commands as drafting
from contracts.agreements.models import Agreement
from tests.factories import agreements, letters, people, plainly, requests, screening, troubles
from tests.factories import world as district
from tests.factories.world import World
from vetting.people.queries import actor_of
from vetting.requests.models import ToolRequest
from workflows.actors import Role
from workflows.clock.models import Deadline
from workflows.grammar import Lifecycle
from workflows.outbox.drain import drain


def tell() -> World:
    world = district.build()
    half_done()
    paper = executed()
    signing(world, paper)
    drain()
    troubles.night()
    last_evening(world)
    for model in (ToolRequest, Agreement):
        states = set(model.objects.values_list("state", flat=True))
        assert not reachable(model.lifecycle) - states, reachable(model.lifecycle) - states
    return world


def reachable(lifecycle: Lifecycle) -> set[str]:
    """The states to which a move leads whose room is there."""
    targets = {target for move in lifecycle.moves if not move.since for target in move.targets}
    return {lifecycle.initial, *targets}


def named(name: str) -> dict[str, str]:
    return {"tool_name": name, "website": f"https://{name.split()[0].lower()}.example"}


def half_done() -> None:
    """Each flow where one act is done and the next is open."""
    screening.ready(requests.in_screening(**named("Tide Table")))
    like = Agreement.objects.filter(state="legal_review").select_related("current")[0]
    spoken = agreements.another_in_review(like, "Leaf Lab")
    plainly.say(spoken, people.cora(), Role.LEGAL)
    agreed = agreements.another_in_review(like, "Fern Field")
    agreements.approve(agreed, people.pat(), people.cora())
    ended(like)


def ended(like: Agreement) -> None:
    """Signed more than its term ago."""
    with time_machine.travel(timezone.now() - timedelta(days=1200)):
        old = plainly.executed(agreements.another_with_vendor(like, "Reed Reader"))
    drafting.end_agreement(agreements.fresh(old))


def executed() -> Agreement:
    """With a document, seals and a certificate as the product makes them."""
    agreement = agreements.settle(agreements.draft_of(requests.in_screening(**named("Oak Online"))))
    agreement = drafting.issue_document(agreement, by=actor_of(people.pat()))
    agreement = accepted(agreements.release(agreement, people.pat(), people.cora()))
    return countersigned(agreements.vendor_signs(agreement))


def countersigned(agreement: Agreement) -> Agreement:
    gwen = actor_of(agreements.signer())
    turn = agreements.turn(agreement, "district")
    agreements.sign_document(turn, by=gwen, act=agreements.act(agreement, gwen.name))
    drain()
    return agreements.fresh(agreement)


def accepted(agreement: Agreement) -> Agreement:
    assert agreement.current is not None
    by, sha256 = agreements.vendor_actor(agreement), agreement.current.sha256
    drafting.accept_text(agreement, by=by, sha256=sha256)
    drain()
    return agreements.fresh(agreement)


def signing(world: World, paper: Agreement) -> None:
    """Over the bytes of one document: the vendor's turn, and the district's after a true seal."""
    agreements.vendor_signs(accepted(agreements.another_with_vendor(paper, "Elm Essays")))
    accepted(agreements.another_with_vendor(paper, "Ash Atlas"))
    world.links["true paper"] = letters.link_for(district.DEE).split("/")[2]


def last_evening(world: World) -> None:
    """Nothing is drained after it: the upgrade finds mails, work and dates that wait."""
    asked = requests.submit(requests.draft(**named("Pear Piano")))
    assert ToolRequest.objects.get(pk=asked.pk).state == "triage"
    troubles.given_up(asked)
    troubles.retrying(asked)
    late = Deadline.objects.filter(met_at=None, paused_at=None).order_by("-pk")[0]
    Deadline.objects.filter(pk=late.pk).update(next_at=timezone.now() - timedelta(minutes=5))
