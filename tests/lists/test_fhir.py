"""FHIR records as the big EHRs and Synthea write them, and what a sheet takes from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from careleaf.cli.main import careleaf
from careleaf.content.codes import by_code, system
from careleaf.desk.desk import Desk
from careleaf.lists import fhir
from careleaf.lists.fhir import FhirContext
from careleaf.lists.rows import Row
from careleaf.paths import Root

TODAY = date(2026, 11, 23)
TORONTO = ZoneInfo("America/Toronto")
MARROW = {("snomed", "234326005"): ("marrow-home",), ("cpt", "20220"): ("bone",)}


def a_patient(id: str = "p1", **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": id,
        "name": [{"use": "official", "given": ["Mina", "Rose"], "family": "Okafor"}],
        "communication": [
            {
                "language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "fr-CA"}]},
                "preferred": True,
            }
        ],
        **changes,
    }


def a_procedure(id: str = "x1", patient: str = "Patient/p1", **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "id": id,
        "status": "completed",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "234326005"}]},
        "subject": {"reference": patient},
        "performedDateTime": "2026-11-20",
        **changes,
    }


def a_bundle(*resources: dict[str, Any], kind: str = "collection") -> dict[str, Any]:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


Read = Callable[..., list[Row]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a Bundle (one object) or NDJSON (several) and return the rows."""

    def reader(
        *resources: dict[str, Any],
        zone: ZoneInfo | None = TORONTO,
        told: list[str] | None = None,
        **wishes: Any,
    ) -> list[Row]:
        path = tmp_path / "export.json"
        path.write_text("\n".join(json.dumps(each) for each in resources))
        reading = FhirContext(MARROW, zone, TODAY, **wishes)
        return list(fhir.read([path], reading, pytest.fail if told is None else told.append))

    return reader


def the_fault(rows: list[Row]) -> str:
    (row,) = rows
    assert row.fault is not None
    return f"{row.fault.message} ({row.fault.hint})"


def test_a_bundle_gives_name_day_handout_and_language(read: Read) -> None:
    (row,) = read(a_bundle(a_patient(), a_procedure()))

    assert (row.line, row.request.id, row.request.name) == (2, "p1", "Mina Rose Okafor")
    assert (row.request.child["date"], row.request.handout, row.request.locale) == (
        "2026-11-20",
        "marrow-home",
        "fr-CA",
    )
    assert row.fault is None


def test_ndjson_is_read_in_any_order(read: Read) -> None:
    (row,) = read(a_procedure(), a_patient())

    assert (row.line, row.request.name) == (1, "Mina Rose Okafor")


def test_a_bundle_written_over_many_lines_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(a_bundle(a_patient(), a_procedure()), indent=2))

    assert len(list(fhir.read([path], FhirContext(MARROW, None, TODAY), pytest.fail))) == 1


def test_synthea_s_references_by_urn_are_followed(read: Read) -> None:
    bundle = a_bundle(kind="transaction")
    bundle["entry"] = [
        {"fullUrl": "urn:uuid:aa-1", "resource": a_patient("aa-1")},
        {"fullUrl": "urn:uuid:bb-2", "resource": a_procedure("bb-2", "urn:uuid:aa-1")},
    ]

    (row,) = read(bundle)

    assert row.request.id == "aa-1"


@pytest.mark.parametrize(
    "reference",
    ["Patient/p1", "Patient/p1/_history/3"],
)
def test_a_patient_is_found_however_it_is_referred_to(read: Read, reference: str) -> None:
    (row,) = read(a_bundle(a_patient(), a_procedure(patient=reference)))

    assert row.request.name == "Mina Rose Okafor"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([{"use": "official", "text": "Ann Lee"}, {"use": "usual", "text": "Annie Lee"}], "Annie Lee"),
        ([{"use": "old", "text": "Ann Old"}, {"text": "Ann New"}], "Ann New"),
        ([{"use": "usual", "text": "X", "period": {"end": "2020"}}, {"use": "official", "text": "Y"}], "Y"),
        ([{"use": "official", "family": "李", "given": ["小龙"]}], "李小龙"),
        ([{"use": "official", "family": "Nguyễn", "given": ["Ánh"], "text": "Nguyễn Thị Ánh"}], "Nguyễn Thị Ánh"),
        ([{"use": "usual", "given": ["Mina"]}], "Mina"),
    ],
)  # fmt: skip
def test_the_name_is_usual_then_official_then_unmarked(
    read: Read, names: list[dict[str, Any]], shown: str
) -> None:
    (row,) = read(a_bundle(a_patient(name=names), a_procedure()))

    assert row.request.name == shown


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ({"performedDateTime": "2026-11-20T09:30:00-05:00"}, "2026-11-20"),
        ({"performedPeriod": {"start": "2026-11-20T23:50:00-05:00", "end": "2026-11-21T00:20:00-05:00"}}, "2026-11-21"),
        ({"performedPeriod": {"start": "2026-11-20"}}, "2026-11-20"),
        ({"occurrenceDateTime": "2026-11-20"}, "2026-11-20"),
        ({"occurrencePeriod": {"end": "2026-11-20"}}, "2026-11-20"),
    ],
)  # fmt: skip
def test_the_day_is_read_from_r4_and_r5(read: Read, when: dict[str, Any], day: str) -> None:
    procedure = a_procedure()
    del procedure["performedDateTime"]

    (row,) = read(a_bundle(a_patient(), procedure | when))

    assert row.request.child["date"] == day


def test_a_moment_in_another_zone_is_the_clinic_s_own_day(read: Read) -> None:
    procedure = a_procedure(performedDateTime="2026-11-21T02:00:00Z")

    (row,) = read(a_bundle(a_patient(), procedure), zone=ZoneInfo("America/Toronto"))

    assert row.request.child["date"] == "2026-11-20"


@pytest.mark.parametrize("period", ["period", "actualPeriod"])
def test_a_visit_of_one_day_lends_its_day(read: Read, period: str) -> None:
    visit = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "subject": {"reference": "Patient/p1"},
        period: {"start": "2026-11-20T08:00:00-05:00", "end": "2026-11-20T15:00:00-05:00"},
    }
    procedure = a_procedure(encounter={"reference": "Encounter/e1"})
    del procedure["performedDateTime"]

    (row,) = read(a_bundle(a_patient(), visit, procedure))

    assert row.request.child["date"] == "2026-11-20"


def test_the_preferred_language_wins_over_the_first(read: Read) -> None:
    spoken = [
        {"language": {"coding": [{"code": "en"}]}},
        {"language": {"coding": [{"code": "ar"}]}, "preferred": True},
    ]

    (row,) = read(a_bundle(a_patient(communication=spoken), a_procedure()))

    assert row.request.locale == "ar"


@pytest.mark.parametrize(
    ("patient", "procedure", "fault"),
    [
        ({}, {"status": "entered-in-error"}, "Procedure/x1 has the status entered-in-error"),
        ({}, {"status": "not-done"}, "Procedure/x1 has the status not-done"),
        ({}, {"subject": {"reference": "Patient/p2"}}, "its patient is not in the file"),
        ({}, {"subject": None}, "its patient is not in the file"),
        ({}, {"performedDateTime": "2026-11"}, "a date without a day"),
        ({}, {"performedDateTime": None, "performedString": "last week"}, "in words"),
        ({}, {"performedDateTime": None}, "has no date"),
        ({"name": []}, {}, "Patient/p1 has no usual or official name"),
        ({"name": [{"use": "old", "text": "Ann Old"}]}, {}, "has no usual or official name"),
        ({"deceasedBoolean": True}, {}, "Patient/p1 is recorded as deceased"),
        ({"deceasedDateTime": "2026-11-21"}, {}, "Patient/p1 is recorded as deceased"),
        ({"active": False}, {}, "Patient/p1 is not an active record"),
        ({"communication": [{"language": {"text": "Klingon"}}]}, {}, "a language without a code in BCP 47"),
    ],
)  # fmt: skip
def test_what_cannot_be_mapped_is_refused_by_resource(
    read: Read, patient: dict[str, Any], procedure: dict[str, Any], fault: str
) -> None:
    said = the_fault(read(a_bundle(a_patient(**patient), a_procedure(**procedure))))

    assert fault in said
    assert "Okafor" not in said
    assert "2026-11-2" not in said


@pytest.mark.parametrize(
    "entry",
    [None, 7, {"resource": []}, {"resource": {"id": "x"}}, {"resource": {"resourceType": 5}}],
)
def test_an_entry_that_is_no_resource_is_told_and_the_rest_read(read: Read, entry: Any) -> None:
    bundle = a_bundle(a_patient(), a_procedure())
    bundle["entry"].insert(0, entry)

    rows = read(bundle)

    assert sum(row.fault is None for row in rows) == 1


def test_other_resources_are_passed_over(read: Read) -> None:
    rows = read(a_bundle({"resourceType": "Observation", "id": "o"}, a_patient(), a_procedure()))

    assert len(rows) == 1


@pytest.mark.parametrize(
    "name",
    ["http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96", "2.16.840.1.113883.6.96"],
)
def test_a_code_system_is_known_by_its_uri_and_its_oid(name: str) -> None:
    found = system(name)

    assert found is not None
    assert found.key == "snomed"


def test_the_project_s_handouts_are_found_by_their_codes(desk: Desk) -> None:
    found = by_code(desk.content.source(handout).handout for handout in desk.content.handouts)

    assert found["cpt", "38222"] == ("bone-marrow-biopsy-at-home",)
    assert found["cpt", "20225"] == ("bone-biopsy",)


@pytest.fixture
def desk() -> Desk:
    return Desk.at(Root.at(), TODAY)


def test_a_day_s_fhir_bundle_is_made_into_sheets_and_refusals(tmp_path: Path) -> None:
    (tmp_path / "day.json").write_text(
        json.dumps(a_bundle(a_patient(), a_procedure(), a_procedure("x2", status="not-done")))
    )

    ran = CliRunner().invoke(
        careleaf,
        ["batch", str(tmp_path / "day.json"), "-o", str(tmp_path / "out"), "--jobs", "1"],
        env={"CARELEAF_TODAY": "2026-11-23"},
    )

    assert ran.exit_code == 1
    made = [path.name for path in (tmp_path / "out").glob("*.pdf")]
    assert made == ["p1.bone-marrow-biopsy-at-home.fr_CA.pdf"]
    assert "Procedure/x2 has the status not-done" in (tmp_path / "out" / "manifest.csv").read_text()


# --- what a list leaves open --------------------------------------------------------------------


@pytest.mark.parametrize("spoken", [{"communication": []}, {"communication": None}, {}])
def test_a_patient_without_a_language_has_the_clinics_own(
    read: Read, desk: Desk, spoken: dict[str, Any]
) -> None:
    patient = a_patient(**spoken)
    if not spoken:
        del patient["communication"]

    (row,) = read(a_bundle(patient, a_procedure()))

    assert (row.fault, row.request.locale) == (None, "")
    assert desk.content.locale(row.request.locale) == desk.content.clinic.locale


def test_two_handouts_with_one_code_make_two_sheets_of_one_child(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(a_bundle(a_patient(), a_procedure())))
    two = {("snomed", "234326005"): ("before", "after")}

    rows = list(fhir.read([path], FhirContext(two, TORONTO, TODAY), pytest.fail))

    assert [(row.request.handout, row.request.name) for row in rows] == [
        ("before", "Mina Rose Okafor"),
        ("after", "Mina Rose Okafor"),
    ]
    assert len({(row.request.id, row.request.child["date"]) for row in rows}) == 1
