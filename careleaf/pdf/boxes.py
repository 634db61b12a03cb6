"""The renderer's boxes -> small values: where on the pages a text or a slot stands, and how it is set.

The only module that walks the box tree. All lengths are CSS pixels, all areas are x, y, width and
height from the page's top left corner, and pages count from 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias
from xml.etree.ElementTree import Element

from careleaf.pdf.renderer import strut

Area: TypeAlias = tuple[float, float, float, float]

# The properties that a value in a slot may not have, with the values that mean it has them not.
PLAIN: dict[str, tuple[object, ...]] = {
    "letter_spacing": ("normal", 0),
    "word_spacing": (0,),
    "font_style": ("normal",),
    "font_variant_caps": ("normal",),
    "font_feature_settings": ("normal",),
    "text_transform": ("none",),
    "text_indent": (0,),
    "text_decoration_line": ("none", set(), frozenset()),
}


@dataclass(frozen=True, slots=True)
class PageSize:
    """Width and height of a page in CSS pixels."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class TextBox:
    """A stretch of text on one line, and the edges of the block that it stands in."""

    page: int
    text: str
    area: Area
    block_left: float
    block_right: float


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How text is set. `size` is that of the font; `direction` is "ltr" or "rtl".

    `align` is the value of text-align; an empty line is `line_height` high with its baseline
    `baseline` under its top; `special` names the properties of `PLAIN` that it has.
    """

    families: tuple[str, ...]
    weight: int
    size: float
    language: str
    direction: str
    align: str
    wraps: bool
    line_height: float
    baseline: float
    special: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SlotBox:
    """The box that a slot's element got on a page: what is within its padding.

    `running` is "Header" or "Footer" for what is repeated on the pages, else empty.
    """

    page: int
    element: Element
    area: Area
    running: str
    style: TextStyle


class Visited(NamedTuple):
    """A box with what stands around it: running part, link, and the block that it is in."""

    box: Any
    running: str
    linked: bool
    block: Any


def walk(box: Any, running: str = "", linked: bool = False, block: Any = None) -> Iterator[Visited]:
    """Yield every box of a page, in the order of the source."""
    box = getattr(box, "_box", box)  # what is positioned absolutely leaves a stand-in
    if keyword := getattr(box, "at_keyword", ""):
        running = "Footer" if keyword.startswith("@bottom") else "Header"
    yield Visited(box, running, linked, block)
    if type(box).__name__ not in ("InlineBox", "LineBox"):
        block = box
    linked = linked or box.link_annotation is not None
    for child in box.children:
        yield from walk(child, running, linked, block)


def texts(pages: Sequence[Any]) -> Iterator[TextBox]:
    """Yield each stretch of text that is more than space."""
    for number, page_box in enumerate(pages):
        for box, _, _, block in walk(page_box):
            if type(box).__name__ == "TextBox" and box.text.strip():
                left = block.content_box_x()
                area = (box.position_x, box.position_y, box.width, box.height)
                yield TextBox(number, box.text, area, left, left + block.width)


def slot_boxes(pages: Sequence[Any], attribute: str) -> Iterator[SlotBox]:
    """Yield the box of each element that has `attribute`, once a page that it is on."""
    for number, page_box in enumerate(pages):
        seen = set()
        for box, running, _, _ in walk(page_box):
            element = box.element
            if element is None or attribute not in element.attrib or element in seen:
                continue
            seen.add(element)
            area = (box.content_box_x(), box.content_box_y(), box.width, box.height)
            yield SlotBox(number, element, area, running, _style(box.style))


def _style(style: Any) -> TextStyle:
    line_height, baseline = strut(style)
    return TextStyle(
        families=tuple(style["font_family"]),
        weight=style["font_weight"],
        size=style["font_size"],
        language=style["lang"] or "",
        direction=style["direction"],
        align=style["text_align_all"],
        wraps=style["white_space"] == "normal",
        line_height=line_height,
        baseline=baseline,
        special=tuple(
            name.replace("_", "-")
            for name, values in PLAIN.items()
            if style[name] not in values and getattr(style[name], "value", None) != 0
        ),
    )


def fill(page_box: Any) -> float:
    """Return how far down a page its text reaches, from 0 to 1; running parts do not count."""
    ends = [
        box.position_y + box.height
        for box, running, _, _ in walk(page_box)
        if not running and getattr(box, "text", "").strip()
    ]
    top = page_box.content_box_y()
    return (max(ends) - top) / page_box.height if ends else 0.0
