"""A workbook's zip -> what its reader does not tell: how far the cells reach, what is hidden or odd.

Everything here is read as a stream, so that a small file that claims to be large costs nothing.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Literal

from careleaf import safe_xml

LIMIT_UNPACKED = 256 * 1024 * 1024  # bytes of the parts that are read
LIMIT_CELLS = 2_000_000  # rows by columns, of all sheets together: 32 bytes each in memory
LIMIT_PARTS = 10_000  # files in the zip
_LIMIT_REPEATED = 1 << 24  # rows or columns alike: as many as any program's table has
_CHUNK = 1 << 18

Odd = Literal["error", "formula", "padded"]  # an error, no result, zeros that only the format shows

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_PADDED = re.compile(r"0{2,}\Z")  # a number format: 42 is shown as 00042


class TooLarge(Exception):
    """The workbook unpacks to more than memory should hold."""


class Unreadable(Exception):
    """The workbook is damaged, encrypted, or says two things at once."""


class Spans:
    """Ranges of numbers, each with both its ends, added in any order."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []
        self._is_sorted = True

    def add(self, first: int, last: int) -> None:
        if self._spans and self._spans[-1][1] + 1 == first:
            self._spans[-1] = (self._spans[-1][0], last)
        else:
            self._spans.append((first, last))
            self._is_sorted = False

    def __contains__(self, number: int) -> bool:
        if not self._is_sorted:
            self._spans.sort()
            self._is_sorted = True
        place = bisect_right(self._spans, (number, 1 << 40)) - 1
        return place >= 0 and self._spans[place][1] >= number


@dataclass(slots=True)
class Scan:
    """What was found in one sheet; rows and columns count from 1.

    `rows` and `columns` are those of the last cell that holds something.
    """

    rows: int = 0
    columns: int = 0
    hidden_rows: Spans = field(default_factory=Spans)
    hidden_columns: Spans = field(default_factory=Spans)
    odd: dict[tuple[int, int], Odd] = field(default_factory=dict)

    def reach(self, row: int, column: int) -> None:
        """Note a cell that holds something."""
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def scan(file: IO[bytes]) -> Mapping[str, Scan]:
    """Return what each sheet of an XLSX or ODS has, by the sheet's name.

    Raises TooLarge and Unreadable.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = _Parts(archive)
            found = _ods(parts) if "content.xml" in parts else _xlsx(parts)
    except safe_xml.UnsafeXml as fault:
        if fault.is_too_large:
            raise TooLarge from None
        raise Unreadable from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise Unreadable from None
    except (ValueError, KeyError, IndexError, zlib.error):
        raise Unreadable from None
    if sum(sheet.rows * sheet.columns for sheet in found.values()) > LIMIT_CELLS:
        raise TooLarge
    return found


class _Parts:
    """The files in a zip, by name; all that is read counts against one limit."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        entries = archive.infolist()
        if len(entries) > LIMIT_PARTS:
            raise TooLarge
        if sum(entry.file_size for entry in entries) > LIMIT_UNPACKED:
            raise TooLarge
        self._archive = archive
        self._entries = {entry.filename.lower(): entry for entry in entries}
        if len(self._entries) != len(entries):  # two readers would take two of them
            raise Unreadable
        if any(entry.flag_bits & 1 for entry in entries):
            raise Unreadable
        self._left = LIMIT_UNPACKED

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def parse(
        self,
        name: str,
        start: safe_xml.Start,
        end: safe_xml.End = safe_xml.nothing,
        text: safe_xml.Text | None = None,
    ) -> None:
        """Read a part that is XML."""
        chunks = self._chunks(name)
        self._left -= safe_xml.parse(chunks, start, end, text, limit_bytes=self._left)

    def drain(self, name: str) -> None:
        """Read a part to its end, for its size and its checksum."""
        for chunk in self._chunks(name):
            self._left -= len(chunk)
            if self._left < 0:
                raise TooLarge

    def _chunks(self, name: str) -> Iterator[bytes]:
        with self._archive.open(self._entries[name.lower()]) as part:
            while chunk := part.read(_CHUNK):
                yield chunk


# --- XLSX -----------------------------------------------------------------------------------------


def _xlsx(parts: _Parts) -> dict[str, Scan]:
    if "xl/sharedStrings.xml" in parts:
        parts.drain("xl/sharedStrings.xml")
    padded = _padded_styles(parts) if "xl/styles.xml" in parts else frozenset()
    found: dict[str, Scan] = {}
    for name, part in _sheets(parts).items():
        found[name] = _xlsx_sheet(parts, part, padded)
    return found


def _sheets(parts: _Parts) -> dict[str, str]:
    """Return the part of each sheet, by the sheet's name."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str], line: int) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes["Target"]
            targets[attributes["Id"]] = (
                target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            )

    def sheet(name: str, attributes: dict[str, str], line: int) -> None:
        if name == "sheet":
            key = next((one for key, one in attributes.items() if key.endswith(" id")), "")
            if attributes["name"] in sheets:
                raise Unreadable
            sheets[attributes["name"]] = key

    parts.parse("xl/_rels/workbook.xml.rels", relation)
    parts.parse("xl/workbook.xml", sheet)
    return {name: targets[key] for name, key in sheets.items() if key in targets}


def _padded_styles(parts: _Parts) -> frozenset[str]:
    """Return the styles that show zeros before a number that the number does not have."""
    formats: set[str] = set()
    found: set[str] = set()
    inside = False
    count = 0

    def start(name: str, attributes: dict[str, str], line: int) -> None:
        nonlocal inside, count
        if name == "numFmt" and _PADDED.match(attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            if attributes.get("numFmtId") in formats:
                found.add(str(count))
            count += 1

    def end(name: str) -> None:
        nonlocal inside
        if name == "cellXfs":
            inside = False

    parts.parse("xl/styles.xml", start, end)
    return frozenset(found)


def _xlsx_sheet(parts: _Parts, part: str, padded: frozenset[str]) -> Scan:
    reading = _XlsxSheet(padded)
    parts.parse(part, reading.start, reading.end, reading.text)
    return reading.scan


class _XlsxSheet:
    """One worksheet, element by element."""

    def __init__(self, padded: frozenset[str]) -> None:
        self.scan = Scan()
        self._padded = padded
        self._row = self._column = 0
        self._type = self._style = ""
        self._has_formula = self._has_value = self._is_inline = False
        self._is_in_value = False

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        if name == "c":
            self._cell(attributes)
        elif name == "v":
            self._is_in_value = True
            self._has_value = self._type == "str"  # a text may be empty
        elif name == "f":
            self._has_formula = True
        elif name == "is":
            self._is_inline = True
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            if _is_hidden(attributes, "ht"):
                self.scan.hidden_rows.add(self._row, self._row)
        elif name == "col" and _is_hidden(attributes, "width"):
            self.scan.hidden_columns.add(int(attributes["min"]), int(attributes["max"]))

    def _cell(self, attributes: dict[str, str]) -> None:
        self._column += 1
        reference = attributes.get("r")
        if reference is not None:
            match = _CELL.match(reference)
            if match is None or int(match[2]) != self._row:
                raise Unreadable
            self._column = _column_number(match[1])
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._has_formula = self._has_value = self._is_inline = False

    def text(self, text: str) -> None:
        if self._is_in_value:
            self._has_value = True

    def end(self, name: str) -> None:
        self._is_in_value = False
        if name != "c" or not (self._has_value or self._has_formula or self._is_inline):
            return
        place = self._row, self._column
        self.scan.reach(*place)
        if self._type == "e":
            self.scan.odd[place] = "error"
        elif self._has_formula and not self._has_value:
            self.scan.odd[place] = "formula"
        elif self._type == "n" and self._style in self._padded:
            self.scan.odd[place] = "padded"


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    if attributes.get("hidden", "") in ("1", "true"):
        return True
    try:
        return float(attributes.get(size, "1")) == 0
    except ValueError:
        return False


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


# --- ODS ------------------------------------------------------------------------------------------


def _ods(parts: _Parts) -> dict[str, Scan]:
    reading = _OdsSheets()
    parts.parse("content.xml", reading.start, reading.end)
    return reading.scans


_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_KIND = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 value-type"
_KIND_IN_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"


class _OdsSheets:
    """The tables of a content.xml, element by element."""

    def __init__(self) -> None:
        self.scans: dict[str, Scan] = {}
        self._scan = Scan()
        self._tables = 0  # how deep
        self._row = self._rows_alike = self._column = self._described = 0
        self._filled = 0  # the last column of the row that holds something
        self._odd: list[tuple[int, Odd]] = []
        self._is_row_hidden = False

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        if name == "table":
            self._table(attributes)
        elif name == "table-column":
            count = _repeated(attributes, "columns")
            if _is_away(attributes):
                self._scan.hidden_columns.add(self._described + 1, self._described + count)
            self._described += count
        elif name == "table-row":
            self._rows_alike = _repeated(attributes, "rows")
            self._is_row_hidden = _is_away(attributes)
            self._column = self._filled = 0
            self._odd = []
        elif name in ("table-cell", "covered-table-cell"):
            self._cell(attributes)

    def end(self, name: str) -> None:
        if name == "table":
            self._tables -= 1
        elif name == "table-row":
            self._end_of_row()

    def _table(self, attributes: dict[str, str]) -> None:
        self._tables += 1
        name = attributes.get(_TABLE + "name", "")
        if self._tables > 1 or name in self.scans:  # a table within a cell, or two of one name
            raise Unreadable
        self._scan = self.scans[name] = Scan()
        self._row = self._described = 0

    def _end_of_row(self) -> None:
        first, last = self._row + 1, self._row + self._rows_alike
        if self._is_row_hidden:
            self._scan.hidden_rows.add(first, last)
        if self._filled:
            self._scan.reach(last, self._filled)
        if len(self._odd) * self._rows_alike > LIMIT_CELLS:
            raise TooLarge
        for row in range(first, last + 1) if self._odd else ():
            self._scan.odd.update({(row, column): what for column, what in self._odd})
        self._row = last

    def _cell(self, attributes: dict[str, str]) -> None:
        count = _repeated(attributes, "columns")
        first, self._column = self._column + 1, self._column + count
        kind = attributes.get(_KIND, "")
        odd: Odd | None = None
        if attributes.get(_KIND_IN_CALC) == "error":
            odd = "error"
        elif _TABLE + "formula" in attributes and not kind:
            odd = "formula"
        if kind or odd:
            self._filled = self._column
        if odd:
            if count > LIMIT_CELLS:
                raise TooLarge
            self._odd.extend((column, odd) for column in range(first, self._column + 1))


def _repeated(attributes: dict[str, str], what: str) -> int:
    count = int(attributes.get(f"{_TABLE}number-{what}-repeated", "1"))
    if not 1 <= count <= _LIMIT_REPEATED:
        raise Unreadable
    return count


def _is_away(attributes: dict[str, str]) -> bool:
    """Whether a row or column is hidden, or filtered out."""
    return attributes.get(_TABLE + "visibility", "visible") != "visible"
