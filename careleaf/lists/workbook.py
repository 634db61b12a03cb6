"""The first sheet of a workbook (XLSX, XLS, ODS) -> rows."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from careleaf.errors import HandoutError
from careleaf.lists.rows import Row, Warn, cell, empty_list, header_of

LIMIT_WORKBOOK = 512 * 1024 * 1024  # bytes of a workbook, unpacked


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
            "list.unreadable",
        ) from None
    first = sheet.start[0] + 1 if sheet.start else 1
    numbered = (
        (line, [cell(value) for value in row]) for line, row in enumerate(sheet.iter_rows(), first)
    )
    filled = ((line, cells) for line, cells in numbered if any(cells))
    top = next(filled, None)
    if top is None:
        raise empty_list(path)
    header = header_of(top[1], path, warn)
    return (header.row(line, cells) for line, cells in filled)


def _must_be_bounded(path: Path) -> None:
    """Refuse a workbook that unpacks to more than the memory should hold."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > LIMIT_WORKBOOK:
        raise HandoutError(
            "the workbook is too large", str(path), "save it as CSV UTF-8", "list.too-large"
        )
