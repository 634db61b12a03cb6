"""The first visible sheet of a workbook (XLSX, ODS) -> rows, read in a process that may end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import careleaf
from careleaf.errors import HandoutError
from careleaf.lists.rows import (
    MEND_CELL,
    REQUIRED,
    Header,
    Row,
    Warn,
    empty_list,
    header_of,
    not_text,
    refused_row,
    takes,
)

_READER = "careleaf.lists.workbook_reader"
_PACKAGE = Path(careleaf.__file__).parent.parent
LIMIT_SECONDS = 120.0  # until the first row comes; after that the reader waits for who takes them

# What a cell is that is no text, and what to do.
_KINDS = {
    "number": ("is a number", "format the cell as text and write it again"),
    "date": ("is a date", "format the cell as text and write it again"),
    "time": ("is a time without a day", "write the day, and the time behind it"),
    "bool": ("is TRUE or FALSE", "format the cell as text and write it again"),
    "inexact": (
        "is a number with a fraction or more digits than a spreadsheet keeps",
        "format the cell as text and write it again",
    ),
    "padded": (
        "is a number shown with zeros before it that it does not have",
        "format the cell as text and write it again",
    ),
    "error": ("is an error of a spreadsheet", MEND_CELL),
    "formula": ("is a formula without a result", "open the workbook, let it calculate, save it"),
}


def read_workbook(path: Path, warn: Warn, *, include_hidden: bool = False) -> Iterator[Row]:
    """Read the first visible sheet of a workbook. Raises HandoutError, at the start or on the way.

    Dates come as dates, whole numbers without a decimal point. Hidden rows and columns are passed
    over, which a warning says, unless they are asked for.
    """
    lines = _Reading(path, include_hidden=include_hidden)
    top = lines.next_row()
    if top is None:
        lines.tell(warn)
        raise empty_list(path)
    header = header_of([_text(cell) for cell in top[1]], path, warn)
    return _rows(lines, header, warn)


def _rows(lines: _Reading, header: Header, warn: Warn) -> Iterator[Row]:
    while (found := lines.next_row()) is not None:
        line, cells = found
        fault = _fault(header, cells)
        if fault:
            places = header.places.items()
            sound = {
                column: _text(cells[place])
                for column, place in places
                if place < len(cells) and _fits(column, cells[place])
            }
            yield refused_row(line, fault, sound)
        else:
            yield header.row(line, [_text(cell) for cell in cells])
    lines.tell(warn)


Cell = str | list[str]


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell[1]


def _fault(header: Header, cells: list[Cell]) -> HandoutError | None:
    """Return what is wrong with the first cell that is no text where its column takes no other."""
    for column, place in header.places.items():
        cell = cells[place] if place < len(cells) else ""
        if not _fits(column, cell):
            return not_text(column, *_KINDS[cell[0]])
    return None


def _fits(column: str, cell: Cell) -> bool:
    return isinstance(cell, str) or takes(column, cell[0])


class _Reading:
    """What the reader process says, line by line; whatever happens to it is one fault."""

    def __init__(self, path: Path, *, include_hidden: bool) -> None:
        self._path = path
        self._hidden = {"rows": 0, "columns": 0}
        self._others: list[int] = []
        paths = (str(_PACKAGE), os.environ.get("PYTHONPATH", ""))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        with path.open("rb") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", _READER, *(["--include-hidden"] if include_hidden else [])],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a traceback may hold a name
                env=environment,
            )
        self._said = self._lines()

    def next_row(self) -> tuple[int, list[Cell]] | None:
        """Return the next row's line and cells, or None at the end. Raises HandoutError."""
        for kind, *values in self._said:
            if kind == "row":
                return values[0], values[1]
            if kind == "fault":
                raise _faults(self._path)[values[0]]
            if kind == "warn":
                self._hidden[values[0]] = values[1]
            elif kind == "other" and set(REQUIRED) <= {text.strip().lower() for text in values[1]}:
                self._others.append(values[0])
        return None

    def tell(self, warn: Warn) -> None:
        """Say what was passed over."""
        for what, count in self._hidden.items():
            if count:
                thing = what if count > 1 else what.removesuffix("s")
                warn(
                    f"{self._path}: {count:,} hidden {thing} passed over"
                    "; show them in the workbook, or --include-hidden takes them"
                )
        if self._others:
            numbers = ", ".join(map(str, self._others))
            warn(
                f"{self._path}: only the first visible sheet is read"
                f"; of the others, number {numbers} names the columns too"
            )

    def _lines(self) -> Iterator[list[Any]]:
        process = self._process
        timer = threading.Timer(LIMIT_SECONDS, process.kill)
        timer.daemon = True
        timer.start()
        try:
            for line in process.stdout or ():
                timer.cancel()
                said = json.loads(line)
                if said == ["end"]:
                    return
                yield said
        except ValueError:  # half a line: it ended as it wrote
            pass
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
        raise _faults(self._path)["list.too-large"]


def _faults(path: Path) -> dict[str, HandoutError]:
    return {
        fault.code: fault
        for fault in (
            HandoutError(
                "the workbook is damaged, or takes more memory or time than a list may",
                str(path),
                "save it as CSV UTF-8",
                "list.too-large",
            ),
            HandoutError(
                "not a workbook that can be read",
                str(path),
                "save it as .xlsx or as CSV UTF-8",
                "list.unreadable",
            ),
            HandoutError(
                "an old .xls, which does not tell what is hidden, or a workbook with a password",
                str(path),
                "save it as .xlsx without a password, or as CSV UTF-8",
                "list.wrong-kind",
            ),
        )
    }
