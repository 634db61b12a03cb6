"""CSV, with commas, semicolons or tabs -> rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from careleaf.errors import HandoutError
from careleaf.lists.rows import (
    COLUMNS,
    LIMIT_LINE,
    Header,
    Row,
    Warn,
    bad_row,
    empty_list,
    header_of,
    is_broken,
)
from careleaf.lists.text_lines import LIMIT_QUOTED_LINES, Lines, open_text

# A line that Excel writes for itself, before the header.
_SEPARATOR = re.compile(r"\A\s*\"?sep=.\"?\s*\Z", re.IGNORECASE)


def read_csv(path: Path, warn: Warn) -> Iterator[Row]:
    """Read CSV in UTF-8, with or without a BOM; commas, semicolons or tabs, as the header has them."""
    file = open_text(path)
    lines = Lines(file)
    first = next(lines, None)
    while first is not None and not _SEPARATOR.sub("", first[1]).strip():
        first = next(lines, None)
    if first is None:
        raise empty_list(path)
    _, text = first
    _must_be_utf8(text, path)
    separator = max(",;\t", key=lambda sign: len(set(_cells(text, sign)) & set(COLUMNS)))
    header = header_of(_cells(text, separator), path, warn)
    return _csv_rows(lines, header, separator)


def _cells(line: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []
    return [cell.strip().lower() for cell in cells]


def _csv_rows(lines: Lines, header: Header, separator: str) -> Iterator[Row]:
    run_into = 0  # the line that an open quote of an earlier one seems to end on
    for number, line in lines:
        if not line.strip(separator + " \r\n"):
            continue
        begun = header.cells(_before_quote(line, separator))
        if len(line) >= LIMIT_LINE:
            message = f"longer than {LIMIT_LINE} characters"
            yield bad_row(number, message, "is a quote left open?", "line.too-long", begun)
            continue
        try:
            cells = _record(line, lines, separator)
        except _Unbalanced as fault:
            yield _stray_quote(number, begun)
            run_into = max(run_into, number + fault.more)
            continue
        except csv.Error:  # a lone carriage return within the line
            yield _stray_quote(number, begun)
            continue
        if number == run_into and '"' in line:
            yield _stray_quote(number, {})  # its first cells may be the end of another line's
        elif is_broken(cells):
            cure = "save the file as CSV UTF-8"
            yield bad_row(number, "not UTF-8", cure, "line.not-utf8", header.cells(cells))
        elif lines.number > number and header.has_break(cells):
            yield from _run_on(number, lines.number, begun)
        else:
            yield header.row(number, cells)


class _Unbalanced(Exception):
    """A quote is left open, or closed amid a cell `more` lines further on."""

    def __init__(self, more: int) -> None:
        super().__init__()
        self.more = more


def _before_quote(line: str, separator: str) -> list[str]:
    """Return the cells that end before the first quote of a line: no quote can have moved them."""
    return line.partition('"')[0].split(separator)[:-1]


def _stray_quote(number: int, begun: Mapping[str, str]) -> Row:
    return bad_row(
        number,
        "a quote stands where none can, or is left open",
        'write a quote within quotes as ""',
        "line.quote",
        begun,
    )


def _run_on(first: int, last: int, begun: Mapping[str, str]) -> Iterator[Row]:
    """Yield a fault for each line of a record whose quotes run over a line's end: is it two children?"""
    for number in range(first, last + 1):
        yield bad_row(
            number,
            f"lines {first} to {last} are one within quotes, with a line break in a cell",
            "close the quote where its cell ends; each child stands on one line",
            "line.break",
            begun if number == first else None,
        )


def _record(line: str, lines: Lines, separator: str) -> list[str]:
    """Return the cells of the record that `line` begins; it may run on within quotes.

    Raises _Unbalanced; the lines after the first are then read again, each as a line of its own.
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
                raise _Unbalanced(len(taken) - 1) from None
            taken.append(more)


def _must_be_utf8(text: str, path: Path) -> None:
    if is_broken((text,)):
        raise HandoutError("not UTF-8", f"{path}:1", "save the file as CSV UTF-8", "list.not-utf8")
