"""Patient -> the values that stand in a sheet's slots. Standard library, and Babel where it must be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial

from careleaf.errors import HandoutError
from careleaf.model import Offset, Patient, When

LIMIT_NAME = 80
LIMIT_ID = 64  # as long as an id in FHIR may be
YEAR = timedelta(days=366)

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?\Z",
    re.ASCII,
)
_SLASHED = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\Z", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_JOINERS = "\u200c\u200d"  # Persian and Indic names need them

Slots = dict[str, str]
Shown = Callable[[date], str]  # how a language writes a day, or a moment


def clean_name(raw: str) -> str:
    """Return a name fit to print: NFC, one line, no control or direction characters.

    Raises HandoutError, which never holds the name itself.
    """
    composed = unicodedata.normalize("NFC", raw)
    kept = "".join(
        " " if char.isspace() else char
        for char in composed
        if char.isspace()
        or char in _JOINERS
        or unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs", "Cn")
    )
    name = " ".join(kept.split())
    if not name or not any(unicodedata.category(char)[0] in "LMN" for char in name):
        raise HandoutError("the name is empty", hint="give the child's name")
    if len(name) > LIMIT_NAME:
        raise HandoutError(
            f"the name has {len(name)} characters, {LIMIT_NAME} is the most", hint="shorten it"
        )
    return name


def clean_id(raw: str) -> str:
    """Return a reference number that can stand in a file name. Raises HandoutError."""
    text = raw.strip()
    if text and (len(text) > LIMIT_ID or not _ID.match(text) or ".." in text):
        raise HandoutError(
            "the id cannot be used as a file name",
            hint=f"letters, digits, dot, dash and underscore, at most {LIMIT_ID}, and no name in it",
        )
    return text


def parse_date(raw: str, today: date) -> date:
    """Return the day of the procedure, or the moment where the hour is given.

    Only ISO 8601 (`2026-11-23`, `2026-11-23T14:30`) is taken: `03/04/2026` is two different days.
    Raises HandoutError for anything else, an impossible day, and one more than a year off `today`.
    """
    text = raw.strip()
    match = _ISO.match(text)
    if match is None:
        what = "can be read in more than one way" if _SLASHED.match(text) else "is not a date"
        raise HandoutError(
            f"the date {what}" if text else "the date is missing", hint="write it as YYYY-MM-DD"
        )
    try:
        numbers = [int(part) for part in match.groups() if part]
        day = _moment(*numbers)
    except ValueError:
        raise HandoutError(
            "the date is no day in the calendar", hint="write it as YYYY-MM-DD"
        ) from None
    if abs(date(day.year, day.month, day.day) - today) > YEAR:
        raise HandoutError("the date is more than a year off today", hint="check the year")
    return day


def _moment(year: int, month: int, day: int, hour: int | None = None, minute: int = 0) -> date:
    """A day, or the clock time at the clinic: no time zone, because none is printed."""
    if hour is None:
        return date(year, month, day)
    return datetime.combine(date(year, month, day), time(hour, minute))


def slots(whens: tuple[When, ...], tag: str, region: str, patient: Patient) -> Slots:
    """Return the value of each slot, by slot name; the dates are counted from the procedure."""
    return filled(whens, patient, partial(_shown, tag=tag, region=region))


def filled(whens: tuple[When, ...], patient: Patient, shown: Shown) -> Slots:
    """Return the value of each slot, by slot name, with days written by `shown`."""
    values = {"name": patient.name, "date": shown(_day(patient.procedure)), "id": patient.id}
    for index, when in enumerate(whens):
        values[f"when-{index}"] = _when(when, patient.procedure, shown)
    return values


def _when(when: When, procedure: date, shown: Shown) -> str:
    start = _end(when.start, procedure)
    end = _end(when.end, procedure) if when.end else None
    if start is None:
        return when.relative  # hours, and nobody said at what hour the procedure was
    if end is None:
        return shown(start)
    dates = when.span.replace("{start}", shown(start))
    return dates.replace("{end}", shown(end))


def _end(offset: Offset, procedure: date) -> date | None:
    """Return the day, or for hours the moment, that lies `offset` after the procedure."""
    return offset.after(procedure if offset.unit == "hour" else _day(procedure))


def _day(moment: date) -> date:
    return date(moment.year, moment.month, moment.day)


@lru_cache(maxsize=4096)
def _shown(day: date, tag: str, region: str) -> str:
    from careleaf.language import cldr  # Babel takes longer to import than a sheet to fill

    return cldr.long_date(day, cldr.format_locale(tag, region))


__all__ = ["Offset", "Slots", "clean_id", "clean_name", "filled", "parse_date", "slots"]
