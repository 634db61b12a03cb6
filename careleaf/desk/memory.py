"""What took long to find out, kept in the cache: values of JSON by a digest of all they come from.

The program and its libraries count beside the given key. A file that is damaged, or of another
key, counts as none. Nothing in one is about a child.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from careleaf import files
from careleaf.errors import HandoutError
from careleaf.fingerprint import here
from careleaf.paths import cache_folder

MOST = 1024  # files of a kind; those made longest ago go first


def recall(kind: str, key: str) -> Any:
    """Return what was kept of a kind under a key, or None."""
    path = _path(kind, key)
    with suppress(OSError, ValueError):
        return _opened(path.read_bytes(), path.stem)
    return None


def remember(kind: str, key: str, value: Any) -> None:
    """Keep a value of JSON. That it cannot be kept is no fault: it is found out again."""
    path = _path(kind, key)
    with suppress(HandoutError, OSError):
        files.write_private(path, _sealed(json.dumps(value, ensure_ascii=False), path.stem))
        _prune(path.parent)


def _path(kind: str, key: str) -> Path:
    digest = hashlib.sha256("\0".join((here(), key)).encode()).hexdigest()
    return cache_folder() / kind / f"{digest}.json"


def _sealed(text: str, name: str) -> bytes:
    return f"{_seal(text, name)}\n{text}".encode()


def _opened(data: bytes, name: str) -> Any:
    """Raise ValueError for what is not whole, or stood under another name."""
    seal, _, text = data.decode().partition("\n")
    if seal != _seal(text, name):
        raise ValueError("damaged")
    return json.loads(text)


def _seal(text: str, name: str) -> str:
    return hashlib.sha256(f"{name}\0{text}".encode()).hexdigest()


def _prune(folder: Path) -> None:
    made = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in made[:-MOST]:
        path.unlink(missing_ok=True)
