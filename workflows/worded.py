"""Lists that every page asks for: Django words their SQL once per process, not at every page.

    own = Worded(lambda user: Membership.objects.filter(user=user))
    own.rows(7)   # a queryset like any other, but that it cannot be narrowed any more

Wording takes Django longer than the database takes to answer. The list is worded with stand-ins for
its values, whose places among the parameters are remembered.
"""

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, TypeAlias

from django.core.exceptions import EmptyResultSet
from django.db import connections, models

from workflows import sql

# A queryset of whatever yields; the stubs do not know what we touch in it.
Rows: TypeAlias = Any
Value: TypeAlias = int | datetime
# No key and no instant that anybody has.
NUMBER, INSTANT = 7_000_000_000_000_000_000, datetime(9994, 3, 7, 5, 4, 3, 210, tzinfo=UTC)


def stand_ins(*kinds: type[Value]) -> list[Any]:
    """One for each value of a list, all of them different."""
    return [
        INSTANT + timedelta(days=place) if kind is datetime else NUMBER + place
        for place, kind in enumerate(kinds)
    ]


class Worded:
    """`build` makes the list of its values, given in the order of `kinds`.

    It must put them into conditions and do nothing else with them: it is called once.
    """

    def __init__(self, build: Callable[..., Rows], *kinds: type[Value]) -> None:
        self._build, self._kinds = build, kinds

    def rows(self, *values: Value) -> Rows:
        """The list for these values; a filter or an order put on it raises TypeError."""
        known = self._wording
        query = _Known.__new__(_Known)
        vars(query).update(vars(known.rows.query))
        query.known, query.values = known, [_stored(value) for value in values]
        made = type(known.rows)(known.rows.model, query, known.rows._db)
        made._prefetch_related_lookups = known.rows._prefetch_related_lookups
        made._iterable_class = known.rows._iterable_class
        return made

    @cached_property
    def _wording(self) -> "_Wording":
        places = stand_ins(*self._kinds)
        rows = self._build(*places)
        return _Wording(rows, {_stored(value): place for place, value in enumerate(places)})


def _stored(value: Value) -> Any:
    return sql.instant(value) if isinstance(value, datetime) else value


class _Wording:
    """One list's SQL, and which of its parameters are stand-ins for which value."""

    def __init__(self, rows: Rows, places: dict[Any, int]) -> None:
        self.rows = rows
        self.compiler = rows.query.get_compiler(using=rows.db)
        self.text: str | None = None  # None: known to be empty without asking
        try:
            self.text, params = self.compiler.as_sql()
        except EmptyResultSet:
            return
        self.params = [(places.get(value), value) for value in params]

    def statement(self, values: list[Any]) -> tuple[str, tuple[Any, ...]]:
        if self.text is None:
            raise EmptyResultSet
        filled = (value if place is None else values[place] for place, value in self.params)
        return self.text, tuple(filled)


class _Known(models.sql.Query):
    """A query whose words are found already."""

    known: _Wording
    values: list[Any]

    def get_compiler(
        self, using: str | None = None, connection: Any = None, elide_empty: bool = True
    ) -> Any:
        made = copy.copy(self.known.compiler)
        # The wording may have been found in another thread, on its connection.
        made.query, made.connection = self, connection or connections[using or self.known.rows.db]
        made.as_sql = lambda *args, **kwargs: self.known.statement(self.values)
        return made

    def clone(self) -> Any:
        raise TypeError("The words of this list are fixed: narrow it where it is worded.")
