"""An uploaded logo: looked at byte by byte before anything decodes it, and written anew as PNG.

What leaves here holds pixels and nothing else: no place where a photo was taken, no comment, no
second picture. Decoding a JPEG is left to a process that may be killed.
"""

import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

LARGEST, MOST_PIXELS, LONGEST, SHORTEST = 1024 * 1024, 4_000_000, 4000, 16
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
# Color type: samples a pixel, and the bits a sample may have (PNG 1.2, section 4.1.1).
SAMPLES = {0: (1, (1, 2, 4, 8, 16)), 2: (3, (8, 16)), 3: (1, (1, 2, 4, 8)), 4: (2, (8, 16)),
           6: (4, (8, 16))}  # fmt: skip
# Adam7: first column, first row, steps.
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
          (0, 1, 1, 2))  # fmt: skip


class UnfitPicture(ValueError):
    """Why not, as a sentence for whoever chose the file."""


def as_png(data: bytes) -> bytes:
    """The picture as a PNG of our own making. Raises UnfitPicture."""
    if len(data) > LARGEST:
        raise UnfitPicture("The picture is larger than 1 MB. Make it smaller, then try again.")
    if data.startswith(PNG):
        return _clean_png(data)
    if data.startswith(JPEG):
        check_size(*_jpeg_size(data))
        return _decoded_apart(data)
    if b"<svg" in data[:4096].lower():
        raise UnfitPicture(
            "An SVG is a program as much as a picture, so it is not taken: save it as a PNG."
        )
    raise UnfitPicture("This is neither a PNG nor a JPEG. Save the picture as one of these.")


def check_size(width: int, height: int) -> None:
    if min(width, height) < SHORTEST:
        raise UnfitPicture(f"The picture is too small: {SHORTEST} pixels each way at least.")
    if max(width, height) > LONGEST or width * height > MOST_PIXELS:
        raise UnfitPicture(
            f"The picture has too many pixels: {LONGEST} each way and {MOST_PIXELS:,} in all "
            "at most."
        )


def _clean_png(data: bytes) -> bytes:
    chunks = list(_chunks(data))
    names = [name for name, _ in chunks]
    if names[:1] != [b"IHDR"] or names[-1:] != [b"IEND"] or len(chunks[0][1]) != 13:
        raise UnfitPicture("The PNG is damaged: its head or its end is missing.")
    head = chunks[0][1]
    pixels = _pixels(head, b"".join(body for name, body in chunks if name == b"IDAT"))
    # Everything else is text, time, color profiles, animation.
    kept = [(name, body) for name, body in chunks[1:-1] if name in (b"PLTE", b"tRNS")]
    return _written([(b"IHDR", head), *kept, (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")])


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk up to the end; what comes after the end is left behind."""
    at = len(PNG)
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        stated = data[at + 8 + length : at + 12 + length]
        if len(stated) != 4 or zlib.crc32(name + body) != int.from_bytes(stated, "big"):
            raise UnfitPicture("The PNG is damaged: a part of it does not match its checksum.")
        yield name, body
        if name == b"IEND":
            return
        at += 12 + length


def _pixels(head: bytes, packed: bytes) -> bytes:
    """Unpacked with a bound: exactly as many bytes as the head announces, no bomb."""
    width, height, depth, color, packing, filtering, woven = struct.unpack(">IIBBBBB", head)
    check_size(width, height)
    samples, depths = SAMPLES.get(color, (0, ()))
    if depth not in depths or packing or filtering or woven > 1:
        raise UnfitPicture("This kind of PNG is not known: save it again as a plain PNG.")
    rows = list(_rows(width, height, depth * samples, woven=bool(woven)))
    wanted = sum(count * (1 + size) for count, size in rows)
    unpacking = zlib.decompressobj()
    try:
        raw = unpacking.decompress(packed, wanted + 1)
    except zlib.error:
        raise UnfitPicture("The PNG is damaged: its pixels cannot be unpacked.") from None
    if len(raw) != wanted or not unpacking.eof:
        raise UnfitPicture("The PNG is damaged: it holds more or fewer pixels than it says.")
    _check_filters(raw, rows)
    return raw


def _rows(width: int, height: int, bits: int, *, woven: bool) -> Iterator[tuple[int, int]]:
    """How many rows of how many bytes each, pass by pass."""
    for left, top, across, down in PASSES if woven else ((0, 0, 1, 1),):
        columns, count = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and count > 0:
            yield count, (columns * bits + 7) // 8


def _check_filters(raw: bytes, rows: list[tuple[int, int]]) -> None:
    at = 0
    for count, size in rows:
        if any(raw[at + n * (size + 1)] > 4 for n in range(count)):
            raise UnfitPicture("The PNG is damaged: a row of it is written in no known way.")
        at += count * (size + 1)


def _written(chunks: list[tuple[bytes, bytes]]) -> bytes:
    parts = [PNG]
    for name, body in chunks:
        check = zlib.crc32(name + body)
        parts += [struct.pack(">I", len(body)), name, body, struct.pack(">I", check)]
    return b"".join(parts)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height from the frame's head, found without decoding anything."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + max(length, 2)
    raise UnfitPicture("The JPEG is damaged: it does not say how large it is.")


def _decoded_apart(data: bytes) -> bytes:
    """The JPEG as PNG, by a process of its own: a decoder that crashes takes nobody with it."""
    command = [sys.executable, "-I", str(Path(__file__).with_name("jpeg.py"))]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=20, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise UnfitPicture("The JPEG takes too long to read: save it as a PNG.") from None
    size = 8 + 3 * _product(done.stdout[:8])
    if done.returncode or len(done.stdout) != size:
        raise UnfitPicture("The JPEG is damaged: it cannot be read. Save it as a PNG.")
    return _png_of(done.stdout)


def _product(size: bytes) -> int:
    return int.from_bytes(size[:4], "big") * int.from_bytes(size[4:], "big")


def _png_of(decoded: bytes) -> bytes:
    """Width, height, then red, green and blue of each pixel."""
    width, height = struct.unpack_from(">II", decoded)
    check_size(width, height)
    head, row = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), 3 * width
    raw = b"".join(b"\0" + decoded[at : at + row] for at in range(8, len(decoded), row))
    return _written([(b"IHDR", head), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b"")])
