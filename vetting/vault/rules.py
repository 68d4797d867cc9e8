"""Names of stored files, made fit to show and to download."""

import re
import unicodedata

LONGEST_NAME = 150
NOT_A_NAME = re.compile(r"[\x00-\x1f\x7f/\\\u202a-\u202e\u2066-\u2069]")


def tidy_name(name: str) -> str:
    """One line, no folders, no characters that hide the true ending (U+202E); spaces are fine."""
    plain = NOT_A_NAME.sub(" ", unicodedata.normalize("NFC", name))
    plain = " ".join(plain.split()).strip(". ")
    if not plain:
        return "document"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        return plain[:LONGEST_NAME].rstrip()
    return stem[: LONGEST_NAME - len(ending) - 1].rstrip() + dot + ending
