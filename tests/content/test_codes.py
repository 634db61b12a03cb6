"""Procedure codes: every name a system has, and which handouts a code stands for."""

from __future__ import annotations

import pytest
from builders import a_desk, a_handout

from careleaf.content.codes import SYSTEMS, by_code, codes, system

# HL7's registries: the OID of each system, and the URIs that FHIR has or had for it.
NAMES = {
    "snomed": ("http://snomed.info/sct", "2.16.840.1.113883.6.96"),
    "cpt": ("http://www.ama-assn.org/go/cpt", "2.16.840.1.113883.6.12"),
    "icd10pcs": (
        "http://www.cms.gov/Medicare/Coding/ICD10",
        "http://hl7.org/fhir/sid/icd-10-pcs",
        "2.16.840.1.113883.6.4",
    ),
}
EVERY_NAME = [
    (spelling, key)
    for key, names in NAMES.items()
    for name in names
    for spelling in ((name,) if "/" in name else (name, f"urn:oid:{name}"))
]


@pytest.mark.parametrize(("name", "key"), EVERY_NAME)
@pytest.mark.parametrize("written", ["{}", " {} ", "{}/", "\t{}/\n"])
def test_a_code_system_is_known_by_every_name_it_has(name: str, key: str, written: str):
    found = system(written.format(name))

    assert found is not None
    assert found.key == key


def test_no_system_has_a_name_that_is_not_written_here():
    assert {name for each in SYSTEMS for name in each.names} == {name for name, _ in EVERY_NAME}
    assert [each.key for each in SYSTEMS] == list(NAMES)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="nothing"),
        pytest.param("/", id="a slash"),
        pytest.param("snomed", id="our own key"),
        pytest.param("http://snomed.info", id="half a URI"),
        pytest.param("2.16.840.1.113883.6.9", id="half an OID"),
        pytest.param("urn:oid:2.16.840.1.113883.6.90", id="ICD-10-CM, which has diagnoses"),
        pytest.param("urn:oid:http://snomed.info/sct", id="a URI as an OID"),
    ],
)
def test_another_system_is_none(name: str):
    assert system(name) is None


def with_codes(folder, **handouts: dict[str, list[str]]):
    """Return the handouts of a folder, each with its codes by system."""
    made = [
        a_handout(id=name, code=f"T{number:03}", procedure={"codes": listed})
        for number, (name, listed) in enumerate(handouts.items(), 1)
    ]
    content = a_desk(folder, *made).content
    return [content.source(name).handout for name in content.handouts]


def test_two_handouts_with_one_code_are_both_found_in_their_order(tmp_path):
    handouts = with_codes(
        tmp_path,
        first={"snomed": ["234326005"], "cpt": ["38221"]},
        second={"cpt": ["38221", "38222"]},
        third={"icd10pcs": ["07DR3ZX"]},
    )

    assert by_code(handouts) == {
        ("snomed", "234326005"): ("first",),
        ("cpt", "38221"): ("first", "second"),
        ("cpt", "38222"): ("second",),
        ("icd10pcs", "07DR3ZX"): ("third",),
    }


def test_the_codes_of_a_handout_come_with_their_system(tmp_path):
    [handout] = with_codes(
        tmp_path, one={"icd10pcs": ["07DR3ZX"], "snomed": ["234326005"], "cpt": ["38221"]}
    )

    assert codes(handout) == (
        ("snomed", "234326005"),
        ("cpt", "38221"),
        ("icd10pcs", "07DR3ZX"),
    )


def test_the_same_number_in_two_systems_is_two_codes(tmp_path):
    handouts = with_codes(tmp_path, first={"snomed": ["38221"]}, second={"cpt": ["38221"]})

    assert by_code(handouts) == {
        ("snomed", "38221"): ("first",),
        ("cpt", "38221"): ("second",),
    }
