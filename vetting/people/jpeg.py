"""Run as a program, apart and isolated: a JPEG comes in, its pixels go out as rows for a PNG.

Standard input to standard output; any fault ends it with an error.
"""

import io
import resource
import struct
import sys

import pypdfium2

MEMORY, SECONDS = 1024**3, 10


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    picture = pypdfium2.PdfImage.new(pypdfium2.PdfDocument.new())
    picture.load_jpeg(io.BytesIO(sys.stdin.buffer.read()), inline=True)
    bitmap = picture.get_bitmap(render=False)
    raw, step = bytes(bitmap.buffer), bitmap.n_channels
    sys.stdout.buffer.write(struct.pack(">II", bitmap.width, bitmap.height))
    for y in range(bitmap.height):
        row = raw[y * bitmap.stride : y * bitmap.stride + bitmap.width * step]
        sys.stdout.buffer.write(_rgb(row, step))


def _rgb(row: bytes, step: int) -> bytes:
    """pdfium keeps blue first, and one byte a pixel where there is no color."""
    blue, green, red = (0, 0, 0) if step == 1 else (0, 1, 2)
    out = bytearray(3 * (len(row) // step))
    out[0::3], out[1::3], out[2::3] = row[red::step], row[green::step], row[blue::step]
    return bytes(out)


if __name__ == "__main__":
    main()
