"""One case with all that its page shows, worded once for everybody with the same roles.

    own = Whole(lambda tenant, code: Agreement.objects.filter(…).prefetch_related(…), int, str)
    own.get(7, "abc")   # two statements: the row, then all that hangs on it

Django would find the words of twenty lists anew for each page, which takes it longer than the
database takes to answer them.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

from workflows.prefetching import Read, Rows, at, branches_of, reads_of_one
from workflows.together import read_and_hang
from workflows.worded import NUMBER, Value, Wording, stand_ins

# Nothing hangs on an owner that is not there.
NOBODY = 0


class Whole:
    """`build` makes the list of one instance and what it prefetches, of values in the order of
    `kinds`. It must put them into conditions and do nothing else with them: it is called once."""

    def __init__(self, build: Callable[..., Rows], *kinds: type[Value]) -> None:
        self._build, self._kinds = build, kinds

    def get(self, *values: Value) -> Any:
        """Raises the model's DoesNotExist where nothing fits."""
        words = self._words
        found = next(iter(words.first.rows(*values)), None)
        if found is None:
            raise words.model.DoesNotExist
        read_and_hang(words.reads_of(found, values))
        return found

    @cached_property
    def _words(self) -> "_Words":
        return _Words(self._build, self._kinds)


class _Words:
    def __init__(self, build: Callable[..., Rows], kinds: tuple[type[Value], ...]) -> None:
        values = stand_ins(*kinds)
        rows = build(*values)
        first = NUMBER + len(values)
        self._reads, self._ways = reads_of_one(rows.model, branches_of(rows), first)
        values += range(first, first + len(self._ways))
        self.model, self.first = rows.model, Wording(rows.prefetch_related(None), values)
        self._below = [Wording(read.rows, values) for read in self._reads]

    def reads_of(self, found: Any, values: tuple[Value, ...]) -> list[Read]:
        """The reads of any instance as those of this one."""
        owners = [at(found, way) for way in self._ways]
        filled = [*values, *(NOBODY if owner is None else owner.pk for owner in owners)]
        made: dict[int, Read] = {}
        for read, words in zip(self._reads, self._below, strict=True):
            parents = made.get(id(read.parents), [found])
            made[id(read)] = replace(read, parents=parents, rows=words.rows(*filled))
        return list(made.values())
