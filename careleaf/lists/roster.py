"""The day's list: CSV, XLSX or JSON lines -> one task a line, or the reason why there is none.

A reader is a function `(path, warn) -> Iterator[Row]` that sees one line at a time, so that a
million of them need no more room than one. What makes the whole file unusable (a missing column,
not UTF-8) is raised before the first row; what is wrong with one line is that line's `fault`.
No message repeats what stands in a cell: it might be a name in the wrong column.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
import zipfile
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol, TextIO

from careleaf.errors import HandoutError, nearest
from careleaf.model import sheet_file
from careleaf.sheet.personalize import clean_id

REQUIRED = ("id", "name", "procedure_date", "handout", "locale")
OPTIONAL = ("size", "large_print", "with")
COLUMNS = REQUIRED + OPTIONAL

LIMIT_CELL = 2_000  # characters: far above any name, so that a long one gets its own message
LIMIT_LINE = 64 * 1024  # characters
LIMIT_QUOTED_LINES = 20  # an open quote may run over so many lines before it is called forgotten
SAID = 3  # faults of one line that are spelled out
LIMIT_MESSAGE = 500  # characters
LIMIT_WORKBOOK = 512 * 1024 * 1024  # bytes of a workbook, unpacked

_YES = frozenset(("1", "yes", "y", "true", "x"))
_NO = frozenset(("", "0", "no", "n", "false"))
_ENGLISH = re.compile(r"[\x20-\x7e]{1,40}\Z")

# File names that mean a device on Windows, whatever follows the first dot.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)

Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a roster as it was written. `line` counts as an editor does, the header being 1.

    `fault` says why the line could not be read; the other fields are then empty.
    """

    line: int
    id: str = ""
    name: str = field(default="", repr=False)
    procedure_date: str = field(default="", repr=False)
    handout: str = field(default="", repr=False)
    locale: str = field(default="", repr=False)
    size: str = ""
    large_print: str = ""
    second: str = ""
    fault: HandoutError | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One sheet to make: its file name is safe and is asked for once; name and date are unchecked."""

    line: int
    id: str
    handout: str
    locale: str
    name: str = field(repr=False)
    date: str = field(repr=False)
    size: str = ""
    large_print: bool = False
    second: str = ""

    @property
    def file(self) -> str:
        """The name of the PDF: ids, never a child's name."""
        return sheet_file(self.id, self.handout, self.locale)

    @property
    def edition(self) -> tuple[str, str, str, bool, str]:
        """Equal for sheets that differ in the child only."""
        return self.handout, self.locale, self.size, self.large_print, self.second


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that no sheet can be made for. Fields that are not known to be sound are empty."""

    line: int
    message: str
    id: str = ""
    handout: str = ""
    locale: str = ""


class Known(Protocol):
    """What a roster is checked against; a `desk.Desk` is one."""

    @property
    def handouts(self) -> tuple[str, ...]:
        """Ids of the handouts."""

    @property
    def locales(self) -> tuple[str, ...]:
        """Tags of the locales."""

    def locale(self, text: str) -> str:
        """Return the tag to print in for a wish. Raises HandoutError."""


Reader = Callable[[Path, Warn], Iterator[Row]]


def read(path: Path, warn: Warn) -> Iterator[Row]:
    """Return the rows of a roster, read as they are asked for.

    `warn` is called once if there are columns that are not used. Raises HandoutError when the
    file as a whole cannot be used.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise HandoutError(
            f'a roster cannot be a "{path.suffix}" file'
            if path.suffix
            else "the file has no ending",
            str(path),
            f"save it as one of {', '.join(READERS)}",
        )
    try:
        return reader(path, warn)
    except OSError as error:
        raise HandoutError(
            f"cannot be read: {error.strerror}", str(path), "check the path"
        ) from None


def tasks(rows: Iterable[Row], known: Known) -> Iterator[Task | Refusal]:
    """Yield for each row its task, or why there can be none: in order, one for each.

    Checks what file names are made of; the name and the date are checked where the sheet is made.
    """
    checker = _Checker(known)
    seen = _Seen()
    for row in rows:
        try:
            task = checker.task(row)
        except HandoutError as fault:
            yield checker.refusal(row, said(fault))
            continue
        first = seen.add(task.file.lower(), row.line)  # some disks know no capitals
        if first is None:
            yield task
        else:
            yield Refusal(
                row.line,
                f"line {first} asks for the same sheet already"
                "; each id, handout and locale may stand once (capitals do not count)",
                task.id,
                task.handout,
                task.locale,
            )


def said(fault: HandoutError) -> str:
    """Return a fault as one line: what is wrong, then the cure."""
    faults = getattr(fault, "faults", (fault,))
    told = [f"{one.message} ({one.hint})" if one.hint else one.message for one in faults[:SAID]]
    if len(faults) > SAID:
        told.append(f"and {len(faults) - SAID} more")
    return " ".join("; ".join(told).split())[:LIMIT_MESSAGE]


def estimate(path: Path) -> int | None:
    """Return about how many lines a text roster has; None where counting is not cheap."""
    if READERS.get(path.suffix.lower()) not in (read_csv, read_json_lines) or not path.is_file():
        return None
    with path.open("rb") as file:
        lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    return max(lines - (path.suffix.lower() in _CSV), 0)


class _Checker:
    """Rows against what there is, remembering the answers: a list repeats its handouts and locales."""

    def __init__(self, known: Known) -> None:
        self._handouts = frozenset(known.handouts)
        self._known = known
        self._locale = lru_cache(maxsize=256)(self._find_locale)

    def task(self, row: Row) -> Task:
        """Return the task of a row. Raises HandoutError."""
        if row.fault:
            raise row.fault
        return Task(
            row.line,
            safe_id(row.id),
            self._handout(row.handout.strip()),
            self._locale(row.locale.strip()),
            row.name,
            row.procedure_date,
            row.size.strip().lower(),
            _is_yes(row.large_print),
            self._second(row.second.strip()),
        )

    def refusal(self, row: Row, message: str) -> Refusal:
        """Return the refusal of a row, with those of its fields that are sound."""

        def sound(read: Callable[[str], str], text: str) -> str:
            try:
                return read(text)
            except HandoutError:
                return ""

        if row.fault:
            return Refusal(row.line, message)
        return Refusal(
            row.line,
            message,
            sound(safe_id, row.id),
            sound(self._handout, row.handout.strip()),
            sound(self._locale, row.locale.strip()),
        )

    def _handout(self, text: str) -> str:
        if text in self._handouts:
            return text
        what = "there is no such handout" if text else "the handout is missing"
        raise HandoutError(what, hint=nearest(text, sorted(self._handouts)))

    def _find_locale(self, text: str) -> str:
        try:
            return self._known.locale(text)
        except HandoutError:
            raise HandoutError(
                "there is no such locale", hint=nearest(text, self._known.locales)
            ) from None

    def _second(self, text: str) -> str:
        try:
            return self._locale(text) if text else ""
        except HandoutError as fault:
            raise HandoutError(f"with: {fault.message}", hint=fault.hint) from None


class _Seen:
    """Which file names were asked for, and on which line first: 12 bytes each, half of them spare.

    An open-addressing table of 64-bit digests: a set of a million strings would need 150 MB.
    """

    def __init__(self) -> None:
        self._resize(1 << 10)

    def _resize(self, size: int) -> None:
        self._digests = array("Q", bytes(8 * size))
        self._lines = array("I", bytes(4 * size))
        self._mask, self._count = size - 1, 0

    def add(self, text: str, line: int) -> int | None:
        """Note `text`; return the line that had it before, or None."""
        if 2 * self._count > self._mask:
            old = zip(self._digests, self._lines, strict=True)
            self._resize(2 * (self._mask + 1))
            for digest, number in old:
                if digest:
                    self._put(digest, number)
        digest = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") or 1
        return self._put(digest, line)

    def _put(self, digest: int, line: int) -> int | None:
        digests, place = self._digests, digest & self._mask
        while digests[place]:
            if digests[place] == digest:
                return self._lines[place]
            place = (place + 1) & self._mask
        digests[place], self._lines[place] = digest, line
        self._count += 1
        return None


def safe_id(text: str) -> str:
    """Return an id that any disk takes in a file name. Raises HandoutError."""
    clean = clean_id(text)
    if not clean:
        raise HandoutError("the id is missing", hint="each line needs one: it names the file")
    if _DEVICE.match(clean):
        raise HandoutError("the id is the name of a device on Windows", hint="add a letter")
    return clean


def _is_yes(text: str) -> bool:
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise HandoutError("large_print is neither yes nor no", hint="write yes, no, or nothing")


# --- columns ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Header:
    """Where each known column stands, and how many cells a line has."""

    places: Mapping[str, int]
    width: int

    def row(self, line: int, cells: Sequence[str]) -> Row:
        """Return a line's cells as a row."""
        if len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
            return _bad(
                line,
                f"{len(cells)} cells where the header has {self.width}",
                "put a text that holds the separator in quotes",
            )
        if any(len(cell) > LIMIT_CELL for cell in cells):
            return _bad(line, f"a cell has more than {LIMIT_CELL} characters", "shorten it")
        found = {
            column: cells[place] for column, place in self.places.items() if place < len(cells)
        }
        return _row(line, found)


def _row(line: int, found: Mapping[str, str]) -> Row:
    return Row(
        line,
        found.get("id", ""),
        found.get("name", ""),
        found.get("procedure_date", ""),
        found.get("handout", ""),
        found.get("locale", ""),
        found.get("size", ""),
        found.get("large_print", ""),
        found.get("with", ""),
    )


def _bad(line: int, what: str, cure: str) -> Row:
    return Row(line, fault=HandoutError(what, hint=cure))


def _header(cells: Sequence[str], path: Path, warn: Warn) -> _Header:
    """Return where the columns stand. Raises HandoutError if a needed one is missing or doubled."""
    names = [cell.strip().lower() for cell in cells]
    missing = [column for column in REQUIRED if column not in names]
    if missing:
        raise _missing(missing, names, path)
    doubled = [column for column in COLUMNS if names.count(column) > 1]
    if doubled:
        raise HandoutError(f'the column "{doubled[0]}" stands twice', f"{path}:1", "keep one")
    unused = [name for name in names if name and name not in COLUMNS]
    if unused:
        shown = ", ".join(name if _ENGLISH.match(name) else "..." for name in unused[:10])
        warn(f"{path}:1: columns not used: {shown}")
    return _Header(
        {column: names.index(column) for column in COLUMNS if column in names}, len(names)
    )


def _missing(missing: Sequence[str], names: Sequence[str], path: Path) -> HandoutError:
    """Return what to say of missing columns; a line that is no header at all may hold a name."""
    if not set(names) & set(COLUMNS):
        return HandoutError(
            "the first line does not name the columns",
            f"{path}:1",
            f"write {','.join(REQUIRED)} there",
        )
    faults = []
    for column in missing:
        others = [name for name in names if name not in COLUMNS and _ENGLISH.match(name)]
        close = difflib.get_close_matches(column, others, n=1, cutoff=0.4)
        close = close or [name for name in others if name in column or column in name][:1]
        instead = f' (nearest: "{close[0]}")' if close else ""
        faults.append(f'there is no column "{column}"{instead}')
    return HandoutError(
        "; ".join(faults), f"{path}:1", f"the first line must name {', '.join(REQUIRED)}"
    )


# --- CSV -------------------------------------------------------------------------------------


def read_csv(path: Path, warn: Warn) -> Iterator[Row]:
    """Read CSV in UTF-8, with or without a BOM; commas, semicolons or tabs, as the header has them."""
    file = _open_text(path)
    lines = _Lines(file)
    first = next(lines, None)
    while first is not None and not first[1].strip():
        first = next(lines, None)
    if first is None:
        raise HandoutError(
            "the roster is empty", str(path), f"its first line names {', '.join(REQUIRED)}"
        )
    _, text = first
    _must_be_utf8(text, path)
    separator = max(",;\t", key=lambda sign: len(set(_cells(text, sign)) & set(COLUMNS)))
    header = _header(_cells(text, separator), path, warn)
    return _csv_rows(lines, header, separator)


def _cells(line: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []
    return [cell.strip().lower() for cell in cells]


def _csv_rows(lines: _Lines, header: _Header, separator: str) -> Iterator[Row]:
    for number, line in lines:
        if not line.strip(separator + " \r\n"):
            continue
        if len(line) >= LIMIT_LINE:
            yield _bad(number, f"longer than {LIMIT_LINE} characters", "is a quote left open?")
            continue
        try:
            cells = _record(line, lines, separator)
        except csv.Error:
            yield _bad(
                number,
                "a quote stands where none can, or is left open",
                'write a quote within quotes as ""',
            )
            continue
        if _is_broken(cells):
            yield _bad(number, "not UTF-8", "save the file as CSV UTF-8")
        else:
            yield header.row(number, cells)


def _record(line: str, lines: _Lines, separator: str) -> list[str]:
    """Return the cells of the record that `line` begins; it may run on within quotes.

    Raises csv.Error; the lines after the first are then read again, each as a line of its own.
    """
    if '"' not in line:
        return next(csv.reader((line,), delimiter=separator))
    taken = [line]
    while True:
        try:
            return next(csv.reader(taken, delimiter=separator, strict=True))
        except csv.Error as error:
            more = None
            if "unexpected end" in str(error) and len(taken) < LIMIT_QUOTED_LINES:
                more = lines.peek()
            if more is None or sum(map(len, taken)) > LIMIT_LINE:
                lines.give_back(len(taken) - 1)
                raise
            taken.append(more)


class _Lines:
    """The numbered lines of a text, which can be given back; none is read beyond the limit."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._number = 0
        self._ahead: deque[str] = deque()
        self._taken: deque[str] = deque(maxlen=LIMIT_QUOTED_LINES)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> tuple[int, str]:
        line = self._ahead.popleft() if self._ahead else self._read()
        if not line:
            self._file.close()
            raise StopIteration
        self._number += 1
        self._taken.clear()
        return self._number, line

    def peek(self) -> str | None:
        """Take one line more for the record at hand; None at the end."""
        line = self._ahead.popleft() if self._ahead else self._read()
        if not line:
            return None
        self._number += 1
        self._taken.append(line)
        return line

    def give_back(self, count: int) -> None:
        """Undo the last `count` peeks."""
        for _ in range(count):
            self._ahead.appendleft(self._taken.pop())
            self._number -= 1

    def _read(self) -> str:
        if self._file.closed:
            return ""
        line = self._file.readline(LIMIT_LINE)
        rest = line
        while len(rest) == LIMIT_LINE and not rest.endswith(("\n", "\r")):
            rest = self._file.readline(LIMIT_LINE)  # an endless line is one bad line, not many
        return line


def _open_text(path: Path) -> TextIO:
    """Open a text; bytes that are not UTF-8 come through as surrogates, for their line to tell."""
    file = path.open("rb")
    start = file.peek(4)[:4]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start:
        file.close()
        raise HandoutError("not UTF-8 but UTF-16", str(path), "save the file as CSV UTF-8")
    if start == b"PK\x03\x04":
        file.close()
        raise HandoutError(
            "not a text but a workbook", str(path), "name it .xlsx, or save it as CSV UTF-8"
        )
    return io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")


def _must_be_utf8(text: str, path: Path) -> None:
    if _is_broken((text,)):
        raise HandoutError("not UTF-8", f"{path}:1", "save the file as CSV UTF-8")


def _is_broken(cells: Iterable[str]) -> bool:
    for cell in cells:
        if not cell.isascii():
            try:
                cell.encode()
            except UnicodeEncodeError:
                return True
    return False


# --- XLSX ------------------------------------------------------------------------------------


def read_workbook(path: Path, warn: Warn) -> Iterator[Row]:
    """Read the first sheet of a workbook. Dates come as dates, whole numbers without a decimal point."""
    from python_calamine import CalamineError, CalamineWorkbook

    with path.open("rb"):  # a missing file is said in the same words for every kind
        _must_be_bounded(path)
    try:
        book = CalamineWorkbook.from_path(path)
        sheet = book.get_sheet_by_index(0)
    except (CalamineError, ValueError, IndexError, OSError):
        raise HandoutError(
            "not a workbook that can be read",
            str(path),
            "is it protected by a password? save it as CSV UTF-8",
        ) from None
    first = sheet.start[0] + 1 if sheet.start else 1
    numbered = (
        (line, [_cell(value) for value in row]) for line, row in enumerate(sheet.iter_rows(), first)
    )
    filled = ((line, cells) for line, cells in numbered if any(cells))
    top = next(filled, None)
    if top is None:
        raise HandoutError(
            "the roster is empty", str(path), f"its first line names {', '.join(REQUIRED)}"
        )
    header = _header(top[1], path, warn)
    return (header.row(line, cells) for line, cells in filled)


def _must_be_bounded(path: Path) -> None:
    """Refuse a workbook that unpacks to more than the memory should hold."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > LIMIT_WORKBOOK:
        raise HandoutError("the workbook is too large", str(path), "save it as CSV UTF-8")


def _cell(value: Any) -> str:
    """Return a cell as it would be typed: 7.0 as 7, a day as 2026-11-23."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        whole_day = value.time() == time()
        return value.date().isoformat() if whole_day else value.isoformat(timespec="minutes")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return "" if value is None or isinstance(value, timedelta) else str(value).strip()


# --- JSON lines ------------------------------------------------------------------------------


def read_json_lines(path: Path, warn: Warn) -> Iterator[Row]:
    """Read one JSON object a line, its keys being the columns."""
    lines = _Lines(_open_text(path))
    return _json_rows(lines, path, warn)


def _json_rows(lines: _Lines, path: Path, warn: Warn) -> Iterator[Row]:
    has_warned = False
    for number, line in lines:
        if not line.strip():
            continue
        try:
            found = _json_object(line)
        except HandoutError as fault:
            yield Row(number, fault=fault)
            continue
        if not has_warned and (unused := [key for key in found if key not in COLUMNS]):
            has_warned = True
            shown = ", ".join(key if _ENGLISH.match(key) else "..." for key in unused[:10])
            warn(f"{path}:{number}: columns not used: {shown}")
        yield _row(number, found)


def _json_object(line: str) -> dict[str, str]:
    if len(line) >= LIMIT_LINE:
        raise HandoutError(f"longer than {LIMIT_LINE} characters", hint="shorten it")
    if _is_broken((line,)):
        raise HandoutError("not UTF-8", hint="save the file in UTF-8")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise HandoutError("not a JSON object", hint='write {"id": ..., "name": ..., ...}')
    missing = [column for column in REQUIRED if column not in value]
    if missing:
        raise HandoutError(
            f'there is no "{missing[0]}"', hint=f"each line has {', '.join(REQUIRED)}"
        )
    if any(isinstance(cell, (dict, list)) for key, cell in value.items() if key in COLUMNS):
        raise HandoutError("a value is a list or an object", hint="write a text")
    found = {key: _cell(cell) for key, cell in value.items()}
    if _is_broken(found.values()) or any(len(cell) > LIMIT_CELL for cell in found.values()):
        raise HandoutError(
            f"a value has more than {LIMIT_CELL} characters or half a letter", hint="mend it"
        )
    return found


_CSV = (".csv", ".tsv", ".txt")
READERS: dict[str, Reader] = {
    **dict.fromkeys(_CSV, read_csv),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), read_workbook),
    **dict.fromkeys((".jsonl", ".ndjson"), read_json_lines),
}
