"""What is read from YAML and needed for every sheet, kept ready: reading it takes longer than a sheet.

Each is under a digest of the bytes it was read from, so an edit makes it anew; a file that cannot
be trusted counts as none. Nothing in one is about a child.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from careleaf import files
from careleaf.errors import HandoutError
from careleaf.fingerprint import here
from careleaf.paths import cache_folder


@dataclass(frozen=True, slots=True)
class Facts:
    """A clinic's own wishes, and the languages of its folder.

    `tags` gives the locale that a wish is served by, `chains` the folders that it reads, nearest
    first; a wish that is not among them may still be served. `logo` is a file's name, or empty.
    """

    region: str
    paper: str
    locale: str
    logo: str
    time_zone: str
    tags: Mapping[str, str]
    chains: Mapping[str, tuple[str, ...]]


def facts(clinic_file: Path, locales: Path, read: Callable[[], Facts]) -> Facts:
    """Return the facts of a folder, from the cache or by `read`; what that raises comes through."""
    folders = sorted(path.name for path in locales.iterdir()) if locales.is_dir() else []
    content = clinic_file.read_bytes() if clinic_file.is_file() else b""
    path = cache_folder() / "facts" / f"{_digest(content, *folders)}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        return _facts(_parsed(path.read_bytes()))
    found = read()
    _keep(path, asdict(found))
    return found


def pictures(handout: Path, read: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """Return the pictures that a handout's file names, from the cache or by `read`.

    What `read` raises comes through. Raises OSError where the file cannot be read.
    """
    path = cache_folder() / "pictures" / f"{_digest(handout.read_bytes())}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        return tuple(map(str, _parsed(path.read_bytes())))
    found = read()
    _keep(path, found)
    return found


def _digest(content: bytes, *words: str) -> str:
    key = hashlib.sha256("\0".join((here(), *words, "")).encode())
    key.update(content)
    return key.hexdigest()


def _keep(path: Path, found: object) -> None:
    """Write what was found. That it cannot be kept is no fault: the next process reads it again."""
    with suppress(HandoutError, OSError):
        files.write_private(path, _written(found))
        _prune(path.parent)


def _written(found: object) -> bytes:
    text = json.dumps(found, sort_keys=True)
    return f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}".encode()


def _parsed(data: bytes) -> Any:
    """Return what was written. Raises ValueError for what is damaged."""
    digest, _, text = data.decode().partition("\n")
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        raise ValueError("damaged")
    return json.loads(text)


def _facts(found: dict[str, Any]) -> Facts:
    chains = {tag: tuple(steps) for tag, steps in found.pop("chains").items()}
    return Facts(**found, chains=chains)


def _prune(folder: Path, most: int = 64) -> None:
    """Keep those made last."""
    made = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in made[:-most]:
        path.unlink(missing_ok=True)
