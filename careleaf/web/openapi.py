"""What /openapi.json says of the routes for programs: their parameters, answers and security."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from careleaf.desk.infobutton import (
    ATOM,
    CODE,
    HTML,
    JSON,
    LANGUAGE,
    LIMIT_CODES,
    LIMIT_VALUE,
    SYSTEM,
    TASK,
    TYPE,
    TYPES,
)
from careleaf.web.auth import LINK_PATHS
from careleaf.web.settings import Settings

Described = dict[int | str, dict[str, Any]]  # FastAPI's `responses`


class ApiModel(BaseModel):
    """Frozen, and described by its fields alone."""

    model_config = ConfigDict(frozen=True)


class FaultOut(ApiModel):
    """What is wrong, and how to put it right."""

    field: str = Field(
        description="The field of the request, or the file and line; empty for the whole."
    )
    message: str = Field(description="For people; it may change.")
    hint: str = Field(description="The cure, for people.")
    code: str = Field(description="For programs; it stays, such as date.missing.")


class FaultsOut(ApiModel):
    """Why a request was refused; every fault at once."""

    faults: list[FaultOut]


def says(what: str) -> dict[str, Any]:
    """Describe an answer that holds faults."""
    return {"description": what, "model": FaultsOut}


TEXT: dict[str, Any] = {"text/plain": {"schema": {"type": "string"}}}

REFUSED: Described = {
    400: says("The request cannot be read."),
    401: says("The page wants a token: send Authorization: Bearer with it."),
    403: says("The request came from another site's page."),
    408: says("The body came too slowly."),
    413: says("The body is too large."),
    421: says("The Host header does not name this server."),
    500: says("A file of the clinic, or the program, has a fault."),
    503: says("Too many sheets are being made; try again after Retry-After seconds."),
}

_BYTES = {"schema": {"type": "string", "format": "binary"}}

PDF: Described = {
    200: {
        "description": "The sheet: PDF/A-2a and PDF/UA-1.",
        # The second is for whoever asks for it, and for generators that know no PDF.
        "content": {"application/pdf": _BYTES, "application/octet-stream": _BYTES},
        "headers": {
            "X-Sheet-Pages": {"description": "How many pages.", "schema": {"type": "integer"}},
            "X-Sheet-Way": {
                "description": "How it was made: stencil or press.",
                "schema": {"type": "string"},
            },
        },
    },
}


# --- links of an EHR ----------------------------------------------------------------------------


def _query(name: str, description: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


_TEXT = {"type": "string", "minLength": 1, "maxLength": LIMIT_VALUE}
_TEXTS = {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": LIMIT_CODES}

INFOBUTTON: dict[str, Any] = {
    "parameters": [
        _query(
            CODE,
            f"The code. For several repeat it, or count: {CODE}1, {CODE}2.",
            _TEXTS,
            required=True,
        ),
        _query(
            SYSTEM,
            f"The code system, as OID or URI: one for all codes, or one for each ({SYSTEM}1).",
            _TEXTS,
            required=True,
        ),
        _query(f"{CODE}1", "A second code.", _TEXT),
        _query(f"{SYSTEM}1", "Its code system.", _TEXT),
        _query(TASK, "The task. DISCHINSTE puts what to do at home first.", _TEXT),
        _query(LANGUAGE, "The family's language (BCP 47); the clinic's own if left out.", _TEXT),
        _query(
            TYPE,
            f"The type of the answer. If left out: {ATOM}, and {HTML} for a browser (by Accept).",
            {"type": "string", "enum": list(TYPES)},
        ),
    ]
}

_FEED = {"type": "object", "properties": {"feed": {"type": "object"}}, "required": ["feed"]}

INFOBUTTON_ANSWERS: Described = {
    200: {
        "description": "The sheets for these codes.",
        "content": {
            ATOM: {"schema": {"type": "string"}},
            HTML: {"schema": {"type": "string"}},
            JSON: {"schema": _FEED},
        },
    },
    400: {"description": "A parameter is missing or wrong.", "content": TEXT},
    415: {"description": "There is no answer of this type.", "content": TEXT},
}

BLANK: dict[str, Any] = {
    "parameters": [
        {
            "name": "name",
            "in": "path",
            "required": True,
            "description": "A handout's id, a point, and a locale tag.",
            "schema": {"type": "string"},
            "example": "bone-biopsy.nl",
        },
        _query(
            "size",
            "The paper; the clinic's own if left out.",
            {"type": "string", "enum": ["a4", "letter"]},
        ),
        _query(
            "large_print", "Whether the print is large.", {"type": "string", "enum": ["yes", "no"]}
        ),
    ]
}


# --- the whole ----------------------------------------------------------------------------------


def describe(app: FastAPI, settings: Settings) -> None:
    """Let the app's description say who may ask: with a token, only whoever sends it."""
    make = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            _secure(make(), settings)
        return make()

    app.openapi = described  # type: ignore[method-assign]


def _secure(schema: dict[str, Any], settings: Settings) -> None:
    bearer: list[dict[str, list[str]]] = [{"bearer": []}]
    schema["components"]["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token that `serve` was started with; without one nobody needs it.",
        }
    }
    schema["security"] = bearer if settings.token else [{}, *bearer]
    for path, operations in schema["paths"].items():
        is_open = path == "/healthz" or (settings.open_links and path.startswith(LINK_PATHS))
        for operation in operations.values():
            operation["security"] = [] if is_open else schema["security"]
