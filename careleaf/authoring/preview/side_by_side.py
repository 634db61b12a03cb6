"""What the preview shows: two printed sheets as pictures, and where on them each message stands."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from careleaf.authoring import print_checks
from careleaf.authoring.medicines import named
from careleaf.authoring.reviewer import Reviewer
from careleaf.checks import wording as warned
from careleaf.content.walk import texts
from careleaf.desk.content import SHEET
from careleaf.desk.desk import Desk
from careleaf.errors import raise_all
from careleaf.language.critical import Pair, critical
from careleaf.language.locale_tags import SOURCE_LANGUAGE, is_source
from careleaf.language.localize import Translations, source_entry, unnamed
from careleaf.language.messages import Message
from careleaf.language.po_entry import PoEntry
from careleaf.sheet.edition import wording
from careleaf.sheet.fit import Density
from careleaf.text import PLACEHOLDER, Text, Value, comparable

SCALE = 1.6  # pixels of a picture a point of the page: sharp at the usual width of a window

Box = tuple[int, float, float, float, float]  # page from 0; left, top, width, height of 1


@dataclass(frozen=True, slots=True)
class MessageState:
    """One message with its translation and all that is to be said of it.

    `status` is `translated`, `missing`, `fuzzy` or `critical`; `english` and `translated` are the
    boxes it fills on either side's pages.
    """

    context: str
    msgid: str
    strings: tuple[str, ...]
    notes: tuple[str, ...]
    file: str
    line: int
    status: str
    findings: tuple[tuple[str, str, str], ...] = ()  # level, message, cure
    english: tuple[Box, ...] = ()
    translated: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class PageImages:
    """One printed sheet: each page as a PNG, and the page's width through its height."""

    pictures: tuple[bytes, ...]
    ratio: float


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Both sheets, and the messages in the order of the English.

    `work` is what has to be done outside the messages before the sheet can be printed.
    """

    handout: str
    tag: str
    english: PageImages
    translated: PageImages
    messages: tuple[MessageState, ...]
    density: Density
    work: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return all but the pictures."""
        return {
            "handout": self.handout,
            "tag": self.tag,
            "sides": {
                name: {"pages": len(side.pictures), "ratio": side.ratio}
                for name, side in (("english", self.english), ("translated", self.translated))
            },
            "messages": [asdict(message) for message in self.messages],
        }


@dataclass(frozen=True, slots=True, eq=False)
class RenderedSheet:
    """A printed sheet and its pictures."""

    printed: print_checks.PrintedSheet
    side: PageImages


def english(desk: Desk, handout: str) -> RenderedSheet:
    """Return the English sheet: a translator's edits leave it as it is. Raises HandoutError."""
    printed = print_checks.printed(desk, handout, SOURCE_LANGUAGE, desk.form())
    return RenderedSheet(printed, _side(printed))


def scene(
    desk: Desk,
    handout: str,
    tag: str,
    source: RenderedSheet,
    density: Density | None = None,
    *,
    whole: bool = False,
) -> SideBySide:
    """Return the preview of a handout in a language beside `source`, unfinished as it may be.

    `density` is how closely it was set before the last edit: mostly that is still right. English
    stands where there is no translation, also for a file that cannot be read; with `whole` such
    a file raises HandoutError, so that the pages before the edit stay.
    """
    reviewer = Reviewer(desk)
    pairs, work = [], list(unnamed(desk.content.clinic, tag))
    for domain in (handout, SHEET):
        found = desk.content.translations(tag, domain)
        if whole and not found.entries:
            raise_all(found.faults)
        work += found.faults
        pairs += [(message, found) for message in reviewer.messages(domain)]
    other = wording(
        desk.content.source(handout),
        desk.content.labels,
        tag,
        named(desk.content.clinic, tag),
        lenient(desk.content.translations(tag, handout)),
        lenient(desk.content.translations(tag, SHEET)),
    )
    left = source.printed
    edition = replace(left.edition, first=other, approval=None)
    right = print_checks.pressed(desk, edition, density)
    if density and right.rendered.pressed.pages > edition.handout.pages:
        right = print_checks.pressed(desk, edition)
    shown = [_filler(printed) for printed in (left, right)]
    places = [_Places(printed) for printed in (left, right)]
    said = [_said(tag, message, found) for message, found in pairs]
    placed = tuple(
        replace(
            one,
            english=places[0].of(map(shown[0], message.sources)),
            translated=places[1].of(map(shown[1], lenient(found)(message).strings)),
        )
        for one, (message, found) in zip(said, pairs, strict=True)
    )
    return SideBySide(
        handout,
        tag,
        source.side,
        _side(right),
        _judged(placed, pairs, reviewer, tag),
        right.density,
        tuple(map(str, work)),
    )


def lenient(found: Translations) -> Callable[[Message], PoEntry]:
    """Return a translation that never refuses: English stands where nothing safe can be shown."""

    def translate(message: Message) -> PoEntry:
        entry = found.entries.get(message.key)
        return entry if entry is not None and _usable(message, entry) else source_entry(message)

    return translate


def _usable(message: Message, entry: PoEntry) -> bool:
    """Whether an entry can be laid out: all forms there, every placeholder known."""
    if entry.missing or entry.plural != message.plural:
        return False
    try:
        names = {name for text in entry.strings for name in Text.parse(text).placeholders}
    except ValueError:
        return False
    known = {name for text in message.sources for name in Text.parse(text).placeholders}
    return names <= known


def _said(tag: str, message: Message, found: Translations) -> MessageState:
    entry = found.entries.get(message.key)
    if entry is None:
        status = "translated" if is_source(tag) else "missing"
        return MessageState(
            message.context,
            message.msgid,
            (),
            message.notes,
            found.where,
            1,
            status,
        )
    faults = () if entry.missing else critical(message, entry, tag)
    status = "translated"
    if entry.missing:
        status = "translated" if is_source(tag) else "missing"
    elif entry.fuzzy:
        status = "fuzzy"
    if faults:
        status = "critical"
    findings = tuple(("critical", finding.message, finding.hint) for finding in faults)
    return MessageState(
        message.context,
        message.msgid,
        entry.strings,
        message.notes,
        entry.file,
        entry.line,
        status,
        findings,
    )


def _judged(
    said: tuple[MessageState, ...],
    pairs: list[tuple[Message, Translations]],
    reviewer: Reviewer,
    tag: str,
) -> tuple[MessageState, ...]:
    """Add what only warns, which is judged over all messages together."""
    present = [
        Pair(message, found.entries[message.key], tag)
        for message, found in pairs
        if message.key in found.entries
    ]
    found_by: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for pair, _, finding in warned.warnings(warned.book(present, tag, reviewer.glossary)):
        found_by.setdefault(pair.message.key, []).append(("warning", finding.message, finding.hint))
    return tuple(
        replace(one, findings=(*one.findings, *found_by.get((one.context, one.msgid), ())))
        for one in said
    )


# --- where a message stands on the page -------------------------------------------------------


def _filler(printed: print_checks.PrintedSheet) -> Callable[[str], str]:
    """Return how a string reads on this sheet: placeholders filled, NUL for what is not known."""
    filled = (text for _, text, _ in texts(printed.edition.handout))
    values = {p.name: p.shown for text in filled for p in text.parts if isinstance(p, Value)}

    def shown(string: str) -> str:
        return PLACEHOLDER.sub(lambda match: values.get(match[1], "\0"), string)

    return shown


@dataclass(frozen=True, slots=True)
class _Piece:
    page: int
    box: tuple[float, float, float, float]
    start: int
    end: int


class _Places:
    """All the text of a printed sheet in one string, and which piece of a page each letter is in."""

    def __init__(self, printed: print_checks.PrintedSheet) -> None:
        self.pieces: list[_Piece] = []
        text: list[str] = []
        length = 0
        pages = printed.rendered.pages
        for box in printed.rendered.texts():
            letters = comparable(box.text)
            left, top, width, height = box.area
            page = pages[box.page]
            where = (left / page.width, top / page.height, width / page.width, height / page.height)
            self.pieces.append(_Piece(box.page, where, length, length + len(letters)))
            text.append(letters)
            length += len(letters)
        self.text = "".join(text)
        self.starts = {piece.start for piece in self.pieces}
        self.ends = {piece.end for piece in self.pieces}

    def of(self, strings: Iterable[str]) -> tuple[Box, ...]:
        """Return the boxes that a message fills, in whichever of its forms, wherever it stands."""
        known = (max(map(comparable, string.split("\0")), key=len) for string in strings)
        return tuple(box for text in dict.fromkeys(known) if text for box in self._boxes(text))

    def _boxes(self, wanted: str) -> Iterator[Box]:
        start = self.text.find(wanted)
        while start >= 0:
            end = start + len(wanted)
            if len(wanted) > 12 or (start in self.starts and end in self.ends):
                yield from _lines(p for p in self.pieces if p.start < end and p.end > start)
            start = self.text.find(wanted, end)


def _lines(pieces: Iterator[_Piece]) -> list[Box]:
    """Return one box for all that stands on one line."""
    lines: dict[tuple[int, int], Box] = {}
    for piece in pieces:
        left, top, width, height = piece.box
        key = (piece.page, round((top + height / 2) * 200))
        old = lines.get(key, (piece.page, left, top, width, height))
        right = max(old[1] + old[3], left + width)
        first = min(old[1], left)
        lines[key] = (piece.page, first, min(old[2], top), right - first, max(old[4], height))
    return [(page, *(round(side, 4) for side in box)) for page, *box in lines.values()]  # type: ignore[misc]


def _side(printed: print_checks.PrintedSheet) -> PageImages:
    import pypdfium2

    document = pypdfium2.PdfDocument(printed.rendered.pressed.pdf)
    try:
        pictures = tuple(_png(page) for page in document)
        width, height = document[0].get_size()
    finally:
        document.close()
    return PageImages(pictures, round(width / height, 4))


def _png(page: Any) -> bytes:
    target = io.BytesIO()
    page.render(scale=SCALE).to_pil().save(target, "PNG", compress_level=1)
    return target.getvalue()


__all__ = ["RenderedSheet", "SideBySide", "english", "lenient", "scene"]
