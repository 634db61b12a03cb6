"""HTML -> PDF: WeasyPrint lays it out and draws it, `tags` and `finish` make it accessible.

A press is set up once in a process (fonts found, styles parsed) and then takes sheet after sheet.
What the renderer merely logs is an error here: a sheet that lost a rule, a picture or a letter is
never printed.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from careleaf.errors import PressError
from careleaf.pdf import boxes
from careleaf.pdf.finish import finish
from careleaf.pdf.painting import PaintRecorder
from careleaf.pdf.pieces import Piece, lost
from careleaf.pdf.renderer import CounterStyle, FontConfiguration, RasterImage, weasyprint
from careleaf.pdf.strict import AssetFetcher, strictly
from careleaf.pdf.tags import Tagged, tag
from careleaf.sheet.fit import Layout

VARIANT = "pdf/a-2u"  # the finisher makes it 2a: it writes the tags, the renderer does not
MOST_TRIED = 4  # layouts kept for a while
_ONE_AT_A_TIME = threading.RLock()  # Pango's font maps are not for several threads


@dataclass(frozen=True, slots=True)
class Pressed:
    """A sheet as PDF bytes, and how many pages it has."""

    pdf: bytes
    pages: int


@dataclass(frozen=True, slots=True, eq=False)
class RenderedFont:
    """A font of the PDF. Pages call it `resource`; `texts` are what its glyphs stand for.

    `is_plain` is false for fonts of pictures or of form fields, and where a glyph is missing.
    """

    family: str
    weight: int
    resource: str
    name: bytes
    texts: Mapping[int, str]
    is_plain: bool


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A sheet as PDF, with what the stencil and the checks ask of its inner parts.

    `root` is the HTML; `objects` the PDF's objects (pydyf), written already but with unpacked
    streams (`.stream` is a list of operands and operators); `drawn` says which element's text lies
    in which marked content of which page, in order.
    """

    pressed: Pressed
    root: Element
    pages: tuple[boxes.PageSize, ...]
    fonts: tuple[RenderedFont, ...]
    objects: Any
    drawn: tuple[Piece, ...]
    tagged: Tagged
    _page_boxes: tuple[Any, ...]

    def texts(self) -> Iterator[boxes.TextBox]:
        """Yield each stretch of text on the pages, in the order of the source."""
        return boxes.texts(self._page_boxes)

    def slot_boxes(self, attribute: str) -> Iterator[boxes.SlotBox]:
        """Yield the box of each element that has `attribute`, once a page that it is on."""
        return boxes.slot_boxes(self._page_boxes, attribute)


def press(
    html: str,
    *,
    base: Path,
    allowed: Sequence[Path] = (),
    stylesheets: Sequence[Path] = (),
    dated: date | None = None,
) -> Pressed:
    """Return `html` as one PDF that is PDF/A-2a and PDF/UA-1, page size as its CSS says.

    Relative addresses start at `base`; files are read from it and the `allowed` folders alone,
    nothing from the network. `stylesheets` are parsed once in a process, and again when they
    change. `dated` is the date that the file gives as its own; without it the file has none.
    The same HTML gives the same bytes. Raises PressError if the renderer ignored anything, if
    a character has no glyph, or if a picture has no description.
    """
    return press_for(base, allowed, stylesheets).press(html, dated=dated)


def press_for(
    base: Path,
    allowed: Sequence[Path] = (),
    stylesheets: Sequence[Path] = (),
) -> Press:
    """Return the process's press for these styles, set up at first use."""
    folders = dict.fromkeys(path.parent for path in stylesheets)  # a style may import another
    styles = [path.stat() for folder in folders for path in sorted(folder.rglob("*.css"))]
    stamps = tuple((stat.st_mtime_ns, stat.st_size) for stat in styles)
    with _ONE_AT_A_TIME:
        return _cached_press(base, tuple(allowed), tuple(stylesheets), stamps)


@lru_cache(maxsize=8)
def _cached_press(
    base: Path,
    allowed: tuple[Path, ...],
    stylesheets: tuple[Path, ...],
    stamps: tuple[tuple[int, int], ...],
) -> Press:
    del stamps  # part of the key alone: a style that changed is read anew
    return Press(base, allowed, stylesheets)


@cache
def _fonts() -> FontConfiguration:
    """Return the one font configuration of the process.

    Faces are found by name, so no style adds to it; Pango's font maps are many and slow to go.
    """
    return FontConfiguration()


class Press:
    """Styles and fonts, ready for any number of sheets.

    One font configuration for all: a new one a sheet costs a quarter of the time and is never
    given back in full.
    """

    def __init__(self, base: Path, allowed: Sequence[Path], stylesheets: Sequence[Path]) -> None:
        """Parse the styles. Raises PressError for CSS that the renderer does not know."""
        self._base = base.resolve()
        styles = [path.resolve().parent for path in stylesheets]
        self._fetcher = AssetFetcher((self._base, *allowed, *styles))
        self._fonts = _fonts()
        self._counters = CounterStyle()
        self._tried: dict[str, tuple[Any, Element]] = {}  # laid out, for whoever wants one drawn
        with _ONE_AT_A_TIME, strictly(self._fetcher):
            self._styles = [self._parsed(path) for path in stylesheets]

    def _parsed(self, path: Path) -> Any:
        return weasyprint.CSS(
            string=path.read_text("utf-8"),
            base_url=path.resolve().as_uri(),
            url_fetcher=self._fetcher,
            font_config=self._fonts,
            counter_style=self._counters,
        )

    def press(self, html: str, *, dated: date | None = None) -> Pressed:
        """Return `html` as a PDF; see `press`."""
        return self.render(html, dated=dated).pressed

    def layout(self, html: str) -> Layout:
        """Return how many pages `html` takes; nothing is drawn. Raises PressError as `press` does."""
        with _ONE_AT_A_TIME, strictly(self._fetcher):
            document, root = self._laid_out(html)
            if len(self._tried) == MOST_TRIED:
                self._tried.clear()
            self._tried[html] = document, root
            fills = [boxes.fill(page._page_box) for page in document.pages]
            return Layout(len(fills), min(fills), 1 - sum(fills) / len(fills))

    def render(self, html: str, *, dated: date | None = None) -> Rendered:
        """Return `html` as a PDF together with its inner parts; see `press`."""
        with _ONE_AT_A_TIME, strictly(self._fetcher):
            document, root = self._tried.get(html) or self._laid_out(html)
            self._tried.clear()
            if dated is not None:
                document.metadata.created = document.metadata.modified = dated.isoformat()
            return _drawn(document, root)

    def _laid_out(self, html: str) -> tuple[Any, Element]:
        page = weasyprint.HTML(string=html, base_url=f"{self._base}/", url_fetcher=self._fetcher)
        document = page.render(
            font_config=self._fonts,
            counter_style=self._counters,
            stylesheets=self._styles,
            pdf_variant=VARIANT,
            cache=_Pictures(),
        )
        return document, page.etree_element


class _Pictures(dict[str, Any]):
    """The renderer's pictures by address, named in the PDF by what they show.

    WeasyPrint 70 names a photograph by a digest of its address, so that the same clinic's folder
    in another place would give another PDF.
    """

    def __setitem__(self, address: str, picture: Any) -> None:
        if isinstance(picture, RasterImage):
            picture.id = hashlib.sha256(picture.image_data.data).hexdigest()[:32]
        super().__setitem__(address, picture)


def _drawn(document: Any, root: Element) -> Rendered:
    """Draw a document that is laid out, and finish its PDF."""
    recorder = PaintRecorder(document)
    kept: list[Any] = []

    def finisher(_document: Any, pdf: Any) -> None:
        drawn, links = recorder.found()
        _check_whole(root, drawn, document.pages)
        tagged = tag(root, drawn, links)
        finish(pdf, tagged, drawn, links, [page.height for page in document.pages])
        kept.extend([pdf, drawn, tagged])

    target = io.BytesIO()
    document.write_pdf(target, finisher=finisher, pdf_variant=VARIANT)
    pdf, drawn, tagged = kept
    return Rendered(
        Pressed(target.getvalue(), len(document.pages)),
        root,
        tuple(boxes.PageSize(page.width, page.height) for page in document.pages),
        tuple(_font(font) for font in document.fonts.values()),
        pdf,
        tuple(drawn),
        tagged,
        tuple(page._page_box for page in document.pages),
    )


def _font(font: Any) -> RenderedFont:
    is_plain = not (font.missing or font.bitmap or font.used_in_forms)
    return RenderedFont(
        font.family, font.weight, font.hash, font.name, dict(font.to_unicode), is_plain
    )


def _check_whole(root: Element, drawn: Sequence[Piece], pages: Sequence[Any]) -> None:
    """Raise PressError unless all text of the HTML lies on the paper."""
    if missing := lost(root, drawn):
        raise PressError(
            f"text is on no page: that of {', '.join(missing[:5])}",
            "templates, styles",
            "let nothing be hidden by a style, and no table head be taller than a page",
            "print.text-lost",
        )
    for piece in drawn:
        page = pages[piece.page]
        x, y, width, height = piece.area
        if min(x, y) < -1 or x + width > page.width + 1 or y + height > page.height + 1:
            raise PressError(
                f"something runs off the edge of page {piece.page + 1}: "
                f'<{piece.element.tag} class="{piece.element.get("class", "")}">',
                "styles",
                "let it break, or give it more room",
                "print.off-the-page",
            )
