"""What the renderer painted: pieces of text, pictures, links; and whether all of the HTML is there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
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


def lost(root: Element, drawn: Iterable[Piece]) -> list[str]:
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
