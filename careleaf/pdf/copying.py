"""A sheet's PDF -> its objects under new numbers, in a file of many sheets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pikepdf

from careleaf.pdf.writer import PdfWriter

# A string, a reference, or a key of the parent tree. A string comes first, to be left alone.
_TOKEN = re.compile(
    rb"\((?:[^()\\]|\\.)*\)|<[0-9a-fA-F]*>|(?P<ref>\d+) \d+ R\b|(?P<parent>/StructParents?) (?P<key>\d+)",
    re.DOTALL,
)
_LENGTH = re.compile(rb"/Length (?:\d+ \d+ R|\d+) ")


class SheetCopy:
    """Copies the objects of one sheet.

    `shared` are the objects that sheets have in common: number by digest. `key` is what the
    sheet's own keys of the parent tree are counted from. `packed` are the objects (number and
    body) that are to be written together.
    """

    def __init__(
        self, pdf: pikepdf.Pdf, output: PdfWriter, shared: dict[bytes, int], key: int
    ) -> None:
        self._pdf, self._output, self._shared = pdf, output, shared
        self._key = key  # what the sheet's own keys of the parent tree are counted from
        self._numbers: dict[int, int] = {}  # old number -> new
        self._waiting: list[int] = []  # old numbers that have a new one but are not written yet
        self._sharing: set[int] = set()
        self.packed: list[tuple[int, bytes]] = []

    def stand_for(self, old: pikepdf.Object, new: int) -> None:
        """Let references to `old` be to `new`."""
        self._numbers[old.objgen[0]] = new

    def take(self, old: pikepdf.Object) -> int:
        """Return the new number of an object; it is written with `flush`."""
        return self._take(old.objgen[0])

    def _take(self, old: int) -> int:
        if old not in self._numbers:
            self._numbers[old] = self._output.number()
            self._waiting.append(old)
        return self._numbers[old]

    def text(self, value: pikepdf.Object) -> bytes:
        """Return a value as the merged file writes it; what it refers to comes along."""
        return self._renumbered(value.unparse(), self._take)

    def share(self, value: pikepdf.Object) -> bytes:
        """Return a value as the merged file writes it, with all that it refers to shared."""
        return self._renumbered(value.unparse(), self._share)

    def _share(self, old: int) -> int:
        """Return the number of an object of which one copy serves all sheets; written if new."""
        if old in self._numbers:
            return self._numbers[old]
        if old in self._sharing:  # refers to itself: cannot be told by its content
            return self._take(old)
        self._sharing.add(old)
        value = self._pdf.get_object((old, 0))
        data = value.read_raw_bytes() if isinstance(value, pikepdf.Stream) else None
        body = self._renumbered(_body(value), self._share)
        self._sharing.discard(old)
        if old in self._numbers:
            return self._numbers[old]
        digest = hashlib.blake2b(body + b"\0" + (data or b""), digest_size=16).digest()
        number = self._shared.get(digest)
        if number is None:
            number = self._shared[digest] = self._put(body, data, 0)
        self._numbers[old] = number
        return number

    def flush(self) -> None:
        """Write what was taken, and all that it refers to."""
        while self._waiting:
            old = self._waiting.pop()
            value = self._pdf.get_object((old, 0))
            data = value.read_raw_bytes() if isinstance(value, pikepdf.Stream) else None
            self._put(self._renumbered(_body(value), self._take), data, self._numbers[old])

    def _put(self, body: bytes, data: bytes | None, number: int) -> int:
        number = number or self._output.number()
        if data is None:
            self.packed.append((number, body))
        else:
            self._output.stream(body, data, number)
        return number

    def _renumbered(self, text: bytes, number: Callable[[int], int]) -> bytes:
        def renewed(match: re.Match[bytes]) -> bytes:
            if reference := match["ref"]:
                return b"%d 0 R" % number(int(reference))
            if parent := match["parent"]:
                return b"%s %d" % (parent, int(match["key"]) + self._key)
            return match[0]

        return _TOKEN.sub(renewed, text)


def _body(value: pikepdf.Object) -> bytes:
    """Return an object as it is written: of a stream, what stands between << and >> but its length."""
    if not isinstance(value, pikepdf.Stream):
        return value.unparse(resolved=True)
    text = value.stream_dict.unparse(resolved=True)
    return _LENGTH.sub(b"", text.removeprefix(b"<<").removesuffix(b">>"))
