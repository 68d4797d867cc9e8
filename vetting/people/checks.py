"""What an administrator should know before a request gets stuck."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import OperationalError, ProgrammingError

from vetting.people import rules
from vetting.people.models import District
from vetting.people.queries import roles_in
from workflows.checks import is_migrated

SAYS = (
    "No set of active people of {name} can carry a request to approved without breaking "
    "separation of duties: {gaps}"
)


@register(Tags.database)
def every_district_can_reach_a_decision(
    *, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Runs with `check --database default`, because it reads the people."""
    if "default" not in (databases or ()) or not is_migrated("default"):
        return []
    try:
        gaps = {d: rules.separation_gaps(roles_in(d)) for d in District.objects.order_by("name")}
    except (OperationalError, ProgrammingError):
        # `migrate` runs the checks first: the tables, or a new column of them, are yet to come.
        return []
    return [
        Warning(
            SAYS.format(name=district.name, gaps=" ".join(said)),
            hint="Add people or roles under Settings, People and roles.",
            id="vetting.people.W001",
        )
        for district, said in gaps.items()
        if said
    ]
