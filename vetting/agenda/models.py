"""The calendar that a person's own calendar program reads."""

from django.db import models

from vetting.people.models import Membership


class CalendarFeed(models.Model):
    """An address that shows one person's dates to whoever knows it; only its hash is kept."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=models.Q(revoked_at=None),
                name="one_calendar_feed_per_person",
            )
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.membership_id}"
