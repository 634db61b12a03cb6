"""A folder for a new clinic: from examples/clinic, with one of the program's handouts and its translations."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from shlex import join

from careleaf.errors import HandoutError
from careleaf.paths import PROGRAM

HANDOUT = "bone-marrow-biopsy-at-home"
_TOMORROW = "TOMORROW"
_COMMAND = "CARELEAF ?= careleaf\n"


def write(folder: Path, command: Sequence[str], today: date) -> tuple[str, ...]:
    """Write a clinic's folder and return its files, relative to it. It works as it stands.

    `command` starts Careleaf from its Makefile; the dates of its list are the day after `today`.
    The folder appears whole or not at all. Raises HandoutError where something of that name exists.
    """
    if folder.exists() or folder.is_symlink():
        raise HandoutError(
            "this is there already, and is left as it is",
            str(folder),
            "give the name of a new folder",
            "new.exists",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".careleaf-") as place:
            made = Path(place) / "clinic"
            _fill(made, command, today)
            made.rename(folder)
    except OSError as error:
        raise HandoutError(
            f"cannot be written: {error.strerror}",
            str(folder),
            "choose a place that you can write to",
            "new.not-writable",
        ) from None
    return tuple(sorted(each.relative_to(folder).as_posix() for each in _files(folder)))


def _fill(folder: Path, command: Sequence[str], today: date) -> None:
    for source in _files(PROGRAM / "examples" / "clinic"):
        name = source.name.replace("gitignore", ".gitignore")
        _put(folder / name, _filled(source.read_text("utf-8"), command, today))
    for path in _shared():
        _put(folder / path.relative_to(PROGRAM), path.read_text("utf-8"))


def _shared() -> tuple[Path, ...]:
    """Return the program's files that a new clinic gets a copy of."""
    locales = PROGRAM / "locales"
    return (
        PROGRAM / "handouts" / f"{HANDOUT}.yaml",
        locales / "glossary.yaml",
        *locales.glob(f"*/LC_MESSAGES/{HANDOUT}.po"),
        *(PROGRAM / "docs" / "schema").glob("*.json"),
    )


def _filled(text: str, command: Sequence[str], today: date) -> str:
    started = join(command).replace("$", "$$").replace("#", "\\#")
    tomorrow = (today + timedelta(days=1)).isoformat()
    return text.replace(_COMMAND, f"CARELEAF ?= {started}\n").replace(_TOMORROW, tomorrow)


def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(path for path in folder.rglob("*") if path.is_file())


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
