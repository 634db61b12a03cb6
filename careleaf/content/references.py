"""What hangs together in a handout: names in braces, ids, the place of the timeline.

Asked of the plain data, so that a file with other faults gets these in the same go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from careleaf.content.blocks import BLOCKS, block_type
from careleaf.content.clinic import CLINIC_VALUES
from careleaf.content.yamlfile import Document, Loc
from careleaf.errors import HandoutError, nearest
from careleaf.text import placeholders

_TIMELINES = tuple(block_type(block) for block in BLOCKS if block.holds_timeline)


def reference_faults(
    document: Document, path: Path, texts: Iterable[tuple[Loc, str]], medicines: frozenset[str]
) -> Iterator[HandoutError]:
    """Yield what does not hang together; `texts` are those for translators, each with its path."""
    yield from _file_name(document, path)
    yield from _values(document, tuple(texts), medicines)
    yield from _section_ids(document)
    yield from _timeline(document)


def _file_name(document: Document, path: Path) -> Iterator[HandoutError]:
    own = document.data.get("id")
    if not isinstance(own, str) or path.stem == own:
        return
    other = path.with_name(f"{own}.yaml")
    words = f'the id "{own}" is not the file\'s name'
    if other.parent == path.parent and other.is_file():
        words = f'the id "{own}" is that of {other.name}'
    cure = f"name the file {own}.yaml, or the handout {path.stem}"
    yield HandoutError(words, document.where(("id",)), cure, "handout.id-not-file")


def _values(
    document: Document, texts: tuple[tuple[Loc, str], ...], medicines: frozenset[str]
) -> Iterator[HandoutError]:
    """Yield the names in braces that mean nothing, and the quantities that no text names."""
    quantities = tuple(_mapping(document.data.get("quantities")))
    taken = (*CLINIC_VALUES, "code", *sorted(medicines))
    used = {name for _, text in texts for name in placeholders(text)}
    known = (*quantities, *taken)
    for loc, text in texts:
        for name in placeholders(text):
            if name not in known:
                words = f"{{{name}}} has no quantity and no clinic value"
                hint = nearest(name, known)
                yield HandoutError(words, document.where(loc), hint, "placeholder.unknown")
    for name in quantities:
        place = document.where(("quantities", name), key=True)
        if name not in used:
            words = f'the quantity "{name}" is not used in any text'
            hint = f"write {{{name}}} where it belongs, or remove it"
            yield HandoutError(words, place, hint, "quantity.unused")
        if name in taken:
            words = f'the quantity "{name}" has the name of a clinic value'
            yield HandoutError(words, place, "give it another name", "quantity.name-taken")


def _section_ids(document: Document) -> Iterator[HandoutError]:
    ids = [
        (index, section["id"])
        for index, section in _mappings(document.data.get("sections"))
        if isinstance(section.get("id"), str)
    ]
    counts = Counter(id for _, id in ids)
    for index, id in ids:
        if counts[id] > 1:
            yield HandoutError(
                f'two sections have the id "{id}"',
                document.where(("sections", index, "id")),
                "translations hang on the id: give each its own",
                "section.id-twice",
            )


def _timeline(document: Document) -> Iterator[HandoutError]:
    places = [
        ("sections", s, "blocks", b)
        for s, section in _mappings(document.data.get("sections"))
        for b, block in _mappings(section.get("blocks"))
        if block.get("type") in _TIMELINES
    ]
    for place in places[1:]:
        words = "the timeline stands in two places"
        yield HandoutError(words, document.where(place), "keep one", "timeline.twice")
    if places and not document.data.get("timeline"):
        words = "a timeline block, but no milestones"
        hint = "add `timeline:`, or remove the block"
        yield HandoutError(words, document.where(places[0]), hint, "timeline.no-milestones")


def _mapping(data: object) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


def _mappings(data: object) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the members of a list that are mappings, with their index."""
    if isinstance(data, list):
        yield from ((index, each) for index, each in enumerate(data) if isinstance(each, dict))
