"""Procedures -> rows: whose, on which day, which handout; and a count of what is none of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from pathlib import Path

from careleaf.content.codes import HandoutsByCode, system
from careleaf.errors import HandoutError
from careleaf.lists.fhir.faults import Unmapped, flag, label, need_plain, objects, text, wrong
from careleaf.lists.fhir.files import Entry, Identity, Resource, entries, next_page
from careleaf.lists.fhir.moments import day, period_day
from careleaf.lists.fhir.people import Person, person
from careleaf.lists.fhir.references import Index, Versions
from careleaf.lists.rows import Row
from careleaf.model import Request

# Procedure.status (value set event-status): the ones after which a family takes a sheet home.
_DONE = frozenset(("completed", "in-progress", "preparation"))
# Encounter.status, DSTU2 to R5: the ones in which a visit takes or took place, or is to.
_VISITED = frozenset(
    (
        "planned", "arrived", "triaged", "in-progress", "onleave", "on-hold",
        "discharged", "finished", "completed",
    )
)  # fmt: skip
SHOWN_CODES = 8  # codes that the summary names one by one

Visit = tuple[str, date | None]  # whose (by identity) and on which day; None where it gives none


@dataclass(frozen=True, slots=True)
class FhirContext:
    """What a file is read by: the handouts of each code, the clinic's zone and numbers, the day.

    `day` is the one day that is wanted, or None for all. `today` tells which names are current.
    """

    handouts: HandoutsByCode
    zone: tzinfo | None
    today: date
    number_system: str = ""
    day: date | None = None


@dataclass(slots=True)
class Passed:
    """What was seen and passed over, by what it was."""

    kinds: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    other_days: int = 0
    days: Counter[date] = field(default_factory=Counter)

    def told(self) -> Iterator[str]:
        """Yield what the reader of the list should know, a line each."""
        if total := self.codes.total():
            named = ", ".join(
                f"{code} ({count:,})" for code, count in self.codes.most_common(SHOWN_CODES)
            )
            more = len(self.codes) - SHOWN_CODES
            yield f"no handout for {_procedures(total)}: {named}" + (
                f" and {more:,} more codes" if more > 0 else ""
            )
        if self.other_days:
            yield f"on another day: {_procedures(self.other_days)}"
        if len(self.days) > 1:
            yield f"procedures of {len(self.days)} days are taken; --day takes one"

    @property
    def seen(self) -> str:
        """What there was, in a line: `3 Patient, 2 ServiceRequest`."""
        return ", ".join(f"{count:,} {kind}" for kind, count in self.kinds.most_common(SHOWN_CODES))


def _procedures(count: int) -> str:
    return f"{count:,} {'procedure' if count == 1 else 'procedures'}"


def rows(
    listed: Callable[[], Iterator[Entry]], reading: FhirContext, warn: Callable[[str], None]
) -> Iterator[Row]:
    """Yield the rows of the resources, which are gone through twice: people first, then procedures.

    `warn` is told what was passed over. Where there is nothing to make and nothing to refuse, one
    row says what was seen instead.
    """
    people: Index[Person] = Index("Patient", "patient")
    visits: Index[Visit] = Index("Encounter", "visit")
    procedures = Versions()
    passed = Passed()
    for entry in listed():
        passed.kinds[entry.kind or "no resource"] += 1
        if entry.kind == "Patient":
            people.add(entry, lambda one: person(one, reading.today, reading.number_system))
        elif entry.kind == "Procedure":
            procedures.add(entry)
    for entry in listed():
        if entry.kind == "Encounter":
            visits.add(entry, lambda one: _visit(one, people, reading.zone))
    found = 0
    for row in _settled(_Reader(reading, people, visits, procedures, passed).rows(listed)):
        found += 1
        yield row
    for line in passed.told():
        warn(line)
    if not found:
        yield Row(1, fault=_nothing(passed))


def _nothing(passed: Passed) -> HandoutError:
    return HandoutError(
        f"nothing here is for a sheet (seen: {passed.seen or 'no resource'})",
        hint="send Patient and Procedure, with a code that a handout has",
        code="fhir.nothing",
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    reading: FhirContext
    people: Index[Person]
    visits: Index[Visit]
    versions: Versions
    passed: Passed

    def rows(self, listed: Callable[[], Iterator[Entry]]) -> Iterator[tuple[Identity, Row]]:
        """Yield the rows of all procedures, each with whose it is, and one for what is no resource."""
        for entry in listed():
            if entry.kind == "Procedure":
                yield from self._procedure(entry)
            elif not entry.kind:
                fault = entry.fault or "is no FHIR resource"
                hint = "one resource of FHIR's JSON"
                unread = HandoutError(f"this {fault}", "", hint, "fhir.entry")
                yield "", Row(entry.number, fault=unread)

    def _procedure(self, entry: Entry) -> Iterator[tuple[Identity, Row]]:
        """Yield a row for each handout of a procedure, one with its fault, or none: not ours."""
        handouts: tuple[str, ...] = ()
        named = label("Procedure", entry.resource.get("id"), entry.number)
        try:
            if not self.versions.counts(entry) or entry.deleted:
                return
            handouts = self._handouts(entry.resource)
            if not handouts:
                return
            whose, who = self.people.find(entry.resource.get("subject"), entry)
            day = self._day(entry, whose)
            if self.reading.day not in (None, day):
                self.passed.other_days += 1
                return
            _need_done(entry.resource)
            if who.fault:
                named = label("Patient", who.id, entry.number)
                raise who.fault
            self.passed.days[day] += 1
            for handout in handouts:
                row = _of(entry, who, (handout,))
                texts = {"name": who.name, "date": day.isoformat()}
                yield whose, replace(row, request=Request.read({**row.request.texts, **texts}))
        except Unmapped as found:
            fault = HandoutError(f"{named} {found.fault}", hint=found.cure, code=found.code)
            yield "", replace(self._known(entry, handouts), fault=fault)

    def _known(self, entry: Entry, handouts: tuple[str, ...]) -> Row:
        """Return what is known of a procedure that is refused: whose it is, and for which handout."""
        try:
            _, who = self.people.find(entry.resource.get("subject"), entry)
        except Unmapped:
            return Row(entry.number)
        return _of(entry, who, handouts)

    def _handouts(self, procedure: Resource) -> tuple[str, ...]:
        """Return the handouts for the first coding that has any; none for a code that is not ours."""
        code = procedure.get("code")
        seen = []
        for coding in objects(code.get("coding") if isinstance(code, dict) else None, "code"):
            found = system(text(coding.get("system"), "code"))
            number = text(coding.get("code"), "code")
            if listed := self.reading.handouts.get((found.key, number)) if found else None:
                return listed
            seen.append(f"{found.key if found else 'another system'} {number}".strip())
        self.passed.codes[seen[0] if seen else "without a code"] += 1
        return ()

    def _day(self, entry: Entry, whose: str) -> date:
        """Return the day of the procedure; of a period its end, for the days are counted on."""
        procedure = entry.resource
        for element in ("performed", "occurrence"):  # R4, R5
            if (moment := procedure.get(f"{element}DateTime")) is not None:
                return day(moment, self.reading.zone)
            period = procedure.get(f"{element}Period")
            if isinstance(period, dict) and (found := period_day(period, self.reading.zone)):
                return found
            others = ("String", "Age", "Range", "Timing")
            if any(procedure.get(f"{element}{other}") for other in others):
                raise Unmapped(
                    f"has {element}[x] in words or as an age", "a date is needed", "fhir.no-date"
                )
        return self._day_of_visit(entry, whose)

    def _day_of_visit(self, entry: Entry, whose: str) -> date:
        missing = Unmapped("has no date", "performed[x] (R4) or occurrence[x] (R5)", "fhir.no-date")
        try:
            _, (visitor, day) = self.visits.find(entry.resource.get("encounter"), entry)
        except Unmapped:
            raise missing from None
        if visitor != whose or day is None:
            raise missing
        return day


def _of(entry: Entry, who: Person, handouts: tuple[str, ...]) -> Row:
    """Return a row with what names a sheet: the number or the key, and the handout if it is one."""
    handout = handouts[0] if len(handouts) == 1 else ""
    asked = Request.read({"id": who.number, "handout": handout, "locale": who.language})
    return Row(entry.number, asked, key="" if who.number else who.id)


def _visit(entry: Entry, people: Index[Person], zone: tzinfo | None) -> Visit:
    """Return whose a visit is, and its day if it began and ended on one: else it could be any."""
    encounter = entry.resource
    period = encounter.get("period") or encounter.get("actualPeriod")  # R4, R5
    try:
        need_plain(encounter)
        whose, _ = people.find(encounter.get("subject"), entry)
        if encounter.get("status") not in _VISITED or not isinstance(period, dict):
            return whose, None
        last = period_day(period, zone)
        first = day(period.get("start"), zone)
    except Unmapped:
        return "", None
    return whose, last if first == last and period.get("end") else None


def _need_done(procedure: Resource) -> None:
    need_plain(procedure)
    for element in ("notDone", "notPerformed"):  # STU3, DSTU2
        if flag(procedure, element):
            raise Unmapped(f"has {element}", "it was not done, so no sheet is made", "fhir.status")
    status = procedure.get("status")
    if not isinstance(status, str) and status is not None:
        raise wrong("status", "no text")
    if status not in _DONE:
        known = status if status and status.replace("-", "").isalpha() else "not given"
        raise Unmapped(
            f"has the status {known}",
            f"sheets are made for {', '.join(sorted(_DONE))}",
            "fhir.status",
        )


# --- several procedures of one child ----------------------------------------------------------


def _settled(found: Iterator[tuple[Identity, Row]]) -> Iterator[Row]:
    """Yield each sheet once: two procedures on one day that need the same sheet are one.

    Of two on different days neither is made: nobody can know which of them the sheet is for.
    """
    listed = list(found)
    days: dict[
        tuple[Identity, str], dict[str, int]
    ] = {}  # whose and which sheet: day -> first line
    for whose, row in listed:
        if row.fault is None:
            asked = row.request
            days.setdefault((whose, asked.handout), {}).setdefault(asked.child["date"], row.line)
    for whose, row in listed:
        asked = row.request
        lines = days.get((whose, asked.handout), {}) if row.fault is None else {}
        if len(lines) > 1:
            others = [str(line) for day, line in lines.items() if day != asked.child["date"]]
            named = {"id": asked.id, "handout": asked.handout, "locale": asked.locale}
            yield replace(row, request=Request.read(named), fault=_on_two_days(others))
        elif row.fault is not None or lines[asked.child["date"]] == row.line:
            yield row


def _on_two_days(others: Sequence[str]) -> HandoutError:
    return HandoutError(
        "this sheet is asked for the same child on another day too"
        f" (entry {', '.join(others[:5])})",
        hint="name the day: --day YYYY-MM-DD",
        code="fhir.two-days",
    )


def reader(reading: FhirContext) -> Callable[[Path, Callable[[str], None]], Iterator[Row]]:
    """Return a roster reader for one FHIR file."""
    return lambda path, warn: read((path,), reading, warn)


def read(paths: Sequence[Path], reading: FhirContext, warn: Callable[[str], None]) -> Iterator[Row]:
    """Return the rows of FHIR files, read as one list. Raises HandoutError for a file as a whole."""
    for path in paths:
        if next_page(path):
            warn(f"{path}: there is another page of this list (link next), which is not here")
    return rows(lambda: entries(paths), reading, warn)


__all__ = ["FhirContext", "read", "reader", "rows"]
