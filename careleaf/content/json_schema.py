"""The JSON Schemas of the YAML files, for editors; generated from `schema`, committed under docs/schema/."""

from __future__ import annotations

import json

from careleaf.content.schema import Clinic, Handout, Model

DRAFT = "https://json-schema.org/draft/2020-12/schema"  # what pydantic writes


def schemas() -> dict[str, str]:
    """Return the text of each schema file by its name."""
    models: dict[str, type[Model]] = {"handout.schema.json": Handout, "clinic.schema.json": Clinic}
    return {
        name: json.dumps(
            {"$schema": DRAFT, **model.model_json_schema(by_alias=True)},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
        for name, model in models.items()
    }
