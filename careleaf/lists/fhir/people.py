"""Patient -> what a sheet takes of one: the name, the record number, the language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from careleaf.language import locale_tags
from careleaf.lists.fhir.faults import Unmapped, flag, need_plain, objects, text, wrong
from careleaf.lists.fhir.files import Entry, Resource
from careleaf.lists.fhir.moments import day

_NAME_USES = ("usual", "official", "")  # in this order; never old, maiden, nickname, anonymous
_UUID = re.compile(r"(?:urn:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_MR_SYSTEMS = ("http://terminology.hl7.org/CodeSystem/v2-0203", "http://hl7.org/fhir/v2/0203")
_BCP47 = "urn:ietf:bcp:47"

# The iso21090 extension: IDE is the name as it is written, SYL and ABC say how it is spoken.
_REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"


@dataclass(frozen=True, slots=True)
class Person:
    """What is kept of a Patient, or `fault` if it cannot be used.

    `number` is the record number, which is printed; `id` names the file where there is no number.
    """

    id: str
    number: str = ""
    name: str = field(default="", repr=False)
    language: str = ""
    fault: Unmapped | None = None


def person(entry: Entry, today: date, number_system: str) -> Person:
    """Return what a sheet takes of a Patient.

    `number_system` is the namespace of the clinic's record numbers (Identifier.system); without
    it the one identifier of type MR counts.
    """
    patient = entry.resource
    id = patient.get("id")
    known = Person(id if isinstance(id, str) else "", _number_if_any(patient, number_system))
    try:
        _need_current(entry)
        number = _number(patient, number_system)
        return Person(known.id, number, _name(patient, today), _language(patient))
    except Unmapped as fault:
        return Person(known.id, known.number, fault=fault)


def _need_current(entry: Entry) -> None:
    """Raise Unmapped unless the record is that of a living child, and the one that is in use."""
    patient = entry.resource
    if entry.deleted:
        raise Unmapped("was deleted", "use the record that took its place", "fhir.deleted")
    need_plain(patient)
    if flag(patient, "deceasedBoolean") or patient.get("deceasedDateTime") is not None:
        raise Unmapped("is recorded as deceased", "check the record", "fhir.deceased")
    if flag(patient, "active") is False:
        raise Unmapped(
            "is not an active record", "use the record it was merged into", "fhir.inactive"
        )
    links = objects(patient.get("link"), "link")
    if any(link.get("type") in ("replaced-by", "replace") for link in links):
        raise Unmapped(
            "was replaced by another record", "use the record named in link", "fhir.replaced"
        )


# --- the record number ------------------------------------------------------------------------


def _number(patient: Resource, system: str) -> str:
    """Return the one record number; empty where the clinic names no system and there is none."""
    listed = objects(patient.get("identifier"), "identifier")
    wanted = [one for one in listed if (one.get("system") == system if system else _is_mr(one))]
    values = {
        text(one.get("value"), "identifier").strip() for one in wanted if one.get("use") != "old"
    }
    values.discard("")
    if len(values) > 1:
        raise Unmapped(
            "has more than one record number",
            "name the clinic's own in clinic.yaml: record_number_system",
            "fhir.record-number",
        )
    if values:
        return values.pop()
    if system:
        raise Unmapped(
            "has no record number of this clinic's",
            "complete the record, or mend record_number_system in clinic.yaml",
            "fhir.record-number",
        )
    id = patient.get("id")
    return id if isinstance(id, str) and not _UUID.match(id) else ""


def _number_if_any(patient: Resource, system: str) -> str:
    """Return the record number of a patient who may have other faults, or ""."""
    try:
        return _number(patient, system)
    except Unmapped:
        return ""


def _is_mr(identifier: Resource) -> bool:
    """Whether an identifier is a medical record number (HL7 table 0203: MR)."""
    kind = identifier.get("type")
    codings = objects(kind.get("coding"), "identifier") if isinstance(kind, dict) else []
    return any(
        coding.get("code") == "MR" and coding.get("system") in (*_MR_SYSTEMS, None)
        for coding in codings
    )


# --- the name ---------------------------------------------------------------------------------


def _name(patient: Resource, today: date) -> str:
    """Return the name to print: usual, else official, else one without a use; none but a current one.

    Of one name in several scripts it is the one that is written, not the one that is spoken.
    """
    names = [name for name in objects(patient.get("name"), "name") if _is_current(name, today)]
    for use in _NAME_USES:
        of_use = [name for name in names if text(name.get("use"), "name") == use]
        for name in sorted(of_use, key=_is_spoken):
            if shown := _shown(name):
                return shown
    raise Unmapped("has no usual or official name", "complete the record", "fhir.no-name")


def _is_current(name: Resource, today: date) -> bool:
    period = name.get("period")
    if period is None:
        return True
    if not isinstance(period, dict):
        raise wrong("name", "for a period that is none")
    start, end = (_first_day(period.get(edge)) for edge in ("start", "end"))
    return (start is None or start[0] <= today) and (end is None or end[1] >= today)


def _first_day(value: object) -> tuple[date, date] | None:
    """Return the first and the last day that a date of any precision may mean."""
    if value is None:
        return None
    if isinstance(value, str) and re.fullmatch(r"\d{4}(-\d\d)?", value, re.ASCII):
        first, last = (
            (f"{value}-01", f"{value}-28") if "-" in value else (f"{value}-01-01", f"{value}-12-31")
        )
        return day(first, None), day(last, None)
    exact = day(value[:10] if isinstance(value, str) else value, None)
    return exact, exact


def _is_spoken(name: Resource) -> bool:
    """Whether a name says how another one is read aloud: kana beside kanji, letters beside Hangul."""
    return any(
        extension.get("url") == _REPRESENTATION and extension.get("valueCode") in ("SYL", "ABC")
        for extension in objects(name.get("extension"), "name")
    )


def _shown(name: Resource) -> str:
    whole = text(name.get("text"), "name")
    if whole.strip():
        return whole
    given = name.get("given")
    if given is not None and not isinstance(given, list):
        raise wrong("name", "no list of given names")
    if any(part is None for part in given or ()):
        raise Unmapped("has a name with a part left out", "complete the record", "fhir.no-name")
    parts = [text(part, "name") for part in given or ()]
    family = text(name.get("family"), "name")
    if family and _is_family_first((family, *parts)):
        return family + "".join(parts)
    return " ".join(part for part in (*parts, family) if part.strip()).strip()


def _is_family_first(parts: Sequence[str]) -> bool:
    """Whether a name is written family name first, without a space: in Han, Hangul or kana alone."""
    return all(_scripts("".join(parts)))


def _scripts(letters: str) -> Iterator[bool]:
    for letter in letters:
        name = unicodedata.name(letter, "")
        yield name.startswith(("CJK ", "HANGUL ", "HIRAGANA", "KATAKANA")) or letter in "々〆ヶー"


# --- the language -----------------------------------------------------------------------------


def _language(patient: Resource) -> str:
    """Return the language (BCP 47) that is preferred, or the only one; empty where none is recorded.

    Codes of other systems are not read: a local `de` may mean anything.
    """
    spoken = objects(patient.get("communication"), "communication")
    preferred = [one for one in spoken if flag(one, "preferred")]
    meant = {_code(one) for one in preferred or spoken}
    if len(meant) > 1:
        raise Unmapped(
            "has more than one language, and not one that is preferred",
            "mark one: Patient.communication.preferred",
            "fhir.language",
        )
    return meant.pop() if meant else ""


def _code(communication: Resource) -> str:
    language = communication.get("language")
    codings = objects(language.get("coding") if isinstance(language, dict) else None, "language")
    for systems in ((_BCP47,), (None,)):
        codes = {
            text(coding.get("code"), "language").strip()
            for coding in codings
            if coding.get("system") in systems
        } - {""}
        if len(codes) > 1:
            raise Unmapped("has a language with two codes", "send one", "fhir.language")
        if codes:
            return _need_language(codes.pop())
    raise Unmapped(
        "has a language without a code in BCP 47",
        "Patient.communication.language.coding, system urn:ietf:bcp:47",
        "fhir.language",
    )


def _need_language(code: str) -> str:
    if locale_tags.names_no_language(code):
        raise Unmapped(
            "has a language that is none (und, mul ...)", "record the family's", "fhir.language"
        )
    return code
