"""JSON from outside -> values in which no name stands twice: two readers would take two values."""

from __future__ import annotations

from typing import Any


class TwiceNamed(ValueError):
    """A name stands twice in one JSON object."""


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of its names and values, for `object_pairs_hook`. Raises TwiceNamed."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TwiceNamed("has a name twice in one object")
    return found
