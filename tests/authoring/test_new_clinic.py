"""A new clinic's folder: whole, working, and never in the place of something else."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from builders import TODAY

from careleaf.authoring import new_clinic
from careleaf.authoring.review import review
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.paths import PROGRAM, Root


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    new_clinic.write(tmp_path / "my-clinic", ("careleaf",), TODAY)
    return tmp_path / "my-clinic"


def test_a_new_clinic_has_all_that_it_needs(clinic: Path) -> None:
    wanted = "clinic.yaml logo.svg roster.csv .gitignore Makefile README.md"
    for name in (*wanted.split(), f"handouts/{new_clinic.HANDOUT}.yaml"):
        assert (clinic / name).is_file(), name


def test_a_new_clinic_has_nothing_to_mend(clinic: Path) -> None:
    desk = Desk.at(Root.at(clinic), TODAY)

    report = review(desk, printing=False)

    assert report.problems == ()
    assert len(report.tags) == 11


def test_the_phone_numbers_of_a_new_clinic_are_invented(clinic: Path) -> None:
    desk = Desk.at(Root.at(clinic), TODAY)

    numbers = re.findall(r"\d{3}-\d{3}-\d{4}", (clinic / "clinic.yaml").read_text("utf-8"))

    assert len(numbers) == 2
    assert all(re.fullmatch(r"555-555-01\d\d", number) for number in numbers)
    assert desk.content.clinic.name != Desk.at(Root.at(), TODAY).content.clinic.name


def test_the_list_of_a_new_clinic_is_for_tomorrow(clinic: Path) -> None:
    lines = list(csv.DictReader((clinic / "roster.csv").open(encoding="utf-8")))

    assert {line["procedure_date"] for line in lines} == {"2026-11-24"}
    assert {line["handout"] for line in lines} == {new_clinic.HANDOUT}


def test_the_makefile_of_a_new_clinic_starts_the_command_that_wrote_it(tmp_path: Path) -> None:
    new_clinic.write(tmp_path / "c", ("/a folder/python", "/a $folder/generate.py"), TODAY)

    lines = (tmp_path / "c" / "Makefile").read_text("utf-8").splitlines()

    assert "CARELEAF ?= '/a folder/python' '/a $$folder/generate.py'" in lines


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_there_already_is_left_alone(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "mine"
    if kind == "folder":
        place.mkdir()
    elif kind == "file":
        place.write_text("mine")
    else:
        place.symlink_to(tmp_path / "nowhere")

    with pytest.raises(HandoutError) as caught:
        new_clinic.write(place, ("careleaf",), TODAY)

    assert caught.value.code == "new.exists"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert kind != "folder" or list(place.iterdir()) == []


def test_nothing_is_left_where_the_folder_cannot_be_written(tmp_path: Path, monkeypatch) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(new_clinic, "_put", full)

    with pytest.raises(HandoutError) as caught:
        new_clinic.write(tmp_path / "c", ("careleaf",), TODAY)

    assert caught.value.code == "new.not-writable"
    assert list(tmp_path.iterdir()) == []


def test_every_language_of_the_handout_comes_along(clinic: Path) -> None:
    ours = (PROGRAM / "locales").glob(f"*/LC_MESSAGES/{new_clinic.HANDOUT}.po")

    assert {path.parts[-3] for path in ours} == {
        path.parts[-3] for path in (clinic / "locales").glob("*/LC_MESSAGES/*.po")
    }
