"""A text file as numbered lines: bounded, and in UTF-8 or said not to be."""

from __future__ import annotations

import io
from collections import deque
from pathlib import Path
from typing import TextIO

from careleaf.errors import HandoutError
from careleaf.lists.rows import LIMIT_LINE

LIMIT_QUOTED_LINES = 20  # an open quote may run over so many lines before it is called forgotten


class Lines:
    """The numbered lines of a text, which can be given back; none is read beyond the limit."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.number = 0  # of the line that was read last
        self._ahead: deque[str] = deque()
        self._taken: deque[str] = deque(maxlen=LIMIT_QUOTED_LINES)

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> tuple[int, str]:
        line = self._ahead.popleft() if self._ahead else self._read()
        if not line:
            self._file.close()
            raise StopIteration
        self.number += 1
        self._taken.clear()
        return self.number, line

    def peek(self) -> str | None:
        """Take one line more for the record at hand; None at the end."""
        line = self._ahead.popleft() if self._ahead else self._read()
        if not line:
            return None
        self.number += 1
        self._taken.append(line)
        return line

    def give_back(self, count: int) -> None:
        """Undo the last `count` peeks."""
        for _ in range(count):
            self._ahead.appendleft(self._taken.pop())
            self.number -= 1

    def _read(self) -> str:
        if self._file.closed:
            return ""
        line = self._file.readline(LIMIT_LINE)
        rest = line
        while len(rest) == LIMIT_LINE and not rest.endswith(("\n", "\r")):
            rest = self._file.readline(LIMIT_LINE)  # an endless line is one bad line, not many
        return line


def open_text(path: Path) -> TextIO:
    """Open a text; bytes that are not UTF-8 come through as surrogates, for their line to tell."""
    file = path.open("rb")
    start = file.peek(4)[:4]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start:
        file.close()
        raise HandoutError(
            "not UTF-8 but UTF-16", str(path), "save the file as CSV UTF-8", "list.not-utf8"
        )
    if start == b"PK\x03\x04":
        file.close()
        raise HandoutError(
            "not a text but a workbook",
            str(path),
            "name it .xlsx, or save it as CSV UTF-8",
            "list.wrong-kind",
        )
    return io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
