"""A process of its own: a workbook on standard input -> its rows on standard output, as JSON lines.

A workbook can be made to take all of a machine's memory or to end the process that reads it. This
process has limits, and nobody else suffers when it ends. `workbook` starts it. It writes

    ["warn", what, count]             something to tell
    ["row", line, [cell, ...]]        a cell is a text, or [kind, text] for what is no text
    ["other", number, [text, ...]]    the first row of another visible sheet
    ["fault", code]                   the workbook cannot be read
    ["end"]                           all was written
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from careleaf.lists import workbook_scan
from careleaf.lists.workbook_scan import Scan

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

LIMIT_FILE = 64 * 1024 * 1024  # bytes
LIMIT_SECONDS = 60  # of a processor
_MEMORY, _MEMORY_A_BYTE, _MOST_MEMORY = 128 << 20, 16, 1 << 30  # bytes, beyond the program's own
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # how an old .xls begins, and a workbook with a password
_LIMIT_EXACT = 1e15  # a spreadsheet keeps 15 digits of a number


def main() -> None:
    """Read the workbook on standard input; the one argument says whether to take what is hidden."""
    content = sys.stdin.buffer.read(LIMIT_FILE + 1)
    _limit(len(content))
    try:
        if len(content) > LIMIT_FILE:
            raise workbook_scan.TooLarge
        if content.startswith(_OLE):
            _write(["fault", "list.wrong-kind"])
        for line in _lines(content, with_hidden="--include-hidden" in sys.argv):
            _write(line)
    except (workbook_scan.TooLarge, MemoryError):
        _write(["fault", "list.too-large"])
    except workbook_scan.Unreadable:
        _write(["fault", "list.unreadable"])
    _write(["end"])


def _write(line: list[Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


def _limit(size: int) -> None:
    """Set limits for this process where the system has them; a core file would hold names."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        memory = min(_MEMORY + _MEMORY_A_BYTE * size, _MOST_MEMORY)
        for what, limit in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_CPU, LIMIT_SECONDS),
            (resource.RLIMIT_AS, memory),
        ):
            resource.setrlimit(what, (limit, limit))


def _lines(content: bytes, *, with_hidden: bool) -> Iterator[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    scans = workbook_scan.scan(io.BytesIO(content))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if not visible or any(name not in scans for name in visible):
            raise workbook_scan.Unreadable
        yield from _sheet(book, visible[0], scans[visible[0]], with_hidden=with_hidden)
        for number, name in enumerate(visible[1:], 2):
            first = next(_rows(book, name, scans[name]), None)
            if first is not None:
                yield ["other", number, [_text(cell) for cell in first[1]]]
    except (CalamineError, ValueError, IndexError, OSError):
        raise workbook_scan.Unreadable from None


Cell = str | list[str]


def _sheet(
    book: CalamineWorkbook, name: str, scan: Scan, *, with_hidden: bool
) -> Iterator[list[Any]]:
    rows = 0
    columns: set[int] = set()
    for line, cells in _rows(book, name, scan):
        if with_hidden:
            yield ["row", line, cells]
        elif line in scan.hidden_rows:
            rows += 1
        else:
            hidden = {place for place in range(len(cells)) if place + 1 in scan.hidden_columns}
            columns |= {place for place in hidden if cells[place]}
            yield ["row", line, [cell for place, cell in enumerate(cells) if place not in hidden]]
    if rows:
        yield ["warn", "rows", rows]
    if columns:
        yield ["warn", "columns", len(columns)]


def _rows(book: CalamineWorkbook, name: str, scan: Scan) -> Iterator[tuple[int, list[Cell]]]:
    """Yield the rows of a sheet that hold something, each with its line, from column A on."""
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None or sheet.end is None:
        return
    lines_with_odd = {line for line, _ in scan.odd}
    line = 0
    # The reader gives the rows from the first on, but of each only the columns that hold something.
    for line, values in enumerate(sheet.iter_rows(), 1):
        cells: list[Cell] = [""] * sheet.start[1]
        cells += [cell_of(value) for value in values]
        if line in lines_with_odd:
            _mark_odd(line, cells, scan)
        if any(cells):
            yield line, cells
    if line != sheet.end[0] + 1:
        raise workbook_scan.Unreadable


def _mark_odd(line: int, cells: list[Cell], scan: Scan) -> None:
    """Put the kind of odd cells into a row; the reader leaves most of them empty."""
    cells += [""] * (scan.columns - len(cells))
    for place in range(len(cells)):
        what = scan.odd.get((line, place + 1))
        if what:
            cells[place] = [what, ""]


def cell_of(value: Any) -> Cell:
    """Return a cell as it would be typed; what is no text has its kind with it."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return ["bool", "yes" if value else "no"]
    if isinstance(value, int | float):
        is_exact = abs(value) < _LIMIT_EXACT and value == int(value)
        return ["number", str(int(value))] if is_exact else ["inexact", ""]
    if isinstance(value, datetime):
        whole_day = value.time() == time()
        text = value.date().isoformat() if whole_day else value.isoformat(timespec="minutes")
        return ["date", text]
    return ["date", value.isoformat()] if isinstance(value, date) else ["time", ""]


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell[1]


if __name__ == "__main__":
    main()
