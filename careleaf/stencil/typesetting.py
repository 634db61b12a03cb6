"""A value as glyphs on a line, number for number as the press would set it.

The press is WeasyPrint on Pango on HarfBuzz. What Pango does to a short line (cut it into runs of
one direction, script and face, shape each, put them in visual order) is done here, with HarfBuzz
itself; and what WeasyPrint does to place the glyphs in a PDF, with its roundings. Where a line
could come out another way, `Unsure` is raised and the press makes the sheet.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from careleaf.errors import Unsure
from careleaf.sheet import faces
from careleaf.stencil.runs import Run, runs
from careleaf.stencil.scripts import script
from careleaf.stencil.shaping import Glyph, Token, shape, sized_font
from careleaf.stencil.style import UNITS, TypeStyle
from careleaf.text import FSI, PDI

TOLERANCE = 0.5  # pixels; a line that fits by less may break otherwise in the press


@dataclass(frozen=True, slots=True)
class GlyphLine:
    """A line ready to be written; `drop` is from its top to its baseline, `height` to the next."""

    tokens: tuple[Token, ...]
    width: float
    drop: float
    height: float


@lru_cache(maxsize=512)
def lines(value: str, style: TypeStyle, width: float) -> tuple[GlyphLine, ...]:
    """Return `value` as one line or several, in a box `width` pixels wide. Raises Unsure."""
    whole = line(f"{FSI}{value}{PDI}", style)
    if whole.width <= width - (TOLERANCE if style.wraps else 0):
        return (whole,)
    if not style.wraps or not _breaks_at_spaces_only(value):
        raise Unsure("a value wider than its place")
    *above, last = (line(text, style) for text in _broken(f"{FSI}{value}{PDI}", style, width))
    space = glyphs_of(" ", style)  # all lines are one piece of text: keep its words apart
    return (*(replace(each, tokens=(*each.tokens, *space)) for each in above), last)


def _broken(text: str, style: TypeStyle, width: float) -> Iterator[str]:
    """Yield the lines of `text`: each holds as many words as fit."""
    words = text.split(" ")
    while words:
        taken = len(words)
        while taken and (wide := line(" ".join(words[:taken]), style).width) > width:
            taken -= 1
            if taken and abs(wide - width) < TOLERANCE:
                raise Unsure("a value as wide as its place")
        if not taken or width - wide < TOLERANCE:
            raise Unsure("a value as wide as its place")
        yield " ".join(words[:taken])
        words = words[taken:]


_BREAKING_SCRIPTS = {"Hani", "Hira", "Kana", "Hang", "Thai", "Laoo", "Khmr", "Mymr"}


def _breaks_at_spaces_only(value: str) -> bool:
    """Whether UAX #14 lets a line of `value` end nowhere but at a space."""
    return all(
        char in " ,.'’،"
        or (unicodedata.category(char)[0] in "LMN" and script(char) not in _BREAKING_SCRIPTS)
        for char in value
    )


def line(text: str, style: TypeStyle) -> GlyphLine:
    """Return one line of text; a leading FSI isolates what follows it. Raises Unsure."""
    tokens: list[Token] = []
    found = runs(text, style)
    width = 0
    for run in found:
        font = sized_font(run.family, style.weight, style.size)
        width += shape(text, run, style, font, tokens)
    ascent, descent = _heights(found, style)
    half_leading = (style.line_height - ascent - descent) / 2
    drop = max(style.baseline, ascent + half_leading)
    depth = max(style.line_height - style.baseline, descent + half_leading)
    return GlyphLine(tuple(tokens), width / UNITS, drop, drop + depth)


# Where a line begins in one of these scripts, Pango hangs their runs lower by so much of the size,
# so that their baseline meets that of the first face (measured; the tests compare it again).
_EAST_ASIAN = {"Hani", "Hira", "Kana", "Hang"}
_LOWER = {400: 0.078857, 700: 0.068848}


def _heights(found: Sequence[Run], style: TypeStyle) -> tuple[float, float]:
    """Return how far a line reaches above and under its baseline, in pixels."""
    first = min(found, key=lambda run: run.start, default=None)
    base = sized_font(style.families[0], style.weight, style.size)  # that of the isolates around
    heights = [(base.ascent / UNITS, base.descent / UNITS)]
    is_hung = first is not None and first.script in _EAST_ASIAN
    if is_hung and (base.family != faces.families()[0] or style.weight not in _LOWER):
        raise Unsure("an East Asian line in a style that it does not know")
    for run in found:
        font = sized_font(run.family, style.weight, style.size)
        if is_hung and run.script not in _EAST_ASIAN and run.family != base.family:
            raise Unsure("an East Asian line with a third face in it")
        is_lower = is_hung and run.script in _EAST_ASIAN and run.family != base.family
        lower = _LOWER[style.weight] * font.size if is_lower else 0.0
        heights.append((font.ascent / UNITS - lower, font.descent / UNITS + lower))
    return max(up for up, _ in heights), max(down for _, down in heights)


def glyphs_of(text: str, style: TypeStyle) -> list[Glyph]:
    """Return the glyphs of a text, in no particular order. Raises Unsure."""
    return [token for token in line(text, style).tokens if isinstance(token, Glyph)]
