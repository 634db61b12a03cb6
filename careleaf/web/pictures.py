"""A page of a PDF as a PNG, in memory."""

from __future__ import annotations

import struct
import zlib

NARROWEST, WIDEST = 64, 2000  # pixels


def picture(pdf: bytes, page: int, width: int) -> tuple[bytes, int, int]:
    """Return a page (from 0) as a PNG about `width` pixels wide, with its exact size."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        leaf = document[page]
        scale = max(NARROWEST, min(width, WIDEST)) / leaf.get_width()
        bitmap = leaf.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
        return (
            png(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride),
            bitmap.width,
            bitmap.height,
        )
    finally:
        document.close()


def png(pixels: bytes, width: int, height: int, stride: int) -> bytes:
    """Return rows of RGB bytes as a PNG.

    No filters: a page is white with words on it, and a filter costs four times what it saves.
    """
    rows = b"".join(
        b"\0" + pixels[start : start + 3 * width] for start in range(0, height * stride, stride)
    )
    return b"".join((
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(rows, 1)),
        _chunk(b"IEND", b""),
    ))  # fmt: skip


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
