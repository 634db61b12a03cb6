"""A laid-out document -> which element's text lies in which marked content of which page.

The renderer can write tags of its own, but they follow its boxes, not the HTML. So its tags are
off, and only while a page is being painted its stream is told to number what it paints.
"""

from __future__ import annotations

from typing import Any

from careleaf.pdf.boxes import walk
from careleaf.pdf.pieces import Link, Piece

HYPHEN, SOFT_HYPHEN = "\u2010", "\u00ad"


class PaintRecorder:
    """Records, while the document is written, the number under which each box is painted."""

    def __init__(self, document: Any) -> None:
        self.pages = document.pages
        self.fonts = document.fonts
        self.marks: list[dict[Any, dict[str, Any]]] = []
        for page in self.pages:
            page.paint = self._recorded(page.paint)

    def _recorded(self, paint: Any) -> Any:
        def recorded(stream: Any, scale: float = 1) -> None:
            marks: dict[Any, dict[str, Any]] = {}
            stream._tags = marks
            paint(stream, scale)
            stream._tags = None
            self.marks.append(marks)
            for font in self.fonts.values():
                _tell_hyphens(font)

        return recorded

    def found(self) -> tuple[list[Piece], list[Link]]:
        """Return what was painted, and the areas of the links, in the order of the source."""
        drawn: list[Piece] = []
        links: list[Link] = []
        for number, (page, marks) in enumerate(zip(self.pages, self.marks, strict=True)):
            for box, running, linked, _ in walk(page._page_box):
                if box in marks:
                    drawn.append(_piece(box, number, marks[box]["mcid"], running))
                if box.link_annotation is not None:
                    # Only text within a link's tag can be a link; a box within a link is no second.
                    element = None if running or linked else box.element
                    links.append(Link(number, box.link_annotation, element))
        return drawn, links


def _tell_hyphens(font: Any) -> None:
    """Say of a hyphen at the end of a line that it is a soft one: readers join such words again."""
    for glyph, text in font.to_unicode.items():
        if text == HYPHEN:
            font.to_unicode[glyph] = SOFT_HYPHEN


def _piece(box: Any, page: int, mark: int, running: str) -> Piece:
    text = getattr(box, "text", None)
    area = (box.position_x, box.position_y, box.width, box.height)
    if text is None:
        area = (box.content_box_x(), box.content_box_y(), box.width, box.height)
    part = str(box.element_tag).partition("::")[2]
    return Piece(page, mark, box.element, part, text or "", area, text is None, running)
