"""Many rows at once: COPY where there is one, else one prepared INSERT for all of them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, models, transaction

BATCH = 20_000


def pour(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows of plain values in the order of `columns`; JSON is text, instants are aware."""
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            insert = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608
            for batch in _batches(rows):
                cursor.executemany(insert, batch)
    _follow_ids(model)


def pour_like(pattern: models.Model, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """As `pour`; every other column has the pattern's value."""
    fields = [f for f in pattern._meta.concrete_fields if f.column not in columns]
    same = {f.column: _prepared(f, pattern) for f in fields if not f.primary_key}
    values = tuple(same.values())
    pour(type(pattern), (*columns, *same), ((*row, *values) for row in rows))


def _prepared(field: Any, pattern: models.Model) -> Any:
    return field.get_db_prep_save(getattr(pattern, field.attname), connection)


def _batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[list[Any]]]:
    left = iter(rows)
    while batch := [[_stored(value) for value in row] for row in islice(left, BATCH)]:
        yield batch


def _stored(value: Any) -> Any:
    is_instant = isinstance(value, datetime)
    return connection.ops.adapt_datetimefield_value(value) if is_instant else value


def _follow_ids(model: type[models.Model]) -> None:
    """Rows that brought their own keys leave PostgreSQL's sequence behind."""
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


def analyze() -> None:
    """The planner's statistics, which autovacuum would have made by tomorrow."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
