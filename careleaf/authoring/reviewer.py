"""The checks of one handout, one language, one printed sheet: what must be mended, with the place of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from careleaf.checks import grade, sheet, wording
from careleaf.checks.glossary import Glossary, load_glossary
from careleaf.checks.subject import HandoutSubject
from careleaf.content import yamlfile
from careleaf.content.handout import Handout
from careleaf.content.labels import LabelSource, load_labels
from careleaf.desk.content import SHEET
from careleaf.desk.desk import Desk
from careleaf.errors import Faults, HandoutError
from careleaf.language import catalogue
from careleaf.language.catalogue import Catalogue
from careleaf.language.critical import RULES as CRITICAL
from careleaf.language.critical import Pair
from careleaf.language.locale_tags import SOURCE_LANGUAGE, is_source, parse_tag
from careleaf.language.localize import Translations, unnamed
from careleaf.language.messages import Message, of_handout, of_labels, unique
from careleaf.language.po_entry import PoEntry
from careleaf.language.rules import FAILING, Level
from careleaf.paths import po_path
from careleaf.sheet import faces

WEB = "web"  # the labels of the page for staff

_PLACE = re.compile(r"(?P<file>.*?)(?::(?P<line>\d+))?(?::(?P<column>\d+))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to mend, or to look at. `domain` is the handout, or `sheet`; `tag` empty for English."""

    level: Level
    rule: str
    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    domain: str = ""
    tag: str = ""

    @property
    def fails(self) -> bool:
        return self.level in FAILING

    def __str__(self) -> str:
        cure = f"\n  {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}: {self.level}: {self.message}{cure}"


class Reviewer:
    """Goes over one desk's content. Nothing is fixed here, nothing printed to keep."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @cached_property
    def glossary(self) -> Glossary:
        path = self.desk.content.root.locales / "glossary.yaml"
        return load_glossary(path, self.desk.content.root.short(path))

    @cached_property
    def web_labels(self) -> LabelSource | None:
        """The English labels of the page for staff; None where the folder has none."""
        path = self.desk.content.root.templates / "web" / "labels.yaml"
        return (
            load_labels(path, self.desk.content.root.short(path), WEB) if path.is_file() else None
        )

    def messages(self, domain: str) -> tuple[Message, ...]:
        """Return the English of a domain: a handout's id, `sheet` or `web`. Raises HandoutError."""
        if domain == SHEET:
            return unique(of_labels(self.desk.content.labels))
        if domain == WEB:
            return unique(of_labels(self.web_labels)) if self.web_labels else ()
        return unique(of_handout(self.desk.content.source(domain)))

    def domains(self, tag: str, handouts: Iterable[str]) -> tuple[str, ...]:
        """Return the domains a locale needs, and the web page's where it has begun that."""
        web = (WEB,) if self.web_labels and self._own(tag, WEB) else ()
        return (*handouts, SHEET, *web)

    def _own(self, tag: str, domain: str) -> Catalogue | None:
        """Return the locale's own PO file; None if there is none or it cannot be read."""
        path = po_path(self.desk.content.root.locales, tag, domain)
        if not path.is_file():
            return None
        try:
            return catalogue.load(path, self.desk.content.root.short(path), tag, domain)
        except HandoutError:
            return None

    # --- handouts -----------------------------------------------------------------------------

    def handout(self, name: str) -> Iterator[Diagnostic]:
        """Yield what is wrong with a handout itself."""
        try:
            source = self.desk.content.source(name)
        except HandoutError as error:
            yield from faults(error, "error", "file", name)
            return
        try:
            english = self.desk.content.wording(name, SOURCE_LANGUAGE).handout
        except HandoutError as error:
            yield from faults(error, "error", "file", name)
            return
        content = self.desk.content
        others = self._others(name)
        subject = HandoutSubject(source, english, content.today, content.clinic, others)
        for check in sheet.RULES:
            for loc, finding in check(subject):
                line, column = source.document.place(loc)
                place = (source.document.name, line, column)
                yield Diagnostic(
                    check.level, check.name, *place, finding.message, finding.hint, name
                )

    def _others(self, name: str) -> tuple[Handout, ...]:
        """Return the other handouts of the folder; one that cannot be read is told by itself."""
        found: list[Handout] = []
        for other in self.desk.content.handouts:
            if other != name:
                with suppress(HandoutError):
                    found.append(self.desk.content.source(other).handout)
        return tuple(found)

    # --- translations -------------------------------------------------------------------------

    def locale(self, tag: str, handouts: Iterable[str]) -> Iterator[Diagnostic]:
        """Yield what is wrong with a locale's catalogues for these handouts and the labels."""
        if parse_tag(tag) != tag:
            where = self.desk.content.root.short(self.desk.content.root.locales / tag)
            hint = f"name the folder {parse_tag(tag) or 'as CLDR names the locale'}"
            yield Diagnostic("critical", "locale", where, 1, 1, "this is no locale", hint, "", tag)
            return
        for fault in unnamed(self.desk.content.clinic, tag):
            yield from self._in_clinic(fault, tag)
        pairs: list[Pair] = []
        for domain in self.domains(tag, handouts):
            try:
                messages = self.messages(domain)
            except HandoutError:
                continue  # told with the handout
            found = self.desk.content.translations(tag, domain)
            for fault in found.faults:
                yield from faults(fault, "critical", "file", domain, tag)
            yield from self._untranslated(messages, found, domain)
            present = [
                Pair(m, found.entries[m.key], tag) for m in messages if m.key in found.entries
            ]
            for pair in present:
                yield from _critical(pair, domain)
                if pair.message.key in found.pasted:
                    doubt = found.pasted[pair.message.key]
                    yield _at(
                        *(pair.entry, "critical", "pasted", doubt.message, doubt.hint),
                        *(domain, tag),
                    )
            pairs += present
            yield from self._forgotten(messages, tag, domain)
        own = [pair for pair in pairs if f"/{tag}/LC_MESSAGES/" in pair.entry.file]
        book = wording.book(own, tag, self.glossary)
        for pair, name, finding in wording.warnings(book):
            domain = pair.message.context.split("/")[0]
            yield _at(pair.entry, "warning", name, finding.message, finding.hint, domain, tag)

    def _in_clinic(self, fault: HandoutError, tag: str) -> Iterator[Diagnostic]:
        """Yield a fault of the clinic's file at the line of its medicines."""
        path = self.desk.content.root.clinic_file
        document = yamlfile.read(path, self.desk.content.root.short(path))
        line, column = document.place(("medicines",), key=True)
        yield Diagnostic(
            *("critical", "medicine", document.name, line, column),
            *(fault.message, fault.hint, "", tag),
        )

    def _untranslated(
        self, messages: tuple[Message, ...], found: Translations, domain: str
    ) -> Iterator[Diagnostic]:
        """Yield what is missing or fuzzy. English that is not overridden is not missing."""
        tag = found.tag
        missing = [m for m in messages if m.key not in found.entries]
        if is_source(tag) or (found.faults and not found.entries):  # a file that cannot be read
            missing = []
        elif not found.entries:
            yield Diagnostic(
                *("critical", "untranslated-file", found.where, 1, 1),
                f"there is no translation of {domain} into {tag}",
                f"generate.py locales update --locale {found.folder}",
                *(domain, tag),
            )
            missing = []
        for message in missing:
            yield Diagnostic(
                *("critical", "missing", found.where, 1, 1),
                f'"{short(message.msgid)}" ({message.context}) is not translated',
                "run `make update`, then translate it",
                *(domain, tag),
            )
        for message in messages:
            entry = found.entries.get(message.key)
            if entry is None:
                continue
            if entry.fuzzy:
                yield _at(
                    *(entry, "critical", "fuzzy", f'"{short(message.msgid)}" is marked fuzzy'),
                    "read it against the English, mend it, and remove the mark",
                    *(domain, tag),
                )
            blank = not any(form.strip() for form in entry.strings)
            if blank and not (entry.untouched and is_source(tag)):
                yield _at(
                    *(entry, "critical", "missing", f'"{short(message.msgid)}" is not translated'),
                    "translate it in a PO editor",
                    *(domain, tag),
                )

    def _forgotten(
        self, messages: tuple[Message, ...], tag: str, domain: str
    ) -> Iterator[Diagnostic]:
        own = self._own(tag, domain)
        known = {message.key for message in messages}
        for key, entry in own.entries.items() if own else ():
            if key not in known:
                yield _at(
                    *(entry, "warning", "unknown", f'"{short(entry.msgid)}" is not in the English'),
                    "run `make update`: is it another text's translation?",
                    *(domain, tag),
                )

    # --- sheets -------------------------------------------------------------------------------

    def printed(self, name: str, tag: str) -> Iterator[Diagnostic]:
        """Yield what is wrong with the printed sheet, in the clinic's own paper size."""
        own = po_path(self.desk.content.root.locales, tag, name)
        place = own if own.is_file() else self.desk.content.root.handouts / f"{name}.yaml"
        where = (self.desk.content.root.short(place), 1, 1)
        from careleaf.authoring import print_checks  # the renderer takes longest to import

        for rule, finding in print_checks.findings(self.desk, name, tag, self.desk.form()):
            message = f"{name} in {tag}: {finding.message}"
            yield Diagnostic("error", rule, *where, message, finding.hint, name, tag)

    def reading(self, name: str, tag: str) -> grade.Reading | None:
        return grade.reading(self.desk.content.wording(name, tag).handout, tag)


def _critical(pair: Pair, domain: str) -> Iterator[Diagnostic]:
    """Yield what must never be printed in one translation."""
    if not any(form.strip() for form in pair.entry.strings):
        return  # not translated at all: said already, or English as it stands
    for check in CRITICAL:
        for finding in check(pair):
            yield _at(
                *(pair.entry, "critical", check.name, finding.message, finding.hint),
                *(domain, pair.tag),
            )
    for form in pair.entry.strings:
        for char in faces.uncovered(form):
            message = f'no typeface has a glyph for "{char}" (U+{ord(char):04X})'
            hint = "write it another way"
            yield _at(pair.entry, "critical", "glyph", message, hint, domain, pair.tag)


def _at(
    entry: PoEntry, level: Level, rule: str, message: str, hint: str, domain: str, tag: str
) -> Diagnostic:
    return Diagnostic(level, rule, entry.file, entry.line, 1, message, hint, domain, tag)


def faults(
    error: HandoutError, level: Level, rule: str, domain: str = "", tag: str = ""
) -> Iterator[Diagnostic]:
    """Yield an error, or several in one, as problems."""
    for fault in error.faults if isinstance(error, Faults) else (error,):
        place = _PLACE.fullmatch(fault.where)
        file = (place and place["file"]) or fault.where or "handouts"
        line = int((place and place["line"]) or 1)
        column = int((place and place["column"]) or 1)
        yield Diagnostic(level, rule, file, line, column, fault.message, fault.hint, domain, tag)


def short(msgid: str) -> str:
    return msgid if len(msgid) <= 60 else msgid[:57] + "..."
