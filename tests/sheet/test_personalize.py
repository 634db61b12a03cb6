"""A child's values: what may stand on a sheet, and what it shows."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from builders import a_patient

from careleaf.child import BY_KEY
from careleaf.errors import HandoutError
from careleaf.model import Offset, When
from careleaf.sheet.personalize import cleaned, slots

TODAY = date(2026, 11, 23)


def clean(key: str, raw: str) -> str | date:
    return cleaned(BY_KEY[key], raw, TODAY)


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien",
        "Nguyễn Thị Ánh",
        "Łukasz",
        "محمد",
        "李小龙",
        "<script>alert</script>",
        "{{ 7*7 }}",
        '=HYPERLINK("x")',
        "../../etc/passwd",
        "O'Brien; touch pwned",
    ],
)
def test_a_name_is_printed_as_it_is(name: str) -> None:
    assert clean("name", name) == name


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("  Anna \t Lee\n", "Anna Lee"),
        ("Zoe\u0308", "Zoë"),
        ("Anna\u202eeeL", "AnnaeeL"),
        ("An\u0000na", "Anna"),
        ("\ufeffAnna\u200b", "Anna"),
        ("\u2066Anna\u2069", "Anna"),
        ("علی\u200cرضا", "علی\u200cرضا"),
    ],
)
def test_a_name_loses_what_cannot_be_seen(raw: str, shown: str) -> None:
    assert clean("name", raw) == shown


@pytest.mark.parametrize("raw", ["", "   ", "\u200b", "--", "...", "\u202e"])
def test_a_name_without_a_letter_is_refused(raw: str) -> None:
    with pytest.raises(HandoutError, match="the name is empty"):
        clean("name", raw)


def test_a_name_of_eighty_characters_is_taken_and_a_longer_one_is_not() -> None:
    assert len(clean("name", "a" * 80)) == 80
    with pytest.raises(HandoutError, match="300 characters, 80 is the most") as caught:
        clean("name", "secret" * 50)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("raw", ["2026-11-24", " 2026-11-24 "])
def test_a_date_is_read_as_iso_writes_it(raw: str) -> None:
    assert clean("date", raw) == date(2026, 11, 24)


def test_an_hour_is_kept_where_it_is_given() -> None:
    assert clean("date", "2026-11-24T14:30:00+01:00") == datetime(2026, 11, 24, 14, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("03/04/2026", "more than one way"),
        ("3-4-26", "more than one way"),
        ("03.04.2026", "more than one way"),
        ("2026-02-30", "no day in the calendar"),
        ("2026-13-01", "no day in the calendar"),
        ("2026-11-23T25:00", "the time cannot be read"),
        ("2026-11-23T9:5", "the time cannot be read"),
        ("2062-11-23", "more than a year off"),
        ("2020-01-01", "more than a year off"),
        ("tomorrow", "is not a date"),
        ("٢٠٢٦-١١-٢٣", "is not a date"),
        ("", "the date is missing"),
    ],
)
def test_any_other_date_is_refused_without_being_repeated(raw: str, fault: str) -> None:
    with pytest.raises(HandoutError, match=fault) as caught:
        clean("date", raw)
    assert not raw or raw not in str(caught.value)


@pytest.mark.parametrize(
    "raw",
    ["../x", "a/b", "a\\b", ".hidden", "a b", "=1+1", "a" * 65, "a..b", "ä", "a\n"[:1] + "\x00"],
)
def test_an_id_that_cannot_be_a_file_name_is_refused(raw: str) -> None:
    with pytest.raises(HandoutError, match="the id cannot be used"):
        clean("id", raw)


def shown(when: When, procedure: date, tag: str = "en", region: str = "NL") -> str:
    return slots((when,), tag, region, a_patient("A", procedure))["when-0"]


def test_the_day_after_is_a_weekday_and_a_date() -> None:
    when = When(Offset(days=1), None, "The day after")

    assert shown(when, date(2026, 11, 23)) == "Tuesday, 24 November 2026"


def test_a_week_is_seven_days_across_a_leap_day() -> None:
    assert shown(When(Offset(weeks=1), None, ""), date(2028, 2, 23)) == "Wednesday, 1 March 2028"


def test_a_stretch_shows_both_its_ends() -> None:
    when = When(Offset(days=2), Offset(days=4), "", "from {start} to {end}")

    assert (
        shown(when, date(2026, 12, 30), "nl")
        == "from vrijdag 1 januari 2027 to zondag 3 januari 2027"
    )


def test_hours_from_a_known_hour_show_day_and_time() -> None:
    when = When(Offset(hours=4), None, "4 hours after")

    assert shown(when, datetime(2026, 11, 23, 22, 0), "de") == "Dienstag, 24. November 2026, 02:00"  # noqa: DTZ001


def test_hours_from_an_unknown_hour_stay_a_count_of_hours() -> None:
    assert (
        shown(When(Offset(hours=4), None, "4 hours after"), date(2026, 11, 23)) == "4 hours after"
    )


@pytest.mark.parametrize(
    ("tag", "region", "date_shown"),
    [
        ("en", "CA", "Tuesday, November 24, 2026"),
        ("en_GB", "CA", "Tuesday, 24 November 2026"),
        ("nl", "NL", "dinsdag 24 november 2026"),
        ("fr", "CA", "mardi 24 novembre 2026"),
        ("ar", "EG", "الثلاثاء، ٢٤ نوفمبر ٢٠٢٦"),
        ("ar", "CA", "الثلاثاء، 24 نوفمبر 2026"),
        ("zh_Hans", "CN", "2026年11月24日星期二"),
    ],
)
def test_a_date_is_written_as_the_language_and_the_region_write_it(
    tag: str, region: str, date_shown: str
) -> None:
    assert shown(When(Offset(days=1), None, ""), date(2026, 11, 23), tag, region) == date_shown


def test_a_patient_never_shows_in_a_repr() -> None:
    assert "Anna" not in repr(a_patient("Anna Lee", TODAY, "C-1"))
    assert "2026" not in repr(a_patient("Anna Lee", TODAY, "C-1"))
