"""What a long list asked for already, in little memory."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import NamedTuple


class First(NamedTuple):
    """The line that asked first, and the mark it was noted with."""

    line: int
    mark: int


class Seen:
    """Digests, each with the line it first stood on and a mark: 20 bytes, half of them spare.

    An open-addressing table of 64-bit digests: a set of a million strings would need 150 MB.
    """

    def __init__(self) -> None:
        self._resize(1 << 10)

    def _resize(self, size: int) -> None:
        self._digests = array("Q", bytes(8 * size))
        self._lines = array("I", bytes(4 * size))
        self._marks = array("Q", bytes(8 * size))
        self._mask, self._count = size - 1, 0

    def add(self, digest: int, line: int, mark: int = 0) -> First | None:
        """Note a digest; return who had it before, or None."""
        if 2 * self._count > self._mask:
            old = zip(self._digests, self._lines, self._marks, strict=True)
            self._resize(2 * (self._mask + 1))
            for one in old:
                if one[0]:
                    self._put(*one)
        return self._put(digest, line, mark)

    def _put(self, digest: int, line: int, mark: int) -> First | None:
        digests, place = self._digests, digest & self._mask
        while digests[place]:
            if digests[place] == digest:
                return First(self._lines[place], self._marks[place])
            place = (place + 1) & self._mask
        digests[place], self._lines[place], self._marks[place] = digest, line, mark
        self._count += 1
        return None


def digest(*texts: str) -> int:
    """Return a 64-bit digest of texts, never 0."""
    joined = "\0".join(texts).encode(errors="surrogatepass")
    return int.from_bytes(blake2b(joined, digest_size=8).digest(), "little") or 1
