"""The packs that are shipped, brought into the table: all of them or none."""

from collections.abc import Iterator, Mapping

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from vetting.policy import queries
from vetting.policy.commands.recomputing import recompute_by_packs
from vetting.policy.models import PackVersion
from vetting.policy.rules.packs import Pack
from vetting.reference import Loaded, reference
from workflows.actors import system

# No number that Django or we lock by elsewhere.
PACKS_LOCK = 0x5041_434B_53
_OF_A_TEXT = (
    *("district_id", "slug", "title", "layer"),
    *("state", "version", "status", "digest", "text"),
)


@reference("jurisdiction packs")
def load_packs() -> Loaded:
    """Raises Faulty: nothing is written then, and what was loaded before counts on."""
    loaded = load_texts(queries.texts_in())
    if loaded.changed:
        recompute_by_packs()
    return loaded


@transaction.atomic
def load_texts(texts: queries.Texts) -> Loaded:
    """A newer text is one more row, and so is the end of a pack that is shipped no longer.

    An example of a local pack counts for nobody, so it is read with the others but not loaded.
    """
    packs = [pack for pack in queries.sound(texts) if pack.layer != queries.LOCAL]
    contents = {name: content.decode() for name, content in texts}
    take_packs()
    stored = {row.slug: row for row in queries.newest_versions(Q(district=None))}
    news = list(_news(packs, contents, stored))
    PackVersion.objects.bulk_create(news)
    new = sum(row.slug not in stored for row in news)
    return Loaded(new, len(news) - new, len(packs) - sum(not row.withdrawn for row in news))


def take_packs() -> None:
    """Until this transaction ends nobody else decides what is new (SQLite has one writer)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PACKS_LOCK])


def _news(
    packs: list[Pack], contents: Mapping[str, str], stored: Mapping[str, PackVersion]
) -> Iterator[PackVersion]:
    for pack in packs:
        known = stored.get(pack.slug)
        if known is None or known.withdrawn or known.digest != pack.digest:
            yield version_of(pack, contents[pack.file], by=system("reference").ref)
    shipped = {pack.slug for pack in packs}
    for slug, known in stored.items():
        if slug not in shipped and not known.withdrawn:
            yield withdrawal_of(known, by=system("reference").ref)


def version_of(pack: Pack, text: str, *, by: str) -> PackVersion:
    """The row of a text as it was read; who it is for is still to be said."""
    return PackVersion(
        slug=pack.slug,
        title=pack.title,
        layer=pack.layer,
        state=pack.state,
        version=pack.version,
        status=pack.status,
        digest=pack.digest,
        text=text,
        loaded_at=timezone.now(),
        loaded_by=by,
    )


def withdrawal_of(known: PackVersion, *, by: str) -> PackVersion:
    """The same text once more, which counts no longer."""
    kept = {name: getattr(known, name) for name in _OF_A_TEXT}
    return PackVersion(**kept, withdrawn=True, loaded_at=timezone.now(), loaded_by=by)
