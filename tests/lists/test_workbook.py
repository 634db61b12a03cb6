"""Workbooks from outside: what a cell may be, what is hidden, and files made to do harm."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

import careleaf
from careleaf.errors import HandoutError
from careleaf.lists import intake, workbook_scan
from careleaf.lists.rows import REQUIRED, Row

HEADER = list(REQUIRED)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DAY, PADDED = '<c s="1"><v>46350</v></c>', '<c s="2"><v>42</v></c>'  # 2026-11-24, 00042
TRUE, SERIAL, NUMBER = '<c t="b"><v>1</v></c>', "<c><v>46350</v></c>", "<c><v>1007</v></c>"
NO_RESULT = "<c><f>A1</f></c>"
GOOD = ("K1", "Zoe Example", DAY, "h", "nl")


class Content:
    """A clinic that no workbook asks for."""


def cell(value: str) -> str:
    if value.startswith("<"):
        return value
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def line(*values: str, hidden: str = "") -> str:
    return f"<row{hidden}>{''.join(map(cell, values))}</row>"


def sheet(*lines: str, columns: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{columns}<sheetData>{"".join(lines)}</sheetData></worksheet>'


def day(*lines: str, columns: str = "") -> str:
    return sheet(line(*HEADER), *lines, columns=columns)


def a_workbook(
    path: Path, *sheets: str, states: tuple[str, ...] = (), properties: str = "", **parts: str
) -> Path:
    """Write the least that is a workbook, with the given worksheets."""
    kind = "application/vnd.openxmlformats-package.relationships+xml"
    links = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(len(sheets))
    )
    listed = "".join(
        f'<sheet name="S{n}" sheetId="{n + 1}" r:id="r{n}" state="{state}"/>'
        for n, state in zip(range(len(sheets)), (*states, *["visible"] * len(sheets)), strict=False)
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1"'
        f' Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>'
        '<numFmt numFmtId="164" formatCode="00000"/></numFmts><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="164"/></cellXfs></styleSheet>',
        **{f"xl/worksheets/sheet{n}.xml": text for n, text in enumerate(sheets)},
        **parts,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def ods(path: Path, rows: str, *, columns: str = "") -> Path:
    """Write the least that is an ODS with one table."""
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    experimental = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
    text = (
        f'<office:document-content xmlns:office="{space}office:1.0" xmlns:table="{space}table:1.0"'
        f' xmlns:text="{space}text:1.0" xmlns:calcext="{experimental}"><office:body>'
        f'<office:spreadsheet><table:table table:name="A">{columns}{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", text)
        archive.writestr(
            "META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{space}manifest:1.0"/>'
        )
    return path


def ods_row(*values: str, more: str = "") -> str:
    cells = (
        value
        if value.startswith("<")
        else f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        for value in values
    )
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


ODS_DAY = '<table:table-cell office:value-type="date" office:date-value="2026-11-24"/>'


def read(
    path: Path, warnings: list[str] | None = None, *, include_hidden: bool = False
) -> list[Row]:
    told = (warnings if warnings is not None else []).append
    return list(intake.read((path,), told, Content(), include_hidden=include_hidden))  # type: ignore[arg-type]


def with_one(**changed: str) -> str:
    return line(*{**dict(zip(HEADER, GOOD, strict=True)), **changed}.values())


# --- what a cell may be -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(
            (column, value)
            for column in ("name", "handout", "locale")
            for value in (TRUE, NUMBER, DAY)
        ),
        ("id", TRUE),
        ("id", DAY),
        ("id", PADDED),
        ("id", "<c><v>12345678901234567</v></c>"),
        ("id", "<c><v>1E+20</v></c>"),
        ("id", "<c><v>7.5</v></c>"),
        ("procedure_date", SERIAL),
        ("procedure_date", TRUE),
        *((column, '<c t="e"><v>#N/A</v></c>') for column in HEADER),
        *((column, "#REF!") for column in HEADER),
        *((column, NO_RESULT) for column in HEADER),
    ],
)
def test_a_cell_that_is_no_text_where_text_is_wanted_is_that_lines_fault(tmp_path, column, value):
    path = a_workbook(tmp_path / "day.xlsx", day(line(*GOOD), with_one(**{column: value})))

    good, bad = read(path)

    assert good.fault is None
    assert (bad.line, bad.fault and bad.fault.code) == (3, "line.not-text")
    assert column in str(bad.fault)
    assert column == "id" or bad.request.id == good.request.id
    assert bad.request.name == ""


def test_a_whole_number_is_an_id_and_a_cell_of_a_date_is_a_day(tmp_path):
    path = a_workbook(tmp_path / "day.xlsx", day(with_one(id="<c><v>1007.0</v></c>")))

    (one,) = read(path)

    assert (one.request.id, one.request.child["date"]) == ("1007", "2026-11-24")


def test_a_formula_counts_by_the_result_that_is_kept_with_it(tmp_path):
    name = '<c t="str"><f>A9</f><v>Zoe Example</v></c>'
    path = a_workbook(tmp_path / "day.xlsx", day(with_one(name=name)))

    (one,) = read(path)

    assert one.request.name == "Zoe Example"


def test_a_workbook_that_counts_days_from_1904_gives_the_same_day(tmp_path):
    in_1904 = f'<c s="1"><v>{46350 - 1462}</v></c>'
    path = a_workbook(
        tmp_path / "day.xlsx",
        day(with_one(procedure_date=in_1904)),
        properties='<workbookPr date1904="1"/>',
    )

    (one,) = read(path)

    assert one.request.child["date"] == date(2026, 11, 24).isoformat()


def test_in_an_ods_an_error_and_a_formula_without_a_result_are_faults(tmp_path):
    error = (
        '<table:table-cell table:formula="of:=NA()" office:value-type="string"'
        ' calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    )
    no_result = '<table:table-cell table:formula="of:=[.A1]"/>'
    path = ods(
        tmp_path / "day.ods",
        ods_row(*HEADER)
        + ods_row("K1", error, ODS_DAY, "h", "nl")
        + ods_row("K2", no_result, ODS_DAY, "h", "nl")
        + ods_row("K3", "Zoe Example", ODS_DAY, "h", "nl"),
    )

    first, second, third = read(path)

    assert [one.fault and one.fault.code for one in (first, second)] == ["line.not-text"] * 2
    assert (third.line, third.request.child["date"]) == (4, "2026-11-24")


# --- what is hidden ---------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", [' hidden="1"', ' hidden="true"', ' ht="0" customHeight="1"'])
def test_a_hidden_row_is_passed_over_and_told_of_unless_asked_for(tmp_path, hidden):
    warnings: list[str] = []
    path = a_workbook(
        tmp_path / "day.xlsx", day(line(*GOOD, hidden=hidden), with_one(id="K2"), with_one(id="K3"))
    )

    shown, everything = read(path, warnings), read(path, include_hidden=True)

    assert [(one.line, one.request.id) for one in shown] == [(3, "K2"), (4, "K3")]
    assert [one.line for one in everything] == [2, 3, 4]
    assert [warning for warning in warnings if "1 hidden row passed over" in warning]


def test_a_hidden_column_is_passed_over_and_told_of(tmp_path):
    warnings: list[str] = []
    header = line("name", *HEADER[:1], "old name", *HEADER[2:])
    lines = line("Left Over", "K1", "Right", DAY, "h", "nl")
    path = a_workbook(
        tmp_path / "day.xlsx",
        sheet(
            line(*HEADER, "with"),
            line(*GOOD, "fr"),
            columns='<cols><col min="6" max="16384" hidden="1"/></cols>',
        ),
    )

    (one,) = read(path, warnings)
    (all_of_it,) = read(path, include_hidden=True)

    assert (one.request.second, all_of_it.request.second) == ("", "fr")
    assert [warning for warning in warnings if "1 hidden column passed over" in warning]
    assert header != lines


def test_hidden_and_filtered_rows_of_an_ods_are_passed_over(tmp_path):
    warnings: list[str] = []
    path = ods(
        tmp_path / "day.ods",
        ods_row(*HEADER)
        + ods_row(*GOOD[:2], ODS_DAY, "h", "nl", more='table:visibility="filter"')
        + ods_row("K2", "Bo", ODS_DAY, "h", "nl", more='table:visibility="collapse"')
        + ods_row("K3", "Ann", ODS_DAY, "h", "nl"),
    )

    rows = read(path, warnings)

    assert [(one.line, one.request.id) for one in rows] == [(4, "K3")]
    assert [warning for warning in warnings if "2 hidden rows passed over" in warning]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_the_first_visible_sheet_is_read_and_a_hidden_one_never(tmp_path, state):
    path = a_workbook(
        tmp_path / "day.xlsx",
        day(with_one(id="OLD")),
        day(with_one(id="NEW")),
        states=(state,),
    )

    assert [one.request.id for one in read(path)] == ["NEW"]


def test_another_visible_sheet_with_the_columns_is_told_of(tmp_path):
    warnings: list[str] = []
    path = a_workbook(tmp_path / "day.xlsx", day(line(*GOOD)), sheet(line("notes")), day())

    read(path, warnings)

    assert [warning for warning in warnings if "of the others, number 3 names" in warning]


def test_lines_are_numbered_as_the_spreadsheet_numbers_them(tmp_path):
    rows = "".join(
        f'<row r="{number}">{"".join(cell(one) for one in cells)}</row>'
        for number, cells in ((3, HEADER), (7, GOOD))
    )
    path = a_workbook(tmp_path / "day.xlsx", sheet(rows))

    assert [one.line for one in read(path)] == [7]


# --- files made to do harm --------------------------------------------------------------------


def far(*places: str) -> str:
    def number(place: str) -> str:
        return place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    return "".join(
        f'<row r="{number(place)}"><c r="{place}"><v>1</v></c></row>'
        for place in sorted(places, key=lambda place: int(number(place)))
    )


HARMFUL = {
    "cells far apart": lambda path: a_workbook(path, sheet(far("XFD1", "A1048576"))),
    "far apart on another sheet": lambda path: a_workbook(
        path, day(line(*GOOD)), sheet(far("XFD1", "A1048576"))
    ),
    "a part that unpacks to a thousand times its size": lambda path: a_workbook(
        path, day(line(*GOOD)), **{"xl/sharedStrings.xml": " " * 300_000_000}
    ),
    "a million short strings": lambda path: a_workbook(
        path, day(line(*GOOD)), **{"xl/sharedStrings.xml": shared(20_000_000)}
    ),
    "nested elements": lambda path: a_workbook(path, sheet("<a>" * 200_000)),
    "entities": lambda path: a_workbook(
        path, '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>' + day()
    ),
    "rows alike": lambda path: ods(
        path,
        ods_row(*HEADER) + ods_row(*GOOD[:2], more='table:number-rows-repeated="1048570"'),
    ),
}


_PEAK = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "careleaf.lists.workbook_reader"], stdin=sys.stdin,
               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_of_the_reader(path: Path) -> int:
    """Return the KiB that the reader took, started by a small process: a large one's count as its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(careleaf.__file__).parent.parent)}
    with path.open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-c", _PEAK],
            stdin=file,
            stdout=subprocess.PIPE,
            env=environment,
            check=True,
        )
    return int(done.stdout)


def shared(count: int) -> str:
    """Return strings that take five bytes each here and many in memory."""
    return f'<sst xmlns="{MAIN}">{"<si/>" * count}</sst>'


@pytest.mark.slow
@pytest.mark.parametrize("harm", HARMFUL)
def test_a_workbook_made_to_do_harm_is_one_fault_and_takes_little_memory(tmp_path, harm):
    path = HARMFUL[harm](tmp_path / ("day.ods" if harm == "rows alike" else "day.xlsx"))

    with pytest.raises(HandoutError) as error:
        read(path)

    assert error.value.code in ("list.too-large", "list.unreadable")
    assert peak_of_the_reader(path) < 170 * 1024  # KiB


def test_a_reader_that_dies_is_one_fault(tmp_path, monkeypatch):
    path = a_workbook(tmp_path / "day.xlsx", day(line(*GOOD)))
    monkeypatch.setattr("careleaf.lists.workbook._READER", "no.such.module")

    with pytest.raises(HandoutError) as error:
        read(path)

    assert error.value.code == "list.too-large"


def broken(content: bytes, place: bytes, change: bytes) -> bytes:
    at = content.rindex(place) + len(place)
    return content[:at] + change + content[at + len(change) :]


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-30],
        lambda content: broken(content, b"PK\x01\x02", b"\xff" * 40),
        lambda content: broken(content, b"PK\x05\x06", b"\xff" * 18),
        lambda content: content[:200] + os.urandom(300) + content[500:],
        lambda content: b"",
        lambda content: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
    ],
    ids=["cut off", "directory", "end of directory", "noise", "empty", "an old xls"],
)
def test_a_damaged_workbook_is_a_fault_with_a_place_and_a_cure(tmp_path, change):
    path = a_workbook(tmp_path / "day.xlsx", day(line(*GOOD)))
    path.write_bytes(change(path.read_bytes()))

    with pytest.raises(HandoutError) as error:
        read(path)

    assert error.value.where == str(path)
    assert error.value.hint
    assert error.value.code in ("list.unreadable", "list.wrong-kind", "list.too-large")


def test_two_parts_of_one_name_are_refused_for_two_readers_would_take_two(tmp_path):
    path = a_workbook(tmp_path / "day.xlsx", day(line(*GOOD)))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/SHEET0.xml", day())

    with pytest.raises(HandoutError) as error:
        read(path)

    assert error.value.code == "list.unreadable"


def test_cells_that_are_only_coloured_do_not_count_as_far_apart():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in (
            ("xl/_rels/workbook.xml.rels", links()),
            ("xl/workbook.xml", one_sheet()),
            ("xl/a.xml", sheet('<row r="1048576"><c r="XFD1048576" s="1"/></row>')),
        ):
            archive.writestr(name, text)

    found = workbook_scan.scan(file)["S"]

    assert (found.rows, found.columns) == (0, 0)


def links() -> str:
    return (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r0" Type="{OFFICE}/worksheet" Target="a.xml"/></Relationships>'
    )


def one_sheet() -> str:
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r0"/></sheets></workbook>'
    )


# --- places that are no files -----------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "ndjson"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, ending):
    path = tmp_path / f"day.{ending}"
    os.mkfifo(path)

    with pytest.raises(HandoutError) as error:
        read(path)

    assert error.value.code == "list.unreadable"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "ndjson"])
def test_a_folder_within_a_folder_of_lists_that_is_named_like_a_list_is_refused(tmp_path, ending):
    (tmp_path / f"day.{ending}").mkdir()

    with pytest.raises(HandoutError) as error:
        read(tmp_path)

    assert (error.value.code, error.value.where) == (
        "list.unreadable",
        str(tmp_path / f"day.{ending}"),
    )


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_a_file_that_vanishes_between_two_reads_is_a_fault(tmp_path, ending):
    path = tmp_path / f"day.{ending}"
    if ending == "xlsx":
        a_workbook(path, day(line(*GOOD)))
    else:
        path.write_text(f"{','.join(HEADER)}\n" if ending == "csv" else "{}\n")
    told: list[str] = []

    def vanish(text: str) -> None:
        told.append(text)

    original = Path.open
    opened: list[Path] = []

    def open_once(self: Path, *args: object, **options: object) -> object:
        opened.append(self)
        if opened.count(path) > 1:
            path.unlink(missing_ok=True)
        return original(self, *args, **options)  # type: ignore[call-overload]

    with pytest.MonkeyPatch.context() as patch, pytest.raises(HandoutError) as error:
        patch.setattr(Path, "open", open_once)
        list(intake.read((path,), vanish, Content()))  # type: ignore[arg-type]

    assert error.value.code == "list.unreadable"
