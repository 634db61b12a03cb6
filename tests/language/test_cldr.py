"""Numbers, units and digits as each place and language writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from careleaf.content.quantities import UNITS
from careleaf.language import cldr

TO = "{low} to {high}"


def shown(
    ends: list[str], unit: str | None, tag: str, region: str, **chosen: tuple[str, ...]
) -> str:
    locale = cldr.format_locale(tag, region)
    numbers = tuple(Decimal(end) for end in ends)
    cldr_unit = UNITS[unit] if unit else None
    units = cldr.shown_units(cldr_unit, region, chosen) if cldr_unit else ()
    return cldr.quantity(numbers, cldr_unit, units, locale, TO)


@pytest.mark.parametrize(
    ("tag", "region", "fever"),
    [
        ("en", "CA", "38 °C (100.4 °F)"),
        ("nl", "NL", "38 °C"),
        ("en", "US", "100.4 °F (38 °C)"),
        ("fr", "CA", "38 °C (100,4 °F)"),
        ("pl", "PL", "38 °C"),
        ("ar", "EG", "٣٨ °م"),
    ],
)
def test_a_fever_is_shown_as_the_region_measures_it(tag: str, region: str, fever: str) -> None:
    assert shown(["38"], "celsius", tag, region) == fever


@pytest.mark.parametrize(
    ("tag", "region", "length"),
    [
        ("en", "CA", "0.5 to 1 cm"),
        ("de", "DE", "0,5 to 1 cm"),
        ("en", "US", "0.2 to 0.4 in (0.5 to 1 cm)"),
        ("uk", "UA", "0,5 to 1 см"),
    ],
)
def test_a_length_is_shown_as_the_region_measures_it(tag: str, region: str, length: str) -> None:
    assert shown(["0.5", "1"], "centimetre", tag, region) == length


def test_a_clinic_may_choose_its_units() -> None:
    assert (
        shown(["0.5", "1"], "centimetre", "nl", "NL", length=("length-millimeter",)) == "5 to 10 mm"
    )


@pytest.mark.parametrize(
    ("tag", "time"),
    [
        ("pl", "10 to 20 minut"),
        ("uk", "10 to 20 хвилин"),
        ("ar", "10 to 20 دقيقة"),
        ("en", "10 to 20 minutes"),
    ],
)
def test_a_stretch_of_minutes_takes_the_plural_of_its_end(tag: str, time: str) -> None:
    assert shown(["10", "20"], "minute", tag, "") == time


def test_one_minute_is_singular() -> None:
    assert shown(["1"], "minute", "en", "CA") == "1 minute"


def test_a_number_without_a_unit_is_only_a_number() -> None:
    assert shown(["3"], None, "en", "CA") == "3"


@pytest.mark.parametrize("value", ["0.5", "12.25", "38", "1000", "0.125"])
def test_no_digit_of_a_number_is_lost(value: str) -> None:
    assert cldr.number(Decimal(value), cldr.format_locale("en", "CA")).replace(",", "") == value


@pytest.mark.parametrize("unit", sorted(UNITS))
@pytest.mark.parametrize(
    "tag", ["en", "nl", "fr", "ar", "es", "de", "pl", "uk", "tr", "vi", "zh_Hans", "fa", "hi"]
)
def test_every_unit_can_be_shown_in_every_language(unit: str, tag: str) -> None:
    seven = cldr.native_digits("7", cldr.format_locale(tag))

    assert seven in cldr.quantity(
        (Decimal(7),), UNITS[unit], (UNITS[unit],), cldr.format_locale(tag), TO
    )


@pytest.mark.parametrize(
    ("tag", "region", "locale"),
    [
        ("en", "NL", "en_NL"),
        ("en_GB", "CA", "en_GB"),
        ("ar", "CA", "ar"),
        ("zh_Hans", "CN", "zh_Hans_CN"),
    ],
)
def test_a_language_follows_the_region_where_cldr_knows_them_together(
    tag: str, region: str, locale: str
) -> None:
    assert str(cldr.format_locale(tag, region)) == locale
