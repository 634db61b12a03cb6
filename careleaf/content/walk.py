"""Walking over the wording of a handout: every translatable text with its path and its note."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from careleaf.content.fields import Model
from careleaf.content.yamlfile import Loc
from careleaf.text import Text

M = TypeVar("M", bound=Model)


def texts(node: object, loc: Loc = ()) -> Iterator[tuple[Loc, Text, str]]:
    """Yield every translatable text below `node` in reading order: its path, itself, its note."""
    yield from _texts(node, loc, "")


def _texts(node: object, loc: Loc, note: str) -> Iterator[tuple[Loc, Text, str]]:
    if isinstance(node, Text):
        yield loc, node, note
    elif isinstance(node, Model):
        note = getattr(node, "note", None) or note
        for field, info in type(node).model_fields.items():
            yield from _texts(getattr(node, field), (*loc, info.alias or field), note)
    elif isinstance(node, tuple):
        for index, child in enumerate(node):
            yield from _texts(child, (*loc, index), note)


def map_texts(node: M, change: Callable[[Loc, Text], Text]) -> M:
    """Return `node` with every translatable text replaced by what `change` makes of it."""
    return cast(M, _map(node, (), change))


def _map(node: object, loc: Loc, change: Callable[[Loc, Text], Text]) -> object:
    if isinstance(node, Text):
        return change(loc, node)
    if isinstance(node, Model):
        fields = type(node).model_fields.items()
        return node.model_copy(
            update={f: _map(getattr(node, f), (*loc, i.alias or f), change) for f, i in fields}
        )
    if isinstance(node, tuple):
        return tuple(_map(child, (*loc, index), change) for index, child in enumerate(node))
    return node
