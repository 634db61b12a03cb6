"""Where things are: the clinic's folder, the program's own, and the cache."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from careleaf.errors import HandoutError

PACKAGE = Path(__file__).resolve().parent


def _shipped() -> Path:
    """Return the folder that holds what travels with the program: templates/, styles/, handouts/ ...

    An installed package carries it as careleaf/data; in a checkout it is the folder above the package.
    """
    installed = PACKAGE / "data"
    return installed if installed.is_dir() else PACKAGE.parent


PROGRAM = _shipped()
IS_CHECKOUT = PACKAGE.parent == PROGRAM
SHIPPED = ("templates", "styles")  # a clinic's folder may leave these to the program
SHEET = "sheet"  # the domain of the sheet's labels: the name of their catalogues


@dataclass(frozen=True, slots=True)
class Root:
    """A clinic's folder: clinic.yaml and, if it has them, handouts/, locales/, templates/, styles/.

    A part that the folder lacks comes from the program's own.
    """

    folder: Path
    clinic_file: Path

    @classmethod
    def at(cls, folder: Path | None = None, clinic: Path | None = None) -> Root:
        """Return the root at `folder` (default: the program's own). Raises HandoutError when it is none.

        It is one when clinic.yaml or handouts/ stands there, or `clinic` names a file elsewhere.
        """
        place = (folder or PROGRAM).resolve()
        clinic_file = (clinic or place / "clinic.yaml").resolve()
        if not place.is_dir():
            raise HandoutError(f"there is no folder {place}", "--root", _CURE, "root.missing")
        if not (clinic or clinic_file.is_file() or (place / "handouts").is_dir()):
            raise HandoutError(
                f"{place} has neither clinic.yaml nor handouts/", "--root", _CURE, "root.empty"
            )
        return cls(place, clinic_file)

    @property
    def handouts(self) -> Path:
        return self.part("handouts")

    @property
    def locales(self) -> Path:
        """The clinic's translations; the program's, where the clinic has none and uses a handout of it.

        A clinic that has only handouts of its own, and no locales/, prints in English alone.
        """
        own = self.folder / "locales"
        shared = own.is_dir() or self.handouts == PROGRAM / "handouts" or self._has_our_handout()
        return self.part("locales") if shared else own

    def _has_our_handout(self) -> bool:
        ours = {path.name for path in (PROGRAM / "handouts").glob("*.yaml")}
        return any(path.name in ours for path in self.handouts.glob("*.yaml"))

    @property
    def own_locales(self) -> Path:
        """The folder of translations to write to. Raises HandoutError where it is the program's."""
        if self.locales == self.folder / "locales":
            return self.locales
        raise HandoutError(
            f"the translations in use are the program's own, in {self.locales}",
            str(self.folder),
            f"copy them first: cp -r {self.locales} {self.folder / 'locales'}",
            "root.locales-not-own",
        )

    def part(self, *path: str) -> Path:
        """Return a file or folder: the clinic's own where there is one, else the program's."""
        own = self.folder.joinpath(*path)
        return own if own.exists() else PROGRAM.joinpath(*path)

    @property
    def templates(self) -> Path:
        return self.part("templates")

    @property
    def styles(self) -> Path:
        return self.part("styles")

    def short(self, path: Path) -> str:
        """Return `path` as a message names it: relative to the folder where it is inside."""
        return str(path.relative_to(self.folder)) if path.is_relative_to(self.folder) else str(path)


_CURE = "give the folder that holds clinic.yaml, handouts/ and locales/"


def po_path(locales: Path, tag: str, domain: str) -> Path:
    """Return where the catalogue of a domain lies in a folder of locales."""
    return locales / tag / "LC_MESSAGES" / f"{domain}.po"


@cache
def cache_folder() -> Path:
    """Return the folder for faces and stencils, made if missing; it never holds a child's data.

    `CARELEAF_CACHE` if set, else `.cache` in a checkout, else (installed, or a checkout that
    cannot be written) careleaf in the user's own cache folder. Raises HandoutError.
    """
    choices = list(_cache_choices())
    for folder in choices:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    raise HandoutError(
        f"no folder can be written for the faces (tried {', '.join(map(str, choices)) or 'none'})",
        "CARELEAF_CACHE",
        "set CARELEAF_CACHE to a folder that this user can write to",
        "cache.not-writable",
    )


def _cache_choices() -> Iterator[Path]:
    if given := os.environ.get("CARELEAF_CACHE"):
        yield Path(given)
        return
    if IS_CHECKOUT:
        yield PROGRAM / ".cache"
    if users := os.environ.get("XDG_CACHE_HOME"):
        yield Path(users) / "careleaf"
        return
    with suppress(RuntimeError):  # a user without a home, as in some containers
        yield Path.home() / ".cache" / "careleaf"
