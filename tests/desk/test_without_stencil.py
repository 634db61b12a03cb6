"""The folder of the stencil is gone: the program works, slower."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("careleaf", "handouts", "locales", "styles", "templates")


@pytest.mark.slow
def test_a_program_without_the_folder_of_the_stencil_makes_the_sheet_by_the_press(tmp_path: Path):
    for part in PARTS:
        shutil.copytree(
            ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("stencil", "__pycache__")
        )
    shutil.copy(ROOT / "clinic.yaml", tmp_path)
    command = [sys.executable, "-m", "careleaf", "sheet", "bone-biopsy", "--name", "Anna Example"]
    command += ["--date", "2026-11-24", "--root", str(tmp_path), "-o", str(tmp_path / "sheet.pdf")]

    made = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "CARELEAF_TODAY": "2026-11-23"},
        text=True,
        capture_output=True,
    )

    assert made.returncode == 0, made.stderr
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
