"""What was found out about a part of a document, kept by the part's digest.

Styles, numbering and settings are the same bytes in every document made from one template, and
they are most of it. Answers are kept, never the bytes.
"""

import hashlib
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
MOST = 256


def once_per_part(judge: Callable[[str, bytes], T]) -> Callable[[str, bytes], T]:
    """`judge` answers from a part's name and content alone; the oldest answers go first."""
    known: dict[tuple[str, bytes], T] = {}

    def answer(name: str, content: bytes) -> T:
        key = (name, hashlib.sha256(content).digest())
        # One get, one set: another thread may drop the answer between two looks.
        found = known.get(key)
        if found is None:
            found = known[key] = judge(name, content)
            if len(known) > MOST:
                known.pop(next(iter(known)), None)
        return found

    return answer
