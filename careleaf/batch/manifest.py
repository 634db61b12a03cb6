"""The manifest of a run: what became of each line of the list."""

from __future__ import annotations

import csv
import io
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from careleaf import files
from careleaf.batch.notes import NOTES

MANIFEST = "manifest.csv"
HEADER = ("line", "id", "handout", "locale", "status", "pages", "sha256", "message", "code")
RESERVE = 256 * 1024  # bytes of the manifest: some 1,500 lines


def plain_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, be it what it may."""
    return f" {text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


class _Reserved(io.FileIO):
    """A file that has room on the disk before it needs it: what a full disk did can still be told."""

    _reserved = 0

    def write(self, data: Any) -> int:
        """Write, then reserve more if it runs short."""
        self.reserve()
        return super().write(data)

    def reserve(self) -> None:
        """Keep at least half of `RESERVE` ahead, where the system can do that."""
        if hasattr(os, "posix_fallocate") and self.tell() + RESERVE // 2 > self._reserved:
            with suppress(OSError):
                os.posix_fallocate(self.fileno(), self._reserved, RESERVE)
                self._reserved += RESERVE

    def close(self) -> None:
        """Give back what was not needed."""
        if not self.closed:
            with suppress(OSError):
                self.truncate(self.tell())
        super().close()


class Manifest:
    """`manifest.csv`, written line by line and put into place at the end.

    From the start of a run to its end there is none: an old one would speak of other sheets.
    """

    def __init__(self, folder: Path) -> None:
        """Begin. Raises OSError."""
        self._path = folder / MANIFEST
        self._part = folder / NOTES / "manifest.part"
        flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | files.BINARY
        raw = _Reserved(os.open(self._part, flags, files.PRIVATE_FILE), "wb")
        raw.reserve()
        self._file = io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(HEADER)
        self._path.unlink(missing_ok=True)

    def add(
        self,
        line: int,
        id: str,
        handout: str,
        locale: str,
        status: str,
        pages: int,
        sha256: str,
        message: str,
        code: str,
    ) -> None:
        """Add a line of the roster. Ids are checked, and no message may look like a formula."""
        self._writer.writerow(
            (line, id, handout, locale, status, pages or "", sha256, plain_cell(message), code)
        )

    def finish(self) -> None:
        """Put the manifest into place. Raises OSError."""
        self._file.close()
        self._part.replace(self._path)
