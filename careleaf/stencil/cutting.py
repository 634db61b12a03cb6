"""A sheet from the press -> a stencil: everything that no child changes, with holes for the rest.

The press sets stand-ins into the slots. Each is set again here, by `typesetting`, and must come
out the same glyph for glyph: a sheet that is not understood to the last number makes no stencil.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from careleaf.pdf.boxes import SlotBox
from careleaf.pdf.page_objects import content_of, pages_of
from careleaf.pdf.pieces import Piece
from careleaf.pdf.press import Rendered
from careleaf.sheet import measure
from careleaf.stencil.checking import NotUnderstood, check
from careleaf.stencil.constant import ConstantPart
from careleaf.stencil.model import FoundHole, Hole, Stencil, ValueFormat, distinct, place_of
from careleaf.stencil.style import UNITS, TypeStyle


def cut(
    rendered: Rendered,
    standins: Mapping[str, str],
    digest: str,
    value_format: ValueFormat,
    *,
    large_print: bool,
) -> Stencil:
    """Return the stencil of a sheet that was set with `standins`, to be kept under `digest`.

    Raises NotUnderstood.
    """
    found = list(_found(rendered, standins, large_print=large_print))
    constant = ConstantPart(rendered, found, value_format.days.words())
    return constant.stencil(digest, value_format, large_print=large_print)


def learn(stencil: Stencil, rendered: Rendered, standins: Mapping[str, str]) -> Stencil:
    """Return `stencil` with the settings of the stand-ins added, of which `rendered` is the sheet.

    Raises NotUnderstood if any place has moved.
    """
    holes = distinct(_found(rendered, standins, large_print=stencil.large_print))
    if len(holes) != len(stencil.holes):
        raise NotUnderstood("a place that comes and goes")
    return replace(
        stencil,
        holes=tuple(_joined(old, new) for old, new in zip(stencil.holes, holes, strict=True)),
    )


def _joined(old: Hole, new: Hole) -> Hole:
    if place_of(old) != place_of(new):
        raise NotUnderstood("a place that a value moves")
    return replace(old, styles={**old.styles, **new.styles})


# ---- the holes ---------------------------------------------------------------------------------


def _found(
    rendered: Rendered, standins: Mapping[str, str], *, large_print: bool
) -> Iterator[FoundHole]:
    """Yield the holes in the order of the streams. Raises NotUnderstood."""
    boxes = {(box.page, box.element): box for box in rendered.slot_boxes("data-slot")}
    resources = {(font.family, font.weight): font.resource for font in rendered.fonts}
    for page, of_page in enumerate(pages_of(rendered.objects)):
        content = content_of(rendered.objects, of_page).stream
        marked = _marked(content)
        drawn = [piece for piece in rendered.drawn if piece.page == page]
        kept = sorted(_kept(drawn, rendered), key=lambda piece: piece.mark)
        if len(kept) != len(marked):
            raise NotUnderstood("marks that do not match what was drawn")
        pieces: dict[Any, list[tuple[int, int]]] = {}
        for piece, span in zip(kept, marked, strict=True):
            if piece.element.get("data-slot"):
                pieces.setdefault(piece.element, []).append(span)
        for element, spans in pieces.items():
            box = boxes[page, element]
            value = standins[element.get("data-slot")]
            hole = _hole(box, value, large_print=large_print)
            texts = tuple(_text_object(content, span) for span in spans)
            check(hole, value, [content[start:end] for start, end in texts], resources)
            yield FoundHole(page, hole, texts)


def _marked(content: Sequence[Any]) -> list[tuple[int, int]]:
    """Return where each piece of content with a property list lies: after BDC, up to EMC."""
    spans: dict[int, int] = {}
    opened: list[int | None] = []
    for index, item in enumerate(content):
        if item == b"BDC":
            opened.append(index + 1)
        elif item == b"BMC":
            opened.append(None)
        elif item == b"EMC" and (start := opened.pop()) is not None:
            spans[start] = index
    return sorted(spans.items())


def _kept(drawn: Iterable[Piece], rendered: Rendered) -> Iterator[Piece]:
    """Yield the pieces whose marks the finisher kept: all but decoration without ink."""
    decoration = set(map(id, rendered.tagged.decoration))
    for piece in drawn:
        if id(piece) not in decoration or piece.is_picture or piece.text.strip():
            yield piece


def _hole(box: SlotBox, value: str, *, large_print: bool) -> Hole:
    x, y, width, _ = box.area
    slot, place = str(box.element.get("data-slot")), str(box.element.get("data-place"))
    setting = measure.setting(value, slot, place, large_print=large_print)
    styles = {setting: _style(box)}
    return Hole(slot, place, x, y, width, _side(box.style.align, box.style.direction), styles)


def _side(align: str, direction: str) -> str:
    if align in ("start", "end"):
        return "left" if (align == "start") == (direction == "ltr") else "right"
    if align not in ("left", "right", "center"):
        raise NotUnderstood(f"text-align: {align} in a place")
    return align


def _style(box: SlotBox) -> TypeStyle:
    style = box.style
    if style.special:
        raise NotUnderstood(f"{style.special[0]} in a place")
    return TypeStyle(
        families=style.families,
        weight=style.weight,
        size=int(style.size * UNITS),
        language=style.language,
        script=_script_of(style.language),
        is_rtl=style.direction == "rtl",
        wraps=style.wraps,
        line_height=style.line_height,
        baseline=style.baseline,
    )


def _script_of(language: str) -> str:
    from careleaf.language import locale_tags

    tag = locale_tags.parse_tag(language)
    return locale_tags.likely_script(tag) if tag else ""


def _text_object(content: Sequence[Any], span: tuple[int, int]) -> tuple[int, int]:
    """Return what lies between BT and ET within marked content."""
    start, end = span
    begins = [index for index in range(start, end) if content[index] == b"BT"]
    ends = [index for index in range(start, end) if content[index] == b"ET"]
    if len(begins) != 1 or len(ends) != 1:
        raise NotUnderstood("a place with more than text in it")
    return begins[0] + 1, ends[0]


__all__ = ["NotUnderstood", "cut", "learn"]
