"""Puts sheets into an output folder, whole or not at all; each process of a run has its own writer."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from careleaf import files
from careleaf.batch.notes import (
    NOTED,
    NOTES,
    Landed,
    folder_key,
    keyed,
    opened,
    sha256_of,
)
from careleaf.batch.output_folder import WRITING
from careleaf.batch.withdrawn import set_aside


class SheetWriter:
    """Writes sheets, and a note of each before it is in place."""

    def __init__(self, folder: Path, mode: int = files.PRIVATE_FILE) -> None:
        """`folder` is that of an entered `OutputFolder`. Raises OSError."""
        self._folder, self._mode = folder, mode
        self._notes = folder / NOTES
        self._key = folder_key(self._notes)
        self._part = self._notes / f"{os.getpid()}.{secrets.token_hex(4)}.part"
        self._present = _share(self._notes / WRITING)
        self._journal = -1
        self._known = _read_only(self._notes / NOTED)

    def kept(self, file: str, made_from: str) -> Landed | None:
        """Return the sheet in the folder if it was made from just that, and is whole."""
        note = self._note(file)
        if note is None or not hmac.compare_digest(note[0], keyed(self._key, made_from)):
            return None
        sha256 = sha256_of(self._folder / file)
        if not sha256 or not hmac.compare_digest(note[1], keyed(self._key, sha256)):
            return None
        return Landed(sha256, note[2])

    def write(self, file: str, made_from: str, pdf: bytes, pages: int) -> Landed:
        """Put a sheet into the folder, whole or not at all. Raises OSError."""
        sha256 = hashlib.sha256(pdf).hexdigest()
        with files.replacing(self._folder / file, self._mode, self._part) as part:
            files.write_all(part, pdf)
            self._note_down(file, keyed(self._key, made_from), keyed(self._key, sha256), pages)
        return Landed(sha256, pages)

    def discard(self, file: str) -> None:
        """Remove a blank sheet that a run made earlier and that cannot be made now."""
        if self._note(file) is not None:
            with suppress(OSError):
                (self._folder / file).unlink()

    def withdraw(self, file: str) -> None:
        """Move a child's sheet aside that a run made earlier and whose line is refused now."""
        if self._note(file) is not None:
            with suppress(OSError):
                set_aside(self._folder, file)

    def close(self) -> None:
        """Let go of the files."""
        if self._journal >= 0:
            os.close(self._journal)
            self._journal = -1
        if self._known:
            self._known.close()
            self._known = None
        self._present.close()

    def _note(self, file: str) -> tuple[str, str, int] | None:
        if self._known is None:
            return None
        try:
            found = self._known.execute(
                "SELECT made_from, seal, pages FROM sheet WHERE file = ?", (file,)
            ).fetchone()
        except sqlite3.DatabaseError:
            return None
        whole = found and isinstance(found[0], str) and isinstance(found[1], str)
        return found if whole and isinstance(found[2], int) else None

    def _note_down(self, file: str, made_from: str, seal: str, pages: int) -> None:
        if self._journal < 0:
            path = self._part.with_suffix(".journal")
            self._journal = os.open(
                path, os.O_CREAT | os.O_APPEND | os.O_WRONLY | files.BINARY, files.PRIVATE_FILE
            )
        entry = f"{file}\t{made_from}\t{seal}\t{pages}\n".encode()
        if os.write(self._journal, entry) != len(entry):
            raise OSError(28, "No space left on device")


def _read_only(path: Path) -> sqlite3.Connection | None:
    if not path.is_file():
        return None
    try:
        return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return None


def _share(path: Path) -> IO[bytes]:
    """Say that this process writes, for as long as it lives."""
    file = opened(path)
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_SH)
    return file
