"""How wide a text is, in ems, as the press would set it: shaped by HarfBuzz in our own faces."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby

import uharfbuzz

from careleaf import faces


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
