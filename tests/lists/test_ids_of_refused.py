"""A line that is refused says whose it is, wherever that is known: the manifest is read by id."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from stand_in import Desk

from careleaf.lists import fhir, intake
from careleaf.lists.fhir import FhirContext
from careleaf.lists.rows import Row
from careleaf.lists.tasks import Refusal, tasks

HEAD = "id,name,procedure_date,handout,locale"
MRN = {"type": {"coding": [{"code": "MR"}]}, "value": "M-7"}
SNOMED = "http://snomed.info/sct"


def refused(path: Path, content: bytes) -> list[tuple[int, str, str, str]]:
    path.write_bytes(content)
    found = tasks(intake.read((path,), print, Desk()), Desk())
    return [
        (one.line, one.id, one.handout, one.locale) for one in found if isinstance(one, Refusal)
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(b"K1,Ann,Example,2026-11-23,bone-biopsy,nl", ("K1", "", ""), id="cells"),
        pytest.param(b"K1,Ann\xff,2026-11-23,bone-biopsy,nl", ("K1", "bone-biopsy", "nl"), id="bytes"),
        pytest.param(
            b"K1," + b"A" * 3000 + b",2026-11-23,bone-biopsy,nl", ("K1", "bone-biopsy", "nl"), id="long cell"
        ),
        pytest.param(b"K1," + b"A" * 70000, ("K1", "", ""), id="long line"),
        pytest.param(b'K1,"Ann,2026-11-23,bone-biopsy,nl', ("K1", "", ""), id="quote"),
        pytest.param(b'K"1,"Ann,2026-11-23,bone-biopsy,nl', ("", "", ""), id="quote in the id"),
        pytest.param(b"K1,Ann,2026-11-23,no-such,nl", ("K1", "", "nl"), id="handout"),
        pytest.param(b"K 1,Ann,2026-11-23,no-such,nl", ("", "", "nl"), id="id"),
        pytest.param(b'"K1","Ann,2026-11-23,bone-biopsy,nl', ("", "", ""), id="id in quotes"),
    ],
)  # fmt: skip
def test_a_line_of_csv_with_a_bad_cell_has_its_id(tmp_path: Path, line: bytes, expected: Any):
    assert refused(tmp_path / "day.csv", HEAD.encode() + b"\n" + line) == [(2, *expected)]


def test_a_stray_separator_before_the_id_names_nobody(tmp_path: Path):
    """The name may stand where the id was."""
    head, line = (
        b"name,id,procedure_date,handout,locale",
        b"Example,Ann,K1,2026-11-23,bone-biopsy,nl",
    )

    assert refused(tmp_path / "day.csv", head + b"\n" + line) == [(2, "", "", "")]


def test_of_two_lines_that_quotes_made_one_the_first_has_its_id(tmp_path: Path):
    lines = b'K1,"Ann\nK2,Bo",2026-11-23,bone-biopsy,nl'

    assert [one[:2] for one in refused(tmp_path / "day.csv", HEAD.encode() + b"\n" + lines)] == [
        (2, "K1"),
        (3, ""),
    ]


@pytest.mark.parametrize("name", [12, None, ["Ann"], "A" * 3000])
def test_a_line_of_json_with_a_bad_value_has_its_id(tmp_path: Path, name: object):
    wish = {"id": "K1", "name": name, "handout": "bone-biopsy", "locale": "nl"}

    found = refused(tmp_path / "day.jsonl", json.dumps(wish).encode())

    assert found == [(1, "K1", "bone-biopsy", "nl")]


# --- FHIR ----------------------------------------------------------------------------------------


def a_patient(**changes: Any) -> dict[str, Any]:
    named = [{"use": "official", "given": ["Mina"], "family": "Okafor"}]
    return {
        "resourceType": "Patient", "id": "p1", "identifier": [MRN], "name": named, **changes
    }  # fmt: skip


def a_procedure(**changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": {"coding": [{"system": SNOMED, "code": "234326005"}]},
        "subject": {"reference": "Patient/p1"},
        "performedDateTime": "2026-11-20",
        **changes,
    }


def rows(tmp_path: Path, *resources: dict[str, Any]) -> list[Row]:
    path = tmp_path / "export.json"
    entries = [{"resource": one} for one in resources]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    marrow = {("snomed", "234326005"): ("marrow-home",)}
    context = FhirContext(marrow, ZoneInfo("America/Toronto"), date(2026, 11, 23))
    return list(fhir.read([path], context, lambda told: None))


@pytest.mark.parametrize(
    ("patient", "procedure"),
    [
        pytest.param({"deceasedBoolean": True}, {}, id="deceased"),
        pytest.param({"active": False}, {}, id="inactive"),
        pytest.param({"name": []}, {}, id="no name"),
        pytest.param({}, {"status": "entered-in-error"}, id="status"),
        pytest.param({}, {"performedDateTime": "2026"}, id="no day"),
        pytest.param({}, {"performedDateTime": None}, id="no date"),
        pytest.param({}, {"notDone": True}, id="not done"),
    ],
)
def test_a_procedure_that_is_refused_names_its_child_and_its_handout(
    tmp_path: Path, patient: dict[str, Any], procedure: dict[str, Any]
):
    (row,) = rows(tmp_path, a_patient(**patient), a_procedure(**procedure))

    assert row.fault is not None
    assert (row.request.id, row.key, row.request.handout) == ("M-7", "", "marrow-home")
    assert (row.request.name, row.request.child["date"]) == ("", "")


def test_a_procedure_with_a_code_that_cannot_be_read_names_its_child(tmp_path: Path):
    (row,) = rows(tmp_path, a_patient(), a_procedure(code={"coding": "234326005"}))

    assert row.fault is not None
    assert (row.request.id, row.request.handout) == ("M-7", "")


def test_two_days_of_a_child_without_a_number_keep_the_key(tmp_path: Path):
    uuid = "0b3cf6a2-8f0e-4c69-9d0b-6f3a5f6c2b11"
    patient = a_patient(id=uuid, identifier=[])
    subject = {"subject": {"reference": f"Patient/{uuid}"}}

    found = rows(
        tmp_path,
        patient,
        a_procedure(id="a", **subject),
        a_procedure(id="b", performedDateTime="2026-11-21", **subject),
    )

    assert [row.fault.code for row in found if row.fault] == ["fhir.two-days"] * 2
    assert [(row.key, row.request.handout) for row in found] == [(uuid, "marrow-home")] * 2


@pytest.mark.parametrize(("relation", "expected"), [("next", True), ("self", False)])
def test_a_page_that_another_follows_is_no_whole_list(
    tmp_path: Path, relation: str, expected: bool
):
    path = tmp_path / "page.json"
    page = {"resourceType": "Bundle", "type": "searchset", "entry": []}
    path.write_text(
        json.dumps(page | {"link": [{"relation": relation, "url": "https://x.example"}]})
    )

    assert intake.has_more_pages((path,)) is expected
