"""A child's values: what may stand on a sheet, and what it shows."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from builders import a_patient

from careleaf.model import Offset, When
from careleaf.sheet.personalize import slots

TODAY = date(2026, 11, 23)


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
