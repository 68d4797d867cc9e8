"""What is wrong with the request and the agreement as one machine, each with the way there."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from workflows.actors import Role
from workflows.explored import Explored, explore
from workflows.lifecycles.agreement import EXECUTED
from workflows.lifecycles.request import APPROVED, SUSPENDED, USABLE
from workflows.product import CHANCE, Pair, Product, Step

SUSPENDS = "request.suspend"
ALONE = frozenset({"clock", "job", "news", "reaction", "time"})
Wanted = Callable[[Pair, Step], bool]


def faults(product: Product, explored: Explored | None = None) -> list[str]:
    """Every kind of fault once per pair of states, in sentences that end with a shortest way."""
    return list(each_fault(product, explored))


def each_fault(product: Product, explored: Explored | None = None) -> Iterator[str]:
    """`explored`, where that has been done already."""
    yield from unmade(product)
    explored = explored or explore(product)
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

    bare = explored.where(lambda p: p.request in USABLE and not product.has_basis(p))
    # The end of an approval is months away: it explains nothing.
    wrong = unable(explored, bare, taken_back, lambda s: s.by in ALONE and s.move != SUSPENDS)
    yield from told(explored, wrong, "is approved without its basis")


def undone(product: Product, explored: Explored) -> Iterator[str]:
    """Where nothing but the system's move is missing, something makes it without a person."""
    by_hand = {d.makes for d in product.couplings.drivers if d.kind == "command"}
    for machine in (product.request, product.agreement):
        for row in machine.moves:
            name = f"{machine.name}.{row.name}"
            if row.by != {Role.SYSTEM} or row.since or name in by_hand:
                continue
            ready = {
                number
                for number, pair in enumerate(explored.pairs)
                if (pair.request if machine is product.request else pair.agreement) in row.sources
                and all(holds(pair) for holds in product.asked(machine, row))
            }
            wrong = unable(explored, ready, partial(_makes, name), lambda step: step.by in ALONE)
            yield from told(explored, wrong, f"could go on by {row.name}, and nothing makes it")


def _makes(name: str, pair: Pair, step: Step) -> bool:
    return step.move == name


def stuck(product: Product, explored: Explored) -> Iterator[str]:
    """No deadlock: whichever of the two is not at its end, something can still move it."""
    going = explored.where(lambda p: p.request not in product.request.ends)
    wrong = unable(explored, going, lambda pair, step: step.to.request != pair.request)
    yield from told(explored, wrong, "is stuck: nobody and nothing can move the request")
    settled = product.agreement.ends | product.couplings.rests | {""}
    going = explored.where(lambda p: p.agreement not in settled)
    wrong = unable(explored, going, lambda pair, step: step.to.agreement != pair.agreement)
    yield from told(explored, wrong, "is stuck: nobody and nothing can move the agreement")


def suspensions(explored: Explored) -> Iterator[str]:
    def ends(pair: Pair, step: Step) -> bool:
        return pair.request == SUSPENDED != step.to.request

    suspended = explored.where(lambda p: p.request == SUSPENDED)
    wrong = unable(explored, suspended, ends)
    yield from told(explored, wrong, "is a suspension that cannot end")


def endless_waits(product: Product, explored: Explored) -> Iterator[str]:
    """A request that waits for its agreement can get it without going back to start again."""
    for (machine, move), (other, _) in product.couplings.waits.items():
        rows = product.request.rows(move)
        places = {state for row in rows for state in row.sources}
        waiting = explored.where(lambda p, places=places: p.request in places)  # type: ignore[misc]
        ends = partial(_makes, f"{machine}.{move}")
        wrong = unable(explored, waiting, ends, lambda s, places=places: s.to.request in places)  # type: ignore[misc]
        yield from told(explored, wrong, f"waits for its {other}, and {move} never comes")


def hopeless(product: Product, explored: Explored) -> Iterator[str]:
    """Whatever has not ended can still be approved, or approved again."""
    going = explored.where(lambda p: p.request not in product.request.ends)
    wrong = unable(explored, going, lambda pair, step: step.to.request == APPROVED)
    yield from told(explored, wrong, "can never be approved any more")


def unable(
    explored: Explored,
    asked: set[int],
    wanted: Wanted,
    through: Callable[[Step], bool] = lambda step: True,
) -> set[int]:
    """Those of the pairs asked about from which no wanted step can come any more, over steps that
    go `through`. Pairs that share a step are alike in all that may be wanted of it."""
    found: set[int] = set()
    for step, numbers in explored.steps.items():
        if wanted(explored.pairs[numbers[0]], step):
            found.update(numbers)
    ahead, missing = list(found), asked - found
    for number in ahead:
        if not missing:
            break
        for before, step in zip(explored.before[number], explored.by[number], strict=True):
            if before not in found and step.by != CHANCE and through(step):
                found.add(before)
                ahead.append(before)
                missing.discard(before)
    return missing


def told(explored: Explored, wrong: Iterable[int], what: str) -> Iterator[str]:
    """The first of each pair of states, which by breadth first is the nearest."""
    said: set[tuple[str, str]] = set()
    for number in sorted(wrong):
        pair = explored.pairs[number]
        if (pair.request, pair.agreement) not in said:
            said.add((pair.request, pair.agreement))
            way = "; ".join(explored.path(number)) or "it starts so"
            yield f"{in_words(pair)} {what}. The way there: {way}."


def in_words(pair: Pair) -> str:
    term = {"": "", "armed": " (starts later)", "over": " (its last day has passed)"}[pair.term]
    agreement = f"agreement {pair.agreement}{term}" if pair.agreement else "no agreement"
    short = " that holds less data" if pair.agreement in EXECUTED and not pair.covers else ""
    return f"Request {pair.request} with {agreement}{short}"
