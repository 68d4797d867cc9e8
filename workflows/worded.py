"""Lists that every page asks for: Django words their SQL once per process, not at every page.

    own = Worded(lambda user: Membership.objects.filter(user=user))
    own.rows(7)   # a queryset like any other, but that it cannot be narrowed any more

Wording takes Django longer than the database takes to answer. The list is worded with stand-ins for
its values, whose places among the parameters are remembered. So does planning: PostgreSQL does it
once per connection, of a text in which everything is fixed but the values.
"""

import copy
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, TypeAlias

from django.core.exceptions import EmptyResultSet
from django.db import connections, models

from workflows import sql

# A queryset of whatever yields; the stubs do not know what we touch in it.
Rows: TypeAlias = Any
Value: TypeAlias = int | str | datetime
# No key, no code and no instant that anybody has.
NUMBER, INSTANT = 7_000_000_000_000_000_000, datetime(9994, 3, 7, 5, 4, 3, 210, tzinfo=UTC)
TEXT = "\N{REPLACEMENT CHARACTER} in the place of value "


def stand_ins(*kinds: type[Value]) -> list[Any]:
    """One for each value of a list, all of them different."""
    return [_stand_in(place, kind) for place, kind in enumerate(kinds)]


def _stand_in(place: int, kind: type[Value]) -> Value:
    if kind is datetime:
        return INSTANT + timedelta(days=place)
    return f"{TEXT}{place}" if kind is str else NUMBER + place


class Worded:
    """`build` makes the list of its values, given in the order of `kinds`.

    It must put them into conditions and do nothing else with them: it is called once.
    """

    def __init__(self, build: Callable[..., Rows], *kinds: type[Value]) -> None:
        self._build, self._kinds = build, kinds

    def rows(self, *values: Value) -> Rows:
        """The list for these values; a filter or an order put on it raises TypeError."""
        return self._wording.rows(*values)

    @cached_property
    def _wording(self) -> "Wording":
        values = stand_ins(*self._kinds)
        return Wording(self._build(*values), values)


def _stored(value: Value) -> Any:
    return sql.instant(value) if isinstance(value, datetime) else value


class Wording:
    """One list's SQL, and which of its parameters are stand-ins for which value."""

    def __init__(self, built: Rows, values: Sequence[Value]) -> None:
        self.built = built
        places = {_stored(value): place for place, value in enumerate(values)}
        # What statements it has become a part of, by the other parts.
        self.parts_of: dict[Any, Any] = {}
        self.compiler = built.query.get_compiler(using=built.db)
        self.text: str | None = None  # None: known to be empty without asking
        try:
            self.text, params = self.compiler.as_sql()
        except EmptyResultSet:
            return
        self.params = [(places.get(value), value) for value in params]

    def rows(self, *values: Value) -> Rows:
        query = _Known.__new__(_Known)
        vars(query).update(vars(self.built.query))
        query.known, query.values = self, [_stored(value) for value in values]
        made = type(self.built)(self.built.model, query, self.built._db)
        made._prefetch_related_lookups = self.built._prefetch_related_lookups
        made._iterable_class = self.built._iterable_class
        return made

    def statement(self, values: list[Any]) -> tuple[str, tuple[Any, ...]]:
        if self.text is None:
            raise EmptyResultSet
        filled = (value if place is None else values[place] for place, value in self.params)
        return self.text, tuple(filled)

    @cached_property
    def fixed(self) -> str:
        """PostgreSQL: the words with all that is not a value written into them."""
        kept = [place is not None for place, _ in self.params]
        return sql.with_literals(self.text or "", [value for _, value in self.params], kept)

    def open(self, values: list[Any]) -> list[Any]:
        """The parameters of the fixed words."""
        return [values[place] for place, _ in self.params if place is not None]


class _Known(models.sql.Query):
    """A query whose words are found already."""

    known: Wording
    values: list[Any]

    def get_compiler(
        self, using: str | None = None, connection: Any = None, elide_empty: bool = True
    ) -> Any:
        made = copy.copy(self.known.compiler)
        # The wording may have been found in another thread, on its connection.
        made.query, made.connection = self, connection or connections[using or self.known.built.db]
        made.as_sql = lambda *args, **kwargs: self.known.statement(self.values)
        if sql.is_postgresql():
            made.execute_sql = lambda *args, **kwargs: self._asked()
        return made

    @property
    def open(self) -> list[Any]:
        return self.known.open(self.values)

    def _asked(self) -> list[list[tuple[Any, ...]]]:
        if self.known.text is None:
            return []
        return [sql.select_worded(self.known.fixed, self.open)]

    def clone(self) -> Any:
        raise TypeError("The words of this list are fixed: narrow it where it is worded.")
