"""Cases follow what changed without anybody recording anything: the law, or what we know of it.

A room says which of its cases wait and how one of them follows; a job does them, one transaction
for each, and tells everybody in one mail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from vetting.people.models import District
from vetting.policy import queries
from vetting.policy.commands.dating import Tell, follow_law
from vetting.policy.models import Anchor, Evaluated
from workflows.actors import system
from workflows.cases import Case
from workflows.nightly import nightly
from workflows.outbox import commands as outbox
from workflows.outbox.models import Message
from workflows.stateful import Stateful

BY = system("packs")
TOPIC = "law_followed"
# One round's: some seconds of work, and a mail that can be read; the rest follows the next night.
MOST = 500


@dataclass(frozen=True, slots=True)
class Follower:
    """`waiting`: the cases of a district that have something to follow. `follow` does that for one
    of them, locks it, writes nothing where it has happened meanwhile, and says whom to tell."""

    waiting: "Callable[[District], QuerySet[Case]]"
    follow: Callable[[Any, Tell], None]


followers: list[Follower] = []


def behind_the_law(district: District) -> "QuerySet[Case]":
    """Where something happened that a law counts from, and other packs, readings, answers of the
    district or school years count now than when its dates were last made."""
    rows = Evaluated.objects.filter(case=OuterRef("pk")).exclude(law="").order_by("-id")
    made_by = Coalesce(Subquery(rows.values("law")[:1]), Value(""))
    dated = Exists(Anchor.objects.filter(case=OuterRef("pk")))
    cases = Case.objects.filter(dated, tenant=district.tenant_id).annotate(made_by=made_by)
    return cases.exclude(made_by=queries.law_digest(district))


def _catch_up(subject: Stateful, tell: Tell) -> None:
    follow_law(subject, by=BY, why="pack", tell=tell)


followers.append(Follower(behind_the_law, _catch_up))


def waiting(district: District) -> list[tuple[Follower, Case]]:
    """Those of one round."""
    found = ((one, one.waiting(district).order_by("pk")[:MOST]) for one in followers)
    return list(islice(((one, case) for one, cases in found for case in cases), MOST))


def follow_later(district: District) -> bool:
    """Ask for a round where a case waits, unless one is asked for already."""
    asked = Message.objects.filter(topic=TOPIC, tenant=district.tenant_id, channel=Message.JOB)
    if asked.filter(status__in=(Message.QUEUED, Message.RETRY)).exists():
        return False
    if not any(one.waiting(district).exists() for one in followers):
        return False
    now = timezone.now()
    key = f"law:{district.tenant_id}:{now.isoformat()}"
    row = outbox.message(
        channel=Message.JOB, topic=TOPIC, tenant=district.tenant, dedupe_key=key, now=now
    )
    outbox.post([row])
    return True


@nightly("law")
def follow_by_night() -> int:
    """In how many districts cases wait that will follow."""
    return sum(map(follow_later, District.objects.select_related("tenant").order_by("pk")))
