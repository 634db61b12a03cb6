"""Writing: to a temporary file in the same folder, renamed into place, so no half file ever exists."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from careleaf.errors import HandoutError

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
PUBLIC_FILE, PUBLIC_FOLDER = 0o644, 0o755
BINARY = getattr(os, "O_BINARY", 0)


def write_private(path: Path, content: bytes) -> None:
    """Write a file with a child's data: 0600, in folders that are made 0700. Raises HandoutError."""
    _write(path, content, PRIVATE_FILE, PRIVATE_FOLDER)


def write_file(path: Path, content: bytes) -> None:
    """Write a file that anyone may read. Raises HandoutError."""
    _write(path, content, PUBLIC_FILE, PUBLIC_FOLDER)


def _write(path: Path, content: bytes, file_mode: int, folder_mode: int) -> None:
    with written(path):
        make_folder(path.parent, folder_mode)
        with replacing(path, file_mode) as file:
            write_all(file, content)
            os.fsync(file.fileno())


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Turn what the system says of a file that cannot be written into a HandoutError."""
    try:
        yield
    except OSError as error:
        raise HandoutError(
            f"cannot be written: {error.strerror or error}",
            str(path),
            "choose another place with -o, or make room",
            code="file.not-writable",
        ) from None


@contextmanager
def replacing(path: Path, mode: int, part: Path | None = None) -> Iterator[IO[bytes]]:
    """Open a new file for writing, and put it in the place of `path` once all went well.

    Else nothing is left of it. `part` is where it lies meanwhile, on the same disk: beside `path`
    under a name of its own if none is given. Raises OSError.
    """
    part = part or path.with_name(f".{os.urandom(8).hex()}.part")
    try:
        handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | BINARY, PRIVATE_FILE)
        with os.fdopen(handle, "wb", buffering=0) as file:
            yield file
        if mode != PRIVATE_FILE:
            part.chmod(mode)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def write_all(file: IO[bytes], content: bytes) -> None:
    """Write to a file without a buffer, which may take a part of it at a time."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def make_folder(folder: Path, mode: int = PRIVATE_FOLDER) -> None:
    """Make a folder and those above it that are missing. Raises OSError."""
    for parent in reversed((folder, *folder.parents)):
        if not parent.is_dir():
            parent.mkdir(mode=mode, exist_ok=True)
