"""Numbers with their units, and times counted from the procedure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from typing_extensions import TypeAliasType

from careleaf.content.fields import Amount, Icon, IsNumber, Note, OneWay, Translatable, refused

UNITS: Mapping[str, str] = {  # the word in the YAML -> the CLDR unit
    "second": "duration-second",
    "minute": "duration-minute",
    "hour": "duration-hour",
    "day": "duration-day",
    "week": "duration-week",
    "month": "duration-month",
    "year": "duration-year",
    "celsius": "temperature-celsius",
    "fahrenheit": "temperature-fahrenheit",
    "millimetre": "length-millimeter",
    "millimeter": "length-millimeter",
    "centimetre": "length-centimeter",
    "centimeter": "length-centimeter",
    "metre": "length-meter",
    "meter": "length-meter",
    "inch": "length-inch",
    "microgram": "mass-microgram",
    "milligram": "mass-milligram",
    "gram": "mass-gram",
    "kilogram": "mass-kilogram",
    "millilitre": "volume-milliliter",
    "milliliter": "volume-milliliter",
    "litre": "volume-liter",
    "liter": "volume-liter",
    "percent": "concentr-percent",
}
Unit = TypeAliasType(
    "Unit",
    Literal[
        "second", "minute", "hour", "day", "week", "month", "year",
        "celsius", "fahrenheit",
        "millimetre", "millimeter", "centimetre", "centimeter", "metre", "meter", "inch",
        "microgram", "milligram", "gram", "kilogram",
        "millilitre", "milliliter", "litre", "liter",
        "percent",
    ],
)  # fmt: skip


class Quantity(OneWay):
    """A number with its unit, or a range of one; a sentence names it in braces.

    `unusual: true` answers `check`, which asks about an amount that is rare for its unit.
    """

    ways: ClassVar = (("value",), ("from", "to"))
    otherwise: ClassVar = (
        "quantity.value-or-range",
        "a quantity has a value, or from and to",
        "give one or the other",
    )

    value: Amount | None = None
    low: Amount | None = Field(None, alias="from")
    high: Amount | None = Field(None, alias="to")
    unit: Unit | None = None
    unusual: Annotated[bool, Field(strict=True)] | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _upwards(self) -> Quantity:
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise refused("quantity.order", "from must be smaller than to", "swap them?")
        return self


class After(OneWay):
    """Time counted from the procedure: one of hours, days, weeks."""

    ways: ClassVar = (("hours",), ("days",), ("weeks",))
    otherwise: ClassVar = (
        "after.one-of",
        "give one of hours, days, weeks",
        "for example {days: 1}",
    )

    hours: Annotated[int, Field(ge=1, le=240), IsNumber] | None = None
    days: Annotated[int, Field(ge=0, le=400), IsNumber] | None = None
    weeks: Annotated[int, Field(ge=1, le=60), IsNumber] | None = None


class Milestone(OneWay):
    """One line of the timeline. `after`, or `from` and `to` for a stretch of days."""

    ways: ClassVar = (("after",), ("from", "to"))
    otherwise: ClassVar = (
        "milestone.point-or-span",
        "a milestone has after, or from and to",
        "give one or the other",
    )

    after: After | None = None
    start: After | None = Field(None, alias="from")
    end: After | None = Field(None, alias="to")
    text: Translatable
    icon: Icon | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _forwards(self) -> Milestone:
        if self.start and self.end and not _comes_before(self.start, self.end):
            raise refused(
                "milestone.order", "from must come before to, both in hours or both in days"
            )
        return self


def _comes_before(one: After, other: After) -> bool:
    """Whether one time is earlier; hours are not compared with days."""
    if one.hours is not None and other.hours is not None:
        return one.hours < other.hours
    if one.hours is not None or other.hours is not None:
        return False
    return _days(one) < _days(other)


def _days(after: After) -> int:
    return (after.days or 0) + 7 * (after.weeks or 0)
