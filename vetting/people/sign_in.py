"""Sign-in as allauth does it, but its mails: they wait in the outbox like every other one."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.fields import EmailField
from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from vetting.people.models import User
from vetting.people.queries import memberships_of, standings_of
from workflows.outbox import commands as outbox
from workflows.outbox.jobs import link_minter
from workflows.outbox.mail import PermanentFault
from workflows.outbox.models import Message

FOLDER = "vetting/people/mail"
# allauth's name of a mail, and ours; what is not here has no text and is not sent at all.
MAILS = {
    "account/email/password_reset_key": "password_reset",
    "account/email/unknown_account": "unknown_account",
}


class WithStanding(AuthenticationBackend):
    """Who is behind a session, and with the same query in which districts and as whom."""

    def get_user(self, user_id: Any) -> Any:
        standings = standings_of(user_id)
        user: Any = standings[0][0].user if standings else super().get_user(user_id)
        if user is not None:
            user.standings = standings
        return user


class ForgottenForm(ResetPasswordForm):
    """The mail's row holds no longer address, and no account has one."""

    email = EmailField(max_length=254)

    def clean_email(self) -> str:
        """Measured again: a few letters of other scripts are two in lower case."""
        self.fields["email"].run_validators(self.cleaned_data["email"])
        return super().clean_email()


class ClosedDoor(DefaultAccountAdapter):
    """Nobody signs up: a district adds its own people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Write the mail's row. The token allauth made for it is dropped; another is made when
        the mail is sent."""
        name, user, now = MAILS[template_prefix], context.get("user"), timezone.now()
        # What was typed may differ from the address on record in ways a mail server cares about.
        to = user.email if user else email.strip().lower()
        home = memberships_of(user)[:1] if user else []
        mail = outbox.mail(
            case=None,
            tenant=home[0].district.tenant if home else None,
            folder=FOLDER,
            name=name,
            to=to,
            context={"user": user},
            payload={"link": {"kind": "password", "user": user.pk}} if user else None,
            # Pressing the button again within the minute asks for the same mail.
            dedupe_key=f"{name}:{to}:{now:%Y-%m-%dT%H:%M}",
            now=now,
        )
        outbox.post([mail])


@link_minter("password")
def mint_password_link(message: Message) -> str:
    """The address under which somebody chooses a password, made of who they are at this moment.

    Nothing of it is stored anywhere. It dies with the next password or sign-in, or after
    PASSWORD_RESET_TIMEOUT seconds from now, however long the mail had waited.
    """
    user = User.objects.filter(pk=message.payload["link"]["user"], is_active=True).first()
    if user is None or user.email != message.to:
        raise PermanentFault("The account was closed or has another address since.")
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)
