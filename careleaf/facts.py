"""What an order is checked against, kept ready: reading clinic.yaml takes longer than a sheet.

Each is under a digest of the bytes it was read from, so an edit makes it anew; a file that cannot
be trusted counts as none. Nothing in one is about a child.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from careleaf import __version__, files
from careleaf.errors import HandoutError
from careleaf.paths import cache_folder

LIBRARIES = ("weasyprint", "babel", "jinja2", "uharfbuzz")  # what makes a sheet of its content


@dataclass(frozen=True, slots=True)
class Facts:
    """A clinic's own wishes, and the languages of its folder.

    `tags` gives the locale that a wish is served by, `chains` the folders that it reads, nearest
    first; a wish that is not among them may still be served.
    """

    region: str
    paper: str
    locale: str
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


# ---- which program this is ---------------------------------------------------------------------


@cache
def program() -> str:
    """Return what tells this state of the program from another: its version, its files' sizes and times."""
    here = Path(__file__).parent
    return __version__ + "".join(
        f"\n{entry.name} {(stat := entry.stat()).st_size} {stat.st_mtime_ns}"
        for folder in (here, here / "stencil", here / "checks")
        for entry in _entries(folder)
        if entry.name.endswith(".py")
    )


def _entries(folder: Path) -> Iterable[os.DirEntry[str]]:
    return sorted(os.scandir(folder), key=lambda entry: entry.name) if folder.is_dir() else ()


@cache
def libraries() -> str:
    """Return the versions of what turns text into pages, by the names of their installed folders."""
    found: dict[str, str] = {}
    for folder in sys.path:
        with suppress(OSError):
            for name in os.listdir(folder or "."):  # noqa: PTH208  only names are wanted
                library, _, version = name.removesuffix(".dist-info").partition("-")
                if name.endswith(".dist-info") and library.lower() in LIBRARIES:
                    found.setdefault(library.lower(), version)
    return " ".join(f"{name} {found.get(name, '?')}" for name in LIBRARIES)
