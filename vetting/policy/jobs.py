"""One round of cases that follow the law; whom it concerns hears of it in one mail."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from vetting.people.models import District
from vetting.policy.commands.dating import FOLDER, Line, owners_of
from vetting.policy.commands.following import BY, TOPIC, Follower, waiting
from workflows.cases import Case
from workflows.desk.queries import title_of
from workflows.outbox import commands as outbox
from workflows.outbox.jobs import job
from workflows.outbox.models import Message
from workflows.providers import Recipient
from workflows.stateful import Stateful, model_of

log = logging.getLogger("vetting.policy")
LISTED = 50


class NotFollowed(RuntimeError):
    """Which cases could not follow, and the kinds of errors: their words may name people."""


@dataclass(slots=True)
class News:
    """What one person hears: a case's title and its lines."""

    person: Recipient
    lines: list[tuple[str, Line]] = field(default_factory=list)


@job(TOPIC, title="Cases that follow a changed law", lease_seconds=3600)
def law_followed(message: Message) -> None:
    """Asked again it finds those that are left, and tells what is new since."""
    if message.tenant is None:
        raise LookupError("A law is followed in a district.")
    district = District.objects.select_related("tenant").get(tenant=message.tenant)
    news: dict[str, News] = {}
    wrong = [said for work in waiting(district) if (said := _followed(*work, news))]
    outbox.post([_mail(message, district, one) for one in news.values()])
    if wrong:
        raise NotFollowed("; ".join(wrong))


def _followed(follower: Follower, case: Case, news: dict[str, News]) -> str:
    """What went wrong: nothing is written of the case then, and the others go on."""
    heard: list[tuple[str, Recipient, Line]] = []

    def tell(subject: Stateful, lines: Sequence[Line]) -> None:
        title, people = title_of(subject), owners_of(subject)
        heard.extend((title, person, line) for person in people for line in lines)

    try:
        with transaction.atomic():
            rows = model_of(case.machine)._base_manager.select_related("case__tenant")
            follower.follow(rows.get(pk=case.pk), tell)
    except Exception as error:
        said = f"{case.machine} {case.code}: {type(error).__name__}"
        log.error("A case cannot follow the law: %s", said)
        return said
    for title, person, line in heard:
        news.setdefault(person.email.casefold(), News(person)).lines.append((title, line))
    return ""


def _mail(message: Message, district: District, news: News) -> Message:
    lines = sorted(news.lines, key=lambda one: (one[0], one[1]["basis"]))
    return outbox.mail(
        case=None,
        tenant=district.tenant,
        folder=FOLDER,
        name="law_followed",
        to=news.person.email,
        context={
            "recipient": news.person,
            "district": district,
            "by": BY,
            "count": len(lines),
            "lines": [{"title": title, **line} for title, line in lines[:LISTED]],
            "more": len(lines) - LISTED,
            "late": any(line["late"] for _, line in lines),
        },
        # Each try tells only what it did itself.
        dedupe_key=f"{message.dedupe_key}:{message.attempts}:{news.person.email.casefold()}",
        now=timezone.now(),
    )
