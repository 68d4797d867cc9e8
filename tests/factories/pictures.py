"""The smallest pictures there are, whole or with one fault each."""

import struct
import zlib
from collections.abc import Sequence

PNG = b"\x89PNG\r\n\x1a\n"


def png(
    width: int,
    height: int,
    *,
    stated: tuple[int, int] | None = None,
    packed: bytes | None = None,
    extra: Sequence[tuple[bytes, bytes]] = (),
) -> bytes:
    """Blue pixels; `stated` is the size its head tells, `packed` replaces the packed pixels."""
    head = struct.pack(">IIBBBBB", *(stated or (width, height)), 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x1a\x44\x80" * width) * height)
    body = [(b"IHDR", head), *extra, (b"IDAT", rows if packed is None else packed), (b"IEND", b"")]
    return PNG + b"".join(_chunk(name, data) for name, data in body)


def jpeg(*, stated: tuple[int, int] = (16, 16), remark: bytes = b"") -> bytes:
    """16 by 16 gray pixels: one-bit codes for "no difference" and "end of block"."""
    width, height = stated
    head = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    codes = bytes([1] + [0] * 15) + b"\0"
    segments = [(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")]
    segments += [(0xE1, remark), (0xFE, remark)] if remark else []
    segments += [(0xDB, b"\0" + b"\1" * 64), (0xC0, head), (0xC4, b"\x00" + codes)]
    segments += [(0xC4, b"\x10" + codes), (0xDA, b"\x01\x01\x00\x00\x3f\x00")]
    told = b"".join(_segment(marker, body) for marker, body in segments)
    return b"\xff\xd8" + told + b"\0\xff\xd9"


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body
