"""What happens to a frozen database: the story before, and the life after the upgrade.

Both run as a process of their own, with the settings of the product and no toy rooms.
"""

import json
import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import time_machine
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from contracts.agreements.models import Agreement, AgreementVersion
from contracts.signing.queries import expected_for
from contracts.signing.verifying import verify as verify_seals
from tests.factories.world import World
from tests.journeys.crawling import Crawl
from tests.upgrades import story
from tests.upgrades.browsing import Browser, NotDone
from tests.upgrades.completing import BY_LINK, Hand, as_vendor, complete
from tests.upgrades.frozen import STORY
from vetting.people.models import Membership, User
from vetting.people.queries import actor_of
from vetting.policy.models import Anchor
from vetting.vault.queries import read
from workflows import rounds
from workflows.desk.queries import inbox
from workflows.invariants import registry
from workflows.ledger.queries import verify
from workflows.outbox.drain import drain

# Those who see most come first.
FIRST = ("privacy_lead", "admin", "owner")
HOME, PUBLIC = ("home", ""), "/registry/?district=juniper"
Said = dict[str, Any]
Report = dict[str, Any]
# A district upgrades in the night after.
LATER = timedelta(hours=9)


@contextmanager
def a_test() -> Iterator[None]:
    """Mails stay in this process, and errors are not drawn as Django's own page."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ALLOWED_HOSTS = ["*"]
    settings.DEBUG = False
    mail.outbox = []
    yield


def tell(folder: Path, at: datetime) -> None:
    """Tells the story; what a row does not say (links, who is who) goes beside it."""
    same_each_time()
    with a_test(), time_machine.travel(at):
        world = story.tell()
        said = {
            "at": timezone.now().isoformat(),
            "people": {name: person.user.email for name, person in world.people.items()},
            "stray": world.stray.email,
            "of": world.of,
            "links": world.links,
            "open": sorted(open_work(world)),
        }
    (folder / STORY).write_text(json.dumps(said))


def same_each_time() -> None:
    """Codes, links and salts of this process: the same on both databases and at every making, so
    that their papers are the same bytes, and a new freezing differs where something did."""
    chance = random.Random("a frozen district")  # noqa: S311  # nothing of it is secret
    secrets.choice = chance.choice
    secrets.token_hex = lambda nbytes=32: chance.randbytes(nbytes).hex()
    secrets.token_urlsafe = lambda nbytes=32: chance.randbytes(nbytes).hex()


def live(folder: Path) -> Report:
    """Migrates, looks at everything, does everything; stops at the first stage with a fault.

    `seconds`: of processor time. Raises what a migration raises.
    """
    said = json.loads((folder / STORY).read_text())
    report: Report = {"seconds": {}}
    with a_test(), time_machine.travel(datetime.fromisoformat(said["at"]) + LATER):
        for stage in (migrated, sound, sealed, dated, seen, done, settled, sound):
            began = time.process_time()
            report["faults"] = stage(said, report)
            name = f"{stage.__name__}{len(report['seconds'])}"
            report["seconds"][name] = round(time.process_time() - began, 2)
            if report["faults"]:
                return report | {"stopped": stage.__name__}
    return report


def migrated(said: Said, report: Report) -> list[str]:
    """As docs/operating.md says it; a fault ends the process."""
    call_command("migrate", verbosity=0)
    call_command("load_reference", stdout=StringIO())
    call_command("check", databases=["default"], stdout=StringIO(), stderr=StringIO())
    return []


def sound(said: Said, report: Report) -> list[str]:
    return [f"{one.kind} {one.case}: {one.says}" for one in registry.faults()] + [
        str(one) for one in verify()
    ]


def seen(said: Said, report: Report) -> list[str]:
    """Each page once, by the first whom a link leads there; Home by everybody."""
    world, browser, faults, known = found(said), Browser(), [], set[tuple[str, ...]]()
    for who in (*FIRST, *world.people, "nobody"):
        crawl = Crawl(world, who, browser.client(world.user(who)), known - {HOME})
        crawl.run([PUBLIC if who == "nobody" else "/"])
        known |= crawl.known
        faults += crawl.faults
    report["pages"] = len(known)
    return faults


def sealed(said: Said, report: Report) -> list[str]:
    """What was sealed before is still a valid seal of the same paper."""
    code = Agreement.objects.get(title__startswith="Oak Online").code
    expected = expected_for(code)
    paper = AgreementVersion.objects.get(agreement__case__code=code).sealed
    assert paper
    assert expected
    return verify_seals(read(paper), expected=expected).reasons


def dated(said: Said, report: Report) -> list[str]:
    """The release before knew no date by law; after the first night the old agreements count from
    their signatures and their ends."""
    settled(said, report)
    signed = Agreement.objects.filter(executed_at__isnull=False)
    known = set(Anchor.objects.values_list("case_id", "event"))
    wanted = {(one.pk, "agreement_executed") for one in signed}
    wanted |= {(one.pk, "contract_ended") for one in signed.exclude(ended_on=None)}
    report["dated"] = len(wanted)
    return [f"{event} of {case} is not counted from" for case, event in sorted(wanted - known)]


def done(said: Said, report: Report) -> list[str]:
    """Every open act and every turn, to the end of its flow; then the vendor by the links."""
    drain()
    hand = Hand(found(said))
    deeds = [partial(complete, hand, *waiting) for waiting in said["open"]]
    deeds += [partial(as_vendor, hand, link) for link in BY_LINK]
    faults = list(filter(None, (_attempt(deed) for deed in deeds)))
    report["done"] = len(deeds) - len(faults)
    return faults


def _attempt(deed: Callable[[], None]) -> str:
    try:
        deed()
    except NotDone as reason:
        return str(reason)
    return ""


def settled(said: Said, report: Report) -> list[str]:
    rounds.drain_round("upgrade")
    rounds.sweep_round()
    rounds.reconcile_round()
    drain()
    return []


def found(said: Said) -> World:
    people = Membership.objects.select_related("user", "district__tenant", "school")
    named = {name: people.get(user__email=email) for name, email in said["people"].items()}
    return World(named, User.objects.get(email=said["stray"]), said["of"], said["links"])


def open_work(world: World) -> set[tuple[str, str, str]]:
    """(machine, code, state) of every case that waits for one of its district's people."""
    return {
        (work.machine, work.case, work.record.state)
        for person in world.people.values()
        for work in inbox(actor_of(person))
    }
