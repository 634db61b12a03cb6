"""Numbers, units and digits as each place and language writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from babel import Locale

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


# --- what a family must not misread -----------------------------------------------------------

TIMES = ["second", "minute", "hour", "day", "week", "month", "year"]


@pytest.mark.parametrize("unit", TIMES)
@pytest.mark.parametrize("tag", ["ar", "he", "sl", "mt", "ga", "cy", "lv", "pl", "en"])
def test_a_range_that_ends_in_two_shows_both_numbers(unit: str, tag: str) -> None:
    """Arabic has a word for two hours, without a number: "1 to two-hours" would lose it."""
    locale = cldr.format_locale(tag)
    one, two = (cldr.number(n, locale) for n in (1, 2))

    said = cldr.quantity((Decimal(1), Decimal(2)), UNITS[unit], (UNITS[unit],), locale, TO)

    assert f"{one} to {two}" in said


def test_two_hours_alone_have_their_own_word_in_arabic() -> None:
    assert shown(["2"], "hour", "ar", "") == "ساعتان"
    assert shown(["1", "2"], "hour", "ar", "EG") == "١ to ٢ ساعة"


@pytest.mark.parametrize(
    ("ends", "text"), [(["3"], "3"), (["0.5"], "0,5"), (["2", "4"], "2 to 4"), (["1000"], "1.000")]
)
def test_a_quantity_without_a_unit_is_its_numbers_alone(ends: list[str], text: str) -> None:
    assert shown(ends, None, "de", "DE", length=("length-inch",)) == text


# CLDR, supplemental data, numberingSystems: zero of the systems that a locale has as its own.
DIGITS = {
    "ar_EG": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹", "ps": "۰۱۲۳۴۵۶۷۸۹", "ckb": "٠١٢٣٤٥٦٧٨٩",
    "bn": "০১২৩৪৫৬৭৮৯", "as": "০১২৩৪৫৬৭৮৯", "ne": "०१२३४५६७८९", "mr": "०१२३४५६७८९",
    "my": "၀၁၂၃၄၅၆၇၈၉", "dz": "༠༡༢༣༤༥༦༧༨༩", "sat": "᱐᱑᱒᱓᱔᱕᱖᱗᱘᱙", "ff_Adlm": "𞥐𞥑𞥒𞥓𞥔𞥕𞥖𞥗𞥘𞥙",
    "ccp": "𑄶𑄷𑄸𑄹𑄺𑄻𑄼𑄽𑄾𑄿", "mni": "০১২৩৪৫৬৭৮৯", "en": "0123456789", "hi": "0123456789",
    "th": "0123456789", "ur": "0123456789", "ar_MA": "0123456789",
}  # fmt: skip


@pytest.mark.parametrize("tag", DIGITS)
def test_every_digit_is_written_as_the_locale_does(tag: str) -> None:
    assert cldr.native_digits("0123456789", cldr.format_locale(tag)) == DIGITS[tag]


def test_the_digits_of_every_system_that_is_a_locales_own_are_known() -> None:
    import unicodedata

    from babel.localedata import locale_identifiers

    systems = {Locale.parse(tag).default_numbering_system for tag in locale_identifiers()}

    assert systems - {"latn"} <= cldr._ZERO.keys()
    for name, zero in cldr._ZERO.items():
        assert [unicodedata.digit(chr(zero + n)) for n in range(10)] == list(range(10)), name


@pytest.mark.parametrize("region", ["BS", "BZ", "KY", "PR", "PW", "US"])
def test_fahrenheit_comes_first_where_weather_is_told_in_it(region: str) -> None:
    assert shown(["38"], "celsius", "en", region) == "100.4 °F (38 °C)"


@pytest.mark.parametrize("region", ["US", "PR"])
def test_inches_come_first_where_a_length_is_told_in_them(region: str) -> None:
    assert shown(["2.54"], "centimetre", "en", region) == "1 in (2.54 cm)"
    assert shown(["1"], "inch", "en", region) == "1 in"


@pytest.mark.parametrize("region", ["", "NL", "GB", "MX", "DE"])
def test_elsewhere_a_quantity_is_shown_in_its_own_unit_alone(region: str) -> None:
    assert shown(["38"], "celsius", "en", region) == "38 °C"
    assert shown(["2"], "centimetre", "en", region) == "2 cm"
    assert shown(["2"], "kilogram", "en", region) == "2 kg"


@pytest.mark.parametrize(
    ("value", "unit", "other", "result"),
    [
        ("38", "temperature-celsius", "temperature-fahrenheit", "100.4"),
        ("100.4", "temperature-fahrenheit", "temperature-celsius", "38.0"),
        ("0", "temperature-celsius", "temperature-fahrenheit", "32.0"),
        ("1", "length-inch", "length-centimeter", "2.5"),
        ("1", "length-inch", "length-millimeter", "25.4"),
        ("1", "length-meter", "length-centimeter", "100.0"),
        ("5", "length-millimeter", "length-inch", "0.2"),
        ("1", "length-millimeter", "length-inch", "0.04"),
        ("2.54", "length-millimeter", "length-inch", "0.1"),
        ("2.5", "length-millimeter", "length-inch", "0.10"),
        ("1.234", "length-inch", "length-inch", "1.234"),
    ],
)
def test_a_value_is_converted_and_rounded_as_a_reader_can_use_it(value, unit, other, result):
    assert str(cldr.convert(Decimal(value), unit, other)) == result


@pytest.mark.parametrize(
    ("tag", "region", "long", "short", "moment"),
    [
        ("en", "CA", "Tuesday, November 24, 2026", "November 24, 2026", "2:05"),
        ("nl", "NL", "dinsdag 24 november 2026", "24 november 2026", "14:05"),
        ("ar", "EG", "الثلاثاء، ٢٤ نوفمبر ٢٠٢٦", "٢٤ نوفمبر ٢٠٢٦", "٢:٠٥"),
    ],
)
def test_a_day_and_its_hour_are_written_as_the_place_does(tag, region, long, short, moment):
    locale = cldr.format_locale(tag, region)

    assert cldr.long_date(date(2026, 11, 24), locale) == long
    assert cldr.short_date(date(2026, 11, 24), locale) == short
    at = cldr.long_date(datetime(2026, 11, 24, 14, 5), locale)  # noqa: DTZ001
    assert at.startswith(long) and moment in at
    assert "'" not in at and "{" not in at


@pytest.mark.parametrize(
    ("tag", "way"), [("ar", "rtl"), ("he", "rtl"), ("fa", "rtl"), ("nl", "ltr")]
)
def test_a_language_runs_its_way(tag: str, way: str) -> None:
    assert cldr.direction(tag) == way


def test_a_tag_is_written_for_html_with_hyphens() -> None:
    assert cldr.bcp47("zh_Hans_CN") == "zh-Hans-CN"
