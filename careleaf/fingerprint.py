"""What tells one program from another: its own files, and the libraries that turn text into pages.

`here` is for what is kept on this machine, `across` for comparing two machines. Both are made of
the same files and the same libraries.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from careleaf import __version__

# Whatever a sheet's bytes depend on; a test presses a sheet and looks for others.
LIBRARIES = (
    "babel",
    "cssselect2",
    "fonttools",
    "jinja2",
    "markupsafe",
    "pillow",
    "pydyf",
    "pyphen",
    "pyyaml",
    "segno",
    "tinycss2",
    "tinyhtml5",
    "uharfbuzz",
    "weasyprint",
    "webencodings",
)

_PANGO = ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll", "pango-1.0-0.dll")


@cache
def here() -> str:
    """Return what tells this state of the program from another on this machine; takes milliseconds.

    A module counts by its size and time. Installed anew, the same program is another one: what was
    kept is then made once more.
    """
    files = _over_modules(lambda path: _size_and_time(path))
    return "\n".join((files, *(f"{name} {found}" for name, found in _versions().items())))


def across() -> dict[str, str]:
    """Return what must be equal on two machines for their sheets to be; a module counts by its bytes."""
    return {
        "careleaf": __version__,
        "program": _over_modules(Path.read_bytes)[:12],
        **_versions(),
    }


def modules() -> tuple[Path, ...]:
    """Return every module of the program, whichever folder it is in."""
    return tuple(sorted(Path(__file__).parent.rglob("*.py")))


def _over_modules(told: Callable[[Path], bytes]) -> str:
    package = Path(__file__).parent
    total = hashlib.sha256()
    for path in modules():
        content = told(path)
        name = path.relative_to(package).as_posix()
        total.update(f"{name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def _size_and_time(path: Path) -> bytes:
    stat = path.stat()
    return f"{path} {stat.st_size} {stat.st_mtime_ns}".encode()


@cache
def _versions() -> dict[str, str]:
    """Return the versions of the libraries: those of Python, and those of the system behind them."""
    found = _installed()
    return {
        **{name: found.get(name) or _asked(name) for name in LIBRARIES},
        "pango": _pango(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def _installed() -> dict[str, str]:
    """Return the versions that the names of installed folders tell: importlib.metadata is slow."""
    found: dict[str, str] = {}
    for folder in sys.path:
        with suppress(OSError):
            for name in os.listdir(folder or "."):  # noqa: PTH208  only names are wanted
                library, _, version = name.removesuffix(".dist-info").partition("-")
                if name.endswith(".dist-info") and library.lower() in LIBRARIES:
                    found.setdefault(library.lower(), version)
    return found


def _asked(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _pango() -> str:
    """Return the version of Pango, which sets the text; HarfBuzz and FriBidi come with it."""
    for name in _PANGO:
        with suppress(OSError, AttributeError):
            ask = ctypes.CDLL(name).pango_version_string
            ask.restype = ctypes.c_char_p
            return bytes(ask()).decode()
    return "unknown"
