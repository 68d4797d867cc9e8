"""The one list of what requests and agreements do to each other, held against the code: nothing
that couples them can be added and forgotten there."""

import ast
from itertools import product as each

import pytest

from contracts.agreements import commands
from contracts.agreements.models import Agreement
from tests.architecture import source
from tests.architecture.reach import Reach, body_of, named, reach_of
from vetting.policy.rules.classifying import agreement_first as law_of
from vetting.requests import rules
from vetting.requests.models import ToolRequest
from workflows.clock import acts
from workflows.lifecycles.agreement import AGREEMENT, IN_FORCE
from workflows.lifecycles.couplings import COUPLINGS, Guard, News, Reaction
from workflows.lifecycles.request import AWAITING_AGREEMENT, DECIDING, REQUEST, SCREENING
from workflows.outbox import jobs, reactions
from workflows.product import TELLS, Pair, Product, needs_an_agreement
from workflows.providers import guard_candidates

BOTH = {REQUEST.name: REQUEST, AGREEMENT.name: AGREEMENT}
MODELS = {REQUEST.name: ToolRequest, AGREEMENT.name: Agreement}
# Where the records of either machine live, seen from the other one.
ACROSS = {REQUEST.name: "contracts.", AGREEMENT.name: "vetting.requests.models."}


def moves_of(reach: Reach) -> set[str]:
    """ "machine.move" for every move; of these two machines no name is in both."""
    return {f"{name}.{move}" for name, m in BOTH.items() for move in reach.moves if m.rows(move)}


def test_no_move_is_named_alike_in_both_tables() -> None:
    first, second = ({row.name for row in machine.moves} for machine in BOTH.values())
    assert not first & second


def test_every_reaction_of_the_two_machines_is_on_the_list() -> None:
    known = {(r.name, r.machine, r.move, r.enters) for r in COUPLINGS.reactions}
    registered = (r for r in reactions.registered() if r.machine in BOTH)
    assert {(r.name, r.machine, r.move, r.enters) for r in registered} == known


@pytest.mark.parametrize("coupled", COUPLINGS.reactions, ids=lambda r: r.name)
def test_a_reaction_makes_and_opens_what_the_list_says(coupled: Reaction) -> None:
    reach = reach_of(reactions.reaction_named(coupled.name).run)
    assert "?" not in reach.moves
    assert moves_of(reach) == ({coupled.makes} if coupled.makes else set())
    assert reach.opens == ({MODELS[coupled.opens]} if coupled.opens else set())


def test_every_clock_that_moves_a_case_is_on_the_list() -> None:
    """Rungs that rooms arm beside the dwells; those of the dwells stand in the tables."""
    rooms = source.modules(("vetting", "contracts"))
    rungs = [c for m in rooms for c in source.calls(m.tree) if source.called(c) == "Rung"]
    made = {ast.literal_eval(rung.args[1]) for rung in rungs} - TELLS
    assert made == {d.name for d in COUPLINGS.drivers if d.kind == "clock"}


@pytest.mark.parametrize(
    ("kind", "name", "makes"),
    [(d.kind, d.name, d.makes) for d in COUPLINGS.drivers],
    ids=[d.name for d in COUPLINGS.drivers],
)
def test_a_clock_or_a_job_makes_the_move_the_list_says(kind: str, name: str, makes: str) -> None:
    if kind == "clock" and (act := acts.act_named(name)):
        assert moves_of(reach_of(act)) == {makes}
    elif kind == "clock":
        assert makes.endswith(f".{name}")  # a plain system move, made by the ladder itself
    elif kind == "job":
        assert moves_of(reach_of(jobs._jobs[name].run)) == {makes}
    elif kind == "news":
        handler = reactions.topic_handler(name)
        assert handler is not None
        assert moves_of(reach_of(handler)) == {makes}
    else:
        from vetting.requests import commands as asking

        assert makes in moves_of(reach_of(getattr(asking, name)))


def test_no_other_job_moves_a_case() -> None:
    moving = {name for name, job in jobs._jobs.items() if moves_of(reach_of(job.run))}
    assert moving == {d.name for d in COUPLINGS.drivers if d.kind == "job"}


def test_no_other_news_moves_a_case_by_its_name() -> None:
    """The sweep's own topic makes whatever its ladder says, which the clocks above are."""
    heard = {name: moves_of(reach_of(reactions.topic_handler(name))) for name in reactions.topics()}
    moving = {name for name, made in heard.items() if made} - {"deadline_rung"}
    listed = {d.name for d in COUPLINGS.drivers if d.kind == "news"}
    assert moving == listed | {news.name for news in COUPLINGS.news}


@pytest.mark.parametrize("news", COUPLINGS.news, ids=lambda n: n.name)
def test_news_make_and_open_what_the_list_says(news: News) -> None:
    handler = reactions.topic_handler(news.name)
    assert handler is not None
    reach = reach_of(handler)
    assert (moves_of(reach), reach.opens) == ({news.makes}, {MODELS[news.opens]})
    states = [node for node in body_of(handler) if isinstance(node, ast.Tuple)]
    assert (SCREENING, AWAITING_AGREEMENT) in [
        tuple(named(handler, part) for part in node.elts) for node in states
    ]
    needing = {state for state in news.within if needs_an_agreement(Pair(state, ""))}
    assert needing == {SCREENING, AWAITING_AGREEMENT}


def test_every_guard_of_the_two_tables_is_on_the_list() -> None:
    needed = {(m.name, g) for m in BOTH.values() for r in m.moves if not r.since for g in r.needs}
    assert {(guard.machine, guard.name) for guard in COUPLINGS.guards} == needed


@pytest.mark.parametrize("coupled", COUPLINGS.guards, ids=lambda g: g.name)
def test_a_guard_that_looks_at_the_other_machine_says_so(coupled: Guard) -> None:
    (check,) = guard_candidates(MODELS[coupled.machine], coupled.name)
    looks = any(name.startswith(ACROSS[coupled.machine]) for name in reach_of(check).models)
    assert looks == coupled.across


def test_an_agreement_is_drafted_by_the_reaction_and_by_the_commands_on_the_list() -> None:
    known = {command.name for command in COUPLINGS.commands}
    known |= {r.name.partition(".")[2] for r in COUPLINGS.reactions if r.opens}
    handlers = (reactions.topic_handler(news.name) for news in COUPLINGS.news if news.opens)
    known |= {handler.__name__ for handler in handlers if handler}
    callers = {
        function.name
        for module in source.modules(("vetting", "contracts"))
        if "/demo/" not in module.path
        for function in source.functions(module.tree)
        for call in source.calls(function)
        if source.called(call).rpartition(".")[2] == "draft_agreement"
    }
    assert callers == known


def test_another_agreement_is_asked_for_where_the_list_says() -> None:
    (listed,) = COUPLINGS.commands
    here = commands.draft_another
    tuples = [node for node in body_of(here) if isinstance(node, ast.Tuple)]
    states = [tuple(named(here, part) for part in node.elts) for node in tuples]
    assert listed.within in states


@pytest.mark.parametrize("agreement_first", [False, True], ids=["Colorado", "Illinois"])
def test_the_basis_of_an_approval_is_that_of_the_rules(agreement_first: bool) -> None:
    """The product says it in one line, the rules in sentences; here for every combination."""
    product = Product(agreement_first=agreement_first)
    classes = {"contract": ("contract", False), "on_demand": ("on_demand", False),
               "exempt": ("exempt", True), "unattested": ("exempt", False)}  # fmt: skip
    for path, kind, live, covers in each(classes, ("full", "dated"), (False, True), (False, True)):
        relationship, attested = classes[path]
        reasons = rules.reasons_without_basis(
            agreement_first=law_of("IL" if agreement_first else "CO"),
            relationship=relationship,
            exempt_attested=attested,
            agreement_in_force=live,
            beyond=() if covers or not live else ["Home address"],
            kind="pilot" if kind == "dated" else kind,
        )
        pair = Pair(DECIDING, IN_FORCE if live else "", path=path, kind=kind, covers=covers)
        assert product.has_basis(pair) == (not reasons), (path, kind, live, covers)
