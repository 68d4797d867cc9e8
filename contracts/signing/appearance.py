"""What a signature looks like on the page: the typed name and how it came about."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils import generic, layout
from pyhanko.pdf_utils.content import PdfResources, RawContent
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.stamp import StaticStampStyle

# Every viewer brings these two of the fourteen standard fonts. Their letters are Latin-1.
FONTS = {"Name": "Times-Italic", "Text": "Helvetica"}
NAME_SIZE, TEXT_SIZE, LINE = 14.0, 6.5, 8.5
LEFT = 6.0
PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"}  # noqa: RUF001
    | {"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i", "Œ": "OE", "œ": "oe"}  # noqa: RUF001
)

UNDRAWABLE = "(name in the signature's certificate)"


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """Who signed and when; `signed_at` is the act, which may be earlier than the seal."""

    name: str
    title: str
    organization: str
    signed_at: datetime


def stamp(
    signer: SignerFacts, *, sealed_at: datetime, fingerprint: str, width: float, height: float
) -> StaticStampStyle:
    """Opaque, so that the anchor text below it is no longer seen."""
    drawing = _drawing(signer, sealed_at, fingerprint, width, height)
    content = RawContent(
        drawing, resources=_fonts(), box=layout.BoxConstraints(width=width, height=height)
    )
    return StaticStampStyle(
        background=content,
        background_layout=layout.SimpleBoxLayoutRule(
            x_align=layout.AxisAlignment.ALIGN_MIN,
            y_align=layout.AxisAlignment.ALIGN_MIN,
            inner_content_scaling=layout.InnerScaling.NO_SCALING,
        ),
        border_width=0,
    )


def lines(signer: SignerFacts, *, sealed_at: datetime, fingerprint: str) -> list[str]:
    """The small print, at most three lines; the seal's own time is always the true one."""
    role = ", ".join(part for part in (signer.title.strip(), signer.organization.strip()) if part)
    acted = f"Signed electronically on {signer.signed_at:%B} {signer.signed_at.day}, "
    sealed = f"Sealed {sealed_at:%Y-%m-%d %H:%M} UTC   Fingerprint {fingerprint}"
    return [line for line in (role, f"{acted}{signer.signed_at.year}", sealed) if line]


def drawable(text: str) -> str:
    """The text in Latin-1, accents dropped where needed; empty when a letter cannot be drawn."""
    plain = " ".join(unicodedata.normalize("NFC", text).translate(PLAIN).split())
    letters = [_drawable(letter) for letter in plain]
    return "".join(letters) if all(letters) else ""


def _drawable(letter: str) -> str:
    if letter.isprintable() and ord(letter) < 256:
        return letter
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()


def _drawing(
    signer: SignerFacts, sealed_at: datetime, fingerprint: str, width: float, height: float
) -> bytes:
    small = lines(signer, sealed_at=sealed_at, fingerprint=fingerprint)
    name = drawable(signer.name) or UNDRAWABLE
    first = 5.0 + LINE * (len(small) - 1)
    texts = [_text("Name", NAME_SIZE, name, first + LINE + 4.0, width)]
    texts += [
        _text("Text", TEXT_SIZE, drawable(line) or "-", first - LINE * at, width)
        for at, line in enumerate(small)
    ]
    paper = (
        f"q 1 1 1 rg 0 0 {width:.2f} {height:.2f} re f 0.1 0.3 0.55 rg 0 0 1.5 {height:.2f} re f"
    )
    return b"\n".join([paper.encode(), b"0.1 0.1 0.1 rg", *texts, b"Q"])


def _text(font: str, size: float, text: str, y: float, width: float) -> bytes:
    """One line, made smaller until it fits; half the size is the mean width of a letter."""
    room = width - LEFT - 3.0
    size = min(size, room / (0.52 * max(len(text), 1)))
    escaped = text.encode("latin-1")
    for special in (b"\\", b"(", b")"):
        escaped = escaped.replace(special, b"\\" + special)
    place = f"BT /{font} {size:.2f} Tf {LEFT:.2f} {y:.2f} Td ".encode()
    return place + b"(" + escaped + b") Tj ET"


def _fonts() -> PdfResources:
    resources = PdfResources()
    for label, font in FONTS.items():
        resources.font[pdf_name(f"/{label}")] = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Font"),
                pdf_name("/Subtype"): pdf_name("/Type1"),
                pdf_name("/BaseFont"): pdf_name(f"/{font}"),
                pdf_name("/Encoding"): pdf_name("/WinAnsiEncoding"),
            }
        )
    return resources
