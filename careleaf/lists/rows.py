"""A line of a list, and the columns that it is read by; shared by every kind of file.

No message repeats what stands in a cell: it might be a name in the wrong column.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from careleaf.child import VALUES
from careleaf.errors import HandoutError
from careleaf.model import Request

_NAMED_FIRST = sorted(VALUES, key=lambda value: value.kind != "reference")  # sorted keeps the order
REQUIRED = (
    *(value.column for value in _NAMED_FIRST if value.needed_in_list),
    "handout",
    "locale",
)
OPTIONAL = (
    *(value.column for value in _NAMED_FIRST if not value.needed_in_list),
    "size",
    "large_print",
    "with",
)
COLUMNS = REQUIRED + OPTIONAL
_NAMES_A_SHEET = ("id", "handout", "locale")
_COLUMN = {value.key: value.column for value in VALUES}  # of a child's value, by its key

# What is no text and yet means one thing, by column: a whole number names a child, a date cell is a
# day (a bare number is none), true and 1 are a yes.
_TAKES: Mapping[str, frozenset[str]] = {
    **{value.column: frozenset({"number"}) for value in VALUES if value.kind == "reference"},
    **{value.column: frozenset({"date"}) for value in VALUES if value.kind == "moment"},
    "large_print": frozenset({"number", "bool"}),
}
# As spreadsheets write what they cannot calculate, in a CSV too.
_ERRORS = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|#+)\Z|Err:\d{3}\Z"
)

LIMIT_CELL = 2_000  # characters: far above any name, so that a long one gets its own message
LIMIT_LINE = 64 * 1024  # characters

_ENGLISH = re.compile(r"[\x20-\x7e]{1,40}\Z")

MEND_CELL = "mend the cell in the spreadsheet"

NOTHING = Request.read({})

Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list as it was written. `line` counts as an editor does, the header being 1.

    `fault` says why the line could not be read; of the request then only the id, the handout and the
    locale are to be trusted, where they are given. `key` names the file of a child without a number
    of its own.
    """

    line: int
    request: Request = NOTHING
    fault: HandoutError | None = None
    key: str = ""


Reader = Callable[[Path, Warn], Iterator[Row]]


def row(line: int, cells: Mapping[str, str]) -> Row:
    """Return a line by its cells by column; a column that is not there is empty."""
    return Row(line, request_of(cells))


def bad_row(
    line: int, message: str, cure: str, code: str, cells: Mapping[str, str] | None = None
) -> Row:
    """Return a line that could not be read, and why; `cells` are those by column that are sound."""
    return refused_row(line, HandoutError(message, "", cure, code), cells or {})


def refused_row(line: int, fault: HandoutError, cells: Mapping[str, str]) -> Row:
    """Return a line with a fault; of its cells only those that name a sheet are kept."""
    return Row(
        line, request_of({column: cells.get(column, "") for column in _NAMES_A_SHEET}), fault
    )


def takes(column: str, kind: str) -> bool:
    """Whether a column takes what is no text: a number, a bool, a date."""
    return kind in _TAKES.get(column, ())


def not_text(column: str, what: str, cure: str) -> HandoutError:
    """Return what to say of a value that is no text where text is wanted."""
    return HandoutError(f"{column} {what}", "", cure, "line.not-text")


def request_of(cells: Mapping[str, str]) -> Request:
    """Return the request that cells by column are; other columns are passed over."""
    texts = {key: cells.get(column, "") for key, column in _COLUMN.items()}
    return Request.read({**cells, **texts})


def cells_of(request: Request) -> dict[str, str]:
    """Return a request as cells by column, in the order of `COLUMNS`."""
    found = {_COLUMN.get(name, name): text for name, text in request.texts.items()}
    return {column: found[column] for column in COLUMNS}


def column_of(field: str) -> str:
    """Return the column of a request's field: `procedure_date` for `date`."""
    return _COLUMN.get(field, field)


@dataclass(frozen=True, slots=True)
class Header:
    """Where each known column stands, and how many cells a line has."""

    places: Mapping[str, int]
    width: int

    def has_break(self, cells: Sequence[str]) -> bool:
        """Whether a cell that is used has a line break in it."""
        used = (cells[place] for place in self.places.values() if place < len(cells))
        return any("\n" in cell or "\r" in cell for cell in used)

    def cells(self, cells: Sequence[str]) -> dict[str, str]:
        """Return the cells of a line, or its first ones, by column."""
        return {column: cells[place] for column, place in self.places.items() if place < len(cells)}

    def row(self, line: int, cells: Sequence[str]) -> Row:
        """Return a line's cells as a row."""
        if len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
            return bad_row(
                line,
                f"{len(cells)} cells where the header has {self.width}",
                "put a text that holds the separator in quotes",
                "line.cells",
                self.cells(cells[:1]),  # the others may have moved
            )
        found = self.cells(cells)
        if any(len(cell) > LIMIT_CELL for cell in cells):
            message = f"a cell has more than {LIMIT_CELL} characters"
            return bad_row(line, message, "shorten it", "line.too-long", found)
        errors = [column for column, text in found.items() if _ERRORS.match(text.strip())]
        if errors:
            fault = not_text(errors[0], "is an error of a spreadsheet", MEND_CELL)
            return refused_row(line, fault, found)
        return row(line, found)


def header_of(cells: Sequence[str], path: Path, warn: Warn) -> Header:
    """Return where the columns stand. Raises HandoutError if a needed one is missing or doubled."""
    names = [cell.strip().lower() for cell in cells]
    missing = [column for column in REQUIRED if column not in names]
    if missing:
        raise _missing(missing, names, path)
    doubled = [column for column in COLUMNS if names.count(column) > 1]
    if doubled:
        raise HandoutError(
            f'the column "{doubled[0]}" stands twice',
            f"{path}:1",
            "keep one",
            "list.column-twice",
        )
    warn_of_unused(names, f"{path}:1", warn)
    return Header(
        {column: names.index(column) for column in COLUMNS if column in names}, len(names)
    )


def warn_of_unused(names: Iterable[str], place: str, warn: Warn) -> bool:
    """Warn of columns that are not used, if there are any; return whether there are."""
    unused = [name for name in names if name and name not in COLUMNS]
    if unused:
        shown = ", ".join(name if _ENGLISH.match(name) else "..." for name in unused[:10])
        warn(f"{place}: columns not used: {shown}")
    return bool(unused)


def _missing(missing: Sequence[str], names: Sequence[str], path: Path) -> HandoutError:
    """Return what to say of missing columns; a line that is no header at all may hold a name."""
    if not set(names) & set(COLUMNS):
        return HandoutError(
            "the first line does not name the columns",
            f"{path}:1",
            f"write {','.join(REQUIRED)} there",
            "list.no-columns",
        )
    faults = []
    for column in missing:
        others = [name for name in names if name not in COLUMNS and _ENGLISH.match(name)]
        close = difflib.get_close_matches(column, others, n=1, cutoff=0.4)
        close = close or [name for name in others if name in column or column in name][:1]
        instead = f' (nearest: "{close[0]}")' if close else ""
        faults.append(f'there is no column "{column}"{instead}')
    return HandoutError(
        "; ".join(faults),
        f"{path}:1",
        f"the first line must name {', '.join(REQUIRED)}",
        "list.column-missing",
    )


def empty_list(path: Path) -> HandoutError:
    """Return what to say of a list without a line."""
    return HandoutError(
        "the roster is empty",
        str(path),
        f"its first line names {', '.join(REQUIRED)}",
        "list.empty",
    )


def is_broken(cells: Iterable[str]) -> bool:
    """Whether a text holds bytes that are not UTF-8 (as surrogates), or half a letter."""
    for cell in cells:
        if not cell.isascii():
            try:
                cell.encode()
            except UnicodeEncodeError:
                return True
    return False
