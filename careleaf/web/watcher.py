"""What the page offers just now: the desk, the words of the page, the handouts and the languages."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from babel import Locale

from careleaf.content.labels import LabelSource, load_labels
from careleaf.content.loading import HandoutSource
from careleaf.desk import inputs
from careleaf.desk.content import Content
from careleaf.desk.desk import Desk
from careleaf.desk.inputs import Input
from careleaf.errors import HandoutError, each
from careleaf.language import cldr, locale_tags
from careleaf.language.localize import Labels, localize_labels, overlay, translations
from careleaf.language.messages import of_handout
from careleaf.paths import PROGRAM, Root, po_path
from careleaf.web.renders import Stand

T = TypeVar("T")

WEB = "web"  # the domain of the page's labels
KEPT_RECENT = 4
REST = 20  # looking whether a file has changed may take one part in so many of the time,
LONGEST_REST = 0.2  # seconds; but a change is seen by then, however slow the first look was


@dataclass(frozen=True, slots=True)
class LocaleChoice:
    """A language that sheets are made in. `names` finds it: its own name, English, the page's."""

    tag: str
    own: str
    english: str
    shown: str
    direction: str
    names: tuple[str, ...]

    @property
    def lang(self) -> str:
        return cldr.bcp47(self.tag)


@dataclass(frozen=True, slots=True)
class HandoutChoice:
    """A handout as the page lists it. `titles` by tag, English first; `drafts` are tags too."""

    id: str
    code: str
    kind: str
    version: str
    reviewed: date
    titles: dict[str, str]
    codes: dict[str, tuple[str, ...]]
    drafts: tuple[str, ...]

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages it is translated into."""
        return tuple(self.titles)

    def title(self, tag: str) -> str:
        return self.titles.get(tag) or self.titles["en"]

    def is_in(self, tag: str) -> bool:
        """Whether it is translated into this language, or into what this one is a variety of."""
        return any(tag == one or tag.startswith(f"{one}_") for one in self.titles)

    @property
    def finds(self) -> tuple[str, ...]:
        """All that a nurse may type to find it."""
        numbers = (number for system in self.codes.values() for number in system)
        return tuple(dict.fromkeys((*self.titles.values(), self.code, self.id, *numbers)))


@dataclass(frozen=True, slots=True)
class Words:
    """The page in one language."""

    tag: str
    labels: Labels

    def __call__(self, key: str, **values: str) -> str:
        text = self.labels(key, **values)
        return str(text) if self.direction == "rtl" else text.plain

    @property
    def lang(self) -> str:
        return cldr.bcp47(self.tag)

    @property
    def direction(self) -> str:
        return cldr.direction(self.tag)

    @property
    def patterns(self) -> dict[str, str]:
        """Every label with its placeholders in braces, for the page's script."""
        return {key: entry.form(1) for key, entry in self.labels.entries.items()}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The desk and all that is chosen from. `faults` are those of handouts that cannot be offered."""

    desk: Desk
    stand: Stand
    handouts: tuple[HandoutChoice, ...]
    faults: tuple[HandoutError, ...]

    @property
    def own_locale(self) -> str:
        """The language that clinic.yaml states as the clinic's own; nothing where it states none."""
        clinic = self.desk.content.clinic
        return clinic.locale if "locale" in clinic.model_fields_set else ""


class ContentWatcher:
    """Opens the desk anew when a file has changed; remembers what languages were used last."""

    def __init__(self, root: Root, today: Callable[[], date], use_stencil: bool = True) -> None:
        self.root = root
        self._today = today
        self._use_stencil = use_stencil
        self._lock = threading.RLock()
        self._snapshot: Snapshot | None = None
        self._words: dict[str, Words] = {}
        self._looked, self._look_took = 0.0, 0.0
        self._recent: deque[str] = deque(maxlen=KEPT_RECENT)

    def snapshot(self) -> Snapshot:
        """Return what there is now. Raises HandoutError or Faults when clinic.yaml cannot be used."""
        with self._lock:
            if self._snapshot is None or self._has_changed(self._snapshot.stand):
                self._snapshot = None
                self._words.clear()
                self._snapshot = self._open()
            return self._snapshot

    def _has_changed(self, stand: Stand) -> bool:
        now = time.monotonic()
        if now - self._looked < min(self._look_took * REST, LONGEST_REST):
            return False
        content = self._content()
        return (content, self._today()) != (stand.content, stand.today)

    def _content(self) -> str:
        self._looked = time.monotonic()
        sheets = inputs.of_root(Content(self.root, self._today()))
        content = inputs.stamp((*sheets, *self._of_page()))
        self._look_took = time.monotonic() - self._looked
        return content

    def _of_page(self) -> Iterator[Input]:
        """Yield what the page itself says: its labels in each language."""
        labels = self.part("templates", "web", "labels.yaml")
        yield Input("templates/web/labels.yaml", labels)
        for locales in (self.root.locales, PROGRAM / "locales"):
            for path in sorted(locales.glob(f"*/LC_MESSAGES/{WEB}.po")):
                yield Input(path.relative_to(locales).as_posix(), path)

    def _open(self) -> Snapshot:
        stand = Stand(self.root, self._today(), self._content(), self._use_stencil)
        desk = stand.open()
        _ = desk.content.clinic  # nothing can be made without it
        handouts: list[HandoutChoice] = []
        faults: list[HandoutError] = []
        for handout in desk.content.handouts:
            try:
                handouts.append(_choice(desk, desk.content.source(handout)))
            except HandoutError as fault:
                faults += each(fault)
        return Snapshot(desk, stand, tuple(handouts), tuple(faults))

    # --- words ----------------------------------------------------------------------------

    def part(self, *path: str) -> Path:
        """Return a file of the page: the clinic's own, else the program's."""
        return self.root.part(*path)

    def words(self, wish: str, accept: str = "") -> Words:
        """Return the page's words in the language wished for, else one the browser asks for, else English.

        A language whose words are not whole is left out: half a page in English helps no one.
        """
        for text in (wish, *_accepted(accept), locale_tags.SOURCE_LANGUAGE):
            tag = locale_tags.parse_tag(text) if text else None
            for step in locale_tags.chain(tag) if tag else ():
                if step in self.page_tags:
                    return self._in(step)
        return self._in(locale_tags.SOURCE_LANGUAGE)

    @property
    def page_tags(self) -> tuple[str, ...]:
        """The languages of the page: those that have a catalogue of their own, and English."""
        found = []
        for tag in dict.fromkeys(
            (*locale_tags.available(self.root.locales), *locale_tags.available(PROGRAM / "locales"))
        ):
            try:
                if tag == locale_tags.SOURCE_LANGUAGE or self._has_words(tag):
                    self._in(tag)
                    found.append(tag)
            except HandoutError:
                continue
        return tuple(found)

    def _has_words(self, tag: str) -> bool:
        folders = (self.root.locales, PROGRAM / "locales")
        return any(po_path(folder, tag, WEB).is_file() for folder in folders)

    def _in(self, tag: str) -> Words:
        with self._lock:
            if tag not in self._words:
                own = translations(self.root.locales, tag, WEB)
                shipped = translations(PROGRAM / "locales", tag, WEB)
                self._words[tag] = Words(
                    tag, localize_labels(self._label_source(), overlay(own, shipped))
                )
            return self._words[tag]

    def _label_source(self) -> LabelSource:
        path = self.part("templates", "web", "labels.yaml")
        return load_labels(path, self.root.short(path), WEB)

    # --- languages ------------------------------------------------------------------------

    def locales(self, desk: Desk, words: Words) -> tuple[LocaleChoice, ...]:
        """Return the languages that there are sheets in, by their names in the page's language."""
        choices = (_locale_choice(tag, words.tag) for tag in desk.content.locales)
        return tuple(sorted(choices, key=lambda choice: choice.shown.casefold()))

    @property
    def recent(self) -> tuple[str, ...]:
        """The languages of the last sheets, last first; nothing else of them is remembered."""
        return tuple(self._recent)

    def used(self, tag: str) -> None:
        """Remember that a sheet was made in a language."""
        with self._lock:
            if tag in self._recent:
                self._recent.remove(tag)
            self._recent.appendleft(tag)


def _choice(desk: Desk, source: HandoutSource) -> HandoutChoice:
    handout = source.handout
    titles = {"en": handout.title.plain}
    for tag in desk.content.locales:
        title = _title(desk, source, tag)
        if title:
            titles[tag] = title
    return HandoutChoice(
        handout.id,
        handout.code,
        handout.kind,
        handout.version,
        handout.reviewed,
        titles,
        {name: value for name, value in handout.procedure.codes.model_dump().items() if value},
        tuple(tag for tag in titles if is_draft(desk, handout.id, tag)),
    )


def _title(desk: Desk, source: HandoutSource, tag: str) -> str:
    """Return the title in a language; nothing where the handout has no translation into it."""
    try:
        return str(
            desk.content.translations(tag, source.handout.id)(next(of_handout(source))).form(1)
        )
    except HandoutError:
        return ""


def is_draft(desk: Desk, handout: str, tag: str) -> bool:
    """Whether nobody has approved this wording; a wording that cannot be printed is a draft too."""
    try:
        return not desk.content.standing(handout, tag).holds
    except HandoutError:
        return True


def _locale_choice(tag: str, page_tag: str) -> LocaleChoice:
    locale = Locale.parse(tag)
    names = [str(locale.get_display_name(to) or tag) for to in (tag, "en", page_tag)]
    own, english, shown = (name[:1].upper() + name[1:] for name in names)
    return LocaleChoice(
        tag,
        own,
        english,
        shown,
        cldr.direction(tag),
        tuple(dict.fromkeys((own, english, shown, tag))),
    )


def _accepted(header: str) -> list[str]:
    """Return the languages of an Accept-Language header, most wanted first."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), place, tag.strip()))
        except ValueError:
            continue
    return [tag for _, _, tag in sorted(wanted) if tag and tag != "*"]
