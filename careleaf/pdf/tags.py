"""The tags of an accessible PDF, read from the HTML: what a screen reader says, in which order.

The renderer knows where a line was drawn; the HTML knows what it is. A tag tree made from the
HTML follows the source even where the layout does not: a list that turns the page stays one
list, a paragraph in two columns stays one paragraph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.etree.ElementTree import Element

from careleaf.pdf.outline import CELLS, ROW_GROUPS, SVG, Node, Outline, required_description
from careleaf.pdf.pieces import Link, Piece

PICTURES = {"img", SVG}

SECTIONS = {"main": "Part", "article": "Art", "section": "Sect", "blockquote": "BlockQuote"}
LISTS = {"ul", "ol", "dl"}
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


Kid: TypeAlias = "Tag | Piece | Link"


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

    def pieces(self) -> Iterator[Piece]:
        """Yield what was drawn under this tag, in reading order."""
        for kid in self.kids:
            if isinstance(kid, Tag):
                yield from kid.pieces()
            elif isinstance(kid, Piece):
                yield kid


@dataclass(frozen=True, slots=True)
class Tagged:
    """The tag tree of a document, and the pieces that are decoration: nobody reads them out."""

    root: Tag
    decoration: tuple[Piece, ...]


def tag(root: Element, drawn: Sequence[Piece], links: Sequence[Link] = ()) -> Tagged:
    """Return the tags of the document `root`, of which `drawn` came to lie on the pages.

    Anything under `aria-hidden="true"`, running headers and footers, table heads that are
    repeated on a following page and pictures with `alt=""` are decoration.
    Raises PressError for a picture without a description.
    """
    outline = Outline(root)
    decoration = [piece for piece in drawn if not outline.place(piece)]
    for link in links:
        outline.link(link)
    document = Tag("Document", _in_paragraphs(_kids(outline.root, outline.lang)))
    return Tagged(document, tuple(decoration))


# --- from elements to tags ---------------------------------------------------------------------


def _kids(node: Node, lang: str) -> list[Kid]:
    """Return the tags that `node`'s content becomes; elements without a meaning vanish."""
    return [
        made
        for kid in node.kids
        for made in (_shape(kid, lang) if isinstance(kid, Node) else _picture_or_text(kid))
    ]


def _picture_or_text(kid: Piece | Link) -> list[Kid]:
    if isinstance(kid, Piece) and kid.is_picture:
        return [Tag("Figure", [kid], alt=required_description(kid.element))]
    return [kid]


def _shape(node: Node, outer: str) -> list[Kid]:
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


def _tag_of(node: Node, name: str, lang: str) -> Tag:
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


def _list(node: Node, lang: str) -> Tag:
    kind = node.element.tag
    items = _definitions(node, lang) if kind == "dl" else _items(node, lang)
    numbering = "Decimal" if kind == "ol" else "Disc"
    if kind == "dl" or not any(_has_label(item) for item in items):
        numbering = "None"
    return Tag("L", [*items], owner="List", attributes={"ListNumbering": numbering})


def _has_label(item: Tag) -> bool:
    return any(isinstance(kid, Tag) and kid.name == "Lbl" for kid in item.kids)


def _items(node: Node, lang: str) -> list[Tag]:
    made = []
    for kid in node.kids:
        inner = kid if isinstance(kid, Node) else Node(node.element, [kid])
        own = inner.element.get("lang") or lang
        item = Tag("LI", lang="" if own == lang else own)
        label = [piece for piece in inner.kids if _is_marker(piece)]
        body = Node(inner.element, [piece for piece in inner.kids if not _is_marker(piece)])
        if label:
            item.kids.append(Tag("Lbl", [piece for piece in label if isinstance(piece, Piece)]))
        if body.kids:
            item.kids.append(Tag("LBody", _in_body(_kids(body, own))))
        made.append(item)
    return made


def _definitions(node: Node, lang: str) -> list[Tag]:
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


def _entries(node: Node) -> Iterator[Node]:
    for kid in node.kids:
        if isinstance(kid, Node):
            yield from [kid] if kid.element.tag in ("dt", "dd") else _entries(kid)


def _cell(node: Node, name: str, lang: str) -> Tag:
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


def _is_marker(kid: Node | Piece | Link) -> bool:
    return isinstance(kid, Piece) and kid.part == "marker"
