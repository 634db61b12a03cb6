"""Sheets of earlier runs in an output folder -> those that are not asked for now, moved aside.

They go into `withdrawn/` in the folder, so that whoever prints the folder does not print them. Only
names that the folder's notes know are touched. A note is dropped once the manifest that lists its
sheet is in place: after a kill in between, the next run lists what was moved already.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from careleaf import files
from careleaf.batch.notes import NOTED, NOTES, sha256_of

ASIDE = "withdrawn"  # the folder of these sheets, in the output folder


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A sheet that is not asked for now. `is_moved` is false where the system did not let it be moved."""

    file: str
    sha256: str
    message: str
    code: str
    is_moved: bool = True

    @property
    def ids(self) -> tuple[str, str, str]:
        """Its id, handout and locale, by its name."""
        ids = _ids(self.file)
        assert ids  # noqa: S101  `Earlier` holds sheets of children only
        return ids


class Earlier:
    """The sheets of earlier runs that are still here, less those that this run made or kept."""

    def __init__(self, folder: Path) -> None:
        """`folder` is that of an entered `OutputFolder`."""
        self._folder = folder
        here, aside = _names(folder), _names(folder / ASIDE)
        noted = {name for name in _noted(folder / NOTES / NOTED) if _ids(name)}
        self._here = noted & here
        self._moved = (noted - here) & aside  # by a run that ended before it could say so
        self._lowered = {name.lower() for name in self._here}
        self._respelt: dict[str, str] = {}  # sheets of this run whose names differ in capitals
        self._refused: dict[tuple[str, str, str], int] = {}

    def asked(self, file: str) -> None:
        """Note that this run made or kept a sheet."""
        self._moved.discard(file)
        if file in self._here:
            self._here.remove(file)
        elif file.lower() in self._lowered:
            self._respelt[file.lower()] = file

    def refused(self, line: int, id: str, handout: str, locale: str) -> None:
        """Note that this run refused a line; what is not known of it is empty."""
        if id and (self._here or self._moved):
            self._refused.setdefault((id, handout, locale), line)

    def withdraw(self, others: bool, is_stopped: Callable[[], bool]) -> Iterator[Withdrawn]:
        """Move the sheets aside whose lines are refused; with `others`, those without a line too."""
        for file in sorted(self._here | self._moved):
            line = self._line(file, others)
            if is_stopped():
                return
            if (others or line) and not self._is_of_this_run(file):
                self._here.discard(file)
                self._moved.discard(file)
                if found := self._withdraw(file, line):
                    yield found

    @property
    def left(self) -> int:
        """How many sheets are in the folder that this run neither made, kept nor withdrew."""
        return sum(not self._is_of_this_run(file) for file in self._here)

    def forget(self, withdrawn: Iterable[str]) -> None:
        """Drop the notes of sheets that the manifest lists as withdrawn."""
        names = [(file,) for file in withdrawn]
        path = self._folder / NOTES / NOTED
        if names and path.is_file():
            with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as notes, notes:
                notes.executemany("DELETE FROM sheet WHERE file = ?", names)

    def _line(self, file: str, others: bool) -> int:
        """Return the refused line that asks for a sheet, or 0.

        Without `others` a line must name the handout: a child may have another one on another day.
        """
        id, handout, locale = _ids(file) or ("", "", "")
        keys = [(id, handout, locale), (id, handout, "")]
        if others:
            keys += [(id, "", locale), (id, "", "")]
        return next((self._refused[key] for key in keys if key in self._refused), 0)

    def _is_of_this_run(self, file: str) -> bool:
        """Whether a disk that knows no capitals has one file for an old name and for one of this run."""
        name = self._respelt.get(file.lower())
        with suppress(OSError):
            return name is not None and (self._folder / file).samefile(self._folder / name)
        return False

    def _withdraw(self, file: str, line: int) -> Withdrawn | None:
        """Move a sheet aside, if its line's worker did not; None where somebody removed it."""
        why = f"line {line}, which asks for it, is refused" if line else "no line asks for it now"
        code = "sheet.refused" if line else "sheet.not-asked"
        try:
            place = set_aside(self._folder, file) or _newest_aside(self._folder, file)
        except OSError as error:
            told = f"{why}; it cannot be moved aside: {error.strerror} (remove it from the folder)"
            return Withdrawn(
                file, sha256_of(self._folder / file), told, "sheet.not-moved", is_moved=False
            )
        if place is None:
            return None
        moved = f"{why}; moved to {ASIDE}/{place.name}"
        return Withdrawn(file, sha256_of(place), moved, code)


def set_aside(folder: Path, file: str) -> Path | None:
    """Move a sheet into `withdrawn/`, beside older ones of its name; return its new place.

    None where there is no such sheet. Raises OSError.
    """
    if not (folder / file).is_file():
        return None
    files.make_folder(folder / ASIDE)
    place = next(one for one in _places(folder, file) if not os.path.lexists(one))
    with suppress(FileNotFoundError):
        return (folder / file).rename(place)
    return None


def _newest_aside(folder: Path, file: str) -> Path | None:
    """Return where the sheet of a name is that was moved aside last."""
    newest = None
    for place in _places(folder, file):
        if not os.path.lexists(place):
            break
        newest = place
    return newest


def _places(folder: Path, file: str) -> Iterator[Path]:
    """Yield the names that a sheet can have in `withdrawn/`: its own, then with a number from 2 on."""
    yield folder / ASIDE / file
    for number in count(2):
        yield folder / ASIDE / f"{file.removesuffix('.pdf')}.{number}.pdf"


def _ids(file: str) -> tuple[str, str, str] | None:
    """Return the id, handout and locale of a child's sheet; None for a blank's name, or any other."""
    parts = file.rsplit(".", 3)
    if len(parts) < 4 or parts[3] != "pdf" or not all(parts) or Path(file).name != file:
        return None
    return parts[0], parts[1], parts[2]


def _names(folder: Path) -> frozenset[str]:
    """Return the names of the files in a folder; none where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return frozenset(one.name for one in entries if one.is_file(follow_symlinks=False))
    except OSError:
        return frozenset()


def _noted(path: Path) -> Iterator[str]:
    """Yield the names of the sheets that the notes know; none where the notes are damaged."""
    if not path.is_file():
        return
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as notes:
        for (file,) in notes.execute("SELECT file FROM sheet"):
            if isinstance(file, str):
                yield file
