"""The JSON Schemas for editors: current, and of one mind with the loader, by another validator's word."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from builders import Yaml, a_clinic, every_block, write

from careleaf.content.json_schema import schemas
from careleaf.content.loading import load_clinic, load_handout
from careleaf.errors import HandoutError
from careleaf.paths import PROGRAM

COMMITTED = PROGRAM / "docs" / "schema"
HANDOUTS = sorted((PROGRAM / "handouts").glob("*.yaml"))


def validator(name: str) -> Any:
    return jsonschema_rs.validator_for(json.loads((COMMITTED / name).read_text("utf-8")))


HANDOUT, CLINIC = validator("handout.schema.json"), validator("clinic.schema.json")


def as_an_editor_reads(value: Any) -> Any:
    """Return YAML data as YAML 1.2 has it: a day is text there."""
    if isinstance(value, dict):
        return {key: as_an_editor_reads(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_an_editor_reads(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def read(path: Path) -> Any:
    return as_an_editor_reads(yaml.safe_load(path.read_text("utf-8")))


def loads(folder: Path, handout: Yaml) -> bool:
    """Whether the loader takes a handout."""
    path = folder / f"{handout.get('id', 'every-block')}.yaml"
    write(path, handout)
    try:
        load_handout(path, path.name, frozenset())
    except HandoutError:
        return False
    return True


def test_the_committed_schemas_are_those_of_the_models() -> None:
    committed = {path.name: path.read_text("utf-8") for path in COMMITTED.glob("*.json")}

    assert committed == schemas(), "run `make schema`"


@pytest.mark.parametrize("path", HANDOUTS, ids=lambda path: path.stem)
def test_the_handouts_of_the_project_fit_their_schema(path: Path) -> None:
    first = path.read_text("utf-8").splitlines()[0]

    assert first == "# yaml-language-server: $schema=../docs/schema/handout.schema.json"
    assert [str(error) for error in HANDOUT.iter_errors(read(path))] == []


def test_there_are_handouts_to_try() -> None:
    assert len(HANDOUTS) >= 2


def test_the_clinic_of_the_project_fits_its_schema() -> None:
    clinic = read(PROGRAM / "clinic.yaml")

    assert [str(error) for error in CLINIC.iter_errors(clinic)] == []


Change = Callable[[Yaml], Any]


def at(*path: Any, value: Any) -> Change:
    """Return a change that puts a value at a path."""

    def change(handout: Yaml) -> None:
        *parents, last = path
        node: Any = handout
        for part in parents:
            node = node[part]
        node[last] = value

    return change


def text(value: Any) -> Change:
    return at("sections", 0, "blocks", 0, "text", value=value)


def amount(**quantity: Any) -> Change:
    def change(handout: Yaml) -> None:
        handout["quantities"] = {"amount": quantity}
        text("Take {amount}.")(handout)

    return change


def after(**time: Any) -> Change:
    return at("timeline", 0, "after", value=time)


ACCEPTED: dict[str, Change] = {
    "as it is": lambda _: None,
    "a version that is a number": at("version", value=1.1),
    "codes that are numbers": at("procedure", value={"codes": {"cpt": [69436]}}),
    "a day in quotes": at("reviewed", value="2026-11-23"),
    "a value": amount(value=38, unit="celsius"),
    "a fraction": amount(value=0.5),
    "a range": amount(**{"from": 1, "to": 2}),
    "an answer to a question": amount(value=385, unit="celsius", unusual=True),
    "a field left open": at("sections", 0, "note", value=None),
    "letters of any script": text("لا تعطِ 药 Ł."),
}
REFUSED: dict[str, Change] = {
    "a digit": text("Take 2 of them."),
    "an Arabic digit": text("Take ٣ of them."),
    "a raised digit": text("Take m² of it."),
    "a loose brace": text("Take {."),
    "a brace around two words": text("Take {two words}."),
    "an empty text": text(""),
    "a space at the end": text("Rest. "),
    "two spaces": text("Rest.  Drink."),
    "markup": text("Rest <b>now</b>."),
    "an entity": text("Rest &amp; drink."),
    "an invisible character": text("Rest\u202e now."),
    "a number as text": text(7),
    "a digit in a line of a list": at("sections", 2, "blocks", 0, "signs", value=["In 2 days."]),
    "no value": amount(unit="minute"),
    "half a range": amount(**{"from": 1}),
    "value and range": amount(value=1, **{"from": 1, "to": 2}),
    "a value in quotes": amount(value="38"),
    "a value that is yes": amount(value=True),
    "a unit that is none": amount(value=1, unit="minuet"),
    "two times": after(days=1, weeks=1),
    "no time": after(),
    "hours beyond all": after(hours=1000),
    "a point and a span": at("timeline", 0, "from", value={"days": 1}),
    "a day that is a number": at("reviewed", value=20261123),
    "rows in quotes": at("sections", 1, "blocks", 8, "rows", value="2"),
    "rows that are yes": at("sections", 1, "blocks", 8, "rows", value=True),
    "a width between two steps": at("sections", 1, "blocks", 7, "width_mm", value=81),
    "a block type that is none": at("sections", 0, "blocks", 0, "type", value="keys"),
    "a pictogram on a block": at("sections", 0, "blocks", 0, "icon", value="ice"),
    "a pictogram that is none": at("sections", 0, "icon", value="icee"),
    "an unknown key": at("coed", value="K1"),
    "a name that is none": at("quantities", value={"Ice Time": {"value": 1}}),
    "two lines as a code": at("code", value="a\nb"),
    "no sections": at("sections", value=[]),
    "an empty list": at("sections", 2, "blocks", 0, "signs", value=[]),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_schema_accepts_what_the_loader_accepts(tmp_path: Path, name: str) -> None:
    handout = copy.deepcopy(every_block())
    ACCEPTED[name](handout)

    assert [str(error) for error in HANDOUT.iter_errors(as_an_editor_reads(handout))] == []
    assert loads(tmp_path, handout)


@pytest.mark.parametrize("name", REFUSED)
def test_the_schema_refuses_what_the_loader_refuses(tmp_path: Path, name: str) -> None:
    handout = copy.deepcopy(every_block())
    REFUSED[name](handout)

    assert not loads(tmp_path, handout)
    assert not HANDOUT.is_valid(as_an_editor_reads(handout))


@pytest.mark.parametrize(
    "change", [{"emergency_phone": 911}, {"medicines": {"pain": {"en": "a"}}}, {"units": {}}]
)
def test_the_clinics_schema_accepts_what_the_loader_accepts(tmp_path: Path, change: Yaml) -> None:
    clinic = a_clinic(**change)
    write(tmp_path / "clinic.yaml", clinic)

    assert load_clinic(tmp_path / "clinic.yaml", "clinic.yaml").name == "Test Clinic"
    assert CLINIC.is_valid(clinic)


def test_every_pattern_of_the_schemas_means_the_same_in_an_editor() -> None:
    """Editors read a pattern as ECMA-262 does, which knows no (?i), \\A or \\Z."""
    patterns = re.findall(r'"pattern": "(.*)"', "".join(schemas().values()))

    assert len(patterns) > 5
    assert [each for each in patterns if re.search(r"\(\?[a-zP]|\\\\[AZ]", each)] == []
