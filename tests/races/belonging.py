"""Which tables hang on a row, and by which chain of foreign keys."""

from collections.abc import Iterator
from functools import cache

from django.apps import apps
from django.db import models

Model = type[models.Model]
Link = tuple[Model, "models.ForeignKey[object, object]"]


@cache
def links_to(model: Model) -> tuple[Link, ...]:
    """Every foreign key that points at this table."""
    return tuple(
        (other, field)
        for other in apps.get_models(include_auto_created=True)
        for field in other._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is model
    )


@cache
def paths_to(model: Model) -> dict[Model, str]:
    """Each table that hangs on `model`, with the shortest lookup from its rows to it."""
    found, waiting = {model: "pk"}, [model]
    while waiting:
        here = waiting.pop(0)
        for other, field in links_to(here):
            if other not in found:
                found[other] = _joined(field.name, found[here])
                waiting.append(other)
    return found


def _joined(first: str, rest: str) -> str:
    return first if rest == "pk" else f"{first}__{rest}"


def rows_of(roots: list[models.Model]) -> dict[Model, dict[object, models.Model]]:
    """The roots and every row that hangs on one of them, by table and key."""
    found: dict[Model, dict[object, models.Model]] = {}
    waiting = list(_known(found, roots))
    while waiting:
        model, keys = waiting.pop(0)
        for other, field in links_to(model):
            rows = other._base_manager.filter(**{f"{field.name}__in": keys})
            waiting += _known(found, list(rows))
    return found


def _known(
    found: dict[Model, dict[object, models.Model]], rows: list[models.Model]
) -> Iterator[tuple[Model, list[object]]]:
    """Take rows in; the keys of those that were new, by table."""
    new: dict[Model, list[object]] = {}
    for row in rows:
        mine = found.setdefault(type(row), {})
        if row.pk not in mine:
            mine[row.pk] = row
            new.setdefault(type(row), []).append(row.pk)
    yield from new.items()
