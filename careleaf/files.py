"""Writing: to a temporary file in the same folder, renamed into place, so no half file ever exists."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from careleaf.errors import HandoutError

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def write_private(path: Path, content: bytes) -> None:
    """Write a file with a child's data: 0600, in folders that are made 0700. Raises HandoutError."""
    _write(path, content, PRIVATE_FILE, PRIVATE_FOLDER)


def write_file(path: Path, content: bytes) -> None:
    """Write a file that anyone may read. Raises HandoutError."""
    _write(path, content, 0o644, 0o755)


def _write(path: Path, content: bytes, file_mode: int, folder_mode: int) -> None:
    temporary = ""
    try:
        _make_folder(path.parent, folder_mode)
        handle, temporary = _begin(path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(file_mode)
        Path(temporary).replace(path)
        temporary = ""
    except OSError as error:
        raise HandoutError(
            f"cannot be written: {error.strerror}",
            str(path),
            "choose another place with -o, or make room",
        ) from None
    finally:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()


def _begin(folder: Path) -> tuple[int, str]:
    """Return a new file that only its owner may read (tempfile does this too, but imports slowly)."""
    name = str(folder / f".{os.urandom(8).hex()}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(name, flags, PRIVATE_FILE), name


def _make_folder(folder: Path, mode: int) -> None:
    for parent in reversed((folder, *folder.parents)):
        if not parent.is_dir():
            parent.mkdir(mode=mode, exist_ok=True)
