"""How closely a sheet is set: it keeps to its pages, and leaves none nearly empty."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from careleaf.sheet.fit import Density, fit


@dataclass(frozen=True)
class Trial:
    pages: int
    fill: float = 0.9
    room: float = 0.1


def chosen(wanted: int = 2, *, first: Density = "normal", **trials: Trial) -> str:
    return fit(lambda density: trials.get(density, Trial(99, 0.0)), wanted, first)


def tried(first: Density, **trials: Trial) -> list[str]:
    asked: list[str] = []

    def trial(density: Density) -> Trial:
        asked.append(density)
        return trials[density]

    fit(trial, 2, first)
    return asked


def test_a_sheet_with_room_to_spare_is_set_widely():
    assert chosen(airy=Trial(2), normal=Trial(2)) == "airy"


def test_a_wide_setting_that_takes_another_page_is_left():
    assert chosen(airy=Trial(3), normal=Trial(2)) == "normal"


def test_a_wide_setting_is_not_tried_where_there_is_no_room():
    assert chosen(airy=Trial(2), normal=Trial(2, room=0.05)) == "normal"


@pytest.mark.parametrize(("snug", "expected"), [(2, "snug"), (3, "tight")])
def test_a_sheet_too_long_is_set_no_closer_than_it_must_be(snug, expected):
    assert chosen(normal=Trial(3), snug=Trial(snug), tight=Trial(2)) == expected


def test_a_sheet_that_cannot_keep_to_its_pages_is_set_normally():
    assert chosen(normal=Trial(5), snug=Trial(5), tight=Trial(4)) == "normal"


def test_a_few_lines_on_a_last_page_are_saved_by_setting_closer():
    assert chosen(9, normal=Trial(5, 0.1), snug=Trial(5, 0.05), tight=Trial(4)) == "tight"


def test_a_few_lines_that_cannot_be_saved_stay():
    assert chosen(9, normal=Trial(5, 0.1), snug=Trial(5, 0.05), tight=Trial(5, 0.02)) == "normal"


def test_a_wide_setting_that_leaves_a_page_nearly_empty_is_left():
    assert chosen(9, airy=Trial(5, 0.1), normal=Trial(5)) == "normal"


def test_to_keep_to_the_pages_comes_before_filling_them():
    assert chosen(normal=Trial(3), snug=Trial(2, 0.1), tight=Trial(2, 0.05)) == "snug"


def test_a_sheet_of_one_page_may_be_short():
    assert chosen(airy=Trial(1, 0.2), normal=Trial(1, 0.2)) == "airy"


@pytest.mark.parametrize("first", ["normal", "snug", "tight", "closest"])
def test_the_setting_does_not_depend_on_where_the_trials_begin(first):
    trials = {"normal": Trial(3), "snug": Trial(2), "tight": Trial(2, room=0.2)}

    assert chosen(first=first, **trials, closest=Trial(2, room=0.3)) == "snug"


def test_a_guess_that_fills_its_pages_is_the_only_trial():
    assert tried("snug", snug=Trial(2, room=0.07)) == ["snug"]


def test_a_guess_with_room_to_spare_has_the_wider_settings_tried():
    trials = {"snug": Trial(2, room=0.12), "normal": Trial(3)}

    assert tried("snug", **trials) == ["snug", "normal"]


def test_a_guess_that_is_too_wide_has_only_closer_ones_tried():
    assert tried("snug", snug=Trial(3), tight=Trial(2, room=0.2)) == ["snug", "tight"]


def test_a_guess_that_leaves_a_page_nearly_empty_is_no_reason_to_set_closely():
    assert chosen(first="snug", normal=Trial(2), snug=Trial(2, 0.1)) == "normal"
