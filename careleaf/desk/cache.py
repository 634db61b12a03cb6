"""What is read from YAML and needed for every sheet, kept ready: reading it takes longer than a sheet.

Each is under a digest of the bytes it was read from, so an edit makes it anew; a file that cannot
be trusted counts as none. Nothing in one is about a child.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from careleaf.desk import memory


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
    key = _key(content, *folders)
    with suppress(AttributeError, KeyError, TypeError):  # none is kept
        return _facts(memory.recall("facts", key))
    found = read()
    memory.remember("facts", key, asdict(found))
    return found


def pictures(handout: Path, read: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """Return the pictures that a handout's file names, from the cache or by `read`.

    What `read` raises comes through. Raises OSError where the file cannot be read.
    """
    key = _key(handout.read_bytes())
    kept = memory.recall("pictures", key)
    if isinstance(kept, list):
        return tuple(map(str, kept))
    found = read()
    memory.remember("pictures", key, found)
    return found


def _key(content: bytes, *words: str) -> str:
    return "\0".join((*words, hashlib.sha256(content).hexdigest()))


def _facts(kept: dict[str, Any]) -> Facts:
    chains = {tag: tuple(steps) for tag, steps in kept.pop("chains").items()}
    return Facts(**kept, chains=chains)
