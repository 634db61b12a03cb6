"""The day's list: what is read, what is refused, and what a message may say."""

import json
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from careleaf.errors import HandoutError
from careleaf.lists import intake
from careleaf.lists import tasks as task_lists
from careleaf.lists.rows import COLUMNS, REQUIRED, Row
from careleaf.lists.rows import row as a_row
from careleaf.lists.seen import Seen, digest
from careleaf.lists.tasks import Refusal, Task

HEADER = ",".join(REQUIRED)
NAME = "Zebedee Quill"  # in no message, ever


class Desk:
    """A desk that only FHIR would be read by."""


class Catalogue:
    """What there is, in place of a desk."""

    handouts = ("bone-biopsy", "bone-marrow-biopsy-at-home")
    locales = ("en", "fr", "nl")

    def locale(self, text: str) -> str:
        tag = text.replace("-", "_") or "en"
        if tag.split("_")[0] not in self.locales:
            raise HandoutError(f'there is no locale "{text}"')
        return tag


def a_file(tmp_path: Path, text: str | bytes, name: str = "day.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows(path: Path, warnings: list[str] | None = None) -> list[Row]:
    return list(intake.read((path,), (warnings if warnings is not None else []).append, Desk()))


def row(line: int = 2, **changed: str) -> Row:
    usual = {
        "id": "K1",
        "name": NAME,
        "procedure_date": "2026-11-24",
        "handout": "bone-biopsy",
        "locale": "en",
    }
    return a_row(line, {**usual, **changed})


def tasks(*given: Row) -> list[Task | Refusal]:
    return list(task_lists.tasks(given, Catalogue()))


# --- CSV -------------------------------------------------------------------------------------


def test_a_line_of_csv_becomes_a_row_with_its_line_number(tmp_path):
    path = a_file(tmp_path, f"{HEADER}\nK1,{NAME},2026-11-24,bone-biopsy,nl\n")

    assert rows(path) == [row(2, locale="nl")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ufeffid,name,procedure_date,handout,locale\nK1,A B,d,h,nl\n", id="BOM"),
        pytest.param("id,name,procedure_date,handout,locale\r\nK1,A B,d,h,nl\r\n", id="CRLF"),
        pytest.param("id,name,procedure_date,handout,locale\rK1,A B,d,h,nl\r", id="CR"),
        pytest.param("id;name;procedure_date;handout;locale\nK1;A B;d;h;nl\n", id="semicolons"),
        pytest.param("id\tname\tprocedure_date\thandout\tlocale\nK1\tA B\td\th\tnl", id="tabs"),
        pytest.param(
            '"id","name","procedure_date","handout","locale"\n"K1","A B",d,h,nl', id="quotes"
        ),
        pytest.param("locale,handout,name,id,procedure_date\nnl,h,A B,K1,d\n", id="another order"),
        pytest.param("ID, Name ,Procedure_Date,HANDOUT,locale\nK1,A B,d,h,nl\n", id="capitals"),
        pytest.param(
            "\n\nid,name,procedure_date,handout,locale\n\n,,,,\nK1,A B,d,h,nl\n", id="empty lines"
        ),
    ],
)
def test_csv_is_read_as_spreadsheets_write_it(tmp_path, text):
    (found,) = rows(a_file(tmp_path, text))

    assert (
        found.request.id,
        found.request.name,
        found.request.child["date"],
        found.request.handout,
        found.request.locale,
    ) == (
        "K1",
        "A B",
        "d",
        "h",
        "nl",
    )


def test_a_quoted_name_may_hold_the_separator_and_quotes(tmp_path):
    path = a_file(tmp_path, f'{HEADER}\nK1,"Quill, ""Z"" Jr",d,h,nl\nK2,B,d,h,nl\n')

    first, second = rows(path)

    assert (first.line, first.request.name) == (2, 'Quill, "Z" Jr')
    assert (second.line, second.request.id) == (3, "K2")


def test_a_quote_left_open_costs_one_line_only(tmp_path):
    lines = "".join(f"K{n},B,d,h,nl\n" for n in range(2, 60))
    path = a_file(tmp_path, f'{HEADER}\nK1,"{NAME},d,h,nl\n{lines}')

    first, *others = rows(path)

    assert "a quote" in str(first.fault) and NAME not in str(first.fault)
    assert [other.line for other in others] == list(range(3, 61))


def test_an_apostrophe_and_a_stray_quote_are_part_of_the_name(tmp_path):
    path = a_file(tmp_path, f"{HEADER}\nK1,O'Brien,d,h,nl\nK2,the 6\" one,d,h,nl\n")

    assert [found.request.name for found in rows(path)] == ["O'Brien", 'the 6" one']


def test_a_comma_that_is_not_quoted_is_found_out(tmp_path):
    path = a_file(tmp_path, f"{HEADER}\nK1,Quill, Zebedee,d,h,nl\n")

    (found,) = rows(path)

    assert str(found.fault).startswith("6 cells where the header has 5")


def test_a_line_that_is_not_utf8_is_refused_and_the_others_read(tmp_path):
    path = a_file(tmp_path, f"{HEADER}\nK1,Zo".encode() + b"\xeb,d,h,nl\nK2,B,d,h,nl\n")

    first, second = rows(path)

    assert str(first.fault) == "not UTF-8\n  save the file as CSV UTF-8"
    assert second.request.id == "K2"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_utf16_is_named_as_such(tmp_path, encoding):
    path = a_file(tmp_path, f"{HEADER}\nK1,B,d,h,nl\n".encode(encoding))

    with pytest.raises(HandoutError, match="not UTF-8 but UTF-16"):
        rows(path)


def test_an_endless_line_is_one_bad_line(tmp_path):
    path = a_file(tmp_path, f"{HEADER}\nK1,{'x' * 1_000_000},d,h,nl\nK2,B,d,h,nl\n")

    first, second = rows(path)

    assert "longer than" in str(first.fault)
    assert (second.line, second.request.id) == (3, "K2")


def test_a_name_of_300_characters_comes_through_to_be_judged_by_its_length(tmp_path):
    path = a_file(tmp_path, f"{HEADER}\nK1,{'x' * 300},d,h,nl\n")

    assert rows(path)[0].request.name == "x" * 300


def test_columns_that_are_not_used_get_one_warning(tmp_path):
    warnings: list[str] = []
    path = a_file(tmp_path, f"ward,{HEADER},bed\nB2,K1,A,d,h,nl,7\nB2,K2,A,d,h,nl,8\n")

    found = rows(path, warnings)

    assert warnings == [f"{path}:1: columns not used: ward, bed"]
    assert [one.request.id for one in found] == ["K1", "K2"]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("id,name,date,handout,locale", 'no column "procedure_date" (nearest: "date")'),
        ("id,names,procedure_date,handout,locale", 'no column "name" (nearest: "names")'),
        ("id,name,procedure_date,handout,language", 'no column "locale"'),
        ("patient_id,name,procedure_date,handout,locale", 'no column "id" (nearest: "patient_id")'),
    ],
)
def test_a_missing_column_is_named_with_the_nearest_header(tmp_path, header, told):
    path = a_file(tmp_path, f"{header}\n")

    with pytest.raises(HandoutError) as error:
        rows(path)

    assert told in str(error.value)
    assert error.value.where == f"{path}:1"


def test_a_file_without_a_header_is_refused_without_quoting_the_child_in_it(tmp_path):
    path = a_file(tmp_path, f"K1,{NAME},2026-11-24,bone-biopsy,nl\n")

    with pytest.raises(HandoutError) as error:
        rows(path)

    assert "the first line does not name the columns" in str(error.value)
    assert NAME not in str(error.value) and "2026" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("day.csv", b"", "the roster is empty"),
        ("day.csv", b"\xef\xbb\xbf\n\n", "the roster is empty"),
        ("day.csv", b"id,id,name,procedure_date,handout,locale\n", 'the column "id" stands twice'),
        ("day.csv", b"PK\x03\x04....", "not a text but a workbook"),
        ("day.xlsx", b"PK\x03\x04....", "not a workbook that can be read"),
        ("day.xlsx", b"id,name", "not a workbook that can be read"),
        ("day.docx", b"", 'cannot be a ".docx" file'),
        ("day", b"", "the file's name has no ending"),
    ],
)
def test_a_file_that_is_no_roster_says_why(tmp_path, name, content, told):
    path = a_file(tmp_path, content, name)

    with pytest.raises(HandoutError) as error:
        rows(path)

    assert told in str(error.value)


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx", "none.jsonl"])
def test_a_file_that_is_not_there_is_said_in_the_same_words(tmp_path, name):
    with pytest.raises(HandoutError, match="cannot be read: No such file"):
        rows(tmp_path / name)


# --- workbooks -------------------------------------------------------------------------------


def a_workbook(path: Path, lines: list[list[object]]) -> Path:
    """Write the least that is a workbook: strings inline, dates as numbers in a date format."""

    def cell(value: object) -> str:
        if isinstance(value, datetime | date):
            moment = datetime.fromisoformat(value.isoformat())
            days = (moment - datetime.fromisoformat("1899-12-30")).total_seconds() / 86400
            return f'<c s="1"><v>{days!r}</v></c>'
        if isinstance(value, int | float):
            return f"<c><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    data = "".join(f"<row>{''.join(map(cell, line))}</row>" for line in lines)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1"'
        f' Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Day" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def test_a_workbook_gives_days_as_dates_and_numbers_without_a_point(tmp_path):
    path = a_workbook(
        tmp_path / "day.xlsx",
        [
            list(REQUIRED),
            [1007, "李小龙", date(2026, 11, 24), "h", "nl"],
            ["K2", "Łukasz", datetime.fromisoformat("2026-11-24T14:30"), "h", "nl"],
        ],
    )

    first, second = rows(path)

    assert (first.line, first.request.id, first.request.name) == (2, "1007", "李小龙")
    assert first.request.child["date"] == "2026-11-24"
    assert second.request.child["date"] == "2026-11-24T14:30"


# --- JSON lines ------------------------------------------------------------------------------


def test_json_lines_are_read_each_for_itself(tmp_path):
    good = {
        "id": 7,
        "name": "Ánh",
        "procedure_date": "d",
        "handout": "h",
        "locale": None,
        "large_print": True,
    }
    lines = [
        json.dumps(good),
        "{broken",
        "[1]",
        '{"id": "K2"}',
        "[" * 60_000,
        json.dumps({**good, "id": "K3"}),
    ]
    path = a_file(tmp_path, "\n".join(lines), "day.jsonl")

    found = rows(path)

    assert (
        found[0].request.id,
        found[0].request.name,
        found[0].request.locale,
        found[0].request.large_print,
    ) == (
        "7",
        "Ánh",
        "",
        "yes",
    )
    assert [one.line for one in found if one.fault] == [2, 3, 4, 5]
    assert found[-1].request.id == "K3"


def test_half_a_letter_in_json_is_refused(tmp_path):
    line = '{"id": "K1", "name": "\\ud800", "procedure_date": "d", "handout": "h", "locale": "nl"}'

    (found,) = rows(a_file(tmp_path, line, "day.jsonl"))

    assert "half a letter" in str(found.fault)


# --- what can be made ------------------------------------------------------------------------


def test_a_row_becomes_a_task_with_a_file_name_of_ids_only():
    (task,) = tasks(row(locale="fr-CA", large_print="Yes", **{"with": "nl"}, size=" A4 "))

    assert isinstance(task, Task)
    assert task.file == "K1.bone-biopsy.fr_CA.pdf"
    assert (task.request.size, task.request.large_print, task.request.second) == (
        "a4",
        "yes",
        "nl",
    )
    assert NAME not in repr(task)


@pytest.mark.parametrize(
    "id",
    ["", "  ", "../x", "a/b", "a\\b", ".", "..", "a..b", "-rf", "=1+1", "+1", "@a", "a b", NAME, "é", "a\0b",
     "x" * 300, "CON", "nul", "Aux.1", "COM1"],
)  # fmt: skip
def test_an_id_that_cannot_name_a_file_is_refused_and_not_repeated(id):
    (refusal,) = tasks(row(id=id))

    assert isinstance(refusal, Refusal)
    assert refusal.id == ""
    assert NAME not in refusal.message


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"handout": "bone-biopsie"}, 'there is no such handout (did you mean "bone-biopsy"?'),
        ({"handout": ""}, "the handout is missing"),
        ({"handout": NAME}, "there is no such handout"),
        ({"locale": "xx"}, "there is no such locale"),
        ({"locale": NAME}, "there is no such locale"),
        ({"with": "xx"}, "with: there is no such locale"),
        ({"large_print": "perhaps"}, "large_print is neither yes nor no"),
    ],
)
def test_a_field_that_is_wrong_is_told_without_repeating_it(changed, told):
    (refusal,) = tasks(row(7, **changed))

    assert isinstance(refusal, Refusal)
    assert refusal.message.startswith(told)
    assert (refusal.line, refusal.id) == (7, "K1")
    assert NAME not in repr(refusal)


def test_the_second_line_for_one_file_is_refused_and_names_the_first():
    first, second, third = tasks(row(2), row(3), row(4, locale="nl"))

    assert isinstance(first, Task) and isinstance(third, Task)
    assert isinstance(second, Refusal)
    assert second.message.startswith("line 2 asks for the same sheet already")


def test_ids_that_differ_in_capitals_only_would_be_one_file_on_some_disks():
    _, second = tasks(row(2, id="k1"), row(3, id="K1"))

    assert isinstance(second, Refusal)


def test_a_bad_line_never_stops_the_others():
    found = tasks(row(2, id=""), Row(3, fault=HandoutError("not UTF-8")), row(4))

    assert [type(one) for one in found] == [Refusal, Refusal, Task]


def test_the_demonstration_day_has_every_locale_and_both_handouts():
    root = Path(__file__).parents[2]
    day = rows(root / "examples" / "roster.csv")
    folders = {folder.name for folder in (root / "locales").iterdir() if folder.is_dir()}

    assert {one.request.locale for one in day} >= folders | {"en"}
    assert {one.request.handout for one in day} == {
        path.stem for path in (root / "handouts").glob("*.yaml")
    }


# --- a million lines -------------------------------------------------------------------------


def test_every_file_name_of_a_long_list_is_known_again():
    seen = Seen()
    names = [digest(f"K{n}.bone-biopsy.nl.pdf") for n in range(20_001)]

    assert all(seen.add(names[n], n, n % 7) is None for n in range(1, 20_001))
    assert all(seen.add(names[n], 0) == (n, n % 7) for n in range(1, 20_001, 97))


@pytest.mark.slow
def test_a_long_list_is_read_in_little_memory(tmp_path):
    path = tmp_path / "day.csv"
    with path.open("w") as file:
        file.write(HEADER + "\n")
        file.writelines(f"K{n},{NAME},2026-11-24,bone-biopsy,nl\n" for n in range(50_000))
    tracemalloc.start()

    count = sum(
        isinstance(one, Task)
        for one in task_lists.tasks(intake.read((path,), print, Desk()), Catalogue())
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 50_000
    assert peak < 6_000_000  # bytes; a set of the files' names would be 9 MB


def test_the_length_of_a_list_is_known_before_it_is_read(tmp_path):
    path = a_file(tmp_path, f"{HEADER}\n" + "K,B,d,h,nl\n" * 7)

    assert intake.estimate((path,)) == 7
    assert set(COLUMNS) > set(REQUIRED)
