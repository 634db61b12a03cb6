"""The small values that pass between stages; standard library only, so that a desk starts fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from careleaf import child

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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Request:
    """A sheet as somebody asks for it: all of it text as it was typed, none of it checked.

    `child` has a text for each of `child.VALUES`, by key; `second` is the wish of `--with`. It is
    read at a door, passed on whole, and turned into an Order by `desk.requests`. Nothing of it is in
    its `repr`.
    """

    child: Mapping[str, str]
    handout: str
    locale: str
    size: str
    large_print: str
    second: str

    def __post_init__(self) -> None:
        _must_be_whole(self.child)

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> Request:
        """Return a request from texts by the names that `texts` has; one that is left out is empty."""
        return cls(
            child={key: texts.get(key, "") for key in child.KEYS},
            handout=texts.get("handout", ""),
            locale=texts.get("locale", ""),
            size=texts.get("size", ""),
            large_print=texts.get("large_print", ""),
            second=texts.get("with", ""),
        )

    @property
    def id(self) -> str:
        """The reference number as it was typed."""
        return self.child["id"]

    @property
    def name(self) -> str:
        """The name as it was typed."""
        return self.child["name"]

    @property
    def texts(self) -> dict[str, str]:
        """Every text by its name at the doors: a child's values by key, then what is wished for."""
        return {
            **self.child,
            "handout": self.handout,
            "locale": self.locale,
            "size": self.size,
            "large_print": self.large_print,
            "with": self.second,
        }


@dataclass(frozen=True, slots=True)
class Patient:
    """One child: a clean value for each of `child.VALUES`, by key. Never put in a log.

    A `moment` is a day, or a datetime where the hour is known; all others are text, and "" where
    this child has none.
    """

    values: Mapping[str, str | date] = field(repr=False)

    def __post_init__(self) -> None:
        _must_be_whole(self.values)

    @property
    def name(self) -> str:
        return str(self.values["name"])

    @property
    def id(self) -> str:
        """The clinic's reference number, or ""."""
        return str(self.values["id"])

    @property
    def procedure(self) -> date:
        """The day of the procedure, or its moment, from which all days are counted."""
        day = self.values["date"]
        assert isinstance(day, date)  # noqa: S101  a `moment`
        return day

    @property
    def written(self) -> tuple[str, ...]:
        """Each value in one way only, for a digest."""
        return tuple(
            value.isoformat() if isinstance(value, date) else value
            for value in (self.values[key] for key in child.KEYS)
        )


def _must_be_whole(values: Mapping[str, object]) -> None:
    """Raise ValueError unless there is one for each of `child.VALUES`, and no other."""
    if values.keys() != child.NO_CHILD.keys():
        raise ValueError("a child's values are those of child.VALUES")


@dataclass(frozen=True, slots=True)
class Order:
    """One sheet to make: who, which handout, in which language, on what paper."""

    patient: Patient
    handout: str
    locale: str
    form: Form = Form()


@dataclass(frozen=True, slots=True)
class Blank:
    """One sheet without a child, with lines to write on."""

    handout: str
    locale: str
    form: Form


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
