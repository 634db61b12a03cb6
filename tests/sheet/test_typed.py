"""What people and programs type for a child: taken as it is meant, or refused by place and code."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careleaf.child import BY_KEY
from careleaf.errors import HandoutError
from careleaf.sheet.typed import Here, cleaned, one_line

TODAY = date(2026, 11, 23)
TORONTO = Here(TODAY, "America/Toronto")


def clean(key: str, raw: str) -> str | date:
    return cleaned(BY_KEY[key], raw, Here(TODAY))


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
    assert clean("date", "2026-11-24T14:30:00") == datetime(2026, 11, 24, 14, 30)  # noqa: DTZ001


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


# --- nothing of a name is lost ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("Jos\ufffd", "name.letter-lost"),
        ("Jos? Garc?a", "name.letter-lost"),
        ("JosÃ©", "name.letter-lost"),
        ("Jos&eacute;", "name.letter-lost"),
        ("Jos&#233;", "name.letter-lost"),
        ("An\x00na", "name.cannot-print"),
        ("O\x92Brien", "name.cannot-print"),
        ("Anna\ue000", "name.cannot-print"),
        ("Anna\ud83d", "name.cannot-print"),
        ("Anna\ufff9", "name.cannot-print"),
        ("محمد\u0600", "name.cannot-print"),
        ("김\u3164", "name.cannot-print"),
        ("Anna\nBo", "name.line-break"),
        ("Anna\r\nBo", "name.line-break"),
        ("Anna\u2028Bo", "name.line-break"),
        ("\u3164", "name.empty"),
    ],
)
def test_a_name_that_lost_something_is_refused(raw: str, code: str) -> None:
    with pytest.raises(HandoutError) as caught:
        clean("name", raw)

    assert caught.value.code == code
    assert "Anna" not in str(caught.value) and "Jos" not in str(caught.value)


def test_a_character_that_cannot_be_printed_is_named_by_its_code_point() -> None:
    with pytest.raises(HandoutError, match=r"\(U\+E000\)"):
        clean("name", "Anna\ue000")


def test_a_letter_newer_than_our_tables_is_kept() -> None:
    assert clean("name", "陈\U0002ebf0") == "陈\U0002ebf0"  # Unicode 15.1


@given(st.text(max_size=20))
def test_of_any_name_only_space_and_the_invisible_by_intent_are_left_out(raw: str) -> None:
    try:
        shown = clean("name", raw)
    except HandoutError:
        return
    assert isinstance(shown, str)
    lost = set(unicodedata.normalize("NFC", raw)) - set(shown)
    assert all(one.isspace() or unicodedata.category(one) == "Cf" for one in lost)
    assert one_line(shown) == shown


# --- the day at the clinic ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        ("2026-11-24T02:30:00Z", datetime(2026, 11, 23, 21, 30)),  # noqa: DTZ001
        ("2026-11-24t02:30z", None),
        ("2026-11-24 02:30Z", datetime(2026, 11, 23, 21, 30)),  # noqa: DTZ001
        ("2026-11-24T02:30:00.123+01:00", datetime(2026, 11, 23, 20, 30)),  # noqa: DTZ001
        ("2026-11-24T02:30-0500", datetime(2026, 11, 24, 2, 30)),  # noqa: DTZ001
        ("2026-11-24T02:30-05", datetime(2026, 11, 24, 2, 30)),  # noqa: DTZ001
        ("2026-11-24T02:30", datetime(2026, 11, 24, 2, 30)),  # noqa: DTZ001
    ],
)
def test_a_moment_is_that_of_the_clinic(raw: str, at: datetime | None) -> None:
    if at is None:
        with pytest.raises(HandoutError):
            cleaned(BY_KEY["date"], raw, TORONTO)
    else:
        assert cleaned(BY_KEY["date"], raw, TORONTO) == at


def test_an_offset_without_a_time_zone_of_the_clinic_is_refused_with_the_cure() -> None:
    with pytest.raises(HandoutError, match="time_zone") as caught:
        clean("date", "2026-11-24T02:30:00Z")

    assert caught.value.code == "date.no-time-zone"


@pytest.mark.parametrize(
    "raw",
    [
        "2026-11-24T99:99:99Z", "2026-11-24T24:00Z", "2026-11-24T10:61Z", "2026-11-24T10:00:99Z",
        "2026-11-24T10:00+25:00", "2026-11-24T10:00+15:00", "2026-11-24T10:00+01:75", "2026-11-24T10Z", "2026-11-24T", "2026-11-24TZ",
        "2026-11-24T10:00 EST",
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused(raw: str) -> None:
    with pytest.raises(HandoutError) as caught:
        cleaned(BY_KEY["date"], raw, TORONTO)

    assert caught.value.code == "time.unclear"


@pytest.mark.parametrize(
    "raw", ["23/11/2026", "11/23/2026", "2026/11/23", "23.11.2026", "3/3/2026"]
)
def test_a_date_with_slashes_and_one_reading_is_not_said_to_have_two(raw: str) -> None:
    with pytest.raises(HandoutError, match="is not written as YYYY-MM-DD"):
        clean("date", raw)
