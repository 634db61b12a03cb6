"""FHIR R4 and R5 -> roster rows: a Bundle, or NDJSON as bulk export writes it.

Patient, Procedure and (optional) Encounter are read, the rest is passed over. One row is a
Procedure and a handout its code stands for. What cannot be mapped is a row with a fault that names
the resource by type and id; no fault holds a name or a date.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from careleaf.content.codes import HandoutsByCode, system
from careleaf.errors import HandoutError
from careleaf.lists.roster import Row, Warn

LIMIT_BUNDLE = 64 * 1024 * 1024  # bytes: a bundle is parsed whole
LIMIT_RESOURCE = 1024 * 1024  # characters of one NDJSON line

# Procedure.status (value set event-status): the ones after which a family takes a sheet home.
_DONE = frozenset(("completed", "in-progress", "preparation"))
_NAME_USES = ("usual", "official", "")  # in this order; never old, maiden, nickname, anonymous
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}.*)?\Z", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}\Z")

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource with its place: the line in NDJSON, the number of the entry in a Bundle."""

    number: int
    resource: Resource = field(repr=False)
    url: str = ""  # Bundle.entry.fullUrl

    @property
    def kind(self) -> str:
        return str(self.resource.get("resourceType") or "")

    @property
    def keys(self) -> set[str]:
        """Every way another resource may refer to this one (FHIR 2.1.3, literal references)."""
        id = self.resource.get("id")
        return {
            key for key in (f"{self.kind}/{id}" if isinstance(id, str) else "", self.url) if key
        }


class Unmapped(Exception):
    """Why a resource gives no row: the fault and the cure."""

    def __init__(self, fault: str, cure: str) -> None:
        super().__init__(fault)
        self.fault, self.cure = fault, cure


@dataclass(frozen=True, slots=True)
class Person:
    """What is kept of a Patient, or `fault` if it cannot be used."""

    id: str
    name: str = field(default="", repr=False)
    language: str = ""
    fault: Unmapped | None = None


def is_fhir(path: Path) -> bool:
    """Whether a JSON file holds FHIR resources: the first object says a resourceType."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return '"resourceType"' in file.read(64 * 1024)


def reader(
    handouts: HandoutsByCode, zone: tzinfo | None = None
) -> Callable[[Path, Warn], Iterator[Row]]:
    """Return a roster reader for FHIR files.

    `zone` is the clinic's time zone: a moment in another zone is that of another day. Without it
    a moment counts for the day it was written on.
    """

    def read(path: Path, warn: Warn) -> Iterator[Row]:
        del warn  # resources of other types are passed over, as FHIR expects
        return rows(lambda: _entries(path), handouts, zone)

    return read


def rows(
    entries: Callable[[], Iterator[Entry]], handouts: HandoutsByCode, zone: tzinfo | None = None
) -> Iterator[Row]:
    """Yield the rows of the resources, which are gone through twice: people first, then procedures."""
    people: dict[str, Person] = {}
    visits: dict[str, str] = {}
    for entry in entries():
        if entry.kind == "Patient":
            people |= dict.fromkeys(entry.keys, _person(entry.resource))
        elif entry.kind == "Encounter":
            visits |= dict.fromkeys(entry.keys, _visit_day(entry.resource, zone))
    for entry in entries():
        if entry.kind == "Procedure":
            yield from _procedure(entry, people, visits, handouts, zone)
        elif not entry.kind:
            fault = HandoutError("this is no FHIR resource", hint="it has no resourceType")
            yield Row(entry.number, fault=fault)


# --- files ------------------------------------------------------------------------------------


def _entries(path: Path) -> Iterator[Entry]:
    with path.open(encoding="utf-8-sig") as file:
        first = _loaded(file.readline(LIMIT_RESOURCE + 1))
        if first is not None and first.get("resourceType") != "Bundle":
            file.seek(0)
            yield from _lines(file)
            return
    yield from bundle(_bundle_file(path))


def _lines(file: Iterable[str]) -> Iterator[Entry]:
    for number, line in enumerate(file, 1):
        if line.strip():
            found = _loaded(line) if len(line) <= LIMIT_RESOURCE else None
            yield Entry(number, found or {})


def _bundle_file(path: Path) -> Resource:
    if path.stat().st_size > LIMIT_BUNDLE:
        raise HandoutError(
            f"the bundle is larger than {LIMIT_BUNDLE // 1024 // 1024} MB",
            str(path),
            "export it as NDJSON, which is read line by line",
        )
    try:
        found = _loaded(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise HandoutError("is not UTF-8 text", str(path), "FHIR's JSON is UTF-8") from None
    if found is None or found.get("resourceType") != "Bundle":
        raise HandoutError(
            "is neither a FHIR Bundle nor NDJSON", str(path), "one Bundle, or one resource a line"
        )
    return found


def bundle(resource: Resource) -> Iterator[Entry]:
    """Yield the entries of a Bundle, numbered from 1."""
    listed = resource.get("entry")
    for number, entry in enumerate(listed if isinstance(listed, list) else (), 1):
        inner = entry.get("resource") if isinstance(entry, dict) else None
        url = entry.get("fullUrl") if isinstance(entry, dict) else None
        yield Entry(number, inner if isinstance(inner, dict) else {}, str(url or ""))


def _loaded(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _found(reference: object, among: Mapping[str, Any]) -> Any:
    """Return what a Reference points at: relative, absolute, versioned, or urn:uuid."""
    text = reference.get("reference") if isinstance(reference, dict) else None
    if not isinstance(text, str):
        return None
    plain = text.split("/_history/")[0]
    tail = "/".join(plain.rsplit("/", 2)[-2:])
    return among.get(plain, among.get(tail))


# --- people -----------------------------------------------------------------------------------


def _person(patient: Resource) -> Person:
    id = str(patient.get("id") or "")
    try:
        if not _ID.match(id):
            raise Unmapped("has no id that can name a file", "FHIR ids: letters, digits, dot, dash")
        if patient.get("deceasedBoolean") is True or patient.get("deceasedDateTime"):
            raise Unmapped("is recorded as deceased", "check the record")
        if patient.get("active") is False:
            raise Unmapped("is not an active record", "use the record it was merged into")
        return Person(id, _name(patient), _language(patient))
    except Unmapped as fault:
        return Person(id, fault=fault)


def _name(patient: Resource) -> str:
    """Return the name to print: usual, else official, else one without a use; never an ended one."""
    names = [name for name in _dicts(patient.get("name")) if not _ended(name)]
    for use in _NAME_USES:
        for name in names:
            shown = _shown_name(name)
            if str(name.get("use") or "") == use and shown:
                return shown
    raise Unmapped("has no usual or official name", "complete the record")


def _ended(name: Resource) -> bool:
    period = name.get("period")
    return isinstance(period, dict) and bool(period.get("end"))


def _shown_name(name: Resource) -> str:
    if isinstance(name.get("text"), str) and name["text"].strip():
        return str(name["text"])
    given = name.get("given")
    parts = [str(part) for part in given] if isinstance(given, list) else []
    family = str(name.get("family") or "")
    if family and _is_han(family):  # family name first, and no space between
        return family + "".join(parts)
    return " ".join([*parts, family]).strip()


def _is_han(text: str) -> bool:
    return all("CJK UNIFIED" in unicodedata.name(char, "") for char in text)


def _language(patient: Resource) -> str:
    """Return the preferred language (BCP 47), else the first; empty where none is recorded."""
    spoken = sorted(
        _dicts(patient.get("communication")), key=lambda c: c.get("preferred") is not True
    )
    for communication in spoken:
        language = communication.get("language")
        for coding in _dicts(language.get("coding") if isinstance(language, dict) else None):
            code = coding.get("code")
            if isinstance(code, str) and code.strip():
                return code.strip()
        raise Unmapped(
            "has a language without a code", "Patient.communication.language.coding.code"
        )
    return ""


# --- procedures -------------------------------------------------------------------------------


def _procedure(
    entry: Entry,
    people: Mapping[str, Person],
    visits: Mapping[str, str],
    handouts: HandoutsByCode,
    zone: tzinfo | None,
) -> Iterator[Row]:
    procedure, row = entry.resource, Row(entry.number)
    label = f"Procedure/{procedure.get('id') or f'entry {entry.number}'}"
    try:
        _must_be_done(procedure)
        person = _found(procedure.get("subject"), people)
        if person is None:
            raise Unmapped("its patient is not in the file", "send Patient and Procedure together")
        row = replace(row, id=person.id if _ID.match(person.id) else "")
        if person.fault:
            label = f"Patient/{person.id}"
            raise person.fault
        day = _day(procedure, visits, zone)
        for handout in _handouts(procedure, handouts):
            yield replace(
                row, name=person.name, procedure_date=day, handout=handout, locale=person.language
            )
    except Unmapped as found:
        yield replace(row, fault=HandoutError(f"{_safe(label)} {found.fault}", hint=found.cure))


def _safe(label: str) -> str:
    return label if re.fullmatch(r"[\w/. -]{1,90}", label, re.ASCII) else label.split("/")[0]


def _must_be_done(procedure: Resource) -> None:
    status = str(procedure.get("status") or "")
    if status not in _DONE:
        known = status if status.replace("-", "").isalpha() else "not given"
        raise Unmapped(f"has the status {known}", f"sheets are made for {', '.join(sorted(_DONE))}")


def _handouts(procedure: Resource, handouts: HandoutsByCode) -> tuple[str, ...]:
    """Return the handouts for the first coding that has any."""
    code = procedure.get("code")
    seen = []
    for coding in _dicts(code.get("coding") if isinstance(code, dict) else None):
        found = system(str(coding.get("system") or ""))
        if found is None:
            continue
        seen.append(found.key)
        listed = handouts.get((found.key, str(coding.get("code") or "")))
        if listed:
            return listed
    if seen:
        raise Unmapped("has a code that no handout has", "add it to the handout's procedure codes")
    raise Unmapped("has no code in SNOMED CT, CPT or ICD-10-PCS", "Procedure.code.coding")


def _day(procedure: Resource, visits: Mapping[str, str], zone: tzinfo | None) -> str:
    """Return the day of the procedure as ISO 8601; of a period its end, for the days are counted on."""
    for element in ("performed", "occurrence"):  # R4, R5
        period = procedure.get(f"{element}Period")
        moments = [procedure.get(f"{element}DateTime")]
        if isinstance(period, dict):
            moments += [period.get("end"), period.get("start")]
        for moment in moments:
            if moment:
                return _local_day(str(moment), zone)
        others = ("String", "Age", "Range", "Timing")
        if any(procedure.get(f"{element}{other}") for other in others):
            raise Unmapped(f"has {element}[x] in words or as an age", "a date is needed")
    day = _found(procedure.get("encounter"), visits)
    if day:
        return str(day)
    raise Unmapped("has no date", "performed[x] (R4) or occurrence[x] (R5)")


def _local_day(moment: str, zone: tzinfo | None) -> str:
    match = _DAY.match(moment)
    if match is None:
        raise Unmapped("has a date without a day", "a whole date is needed")
    if match[2] is None or zone is None:
        return match[1]
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise Unmapped("has a date that is none", "ISO 8601") from None
    return (at.astimezone(zone) if at.tzinfo else at).date().isoformat()


def _visit_day(encounter: Resource, zone: tzinfo | None) -> str:
    """Return the day of a visit that began and ended on one day; empty otherwise: it could be any."""
    period = encounter.get("period") or encounter.get("actualPeriod")  # R4, R5
    if not isinstance(period, dict) or not (period.get("start") and period.get("end")):
        return ""
    try:
        ends = {_local_day(str(period[end]), zone) for end in ("start", "end")}
    except Unmapped:
        return ""
    return ends.pop() if len(ends) == 1 else ""


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
