"""A logo is looked at before it is decoded, and only pixels of it are kept."""

import struct
import zlib

import pytest

from tests.factories import pictures as make
from vetting.people.pictures import LARGEST, UnfitPicture, as_png

HIDDEN = b"Exif: a photo of somebody's house"


def why(data: bytes) -> str:
    with pytest.raises(UnfitPicture) as refused:
        as_png(data)
    return str(refused.value)


def names(png: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        found.append(png[at + 4 : at + 8])
        at += 12 + length
    return found


def pixels(png: bytes) -> bytes:
    (length,) = struct.unpack_from(">I", png, 33)
    return zlib.decompress(png[41 : 41 + length])


def test_a_png_keeps_its_pixels_and_loses_all_else() -> None:
    told = make.png(40, 20, extra=[(b"tEXt", HIDDEN), (b"eXIf", HIDDEN)]) + b"<script>"
    clean = as_png(told)
    assert names(clean) == [b"IHDR", b"IDAT", b"IEND"]
    assert HIDDEN not in clean
    assert b"<script>" not in clean
    assert pixels(clean) == pixels(make.png(40, 20))
    assert as_png(clean) == clean


def test_a_jpeg_becomes_a_png_without_its_remarks() -> None:
    clean = as_png(make.jpeg(remark=HIDDEN))
    assert names(clean) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack_from(">II", clean, 16) == (16, 16)
    assert HIDDEN not in clean
    assert as_png(clean) == clean


def test_an_svg_and_other_files_are_refused_with_what_to_do() -> None:
    svg = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'
    assert "save it as a PNG" in why(svg)
    for data in (b"", b"GIF89a", b"%PDF-1.7", b"PK\x03\x04"):
        assert why(data) == "This is neither a PNG nor a JPEG. Save the picture as one of these."


def test_a_large_file_is_refused_before_it_is_looked_at() -> None:
    assert "larger than 1 MB" in why(make.png(40, 20) + b"\0" * LARGEST)


@pytest.mark.parametrize("size", [(15, 40), (40, 15), (4001, 16), (3000, 3000), (0, 40)])
def test_a_picture_of_the_wrong_size_is_refused_by_its_head_alone(size: tuple[int, int]) -> None:
    bomb = make.png(16, 16, stated=size)
    assert why(bomb).startswith(("The picture is too small", "The picture has too many pixels"))
    assert why(make.jpeg(stated=size)).startswith("The picture ")


def test_a_png_that_unpacks_to_more_than_it_says_is_refused() -> None:
    bomb = make.png(16, 16, packed=zlib.compress(b"\0" * 50_000_000, 9))
    assert len(bomb) < LARGEST
    assert "more or fewer pixels than it says" in why(bomb)
    assert "more or fewer" in why(make.png(16, 16, packed=zlib.compress(b"\0" * 10)))


def test_a_damaged_picture_is_refused() -> None:
    whole = make.png(40, 20)
    flipped = bytearray(whole)
    flipped[50] ^= 1
    assert "does not match its checksum" in why(bytes(flipped))
    assert "its head or its end is missing" in why(whole[:-12])
    assert "cannot be unpacked" in why(make.png(16, 16, packed=b"no zlib at all"))
    assert "in no known way" in why(make.png(16, 16, packed=zlib.compress(b"\5" * 16 * 49)))
    assert "does not say how large" in why(b"\xff\xd8\xff\xe0\x00\x04ab")
    assert "cannot be read" in why(make.jpeg()[:112])
