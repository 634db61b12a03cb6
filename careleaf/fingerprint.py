"""What tells one program from another: its own files, and the libraries that turn text into pages."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

from careleaf import __version__

LIBRARIES = ("weasyprint", "babel", "jinja2", "uharfbuzz")  # what makes a sheet of its content


@cache
def program() -> str:
    """Return what tells this state of the program from another: its version, its files' sizes and times."""
    return __version__ + "".join(
        f"\n{path} {(stat := path.stat()).st_size} {stat.st_mtime_ns}"
        for path in sorted(Path(__file__).parent.rglob("*.py"))
    )


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
