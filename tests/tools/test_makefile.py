"""make: values reach the program as text and only as text; blank sheets are made when they must."""

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

# Stands in for generate.py: tells what it was given, and makes what `blank` makes.
STAND_IN = """
import json, os, pathlib, sys
given = {key[9:]: value for key, value in os.environ.items() if key.startswith("CARELEAF_")}
with open("calls.jsonl", "a") as calls:
    calls.write(json.dumps([sys.argv[1:], given]) + "\\n")
if sys.argv[1] == "blank":
    folder = pathlib.Path(given["OUT"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{given['HANDOUT']}.{given['LOCALE']}.pdf").touch()
"""


@pytest.fixture
def project(tmp_path):
    """A small clinic: one handout, catalogues of nl, fr and fr_CA, and the real Makefile."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "stand_in.py").write_text(STAND_IN)
    for path in (
        "handouts/ear.yaml",
        "clinic.yaml",
        "templates/page.html.j2",
        "templates/blocks/call.html.j2",
        "styles/page.css",
        "locales/nl/LC_MESSAGES/ear.po",
        "locales/nl/LC_MESSAGES/sheet.po",
        "locales/fr/LC_MESSAGES/ear.po",
        "locales/fr_CA/LC_MESSAGES/sheet.po",
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


def made(project: Path) -> list[str]:
    return sorted(f"{given['HANDOUT']}.{given['LOCALE']}" for _, given in calls(project))


def touch(path: Path) -> None:
    """Make `path` newer than everything there is."""
    project = next(folder for folder in path.parents if (folder / "Makefile").exists())
    newest = max(each.stat().st_mtime_ns for each in project.rglob("*"))
    os.utime(path, ns=(newest + 10**6, newest + 10**6))


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


@pytest.mark.parametrize("given", ["OUT", "ROOT"])
@pytest.mark.parametrize("value", ["$(shell touch pwned)", "a b", "x;touch pwned", "`touch pwned`"])
def test_blanks_refuse_a_folder_that_make_would_read_as_more_than_a_name(project, given, value):
    result = make(project, "blanks", f"{given}={value}")

    assert result.returncode == 2
    assert f"{given} may hold no space or sign" in result.stderr
    assert not (project / "pwned").exists()


def test_a_handout_whose_name_make_would_run_is_not_run(project):
    for name in ("$(shell touch pwned)", "$(pwned)", "a;touch pwned;", "a:b"):
        (project / "handouts" / f"{name}.yaml").touch()

    make(project, "blanks")

    assert made(project) == ["ear.en", "ear.fr", "ear.fr_CA", "ear.nl"]
    assert not (project / "pwned").exists()


# ---- blank sheets


def test_blanks_are_every_handout_in_every_language(project):
    make(project, "blanks")

    assert made(project) == ["ear.en", "ear.fr", "ear.fr_CA", "ear.nl"]
    assert (project / "output/blanks/ear.nl.pdf").exists()


def test_blanks_are_made_by_two_at_once(project):
    result = make(project, "-j2", "blanks")

    assert result.returncode == 0, result.stderr
    assert len(made(project)) == 4


def test_blanks_that_are_up_to_date_are_left_alone(project):
    make(project, "blanks")
    calls(project)

    make(project, "blanks")

    assert made(project) == []


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("locales/nl/LC_MESSAGES/ear.po", ["ear.nl"]),
        ("locales/nl/LC_MESSAGES/sheet.po", ["ear.nl"]),
        ("locales/fr/LC_MESSAGES/ear.po", ["ear.fr", "ear.fr_CA"]),
        ("locales/fr_CA/LC_MESSAGES/sheet.po", ["ear.fr_CA"]),
        ("handouts/ear.yaml", ["ear.en", "ear.fr", "ear.fr_CA", "ear.nl"]),
        ("clinic.yaml", ["ear.en", "ear.fr", "ear.fr_CA", "ear.nl"]),
        ("styles/page.css", ["ear.en", "ear.fr", "ear.fr_CA", "ear.nl"]),
        ("templates/blocks/call.html.j2", ["ear.en", "ear.fr", "ear.fr_CA", "ear.nl"]),
    ],
)
def test_blanks_are_made_again_only_where_something_changed(project, changed, again):
    make(project, "blanks")
    calls(project)
    touch(project / changed)

    make(project, "blanks")

    assert made(project) == again


def test_blanks_of_a_clinic_with_a_folder_of_its_own(project, tmp_path_factory):
    own = tmp_path_factory.mktemp("clinic")
    (own / "handouts").mkdir()
    (own / "handouts" / "nose.yaml").touch()
    (own / "clinic.yaml").touch()

    make(project, "blanks", f"ROOT={own}", "OUT=own")

    [(words, given)] = calls(project)
    assert words == ["blank"]
    assert given == {"ROOT": str(own), "OUT": "own", "HANDOUT": "nose", "LOCALE": "en"}


# ---- the list


def test_plain_make_lists_every_target(project):
    listed = make(project).stdout

    for target in (
        "setup demo sheet batch blanks check extract update serve bench test lint verify clean "
        "golden faces lock schema setup-dev build"
    ).split():
        assert f"\n  {target} " in listed
