"""What real tools and tired people put into a list: never two children on a sheet, nor the wrong one of two."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from builders import a_desk
from stand_in import Desk

from careleaf.desk.content import Content
from careleaf.errors import HandoutError
from careleaf.lists import intake
from careleaf.lists.rows import Row
from careleaf.lists.tasks import tasks
from careleaf.paths import Root

HEAD = "id,name,procedure_date,handout,locale"


def read(
    path: Path, text: str, day: date | None = None, told: list[str] | None = None
) -> list[Row]:
    path.write_text(text, "utf-8")
    return list(intake.read((path,), (told if told is not None else []).append, Desk(), day))


def faults(rows: list[Row]) -> dict[int, str]:
    return {row.line: row.fault.code for row in rows if row.fault}


def good(rows: list[Row]) -> list[str]:
    return [row.request.name for row in rows if row.fault is None]


# --- two children on one sheet ------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        ['K1,"Ann Example,2026-11-23,bone-biopsy,nl', 'K2,Bo" Example,2026-11-23,bone-biopsy,nl'],
        ['K1,"Ann', 'Example",2026-11-23,bone-biopsy,nl'],
        ['"K1', '",Ann Example,2026-11-23,bone-biopsy,nl'],
        ['K1,Ann Example,"2026-11-23', '",bone-biopsy,nl'],
    ],
)
def test_a_quote_that_runs_over_a_line_takes_no_child_along(tmp_path: Path, lines: list[str]):
    day = [HEAD, *lines, "K9,Cy Example,2026-11-23,bone-biopsy,nl"]
    rows = read(tmp_path / "day.csv", "\n".join(day) + "\n")

    assert good(rows) == ["Cy Example"]
    assert sorted(faults(rows)) == [2, 3]


def test_both_lines_of_a_broken_cell_are_named(tmp_path: Path):
    rows = read(tmp_path / "day.csv", f'{HEAD}\nK1,"Ann\nBo",2026-11-23,bone-biopsy,nl\n')

    assert faults(rows) == {2: "line.break", 3: "line.break"}
    assert all("lines 2 to 3" in str(row.fault) for row in rows)


def test_a_line_break_in_a_column_that_is_not_used_is_no_fault(tmp_path: Path):
    rows = read(
        tmp_path / "day.csv", f'{HEAD},notes\nK1,Ann,2026-11-23,bone-biopsy,nl,"one\ntwo"\n'
    )

    assert good(rows) == ["Ann"]


def test_the_line_that_excel_writes_about_its_separator_is_no_header(tmp_path: Path):
    rows = read(tmp_path / "day.csv", f"sep=;\r\n{HEAD.replace(',', ';')}\r\nK1;Ann;2026-11-23;bone-biopsy;nl\r\n")  # fmt: skip

    assert good(rows) == ["Ann"] and rows[0].line == 3


# --- a value is what it was ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", 7), ("name", True), ("name", ["Ann"]), ("name", {"text": "Ann"}), ("name", 1.5),
        ("procedure_date", 20261123), ("procedure_date", True), ("locale", False), ("handout", 1),
        ("id", True), ("id", 1.5), ("size", 4), ("with", True), ("large_print", 1.5),
    ],
)  # fmt: skip
def test_json_that_is_no_text_is_not_printed_as_one(tmp_path: Path, column: str, value: object):
    line = {"id": "K1", "name": "Ann", "procedure_date": "2026-11-23", "handout": "bone-biopsy", "locale": "nl"}  # fmt: skip
    rows = read(tmp_path / "day.jsonl", json.dumps({**line, column: value}) + "\n")

    assert faults(rows) == {1: "line.not-text"}


def test_json_with_a_name_twice_in_an_object_is_refused(tmp_path: Path):
    line = '{"id": "K1", "name": "Ann", "name": "Bo", "procedure_date": "2026-11-23", "handout": "bone-biopsy", "locale": "nl"}\n'  # fmt: skip

    assert faults(read(tmp_path / "day.jsonl", line)) == {1: "line.name-twice"}


# --- the wrong one of two -----------------------------------------------------------------------


def test_of_two_lines_for_one_sheet_that_differ_in_the_child_neither_is_made(tmp_path: Path):
    day = [HEAD, "K1,Ann,2026-11-20,bone-biopsy,nl", "K2,Bo,2026-11-23,bone-biopsy,nl", "k1,Ann,2026-11-23,bone-biopsy,nl"]  # fmt: skip
    rows = read(tmp_path / "day.csv", "\n".join(day))

    assert good(rows) == ["Bo"]
    assert faults(rows) == {2: "line.two-answers", 4: "line.two-answers"}
    assert "line 4" in str(rows[0].fault) and "line 2" in str(rows[2].fault)


def test_the_day_that_is_named_is_taken_alone_and_the_others_are_counted(tmp_path: Path):
    day = [HEAD, "K1,Ann,2026-11-20,bone-biopsy,nl", "K2,Bo,2026-11-23,bone-biopsy,nl", "K1,Ann,2026-11-23,bone-biopsy,nl", "K3,Cy,tomorrow,bone-biopsy,nl"]  # fmt: skip
    told: list[str] = []
    content = a_desk(tmp_path / "root").content
    path = tmp_path / "day.csv"
    path.write_text("\n".join(day), "utf-8")

    rows = list(intake.read((path,), told.append, content, date(2026, 11, 23)))

    assert [row.request.id for row in rows] == ["K2", "K1", "K3"]  # K3 is refused where it is made
    assert told == ["on another day: 1 line"]


# --- several files ------------------------------------------------------------------------------


def test_several_files_and_a_folder_are_one_list(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "two.csv").write_text(f"{HEAD}\nK2,Bo,2026-11-23,bone-biopsy,nl\n")
    (tmp_path / "a" / "one.csv").write_text(f"{HEAD}\nK1,Ann,2026-11-23,bone-biopsy,nl\n")
    (tmp_path / "a" / ".hidden.csv").write_text("x")
    (tmp_path / "three.csv").write_text(f"{HEAD}\nK3,Cy,2026-11-23,bone-biopsy,nl\n")

    rows = list(intake.read((tmp_path / "a", tmp_path / "three.csv"), print, Desk()))

    assert [row.request.id for row in rows] == ["K1", "K2", "K3"]
    assert [row.line for row in rows] == [2, 4, 6]


def test_a_folder_without_a_list_is_said(tmp_path: Path):
    with pytest.raises(HandoutError) as caught:
        intake.read((tmp_path,), print, Desk())

    assert caught.value.code == "list.no-list"


def test_a_child_without_a_number_to_print_has_a_file_all_the_same(tmp_path: Path):
    uuid = "129c6ac7-8d06-89de-ad63-0204a93e76c3"
    patient = {"resourceType": "Patient", "id": uuid, "name": [{"text": "Ann Example"}]}
    procedure = {
        "resourceType": "Procedure", "id": "x", "status": "completed", "performedDateTime": "2026-11-23",
        "subject": {"reference": f"Patient/{uuid}"},
        "code": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "38222"}]},
    }  # fmt: skip
    path = tmp_path / "day.ndjson"
    path.write_text("\n".join(map(json.dumps, (patient, procedure))))
    content = real_content()

    (row,) = intake.read((path,), print, content)
    (task,) = tasks((row,), content)

    assert (task.request.id, task.file.split(".")[0]) == ("", uuid)


def real_content() -> Content:
    return Content(Root.at(), date(2026, 11, 23))
