"""A folder of finished sheets, and the notes that tell a later run which of them still hold.

`.careleaf/` in the folder has the lock, the temporary files and the notes: for each sheet what it
was made from and what its bytes were. A note is written before the sheet is renamed into place, so
that whenever the run is killed, a file is either noted and whole or will be made again.

Notes are keyed digests. A plain SHA-256 of a name and a date is as good as the name: whoever gets
hold of it tries all names and days. The key is random, made for this folder, and never leaves it;
deleting `.careleaf/` is always safe and only means that everything is made again.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import os
import secrets
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from careleaf.errors import HandoutError

NOTES = ".careleaf"
MANIFEST = "manifest.csv"
HEADER = ("line", "id", "handout", "locale", "status", "pages", "sha256", "message", "code")
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
RESERVE = 256 * 1024  # bytes of the manifest: some 1,500 lines
PATIENCE = 5.0  # seconds for the processes of a run that was killed to be gone


@dataclass(frozen=True, slots=True)
class Landed:
    """A sheet that is in the folder as it was noted."""

    sha256: str
    pages: int


# --- the one writer of a run -----------------------------------------------------------------


class Outbox:
    """The folder of one run, locked against a second one. Use it as a context manager.

    Raises HandoutError on entering if the folder cannot be written or another run is at work.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes = folder / NOTES
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            _make_private(self.folder)
            _make_private(self.notes)
            self._lock = _locked(self.notes / "lock", self.folder)
            self._wait_for_stragglers()
            self._sweep()
            _key(self.notes)
            self.absorb()
        except OSError as error:
            self._unlock()
            raise HandoutError(
                f"cannot be written: {error.strerror or error}",
                str(self.folder),
                "choose another folder with -o, or make room",
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
        with _opened(self.notes / "pens") as file:
            while time.monotonic() < end:
                with suppress(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
                time.sleep(0.02)
        raise HandoutError(
            "processes of an earlier run are still writing here", str(self.folder), "end them first"
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
            if "full" in str(error) or "disk" in str(error):
                raise
            (self.notes / "notes.sqlite").unlink(missing_ok=True)  # damaged: better none than wrong
            self._absorb(journals)
        for path in journals:
            path.unlink()

    def _absorb(self, journals: Iterable[Path]) -> None:
        path = self.notes / "notes.sqlite"
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
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
                    "INSERT OR REPLACE INTO sheet VALUES (?, ?, ?, ?)", _entries(journal)
                )
            connection.execute("COMMIT")
        finally:
            connection.close()

    def landed(self, files: Iterable[str]) -> dict[str, Landed]:
        """Return which of `files` this run has finished, whether or not anyone has told so."""
        wanted, found = frozenset(files), {}
        key = _key(self.notes)
        for journal in self.notes.glob("*.journal"):
            for file, _, seal, pages in _entries(journal):
                if file not in wanted:
                    continue
                sha256 = _sha256(self.folder / file)
                if sha256 and hmac.compare_digest(_keyed(key, sha256), seal):
                    found[file] = Landed(sha256, pages)
        return found

    def settle(self) -> None:
        """Bring everything written so far to the disk itself, against a power cut.

        Once a run, not once a sheet: that cost 1 to 5 ms each where we measured, more than making
        it. What a power cut does leave half-written differs from its note: the next run makes it again.
        """
        if hasattr(os, "sync"):
            os.sync()


# --- what each process writes with -----------------------------------------------------------


class Pen:
    """Puts sheets into an outbox; each process has its own."""

    def __init__(self, folder: Path) -> None:
        """`folder` is that of an entered Outbox. Raises OSError."""
        self._folder = folder
        self._notes = folder / NOTES
        self._key = _key(self._notes)
        self._part = self._notes / f"{os.getpid()}.{secrets.token_hex(4)}.part"
        self._present = _share(self._notes / "pens")
        self._journal = -1
        self._known = _read_only(self._notes / "notes.sqlite")

    def kept(self, file: str, made_from: str) -> Landed | None:
        """Return the sheet in the folder if it was made from just that, and is whole."""
        note = self._note(file)
        if note is None or not hmac.compare_digest(note[0], _keyed(self._key, made_from)):
            return None
        sha256 = _sha256(self._folder / file)
        if not sha256 or not hmac.compare_digest(note[1], _keyed(self._key, sha256)):
            return None
        return Landed(sha256, note[2])

    def write(self, file: str, made_from: str, pdf: bytes, pages: int) -> Landed:
        """Put a sheet into the folder, whole or not at all. Raises OSError."""
        sha256 = hashlib.sha256(pdf).hexdigest()
        try:
            with _fresh(self._part) as part:
                _write_all(part, pdf)
            self._note_down(file, _keyed(self._key, made_from), _keyed(self._key, sha256), pages)
            self._part.replace(self._folder / file)
        except BaseException:
            with suppress(OSError):
                self._part.unlink()
            raise
        return Landed(sha256, pages)

    def discard(self, file: str) -> None:
        """Remove a sheet that a run made earlier and that is no longer what its line asks for."""
        if self._note(file) is not None:
            with suppress(OSError):
                (self._folder / file).unlink()

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
                path, os.O_CREAT | os.O_APPEND | os.O_WRONLY | _BINARY, PRIVATE_FILE
            )
        entry = f"{file}\t{made_from}\t{seal}\t{pages}\n".encode()
        if os.write(self._journal, entry) != len(entry):
            raise OSError(28, "No space left on device")


_BINARY = getattr(os, "O_BINARY", 0)


def _write_all(file: IO[bytes], content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def _keyed(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()


def _key(notes: Path) -> bytes:
    """Return the folder's own key, made at its first use."""
    path = notes / "key"
    with suppress(FileNotFoundError):
        key = path.read_bytes()
        if len(key) == 32:
            return key
        path.unlink()
    key = secrets.token_bytes(32)
    part = notes / f"key.{secrets.token_hex(4)}.part"
    with _fresh(part) as file:
        file.write(key)
    part.replace(path)
    return key


def _sha256(path: Path) -> str:
    """Return the digest of a file's bytes, or "" if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _entries(journal: Path) -> Iterator[tuple[str, str, str, int]]:
    """Yield the whole lines of a journal; the last one may be torn."""
    with journal.open("rb") as file:
        for line in file:
            parts = line.decode("ascii", "replace").split("\t")
            if len(parts) == 4 and line.endswith(b"\n") and parts[3].strip().isdigit():
                yield parts[0], parts[1], parts[2], int(parts[3])


def _read_only(path: Path) -> sqlite3.Connection | None:
    if not path.is_file():
        return None
    try:
        return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return None


def _make_private(folder: Path) -> None:
    """Make a folder and those above it; what is made is for its owner alone."""
    for one in reversed((folder, *folder.parents)):
        if not one.is_dir():
            one.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def _fresh(path: Path) -> IO[bytes]:
    """Open a file that only its owner may read, empty."""
    handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | _BINARY, PRIVATE_FILE)
    return os.fdopen(handle, "wb", buffering=0)


def _opened(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR | _BINARY, PRIVATE_FILE), "r+b")


def _locked(path: Path, folder: Path) -> IO[bytes]:
    """Return the lock file, locked for this process alone until it is closed or the process ends."""
    file = _opened(path)
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
        ) from None
    return file


def _share(path: Path) -> IO[bytes]:
    """Say that this process writes, for as long as it lives."""
    file = _opened(path)
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_SH)
    return file


# --- the manifest ----------------------------------------------------------------------------


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
        flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | _BINARY
        raw = _Reserved(os.open(self._part, flags, PRIVATE_FILE), "wb")
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
        if message.startswith(("=", "+", "-", "@")):
            message = f" {message}"
        self._writer.writerow(
            (line, id, handout, locale, status, pages or "", sha256, message, code)
        )

    def finish(self) -> None:
        """Put the manifest into place. Raises OSError."""
        self._file.close()
        self._part.replace(self._path)
