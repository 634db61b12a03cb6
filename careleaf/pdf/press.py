"""HTML -> PDF: the only module that knows the renderer (WeasyPrint).

A press is set up once in a process (fonts found, styles parsed) and then takes sheet after sheet.
What the renderer merely logs is an error here: a sheet that lost a rule, a picture or a letter is
never printed.
"""

from __future__ import annotations

import hashlib
import io
import logging
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname
from xml.etree.ElementTree import Element

from careleaf.errors import PressError
from careleaf.pdf.finish import finish
from careleaf.pdf.renderer import (
    CounterStyle,
    FatalURLFetchingError,
    FontConfiguration,
    RasterImage,
    URLFetcher,
    URLFetcherResponse,
    strut,
    weasyprint,
)
from careleaf.pdf.tags import Drawn, Link, Tagged, lost, tag

HYPHEN, SOFT_HYPHEN = "\u2010", "\u00ad"
VARIANT = "pdf/a-2u"  # the finisher makes it 2a: it writes the tags, the renderer does not
MOST_TRIED = 4  # layouts kept for a while
RENDERER_LOG = logging.getLogger("weasyprint")
RENDERER_LOG.setLevel(logging.WARNING)
RENDERER_LOG.propagate = False  # it may quote a letter of a name; what it says becomes an error
_ONE_AT_A_TIME = threading.RLock()  # Pango's font maps are not for several threads


@dataclass(frozen=True, slots=True)
class Pressed:
    """A sheet as PDF bytes, and how many pages it has."""

    pdf: bytes
    pages: int


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """The box that an element got on a page: what is within its padding, in CSS pixels.

    `area` is x, y, width, height from the page's top left corner; `align` and `direction` are the
    values of text-align and direction there; `running` as in `Drawn`. `style` is the renderer's;
    an empty line is `line_height` high with its baseline `baseline` under its top.
    """

    page: int
    element: Element
    area: tuple[float, float, float, float]
    align: str
    direction: str
    running: str
    style: Any
    line_height: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Layout:
    """How many pages a sheet takes, how far down the emptiest is filled, and the part of all of
    them that is left empty, from 0 to 1."""

    pages: int
    fill: float
    room: float


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """A sheet with its inner works, for the stencil.

    `document` is the renderer's (its `fonts` hold faces, glyph widths and Unicode maps);
    `objects` the PDF's objects (pydyf), written already but with unpacked streams (`.stream` is a
    list of operands and operators); `drawn` says which element's text lies in which marked
    content of which page, in order.
    """

    pressed: Pressed
    document: Any
    objects: Any
    drawn: tuple[Drawn, ...]
    tagged: Tagged

    def rooms(self, attribute: str) -> Iterator[Room]:
        """Yield the box of each element that has `attribute`, once a page that it is on."""
        for number, page in enumerate(self.document.pages):
            seen = set()
            for box, running, _ in _boxes(page._page_box):
                element = box.element
                if element is None or attribute not in element.attrib or element in seen:
                    continue
                seen.add(element)
                x, y = box.content_box_x(), box.content_box_y()
                area = (x, y, box.width, box.height)
                align, direction = box.style["text_align_all"], box.style["direction"]
                line = strut(box.style)
                yield Room(number, element, area, align, direction, running, box.style, *line)


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
        with _ONE_AT_A_TIME, _strictly(self._fetcher):
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
        return self.proof(html, dated=dated).pressed

    def layout(self, html: str) -> Layout:
        """Return how many pages `html` takes; nothing is drawn. Raises PressError as `press` does."""
        with _ONE_AT_A_TIME, _strictly(self._fetcher):
            document, root = self._laid_out(html)
            if len(self._tried) == MOST_TRIED:
                self._tried.clear()
            self._tried[html] = document, root
            fills = [_fill(page._page_box) for page in document.pages]
            return Layout(len(fills), min(fills), 1 - sum(fills) / len(fills))

    def proof(self, html: str, *, dated: date | None = None) -> Proof:
        """Return `html` as a PDF together with what it was made of."""
        with _ONE_AT_A_TIME, _strictly(self._fetcher):
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


def _fill(page_box: Any) -> float:
    """Return how far down a page its text reaches, from 0 to 1."""
    ends = [
        box.position_y + box.height
        for box, running, _ in _boxes(page_box)
        if not running and getattr(box, "text", "").strip()
    ]
    top = page_box.content_box_y()
    return (max(ends) - top) / page_box.height if ends else 0.0


def _drawn(document: Any, root: Element) -> Proof:
    """Draw a document that is laid out, watching what goes where, and finish its PDF."""
    witness = _Witness(document)
    kept: list[Any] = []

    def finisher(_document: Any, pdf: Any) -> None:
        drawn, links = witness.account()
        _check_whole(root, drawn, document.pages)
        tagged = tag(root, drawn, links)
        finish(pdf, tagged, drawn, links, [page.height for page in document.pages])
        kept.extend([pdf, drawn, tagged])

    target = io.BytesIO()
    document.write_pdf(target, finisher=finisher, pdf_variant=VARIANT)
    pdf, drawn, tagged = kept
    pressed = Pressed(target.getvalue(), len(document.pages))
    return Proof(pressed, document, pdf, tuple(drawn), tagged)


def _check_whole(root: Element, drawn: Sequence[Drawn], pages: Sequence[Any]) -> None:
    """Raise PressError unless all text of the HTML lies on the paper."""
    if missing := lost(root, drawn):
        raise PressError(
            f"text is on no page: that of {', '.join(missing[:5])}",
            "templates, styles",
            "let nothing be hidden by a style, and no table head be taller than a page",
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
            )


class _Witness:
    """Sees which box is drawn under which mark.

    The renderer can write tags of its own, but they follow its boxes, not the HTML. So its tags
    are off, and only while a page is being painted its stream is told to number what it draws.
    """

    def __init__(self, document: Any) -> None:
        self.pages = document.pages
        self.fonts = document.fonts
        self.marks: list[dict[Any, dict[str, Any]]] = []
        for page in self.pages:
            page.paint = self._watched(page.paint)

    def _watched(self, paint: Any) -> Any:
        def watched(stream: Any, scale: float = 1) -> None:
            marks: dict[Any, dict[str, Any]] = {}
            stream._tags = marks
            paint(stream, scale)
            stream._tags = None
            self.marks.append(marks)
            for font in self.fonts.values():
                _tell_hyphens(font)

        return watched

    def account(self) -> tuple[list[Drawn], list[Link]]:
        """Return what was drawn, and the areas of the links, in source order."""
        drawn: list[Drawn] = []
        links: list[Link] = []
        for number, (page, marks) in enumerate(zip(self.pages, self.marks, strict=True)):
            for box, running, linked in _boxes(page._page_box):
                if box in marks:
                    drawn.append(_piece(box, number, marks[box]["mcid"], running))
                if box.link_annotation is not None:
                    # Only text within a link's tag can be a link; a box within a link is no second.
                    element = None if running or linked else box.element
                    links.append(Link(number, box.link_annotation, element))
        return drawn, links


def _boxes(box: Any, running: str = "", linked: bool = False) -> Iterator[tuple[Any, str, bool]]:
    """Yield every box with whether it is in a running header or footer, and in a link."""
    box = getattr(box, "_box", box)  # what is positioned absolutely leaves a stand-in
    if keyword := getattr(box, "at_keyword", ""):
        running = "Footer" if keyword.startswith("@bottom") else "Header"
    yield box, running, linked
    for child in box.children:
        yield from _boxes(child, running, linked or box.link_annotation is not None)


def _tell_hyphens(font: Any) -> None:
    """Say of a hyphen at the end of a line that it is a soft one: readers join such words again."""
    for glyph, text in font.to_unicode.items():
        if text == HYPHEN:
            font.to_unicode[glyph] = SOFT_HYPHEN


def _piece(box: Any, page: int, mark: int, running: str) -> Drawn:
    text = getattr(box, "text", None)
    area = (box.position_x, box.position_y, box.width, box.height)
    if text is None:
        area = (box.content_box_x(), box.content_box_y(), box.width, box.height)
    part = str(box.element_tag).partition("::")[2]
    return Drawn(page, mark, box.element, part, text or "", area, text is None, running)


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Reads files of the given folders, and data: addresses; nothing else, nothing from afar.

    `refused` says why each fetch that failed did: the renderer passes over some in silence.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(allowed_protocols=("file", "data"), fail_on_errors=True)
        self._folders = tuple(folder.resolve() for folder in folders)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Return what `url` holds; raises ValueError where it is out of bounds."""
        try:
            parts = urlsplit(url)
            if parts.scheme != "file":
                return super().fetch(url, headers)
            path = Path(url2pathname(unquote(parts.path))).resolve()
            self._check(path, parts.netloc)
            kind = guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
        except Exception as error:
            self.refused.append(str(error))
            raise

    def _check(self, path: Path, host: str) -> None:
        if host or not any(path.is_relative_to(folder) for folder in self._folders):
            raise ValueError(f"{path} is outside the folders that a sheet may use")


@contextmanager
def _strictly(fetcher: AssetFetcher) -> Iterator[None]:
    """Raise PressError at the end if a fetch failed or the renderer complained meanwhile."""
    listener = _Listener()
    fetcher.refused.clear()
    RENDERER_LOG.addHandler(listener)
    try:
        with suppress(FatalURLFetchingError):  # it is in `refused`
            yield
    finally:
        RENDERER_LOG.removeHandler(listener)
    if fetcher.refused:
        raise PressError(
            f"a sheet cannot use this: {fetcher.refused[0]}",
            "templates, styles",
            "put the file into the program's or the clinic's own folders",
        )
    if listener.missing:
        raise _no_glyph(listener.missing)
    if listener.heard:
        raise PressError(
            "the renderer would have left something out: " + "; ".join(listener.heard[:5]),
            "templates, styles",
            "mend the HTML or CSS named here",
        )


class _Listener(logging.Handler):
    """Collects what the renderer complains of; the characters without a glyph apart."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []
        self.missing: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith(".notdef glyph") and isinstance(record.args, tuple):
            self.missing[str(record.args[0])] = None
        else:
            self.heard.append(record.getMessage())


def _no_glyph(characters: dict[str, None]) -> PressError:
    named = ", ".join(
        f"{character} (U+{ord(character):04X} {unicodedata.name(character, 'no name')})"
        for character in characters
    )
    return PressError(
        f"no typeface has a glyph for {named}",
        hint="write it another way, or add a typeface that covers it",
    )
