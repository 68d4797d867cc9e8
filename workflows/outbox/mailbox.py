"""Mails as files, for a workbench and the demo: one .eml each, whole or not there at all."""

import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Mailbox(BaseEmailBackend):
    """Files in EMAIL_FILE_PATH; their names sort in the order in which the mails were sent."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.folder = Path(settings.EMAIL_FILE_PATH)  # type: ignore[misc]  # set as a group

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        # A mail holds personal links: nobody else on this machine may read it.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for mail in email_messages:
            self._file(mail.message().as_bytes())
        return len(email_messages)

    def _file(self, content: bytes) -> None:
        name = f"{time.time_ns():020d}-{secrets.token_hex(3)}"
        partial = self.folder / f"{name}.part"
        partial.write_bytes(content)
        os.replace(partial, self.folder / f"{name}.eml")
