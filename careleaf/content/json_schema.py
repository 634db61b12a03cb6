"""The JSON Schemas of the YAML files, for editors; generated from the models, committed under docs/schema/."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import BaseModel

from careleaf.content.clinic import Clinic
from careleaf.content.handout import Handout

DRAFT = "https://json-schema.org/draft/2020-12/schema"  # what pydantic writes


def schemas() -> dict[str, str]:
    """Return the text of each schema file by its name."""
    models: dict[str, type[BaseModel]] = {
        "handout.schema.json": Handout,
        "clinic.schema.json": Clinic,
    }
    return {
        name: json.dumps({"$schema": DRAFT, **schema(model)}, indent=2, ensure_ascii=False) + "\n"
        for name, model in models.items()
    }


@cache
def schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of a model; it accepts what `validate` accepts, as far as it can say so."""
    found = model.model_json_schema(by_alias=True)
    _close(found)
    return found


def _close(node: object) -> None:
    """Refuse the names that a mapping's pattern does not fit: pydantic leaves them open."""
    if isinstance(node, dict):
        if "patternProperties" in node:
            node["additionalProperties"] = False
        for child in node.values():
            _close(child)
    elif isinstance(node, list):
        for child in node:
            _close(child)
