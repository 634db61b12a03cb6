"""How wide a text is, in ems, as the press would set it: shaped by HarfBuzz in our own faces."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby

import uharfbuzz

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

# How many ems of bold text a place holds: on its one line, and on the two smaller lines that a
# longer value gets. They follow from the lengths in styles/tokens.css, on A4; Letter is wider.
ROOM = {
    "box": {"name": (23.4, 66.0), "date": (15.9, 36.0), "id": (8.4, 18.0)},
    "foot": {"name": (31.5, 99.0), "date": (31.5, 99.0), "id": (17.5, 99.0)},
    "day": {"when": (18.2, 44.0)},
    "span": {"when": (34.0, 70.0)},
}
ROOM_LARGE = {
    "box": {"name": (21.0, 66.0), "date": (26.0, 66.0), "id": (26.0, 66.0)},
    "foot": {"name": (22.0, 66.0), "date": (22.0, 66.0), "id": (12.0, 30.0)},
    "day": {"when": (18.2, 44.0)},
    "span": {"when": (34.0, 70.0)},
}


def setting(value: str, name: str, place: str, *, large_print: bool = False) -> str:
    """Return how a value is set in a slot: "" in full size on one line, else `long` or `longest`.

    `place` is "box", "foot", "day" or "span" (the dates of a stretch of days).
    """
    room = (ROOM_LARGE if large_print else ROOM)[place][name.partition("-")[0]]
    width = ems(value)
    return "" if width <= room[0] else "long" if width <= room[1] else "longest"
