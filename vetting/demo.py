"""The demo's sign-ins. Settings refuse DEMO and PRODUCTION together: nobody's password is shown."""

from dataclasses import dataclass

from django.conf import settings

from vetting.people.models import Membership
from workflows.actors import ROLE_NAMES, Role

PASSWORD = "try-countersign"  # noqa: S105  the whole world may know it


def has_mailbox() -> bool:
    """Whether the demo's mails are files of its own; where a mail server has them, none is here."""
    return bool(settings.DEMO and getattr(settings, "EMAIL_FILE_PATH", ""))


@dataclass(frozen=True, slots=True)
class SignIn:
    name: str
    email: str
    roles: str
    password: str = PASSWORD


def sign_ins() -> list[SignIn]:
    people = (
        Membership.objects.filter(active=True, user__is_active=True)
        .select_related("user")
        .prefetch_related("grants")
        .order_by("pk")[:40]
    )
    return [SignIn(m.user.name, m.user.email, _roles(m)) for m in people]


def _roles(membership: Membership) -> str:
    return ", ".join(ROLE_NAMES[Role(grant.role)] for grant in membership.grants.all())
