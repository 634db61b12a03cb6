"""make: values reach the program as text and only as text."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(
    not os.environ.get("CI") and not shutil.which("make"), reason="make is not installed"
)

# Stands in for generate.py: tells what it was given.
STAND_IN = """
import json, os, sys
given = {key[9:]: value for key, value in os.environ.items() if key.startswith("CARELEAF_")}
with open("calls.jsonl", "a") as calls:
    calls.write(json.dumps([sys.argv[1:], given]) + "\\n")
if given.get("LOCALE") == "refused":
    sys.exit("ear, refused: not made")
"""


@pytest.fixture
def project(tmp_path):
    """A folder with one handout and the real Makefile."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "stand_in.py").write_text(STAND_IN)
    for path in (
        "handouts/ear.yaml",
        "requirements.lock",
        "pyproject.toml",
        "tools/machine.py",
        ".venv/ready",
        "requirements-dev.lock",
        ".venv/ready-dev",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    return tmp_path


def make(project: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["make", *words, f"GENERATE={sys.executable} stand_in.py"]
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("CARELEAF_", "MAKE"))}
    return subprocess.run(
        command, cwd=project, env={**plain, **environment}, text=True, capture_output=True
    )


def calls(project: Path) -> list[tuple[list[str], dict[str, str]]]:
    """Return what the program was called with since last asked: its words and its values."""
    file = project / "calls.jsonl"
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return [tuple(json.loads(line)) for line in lines]


# ---- values


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien; touch pwned",
        "$(shell touch pwned)",
        "$$(touch pwned)",
        "${shell touch pwned}",
        "`touch pwned`",
        '"; touch pwned; "',
        "' && touch pwned '",
        "two\nlines\n\ttouch pwned",
        "\\",
        "#100% $HOME $(HOME) *.py ~",
        "Nguyễn Thị Ánh محمد 李小龙",
    ],
    ids=repr,
)
def test_a_name_reaches_the_program_letter_by_letter_and_runs_nothing(project, name):
    result = make(project, "sheet", f"NAME={name}", "HANDOUT=ear", "DATE=2026-11-23")

    assert result.returncode == 0, result.stderr
    assert calls(project) == [(["sheet"], {"NAME": name, "HANDOUT": "ear", "DATE": "2026-11-23"})]
    assert not (project / "pwned").exists()


def test_a_name_in_the_environment_is_of_something_else(project):
    make(project, "sheet", "HANDOUT=ear", NAME="DESKTOP-1", SIZE="$(shell touch pwned)")

    assert calls(project) == [(["sheet"], {"HANDOUT": "ear"})]
    assert not (project / "pwned").exists()


# ---- blank sheets: make asks the program, which knows what has changed (tests/batch/test_blanks.py)


@pytest.mark.parametrize("given", ["OUT", "ROOT"])
@pytest.mark.parametrize("value", ["$(shell touch pwned)", "a b", "x;touch pwned", "`touch pwned`"])
def test_a_folder_for_blanks_reaches_the_program_letter_by_letter_and_runs_nothing(
    project, given, value
):
    result = make(project, "blanks", f"{given}={value}")

    assert result.returncode == 0, result.stderr
    assert calls(project) == [(["blank"], {given: value})]
    assert not (project / "pwned").exists()


def test_a_handout_whose_name_make_would_run_is_not_run(project):
    for name in ("$(shell touch pwned)", "$(pwned)", "a;touch pwned;", "a:b"):
        (project / "handouts" / f"{name}.yaml").touch()

    make(project, "blanks")

    assert calls(project) == [(["blank"], {})]
    assert not (project / "pwned").exists()


def test_blanks_are_asked_for_once_however_many_jobs_make_may_start(project):
    result = make(project, "-j2", "blanks")

    assert result.returncode == 0, result.stderr
    assert calls(project) == [(["blank"], {})]


def test_a_translation_that_is_not_finished_fails_the_target(project):
    result = make(project, "blanks", "LOCALE=refused")

    assert result.returncode == 2  # make's own, for any recipe that fails
    assert "refused: not made" in result.stderr


# ---- the list


def test_plain_make_lists_every_target(project):
    listed = make(project).stdout

    for target in (
        "setup demo sheet batch blanks check extract update serve bench test lint verify clean "
        "golden faces lock schema setup-dev build"
    ).split():
        assert f"\n  {target} " in listed
