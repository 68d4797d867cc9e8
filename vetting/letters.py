"""Which letters our documents can print: those that the document fonts hold.

A contract is written from what many people typed weeks before. Whoever types a letter that no
font of ours has hears it then, at the field; later only somebody else could change it.
"""

import unicodedata

# Ranges of code points of Public Sans, which a test compares with the printing engine itself.
RANGES = (
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x131), (0x134, 0x148), (0x14A, 0x17E), (0x18F, 0x18F),
    (0x192, 0x192),
    (0x1A0, 0x1A1), (0x1AF, 0x1B0), (0x1D4, 0x1D4), (0x1EA, 0x1EB), (0x1FA, 0x21B),
    (0x237, 0x237), (0x259, 0x259), (0x2BB, 0x2BC), (0x2C6, 0x2C7), (0x2D8, 0x2DD),
    (0x1E0C, 0x1E0D), (0x1E24, 0x1E25), (0x1E44, 0x1E45), (0x1E5A, 0x1E5B), (0x1E62, 0x1E63),
    (0x1E6C, 0x1E6D), (0x1E80, 0x1E85), (0x1E92, 0x1E93), (0x1EA0, 0x1EF9), (0x2013, 0x2014),
    (0x2018, 0x201A), (0x201C, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030),
    (0x2039, 0x203A), (0x2044, 0x2044), (0x2070, 0x2070), (0x2074, 0x2079), (0x20AC, 0x20AC),
    (0x2113, 0x2113), (0x2116, 0x2117), (0x2122, 0x2122), (0x2153, 0x2154), (0x215B, 0x215E),
    (0x2212, 0x2212), (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265),
)  # fmt: skip
PRINTED = frozenset(chr(code) for first, last in RANGES for code in range(first, last + 1))
NAMED_AT_MOST = 5


def foreign_letters(text: str) -> list[str]:
    """What cannot be printed, each once; an accent typed by itself counts with its letter."""
    composed = unicodedata.normalize("NFC", text)
    found = (one for one in composed if one not in PRINTED and not one.isspace())
    return list(dict.fromkeys(found))


def reason_not_printed(text: str, where: str) -> str:
    """The sentence for a field whose text no document can hold; empty where it can."""
    letters = foreign_letters(text)
    if not letters:
        return ""
    named = " ".join(map(_named, letters[:NAMED_AT_MOST]))
    return f"Documents cannot print {named} in “{where}”: leave it out, or write it in letters."


def _named(letter: str) -> str:
    """A letter that shows nothing by itself is named."""
    name = unicodedata.name(letter, f"U+{ord(letter):04X}").lower()
    return f"“{letter}”" if letter.isprintable() and not unicodedata.combining(letter) else name
