"""A run of text -> glyphs and the shifts between them, as WeasyPrint writes them in a PDF."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

import uharfbuzz

from careleaf.errors import Unsure
from careleaf.sheet import faces
from careleaf.stencil.runs import Run
from careleaf.stencil.style import UNITS, TypeStyle

_INVISIBLE = 0xFFFF  # stands for what is never drawn; no face of ours has so many glyphs


class Glyph(NamedTuple):
    """One glyph: its number in the face, and the text that it stands for."""

    family: str
    number: int
    text: str


Shift: TypeAlias = bytes  # a number between glyphs in a TJ operator
Rise: TypeAlias = float  # the operand of a Ts operator
Token: TypeAlias = Glyph | Shift | Rise


class SizedFont:
    """A face at one size, its numbers in Pango's units."""

    def __init__(self, family: str, weight: int, size: int) -> None:
        self.family, self.size = family, size / UNITS
        self.font = uharfbuzz.Font(_face(family, weight))
        self.font.scale = (size, -size)  # as Pango does: y runs downwards
        extents = self.font.get_font_extents("ltr")
        self.ascent, self.descent = abs(extents.ascender), abs(extents.descender)
        self._widths: dict[int, int] = {}

    def width(self, glyph: int) -> int:
        """Return a glyph's width in thousandths of the size, as the PDF's font says it."""
        width = self._widths.get(glyph)
        if width is None:
            advance = self.font.get_glyph_h_advance(glyph)
            width = self._widths[glyph] = round(advance * 1000 / UNITS / self.size)
        return width


@cache
def _face(family: str, weight: int) -> uharfbuzz.Face:
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(faces.face(family, weight).path))


@lru_cache(maxsize=256)
def sized_font(family: str, weight: int, size: int) -> SizedFont:
    return SizedFont(family, weight, size)


def shape(text: str, run: Run, style: TypeStyle, font: SizedFont, tokens: list[Token]) -> int:
    """Add a run's glyphs to `tokens`, with the shifts around them; return its width in 1/1024 pixels.

    The sums are WeasyPrint's (weasyprint/draw/text.py), down to the order of their roundings.
    """
    encoded, first = text.encode(), len(text[: run.start].encode())
    length = len(text[run.start : run.end].encode())
    backwards = bool(run.level % 2)
    buffer = uharfbuzz.Buffer()
    buffer.cluster_level = _CHARACTERS
    buffer.invisible_glyph = _INVISIBLE
    buffer.add_utf8(encoded, first, length)
    buffer.direction = "rtl" if backwards else "ltr"
    buffer.script = run.script
    buffer.language = _language(run.script, style)
    uharfbuzz.shape(font.font, buffer)
    infos = buffer.glyph_infos
    starts = [info.cluster for info in infos]
    end = first + length
    ends = [end, *starts[:-1]] if backwards else [*starts[1:], end]
    family, size, width = font.family, font.size, 0
    for info, place, start, end in zip(infos, buffer.glyph_positions, starts, ends, strict=True):
        number, advance = info.codepoint, place.x_advance
        if number == _INVISIBLE:
            if advance:
                raise Unsure("something wide that is never drawn")
            continue
        if number == 0:
            raise Unsure("a character without a glyph")
        glyph = Glyph(family, number, encoded[start:end].decode())
        offset, rise = place.x_offset / size, place.y_offset / 1000
        if rise or offset:
            tokens += _raised(glyph, offset, rise)
        else:
            tokens.append(glyph)
        back = int(font.width(number) + offset - advance * 1000 / UNITS / size)
        if back:
            tokens.append(b"%d" % back)
        width += advance
    return width


_CHARACTERS = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS


def _raised(glyph: Glyph, offset: float, rise: float) -> list[Token]:
    """Return a glyph that stands beside its place, above or under it: a mark on a letter."""
    tokens: list[Token] = [str(-offset).encode(), glyph] if offset else [glyph]
    return [-rise, *tokens, 0.0] if rise else tokens


# What Pango takes for the language of a run whose script is not that of the sheet's language.
_LANGUAGES = {
    "Latn": "en", "Grek": "el", "Cyrl": "ru", "Arab": "ar", "Hebr": "he", "Ethi": "am",
    "Deva": "hi", "Beng": "bn", "Taml": "ta", "Telu": "te", "Thai": "th", "Laoo": "lo",
    "Khmr": "km", "Mymr": "my", "Hira": "ja", "Kana": "ja", "Hang": "ko",
}  # fmt: skip
_WRITTEN_WITH = {"Jpan": ("Hani", "Hira", "Kana"), "Kore": ("Hang", "Hani"), "Hans": ("Hani",),
                 "Hant": ("Hani",)}  # fmt: skip


def _language(script: str, style: TypeStyle) -> str:
    if script == "Zyyy" or script in _WRITTEN_WITH.get(style.script, (style.script,)):
        return style.language
    return _LANGUAGES.get(script, "xx")
