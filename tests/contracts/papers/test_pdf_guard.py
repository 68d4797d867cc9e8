"""PDFs that strangers send: refused by name, in bounded time, and sound ones never."""

import random
import re
import time
import zlib

import pytest

from contracts.papers.pdf_guard import MAX_SPELT, MAX_STREAMS, pdf_problems

SEED = 9  # eight megabytes that hold the three bytes of a short name by chance
SCRIPT = "The PDF holds a script. Print it to a new PDF and send that."
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def holding(inside: bytes) -> bytes:
    return PDF.replace(b"/Type/Catalog", b"/Type/Catalog" + inside)


def test_a_plain_pdf_passes() -> None:
    assert pdf_problems(PDF) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "This is not a PDF, or it is damaged."),
        (PDF[:-6], "This is not a PDF, or it is damaged."),
        (
            holding(b"/OpenAction<</S/JavaScript/JS(app.alert)>>"),
            SCRIPT,
        ),
        (
            holding(b"/OpenAction<</S/J#61vaScript>>"),
            SCRIPT,
        ),
        (
            holding(b"/A<</S/Launch/F(cmd.exe)>>"),
            "The PDF holds a command that starts a program. Print it to a new PDF and send that.",
        ),
        (
            PDF.replace(
                b"trailer",
                b"2 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n"
                + zlib.compress(b"<</S/Launch>>")
                + b"\nendstream endobj\ntrailer",
            ),
            "The PDF holds a command that starts a program. Print it to a new PDF and send that.",
        ),
        (
            PDF.replace(b"/Root", b"/Encrypt 9 0 R/Root"),
            "The PDF holds a password or encryption. Print it to a new PDF and send that.",
        ),
    ],
)
def test_a_hostile_pdf_is_refused_by_name(content: bytes, sentence: str) -> None:
    assert pdf_problems(content) == [sentence]


def test_a_script_that_a_rendition_starts_is_a_script() -> None:
    assert pdf_problems(holding(b"/A<</S/Rendition/JS(app.alert)>>")) == [SCRIPT]


def test_compressed_bytes_are_never_taken_for_a_script() -> None:
    noise = random.Random(SEED).randbytes(8_000_000)  # noqa: S311  # the same noise each time
    assert re.search(rb"/JS(?![A-Za-z0-9])", noise)
    assert pdf_problems(PDF.replace(b"trailer", noise + b"trailer")) == []


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        (b"/ObjStm stream\n", None),
        (b"/ObjStm stream\nendstream", f"The PDF holds more than {MAX_STREAMS} packed parts."),
        (b"/ObjStm ", f"The PDF holds more than {MAX_STREAMS} packed parts."),
        (b"/Launc ", None),
        (b"/ObjStm stream\n" + zlib.compress(b" " * 50_000_000) + b"endstream", "unpacked"),
    ],
)
def test_four_times_a_file_made_to_be_slow_takes_about_four_times(
    part: bytes, sentence: str | None
) -> None:
    small, large = made_of(part, 1_000_000), made_of(part, 4_000_000)
    # The quadratic search that was here took sixteen times, and hours for one megabyte.
    assert seconds(large) < 10 * seconds(small)
    assert (sentence or "") in " ".join(pdf_problems(large))


def made_of(part: bytes, size: int) -> bytes:
    return PDF.replace(b"trailer", part * (size // len(part)) + b"trailer")


def seconds(content: bytes) -> float:
    """The quickest of three, in CPU time: what a busy machine adds is not ours."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        pdf_problems(content)
        taken.append(time.process_time() - began)
    return min(taken)


def test_names_spelt_in_fifty_thousand_ways_are_refused() -> None:
    spelt = b"".join(b"/A#41%05d " % n for n in range(MAX_SPELT + 1))
    assert pdf_problems(holding(spelt)) == [
        "The PDF spells its names in a way that no program does."
    ]
