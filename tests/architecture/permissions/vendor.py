"""The vendor's page: the link in the mail is all that counts, whoever holds it."""

from collections.abc import Mapping

from tests.architecture.permissions.rows import (
    AWAY,
    CONFLICT,
    NOTHING,
    OK,
    WRONG_METHOD,
    Answer,
)

LIVE = ("right", "to sign", "of another agreement")
SHUT = ("wrong", "expired", "closed")

# url name: what a GET and a POST get by a link that lives; a shut one gets 404 wherever the method
# is offered at all.
BY_LINK: Mapping[str, tuple[Answer, Answer]] = {
    "signing:vendor": (OK, WRONG_METHOD),
    "signing:accept": (AWAY, CONFLICT),
    "signing:changes": (AWAY, CONFLICT),
    "signing:decline": (AWAY, CONFLICT),
    "signing:vendor_sign": (AWAY, CONFLICT),
    "signing:signatory": (AWAY, CONFLICT),
    "signing:vendor_file": (OK, WRONG_METHOD),
    # The same answer for every link, so that it tells nothing.
    "signing:new_link": (WRONG_METHOD, NOTHING),
}
FILE = {"which": "agreement.pdf"}


def expected(name: str, method: str, link: str) -> Answer:
    answer = BY_LINK[name][method == "POST"]
    return NOTHING if link in SHUT and answer != WRONG_METHOD else answer
