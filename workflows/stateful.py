"""The abstract row that carries a state, and the queryset that will not change it."""

from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django_fsm import FSMField

from workflows import door
from workflows.actors import Actor, Role, with_included
from workflows.cases import Case
from workflows.grammar import Lifecycle

GUARDED = frozenset({"state", "version"})


class StaleVersion(RuntimeError):
    """Somebody else wrote the row between our lock and our write."""


class GuardedQuerySet(models.QuerySet):
    """Refuses bulk writes that would step around the engine."""

    def update(self, **values: Any) -> int:
        if GUARDED & values.keys():
            door.must_be_open("QuerySet.update of a state")
        return super().update(**values)

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        door.must_be_open("bulk_create of stateful rows")
        return super().bulk_create(*args, **kwargs)

    def delete(self) -> Any:
        raise door.DoorClosed("Cases are never deleted.")


class Stateful(models.Model):
    """A subject under a lifecycle. Subclasses set `lifecycle` and bind its moves."""

    lifecycle: ClassVar[Lifecycle]

    case = models.OneToOneField(
        Case, primary_key=True, on_delete=models.PROTECT, related_name="%(class)s"
    )
    state = FSMField(max_length=32, protected=True)
    version = models.PositiveIntegerField(default=0)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.lifecycle.name} {self.case.code} ({self.state})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        door.must_be_open(f"{type(self).__name__}.save")
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
        return cls._base_manager.select_related("case__tenant")

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

    def save_next_version(self) -> Self:
        """Compare and set: every field of the row, where the version is still the one we read."""
        fields = {
            f.attname: getattr(self, f.attname)
            for f in self._meta.concrete_fields
            if not f.primary_key
        }
        fields["version"] = self.version + 1
        rows = type(self)._base_manager.filter(pk=self.pk, version=self.version)
        if rows.update(**fields) != 1:
            raise StaleVersion(f"{self._meta.label} {self.pk} is no longer at {self.version}.")
        self.version += 1
        return self


S = TypeVar("S", bound=Stateful)


def lock(subject: S) -> S:
    """The subject's row, locked and freshly read; a stateful row is never refreshed in place."""
    return lock_row(type(subject), subject.pk)


def lock_row(model: type[S], case_id: int) -> S:
    rows = model._base_manager.select_for_update(of=("self",), no_key=True)
    return rows.select_related("case__tenant").get(pk=case_id)


def stateful_models() -> list[type[Stateful]]:
    """Every concrete model that carries a state, by table name."""
    from django.apps import apps

    found = [m for m in apps.get_models() if issubclass(m, Stateful)]
    return sorted(found, key=lambda model: model._meta.db_table)


def model_of(machine: str) -> type[Stateful]:
    return next(m for m in stateful_models() if m.lifecycle.name == machine)


BoundMove = Callable[..., None]
