"""What may go into a document: plain values, cleaned before a template sees them.

``plain(context)`` accepts dict, list, str, int, Decimal, date, bool and None, nothing else, and
says in a sentence which path is wrong. A model object would let a template call ``delete()``.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NoReturn

MAX_DEPTH = 12
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
# docxtpl turns {_{ into {{ after rendering, so a value could write what looks like a template.
_BRACE_TRICK = re.compile(r"(?<=[{%])_(?=[{%])|(?<=[}%])_(?=[}%])")
# Double square brackets mark where a party signs ([[sign:vendor]]): a value must not move that.
_ANCHOR_TRICK = re.compile(r"\[(?=\[)")
_DIRECTION = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_XML_REFUSES = frozenset({"Cc", "Cs", "Cn"})


class PaperError(Exception):
    """Something about a document, its template or its fields, said in a sentence to be shown."""


class ContextRefused(PaperError):
    """A value of a kind that must never reach a template."""


class TemplateFieldMissing(PaperError):
    """The template prints a field that was not given, or was given as None."""


class TemplateRefused(PaperError):
    """The template is not a Word file, is malformed, or uses what no template may use."""


class Blank:
    """Stands for None: false in an ``if``, and an error that names the field when printed."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> NoReturn:
        raise TemplateFieldMissing(f"The field {self.path} is blank, and the template prints it.")

    __html__ = __str__


class Fields(dict[str, object]):
    """A dict that knows its own path, so that a missing field can be named in full."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def path_of(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def clean_text(text: str) -> str:
    """Text that is legal in XML and reads in the order it is stored (no direction overrides)."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (c for c in text if c in "\n\t" or _printable(c))
    return _ANCHOR_TRICK.sub("[ ", _BRACE_TRICK.sub(" _ ", "".join(kept)))


def _printable(char: str) -> bool:
    return char not in _DIRECTION and unicodedata.category(char) not in _XML_REFUSES


def plain(context: Mapping[str, object]) -> Fields:
    """The context as cleaned plain values. Raises ContextRefused with the path at fault."""
    if not isinstance(context, dict):
        raise ContextRefused("The fields of a document must be given as a dict.")
    return _record(context, "", 0)


def _record(record: Mapping[str, object], path: str, depth: int) -> Fields:
    fields = Fields(path)
    for key, value in record.items():
        if type(key) is not str or not _KEY.match(key):
            raise ContextRefused(f"{key!r} in {path or 'the fields'} is not a usable field name.")
        fields[key] = _value(value, fields.path_of(key), depth + 1)
    return fields


def _value(value: object, path: str, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise ContextRefused(f"The field {path} is nested too deeply.")
    if value is None:
        return Blank(path)
    if isinstance(value, dict):
        return _record(value, path, depth)
    if isinstance(value, (list, tuple)):
        return [_value(each, f"{path}[{n}]", depth + 1) for n, each in enumerate(value, 1)]
    return _scalar(value, path)


def _scalar(value: object, path: str) -> object:
    if isinstance(value, str):
        # A str subclass such as SafeString would slip past the escaping: copy it to a bare str.
        return clean_text("".join(value))
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ContextRefused(
        f"The field {path} is a {type(value).__name__}. A document takes text, whole numbers, "
        "Decimal, date, yes or no, lists and dicts of these."
    )


def printed(value: object) -> object:
    """How a value is written on the page."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return f"{value:%B} {value.day}, {value.year}"
    if isinstance(value, (dict, list)):
        raise TemplateRefused("The template prints a list or a group of fields as if it were text.")
    return value
