"""Where things are: the clinic's folder, the program's own, and the cache."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from careleaf.errors import HandoutError

PROGRAM = Path(__file__).resolve().parent.parent
SHIPPED = ("templates", "styles")  # a clinic's folder may leave these to the program
SHEET = "sheet"  # the domain of the sheet's labels: the name of their catalogues


@dataclass(frozen=True, slots=True)
class Root:
    """The folder that holds handouts/, locales/, clinic.yaml and, if it has them, templates/ and styles/.

    A part of `SHIPPED` that the folder lacks comes from the program's own.
    """

    folder: Path
    clinic_file: Path

    @classmethod
    def at(cls, folder: Path | None = None, clinic: Path | None = None) -> Root:
        """Return the root at `folder` (default: the program's own). Raises HandoutError when it is none."""
        place = (folder or PROGRAM).resolve()
        if not (place / "handouts").is_dir():
            raise HandoutError(
                f"there is no folder {place / 'handouts'}",
                "--root",
                "give the folder that holds handouts/, locales/ and clinic.yaml",
            )
        return cls(place, (clinic or place / "clinic.yaml").resolve())

    @property
    def handouts(self) -> Path:
        return self.folder / "handouts"

    @property
    def locales(self) -> Path:
        return self.folder / "locales"

    def part(self, name: str) -> Path:
        """Return the folder `name` of `SHIPPED`: the clinic's own, else the program's."""
        return part(self.folder, name)

    @property
    def templates(self) -> Path:
        return self.part("templates")

    @property
    def styles(self) -> Path:
        return self.part("styles")

    def short(self, path: Path) -> str:
        """Return `path` as a message names it: relative to the folder where it is inside."""
        return str(path.relative_to(self.folder)) if path.is_relative_to(self.folder) else str(path)


def part(folder: Path, name: str) -> Path:
    """Return the folder `name` of `SHIPPED`: that of a clinic's folder, else the program's."""
    own = folder / name
    return own if own.is_dir() else PROGRAM / name


def asset(folder: Path, name: str) -> Path:
    """Return a file that clinic.yaml names; in a part that the folder lacks it is the program's."""
    first, _, rest = name.partition("/")
    return part(folder, first) / rest if first in SHIPPED and rest else folder / name


def po_path(locales: Path, tag: str, domain: str) -> Path:
    """Return where the catalogue of a domain lies in a folder of locales."""
    return locales / tag / "LC_MESSAGES" / f"{domain}.po"


@cache
def cache_folder() -> Path:
    """Return the folder for faces and stencils, made if missing; it never holds a child's data.

    `CARELEAF_CACHE` if set, else `.cache` beside the program, else (a read-only install)
    the user's own cache folder.
    """
    given = os.environ.get("CARELEAF_CACHE")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "careleaf"
    choices = [Path(given)] if given else [PROGRAM / ".cache", home]
    for folder in choices:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    raise HandoutError(
        f"no folder can be written for the faces (tried {', '.join(map(str, choices))})",
        "CARELEAF_CACHE",
        "set CARELEAF_CACHE to a folder that this user can write to",
    )
