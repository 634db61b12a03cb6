"""Does the press set a stand-in as `typesetting` does? Its operators are compared, number for number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from careleaf.errors import Unsure
from careleaf.pdf.objects import number
from careleaf.stencil.filling import left
from careleaf.stencil.model import Face, Hole
from careleaf.stencil.shaping import Glyph
from careleaf.stencil.style import UNITS, TypeStyle
from careleaf.stencil.typesetting import GlyphLine, lines

_NEAR = 0.001  # CSS pixels


class NotUnderstood(Exception):
    """The press set a stand-in otherwise than the stencil would have: there is no stencil."""


_MATRIX = re.compile(rb"1 0 0 -1 (\S+) (\S+) Tm")
_PART = re.compile(rb"<([0-9a-f]*)>|(-?[0-9.]+)")


def check(
    hole: Hole, value: str, texts: Sequence[Sequence[Any]], resources: Mapping[Face, str]
) -> None:
    """Raise NotUnderstood unless the press set the stand-in as it is to be set here."""
    ((_, style),) = hole.styles.items()
    try:
        expected = lines(value, style, hole.width)
    except Unsure as unsure:
        raise NotUnderstood(str(unsure)) from None
    if len(expected) != len(texts):
        raise NotUnderstood("a value broken into other lines")
    top = hole.y
    for line, operators in zip(expected, texts, strict=True):
        matrix = next(
            filter(None, (_MATRIX.fullmatch(one) for one in operators if isinstance(one, bytes)))
        )
        place = (left(hole, line), top + line.drop)
        if any(
            abs(float(one) - other) > _NEAR
            for one, other in zip(matrix.groups(), place, strict=True)
        ):
            raise NotUnderstood(f"the {hole.slot} in another place")
        glyphs = list(_expected(line, style, resources))
        if list(shown(operators)) != (glyphs if line is expected[-1] else glyphs[:-1]):
            raise NotUnderstood(f"the {hole.slot} set otherwise")
        top += line.height


def shown(operators: Sequence[Any]) -> Iterator[tuple[str, object]]:
    """Yield glyphs with their fonts, shifts and rises as the operators of one line have them."""
    font = ""
    for operator in operators:
        if operator.endswith(b" Tf"):
            font = operator.decode()
        elif operator.endswith(b" Ts"):
            yield "rise", float(operator.split()[0])
        elif operator.endswith(b" TJ"):
            for glyphs, shift in _PART.findall(operator[1:-4]):
                for index in range(0, len(glyphs), 4):
                    yield font, int(glyphs[index : index + 4], 16)
                if shift:
                    yield "shift", float(shift)


def glyphs_shown(items: Sequence[Any], resource: str) -> Iterator[int]:
    """Yield the glyphs that a stretch of a content stream shows in a font."""
    name = f"/{resource} "
    text = [one for one in items if isinstance(one, bytes) and one.endswith((b" Tf", b" TJ"))]
    for font, glyph in shown(text):
        if font.startswith(name) and isinstance(glyph, int):
            yield glyph


def _expected(
    line: GlyphLine, style: TypeStyle, resources: Mapping[Face, str]
) -> Iterator[tuple[str, object]]:
    size = number(style.size / UNITS).decode()
    for token in line.tokens:
        if isinstance(token, Glyph):
            yield f"/{resources.get((token.family, style.weight), '?')} {size} Tf", token.number
        elif isinstance(token, bytes):
            yield "shift", float(token)
        else:
            yield "rise", round(token, 6)
