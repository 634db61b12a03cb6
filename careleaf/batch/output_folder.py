"""The folder that a run writes its sheets into: locked, swept, and its notes brought up to date."""

from __future__ import annotations

import hmac
import os
import sqlite3
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from careleaf import files
from careleaf.batch.notes import (
    NOTED,
    NOTES,
    Landed,
    entries,
    folder_key,
    keyed,
    opened,
    sha256_of,
)
from careleaf.errors import HandoutError

WRITING = "writers"  # locked by every process that writes, for as long as it lives
PATIENCE = 5.0  # seconds for the processes of a run that was killed to be gone


class OutputFolder:
    """The folder of one run, locked against a second one. Use it as a context manager.

    Raises HandoutError on entering if the folder cannot be written or another run is at work.
    """

    def __init__(self, path: Path, mode: int = files.PRIVATE_FOLDER) -> None:
        """`mode` is that of the folder if it must be made; the notes are for their owner alone."""
        self.path = path
        self._mode = mode
        self.notes = path / NOTES
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            files.make_folder(self.path, self._mode)
            files.make_folder(self.notes)
            self._lock = _locked(self.notes / "lock", self.path)
            self._wait_for_stragglers()
            self._sweep()
            folder_key(self.notes)
            self.absorb()
        except OSError as error:
            self._unlock()
            raise HandoutError(
                f"cannot be written: {error.strerror or error}",
                str(self.path),
                "choose another folder with -o, or make room",
                code="file.not-writable",
            ) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sweep()
        with suppress(OSError, sqlite3.Error):  # a full disk: the journals stay for the next run
            self.absorb()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None

    def _wait_for_stragglers(self) -> None:
        """Wait until the processes of a run that was killed have seen that it is gone."""
        if sys.platform == "win32":
            return
        import fcntl

        end = time.monotonic() + PATIENCE
        with opened(self.notes / WRITING) as file:
            while time.monotonic() < end:
                with suppress(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
                time.sleep(0.02)
        raise HandoutError(
            "processes of an earlier run are still writing here",
            str(self.path),
            "end them first",
            code="folder.busy",
        )

    def _sweep(self) -> None:
        """Remove what a run that was killed left half-written."""
        with suppress(OSError):
            for path in self.notes.glob("*.part"):
                path.unlink(missing_ok=True)

    def absorb(self) -> None:
        """Take the journals into the notes, and drop them. What is torn or not ours is dropped too."""
        journals = sorted(self.notes.glob("*.journal"), key=lambda path: path.stat().st_mtime_ns)
        if not journals:
            return
        try:
            self._absorb(journals)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorname.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
                raise
            (self.notes / NOTED).unlink(missing_ok=True)  # damaged: better none than wrong
            self._absorb(journals)
        for path in journals:
            path.unlink()

    def _absorb(self, journals: Iterable[Path]) -> None:
        path = self.notes / NOTED
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, files.PRIVATE_FILE))
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous=OFF")  # a damaged note is found out by the seal
            connection.execute(
                "CREATE TABLE IF NOT EXISTS sheet"
                " (file TEXT PRIMARY KEY, made_from TEXT, seal TEXT, pages INTEGER) WITHOUT ROWID"
            )
            connection.execute("BEGIN")
            for journal in journals:
                connection.executemany(
                    "INSERT OR REPLACE INTO sheet VALUES (?, ?, ?, ?)", entries(journal)
                )
            connection.execute("COMMIT")
        finally:
            connection.close()

    def landed(self, files: Iterable[str]) -> dict[str, Landed]:
        """Return which of `files` this run has finished, whether or not anyone has told so."""
        wanted, found = frozenset(files), {}
        key = folder_key(self.notes)
        for journal in self.notes.glob("*.journal"):
            for file, _, seal, pages in entries(journal):
                if file not in wanted:
                    continue
                sha256 = sha256_of(self.path / file)
                if sha256 and hmac.compare_digest(keyed(key, sha256), seal):
                    found[file] = Landed(sha256, pages)
        return found

    def settle(self) -> None:
        """Bring everything written so far to the disk itself, against a power cut.

        Once a run, not once a sheet: that cost 1 to 5 ms each where we measured, more than making
        it. What a power cut does leave half-written differs from its note: the next run makes it again.
        """
        if hasattr(os, "sync"):
            os.sync()


def _locked(path: Path, folder: Path) -> IO[bytes]:
    """Return the lock file, locked for this process alone until it is closed or the process ends."""
    file = opened(path)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise HandoutError(
            "another run is writing into this folder",
            str(folder),
            "wait for it, or choose another with -o",
            code="folder.busy",
        ) from None
    return file
