"""Every fault of the program has a code, and the codes are documented."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from careleaf.faults import FAULTS, as_markdown

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "careleaf").rglob("*.py"))
FAULT_CLASSES = ("HandoutError", "PressError")


def calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text("utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in found if getattr(call.func, "id", "") in FAULT_CLASSES]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_fault_is_made_with_a_code(path: Path):
    bare = [
        call.lineno
        for call in calls(path)
        if len(call.args) < 4 and not any(each.arg == "code" for each in call.keywords)
    ]

    assert bare == []


def test_the_walk_sees_the_faults_there_are():
    assert sum(len(calls(path)) for path in MODULES) > 150


def test_each_code_names_a_thing_and_what_is_wrong_with_it():
    assert all(code == "several" or len(code.split(".")) == 2 for code in FAULTS)


def test_the_page_of_the_codes_is_current():
    assert (ROOT / "docs" / "faults.md").read_text(
        "utf-8"
    ) == as_markdown()  # `make schema` writes it
