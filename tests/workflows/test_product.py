"""The request and the agreement explored as one machine: sound as they are, and what is planted in
them is found, with the way that leads there."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.workflows.test_modelcheck import changed
from workflows.explored import Explored, explore
from workflows.grammar import Lifecycle
from workflows.lifecycles.agreement import AGREEMENT, LIVE
from workflows.lifecycles.couplings import COUPLINGS, Couplings
from workflows.lifecycles.request import REQUEST
from workflows.product import NOTHING, Pair, Product, is_covered, is_served
from workflows.productcheck import each_fault, faults


@pytest.fixture(autouse=True, scope="module")
def nothing_is_garbage() -> Iterator[None]:
    """So many pairs are kept that looking for garbage among them takes a quarter of the time."""
    gc.disable()
    yield
    gc.enable()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The tables as they are, explored once for all tests that ask about them."""

    product: Product
    explored: Explored


@pytest.fixture(scope="module")
def both_kinds() -> dict[bool, Unchanged]:
    """Of a district without a law that asks for an agreement first, and of one with it."""
    products = {first: Product(agreement_first=first) for first in (False, True)}
    return {first: Unchanged(product, explore(product)) for first, product in products.items()}


@pytest.fixture(scope="module")
def unchanged(both_kinds: dict[bool, Unchanged]) -> Explored:
    return both_kinds[False].explored


def without(*names: str) -> Couplings:
    """The couplings with some reactions, clocks or commands forgotten."""
    return replace(
        COUPLINGS,
        reactions=tuple(r for r in COUPLINGS.reactions if r.name.partition(".")[2] not in names),
        drivers=tuple(d for d in COUPLINGS.drivers if d.name not in names),
        commands=tuple(c for c in COUPLINGS.commands if c.name not in names),
    )


def unguarded(machine: Lifecycle, move: str, guard: str) -> Lifecycle:
    (row,) = machine.rows(move)
    return changed(machine, move, needs=tuple(name for name in row.needs if name != guard))


def later(machine: Lifecycle, *moves: str) -> Lifecycle:
    for name in moves:
        machine = changed(machine, name, since="a room to come")
    return machine


def found(product: Product, what: str) -> str:
    """The first sentence of the kind; what comes after it is not looked for."""
    return next((fault for fault in each_fault(product) if what in fault), "")


@pytest.mark.parametrize("agreement_first", [False, True], ids=["Colorado", "Illinois"])
def test_the_two_machines_together_are_sound(
    both_kinds: dict[bool, Unchanged], agreement_first: bool
) -> None:
    """No deadlock, nothing approved without its basis, every suspension and every wait can end, in
    districts of both kinds."""
    here = both_kinds[agreement_first]
    assert here.product.agreement_first == agreement_first
    assert faults(here.product, here.explored) == []


def test_it_has_seen_every_state_of_this_release(unchanged: Explored) -> None:
    places = {(pair.request, pair.agreement) for pair in unchanged.pairs}
    assert {request for request, _ in places} == REQUEST.states.keys() - {"in_re_review"}
    assert {agreement for _, agreement in places} == AGREEMENT.states.keys() - {
        *("renewing", "disposing", "disposed", "closed_out", "superseded")
    } | {""}
    assert len(unchanged.pairs) == len(set(unchanged.pairs)) > 4000
    assert sum(map(len, unchanged.steps.values())) > 30000


def test_nothing_that_is_asked_of_a_pair_depends_on_what_waits(
    both_kinds: dict[bool, Unchanged],
) -> None:
    """Pairs that differ only in that share their steps, which are worked out once."""
    for here in both_kinds.values():
        alone = [pair._replace(waiting=NOTHING) for pair in here.explored.pairs]
        for ask in here.product.conditions().values():
            assert [ask(pair) for pair in alone] == [ask(pair) for pair in here.explored.pairs]


def test_an_approval_without_the_guard_of_its_basis_is_found() -> None:
    """It came to its decision by an agreement that no longer is its basis when somebody decides."""
    alone = replace(COUPLINGS, news=())
    unasked = unguarded(REQUEST, "approve", "approval_has_its_basis")
    fault = found(Product(request=unasked, couplings=alone), "without its basis")
    assert fault.startswith("Request approved with agreement ")
    assert "The way there: another request for the tool had an agreement drafted; " in fault
    assert fault.endswith("; privacy_lead approved it (approve).")


def test_data_that_came_along_to_a_request_without_student_data_is_found() -> None:
    """Nobody has confirmed anything about the data of whoever joined."""
    careless = Product(request=unguarded(REQUEST, "approve", "approval_has_its_basis"))
    assert found(careless, "without its basis") == (
        "Request approved with no agreement is approved without its basis. The way there: "
        "requester or sourcing sent the request (submit); privacy chose the path without student "
        "data (route_exempt); more data came along; privacy_lead approved it "
        "(approve)."
    )


@pytest.mark.parametrize(
    ("request_", "agreement", "then"),
    [
        ("awaiting_agreement", "with_vendor", "drafting"),
        ("screening", "legal_review", "drafting"),
        ("screening", "drafting", "drafting"),
        ("triage", "with_vendor", "with_vendor"),
        ("deciding", "in_force", "in_force"),
    ],
)
def test_data_that_came_along_gets_a_draft_where_the_request_waits_for_one(
    request_: str, agreement: str, then: str
) -> None:
    product = Product()
    held = Pair(request_, agreement, path="contract", served=True, covers=agreement != "drafting")
    ((step, told),) = [(step, told) for step, told in product.steps(held) if step.by == "chance"]
    grown = step.to._replace(waiting=told)
    assert (grown.agreement, grown.covers) == (agreement, False)
    reacted = [step.to for step, _ in product.steps(grown) if step.by == "reaction"]
    assert [(pair.request, pair.agreement) for pair in reacted] == [(request_, then)]


def test_a_forgotten_reaction_to_the_end_of_an_agreement_is_found() -> None:
    fault = found(Product(couplings=without("suspend_after_expiry")), "without its basis")
    assert fault.startswith("Request approved with agreement in_force (its last day has passed) ")
    assert fault.endswith("the agreement's last day passed.")


def test_a_way_back_into_use_without_a_basis_is_found() -> None:
    careless = unguarded(REQUEST, "reinstate", "approval_has_its_basis")
    fault = found(Product(request=careless), "without its basis")
    assert fault.endswith("privacy_lead reinstated the approval (reinstate).")


@pytest.mark.parametrize(("agreement_first", "kinds"), [(False, {"dated"}), (True, set())])
def test_an_exception_is_a_basis_only_where_no_law_asks_for_an_agreement_first(
    both_kinds: dict[bool, Unchanged], agreement_first: bool, kinds: set[str]
) -> None:
    here = both_kinds[agreement_first]
    approved = (p for p in here.explored.pairs if (p.request, p.path) == ("approved", "contract"))
    resting = {p.kind for p in approved if not is_covered(p) and here.product.has_basis(p)}
    assert resting == kinds


def test_a_wake_up_that_is_lost_is_found() -> None:
    """The screening ends before the draft's reaction runs, and another request had brought the
    agreement: whoever joins it late has to look whether it is in effect already."""
    joins_only = tuple(replace(r, makes="") if r.opens else r for r in COUPLINGS.reactions)
    fault = found(Product(couplings=replace(COUPLINGS, reactions=joins_only)), "agreement_ready")
    assert fault.startswith(
        "Request awaiting_agreement with agreement in_force could go on by agreement_ready, and "
        "nothing makes it. The way there: another request for the tool had an agreement drafted; "
    )


def test_a_forgotten_reaction_to_the_beginning_of_an_agreement_is_found() -> None:
    fault = found(Product(couplings=without("release_waiting_requests")), "nothing makes it")
    assert "could go on by agreement_ready" in fault
    assert "recorded that every signature is in place (execute)" in fault


def test_a_suspension_that_cannot_end_is_found_twice() -> None:
    product = Product(request=later(REQUEST, "reinstate", "retire"))
    suspended = [fault for fault in faults(product) if fault.startswith("Request suspended")]
    assert any("is stuck: nobody and nothing can move the request" in f for f in suspended)
    assert any("is a suspension that cannot end" in fault for fault in suspended)


def test_a_suspension_that_only_ends_for_good_is_found() -> None:
    product = Product(request=later(REQUEST, "reinstate"))
    assert "can never be approved any more" in found(product, "Request suspended")


def test_a_wait_for_an_agreement_that_was_given_up_is_found() -> None:
    """Nobody can have another one drafted: it would have to start again."""
    fault = found(Product(couplings=without("draft_another")), "never comes")
    assert fault.startswith(
        "Request awaiting_agreement with agreement abandoned waits for its agreement, and "
        "agreement_ready never comes."
    )


def test_it_sees_an_agreement_in_effect_that_holds_less_than_is_asked_for(
    unchanged: Explored,
) -> None:
    """Written for an earlier request: without a draft of its own the next one waits for ever."""
    fault = found(Product(couplings=without("draft_the_agreement", "draft_another")), "never comes")
    assert fault.startswith("Request awaiting_agreement with ")
    fewer = [p for p in unchanged.pairs if p.agreement in LIVE and not p.covers]
    assert {"triage", "awaiting_agreement", "approved"} <= {pair.request for pair in fewer}
    assert not any(is_served(pair) for pair in fewer)


def test_a_wait_that_ends_without_the_data_asked_for_is_found(unchanged: Explored) -> None:
    """The decision would then have no basis, and no way leads on to one."""
    careless = Product(request=unguarded(REQUEST, "agreement_ready", "agreement_covers_request"))
    assert not all(pair.covers for pair in ready(explore(careless)))
    assert all(pair.covers for pair in ready(unchanged))


def ready(explored: Explored) -> list[Pair]:
    """The pairs whose wait can end."""
    return [
        explored.pairs[number]
        for step, numbers in explored.steps.items()
        for number in (numbers if step.move == "request.agreement_ready" else ())
    ]


def test_an_agreement_that_nobody_can_move_is_found() -> None:
    product = Product(agreement=later(AGREEMENT, "counter", "revise", "refuse", "abandon",
                                      "accept_text"))  # fmt: skip
    assert "is stuck: nobody and nothing can move the agreement" in found(
        product, "with agreement with_vendor"
    )


def test_a_system_move_that_nothing_makes_is_found_by_name() -> None:
    fault = next(each_fault(Product(couplings=without("end_agreement"))))
    assert fault == "nothing ever makes the move agreement.expire"


def test_a_clock_that_does_not_run_when_it_is_needed_is_found() -> None:
    """Somebody makes the move elsewhere; here the agreement that starts later waits for ever."""
    fault = found(Product(couplings=without("start_agreement")), "nothing makes it")
    assert fault.startswith("Request draft with agreement signed (starts later) could go on by")
