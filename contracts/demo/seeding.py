"""From an empty installation to the demo: the district, its catalog, and its story."""

from typing import TextIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import OutputWrapper
from django.utils import timezone

from contracts.demo import places, products
from contracts.demo.story import approved, contracting, ended, large, lighter, waiting
from contracts.demo.telling import Teller
from vetting.reference import load_all
from workflows.clock.sweep import sweep
from workflows.ledger.commands import write_checkpoint
from workflows.operations.commands import check_ledger
from workflows.outbox.drain import drain

CATALOG = settings.BASE_DIR / "data" / "catalog-40.csv"
# Covered requests come after the agreements that cover them.
CHAPTERS = (
    large.tell,
    ended.tell,
    approved.tell,
    lighter.tell,
    contracting.tell,
    waiting.tell,
)


def seed(*, stdout: TextIO | OutputWrapper) -> None:
    """Everything by the commands and the engine that people use; takes less than a minute."""
    now = timezone.now()
    load_all()
    cast = places.build(now.astimezone(ZoneInfo(places.DISTRICT["zone"])).date())
    call_command("catalog", "import", str(CATALOG), district=places.CODE, stdout=stdout)
    products.add_vendors()
    teller = Teller(cast, now)
    for tell in CHAPTERS:
        tell(teller)
    places.send_away(cast, teller.day(0))
    # The past has not been swept: now every reminder, lapse and end that is due happens at once.
    sweep()
    while drain():
        continue
    write_checkpoint()
    check_ledger()
