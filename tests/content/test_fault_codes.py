"""The codes that the validators of YAML give are in the one table."""

from __future__ import annotations

import ast
from pathlib import Path

from careleaf.content.fields import OneWay
from careleaf.content.validating import _IN_PLAIN_WORDS
from careleaf.faults import FAULTS
from careleaf.paths import PROGRAM

MODULES = [
    path
    for room in ("content", "checks")
    for path in sorted((PROGRAM / "careleaf" / room).glob("*.py"))
]


def calls(path: Path, name: str) -> list[ast.Call]:
    tree = ast.parse(path.read_text("utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in found if isinstance(call.func, ast.Name) and call.func.id == name]


def test_the_codes_that_validators_give_are_in_the_table() -> None:
    given = {
        call.args[0].value
        for path in MODULES
        for call in calls(path, "refused")
        if isinstance(call.args[0], ast.Constant)
    }

    assert len(given) > 10
    assert given - FAULTS.keys() == set()
    assert {model.otherwise[0] for model in OneWay.__subclasses__()} - FAULTS.keys() == set()
    assert {code for code, _ in _IN_PLAIN_WORDS.values()} - FAULTS.keys() == set()
