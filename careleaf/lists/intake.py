"""A day's list in whatever form it comes: rosters, FHIR resources, several files or a folder as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from careleaf.child import BY_KEY
from careleaf.content.codes import by_code
from careleaf.desk.content import Content
from careleaf.errors import HandoutError
from careleaf.lists import fhir
from careleaf.lists.delimited import read_csv
from careleaf.lists.json_lines import read_json_lines
from careleaf.lists.rows import Reader, Row, Warn
from careleaf.lists.seen import Seen, digest
from careleaf.lists.workbook import read_workbook
from careleaf.model import Request
from careleaf.sheet.typed import Here, cleaned

_CSV = (".csv", ".tsv", ".txt")
_JSON = (".json", ".ndjson", ".jsonl")
_WORKBOOK = (".xlsx", ".xlsm", ".xls", ".ods")
_READERS: dict[str, Reader] = {
    **dict.fromkeys(_CSV, read_csv),
    **dict.fromkeys(_WORKBOOK, read_workbook),
    **dict.fromkeys((".jsonl", ".ndjson"), read_json_lines),
}
ENDINGS = tuple(dict.fromkeys((*_READERS, *_JSON)))


def read(
    places: Sequence[Path],
    warn: Warn,
    content: Content,
    day: date | None = None,
    *,
    include_hidden: bool = False,
) -> Iterator[Row]:
    """Return the rows of a list, read as they are asked for; `day` is the one day wanted, or None.

    `places` are files, or folders of them, taken as one list: FHIR resources of several files know
    each other, and lines are numbered on from file to file. Two lines that ask for one sheet and
    differ in the child are both at fault. Hidden rows and columns of a workbook count if they are
    asked for. Raises HandoutError when a file as a whole cannot be used.
    """
    paths = files_of(places)
    groups = [(is_fhir, tuple(group)) for is_fhir, group in groupby(paths, key=_is_fhir)]
    try:
        readings = [
            _fhir_reading(group, content, day)
            if is_fhir
            else _roster(path, content, day, include_hidden)
            for is_fhir, group in groups
            for path in (group[:1] if is_fhir else group)
        ]
        rows = [reading(warn) for reading in readings]
    except OSError as error:
        raise _unreadable(Path(error.filename or places[0]), error) from None
    return _readable(rows[0] if len(rows) == 1 else _numbered_on(rows), places[0])


def files_of(places: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files of a list, those of a folder by name. Raises HandoutError where there is none."""
    found: list[Path] = []
    for place in places:
        if not place.is_dir():
            _must_be_file(place)
            found.append(place)
            continue
        inside = sorted(path for path in place.iterdir() if path.suffix.lower() in ENDINGS)
        inside = [path for path in inside if not path.name.startswith(".")]
        if not inside:
            raise HandoutError(
                "there is no list in this folder",
                str(place),
                f"a list is a file that ends in {', '.join(ENDINGS)}",
                "list.no-list",
            )
        for path in inside:
            _must_be_file(path)
        found += inside
    return tuple(found)


def reader(path: Path, suffix: str, content: Content) -> Reader:
    """Return what reads the file at `path`, whose name ends in `suffix`.

    JSON that names a resourceType is FHIR: its codes are looked up in the handouts, its moments in
    the clinic's time zone. Raises HandoutError for a kind of file that is no list.
    """
    if suffix in _JSON and fhir.is_fhir(path):
        return fhir.reader(_fhir_by(content, None))
    if suffix in _READERS:
        return _READERS[suffix]
    fault = f'a list cannot be a "{suffix}" file' if suffix else "the file's name has no ending"
    cure = f"save it as one of {', '.join(ENDINGS)}"
    raise HandoutError(fault, str(path), cure, "list.wrong-kind")


def has_more_pages(places: Sequence[Path]) -> bool:
    """Whether a file says that there is another page of the list, which it does not hold."""
    return any(_is_fhir(path) and fhir.next_page(path) for path in files_of(places))


def estimate(places: Sequence[Path]) -> int | None:
    """Return about how many lines a list of text has; None where counting is not cheap."""
    if len(places) != 1 or places[0].is_dir():
        return None
    (path,) = places
    suffix = path.suffix.lower()
    if _READERS.get(suffix) not in (read_csv, read_json_lines) or not path.is_file():
        return None
    with path.open("rb") as file:
        lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    return max(lines - (suffix in _CSV), 0)


# --- one file, or several -----------------------------------------------------------------------

RowsOf = Callable[[Warn], Iterator[Row]]


def _is_fhir(path: Path) -> bool:
    try:
        return path.suffix.lower() in _JSON and fhir.is_fhir(path)
    except OSError as error:
        raise _unreadable(path, error) from None


def _fhir_reading(paths: tuple[Path, ...], content: Content, day: date | None) -> RowsOf:
    return lambda warn: fhir.read(paths, _fhir_by(content, day), warn)


def _fhir_by(content: Content, day: date | None) -> fhir.FhirContext:
    clinic = content.clinic
    handouts = by_code(content.source(handout).handout for handout in content.handouts)
    zone = ZoneInfo(clinic.time_zone) if clinic.time_zone else None
    return fhir.FhirContext(handouts, zone, content.today, clinic.record_number_system or "", day)


def _roster(path: Path, content: Content, day: date | None, include_hidden: bool) -> RowsOf:
    read_rows = reader(path, path.suffix.lower(), content)
    if read_rows is read_workbook and include_hidden:
        read_rows = partial(read_workbook, include_hidden=True)

    def rows(warn: Warn) -> Iterator[Row]:
        wanted = (
            (lambda told: _on_day(read_rows(path, told), day, content.here, told))
            if day
            else (lambda told: read_rows(path, told))
        )
        return _settled(wanted, warn)

    return rows


def _numbered_on(files: Sequence[Iterator[Row]]) -> Iterator[Row]:
    passed = 0
    for rows in files:
        last = 0
        for row in rows:
            last = max(last, row.line)
            yield replace(row, line=row.line + passed)
        passed += last


def _readable(rows: Iterator[Row], place: Path) -> Iterator[Row]:
    try:
        yield from rows
    except OSError as error:  # a file that vanished, a disk that fails
        raise _unreadable(Path(error.filename or place), error) from None


def _must_be_file(path: Path) -> None:
    """Refuse what would be waited for without end; what is missing is said when it is opened."""
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "a pipe or a device"
        raise HandoutError(
            f"not a file but {what}", str(path), "save the list to a file", "list.unreadable"
        )


def _unreadable(path: Path, error: OSError) -> HandoutError:
    fault = f"cannot be read: {error.strerror}"
    return HandoutError(fault, str(path), "check the path", "list.unreadable")


# --- which lines count --------------------------------------------------------------------------


def _on_day(rows: Iterator[Row], day: date, here: Here, warn: Warn) -> Iterator[Row]:
    """Yield the rows of one day, and those whose day cannot be read: they are refused later."""
    others = 0
    for row in rows:
        try:
            at = cleaned(BY_KEY["date"], row.request.child["date"], here)
        except HandoutError:
            at = day
        if row.fault is None and isinstance(at, date) and (at.year, at.month, at.day) != (
            day.year, day.month, day.day,
        ):  # fmt: skip
            others += 1
        else:
            yield row
    if others:
        warn(f"on another day: {others:,} {'line' if others == 1 else 'lines'}")


def _settled(read_rows: Callable[[Warn], Iterator[Row]], warn: Warn) -> Iterator[Row]:
    """Return rows, read twice: of two that ask for one sheet and differ in the child, neither counts."""
    unclear = _unclear(read_rows(lambda text: None))
    return _marked(read_rows(warn), unclear)


def _marked(rows: Iterator[Row], unclear: Mapping[int, int]) -> Iterator[Row]:
    for row in rows:
        other = unclear.get(row.line)
        if other is None:
            yield row
            continue
        fault = HandoutError(
            f"line {other} asks for the same sheet with another name or date",
            "",
            "keep the one that is right, or name the day: --day YYYY-MM-DD",
            "line.two-answers",
        )
        yield replace(row, fault=fault)


def _unclear(rows: Iterator[Row]) -> dict[int, int]:
    """Return the lines that differ from another in the child alone, each with that other line."""
    seen = Seen()
    found: dict[int, int] = {}
    for row in rows:
        if row.fault is not None:
            continue
        wish = row.request
        child = digest(*(text.strip() for text in wish.child.values() if text is not wish.id))
        first = seen.add(_sheet(wish), row.line, child)
        if first and first.mark != child:
            found[row.line] = first.line
            found.setdefault(first.line, row.line)
    return found


def _sheet(wish: Request) -> int:
    """Return which sheet is asked for, as its file will be named; some disks know no capitals."""
    named = (wish.id, wish.handout, wish.locale.replace("-", "_"))
    return digest(*(text.strip().casefold() for text in named))
