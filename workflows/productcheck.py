"""What is wrong with the request and the agreement as one machine, each with the way there."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from workflows.actors import Role
from workflows.lifecycles.agreement import EXECUTED
from workflows.lifecycles.request import APPROVED, SUSPENDED, USABLE
from workflows.product import CHANCE, Explored, Pair, Product, Step, explore

ALONE = frozenset({"clock", "job", "news", "reaction", "time"})
Wanted = Callable[[Pair, Step], bool]


def faults(product: Product) -> list[str]:
    """Every kind of fault once per pair of states, in sentences that end with a shortest way."""
    return list(each_fault(product))


def each_fault(product: Product) -> Iterator[str]:
    yield from unmade(product)
    explored = explore(product)
    yield from basis_faults(product, explored)
    yield from undone(product, explored)
    yield from stuck(product, explored)
    yield from suspensions(explored)
    yield from endless_waits(product, explored)
    yield from hopeless(product, explored)


def unmade(product: Product) -> Iterator[str]:
    """A move that only the system makes needs something that makes it."""
    makers = {d.makes for d in product.couplings.drivers}
    makers |= {r.makes for r in product.couplings.reactions}
    for machine in (product.request, product.agreement):
        makers |= {f"{machine.name}.{r.act}" for d in machine.dwells for r in d.ladder}
        for row in machine.moves:
            if (
                row.by == {Role.SYSTEM}
                and not row.since
                and f"{machine.name}.{row.name}" not in makers
            ):
                yield f"nothing ever makes the move {machine.name}.{row.name}"


def basis_faults(product: Product, explored: Explored) -> Iterator[str]:
    """Approved without a basis is a fault, unless something under way will take it back."""

    def taken_back(pair: Pair, step: Step) -> bool:
        return pair.request in USABLE and step.to.request not in USABLE and step.by == "reaction"

    # The end of an approval is months away: it explains nothing.
    explained = able(explored, taken_back, lambda s: s.by in ALONE and s.move != "request.suspend")
    bare = (p for p in explored.steps if p.request in USABLE and not product.has_basis(p))
    wrong = (pair for pair in bare if pair not in explained)
    yield from told(explored, wrong, "is approved without its basis")


def undone(product: Product, explored: Explored) -> Iterator[str]:
    """Where nothing but the system's move is missing, something makes it without a person."""
    by_hand = {d.makes for d in product.couplings.drivers if d.kind == "command"}
    for machine in (product.request, product.agreement):
        for row in machine.moves:
            name = f"{machine.name}.{row.name}"
            if row.by != {Role.SYSTEM} or row.since or name in by_hand:
                continue
            makes = partial(_makes, name)
            made = able(explored, makes, lambda step: step.by in ALONE)
            ready = (
                pair
                for pair in explored.steps
                if (pair.request if machine is product.request else pair.agreement) in row.sources
                and all(holds(pair) for holds in product.asked(machine, row))
            )
            wrong = (pair for pair in ready if pair not in made)
            yield from told(explored, wrong, f"could go on by {row.name}, and nothing makes it")


def _makes(name: str, pair: Pair, step: Step) -> bool:
    return step.move == name


def stuck(product: Product, explored: Explored) -> Iterator[str]:
    """No deadlock: whichever of the two is not at its end, something can still move it."""
    moves = able(explored, lambda pair, step: step.to.request != pair.request)
    wrong = (p for p in explored.steps if p.request not in product.request.ends and p not in moves)
    yield from told(explored, wrong, "is stuck: nobody and nothing can move the request")
    moves = able(explored, lambda pair, step: step.to.agreement != pair.agreement)
    settled = product.agreement.ends | product.couplings.rests | {""}
    wrong = (p for p in explored.steps if p.agreement not in settled and p not in moves)
    yield from told(explored, wrong, "is stuck: nobody and nothing can move the agreement")


def suspensions(explored: Explored) -> Iterator[str]:
    def ends(pair: Pair, step: Step) -> bool:
        return pair.request == SUSPENDED != step.to.request

    ending = able(explored, ends)
    wrong = (p for p in explored.steps if p.request == SUSPENDED and p not in ending)
    yield from told(explored, wrong, "is a suspension that cannot end")


def endless_waits(product: Product, explored: Explored) -> Iterator[str]:
    """A request that waits for its agreement can get it without going back to start again."""
    for (machine, move), (other, _) in product.couplings.waits.items():
        rows = product.request.rows(move)
        places = {state for row in rows for state in row.sources}
        ends = partial(_makes, f"{machine}.{move}")
        ending = able(explored, ends, lambda s, places=places: s.to.request in places)  # type: ignore[misc]
        wrong = (p for p in explored.steps if p.request in places and p not in ending)
        yield from told(explored, wrong, f"waits for its {other}, and {move} never comes")


def hopeless(product: Product, explored: Explored) -> Iterator[str]:
    """Whatever has not ended can still be approved, or approved again."""
    approves = able(explored, lambda pair, step: step.to.request == APPROVED)
    open_ = (p for p in explored.steps if p.request not in product.request.ends)
    wrong = (pair for pair in open_ if pair not in approves)
    yield from told(explored, wrong, "can never be approved any more")


def able(
    explored: Explored, wanted: Wanted, through: Callable[[Step], bool] = lambda step: True
) -> set[Pair]:
    """The pairs from which a wanted step can still come, over steps that go `through`."""
    found = {pair for pair, steps in explored.steps.items() if any(wanted(pair, s) for s in steps)}
    ahead = list(found)
    for pair in ahead:
        for before, step in explored.before[pair]:
            if before not in found and step.by != CHANCE and through(step):
                found.add(before)
                ahead.append(before)
    return found


def told(explored: Explored, wrong: Iterable[Pair], what: str) -> Iterator[str]:
    """The first of each pair of states, which by breadth first is the nearest."""
    said: set[tuple[str, str]] = set()
    for pair in wrong:
        if (pair.request, pair.agreement) not in said:
            said.add((pair.request, pair.agreement))
            way = "; ".join(explored.path(pair)) or "it starts so"
            yield f"{in_words(pair)} {what}. The way there: {way}."


def in_words(pair: Pair) -> str:
    term = {"": "", "armed": " (starts later)", "over": " (its last day has passed)"}[pair.term]
    agreement = f"agreement {pair.agreement}{term}" if pair.agreement else "no agreement"
    short = " that holds less data" if pair.agreement in EXECUTED and not pair.covers else ""
    return f"Request {pair.request} with {agreement}{short}"
