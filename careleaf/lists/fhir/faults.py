"""Why a resource gives no row, and how a resource's own elements are read: never as something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_LABEL = re.compile(r"[A-Za-z]{1,40}/[A-Za-z0-9.-]{1,64}\Z")


class Unmapped(Exception):
    """Why a resource gives no row: the fault, the cure, and the code."""

    def __init__(self, fault: str, cure: str, code: str) -> None:
        super().__init__(fault)
        self.fault, self.cure, self.code = fault, cure, code


def wrong(element: str, needed: str) -> Unmapped:
    """Return the fault of an element that is not what FHIR says it is."""
    return Unmapped(f"has a {element} that is {needed}", "FHIR's data types", "fhir.wrong-type")


def flag(resource: Mapping[str, Any], element: str) -> bool | None:
    """Return a boolean, or None where there is none. Raises Unmapped for `"true"`, 1 and the like."""
    value = resource.get(element)
    if value is None or isinstance(value, bool):
        return value
    raise wrong(element, "neither true nor false")


def text(value: object, element: str) -> str:
    """Return a string, empty where there is none. Raises Unmapped for a number, a list and the like."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise wrong(element, "no text")


def objects(value: object, element: str) -> list[dict[str, Any]]:
    """Return a list of objects, empty where there is none. Raises Unmapped for anything else."""
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise wrong(element, "no list of objects")


def need_plain(resource: Mapping[str, Any]) -> None:
    """Raise Unmapped if the resource says that it means something else than it seems to.

    A reader that does not know a modifierExtension or an implicitRules must not use the resource
    (FHIR R4 2.4.0.2.2, 2.26.3.2).
    """
    if resource.get("implicitRules"):
        raise Unmapped("has implicitRules that are not known here", "send it without", "fhir.rules")
    if any(True for _ in _modifiers(resource)):
        raise Unmapped(
            "has a modifierExtension that is not known here", "send it without", "fhir.modifier"
        )


def _modifiers(value: object) -> Iterator[object]:
    """Yield each modifierExtension, however deep; what is contained is a resource of its own."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "modifierExtension" and inner:
                yield inner
            elif name != "contained":
                yield from _modifiers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _modifiers(inner)


def label(kind: str, id: object, number: int) -> str:
    """Return how a message names a resource: by type and id, or by its place."""
    named = f"{kind}/{id}"
    return named if _LABEL.match(named) else f"{kind}, entry {number},"
