"""The manifest of a run: what became of each line of the list, and of sheets no line asks for now."""

from __future__ import annotations

import csv
import io
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from careleaf import files
from careleaf.batch.notes import NOTES

MANIFEST = "manifest.csv"
RESERVE = 256 * 1024  # bytes of the manifest: some 1,500 lines


class ManifestLine(NamedTuple):
    """What became of a line of the list, or of a sheet of an earlier run: that one has no line.

    `status` is made, kept, refused or withdrawn.
    """

    line: int | None
    id: str
    handout: str
    locale: str
    status: str
    pages: int
    sha256: str
    message: str
    code: str


HEADER = ManifestLine._fields


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

    def add(self, one: ManifestLine) -> None:
        """Add a line. Ids are checked, and no message may look like a formula."""
        cells = one._replace(message=plain_cell(one.message))._asdict()
        self._writer.writerow((cells | {"pages": one.pages or ""}).values())

    def finish(self) -> None:
        """Put the manifest into place. Raises OSError."""
        self._file.close()
        self._part.replace(self._path)
