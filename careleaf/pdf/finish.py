"""The last hand on a PDF: tags, metadata and marks that make it PDF/A-2a and PDF/UA-1 in one file.

Works on the objects of the renderer's PDF (pydyf) before they are written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pydyf

from careleaf.errors import PressError
from careleaf.pdf import xmp
from careleaf.pdf.objects import number_of
from careleaf.pdf.outline import spoken
from careleaf.pdf.page_objects import content_of, pages_of
from careleaf.pdf.pieces import Link, Piece
from careleaf.pdf.tags import Kid, Tag, Tagged

POINTS_A_PIXEL = 0.75
NO_SHIFT = re.compile(rb">-?0(?:\.0)?(?=[<\]])<?")  # between glyphs: nothing moved
Place: TypeAlias = tuple[int, int]  # page from 0, mark within it


def finish(
    pdf: pydyf.PDF,
    tagged: Tagged,
    drawn: Sequence[Piece],
    links: Sequence[Link],
    heights: Sequence[float],
) -> None:
    """Make `pdf` accessible and archival, in place.

    `drawn` and `links` are everything that is on the pages, `heights` those of the pages in
    CSS pixels. Raises PressError where content cannot be tagged.
    """
    pages = pages_of(pdf)
    _mark_decoration(pdf, pages, tagged.decoration, drawn)
    _drop_links(pages, [link for link in links if link.element is None])
    _write_tags(pdf, pages, tagged.root, heights)
    _write_metadata(pdf)


# --- marks within the pages --------------------------------------------------------------------


def _mark_decoration(
    pdf: pydyf.PDF, pages: Sequence[Any], decoration: Sequence[Piece], drawn: Sequence[Piece]
) -> None:
    """Mark in the content streams what no one reads out."""
    artifacts = {(piece.page, piece.mark): piece for piece in decoration}
    found: set[Place] = set()
    for number, page in enumerate(pages):
        stream = content_of(pdf, page)
        stream.stream = _remarked(stream.stream, number, artifacts, found)
    if any((piece.page, piece.mark) not in found for piece in drawn):
        raise PressError(
            "text or a picture lies in a see-through group, where it cannot be tagged",
            "styles",
            "use a colour with an alpha channel (rgb(0 0 0 / 50%)) in place of opacity",
            "print.in-a-see-through-group",
        )


def _remarked(
    items: Sequence[Any], page: int, artifacts: Mapping[Place, Piece], found: set[Place]
) -> list[Any]:
    """Return a content stream's items with the artifacts marked.

    What holds no ink loses its mark altogether. An artifact within marked content (the line
    under a link) would be a fault in PDF/UA: it becomes part of that content.
    """
    made: list[Any] = []
    open_marks: list[str] = []  # of each mark now open: "content", "artifact" or "dropped"
    for item in items:
        if item == b"BDC" and isinstance(made[-1], dict) and "MCID" in made[-1]:
            place = (page, made[-1]["MCID"])
            found.add(place)
            piece = artifacts.get(place)
            if piece is None:
                made.append(item)
                open_marks.append("content")
                continue
            del made[-2:]
            if not (piece.is_picture or piece.text.strip()):
                open_marks.append("dropped")
                continue
            made += ["/Artifact", pydyf.Dictionary(_pagination(piece)), b"BDC"]
            open_marks.append("artifact")
        elif item == b"BMC":
            if open_marks and made[-1] == "/Artifact":
                del made[-1]
                open_marks.append("dropped")
                continue
            made.append(item)
            open_marks.append("artifact")
        elif item == b"EMC":
            if open_marks.pop() != "dropped":
                made.append(item)
        elif isinstance(item, bytes) and item.endswith(b" TJ"):
            made.append(NO_SHIFT.sub(_joined, item))
        else:
            made.append(item)
    return made


def _joined(shift: re.Match[bytes]) -> bytes:
    """Return what is left of a shift by nothing: the renderer writes one after most glyphs."""
    return b"" if shift[0].endswith(b"<") else b">"


def _drop_links(pages: Sequence[Any], links: Sequence[Link]) -> None:
    """Take links off the pages that no tag holds: those in running headers, and doubles."""
    for link in links:
        areas = pages[link.page]["Annots"]
        areas.remove(link.annotation.reference)
        if not areas:
            del pages[link.page]["Annots"]


def _pagination(piece: Piece) -> dict[str, str]:
    if not piece.running:
        return {"Type": "/Layout"}
    return {"Type": "/Pagination", "Subtype": f"/{piece.running}"}


# --- the tag tree ------------------------------------------------------------------------------


def _write_tags(pdf: pydyf.PDF, pages: Sequence[Any], root: Tag, heights: Sequence[float]) -> None:
    parent_tree = _added(pdf, {})
    tree = _added(pdf, {"Type": "/StructTreeRoot", "ParentTree": parent_tree.reference})
    writer = _TagWriter(pdf, pages, heights)
    tree["K"] = pydyf.Array([writer.write(root, tree.reference)])
    tree["ParentTreeNextKey"] = len(pages) + len(writer.owners_of_links)
    parent_tree["Nums"] = writer.numbers()
    pdf.catalog["StructTreeRoot"] = tree.reference
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    for number, page in enumerate(pages):
        page["StructParents"] = number
        page["Tabs"] = "/S"


class _TagWriter:
    """Writes tags as objects, and remembers which object owns which piece of a page."""

    def __init__(self, pdf: pydyf.PDF, pages: Sequence[Any], heights: Sequence[float]) -> None:
        self.pdf = pdf
        self.pages = pages
        self.heights = heights
        self.owners: list[dict[int, bytes]] = [{} for _ in pages]
        self.owners_of_links: list[bytes] = []

    def write(self, tag: Tag, parent: bytes) -> bytes:
        element = _added(self.pdf, {"Type": "/StructElem", "S": f"/{tag.name}", "P": parent})
        page = next((kid.page for kid in tag.kids if not isinstance(kid, Tag)), None)
        if page is not None:
            element["Pg"] = self.pages[page].reference
        for key, words in (("Lang", tag.lang), ("Alt", tag.alt), ("E", tag.expansion)):
            if words:
                element[key] = pydyf.String(words)
        if tag.name == "Figure":
            element["A"] = self._bounds(next(tag.pieces()))
        elif tag.owner:
            element["A"] = _attributes(tag)
        kids = [self._kid(kid, element.reference, page) for kid in tag.kids]
        if kids:
            element["K"] = pydyf.Array(kids)
        return bytes(element.reference)

    def _kid(self, kid: Kid, owner: bytes, page: int | None) -> Any:
        if isinstance(kid, Tag):
            return self.write(kid, owner)
        if isinstance(kid, Link):
            return self._link(kid, owner)
        self.owners[kid.page][kid.mark] = owner
        if kid.page == page:
            return kid.mark
        return pydyf.Dictionary(
            {"Type": "/MCR", "Pg": self.pages[kid.page].reference, "MCID": kid.mark}
        )

    def _link(self, link: Link, owner: bytes) -> Any:
        annotation = link.annotation
        annotation["StructParent"] = len(self.pages) + len(self.owners_of_links)
        if link.element is not None:
            annotation["Contents"] = pydyf.String(spoken(link.element))
        self.owners_of_links.append(owner)
        return pydyf.Dictionary(
            {
                "Type": "/OBJR",
                "Obj": annotation.reference,
                "Pg": self.pages[link.page].reference,
            }
        )

    def _bounds(self, piece: Piece) -> pydyf.Dictionary:
        """Return a picture's place on the page in points, as a reader that reflows asks for it."""
        x, y, width, height = piece.area
        top = self.heights[piece.page] - y
        corners = (x, top - height, x + width, top)
        box = pydyf.Array([round(corner * POINTS_A_PIXEL, 3) for corner in corners])
        return pydyf.Dictionary({"O": "/Layout", "BBox": box})

    def numbers(self) -> pydyf.Array:
        """Return the parent tree: of each page the owner of each mark, then those of the links."""
        numbers = pydyf.Array()
        for number, owners in enumerate(self.owners):
            last = max(owners, default=-1)
            row = pydyf.Array([owners.get(mark, b"null") for mark in range(last + 1)])
            numbers.extend([number, row])
        for number, owner in enumerate(self.owners_of_links, start=len(self.pages)):
            numbers.extend([number, owner])
        return numbers


def _attributes(tag: Tag) -> pydyf.Dictionary:
    values = {
        key: value if isinstance(value, int) else f"/{value}"
        for key, value in tag.attributes.items()
    }
    return pydyf.Dictionary({"O": f"/{tag.owner}", **values})


def _added(pdf: pydyf.PDF, values: Mapping[str, Any]) -> pydyf.Dictionary:
    made = pydyf.Dictionary(dict(values))
    pdf.add_object(made)
    return made


# --- metadata ----------------------------------------------------------------------------------


def _write_metadata(pdf: pydyf.PDF) -> None:
    """Claim both standards in the XMP, which stays readable without unpacking."""
    lang = pdf.catalog.get("Lang")
    if lang is None or not lang.string:
        raise PressError(
            "the page does not say its language",
            "templates",
            'write <html lang="...">',
            "print.no-language",
        )
    if "Title" not in pdf.info:
        raise PressError(
            "the page has no title", "templates", "write <title>...</title>", "print.no-title"
        )
    stream = pdf.objects[number_of(pdf.catalog["Metadata"])]
    text = stream.stream[0].decode()
    stream.stream = [xmp.claimed(text, lang.string).encode()]
    stream.compress = False
