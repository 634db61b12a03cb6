"""The tags of an accessible PDF, read from the HTML: what a screen reader says, in which order.

The renderer knows where a line was drawn; the HTML knows what it is. A tag tree made from the
HTML follows the source even where the layout does not: a list that turns the page stays one
list, a paragraph in two columns stays one paragraph.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element

from careleaf.errors import PressError

SVG = "{http://www.w3.org/2000/svg}svg"
PICTURES = {"img", SVG}

SECTIONS = {"main": "Part", "article": "Art", "section": "Sect", "blockquote": "BlockQuote"}
LISTS = {"ul", "ol", "dl"}
ROW_GROUPS = {"thead": "THead", "tbody": "TBody", "tfoot": "TFoot"}
CELLS = {"th": "TH", "td": "TD"}
TEXTS = {f"h{level}": f"H{level}" for level in range(1, 7)} | {
    "p": "P",
    "caption": "Caption",
    "figcaption": "Caption",
}
PLAIN_BLOCKS = {
    *("html", "body", "div", "header", "footer", "nav", "aside", "address", "figure", "hgroup"),
    *("li", "dt", "dd"),  # only those that stand outside a list
}
PHRASES = {"Span", "Link", "Quote", "Figure"}
SCOPES = {"row": "Row", "rowgroup": "Row", "col": "Column", "colgroup": "Column"}


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One piece of a page's content stream: a run of text on one line, or one picture.

    `page` counts from 0; `mark` is its number within the page (the MCID). `part` is the generated
    part of `element` it belongs to ("marker", "before", ...; empty for its own content).
    `area` is x, y, width, height in CSS pixels from the page's top left corner.
    `running` is "Header" or "Footer" for what is repeated on the pages, else empty.
    """

    page: int
    mark: int
    element: Element
    part: str
    text: str
    area: tuple[float, float, float, float]
    is_picture: bool = False
    running: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """The area of a link on a page. `annotation` is its PDF object; no `element`: it must go."""

    page: int
    annotation: Any
    element: Element | None


Kid: TypeAlias = "Tag | Drawn | Link"


@dataclass(slots=True, eq=False)
class Tag:
    """A structure element. `attributes` are those of its PDF owner ("Table", "List", "Layout")."""

    name: str
    kids: list[Kid] = field(default_factory=list)
    lang: str = ""
    alt: str = ""
    expansion: str = ""
    owner: str = ""
    attributes: dict[str, str | int] = field(default_factory=dict)

    def walk(self) -> Iterator[Tag]:
        """Yield this tag and those under it, in reading order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Tag):
                yield from kid.walk()

    def pieces(self) -> Iterator[Drawn]:
        """Yield what was drawn under this tag, in reading order."""
        for kid in self.kids:
            if isinstance(kid, Tag):
                yield from kid.pieces()
            elif isinstance(kid, Drawn):
                yield kid


@dataclass(frozen=True, slots=True)
class Tagged:
    """The tag tree of a document, and the pieces that are decoration: nobody reads them out."""

    root: Tag
    decoration: tuple[Drawn, ...]


def tag(root: Element, drawn: Sequence[Drawn], links: Sequence[Link] = ()) -> Tagged:
    """Return the tags of the document `root`, of which `drawn` came to lie on the pages.

    Anything under `aria-hidden="true"`, running headers and footers, table heads that are
    repeated on a following page and pictures with `alt=""` are decoration.
    Raises PressError for a picture without a description.
    """
    outline = _Outline(root)
    decoration = [piece for piece in drawn if not outline.place(piece)]
    for link in links:
        outline.link(link)
    document = Tag("Document", _in_paragraphs(_kids(outline.root, outline.lang)))
    return Tagged(document, tuple(decoration))


def description(element: Element) -> str | None:
    """Return what is said in place of a picture: "" for decoration, None if nobody wrote it."""
    if label := element.get("aria-label"):
        return label
    if element.tag == SVG:
        return element.findtext("{http://www.w3.org/2000/svg}title") or None
    return element.get("alt")


def lost(root: Element, drawn: Iterable[Drawn]) -> list[str]:
    """Name the elements of which some text is on no page: the renderer drops it without a word.

    (A table head taller than its page, something hidden by a style.) An element is named by its
    tag and class alone: its text may be a child's name.
    """
    printed: dict[Element, list[str]] = {}
    for piece in drawn:
        if piece.part in ("", "first-letter", "first-line"):
            printed.setdefault(piece.element, []).append(piece.text)
    return [
        f'<{element.tag} class="{element.get("class", "")}">'
        for element in _with_text(root)
        if not _is_within(_own_text(element), "".join(printed.get(element, ())))
    ]


def _with_text(element: Element) -> Iterator[Element]:
    if element.tag in ("head", "style", "script", "template", "title") or _is_foreign(element):
        return
    yield element
    for kid in element:
        yield from _with_text(kid)


def _is_foreign(element: Element) -> bool:
    """Tell whether `element` is a comment, a drawing, or hidden by its own attribute."""
    name = element.tag
    return not isinstance(name, str) or name.startswith("{") or "hidden" in element.attrib


def _own_text(element: Element) -> str:
    return (element.text or "") + "".join(kid.tail or "" for kid in element)


def _is_within(written: str, printed: str) -> bool:
    written = "".join(written.split())
    return written in "".join(printed.split()) or _letters(written) in _letters(printed)


def _letters(text: str) -> str:
    """Return letters and digits alone: hyphens at line ends and capitals by style do not count."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())


def spoken(element: Element) -> str:
    """Return the words of a link: its label or title, else its own text."""
    words = element.get("aria-label") or element.get("title") or "".join(element.itertext())
    return " ".join(words.split())


# --- the HTML, reduced to what was drawn -------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Node:
    """An element of the HTML and what came of it on the pages, in order."""

    element: Element
    kids: list[_Node | Drawn | Link] = field(default_factory=list)


class _Outline:
    def __init__(self, root: Element) -> None:
        self.parents = {kid: parent for parent in root.iter() for kid in parent}
        self.root = _Node(root)
        self.nodes = {root: self.root}
        self.lang = root.get("lang", "")
        self._hidden: dict[Element, bool] = {}
        self._head_page: dict[Element, int] = {}

    def place(self, piece: Drawn) -> bool:
        """Hang `piece` under its element; return False if it is decoration instead."""
        if piece.running or not (piece.is_picture or piece.text.strip()):
            return False
        if self.is_hidden(piece.element) or self._is_repeated(piece):
            return False
        if piece.is_picture and _description_of(piece.element) == "":
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
            )
        self.node(area.element).kids.append(area)

    def node(self, element: Element) -> _Node:
        """Return the node of `element`, made (with those above it) at its first piece."""
        if element not in self.nodes:
            above = self.node(self.parents[element])
            if element not in self.nodes:  # a table makes its cells before their turn
                self.nodes[element] = _Node(element)
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
        if element not in self._hidden:
            above = self.parents.get(element)
            self._hidden[element] = element.get("aria-hidden") == "true" or (
                above is not None and self.is_hidden(above)
            )
        return self._hidden[element]

    def _is_repeated(self, piece: Drawn) -> bool:
        """Tell whether `piece` is a table's head or foot, shown again on a following page."""
        element: Element | None = piece.element
        while element is not None and element.tag not in ("thead", "tfoot"):
            element = self.parents.get(element)
        return element is not None and self._head_page.setdefault(element, piece.page) != piece.page


def _description_of(picture: Element) -> str:
    words = description(picture)
    if words is None:
        name = picture.get("src") or picture.get("class") or "svg"
        raise PressError(
            f"the picture {name!r} has no description for those who cannot see it",
            "templates",
            'give it alt="..." (an svg: <title>), or aria-hidden="true" if it is decoration',
        )
    return words


# --- from elements to tags ---------------------------------------------------------------------


def _kids(node: _Node, lang: str) -> list[Kid]:
    """Return the tags that `node`'s content becomes; elements without a meaning vanish."""
    return [
        made
        for kid in node.kids
        for made in (_shape(kid, lang) if isinstance(kid, _Node) else _picture_or_text(kid))
    ]


def _picture_or_text(kid: Drawn | Link) -> list[Kid]:
    if isinstance(kid, Drawn) and kid.is_picture:
        return [Tag("Figure", [kid], alt=_description_of(kid.element))]
    return [kid]


def _shape(node: _Node, outer: str) -> list[Kid]:
    """Return the tag of one element in a list; several or none where it has no tag of its own."""
    element, name = node.element, str(node.element.tag)
    lang = element.get("lang") or outer
    made = _tag_of(node, name, lang)
    if lang == outer and made.name == "":
        return made.kids
    if made.name == "":
        made.name = "Div" if any(_is_block(kid) for kid in made.kids) else "Span"
    if lang != outer:
        made.lang = lang
    return [made]


def _tag_of(node: _Node, name: str, lang: str) -> Tag:
    """Return the tag of an element; its name is empty where the element means nothing by itself."""
    if name in TEXTS:
        return Tag(TEXTS[name], _unwrapped(_kids(node, lang)))
    if name in LISTS:
        return _list(node, lang)
    if name == "table":
        parts = [kid for kid in _kids(node, lang) if isinstance(kid, Tag)]
        return Tag("Table", [*sorted(parts, key=lambda kid: kid.name != "Caption")])
    if name in ROW_GROUPS or name == "tr":
        return Tag(ROW_GROUPS.get(name, "TR"), _kids(node, lang))
    if name in CELLS:
        return _cell(node, CELLS[name], lang)
    if name in SECTIONS:
        return Tag(SECTIONS[name], _in_paragraphs(_kids(node, lang)))
    if name == "a" and node.element.get("href"):
        return Tag("Link", _unwrapped(_kids(node, lang)))
    if name == "q":
        return Tag("Quote", _kids(node, lang))
    if name == "abbr" and node.element.get("title"):
        return Tag("Span", _kids(node, lang), expansion=node.element.get("title", ""))
    if name in PLAIN_BLOCKS:
        return Tag("", _in_paragraphs(_kids(node, lang)))
    return Tag("", _kids(node, lang))


def _list(node: _Node, lang: str) -> Tag:
    kind = node.element.tag
    items = _definitions(node, lang) if kind == "dl" else _items(node, lang)
    numbering = "Decimal" if kind == "ol" else "Disc"
    if kind == "dl" or not any(_has_label(item) for item in items):
        numbering = "None"
    return Tag("L", [*items], owner="List", attributes={"ListNumbering": numbering})


def _has_label(item: Tag) -> bool:
    return any(isinstance(kid, Tag) and kid.name == "Lbl" for kid in item.kids)


def _items(node: _Node, lang: str) -> list[Tag]:
    made = []
    for kid in node.kids:
        inner = kid if isinstance(kid, _Node) else _Node(node.element, [kid])
        own = inner.element.get("lang") or lang
        item = Tag("LI", lang="" if own == lang else own)
        label = [piece for piece in inner.kids if _is_marker(piece)]
        body = _Node(inner.element, [piece for piece in inner.kids if not _is_marker(piece)])
        if label:
            item.kids.append(Tag("Lbl", [piece for piece in label if isinstance(piece, Drawn)]))
        if body.kids:
            item.kids.append(Tag("LBody", _in_body(_kids(body, own))))
        made.append(item)
    return made


def _definitions(node: _Node, lang: str) -> list[Tag]:
    """Return an item for each term: the term its label, what is said about it the body."""
    made: list[Tag] = []
    for kid in _entries(node):
        own = kid.element.get("lang") or lang
        name = "Lbl" if kid.element.tag == "dt" else "LBody"
        part = Tag(name, _in_body(_kids(kid, own)), lang="" if own == lang else own)
        if name == "Lbl" or not made:
            made.append(Tag("LI"))
        made[-1].kids.append(part)
    return made


def _entries(node: _Node) -> Iterator[_Node]:
    for kid in node.kids:
        if isinstance(kid, _Node):
            yield from [kid] if kid.element.tag in ("dt", "dd") else _entries(kid)


def _cell(node: _Node, name: str, lang: str) -> Tag:
    element = node.element
    cell = Tag(name, _in_body(_kids(node, lang)))
    for attribute in ("ColSpan", "RowSpan"):
        span = element.get(attribute.lower(), "1")
        if span != "1":
            cell.attributes[attribute] = int(span)
    if name == "TH":
        cell.attributes["Scope"] = SCOPES.get(element.get("scope", "col"), "Column")
    if cell.attributes:
        cell.owner = "Table"
    return cell


def _in_body(kids: list[Kid]) -> list[Kid]:
    """Return a cell's or item's content: bare text stays bare unless blocks stand beside it."""
    return _in_paragraphs(kids) if any(_is_block(kid) for kid in kids) else kids


def _in_paragraphs(kids: Iterable[Kid]) -> list[Kid]:
    """Return `kids` with every stretch of bare text made a paragraph."""
    made: list[Kid] = []
    stretch: list[Kid] = []
    for kid in [*kids, None]:
        if kid is not None and not _is_block(kid):
            stretch.append(kid)
            continue
        if stretch and all(isinstance(one, Tag) and one.name == "Figure" for one in stretch):
            made.extend(stretch)
        elif stretch:
            made.append(Tag("P", stretch))
        stretch = []
        if kid is not None:
            made.append(kid)
    return made


def _unwrapped(kids: Iterable[Kid]) -> list[Kid]:
    """Return `kids` without paragraphs around them: a heading or a link holds plain text."""
    return [
        inner
        for kid in kids
        for inner in (_unwrapped(kid.kids) if isinstance(kid, Tag) and kid.name == "P" else [kid])
    ]


def _is_block(kid: Kid) -> bool:
    return isinstance(kid, Tag) and kid.name not in PHRASES


def _is_marker(kid: _Node | Drawn | Link) -> bool:
    return isinstance(kid, Drawn) and kid.part == "marker"
