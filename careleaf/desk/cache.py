"""What an order is checked against, kept ready: reading clinic.yaml takes longer than a sheet.

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

from careleaf import files
from careleaf.errors import HandoutError
from careleaf.fingerprint import libraries, program
from careleaf.paths import cache_folder


@dataclass(frozen=True, slots=True)
class Facts:
    """A clinic's own wishes, and the languages of its folder.

    `tags` gives the locale that a wish is served by, `chains` the folders that it reads, nearest
    first; a wish that is not among them may still be served.
    """

    region: str
    paper: str
    locale: str
    time_zone: str
    tags: Mapping[str, str]
    chains: Mapping[str, tuple[str, ...]]


def facts(clinic_file: Path, locales: Path, read: Callable[[], Facts]) -> Facts:
    """Return the facts of a folder, from the cache or by `read`; what that raises comes through."""
    path = cache_folder() / "facts" / f"{_digest(clinic_file, locales)}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        return _parsed(path.read_bytes())
    found = read()
    with suppress(HandoutError, OSError):
        files.write_private(path, _written(found))
        _prune(path.parent)
    return found


def _digest(clinic_file: Path, locales: Path) -> str:
    content = clinic_file.read_bytes() if clinic_file.is_file() else b""
    folders = sorted(path.name for path in locales.iterdir()) if locales.is_dir() else []
    key = hashlib.sha256("\0".join((program(), libraries(), *folders)).encode())
    key.update(content)
    return key.hexdigest()


def _written(found: Facts) -> bytes:
    text = json.dumps(asdict(found), sort_keys=True)
    return f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}".encode()


def _parsed(data: bytes) -> Facts:
    digest, _, text = data.decode().partition("\n")
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        raise ValueError("damaged")
    found = json.loads(text)
    chains = {tag: tuple(steps) for tag, steps in found.pop("chains").items()}
    return Facts(**found, chains=chains)


def _prune(folder: Path, most: int = 64) -> None:
    """Keep those made last."""
    made = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in made[:-most]:
        path.unlink(missing_ok=True)
