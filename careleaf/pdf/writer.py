"""Objects -> a PDF file, written from front to back: what is written is not kept in memory."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from typing import IO

from careleaf.pdf import objects

LEVEL = 6  # of zlib
WIDTH = 5  # bytes of a place in the file: it may be larger than 4 GB
ROW = 1 + WIDTH + 2
AT_ONCE = 60_000  # objects in one object stream: their index has two bytes


class PdfWriter:
    """Objects of a PDF as they are written; numbers may be given out before."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._at = 0
        self._rows = bytearray(objects.row(*objects.FREE, width=WIDTH))  # of each object
        self._digest = hashlib.sha256()
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._at += len(data)

    def number(self) -> int:
        """Return the number of an object that will be written later."""
        self._rows += bytes(ROW)
        return len(self._rows) // ROW - 1

    def _place(self, number: int, kind: int, where: int, index: int = 0) -> None:
        row = objects.row(kind, where, index, width=WIDTH)
        self._rows[ROW * number : ROW * (number + 1)] = row

    def stream(self, entries: bytes, content: bytes, number: int = 0) -> int:
        """Write a stream; `entries` are those of its dictionary but /Length. Return its number."""
        number = number or self.number()
        self._place(number, 1, self._at)
        self._write(objects.indirect(number, objects.stream(entries, content, gap=b"")))
        return number

    def pack(self, bodies: Sequence[tuple[int, bytes]]) -> None:
        """Write objects that are no streams (numbers and bodies), compressed together."""
        for start in range(0, len(bodies), AT_ONCE):
            some = bodies[start : start + AT_ONCE]
            holder = self.number()
            for index, (number, _) in enumerate(some):
                self._place(number, 2, holder, index)
            self.stream(*objects.object_stream(some, LEVEL, gap=b" "), holder)

    def end(self, root: int) -> int:
        """Write the cross-reference table, and return the size of the file in bytes."""
        number, start = self.number(), self._at
        self._place(number, 1, start)
        identity = self._digest.hexdigest()[:32].encode()
        size = len(self._rows) // ROW
        entries = objects.table_entries(size, WIDTH, b"/Root %d 0 R" % root, identity)
        self.stream(entries, zlib.compress(self._rows, LEVEL), number)
        self._write(objects.ending(start))
        return self._at
