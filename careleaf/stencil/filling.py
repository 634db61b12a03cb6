"""A stencil and a child's values -> the bytes of a PDF."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from careleaf.child import VALUES
from careleaf.errors import Unsure
from careleaf.pdf import objects
from careleaf.pdf.objects import number
from careleaf.sheet import measure
from careleaf.stencil import fonts
from careleaf.stencil.model import BaseFont, Face, Hole, Stencil
from careleaf.stencil.shaping import Glyph
from careleaf.stencil.style import UNITS, TypeStyle
from careleaf.stencil.typesetting import GlyphLine, lines

WIDTH = 4  # bytes of a place in the file, in the cross-reference table
_REMEMBERED = 4096  # values that a filler keeps ready; a day's list repeats its dates
_OWN = frozenset(value.key for value in VALUES if value.kind != "moment")  # never kept


class UnknownSetting(Exception):
    """A value wants a setting in some hole that the press has not shown to this stencil yet."""


class Filler:
    """Writes values into the holes of one stencil, for any number of children."""

    def __init__(self, stencil: Stencil) -> None:
        self.stencil = stencil
        self._ready: dict[tuple[int, str], bytes] = {}
        self._table = objects.PackedStart(stencil.table)
        self._seed = hashlib.blake2b(stencil.head, digest_size=16)  # not of where the folder is

    def fill(self, values: Mapping[str, str]) -> bytes:
        """Return the sheet with these values in its slots. Raises Unsure, or UnknownSetting."""
        extras = GlyphFonts(self.stencil.fonts)
        bodies = [
            self._content(index, hole, values[hole.slot], extras)
            for index, hole in enumerate(self.stencil.holes)
        ]
        first = self.stencil.first + len(bodies) + 1
        bodies.append(extras.by_name(first))
        bodies += extras.objects(first)
        return self._file(bodies)

    def _content(self, index: int, hole: Hole, value: str, extras: GlyphFonts) -> bytes:
        ready = self._ready.get((index, value))
        if ready is None:
            before, extras.hole = extras.count, index
            ready = objects.stream(b"", written(hole, value, self.stencil.large_print, extras))
            if extras.count == before and hole.slot not in _OWN:
                if len(self._ready) >= _REMEMBERED:
                    self._ready.clear()
                self._ready[index, value] = ready
        return ready

    def _file(self, bodies: Sequence[bytes]) -> bytes:
        stencil = self.stencil
        position = len(stencil.head)
        parts, rows = [stencil.head], []
        identity = self._seed.copy()
        for place, body in enumerate(bodies, stencil.first):
            written = objects.indirect(place, body)
            rows.append(objects.row(1, position, width=WIDTH))
            parts.append(written)
            identity.update(body)
            position += len(written)
        rows.append(objects.row(1, position, width=WIDTH))
        size = stencil.first + len(rows)
        entries = objects.table_entries(size, WIDTH, stencil.trailer, identity.hexdigest().encode())
        table = objects.stream(entries, self._table.ended(b"".join(rows)))
        parts += [objects.indirect(size - 1, table), objects.ending(position)]
        return b"".join(parts)


# ---- glyphs that the constant part lacks -------------------------------------------------------


class GlyphFonts:
    """Finds the font that has a glyph: one of the constant part, or a small one made for the child."""

    def __init__(self, base: Mapping[Face, BaseFont]) -> None:
        self._base = base
        self._more: dict[Face, dict[int, tuple[int, str]]] = {}
        self.hole = 0  # the one that is being filled
        self.count = 0  # of the times that a glyph of a small font was asked for

    def find(self, glyph: Glyph, weight: int) -> tuple[bytes, int]:
        """Return the name of a font and the number of a glyph in it. Raises Unsure."""
        family, number, text = glyph
        face = (family, weight)
        base = self._base.get(face)
        if base is not None:
            if base.texts.get(number) == text:
                return base.resource, number
            if number in base.fixed:
                if base.fixed[number] > self.hole:
                    raise Unsure("a glyph that stands for two texts")
                return base.resource, number
        if not text:
            raise Unsure("a letter of several glyphs")
        self.count += 1
        glyphs = self._more.setdefault(face, {})
        place, _ = glyphs.setdefault(number, (len(glyphs) + 1, text))
        return b"X%d" % list(self._more).index(face), place

    def by_name(self, first: int) -> bytes:
        """Return the dictionary of all fonts by name; the small ones are objects from `first` on."""
        constant = b"".join(
            b"/%b %d 0 R" % (base.resource, base.number)
            for base in self._base.values()
            if base.number
        )
        small = b"".join(
            b"/X%d %d 0 R" % (index, first + index * fonts.OBJECTS)
            for index in range(len(self._more))
        )
        return b"<<%b%b>>" % (constant, small)

    def objects(self, first: int) -> list[bytes]:
        """Return the objects of the small fonts, numbered from `first`."""
        made: list[bytes] = []
        for (family, weight), glyphs in self._more.items():
            texts = tuple(text for _, text in glyphs.values())
            font = fonts.small_font(family, weight, tuple(glyphs), texts)
            start = first + len(made)
            made += font.numbered(range(start, start + fonts.OBJECTS))
        return made


# ---- text operators ----------------------------------------------------------------------------


def written(hole: Hole, value: str, large_print: bool, extras: GlyphFonts) -> bytes:
    """Return the operators that write `value` into `hole`, for within BT ... ET. Raises Unsure,
    UnknownSetting."""
    setting = measure.setting(value, hole.slot, hole.place, large_print=large_print)
    style = hole.styles.get(setting)
    if style is None:
        raise UnknownSetting
    top = hole.y
    parts = []
    for line in lines(value, style, hole.width):
        parts.append(b"1 0 0 -1 %b %b Tm" % (number(left(hole, line)), number(top + line.drop)))
        parts.append(show(line, style, extras))
        top += line.height
    return b"\n".join(parts)


def left(hole: Hole, line: GlyphLine) -> float:
    """Return where a line begins, in pixels from the left edge of the page."""
    spare = max(hole.width - line.width, 0.0)
    if hole.side == "left":
        return hole.x
    return hole.x + (spare / 2 if hole.side == "center" else spare)


def show(line: GlyphLine, style: TypeStyle, extras: GlyphFonts) -> bytes:
    """Return the operators Tf, TJ and Ts that show a line."""
    weight = style.weight
    made: list[bytes] = []
    now: list[bytes] = []  # what is within the brackets of TJ so far
    font, is_open = b"", False
    for token in line.tokens:
        if isinstance(token, Glyph):
            name, place = extras.find(token, weight)
            if name != font:
                _end(made, now, is_open)
                made.append(b"/%b %b Tf" % (name, number(style.size / UNITS)))
                font, is_open = name, False
            now.append(b"%04x" % place if is_open else b"<%04x" % place)
            is_open = True
        elif isinstance(token, bytes):
            now.append((b">" if is_open else b" ") + token)
            is_open = False
        else:
            _end(made, now, is_open)
            made.append(b"%b Ts" % number(token))
            is_open = False
    _end(made, now, is_open)
    return b"\n".join(made)


def _end(made: list[bytes], now: list[bytes], is_open: bool) -> None:
    if now:
        made.append(b"[%b%b] TJ" % (b"".join(now), b">" if is_open else b""))
        now.clear()
