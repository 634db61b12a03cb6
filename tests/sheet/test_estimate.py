"""Where the trials of a setting begin: a longer text is expected to be set more closely."""

from __future__ import annotations

from datetime import date

import pytest

from careleaf.desk.desk import Desk
from careleaf.model import Form
from careleaf.paths import Root
from careleaf.sheet.estimate import expected
from careleaf.sheet.fit import DENSITIES, Density


def an_edition(tag: str = "en", **form):
    desk = Desk.at(Root.at(), date(2026, 11, 23))
    return desk.content.any_edition("bone-biopsy", tag, Form(**form))


def closeness(density: Density) -> int:
    return DENSITIES.index(density)


def test_german_is_expected_to_be_set_more_closely_than_chinese():
    assert closeness(expected(an_edition("de"))) > closeness(expected(an_edition("zh_Hans")))


@pytest.mark.parametrize("form", [{"large_print": True}, {"second": "ar"}], ids=["large", "pair"])
def test_a_sheet_that_takes_the_pages_it_needs_is_expected_to_be_set_normally(form):
    assert expected(an_edition("de", **form)) == "normal"


@pytest.mark.parametrize("tag", ["en", "de", "pl"])
def test_the_guess_is_at_most_one_setting_off(tag):
    desk = Desk.at(Root.at(), date(2026, 11, 23))
    edition = desk.content.any_edition("bone-biopsy", tag, Form("letter"))

    assert abs(closeness(expected(edition)) - closeness(desk.density_of(edition))) <= 1
