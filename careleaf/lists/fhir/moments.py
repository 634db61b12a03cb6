"""FHIR's dates and moments -> days at the clinic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from careleaf.lists.fhir.faults import Unmapped
from careleaf.sheet.typed import zone_of

# FHIR R4 and R5, data types: date, dateTime, instant. A year or a month alone is no day.
_DATE = re.compile(r"\d{4}(-\d{2})?\Z", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})\Z", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII
)


def day(value: object, zone: tzinfo | None) -> date:
    """Return the day that a date or a moment is at the clinic.

    A moment is converted to the clinic's time zone `zone`. Raises Unmapped for what is no whole
    day, and for a moment where it is not known what day that is at the clinic.
    """
    if isinstance(value, str) and (match := _DAY.match(value)):
        return _calendar_day(match[1])
    at = moment(value)
    if zone is None:
        raise Unmapped(
            "has a moment, and clinic.yaml does not say in which time zone the clinic is",
            "add time_zone (such as America/Toronto): the day may be another there",
            "fhir.no-time-zone",
        )
    try:
        return at.astimezone(zone).date()
    except OverflowError:  # in the year 1 or 9999
        raise Unmapped("has a date that is none", "check it", "fhir.date-unusable") from None


def moment(value: object) -> datetime:
    """Return a moment with its offset from UTC. Raises Unmapped."""
    if not isinstance(value, str):
        raise Unmapped("has a date that is no text", "dateTime: YYYY-MM-DD", "fhir.date-unusable")
    if _DATE.match(value):
        raise Unmapped("has a date without a day", "a whole date is needed", "fhir.date-unusable")
    match = _MOMENT.match(value)
    if match is None:
        raise Unmapped("has a date that is none", "dateTime: YYYY-MM-DD", "fhir.date-unusable")
    if match[7] is None:
        raise Unmapped(
            "has a time without its offset from UTC",
            "FHIR asks for one, such as -05:00 or Z",
            "fhir.date-unusable",
        )
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    try:
        second = min(int(match[6] or 0), 59 if match[6] == "60" else 60)  # a leap second
        return datetime(year, month, day, hour, minute, second, tzinfo=zone_of(match[7]))
    except (ValueError, OverflowError):
        raise Unmapped("has a date that is none", "check it", "fhir.date-unusable") from None


def period_day(period: Mapping[str, Any], zone: tzinfo | None) -> date | None:
    """Return the day a period ends on, or began where no end is told: the days are counted on.

    Raises Unmapped for a period that ends before it starts.
    """
    start, end = (
        day(period[name], zone) if period.get(name) is not None else None
        for name in ("start", "end")
    )
    if start and end and (end < start or _is_backwards(period)):
        raise Unmapped("has a period that ends before it starts", "check it", "fhir.period")
    return end or start


def _is_backwards(period: Mapping[str, Any]) -> bool:
    start, end = (str(period[name]) for name in ("start", "end"))
    return bool(_MOMENT.match(start) and _MOMENT.match(end)) and moment(end) < moment(start)


def _calendar_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unmapped("has a date that is none", "check it", "fhir.date-unusable") from None
