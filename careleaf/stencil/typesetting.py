"""A value as glyphs on a line, number for number as the press would set it.

The press is WeasyPrint on Pango on HarfBuzz. What Pango does to a short line (cut it into runs of
one direction, script and face, shape each, put them in visual order) is done here, with HarfBuzz
itself; and what WeasyPrint does to place the glyphs in a PDF, with its roundings. Where a line
could come out another way, `Unsure` is raised and the press makes the sheet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

import uharfbuzz

from careleaf.errors import Unsure
from careleaf.sheet import faces
from careleaf.stencil import bidi
from careleaf.text import FSI, PDI

UNITS = 1024  # of Pango and of HarfBuzz in a CSS pixel
TOLERANCE = 0.5  # pixels; a line that fits by less may break otherwise in the press
_INVISIBLE = 0xFFFF  # stands for what is never drawn; no face of ours has so many glyphs


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """How a slot is set: what the press found in the styles. Lengths are CSS pixels.

    `size` is in 1/1024 pixel; `baseline` is that of an empty line, from its top; `wraps` tells
    whether a value may take several lines; `script` is ISO 15924 of the language.
    """

    families: tuple[str, ...]
    weight: int
    size: int
    language: str
    script: str
    is_rtl: bool
    wraps: bool
    line_height: float
    baseline: float


class Glyph(NamedTuple):
    """One glyph: its number in the face, and the text that it stands for."""

    family: str
    number: int
    text: str


Shift: TypeAlias = bytes  # a number between glyphs in a TJ operator
Rise: TypeAlias = float  # the operand of a Ts operator
Token: TypeAlias = Glyph | Shift | Rise


@dataclass(frozen=True, slots=True)
class GlyphLine:
    """A line ready to be written; `drop` is from its top to its baseline, `height` to the next."""

    tokens: tuple[Token, ...]
    width: float
    drop: float
    height: float


# ---- lines -------------------------------------------------------------------------------------


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
        or (unicodedata.category(char)[0] in "LMN" and _script(char) not in _BREAKING_SCRIPTS)
        for char in value
    )


def line(text: str, style: TypeStyle) -> GlyphLine:
    """Return one line of text; a leading FSI isolates what follows it. Raises Unsure."""
    tokens: list[Token] = []
    runs = _runs(text, style)
    width = 0
    for run in runs:
        font = _font(run.family, style.weight, style.size)
        width += _shape(text, run, style, font, tokens)
    ascent, descent = _heights(runs, style)
    half_leading = (style.line_height - ascent - descent) / 2
    drop = max(style.baseline, ascent + half_leading)
    depth = max(style.line_height - style.baseline, descent + half_leading)
    return GlyphLine(tuple(tokens), width / UNITS, drop, drop + depth)


# Where a line begins in one of these scripts, Pango hangs their runs lower by so much of the size,
# so that their baseline meets that of the first face (measured; the tests compare it again).
_EAST_ASIAN = {"Hani", "Hira", "Kana", "Hang"}
_LOWER = {400: 0.078857, 700: 0.068848}


def _heights(runs: Sequence[_Run], style: TypeStyle) -> tuple[float, float]:
    """Return how far a line reaches above and under its baseline, in pixels."""
    first = min(runs, key=lambda run: run.start, default=None)
    base = _font(style.families[0], style.weight, style.size)  # that of the isolates around
    heights = [(base.ascent / UNITS, base.descent / UNITS)]
    is_hung = first is not None and first.script in _EAST_ASIAN
    if is_hung and (base.family != faces.FAMILIES[0] or style.weight not in _LOWER):
        raise Unsure("an East Asian line in a style that it does not know")
    for run in runs:
        font = _font(run.family, style.weight, style.size)
        is_lower = is_hung and run.script in _EAST_ASIAN and run.family != base.family
        lower = _LOWER[style.weight] * font.size if is_lower else 0.0
        heights.append((font.ascent / UNITS - lower, font.descent / UNITS + lower))
    return max(up for up, _ in heights), max(down for _, down in heights)


def glyphs_of(text: str, style: TypeStyle) -> list[Glyph]:
    """Return the glyphs of a text, in no particular order. Raises Unsure."""
    return [token for token in line(text, style).tokens if isinstance(token, Glyph)]


# ---- runs --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of a line (from `start` up to `end`) in one direction, script and face."""

    start: int
    end: int
    level: int
    script: str
    family: str


# Letters that run from left to right in one script and one face, with what stands between them:
# for these there is nothing to sort out.
_LATIN = re.compile("[ ,.'0-9A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ-]+")


def _runs(text: str, style: TypeStyle) -> list[_Run]:
    """Return the runs of a line, from left to right."""
    start, end = text.startswith(FSI), len(text) - text.endswith(PDI)
    inner = text[start:end]
    if _LATIN.fullmatch(inner) and all(
        _family(c, style.families) == style.families[0] for c in inner
    ):
        script = "Latn" if any(map(str.isalpha, inner)) else "Zyyy"
        return [_Run(int(start), end, 2, script, style.families[0])]
    runs = [
        _Run(run.start + start, run.end + start, run.level, run.script, run.family)
        for run in _itemized(inner, _levels(inner, style.is_rtl, isolated=bool(start)), style)
    ]
    return [runs[index] for index in bidi.visual([run.level for run in runs])]


def _levels(text: str, is_rtl: bool, *, isolated: bool) -> list[int]:
    outer = int(is_rtl)
    if not isolated:
        return bidi.levels(text, outer)
    if bidi.is_plain(text):
        return [2] * len(text)
    inner = bidi.first_strong(text)
    return bidi.levels(text, inner if inner > outer else inner + 2)


def _itemized(text: str, levels: Sequence[int], style: TypeStyle) -> Iterator[_Run]:
    """Yield the runs of a text in the order written.

    A character of no script of its own (a space, a digit) goes with what stands before it. A space
    takes the face before it, or that after it where that comes earlier in the list of faces.
    """
    scripts = _scripts(text)
    families = style.families
    start, family, end = 0, "", 0  # `end` is behind the last character that is no space
    for index, char in enumerate(text):
        own = "" if _is_space(char) else _family(char, families)
        place = (levels[index], scripts[index])
        cut = start
        if place != (levels[start], scripts[start]):
            cut = index
        elif own and family and own != family:
            cut = end if families.index(own) < families.index(family) else index
        if cut > start:
            yield _Run(start, cut, levels[start], scripts[start], family or families[0])
            start, family = cut, ""
        family = family or own
        end = index + 1 if own else end
    if text:
        yield _Run(start, len(text), levels[start], scripts[start], family or families[0])


def _is_space(char: str) -> bool:
    return unicodedata.category(char) in ("Zs", "Cc", "Cf")


@lru_cache(maxsize=8192)
def _family(char: str, families: tuple[str, ...]) -> str:
    family = faces.family_of(char, families)
    if family is None:
        raise Unsure("a character without a glyph")
    return family


_CLOSING = dict(zip("([{<«‘“‹〈《「『【", ")]}>»’”›〉》」』】", strict=True))


def _scripts(text: str) -> list[str]:
    """Return the script of each character; a closing bracket goes with its opening one."""
    own = [_script(char) for char in text]
    current = next(filter(None, own), "Zyyy")
    scripts, opened = [], []
    for char, script in zip(text, own, strict=True):
        if char in _CLOSING:
            opened.append((_CLOSING[char], current))
        elif any(char == closing for closing, _ in opened):
            while (bracket := opened.pop())[0] != char:
                pass
            current = bracket[1]
        current = script or current
        scripts.append(current)
    return scripts


# By the first word of a character's name.
_SCRIPTS = {
    "LATIN": "Latn", "GREEK": "Grek", "CYRILLIC": "Cyrl", "ARABIC": "Arab", "EXTENDED": "Arab",
    "HEBREW": "Hebr", "ETHIOPIC": "Ethi", "DEVANAGARI": "Deva", "BENGALI": "Beng", "TAMIL": "Taml",
    "TELUGU": "Telu", "THAI": "Thai", "LAO": "Laoo", "KHMER": "Khmr", "MYANMAR": "Mymr",
    "CJK": "Hani", "HIRAGANA": "Hira", "KATAKANA": "Kana", "HANGUL": "Hang",
}  # fmt: skip


@lru_cache(maxsize=8192)
def _script(char: str) -> str:
    """Return the script of a letter as ISO 15924, or "" for what all scripts share."""
    category = unicodedata.category(char)
    if (category[0] != "L" and category not in ("Mc", "Nd")) or category == "Lm":
        return ""
    script = _SCRIPTS.get(unicodedata.name(char, "").partition(" ")[0], "")
    if not script and category[0] == "L":
        raise Unsure("a script that it does not know")
    return script


# ---- shaping -----------------------------------------------------------------------------------


class _Font:
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
def _font(family: str, weight: int, size: int) -> _Font:
    return _Font(family, weight, size)


def _shape(text: str, run: _Run, style: TypeStyle, font: _Font, tokens: list[Token]) -> int:
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
