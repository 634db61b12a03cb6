"""Procedure codes: how FHIR and HL7 Infobutton name the systems, and which handouts a code has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from careleaf.content.handout import Handout


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """A code system by its key in a handout's YAML, its OID and its FHIR URIs (HL7's registries)."""

    key: str
    oid: str
    uris: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Everything a record or a request may call it."""
        return (*self.uris, self.oid, f"urn:oid:{self.oid}")


SYSTEMS = (
    CodeSystem("snomed", "2.16.840.1.113883.6.96", ("http://snomed.info/sct",)),
    CodeSystem("cpt", "2.16.840.1.113883.6.12", ("http://www.ama-assn.org/go/cpt",)),
    CodeSystem(
        "icd10pcs",
        "2.16.840.1.113883.6.4",
        ("http://www.cms.gov/Medicare/Coding/ICD10", "http://hl7.org/fhir/sid/icd-10-pcs"),
    ),
)

_BY_NAME: Mapping[str, CodeSystem] = {name: system for system in SYSTEMS for name in system.names}

Code = tuple[str, str]  # the system's key and the code
HandoutsByCode = Mapping[Code, tuple[str, ...]]


def system(name: str) -> CodeSystem | None:
    """Return the code system called `name` (a URI, an OID, `urn:oid:...`), or None."""
    return _BY_NAME.get(name.strip().rstrip("/"))


def codes(handout: Handout) -> tuple[Code, ...]:
    """Return the procedure codes of a handout."""
    listed = handout.procedure.codes
    return tuple((each.key, code) for each in SYSTEMS for code in getattr(listed, each.key))


def by_code(handouts: Iterable[Handout]) -> HandoutsByCode:
    """Return the ids of the handouts for each code, in the handouts' order."""
    found: dict[Code, tuple[str, ...]] = {}
    for handout in handouts:
        for code in codes(handout):
            found[code] = (*found.get(code, ()), handout.id)
    return found
