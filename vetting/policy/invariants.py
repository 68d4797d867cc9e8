"""What must always be true of what the packs said."""

from collections.abc import Iterable

from django.db.models import Max

from vetting.policy.models import Evaluated
from vetting.policy.queries import packs_at
from vetting.policy.rules.evaluating import evaluated_again
from vetting.policy.rules.evaluation import REVISION
from workflows.invariants.registry import invariant

# Half a millisecond each: a night has time for these, and the newest are those that count.
MOST_AGAIN = 2_000


@invariant("evaluated_otherwise")
def an_evaluation_comes_out_again() -> Iterable[tuple[int | None, str]]:
    """The newest of each case, from its own facts and the very texts it names; an earlier release
    may have reckoned otherwise, so its rows are left alone."""
    newest = Evaluated.objects.order_by().values("case").annotate(newest=Max("pk"))
    keys = newest.order_by("-newest").values_list("newest", flat=True)[:MOST_AGAIN]
    ours = Evaluated.objects.filter(pk__in=list(keys), found__revision=REVISION)
    for row in ours.order_by("pk").iterator():
        if said := _wrong(row):
            yield row.case_id, said


def _wrong(row: Evaluated) -> str:
    stored = {name: getattr(row, name) for name in ("facts", "packs", "overrides")}
    try:
        again = evaluated_again(stored | {"on": row.on.isoformat()}, packs_at(row.packs.values()))
    except LookupError as gone:
        return f"What the rules said of it cannot be made again. {gone.args[0]}"
    if again.outcome() == row.found:
        return ""
    return "What the rules said of it comes out otherwise when it is made again."
