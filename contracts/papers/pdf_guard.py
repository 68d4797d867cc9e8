"""What an uploaded PDF must survive before anything parses it. One sentence for each problem.

The file is searched once from its beginning to its end, whatever it holds: this runs in the web
process on what strangers send. Names are looked for everywhere, compressed bytes included, because
a reader finds an object wherever the file's index points; so only names count that chance does not
write into compressed bytes.
"""

import re
import zlib
from collections.abc import Iterator
from itertools import islice

from contracts.papers.guard import MAX_FILE, MAX_UNPACKED, too_big

_ACTIONS = {
    b"JavaScript": "a script",
    # A script that a rendition starts is named /JS alone: three bytes, once in 16 MB by chance.
    b"Rendition": "a script",
    b"Launch": "a command that starts a program",
    b"EmbeddedFile": "an embedded file",
    b"RichMedia": "embedded media",
    b"XFA": "an XFA form",
    b"SubmitForm": "a form that sends data",
    b"ImportData": "a form that loads data",
    b"Encrypt": "a password or encryption",
}
_NAMES = {name: re.compile(rb"/" + name + rb"(?![A-Za-z0-9])") for name in _ACTIONS}
# Three letters do come up by chance: this one is always followed by a reference or an array.
_NAMES[b"XFA"] = re.compile(rb"/XFA(?=[\s\[<(])")
# A name may spell any of its letters by number.
_SPELT = re.compile(rb"/([A-Za-z]{0,11}#[0-9A-Fa-f]{2}[A-Za-z0-9#]{0,33})")
_LETTER = re.compile(rb"#([0-9A-Fa-f]{2})")
MAX_SPELT = 50_000
MAX_STREAMS = 20_000
DICTIONARY = 400  # bytes between an object stream's type and its content


class _Stop(Exception):
    """Not worth reading further."""


def pdf_problems(data: bytes) -> list[str]:
    if len(data) > MAX_FILE:
        return [too_big("file", MAX_FILE)]
    if b"%PDF-" not in data[:1024] or b"%%EOF" not in data[-2048:]:
        return ["This is not a PDF, or it is damaged."]
    try:
        names = _names(data).union(*map(_names, _unpacked(data)))
    except zlib.error:
        return ["A part of the PDF cannot be unpacked."]
    except _Stop as stop:
        return [str(stop)]
    held = dict.fromkeys(what for name, what in _ACTIONS.items() if name in names)
    return [f"The PDF holds {what}. Print it to a new PDF and send that." for what in held]


def _names(part: bytes) -> set[bytes]:
    """Which of the actions are named here, plainly or spelt."""
    plain = {name for name, pattern in _NAMES.items() if name in part and pattern.search(part)}
    spelt = {match[1] for match in islice(_SPELT.finditer(part), MAX_SPELT)}
    if len(spelt) == MAX_SPELT:
        raise _Stop("The PDF spells its names in a way that no program does.")
    return plain | {_LETTER.sub(_letter, name) for name in spelt}


def _unpacked(data: bytes) -> Iterator[bytes]:
    left = MAX_UNPACKED - len(data)
    for packed in _object_streams(data):
        content = zlib.decompressobj().decompress(packed, left + 1)
        left -= len(content)
        if left < 0:
            raise _Stop(too_big("unpacked file", MAX_UNPACKED))
        yield content


def _letter(match: "re.Match[bytes]") -> bytes:
    return bytes([int(match[1], 16)])


def _object_streams(data: bytes) -> Iterator[bytes]:
    """The packed object streams: since PDF 1.5 an action can hide in one."""
    end = 0
    for _ in range(MAX_STREAMS):
        typed = data.find(b"/ObjStm", end)
        if typed < 0:
            return
        end = typed + 7
        begin = data.find(b"stream", end, end + DICTIONARY)
        if begin < 0:
            continue
        end = data.find(b"endstream", begin + 6)
        if end < 0:
            return
        yield data[begin + 6 : end].lstrip(b"\r\n")
    raise _Stop(f"The PDF holds more than {MAX_STREAMS} packed parts.")
