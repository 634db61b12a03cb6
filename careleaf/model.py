"""The small values that pass between stages; standard library only, so that a desk starts fast."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

Size = Literal["a4", "letter"]
SIZES: tuple[Size, ...] = ("a4", "letter")


@dataclass(frozen=True, slots=True)
class Form:
    """How a sheet is printed. `second` is the locale tag set beside the first, or empty."""

    size: Size = "a4"
    large_print: bool = False
    second: str = ""
    blank: bool = False

    @property
    def variant(self) -> str:
        """A word for file names and tallies: `letter`, `a4-large`, `a4-with-en`."""
        parts = [
            self.size,
            "large" if self.large_print else "",
            f"with-{self.second}" if self.second else "",
        ]
        return "-".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Patient:
    """One child. `procedure` is a day, or a moment where the hour is known. Never put in a log."""

    name: str = field(repr=False)
    procedure: date = field(repr=False)  # a datetime, when the hour is known
    id: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One sheet to make: who, which handout, in which language, on what paper."""

    patient: Patient
    handout: str
    locale: str
    form: Form = Form()


@dataclass(frozen=True, slots=True)
class Offset:
    """How long after the procedure; exactly one of the three is set, `days=0` being the day itself."""

    hours: int | None = None
    days: int | None = None
    weeks: int | None = None

    @property
    def unit(self) -> Literal["hour", "day", "week"]:
        if self.hours is not None:
            return "hour"
        return "day" if self.days is not None else "week"

    @property
    def count(self) -> int:
        """How many of `unit`."""
        return (
            self.hours
            if self.hours is not None
            else self.days
            if self.days is not None
            else self.weeks or 0
        )

    def after(self, procedure: date) -> date | None:
        """Return the day (or moment) this is after `procedure`; None for hours from an unknown hour."""
        if self.hours is not None:
            return (
                procedure + timedelta(hours=self.hours) if isinstance(procedure, datetime) else None
            )
        return procedure + timedelta(days=self.count * (7 if self.weeks is not None else 1))


@dataclass(frozen=True, slots=True)
class When:
    """A milestone's time as the sheet shows it, in one language.

    `relative` is the label without a date ("The day after"); `span` joins the two ends of a
    range ("{start} to {end}"), and is empty where there is one day only.
    """

    start: Offset
    end: Offset | None
    relative: str
    span: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who signed the wording off: `role` and `on` are printed, `by` is kept on record."""

    by: str
    role: str
    on: date


@dataclass(frozen=True, slots=True)
class Sheet:
    """A finished sheet. `way` is how it was made: "stencil" or "press", `why` the reason of a fallback."""

    pdf: bytes = field(repr=False)
    pages: int
    way: Literal["press", "stencil"]
    why: str = ""


def sheet_file(id: str, handout: str, locale: str) -> str:
    """Return the name of a sheet's file: of ids alone, never of a name."""
    return f"{id or 'sheet'}.{handout}.{locale}.pdf"


def blank_file(handout: str, locale: str) -> str:
    """Return the name of the file of a sheet to fill in by hand."""
    return f"{handout}.{locale}.pdf"
