"""Values -> the bytes of PDF objects and of what holds them together (ISO 32000-1).

The one place that knows how a stream, an object stream and a cross-reference stream are written.
It imports nothing but the standard library: a sheet from a kept stencil needs nothing else to be
written.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterable

FREE = (0, 0, 0xFFFF)  # the row of an object that is not in the file
_AT_ONCE = 100  # lines that a character map may have in one go

_UNICODE_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo
<< /Registry (Adobe)
/Ordering (UCS)
/Supplement 0
>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
"""
_UNICODE_TAIL = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"


# --- values --------------------------------------------------------------------------------------


def number(value: float) -> bytes:
    """Return a number as the renderer writes it: at most six decimals."""
    return b"%d" % value if value.is_integer() else (b"%f" % value).rstrip(b"0")


def text_string(text: str) -> bytes:
    """Return a text as a string: in brackets if it is ASCII, else as UTF-16 in hexadecimal digits."""
    if text.isascii():
        return b"(%s)" % re.sub(rb"([()\\])", rb"\\\1", text.encode())
    return b"<%s>" % (b"\xfe\xff" + text.encode("utf-16-be")).hex().encode()


def number_of(reference: bytes | str) -> int:
    """Return the number of the object that `reference` ("12 0 R") means."""
    return int(reference.split()[0])


def references(numbers: Iterable[int]) -> bytes:
    """Return references to the objects with these numbers, for within the brackets of an array."""
    return b" ".join(b"%d 0 R" % number for number in numbers)


# --- objects -------------------------------------------------------------------------------------


def indirect(number: int, body: bytes) -> bytes:
    """Return the object with this number as it stands in the file."""
    return b"%d 0 obj\n%b\nendobj\n" % (number, body)


def stream(entries: bytes, content: bytes, gap: bytes = b"\n") -> bytes:
    """Return the body of a stream. `entries` are those of its dictionary but /Length.

    `gap` is the white space behind the dictionary, which may be left out.
    """
    return b"<<%b/Length %d>>%bstream\n%b\nendstream" % (entries, len(content), gap, content)


def packed_stream(entries: bytes, content: bytes, level: int) -> bytes:
    """Return the body of a stream that is compressed at a level of zlib, 1 to 9."""
    return stream(entries + b"/Filter/FlateDecode", zlib.compress(content, level))


def object_stream(
    objects: Collection[tuple[int, bytes]], level: int, gap: bytes = b"\n"
) -> tuple[bytes, bytes]:
    """Return objects that are no streams, compressed together: the entries and the content.

    `objects` are numbers and bodies; `gap` is the white space between their index and the first.
    """
    index, position = [], 0
    for number, body in objects:
        index.append(b"%d %d" % (number, position))
        position += len(body) + 1
    start = b" ".join(index) + gap
    content = start + b"\n".join(body for _, body in objects)
    entries = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(objects), len(start))
    return entries, zlib.compress(content, level)


def unicode_map(rows: Iterable[tuple[int, str]]) -> bytes:
    """Return the content of a font's /ToUnicode: which text each glyph number stands for."""
    lines = [
        b"<%04x> <%b>\n" % (place, text.encode("utf-16-be").hex().encode()) for place, text in rows
    ]
    parts = [_UNICODE_HEAD]
    for start in range(0, len(lines), _AT_ONCE):
        some = lines[start : start + _AT_ONCE]
        parts.append(b"%d beginbfchar\n%bendbfchar\n" % (len(some), b"".join(some)))
    return b"".join([*parts, _UNICODE_TAIL])


# --- the cross-reference stream ------------------------------------------------------------------


def row(kind: int, where: int, index: int = 0, *, width: int) -> bytes:
    """Return the row of one object. `width` is the number of bytes that `where` gets.

    Kind 1 lies at byte `where` of the file; kind 2 is the one at `index` in object stream `where`.
    """
    return kind.to_bytes() + where.to_bytes(width) + index.to_bytes(2)


def table_entries(size: int, width: int, trailer: bytes, identity: bytes) -> bytes:
    """Return the entries of a compressed cross-reference stream with `size` rows.

    `trailer` holds /Root and, where there is one, /Info; `identity` is in hexadecimal digits.
    """
    return b"/Type/XRef/Size %d/W[1 %d 2]%b/ID[<%b><%b>]/Filter/FlateDecode" % (
        size,
        width,
        trailer,
        identity,
        identity,
    )


def ending(start: int) -> bytes:
    """Return the end of a file whose cross-reference stream begins at byte `start`."""
    return b"startxref\n%d\n%%%%EOF\n" % start


class PackedStart:
    """The start of compressed data that many files share: packed once, then ended for each file."""

    def __init__(self, start: bytes) -> None:
        packing = zlib.compressobj(9)
        self._packed = packing.compress(start) + packing.flush(zlib.Z_FULL_FLUSH)
        self._sum = zlib.adler32(start)

    def ended(self, rest: bytes) -> bytes:
        """Return the start and `rest` (fewer than 64 KB), which is not packed, as zlib data."""
        size = len(rest)
        head = b"\x01" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")
        return self._packed + head + rest + zlib.adler32(rest, self._sum).to_bytes(4)
