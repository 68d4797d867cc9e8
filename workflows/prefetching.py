"""What `prefetch_related` asks for, as a tree whose every level can be read at once.

Django reads level by level, each by the keys that the level above has shown. Here a level below
names the one above by a subquery, so that no level waits for another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from django.db import models
from django.db.models import F, Prefetch

# A queryset of whatever yields; the stubs do not know what we touch in it.
Rows: TypeAlias = Any
OF = "prefetched_for"


@dataclass(slots=True)
class Branch:
    """One relation: `rows` where a Prefetch names them, `to` where it gives them a name."""

    name: str
    rows: Rows | None = None
    to: str = ""
    below: list["Branch"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Read:
    """The rows of one branch, and of which of `parents` each of them is."""

    branch: Branch
    parents: "Sequence[Any] | Read"
    by: tuple[str, ...]  # from a parent to the row that the relation hangs on
    rows: Rows
    link: str
    back: Any


def branches_of(rows: Rows) -> list[Branch]:
    return branches(*rows._prefetch_related_lookups)


def is_read(instance: models.Model, name: str) -> bool:
    """Whether a relation was read with the instance."""
    return name in vars(instance).get("_prefetched_objects_cache", ())


def branches(*lookups: Any) -> list[Branch]:
    """Lookups as `prefetch_related` takes them."""
    found: list[Branch] = []
    for lookup in lookups:
        _grow(found, lookup if isinstance(lookup, Prefetch) else Prefetch(lookup))
    return found


def _grow(branches: list[Branch], asked: Any) -> None:
    *way, last = asked.prefetch_through.split("__")
    for name in way:
        branches = _branch(branches, name).below
    branch = _branch(branches, last)
    if asked.queryset is not None:
        branch.rows = asked.queryset.prefetch_related(None)
        branch.below += branches_of(asked.queryset)
    branch.to = asked.to_attr or ""


def _branch(branches: list[Branch], name: str) -> Branch:
    for branch in branches:
        if branch.name == name:
            return branch
    branches.append(Branch(name))
    return branches[-1]


def reads_of(parents: Sequence[Any], asked: Sequence[Branch]) -> Iterator[Read]:
    yield from _reads(type(parents[0]), parents, None, asked, ())


class StandIn:
    """In the place of an instance that is not read yet, and of what it leads to: `keys` notes what
    key is asked for by which way."""

    def __init__(self, first: int, keys: dict[tuple[str, ...], int], *way: str) -> None:
        self._first, self._keys, self._way = first, keys, way

    def __getattr__(self, name: str) -> "StandIn":
        return StandIn(self._first, self._keys, *self._way, name)

    @property
    def pk(self) -> int:
        return self._keys.setdefault(self._way, self._first + len(self._keys))


def reads_of_one(
    model: type[models.Model], asked: Sequence[Branch], first: int
) -> tuple[list[Read], list[tuple[str, ...]]]:
    """What is read of any one instance, and the ways to the keys that stand in it as `first`,
    `first` + 1, and so on."""
    keys: dict[tuple[str, ...], int] = {}
    reads = list(_reads(model, [StandIn(first, keys)], None, asked, ()))
    return reads, list(keys)


def _reads(
    model: type[models.Model],
    parents: "Sequence[Any] | Read",
    within: Rows | None,
    asked: Sequence[Branch],
    by: tuple[str, ...],
) -> Iterator[Read]:
    """`within`: the level above as a query; None where its rows are at hand."""
    for branch in asked:
        relation = _relation(model, branch.name)
        if _is_joined(relation):
            # The level above has this row in it: only what lies beyond is read.
            beyond = relation.related_model
            yield from _reads(beyond, parents, within, branch.below, (*by, branch.name))
        else:
            yield from _many(relation, parents, within, branch, by)


def _many(
    relation: Any, parents: Any, within: Rows | None, branch: Branch, by: tuple[str, ...]
) -> Iterator[Read]:
    keys = _keys(parents, within, by)
    if keys == []:
        return
    child = relation.related_model
    base = child._base_manager.all() if branch.rows is None else branch.rows
    many = relation.many_to_many
    of = relation.related_query_name() if many else relation.field.name
    rows = base.filter(**{f"{of}__in": keys})
    joined = list(_joined(child, branch.below))
    full = rows.select_related(*joined) if joined else rows
    if many:
        read = Read(branch, parents, by, full.annotate(**{OF: F(of)}), OF, None)
    else:
        read = Read(branch, parents, by, full, relation.field.attname, relation.field)
    yield read
    yield from _reads(child, read, rows.order_by().select_related(None), branch.below, ())


def _keys(parents: Any, within: Rows | None, by: tuple[str, ...]) -> Any:
    if within is not None:
        return within.values("__".join((*by, "pk")))
    return [owner.pk for parent in parents if (owner := at(parent, by)) is not None]


def _is_joined(relation: Any) -> bool:
    return bool(relation.concrete and not relation.many_to_many)


def _joined(model: type[models.Model], branches: Sequence[Branch]) -> Iterator[str]:
    """Foreign keys on the way: they are joined, not read on their own."""
    for branch in branches:
        relation = _relation(model, branch.name)
        if _is_joined(relation):
            deeper = list(_joined(relation.related_model, branch.below))
            yield from (f"{branch.name}__{name}" for name in deeper) if deeper else [branch.name]


@cache
def _relation(model: type[models.Model], name: str) -> Any:
    for relation in model._meta.related_objects:
        if relation.get_accessor_name() == name:
            return relation
    return model._meta.get_field(name)


def at(parent: Any, way: Sequence[str]) -> Any:
    for name in way:
        parent = getattr(parent, name) if parent is not None else None
    return parent


def hang(read: Read) -> None:
    """Give each parent its rows, where Django would have put them."""
    above = read.parents
    parents = list(above.rows) if isinstance(above, Read) else above
    groups: dict[Any, list[Any]] = {}
    for row in read.rows:
        groups.setdefault(getattr(row, read.link), []).append(row)
    for parent in parents:
        owner = at(parent, read.by)
        if owner is not None:
            _give(owner, read, groups.get(owner.pk, []))


def _give(owner: Any, read: Read, rows: list[Any]) -> None:
    if read.back is not None:
        for row in rows:
            read.back.set_cached_value(row, owner)
    if read.branch.to:
        setattr(owner, read.branch.to, rows)
        return
    known: dict[str, Any] = vars(owner).setdefault("_prefetched_objects_cache", {})
    known.pop(read.branch.name, None)
    mine = getattr(owner, read.branch.name).all()
    mine._result_cache, mine._prefetch_done = rows, True
    known[read.branch.name] = mine
