"""What a row of the table says: who gets which answer at one address.

The order in which the product refuses is part of it: first the sign-in, then the role, then the
method, then whether the object is there for this person, and last whether the act is possible.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Answer = int | str

# DONE: something was written and the visitor is led on; AWAY: led on, and nothing was.
SIGN_IN, AWAY, DONE = "to the sign-in", "to another page", "done"
OK, FORBIDDEN, NOTHING, WRONG_METHOD, CONFLICT, INVALID = 200, 403, 404, 405, 409, 422
GET, POST = "GET", "POST"

NOBODY, STRAY, EVE = "nobody", "stray", "eve"
OWNER, REQUESTER = "owner", "requester"
PRIVACY = ("privacy", "privacy_lead")
LEAD, LEGAL, SOURCING, ADMIN = "privacy_lead", "legal", "sourcing", "admin"
SIGNATORY, BOARD, LEADER = "signatory", "board_clerk", "school_leader"
# They work on requests; the rest of the house sees what it asked for.
OFFICE = (
    *PRIVACY, LEGAL, SOURCING, ADMIN, SIGNATORY, BOARD,
    *("it_security", "academics", "communications", "consortium_agent", "superintendent"),
)  # fmt: skip
HOUSE = (OWNER, REQUESTER, LEADER, "leader elsewhere", *OFFICE)
VISITORS = (*HOUSE, EVE, STRAY, NOBODY)
# Enough for a page that asks nobody who they are.
SOME = (OWNER, LEGAL, ADMIN, EVE, STRAY, NOBODY)
# What eve may do at home, where she holds these roles: it opens no object of another district.
EVES = {OWNER, REQUESTER, SOURCING, *PRIVACY, LEGAL, ADMIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A page or a button of the house.

    `of`: whose address it is, in the words of tests/factories/world.py; nothing for a page without
    an object. `others`: 403 where the page is for a role, 404 where the object is hidden. `get` and
    `post`: what those who come in get, None where the method is not offered. `reads` and `but`: who
    gets another answer to a GET, to a POST. `sends`: what is posted beside the token.
    """

    name: str
    of: str = ""
    sees: tuple[str, ...] = HOUSE
    others: int = FORBIDDEN
    sends: str = ""
    get: Answer | None = OK
    post: Answer | None = None
    reads: Mapping[str, Answer] = field(default_factory=dict)
    but: Mapping[str, Answer] = field(default_factory=dict)
    query: str = ""

    def visits(self) -> list[tuple[str, str]]:
        """Everybody by each method; a method that nobody is offered, one of each kind."""
        insider, outsider = self.sees[0], next((v for v in HOUSE if v not in self.sees), STRAY)
        few = (insider, outsider, EVE, NOBODY)
        return [(GET, v) for v in (VISITORS if self.get is not None else few)] + [
            (POST, v) for v in (VISITORS if self.post is not None else few)
        ]

    def expected(self, method: str, visitor: str) -> Answer:
        if visitor == NOBODY:
            return SIGN_IN
        if visitor == STRAY:
            return FORBIDDEN
        exceptions = self.reads if method == GET else self.but
        return exceptions.get(visitor) or self._for_the_house(method, visitor)

    def _for_the_house(self, method: str, visitor: str) -> Answer:
        answer = self.get if method == GET else self.post
        comes_in = bool(EVES & set(self.sees)) if visitor == EVE else visitor in self.sees
        if not comes_in and self.others == FORBIDDEN:
            return FORBIDDEN
        if answer is None:
            return WRONG_METHOD
        return NOTHING if not comes_in or (visitor == EVE and self.of) else answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An address that asks nobody who they are: one answer for all but those in `but`."""

    name: str
    of: str = ""
    get: Answer | None = OK
    post: Answer | None = None
    but: Mapping[str, tuple[Answer, Answer]] = field(default_factory=dict)
    query: str = ""
    sends: str = ""

    def visits(self) -> list[tuple[str, str]]:
        return [(method, v) for v in SOME for method in (GET, POST)]

    def expected(self, method: str, visitor: str) -> Answer:
        answers = self.but.get(visitor, (self.get, self.post))
        answer = answers[method == POST]
        return WRONG_METHOD if answer is None else answer


AnyRow = Row | Open
