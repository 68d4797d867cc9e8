"""From the bytes of a file to its rows of text, whatever program wrote it."""

import codecs
import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from charset_normalizer import from_bytes

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What the office programs of the last thirty years write besides UTF-8.
OLD_ENCODINGS = ["cp1252", "mac_roman", "utf_16_le", "utf_16_be"]
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
TITLES = 12
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Unreadable(ValueError):
    """The file as a whole cannot be read; one sentence that says what to do.

    `headings`: the columns there are, where only their meaning is unclear.
    """

    def __init__(self, says: str, headings: tuple[str, ...] = ()) -> None:
        super().__init__(says)
        self.headings = headings


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the line of the file where the row begins, as an editor counts."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: tuple[Row, ...]
    encoding: str
    delimiter: str


def read_sheet(data: bytes, looks_like_header: Callable[[tuple[str, ...]], int]) -> Sheet:
    """The rows that hold anything. `looks_like_header` counts the columns it knows in a row: the
    delimiter is the one under which a row near the top makes the most sense."""
    text, encoding = text_of(data)
    declared = re.match(r'"?sep=(.)"?[\r\n]+', text)
    tries = [declared[1]] if declared and declared[1] in DELIMITERS else list(DELIMITERS)
    parsed = {mark: _rows(text, mark) for mark in tries}
    if not all(rows for rows, _ in parsed.values()):
        raise Unreadable("The file holds no rows. Export the list again as CSV.")

    def sense(mark: str) -> tuple[int, int]:
        top = parsed[mark][0][:TITLES]
        return max(looks_like_header(row.cells) for row in top), max(len(row.cells) for row in top)

    best = max(tries, key=sense)
    rows, broken = parsed[best]
    if broken:
        raise Unreadable(
            f"From line {broken} on the file cannot be read: perhaps a quotation mark there is "
            "never closed."
        )
    return Sheet(tuple(rows), encoding, DELIMITERS[best])


def text_of(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises Unreadable for what is no text."""
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise Unreadable("This is a workbook, not a CSV file. Save the sheet as CSV and try again.")
    if data[:5] == b"%PDF-":
        raise Unreadable("This is a PDF, not a CSV file. Export the list as CSV and try again.")
    name = next((name for mark, name in MARKS if data.startswith(mark)), "") or _guess(data)
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        raise Unreadable("The file is damaged or no text. Export it again as CSV UTF-8.") from None
    return CONTROL.sub(" ", text.replace("\x00", "")), name.removesuffix("-sig")


def _guess(data: bytes) -> str:
    try:
        if b"\x00" not in data[:400]:
            data.decode("utf-8")
            return "utf-8"
    except UnicodeDecodeError:
        pass
    best = from_bytes(data, cp_isolation=OLD_ENCODINGS).best()
    if best is None:
        raise Unreadable("The file is no text we can read. Export it again as CSV UTF-8.")
    return best.encoding


def _rows(text: str, delimiter: str) -> tuple[list[Row], int]:
    """The rows up to the line, if any (else 0), from which on the file cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows, begins = [], 1
    try:
        for cells in reader:
            kept = tuple(cell.replace("\xa0", " ").strip() for cell in cells)
            if any(kept) and not (begins == 1 and re.fullmatch(r"sep=.?", "".join(kept))):
                rows.append(Row(begins, kept))
            begins = reader.line_num + 1
    except csv.Error:
        return rows, begins
    return rows, 0
