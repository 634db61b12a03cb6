"""The notes of an output folder: for each sheet what it was made from, and what its bytes were.

`.careleaf/` in the folder has the lock, the temporary files and the notes. A note is written before
the sheet is renamed into place, so that whenever the run is killed, a file is either noted and
whole or will be made again.

Notes are keyed digests. A plain SHA-256 of a name and a date is as good as the name: whoever gets
hold of it tries all names and days. The key is random, made for this folder, and never leaves it;
deleting `.careleaf/` only means that everything is made again, and that sheets of earlier runs are
no longer known as ours: those that nobody asks for any more stay.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from careleaf import files

NOTES = ".careleaf"  # the folder of the notes, in the output folder
NOTED = "notes.sqlite"  # the notes of earlier runs; those of this one are in journals


@dataclass(frozen=True, slots=True)
class Landed:
    """A sheet that is in the folder as it was noted."""

    sha256: str
    pages: int


def keyed(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()


def folder_key(notes: Path) -> bytes:
    """Return the folder's own key, made at its first use."""
    path = notes / "key"
    with suppress(FileNotFoundError):
        key = path.read_bytes()
        if len(key) == 32:
            return key
        path.unlink()
    key = secrets.token_bytes(32)
    with files.replacing(path, files.PRIVATE_FILE) as file:
        file.write(key)
    return key


def sha256_of(path: Path) -> str:
    """Return the digest of a file's bytes, or "" if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def entries(journal: Path) -> Iterator[tuple[str, str, str, int]]:
    """Yield the whole lines of a journal; the last one may be torn."""
    with journal.open("rb") as file:
        for line in file:
            parts = line.decode("ascii", "replace").split("\t")
            if len(parts) == 4 and line.endswith(b"\n") and parts[3].strip().isdigit():
                yield parts[0], parts[1], parts[2], int(parts[3])


def opened(path: Path) -> IO[bytes]:
    return os.fdopen(
        os.open(path, os.O_CREAT | os.O_RDWR | files.BINARY, files.PRIVATE_FILE), "r+b"
    )
