"""Where things are: a clinic's own part, else the program's; never the program's in a clinic's name."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from careleaf import paths
from careleaf.errors import HandoutError
from careleaf.paths import PROGRAM, Root


@pytest.fixture
def clinic_file_alone(tmp_path: Path) -> Path:
    shutil.copy(PROGRAM / "clinic.yaml", tmp_path)
    return tmp_path


def test_a_part_that_a_clinic_lacks_is_the_programs(clinic_file_alone: Path) -> None:
    root = Root.at(clinic_file_alone)

    for part in ("handouts", "locales", "templates", "styles"):
        assert getattr(root, part) == PROGRAM / part
    assert root.part("styles/logo.svg") == PROGRAM / "styles" / "logo.svg"


@pytest.mark.parametrize("part", ["handouts", "locales", "templates", "styles"])
def test_a_clinics_own_part_comes_first(clinic_file_alone: Path, part: str) -> None:
    (clinic_file_alone / part).mkdir()

    assert getattr(Root.at(clinic_file_alone), part) == clinic_file_alone / part


def test_a_clinic_with_handouts_of_its_own_alone_has_english_alone(clinic_file_alone: Path) -> None:
    (clinic_file_alone / "handouts").mkdir()
    (clinic_file_alone / "handouts" / "ear-check.yaml").touch()

    assert not Root.at(clinic_file_alone).locales.exists()


def test_a_clinic_that_changed_a_handout_of_ours_keeps_its_translations(
    clinic_file_alone: Path,
) -> None:
    (clinic_file_alone / "handouts").mkdir()
    shutil.copy(PROGRAM / "handouts" / "bone-biopsy.yaml", clinic_file_alone / "handouts")

    assert Root.at(clinic_file_alone).locales == PROGRAM / "locales"


def test_no_translation_is_written_into_the_program(clinic_file_alone: Path) -> None:
    with pytest.raises(HandoutError) as caught:
        _ = Root.at(clinic_file_alone).own_locales

    assert caught.value.code == "root.locales-not-own"
    assert f"cp -r {PROGRAM / 'locales'} {clinic_file_alone / 'locales'}" in caught.value.hint


def test_a_folder_with_nothing_of_a_clinic_is_none(tmp_path: Path) -> None:
    with pytest.raises(HandoutError) as caught:
        Root.at(tmp_path)

    assert caught.value.code == "root.empty"


def test_the_clinics_file_is_never_the_programs(tmp_path: Path) -> None:
    (tmp_path / "handouts").mkdir()

    assert Root.at(tmp_path).clinic_file == tmp_path / "clinic.yaml"


# ---- what is kept between runs


@pytest.fixture
def choices(monkeypatch, tmp_path):
    """A user with a home; returns where what is kept may go."""
    for name in ("CARELEAF_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return lambda: list(paths._cache_choices())


def test_a_checkout_keeps_it_beside_the_program_or_with_the_user(choices, tmp_path) -> None:
    assert choices() == [PROGRAM / ".cache", tmp_path / ".cache" / "careleaf"]


def test_an_installed_program_keeps_it_with_the_user(choices, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(paths, "IS_CHECKOUT", False)

    assert choices() == [tmp_path / ".cache" / "careleaf"]


def test_what_is_set_is_the_only_choice(choices, monkeypatch) -> None:
    monkeypatch.setenv("CARELEAF_CACHE", "/var/cache/careleaf")

    assert choices() == [Path("/var/cache/careleaf")]


def test_a_user_without_a_home_is_told_what_to_set(choices, monkeypatch) -> None:
    monkeypatch.setattr(paths, "IS_CHECKOUT", False)
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))

    with pytest.raises(HandoutError) as caught:
        paths.cache_folder.__wrapped__()

    assert caught.value.code == "cache.not-writable"


# ---- the command's own default


def test_the_command_takes_the_clinics_folder_that_it_is_started_in(tmp_path: Path) -> None:
    (tmp_path / "handouts").mkdir()
    shutil.copy(PROGRAM / "clinic.yaml", tmp_path)

    ran = subprocess.run(
        [sys.executable, "-m", "careleaf", "list"],
        cwd=tmp_path, env={"PYTHONPATH": str(paths.PACKAGE.parent)}, capture_output=True, text=True,
    )  # fmt: skip

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_a_sheet_for_no_clinic_in_particular_is_told_to_be_the_invented_ones(
    tmp_path: Path,
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "careleaf", "blank", "bone-biopsy", "--locale", "xx"],
        cwd=tmp_path, env={"PYTHONPATH": str(paths.PACKAGE.parent)}, capture_output=True, text=True,
    )  # fmt: skip

    assert "these are the sheets of the invented clinic" in ran.stderr
