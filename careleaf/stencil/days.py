"""Days as a locale writes them, from a small table: a new process needs no Babel to say them.

The table is read out of Babel when a stencil is cut, so it is Babel's (CLDR's) own words;
moments, with an hour, are left to Babel itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

_FIELD = re.compile(r"%\((\w+)\)s")
_SAMPLE = date(2023, 1, 1)


@dataclass(frozen=True, slots=True)
class Days:
    """How `tag` in `region` writes days: words between fields, and what each field can say.

    `pattern` alternates words and the names of fields; `names` gives for a field of months or
    weekdays all its values. `digits` are the locale's own, or empty for 0 to 9.
    """

    tag: str
    region: str
    pattern: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    digits: str

    def shown(self, day: date) -> str:
        """Return a day in full, with its weekday, as `cldr.long_date` does."""
        if isinstance(day, datetime) or not self.pattern or day.year < 1000:
            return _by_babel(day, self.tag, self.region)
        text = "".join(
            self._field(part, day) if index % 2 else part for index, part in enumerate(self.pattern)
        )
        return text.translate(_table(self.digits)) if self.digits else text

    def _field(self, name: str, day: date) -> str:
        match name[0]:
            case "d":
                return f"{day.day:0{len(name)}}"
            case "y":
                return str(day.year)
            case "M" | "L":
                return self.names[name][day.month - 1]
            case _:
                return self.names[name][day.weekday()]

    def words(self) -> list[str]:
        """Return texts that hold every letter a day can be written with."""
        weekdays = [self.shown(_SAMPLE + timedelta(days=count)) for count in range(7)]
        months = [self.shown(date(2023, month, 10 + month)) for month in range(1, 13)]
        return [*weekdays, *months, self.shown(date(4567, 8, 19))]


def days(tag: str, region: str) -> Days:
    """Return the table of a locale; an empty one, which asks Babel, where its form is unusual."""
    from babel.dates import DateTimeFormat

    from careleaf.language import cldr

    locale = cldr.format_locale(tag, region)
    pattern = tuple(_FIELD.split(locale.date_formats["full"].format.replace("%%", "%")))
    fields = pattern[1::2]
    if not all(re.fullmatch(r"d|dd|y|yyyy|M+|L+|EEEE|cccc", field) for field in fields):
        return Days(tag, region, (), {}, "")

    def values(field: str) -> tuple[str, ...]:
        if field[0] in "ML":
            samples = [date(2023, month, 1) for month in range(1, 13)]
        else:
            samples = [_SAMPLE + timedelta(days=1 + count) for count in range(7)]
        return tuple(DateTimeFormat(sample, locale)[field] for sample in samples)

    digits = cldr.native_digits("0123456789", locale)
    return Days(
        tag,
        region,
        pattern,
        {field: values(field) for field in fields if field[0] not in "dy"},
        "" if digits == "0123456789" else digits,
    )


@lru_cache(maxsize=8)
def _table(digits: str) -> dict[int, str]:
    return {48 + value: digit for value, digit in enumerate(digits)}


@lru_cache(maxsize=256)
def _by_babel(day: date, tag: str, region: str) -> str:
    from careleaf.language import cldr

    return cldr.long_date(day, cldr.format_locale(tag, region))
