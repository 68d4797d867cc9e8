"""The abstract row that carries a state, and the queryset that will not change it."""

from functools import cache
from typing import Any, ClassVar, Self, TypeVar, cast

from django.db import models
from django_fsm import FSMField

from workflows import door, held, sql
from workflows.actors import Actor, Role, with_included
from workflows.cases import Case
from workflows.grammar import Lifecycle
from workflows.prefetching import branches_of
from workflows.together import prefetch_together

GUARDED = frozenset({"state", "since", "version"})


class StaleVersion(RuntimeError):
    """Somebody else wrote the row between our lock and our write."""


class GuardedQuerySet(models.QuerySet):
    """Refuses bulk writes that would step around the engine."""

    def update(self, **values: Any) -> int:
        if GUARDED & values.keys():
            door.must_be_open("QuerySet.update of a state")
        held.forget(self.model)
        return super().update(**values)

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        door.must_be_open("bulk_create of stateful rows")
        return super().bulk_create(*args, **kwargs)

    def delete(self) -> Any:
        raise door.DoorClosed("Cases are never deleted.")

    def _prefetch_related_objects(self) -> None:
        """What hangs on the cases of a list is read at once, not relation by relation."""
        rows: Any = self
        prefetch_together((rows._result_cache, branches_of(rows)))
        rows._prefetch_done = True


class Stateful(models.Model):
    """A subject under a lifecycle. Subclasses set `lifecycle` and bind its moves."""

    lifecycle: ClassVar[Lifecycle]

    case = models.OneToOneField(
        Case, primary_key=True, on_delete=models.PROTECT, related_name="%(class)s"
    )
    state = FSMField(max_length=32, protected=True)
    # When it came into its state: what the ledger's last move says, so that lists can sort by it.
    since = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.lifecycle.name} {self.case.code} ({self.state})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        door.must_be_open(f"{type(self).__name__}.save")
        held.forget(type(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise door.DoorClosed("Cases are never deleted.")

    def roles_of(self, actor: Actor) -> frozenset[Role]:
        """The roles this actor holds towards this very subject; rooms narrow it."""
        return with_included(actor.roles)

    def work_url(self, node: str) -> str:
        """Where an act of its open work is taken on or handed on; rooms with work say where."""
        return ""

    @classmethod
    def for_desk(cls, actor: Actor) -> "models.QuerySet[Self]":
        """The rows a worklist may read for this person; rooms add what `roles_of` and `title` need.

        A room may also narrow it, so that a requester's list does not load the whole district.
        """
        return cls.objects.select_related("case__tenant")

    @classmethod
    def looked_after_by(cls, actor: Actor) -> "models.Q | None":
        """Whose dates concern this person though somebody else must act: a condition on rows."""
        return None

    @property
    def code(self) -> str:
        return self.case.code

    @property
    def shown_state(self) -> str:
        return self.lifecycle.states[self.state]

    def save_next_version(self, *, entry: sql.Insertion | None = None) -> int:
        """Compare and set: what changed in the row, where the version is still the one we read.

        `entry`: the ledger's row that says so, written in the same breath; its key is returned.
        """
        update = _compare_and_set(self)
        key = sql.write_and_insert(update, entry) if entry else sql.write(*update)
        if not key:
            raise StaleVersion(f"{self._meta.label} {self.pk} is no longer at {self.version}.")
        self.version += 1
        held.wrote(self)
        return key


def _compare_and_set(subject: Stateful) -> sql.Statement:
    statement, fields = _setting(type(subject), held.changed(subject))
    db = sql.database()
    values = [f.get_db_prep_save(getattr(subject, f.attname), db) for f in fields]
    return statement, [*values, subject.version + 1, subject.pk, subject.version]


@cache
def _setting(model: type[Stateful], names: tuple[str, ...]) -> tuple[str, list[sql.Field]]:
    keys = ("case_id", "version")
    fields = [f for f in model._meta.concrete_fields if f.attname in names and f.column not in keys]
    assigned = "".join(f'"{f.column}" = %s, ' for f in fields)
    where = "WHERE case_id = %s AND version = %s"
    return f"UPDATE {model._meta.db_table} SET {assigned}version = %s {where}", fields  # noqa: S608


S = TypeVar("S", bound=Stateful)


def lock(subject: S) -> S:
    """The subject's row, locked and freshly read; a stateful row is never refreshed in place."""
    return lock_row(type(subject), subject.pk)


def lock_row(model: type[S], case_id: int) -> S:
    """A second call in the same transaction costs nothing: the lock is held already."""
    return cast(S, held.lock(model, case_id))


@cache
def stateful_models() -> tuple[type[Stateful], ...]:
    """Every concrete model that carries a state, by table name."""
    from django.apps import apps

    apps.check_models_ready()
    found = [m for m in apps.get_models() if issubclass(m, Stateful)]
    return tuple(sorted(found, key=lambda model: model._meta.db_table))


@cache
def model_of(machine: str) -> type[Stateful]:
    return next(m for m in stateful_models() if m.lifecycle.name == machine)
