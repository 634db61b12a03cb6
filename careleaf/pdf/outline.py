"""The HTML, reduced to the elements that have something on the pages, in the order of the HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from careleaf.errors import PressError
from careleaf.pdf.pieces import Link, Piece

ROW_GROUPS = {"thead": "THead", "tbody": "TBody", "tfoot": "TFoot"}  # their tags in the PDF
CELLS = {"th": "TH", "td": "TD"}
SVG = "{http://www.w3.org/2000/svg}svg"


def description(element: Element) -> str | None:
    """Return what is said in place of a picture: "" for decoration, None if nobody wrote it."""
    if label := element.get("aria-label"):
        return label
    if element.tag == SVG:
        return element.findtext("{http://www.w3.org/2000/svg}title") or None
    return element.get("alt")


def spoken(element: Element) -> str:
    """Return the words of a link: its label or title, else its own text."""
    words = element.get("aria-label") or element.get("title") or "".join(element.itertext())
    return " ".join(words.split())


@dataclass(slots=True, eq=False)
class Node:
    """An element of the HTML, and what of it is on the pages, in order."""

    element: Element
    kids: list[Node | Piece | Link] = field(default_factory=list)


class Outline:
    """Takes pieces and links one by one, each under the node of its element."""

    def __init__(self, root: Element) -> None:
        self.parents = {kid: parent for parent in root.iter() for kid in parent}
        self.root = Node(root)
        self.nodes = {root: self.root}
        self.lang = root.get("lang", "")
        self._hidden: dict[Element, bool] = {}
        self._head_page: dict[Element, int] = {}

    def place(self, piece: Piece) -> bool:
        """Hang `piece` under its element; return False if it is decoration instead."""
        if piece.running or not (piece.is_picture or piece.text.strip()):
            return False
        if self.is_hidden(piece.element) or self._is_repeated(piece):
            return False
        if piece.is_picture and required_description(piece.element) == "":
            return False
        self.node(piece.element).kids.append(piece)
        return True

    def link(self, area: Link) -> None:
        """Hang a link's area under its element."""
        if area.element is None:
            return
        if not spoken(area.element):
            raise PressError(
                f"the link to {area.element.get('href')} has no words",
                "templates",
                'write some between <a> and </a>, or give it aria-label="..."',
                "print.link-without-words",
            )
        self.node(area.element).kids.append(area)

    def node(self, element: Element) -> Node:
        """Return the node of `element`, made (with those above it) at its first piece."""
        if element not in self.nodes:
            above = self.node(self.parents[element])
            if element not in self.nodes:  # a table makes its cells before their turn
                self.nodes[element] = Node(element)
                above.kids.append(self.nodes[element])
                if element.tag == "table":
                    self._lay_out_cells(element)
        return self.nodes[element]

    def _lay_out_cells(self, table: Element) -> None:
        """Make all rows and cells at once: an empty cell keeps its place."""
        for element in table.iter():
            if element.tag in ("tr", *ROW_GROUPS, *CELLS) and not self.is_hidden(element):
                self.node(element)

    def is_hidden(self, element: Element) -> bool:
        """Tell whether `element`, or one around it, is hidden from those who listen."""
        if element not in self._hidden:
            above = self.parents.get(element)
            self._hidden[element] = element.get("aria-hidden") == "true" or (
                above is not None and self.is_hidden(above)
            )
        return self._hidden[element]

    def _is_repeated(self, piece: Piece) -> bool:
        """Tell whether `piece` is a table's head or foot, shown again on a following page."""
        element: Element | None = piece.element
        while element is not None and element.tag not in ("thead", "tfoot"):
            element = self.parents.get(element)
        return element is not None and self._head_page.setdefault(element, piece.page) != piece.page


def required_description(picture: Element) -> str:
    """Return what is said in place of a picture; "" for decoration. Raises PressError without one."""
    words = description(picture)
    if words is None:
        name = picture.get("src") or picture.get("class") or "svg"
        raise PressError(
            f"the picture {name!r} has no description for those who cannot see it",
            "templates",
            'give it alt="..." (an svg: <title>), or aria-hidden="true" if it is decoration',
            "print.picture-without-description",
        )
    return words
