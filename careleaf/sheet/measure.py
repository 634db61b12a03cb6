"""How wide a text is, in ems, as the press would set it: shaped by HarfBuzz in our own faces."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby

import uharfbuzz

from careleaf.child import BY_KEY
from careleaf.sheet import faces


@lru_cache(maxsize=4096)
def ems(text: str, weight: int = 700) -> float:
    """Return the width of `text` on one line, in ems of the type size; `weight` is 400 or 700.

    A character that no face has counts as one em.
    """
    return sum(_width(family, weight, run) if family else len(run) for family, run in _runs(text))


def _runs(text: str) -> Iterator[tuple[str | None, str]]:
    drawn = faces.UNDRAWN.sub("", text)
    for family, run in groupby(drawn, faces.family_of):
        yield family, "".join(run)


def _width(family: str, weight: int, run: str) -> float:
    font = _font(family, weight)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(run)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    advances = sum(place.x_advance for place in buffer.glyph_positions)
    return float(advances) / float(font.face.upem)


@cache
def _font(family: str, weight: int) -> uharfbuzz.Font:
    blob = uharfbuzz.Blob.from_file_path(faces.face(family, weight).path)
    return uharfbuzz.Font(uharfbuzz.Face(blob))


# --- the child's places -------------------------------------------------------------------------

# The dates of the timeline, which stand in places of their own; as `child.Room`.
_WHEN = {"day": (18.2, 44.0), "span": (34.0, 70.0)}


def room(slot: str, place: str, *, large_print: bool) -> tuple[float, float]:
    """Return how many ems of bold text fit in a place: on one line, and on two smaller ones.

    Raises KeyError for a place that a slot has no room in.
    """
    value = BY_KEY.get(slot)
    if value is None:
        return _WHEN[place]
    return (value.room_large if large_print else value.room)[place]


def setting(value: str, name: str, place: str, *, large_print: bool = False) -> str:
    """Return how a value is set in a slot: "" in full size on one line, else `long` or `longest`.

    `place` is "box", "foot", "day" or "span" (the dates of a stretch of days).
    """
    one_line, two_lines = room(name, place, large_print=large_print)
    width = ems(value)
    return "" if width <= one_line else "long" if width <= two_lines else "longest"
