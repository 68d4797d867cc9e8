"""Telling the past: instants in working hours, and the outbox drained after every step."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from contracts.demo.places import Cast
from workflows.clock.queries import calendar_of
from workflows.outbox import commands as outbox
from workflows.outbox.drain import drain

# Mails of older steps are kept as evidence but not sent: nobody was there to read them, and three
# hundred of them would bury what matters. What was said lately lies in the demo's mailbox.
READABLE = timedelta(days=30)
UNSENT = "Said before this installation began: kept as a record, not sent."
OPENS, MINUTES = time(8, 10), 415


@dataclass(slots=True)
class Teller:
    """Who acts, and what time it is really; `now` never moves while a story is told."""

    cast: Cast
    now: datetime
    told: int = 0

    def moment(self, days: float, *, after: datetime) -> datetime:
        """A working moment `days` ago, later than `after` and never in the future."""
        self.told += 1
        calendar = calendar_of(self.cast.district.tenant, self.now.date())
        day = calendar.local_day(self.now - timedelta(days=days))
        while not calendar.count(day - timedelta(days=1), day):
            day -= timedelta(days=1)
        # Spread over the day without chance, so that two seedings tell the same story.
        spread = timedelta(minutes=self.told * 47 % MINUTES, seconds=self.told * 13 % 60)
        wanted = max(calendar.at(day, OPENS) + spread, after + timedelta(minutes=9))
        return min(wanted, self.now - timedelta(seconds=30))

    def day(self, days: float) -> date:
        """The district's date `days` from today; negative lies in the past."""
        calendar = calendar_of(self.cast.district.tenant, self.now.date())
        return calendar.local_day(self.now + timedelta(days=days))

    def settle(self, at: datetime) -> None:
        """Let everything follow that a step at this instant promised, one message at a time."""
        if self.now - at <= READABLE:
            drain()
            return
        outbox.withhold_every_mail(why=UNSENT)
        while drain(limit=1):
            outbox.withhold_every_mail(why=UNSENT)


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
