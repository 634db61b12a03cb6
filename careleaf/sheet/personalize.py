"""Patient -> the values that stand in a sheet's slots. Standard library, and Babel where it must be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial

from careleaf.child import VALUES, ChildValue
from careleaf.errors import HandoutError
from careleaf.model import Offset, Patient, When

YEAR = timedelta(days=366)

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](.*))?\Z", re.ASCII)
_HOUR = re.compile(r"(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?\Z", re.ASCII)
_SLASHED = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\Z", re.ASCII)
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_JOINERS = "\u200c\u200d"  # Persian and Indic names need them

Slots = dict[str, str]
Shown = Callable[[date], str]  # how a language writes a day, or a moment


# --- what was typed -----------------------------------------------------------------------------


def cleaned(value: ChildValue, raw: str, today: date) -> str | date:
    """Return one value of a child, clean; "" where it may be missing and is.

    Raises HandoutError, which never holds what was typed.
    """
    match value.kind:
        case "words":
            return _words(value, raw)
        case "moment":
            return _moment(value, raw, today)
        case "reference":
            return reference(value, raw)


def one_line(raw: str) -> str:
    """Return words fit to print: NFC, one line, no control or direction characters.

    Empty where not one letter or digit is among them.
    """
    composed = unicodedata.normalize("NFC", raw)
    kept = "".join(
        " " if char.isspace() else char
        for char in composed
        if char.isspace()
        or char in _JOINERS
        or unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs", "Cn")
    )
    line = " ".join(kept.split())
    return line if any(unicodedata.category(char)[0] in "LMN" for char in line) else ""


def _words(value: ChildValue, raw: str) -> str:
    line = one_line(raw)
    if not line and value.needed:
        raise HandoutError(
            f"the {value.said} is empty", "", f"give the child's {value.said}", f"{value.key}.empty"
        )
    if len(line) > value.limit:
        raise HandoutError(
            f"the {value.said} has {len(line)} characters, {value.limit} is the most",
            "",
            "shorten it",
            f"{value.key}.too-long",
        )
    return line


def reference(value: ChildValue, raw: str) -> str:
    """Return letters and digits that can stand in a file name, or "". Raises HandoutError."""
    text = raw.strip()
    if text and (len(text) > value.limit or not _REFERENCE.match(text) or ".." in text):
        raise HandoutError(
            f"the {value.said} cannot be used as a file name",
            "",
            f"letters, digits, dot, dash and underscore, at most {value.limit}, and no name in it",
            f"{value.key}.unusable",
        )
    return text


def _moment(value: ChildValue, raw: str, today: date) -> date:
    """Return a day, or the moment where the hour is given.

    Only ISO 8601 (`2026-11-23`, `2026-11-23T14:30`) is taken: `03/04/2026` is two different days.
    An impossible day, and one more than a year off `today`, is refused.
    """

    def fault(what: str, code: str, cure: str = "write it as YYYY-MM-DD") -> HandoutError:
        return HandoutError(f"the {value.said} {what}", "", cure, f"{value.key}.{code}")

    text = raw.strip()
    match = _ISO.match(text)
    if match is None and _SLASHED.match(text):
        raise fault("can be read in more than one way", "unclear")
    if match is None:
        raise fault("is not a date", "unclear") if text else fault("is missing", "missing")
    try:
        day = date(*(int(part) for part in match.groups()[:3]))
    except ValueError:
        raise fault("is no day in the calendar", "impossible") from None
    if abs(day - today) > YEAR:
        raise fault("is more than a year off today", "far", "check the year")
    return day if match[4] is None else datetime.combine(day, _hour(match[4]))


def _hour(text: str) -> time:
    """Return the clock time at the clinic: no time zone, because none is printed."""
    match = _HOUR.match(text)
    try:
        if match:
            return time(int(match[1]), int(match[2]))
    except ValueError:
        pass
    raise HandoutError("the time cannot be read", "", "write it as HH:MM", "time.unclear")


def sample() -> Patient:
    """Return an invented child with long values, to try a sheet with."""
    day = date.max
    for value in VALUES:
        if value.kind == "moment":
            day = date.fromisoformat(value.sample)
    return Patient({value.key: cleaned(value, value.sample, day) for value in VALUES})


# --- what a sheet shows -------------------------------------------------------------------------


def slots(whens: tuple[When, ...], tag: str, region: str, patient: Patient) -> Slots:
    """Return the value of each slot, by slot name; the dates are counted from the procedure."""
    return filled(whens, patient, partial(_shown, tag=tag, region=region))


def filled(whens: tuple[When, ...], patient: Patient, shown: Shown) -> Slots:
    """Return the value of each slot, by slot name, with days written by `shown`."""
    values = {key: _text(value, shown) for key, value in patient.values.items()}
    for index, when in enumerate(whens):
        values[f"when-{index}"] = _when(when, patient.procedure, shown)
    return values


def _text(value: str | date, shown: Shown) -> str:
    return shown(_day(value)) if isinstance(value, date) else value


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


__all__ = ["Slots", "cleaned", "filled", "one_line", "reference", "sample", "slots"]
