"""What was typed of a child -> clean values: words, a moment, a reference; or the fault of one.

No fault holds what was typed. Standard library alone, so that a sheet starts fast.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from careleaf.child import VALUES, ChildValue
from careleaf.errors import HandoutError
from careleaf.model import Patient

YEAR = timedelta(days=366)

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](.*))?\Z", re.ASCII)
_CLOCK = re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\Z", re.ASCII)
_OFFSET = re.compile(r"(?:[zZ]|([+-])(\d{2}):?(\d{2})?)\Z", re.ASCII)
_SLASHED = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})\Z", re.ASCII)
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")


@dataclass(frozen=True, slots=True)
class Here:
    """What a date is read by: the day it is today, and the clinic's time zone (IANA), or ""."""

    today: date
    zone: str = ""


def cleaned(value: ChildValue, raw: str, here: Here) -> str | date:
    """Return one value of a child, clean; "" where it may be missing and is.

    Raises HandoutError, which never holds what was typed.
    """
    match value.kind:
        case "words":
            return _words(value, raw)
        case "moment":
            return _moment(value, raw, here)
        case "reference":
            return reference(value, raw)


def sample() -> Patient:
    """Return an invented child with long values, to try a sheet with."""
    day = date.max
    for value in VALUES:
        if value.kind == "moment":
            day = date.fromisoformat(value.sample)
    return Patient({value.key: cleaned(value, value.sample, Here(day)) for value in VALUES})


# --- words --------------------------------------------------------------------------------------

# Characters that are invisible by intent (Unicode's Default_Ignorable_Code_Point of category Cf):
# they come along when a name is copied, and mean nothing in it. Not the two joiners, which Persian
# and Indic names need.
_INVISIBLE = frozenset(
    [
        0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0xFEFF,
        *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0x1BCA0, 0x1BCA4),
        *range(0x1D173, 0x1D17B), 0xE0001, *range(0xE0020, 0xE0080),
    ]
)  # fmt: skip
_JOINERS = "\u200c\u200d"
_FILLERS = "\u115f\u1160\u3164\uffa0"  # letters by category that show nothing
_BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")

# What is left of letters that were lost on the way: the replacement character, a question mark in
# the place of a letter, UTF-8 that was read as Latin-1, HTML that was not read.
_LOST = re.compile(r"\ufffd|\?|[\u00c2\u00c3][\u0080-\u00bf\u2018-\u2022]|&#?\w{1,8};")


def one_line(raw: str) -> str:
    """Return words in one line, NFC, without what is invisible by intent; nothing else is left out.

    Empty where not one letter or digit is among them.
    """
    composed = unicodedata.normalize("NFC", raw)
    line = " ".join("".join(one for one in composed if ord(one) not in _INVISIBLE).split())
    return line if any(_is_letter(one) for one in line) else ""


def _is_letter(one: str) -> bool:
    """Whether a character is a letter, a digit or a mark, or newer than Python's tables."""
    category = unicodedata.category(one)
    return (category[0] in "LMN" and one not in _FILLERS) or category == "Cn"


def _words(value: ChildValue, raw: str) -> str:
    def fault(what: str, code: str, cure: str) -> HandoutError:
        return HandoutError(f"the {value.said} {what}", "", cure, f"{value.key}.{code}")

    typed = raw.strip()
    if _BREAKS.search(typed):
        raise fault("has a line break in it", "line-break", "is it two? write each on its own")
    line = one_line(typed)
    if not line:
        if value.needed or any(not one.isspace() for one in typed):
            raise fault("is empty", "empty", f"give the child's {value.said}")
        return ""
    if unprintable := next((one for one in line if _is_unprintable(one)), ""):
        raise fault(
            f"has a character that cannot be printed ({code_point(unprintable)})",
            "cannot-print",
            f"write the {value.said} in letters",
        )
    if _LOST.search(line):
        raise fault(
            "has lost a letter on its way here",
            "letter-lost",
            f"write the {value.said} anew, and save the list as UTF-8",
        )
    if len(line) > value.limit:
        raise fault(
            f"has {len(line)} characters, {value.limit} is the most", "too-long", "shorten it"
        )
    return line


def _is_unprintable(one: str) -> bool:
    """Whether a character cannot be a part of words, whatever the faces have: no face is asked."""
    if one in _FILLERS:
        return True
    return unicodedata.category(one) in ("Cc", "Cf", "Co", "Cs") and one not in _JOINERS


def code_point(one: str) -> str:
    """Return how a message names a character: `U+FFFD`."""
    return f"U+{ord(one):04X}"


# --- a reference --------------------------------------------------------------------------------


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


# --- a moment -----------------------------------------------------------------------------------


def _moment(value: ChildValue, raw: str, here: Here) -> date:
    """Return a day, or the moment at the clinic where the hour is given.

    Only ISO 8601 (`2026-11-23`, `2026-11-23T14:30`) is taken: `03/04/2026` is two different days.
    With an offset from UTC it is converted to the clinic's zone. An impossible day, and one more
    than a year off today, is refused.
    """

    def fault(what: str, code: str, cure: str = "write it as YYYY-MM-DD") -> HandoutError:
        return HandoutError(f"the {value.said} {what}", "", cure, f"{value.key}.{code}")

    text = raw.strip()
    match = _ISO.match(text)
    if match is None:
        if not text:
            raise fault("is missing", "missing")
        unclear = "is not written as YYYY-MM-DD" if _SLASHED.match(text) else "is not a date"
        if _has_two_readings(text):
            unclear = "can be read in more than one way"
        raise fault(unclear, "unclear")
    try:
        day = date(*(int(part) for part in match.groups()[:3]))
    except ValueError:
        raise fault("is no day in the calendar", "impossible") from None
    if abs(day - here.today) > YEAR:
        raise fault("is more than a year off today", "far", "check the year")
    return day if match[4] is None else _at_the_clinic(day, match[4], here.zone, fault)


def _has_two_readings(text: str) -> bool:
    """Whether a date with slashes may be two days: 3/4/2026, but not 23/11/2026 or 3/3/2026."""
    match = _SLASHED.match(text)
    if match is None:
        return False
    first, second, third = (int(part) for part in match.groups())
    months = [part for part in ((first, second) if third > 31 else (second, third)) if part <= 12]
    return len(set(months)) == 2 or (first <= 31 and third <= 31)


def _at_the_clinic(
    day: date, clock: str, zone: str, fault: Callable[[str, str, str], HandoutError]
) -> datetime:
    """Return the moment by the clinic's clock: no time zone, because none is printed."""
    offset = _OFFSET.search(clock)
    at = datetime.combine(day, _hour(clock[: offset.start()] if offset else clock))
    if offset is None:
        return at
    if not zone:
        raise fault(
            "has an offset from UTC, and clinic.yaml does not say in which time zone the clinic is",
            "no-time-zone",
            "add time_zone (such as America/Toronto), or give the clinic's own time without an offset",
        )
    from zoneinfo import ZoneInfo  # few need it

    try:
        return at.replace(tzinfo=zone_of(offset[0])).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise _no_time() from None


def zone_of(text: str) -> timezone:
    """Return the zone of an offset: `Z`, `-05:00`. Raises ValueError for one that there is not (over 14 hours)."""
    offset = _OFFSET.fullmatch(text)
    if offset is None:
        raise ValueError("no offset")
    if offset[1] is None:
        return UTC
    hours, minutes = int(offset[2]), int(offset[3] or 0)
    if minutes > 59 or 60 * hours + minutes > 14 * 60:
        raise ValueError("no such offset")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if offset[1] == "-" else ahead)


def _hour(text: str) -> time:
    match = _CLOCK.match(text)
    try:
        if match:
            return time(
                int(match[1]),
                int(match[2]),
                min(int(match[3] or 0), 59 if match[3] == "60" else 60),
            )
    except ValueError:
        pass
    raise _no_time()


def _no_time() -> HandoutError:
    return HandoutError("the time cannot be read", "", "write it as HH:MM", "time.unclear")
