"""The wheel: all that a clinic needs travels in it, and works from a folder outside the checkout."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import machine  # noqa: E402

SHIPPED = ("clinic.yaml", "docs/schema", "examples", "handouts", "locales", "styles", "templates")

needs_hatchling = pytest.mark.skipif(
    not os.environ.get("CI") and importlib.util.find_spec("hatchling") is None,
    reason="hatchling is not installed: make setup",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages into which the wheel was unpacked, as pip does; nobody may write there."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def careleaf(site: Path, tmp_path: Path):
    """Returns what runs the wheel's command in a folder; its cache is that of the tests."""

    def run(*words: str, cwd: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        cache = os.environ.get("CARELEAF_CACHE")
        kept = {"CARELEAF_CACHE": cache} if cache else {}
        return subprocess.run(
            [sys.executable, "-m", "careleaf", *words],
            cwd=cwd,
            env={
                "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(site),
                "CARELEAF_TODAY": "2026-11-23", **kept,
            },
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    return run


@needs_hatchling
@pytest.mark.parametrize("part", SHIPPED)
def test_every_file_that_a_clinic_needs_travels_in_the_wheel(wheel: Path, part: str) -> None:
    listed = subprocess.run(
        ["git", "ls-files", part], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())

    assert listed
    assert [name for name in listed if f"careleaf/data/{name}" not in packed] == []


@needs_hatchling
def test_nothing_else_travels_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
        data = {"/".join(name.split("/")[2:]) for name in archive.namelist() if "/data/" in name}

    assert {top.partition("-")[0] for top in tops} == {"careleaf"}
    assert [name for name in data if not name.startswith(SHIPPED)] == []


@needs_hatchling
def test_the_wheel_of_one_state_has_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip

    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


@needs_hatchling
@pytest.mark.slow
def test_a_new_clinic_works_from_the_wheel(careleaf, site: Path, tmp_path: Path) -> None:
    before = sorted(site.rglob("*.*"))
    made = careleaf("new", "my-clinic")
    ran = careleaf("batch", "roster.csv", "-o", "sheets", cwd=tmp_path / "my-clinic")

    assert (made.returncode, made.stderr) == (0, "")
    assert ran.returncode == 0, ran.stderr
    assert len(list((tmp_path / "my-clinic" / "sheets").glob("*.pdf"))) == 4
    after = (path for path in sorted(site.rglob("*.*")) if "__pycache__" not in path.parts)
    assert list(after) == before


@needs_hatchling
@pytest.mark.slow
def test_clinic_yaml_alone_is_a_clinic(careleaf, site: Path, tmp_path: Path) -> None:
    text = (ROOT / "clinic.yaml").read_text("utf-8").replace("Maple River", "Birch Hill")
    (tmp_path / "clinic.yaml").write_text(text, "utf-8")

    ran = careleaf("blank", "bone-biopsy", "--locale", "nl", "-o", "blanks")
    update = careleaf("locales", "update")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert (tmp_path / "blanks" / "bone-biopsy.nl.pdf").is_file()
    assert update.returncode == 2
    assert "the translations in use are the program's own" in update.stderr


@needs_hatchling
def test_the_wheel_has_the_name_and_version_of_the_program(careleaf) -> None:
    from careleaf import __version__

    assert careleaf("--version").stdout == f"careleaf {__version__}\n"
    assert "Usage: careleaf " in careleaf("--help").stdout


# ---- one list of system packages, in three places


def test_the_image_has_the_libraries_that_setup_installs() -> None:
    steps = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    [base, build] = re.findall(r"--no-install-recommends ([^&\n]+)", steps)

    assert base.split() == ["python3", *machine.DEBIAN]
    assert build.split() == ["python3-venv"]


def test_the_page_for_it_names_the_same_packages_and_steps() -> None:
    page = (ROOT / "docs" / "install.md").read_text("utf-8")

    assert f"sudo apt-get install {' '.join(('python3-venv', 'make', *machine.DEBIAN))}\n" in page
    for name in ("requirements.lock", "requirements-dev.lock", "CARELEAF_CACHE", "Dockerfile"):
        assert name in page


def test_ci_installs_the_same_libraries() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")

    for package in machine.DEBIAN:
        assert package in script


def test_the_image_is_built_from_what_it_needs_alone() -> None:
    kept = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }

    assert kept == {
        *SHIPPED,
        "LICENSE",
        "README.md",
        "careleaf",
        "pyproject.toml",
        "requirements.lock",
    }


def test_the_image_runs_as_a_user_without_rights_and_asks_after_its_health() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()

    last = len(lines) - lines[::-1].index("USER careleaf") - 1
    assert not [line for line in lines[last + 1 :] if line.startswith("USER")]
    assert any(line.startswith("HEALTHCHECK") for line in lines)
