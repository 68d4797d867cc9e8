"""Every pair of states that the request and the agreement can come to, and every way there."""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.product import NOTHING, START, Pair, Product, Step, Waiting


@dataclass(frozen=True, eq=False)
class Explored:
    """Every pair that can be reached, the nearest first; all else names a pair by its number in
    that order. `steps`: each with the pairs that can take it. `before`: where the ways into a pair
    come from, and `by` which steps, side by side: so many tuples would keep the garbage collector
    busy. `came`: the pair and the words it was first reached by."""

    pairs: list[Pair]
    steps: dict[Step, list[int]]
    before: list[list[int]]
    by: list[list[Step]]
    came: dict[int, tuple[int, str]]

    def where(self, holds: Callable[[Pair], bool]) -> set[int]:
        return {number for number, pair in enumerate(self.pairs) if holds(pair)}

    def path(self, number: int) -> list[str]:
        """The words of a shortest way from the start."""
        words: list[str] = []
        while number in self.came:
            number, said = self.came[number]
            words.append(said)
        return words[::-1]


def explore(product: Product, start: Pair = START) -> Explored:
    """Breadth first, so that the way to every pair is a shortest one."""
    found = Explored([start], {}, [[]], [[]], {})
    # By what waits, for each place where things can stand, and for the place where a step leads.
    places: dict[Pair, dict[Waiting, int]] = {start._replace(waiting=NOTHING): {start.waiting: 0}}
    ahead: dict[Step, dict[Waiting, int]] = {}
    for number, pair in enumerate(found.pairs):
        for step, waiting in product.steps(pair):
            if step not in ahead:
                ahead[step] = places.setdefault(step.to, {})
                found.steps[step] = []
            to = ahead[step].get(waiting)
            if to is None:
                to = ahead[step][waiting] = len(found.pairs)
                found.pairs.append(step.to._replace(waiting=waiting))
                found.before.append([])
                found.by.append([])
                found.came[to] = (number, step.words)
            found.steps[step].append(number)
            found.before[to].append(number)
            found.by[to].append(step)
    return found
