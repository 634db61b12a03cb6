"""What senders really send, and what must never come of it: another child, another day, what was corrected."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_fhir import MARROW, TODAY, TORONTO, Read, a_bundle, a_patient, a_procedure, read

from careleaf.errors import HandoutError
from careleaf.lists import fhir
from careleaf.lists.fhir import FhirContext
from careleaf.lists.rows import Row

__all__ = ["read"]  # the fixture

HOSPITAL_A, HOSPITAL_B = "https://a.example/fhir/", "https://b.example/fhir/"


def at(base: str, resource: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a Bundle's entry, with its address on a server."""
    address = f"{base}{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": address, "resource": resource, **more}


def a_bundle_of(*entries: dict[str, Any], kind: str = "collection", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries), **more}


def named(name: str, id: str = "1", **changes: Any) -> dict[str, Any]:
    return a_patient(id, name=[{"use": "official", "text": name}], **changes)


def made(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row.request.name, row.request.child["date"]) for row in rows if row.fault is None]


def codes(rows: list[Row]) -> list[str]:
    return [row.fault.code for row in rows if row.fault]


# --- another child ------------------------------------------------------------------------------


def test_an_absolute_reference_means_that_server_alone(read: Read):
    rows = read(
        a_bundle_of(
            at(HOSPITAL_A, named("Ann Example")),
            at(HOSPITAL_B, a_procedure(patient=f"{HOSPITAL_B}Patient/1")),
        )
    )

    assert (made(rows), codes(rows)) == ([], ["fhir.reference"])


def test_a_relative_reference_is_of_its_own_server(read: Read):
    rows = read(
        a_bundle_of(
            at(HOSPITAL_A, named("Ann Example")),
            at(HOSPITAL_B, named("Bo Example")),
            at(HOSPITAL_A, a_procedure("a", "Patient/1")),
            at(HOSPITAL_B, a_procedure("b", "Patient/1")),
        )
    )

    assert [name for name, _ in made(rows)] == ["Ann Example", "Bo Example"]


def test_a_relative_reference_does_not_reach_another_server(read: Read):
    rows = read(
        a_bundle_of(at(HOSPITAL_A, named("Ann Example")), at(HOSPITAL_B, a_procedure(patient="Patient/1")))
    )  # fmt: skip

    assert (made(rows), codes(rows)) == ([], ["fhir.reference"])


def test_a_resource_without_an_address_is_not_of_a_server_that_is_told(read: Read):
    rows = read(a_bundle_of(at(HOSPITAL_A, named("Ann Example")), {"resource": a_procedure(patient="Patient/1")}))  # fmt: skip

    assert (made(rows), codes(rows)) == ([], ["fhir.reference"])


def test_a_reference_by_search_or_by_identifier_is_followed_where_it_means_one(read: Read):
    number = {"system": "https://a.example/mrn", "value": "4711"}
    patient = named("Ann Example", identifier=[number])
    by_search = a_procedure("x1", "Patient?identifier=https://a.example/mrn|4711")
    by_identifier = a_procedure(
        "x2", subject={"identifier": number}, performedDateTime="2026-11-20"
    )

    assert made(read(a_bundle(patient, by_search))) == [("Ann Example", "2026-11-20")]
    assert made(read(a_bundle(patient, by_identifier))) == [("Ann Example", "2026-11-20")]


def test_an_identifier_that_two_children_share_is_refused(read: Read):
    number = {"system": "https://a.example/mrn", "value": "4711"}
    rows = read(
        a_bundle(
            named("Ann Example", "1", identifier=[number]),
            named("Bo Example", "2", identifier=[number]),
            a_procedure(patient="Patient?identifier=https://a.example/mrn|4711"),
        )
    )

    assert codes(rows) == ["fhir.reference"]


# --- another day --------------------------------------------------------------------------------


def test_a_moment_in_utc_is_the_day_at_the_clinic(read: Read):
    late = a_procedure(performedDateTime="2026-11-24T02:30:00Z")

    assert made(read(a_bundle(a_patient(), late)))[0][1] == "2026-11-23"


def test_without_a_time_zone_a_moment_is_refused_and_a_day_is_not(read: Read):
    late = a_procedure(performedDateTime="2026-11-24T02:30:00Z")

    assert codes(read(a_bundle(a_patient(), late), zone=None)) == ["fhir.no-time-zone"]
    assert made(read(a_bundle(a_patient(), a_procedure()), zone=None))


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-23T99:99:99Z", "2026-11-23T24:00:00Z", "2026-11-23T10:00:00", "2026-11-23 10:00:00Z",
        "2026-02-30", "2026-11-23T10:00:00+25:00", "2026-11-23T10:00:00+15:00", "2026-11-23T10:00:00+01:99", "23/11/2026", "20261123",
        20261123, True, ["2026-11-23"], {"value": "2026-11-23"}, "2026-11", "2026", "", "٢٠٢٦-١١-٢٣",
        "0001-01-01T00:00:00+14:00",
    ],
)  # fmt: skip
def test_what_is_no_day_gives_none(read: Read, moment: Any):
    rows = read(a_bundle(a_patient(), a_procedure(performedDateTime=moment)))

    assert made(rows) == [] and len(codes(rows)) == 1


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-23", "2026-11-22"),
        ("2026-11-23T11:00:00-05:00", "2026-11-23T10:00:00-05:00"),
        ("2026-11-23T11:00:00-05:00", "2026-11-23T15:59:00Z"),
    ],
)
def test_a_period_that_ends_before_it_starts_is_refused(read: Read, start: str, end: str):
    procedure = a_procedure(performedDateTime=None, performedPeriod={"start": start, "end": end})

    assert codes(read(a_bundle(a_patient(), procedure))) == ["fhir.period"]


def a_visit(**changes: Any) -> dict[str, Any]:
    period = {"start": "2026-11-20T08:00:00-05:00", "end": "2026-11-20T15:00:00-05:00"}
    told = {"status": "finished", "subject": {"reference": "Patient/p1"}, "period": period}
    return {"resourceType": "Encounter", "id": "e1", **told, **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "cancelled"}, {"status": "entered-in-error"}, {"status": "unknown"}, {"status": None},
        {"subject": {"reference": "Patient/p2"}}, {"subject": None},
        {"period": {"start": "2026-11-20", "end": "2026-11-21"}}, {"period": {"start": "2026-11-20"}},
        {"modifierExtension": [{"url": "https://a.example/not-really"}]},
    ],
)  # fmt: skip
def test_a_visit_that_was_not_or_is_somebody_else_s_gives_no_day(read: Read, changes: Any):
    procedure = a_procedure(performedDateTime=None, encounter={"reference": "Encounter/e1"})
    rows = read(a_bundle(a_patient(), named("Bo", "p2"), a_visit(**changes), procedure))

    assert codes(rows) == ["fhir.no-date"]


# --- what was corrected -------------------------------------------------------------------------


def version(resource: dict[str, Any], number: int, **changes: Any) -> dict[str, Any]:
    when = f"2026-11-2{number}T10:00:00Z"
    return {**resource, "meta": {"versionId": str(number), "lastUpdated": when}, **changes}


@pytest.mark.parametrize("order", [1, -1])
def test_of_a_history_the_newest_version_counts(read: Read, order: int):
    versions = [
        version(a_procedure(), 1),
        version(a_procedure(), 2, status="entered-in-error"),
    ]
    rows = read(a_bundle(a_patient(), *versions[::order], kind="history"))

    assert (made(rows), codes(rows)) == ([], ["fhir.status"])


@pytest.mark.parametrize("order", [1, -1])
def test_an_older_record_of_a_child_does_not_hide_a_death(read: Read, order: int):
    versions = [version(a_patient(), 1), version(a_patient(), 2, deceasedBoolean=True)]
    rows = read(a_bundle(*versions[::order], a_procedure(), kind="history"))

    assert (made(rows), codes(rows)) == ([], ["fhir.deceased"])


@pytest.mark.parametrize("order", [1, -1])
def test_versions_nobody_can_order_are_refused(read: Read, order: int):
    records = [named("Ann Example", "p1"), named("Anna Example", "p1")]

    assert codes(read(a_bundle(*records[::order], a_procedure()))) == ["fhir.two-versions"]


def test_versions_whose_clock_and_number_disagree_are_refused(read: Read):
    first = named("Ann", "p1", meta={"versionId": "2", "lastUpdated": "2026-11-21T10:00:00Z"})
    second = named("Bo", "p1", meta={"versionId": "1", "lastUpdated": "2026-11-22T10:00:00Z"})

    assert codes(read(a_bundle(first, second, a_procedure()))) == ["fhir.two-versions"]


def test_one_resource_sent_twice_is_one(read: Read):
    assert len(made(read(a_bundle(a_patient(), a_patient(), a_procedure(), a_procedure())))) == 1


@pytest.mark.parametrize("what", ["Procedure", "Patient"])
def test_what_a_history_says_was_deleted_prints_nothing(read: Read, what: str):
    id = {"Procedure": "x1", "Patient": "p1"}[what]
    gone = {
        "fullUrl": f"{HOSPITAL_A}{what}/{id}",
        "request": {"method": "DELETE", "url": f"{what}/{id}"},
        "response": {"lastModified": "2026-11-29T10:00:00Z"},
    }
    kept = [at(HOSPITAL_A, version(one, 1)) for one in (a_patient(), a_procedure())]

    assert made(read(a_bundle_of(gone, *kept, kind="history"))) == []


@pytest.mark.parametrize(
    ("patient", "procedure", "code"),
    [
        ({"modifierExtension": [{"url": "https://a.example/x", "valueBoolean": True}]}, {}, "fhir.modifier"),
        ({"communication": [{"language": {"coding": [{"code": "nl"}]}, "modifierExtension": [{"url": "u"}]}]}, {}, "fhir.modifier"),
        ({}, {"modifierExtension": [{"url": "https://a.example/not-done"}]}, "fhir.modifier"),
        ({"implicitRules": "https://a.example/rules"}, {}, "fhir.rules"),
        ({}, {"implicitRules": "https://a.example/rules"}, "fhir.rules"),
        ({"link": [{"type": "replaced-by", "other": {"reference": "Patient/2"}}]}, {}, "fhir.replaced"),
        ({"deceasedBoolean": "true"}, {}, "fhir.wrong-type"),
        ({"deceasedBoolean": 1}, {}, "fhir.wrong-type"),
        ({"active": "false"}, {}, "fhir.wrong-type"),
        ({}, {"notDone": True}, "fhir.status"),
        ({}, {"notPerformed": True}, "fhir.status"),
        ({}, {"notDone": "true"}, "fhir.wrong-type"),
        ({}, {"status": ["completed"]}, "fhir.wrong-type"),
        ({"name": {"text": "Ann"}}, {}, "fhir.wrong-type"),
    ],
)  # fmt: skip
def test_what_changes_the_meaning_is_refused_and_named(
    read: Read, patient: dict[str, Any], procedure: dict[str, Any], code: str
):
    rows = read(a_bundle(a_patient(**patient), a_procedure(**procedure)))

    assert (made(rows), codes(rows)) == ([], [code])
    assert rows[0].fault is not None and rows[0].fault.message.startswith(
        ("Patient/p1 ", "Procedure/x1 ")
    )


def test_a_link_that_does_not_replace_the_record_is_no_fault(read: Read):
    linked = a_patient(link=[{"type": "seealso", "other": {"reference": "Patient/2"}}])

    assert len(made(read(a_bundle(linked, a_procedure())))) == 1


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        {"given": [None, "Anna"], "family": "Example"}, {"given": [7], "family": "Example"},
        {"given": "Anna", "family": "Example"}, {"given": ["Anna"], "family": 7},
        {"text": ["Anna Example"]}, {"text": True}, {"given": [["Anna"]], "family": "Example"},
        {"given": ["Anna"], "family": {"value": "Example"}},
    ],
)  # fmt: skip
def test_a_name_is_text_or_the_line_is_refused(read: Read, name: dict[str, Any]):
    rows = read(a_bundle(a_patient(name=[{"use": "official", **name}]), a_procedure()))

    assert made(rows) == [] and len(codes(rows)) == 1


SPOKEN = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"


def in_kana(name: dict[str, Any]) -> dict[str, Any]:
    return {**name, "extension": [{"url": SPOKEN, "valueCode": "SYL"}]}


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([{"use": "usual", "text": "Later", "period": {"start": "2027-01-01"}}, {"use": "official", "text": "Now"}], "Now"),
        ([{"use": "usual", "text": "Now", "period": {"end": "2099-12-31"}}, {"use": "official", "text": "Other"}], "Now"),
        ([{"use": "usual", "text": "Past", "period": {"end": "2026-11-22"}}, {"use": "official", "text": "Now"}], "Now"),
        ([{"use": "usual", "text": "Now", "period": {"start": "2026", "end": "2026-11"}}], "Now"),
        ([{"use": "official", "family": "김", "given": ["민준"]}], "김민준"),
        ([{"use": "official", "family": "Kim", "given": ["Minjun"]}], "Minjun Kim"),
        ([in_kana({"use": "official", "family": "ヤマダ", "given": ["ハナ"]}), {"use": "official", "family": "山田", "given": ["花"]}], "山田花"),
        ([{"use": "official", "family": "佐々木", "given": ["さくら"]}], "佐々木さくら"),
        ([in_kana({"use": "official", "family": "ヤマダ", "given": ["ハナ"]})], "ヤマダハナ"),
    ],
)  # fmt: skip
def test_the_name_is_a_current_one_in_the_order_of_its_script(read: Read, names: Any, shown: str):
    (row,) = read(a_bundle(a_patient(name=names), a_procedure()))

    assert row.request.name == shown


# --- numbers ------------------------------------------------------------------------------------

MR = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}
SS = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "SS"}]}


@pytest.mark.parametrize(
    ("identifiers", "system", "number"),
    [
        ([{"type": MR, "value": "M-1"}, {"type": SS, "value": "999"}], "", "M-1"),
        ([{"type": MR, "system": "a", "value": "M-1"}, {"type": MR, "system": "b", "value": "M-2"}], "b", "M-2"),
        ([{"type": MR, "value": "M-1"}, {"type": MR, "use": "old", "value": "M-0"}], "", "M-1"),
        ([{"type": SS, "value": "999"}], "", "p1"),
        ([{"system": "b", "value": "M-2"}], "b", "M-2"),
    ],
)  # fmt: skip
def test_the_number_is_the_record_number(read: Read, identifiers: Any, system: str, number: str):
    (row,) = read(a_bundle(a_patient(identifier=identifiers), a_procedure()), number_system=system)

    assert row.request.id == number


@pytest.mark.parametrize(
    ("identifiers", "system"),
    [
        ([{"type": MR, "value": "M-1"}, {"type": MR, "value": "M-2"}], ""),
        ([{"type": MR, "system": "a", "value": "M-1"}], "b"),
        ([], "b"),
    ],
)
def test_a_number_that_is_not_known_for_sure_is_refused(read: Read, identifiers: Any, system: str):
    rows = read(a_bundle(a_patient(identifier=identifiers), a_procedure()), number_system=system)

    assert codes(rows) == ["fhir.record-number"]


# --- the language -------------------------------------------------------------------------------


def speaking(*codings: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"language": {"coding": list(codings)}, **more}


BCP47 = "urn:ietf:bcp:47"


@pytest.mark.parametrize(
    ("spoken", "language"),
    [
        (
            [
                speaking(
                    {"system": "https://a.example/lang", "code": "de"},
                    {"system": BCP47, "code": "nl"},
                )
            ],
            "nl",
        ),
        ([speaking({"code": "nl"})], "nl"),
        ([speaking({"code": "en"}), speaking({"code": "nl"}, preferred=True)], "nl"),
        ([speaking({"code": "nl"}), speaking({"code": "nl"})], "nl"),
        ([], ""),
    ],
)
def test_the_language_is_bcp_47_and_preferred(read: Read, spoken: Any, language: str):
    (row,) = read(a_bundle(a_patient(communication=spoken), a_procedure()))

    assert row.request.locale == language


@pytest.mark.parametrize(
    "spoken",
    [
        [speaking({"system": "https://a.example/lang", "code": "de"})],
        [speaking({"system": BCP47, "code": "und"})], [speaking({"code": "mul"})], [speaking({"code": "zxx"})],
        [speaking({"code": "en"}), speaking({"code": "nl"})],
        [speaking({"code": "en"}, preferred=True), speaking({"code": "nl"}, preferred=True)],
        [speaking({"code": "en"}, preferred="true"), speaking({"code": "nl"})],
        [speaking({"system": BCP47, "code": 7})],
    ],
)  # fmt: skip
def test_a_language_is_never_guessed(read: Read, spoken: Any):
    rows = read(a_bundle(a_patient(communication=spoken), a_procedure()))

    assert made(rows) == [] and len(codes(rows)) == 1


# --- several procedures, and none ---------------------------------------------------------------


def test_two_procedures_of_one_child_on_two_days_are_both_refused(read: Read):
    rows = read(a_bundle(a_patient(), a_procedure("x1"), a_procedure("x2", performedDateTime="2026-11-23")), told=[])  # fmt: skip

    assert (made(rows), codes(rows)) == ([], ["fhir.two-days"] * 2)


def test_the_day_that_is_asked_for_is_made_alone(read: Read):
    told: list[str] = []
    rows = read(
        a_bundle(a_patient(), a_procedure("x1"), a_procedure("x2", performedDateTime="2026-11-23")),
        day=date(2026, 11, 23),
        told=told,
    )

    assert made(rows) == [("Mina Rose Okafor", "2026-11-23")]
    assert told == ["on another day: 1 procedure"]


def test_two_procedures_on_one_day_that_need_one_sheet_are_one(read: Read):
    assert len(made(read(a_bundle(a_patient(), a_procedure("x1"), a_procedure("x2"))))) == 1


def test_two_children_with_one_number_are_not_taken_for_one(read: Read):
    rows = read(
        a_bundle_of(
            at(HOSPITAL_A, named("Ann Example")),
            at(HOSPITAL_B, named("Bo Example")),
            at(HOSPITAL_A, a_procedure("a", "Patient/1")),
            at(HOSPITAL_B, a_procedure("b", "Patient/1", performedDateTime="2026-11-21")),
        ),
        told=[],
    )

    assert made(rows) == [("Ann Example", "2026-11-20"), ("Bo Example", "2026-11-21")]


@pytest.mark.parametrize(
    "bundle",
    [
        a_bundle(a_patient()),
        a_bundle({"resourceType": "ServiceRequest", "id": "s"}, {"resourceType": "Appointment", "id": "a"}),
        a_bundle(a_bundle(a_patient(), a_procedure())),
        a_bundle_of({"response": {"status": "200"}}, kind="batch-response"),
        a_bundle_of(),
        a_bundle(a_patient(), a_procedure(code={"coding": [{"system": "http://snomed.info/sct", "code": "1"}]})),
    ],
)  # fmt: skip
def test_a_file_with_nothing_for_a_sheet_says_what_it_holds(read: Read, bundle: dict[str, Any]):
    rows = read(bundle, told=[])

    assert (
        made(rows) == [] and codes(rows) and not set(codes(rows)) - {"fhir.nothing", "fhir.entry"}
    )


def test_procedures_of_others_are_counted_by_code_and_not_refused(read: Read):
    told: list[str] = []
    others = [
        a_procedure(f"o{n}", code={"coding": [{"system": "http://snomed.info/sct", "code": code}]})
        for n, code in enumerate(["80146002", "80146002", "430193006"])
    ]
    rows = read(a_bundle(a_patient(), a_procedure(), *others), told=told)

    assert len(rows) == 1 and rows[0].fault is None
    assert told == ["no handout for 3 procedures: snomed 80146002 (2), snomed 430193006 (1)"]


def test_another_page_of_a_search_is_a_warning(read: Read):
    told: list[str] = []
    link = [{"relation": "self", "url": "https://a.example/1"}, {"relation": "next", "url": "https://a.example/2"}]  # fmt: skip
    read({**a_bundle(a_patient(), a_procedure(), kind="searchset"), "link": link}, told=told)

    assert len(told) == 1 and "another page" in told[0]


# --- files --------------------------------------------------------------------------------------


def all_of(*paths: Path) -> list[Row]:
    return list(fhir.read(paths, FhirContext(MARROW, TORONTO, TODAY), lambda text: None))


def test_a_bulk_export_of_a_file_a_type_is_one_list(tmp_path: Path):
    for resource in (a_patient(), a_procedure()):
        path = tmp_path / f"{resource['resourceType']}.ndjson"
        path.write_text(json.dumps(resource) + "\n")

    rows = all_of(tmp_path / "Procedure.ndjson", tmp_path / "Patient.ndjson")

    assert [row.request.name for row in rows] == ["Mina Rose Okafor"]


def test_a_name_that_stands_twice_in_an_object_is_refused(tmp_path: Path):
    text = json.dumps(a_procedure())
    (tmp_path / "x.ndjson").write_text(
        json.dumps(a_patient())
        + "\n"
        + text.replace('"id"', '"status": "not-done", "id"', 1)
        + "\n"
    )

    rows = all_of(tmp_path / "x.ndjson")

    assert codes(rows) == ["fhir.entry"]


@pytest.mark.parametrize(
    "broken", [b'{"resourceType": "Patient", "id": "\xff"}\n', b"\xff\xfe\n", b"[]\n"]
)
def test_a_line_that_cannot_be_read_is_that_line_s_fault(tmp_path: Path, broken: bytes):
    good = "\n".join(json.dumps(one) for one in (a_patient(), a_procedure())) + "\n"
    (tmp_path / "x.ndjson").write_bytes(good.encode() + broken)

    rows = all_of(tmp_path / "x.ndjson")

    assert (len(made(rows)), codes(rows)) == (1, ["fhir.entry"])


def test_a_bundle_with_a_byte_that_is_not_utf_8_is_told(tmp_path: Path):
    text = json.dumps(a_bundle(a_patient(), a_procedure()), indent=1)
    (tmp_path / "x.json").write_bytes(text.encode().replace(b"Okafor", b"Ok\xe9for"))

    with pytest.raises(HandoutError) as caught:
        all_of(tmp_path / "x.json")

    assert caught.value.code == "fhir.not-utf8"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["Patient/p1", "2026-11-23"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "name", "text", "given", "family", "coding", "code", "system", "reference", "period", "end", "url"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
ELEMENTS = st.sampled_from(
    ["id", "meta", "name", "active", "communication", "identifier", "link", "status", "code", "subject", "performedDateTime", "performedPeriod", "encounter", "extension"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(ELEMENTS, JSON, max_size=3), st.dictionaries(ELEMENTS, JSON, max_size=3))
def test_whatever_stands_in_a_resource_it_is_a_row_or_a_fault(
    tmp_path_factory: pytest.TempPathFactory, patient: dict[str, Any], procedure: dict[str, Any]
):
    path = tmp_path_factory.mktemp("any") / "x.json"
    path.write_text(
        json.dumps(a_bundle({**a_patient(), **patient}, {**a_procedure(), **procedure}))
    )

    for row in all_of(path):
        assert row.fault is not None or (
            isinstance(row.request.name, str) and "None" not in row.request.name
        )


def test_a_real_export_hides_nothing_behind_what_is_not_ours(tmp_path: Path):
    """Synthea's shape: UUIDs, digits in names, an MRN among the identifiers, many codes."""
    mrn = {
        "type": MR,
        "system": "http://hospital.smarthealthit.org",
        "value": "129c6ac7-8d06-89de-ad63-0204a93e76c3",
    }
    lines = [
        named(
            "Otha9 Mills1",
            "129c6ac7-8d06-89de-ad63-0204a93e76c3",
            identifier=[mrn],
            deceasedDateTime="2019-01-01T00:00:00-05:00",
        )
    ]
    lines += [
        a_procedure(
            f"o{n}",
            f"Patient/{mrn['value']}",
            code={"coding": [{"system": "http://snomed.info/sct", "code": str(n)}]},
        )
        for n in range(50)
    ]
    lines.append(a_procedure("ours", f"Patient/{mrn['value']}"))
    (tmp_path / "x.ndjson").write_text("\n".join(map(json.dumps, lines)))

    assert codes(all_of(tmp_path / "x.ndjson")) == ["fhir.deceased"]  # fmt: skip
