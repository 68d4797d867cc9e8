"""A mail server of our own: real SMTP in a thread, that keeps letters or refuses them."""

import email
import email.policy
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.services.process import free_port


# No slots: aiosmtpd reads every attribute of its handler, and Python 3.11.2 stumbles over theirs.
@dataclass
class PostOffice:
    """`received` is in order of arrival; a `refusal` ("451 later") is the answer to everyone."""

    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    received: list[EmailMessage] = field(default_factory=list)
    refusal: str = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusal:
            return self.refusal
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.received.append(email.message_from_bytes(content, policy=email.policy.default))
        return "250 OK"


@dataclass(slots=True)
class RunningPostOffice:
    office: PostOffice
    controller: Controller

    def stop(self) -> None:
        self.controller.stop()


def start() -> RunningPostOffice:
    office = PostOffice()
    # Never port 0: the controller connects to itself by the number it was given.
    controller = Controller(office, hostname=office.host, port=office.port)
    controller.start()
    return RunningPostOffice(office, controller)
