"""Dates, numbers and quantities as a place and a language write them, by CLDR (through Babel)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

NBSP = "\u00a0"

# Zero of each decimal numbering system that is some locale's default (CLDR, numberingSystems.xml);
# Babel gives the system's name but writes Latin digits all the same.
_ZERO = {
    "adlm": 0x1E950, "arab": 0x0660, "arabext": 0x06F0, "beng": 0x09E6, "cakm": 0x11136,
    "deva": 0x0966, "hmnp": 0x1E140, "mtei": 0xABF0, "mymr": 0x1040, "nkoo": 0x07C0,
    "olck": 0x1C50, "tibt": 0x0F20,
}  # fmt: skip


@lru_cache(maxsize=256)
def format_locale(tag: str, region: str = "") -> Locale:
    """Return the locale that dates and numbers follow: the language as the clinic's region writes it.

    A territory in the tag wins; a region where CLDR does not know the language changes nothing.
    """
    locale = Locale.parse(tag)
    if locale.territory or not region:
        return locale
    parts = [part for part in (locale.language, locale.script, region) if part]
    try:
        return Locale.parse("_".join(parts), resolve_likely_subtags=False)
    except (UnknownLocaleError, ValueError):
        return locale


def bcp47(tag: str) -> str:
    """Return the tag as HTML and PDF want it: `zh-Hans`."""
    return tag.replace("_", "-")


def direction(tag: str) -> str:
    """Return `ltr` or `rtl`."""
    return Locale.parse(tag).text_direction


def native_digits(text: str, locale: Locale) -> str:
    """Return `text` with ASCII digits as the locale writes them."""
    zero = _ZERO.get(locale.default_numbering_system)
    if zero is None:
        return text
    return text.translate({48 + digit: zero + digit for digit in range(10)})


def long_date(day: date, locale: Locale) -> str:
    """Return a day in the locale's own full form, with the weekday and without time zone.

    A datetime is followed by its hour and minute.
    """
    shown = format_date(day, "full", locale=locale)
    if isinstance(day, datetime):
        pattern = str(locale.datetime_formats["medium"])
        hour = format_time(day.time(), "short", locale=locale)
        shown = pattern.replace("{1}", shown).replace("{0}", hour).replace("'", "")
    return native_digits(shown, locale)


def short_date(day: date, locale: Locale) -> str:
    """Return a day without its weekday, as small print shows it."""
    return native_digits(format_date(day, "long", locale=locale), locale)


def number(value: Decimal | int, locale: Locale) -> str:
    """Return a number in the locale's form, no digit lost or added."""
    value = Decimal(value)
    places = max(0, -int(value.normalize().as_tuple().exponent))
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return native_digits(
        format_decimal(value, format=pattern, locale=locale, numbering_system="default"), locale
    )


# --- units ------------------------------------------------------------------------------------

# CLDR unitPreferenceData: where weather and a body are measured in Fahrenheit, lengths in inches.
# Canada shows both, as its thermometers do.
_FAHRENHEIT = frozenset({"BS", "BZ", "KY", "PR", "PW", "US"})
_INCHES = frozenset({"US", "PR"})

_TO_CELSIUS = {
    "temperature-celsius": (Decimal(1), Decimal(0)),
    "temperature-fahrenheit": (Decimal(5) / Decimal(9), Decimal(-160) / Decimal(9)),
}
_MILLIMETRES = {
    "length-millimeter": Decimal(1),
    "length-centimeter": Decimal(10),
    "length-meter": Decimal(1000),
    "length-inch": Decimal("25.4"),
}


def shown_units(unit: str, region: str, chosen: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the CLDR units a quantity is shown in, first one first.

    `chosen` is the clinic's own wish for "temperature" and "length" as CLDR units.
    """
    kind = unit.split("-")[0]
    if chosen.get(kind):
        return chosen[kind]
    if kind == "temperature":
        both = ("temperature-celsius", "temperature-fahrenheit")
        if region in _FAHRENHEIT:
            return both[::-1]
        return both if region == "CA" else both[:1]
    if kind == "length" and region in _INCHES and unit != "length-inch":
        return ("length-inch", unit)
    return (unit,)


def convert(value: Decimal, unit: str, other: str) -> Decimal:
    """Return `value` of `unit` in `other`, rounded as a reader can use it; itself if they are one."""
    if unit == other:
        return value
    if unit in _TO_CELSIUS:
        factor, offset = _TO_CELSIUS[unit]
        back, shift = _TO_CELSIUS[other]
        return _rounded((value * factor + offset - shift) / back)
    return _rounded(value * _MILLIMETRES[unit] / _MILLIMETRES[other])


def _rounded(value: Decimal) -> Decimal:
    """One decimal; below one, two figures that count."""
    step = Decimal("0.1") if abs(value) >= Decimal("0.1") else Decimal("0.01")
    return value.quantize(step)


def quantity(
    ends: tuple[Decimal, ...], unit: str | None, shown: tuple[str, ...], locale: Locale, span: str
) -> str:
    """Return one number or the two ends of a range with the unit, in each of the units `shown`.

    `span` joins the two ends, as "{low} to {high}". `38 °C (100.4 °F)`, `10 to 20 minutes`.
    """
    if unit is None:
        return _span(ends, locale, span)
    texts = [_in_unit(tuple(convert(e, unit, u) for e in ends), u, locale, span) for u in shown]
    return texts[0] + "".join(f" ({text})" for text in texts[1:])


def _span(ends: tuple[Decimal, ...], locale: Locale, span: str) -> str:
    shown = [number(end, locale) for end in ends]
    if len(shown) == 1:
        return shown[0]
    return span.replace("{low}", shown[0]).replace("{high}", shown[1])


def _in_unit(ends: tuple[Decimal, ...], unit: str, locale: Locale, span: str) -> str:
    """Put the number into CLDR's pattern for the plural form of its last end (CLDR plural ranges)."""
    patterns = _patterns(unit, locale)
    other = patterns["other"]
    pattern = patterns.get(locale.plural_form(ends[-1]), other)
    if len(ends) > 1 and "{0}" not in pattern:  # Arabic's dual holds no number
        pattern = other
    # The SI brochure (5.4.3) asks for a space before °C; CLDR leaves it out in some languages.
    pattern = pattern.replace("{0}°", "{0} °").replace(NBSP, " ").replace("\u202f", " ")
    return pattern.replace("{0}", _span(ends, locale, span))


_FORMS = ("zero", "one", "two", "few", "many", "other")


def _patterns(unit: str, locale: Locale) -> Mapping[str, str]:
    """Return CLDR's patterns by plural form: times spelt out, the rest as symbols.

    A temperature takes the shortest width that has the degree sign (Polish spells out "st. C").
    """
    # Babel's public format_unit takes one number only; a range needs the pattern itself.
    data = locale._data["unit_patterns"][unit]
    widths = ("long", "short") if unit.startswith("duration-") else ("short", "narrow", "long")
    found = [data[width] for width in (*widths, "narrow") if "other" in data.get(width, ())]
    best = next((f for f in found if "°" in str(f["other"])), found[0])
    return {key: str(best[key]) for key in best if key in _FORMS}
