"""Writing PO files so that diffs stay small: one line a string, a stable order, no dates of our own."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from careleaf.language import catalogue
from careleaf.language.catalogue import RawCatalog
from careleaf.language.plurals import plural_forms
from careleaf.language.po_entry import Key, PoEntry, of_babel

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_SIMILAR = 0.6  # gettext's msgmerge calls texts similar from here on


# --- reading ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PoFile:
    """A PO file: its head as it was written, its messages, and those that the English lost."""

    head: str
    entries: tuple[PoEntry, ...]
    obsolete: tuple[PoEntry, ...]


def read(text: str, name: str, domain: str) -> PoFile:
    """Return a PO file whole. Raises HandoutError if it is none."""
    raw = catalogue.raw(text, name, domain)
    return PoFile(
        _head(text),
        tuple(of_babel(message) for message in raw if message.id),
        tuple(map(of_babel, raw.obsolete.values())),
    )


def _head(text: str) -> str:
    """Return everything up to the first message, as it stands: an editor may have added to it."""
    lines = text.replace("\r\n", "\n").split("\n")
    start = next((n for n, line in enumerate(lines) if line.startswith("msgid ")), 0)
    end = start + 1
    while end < len(lines) and re.match(r'\s*(msgstr\b|")', lines[end]):
        end += 1
    return "\n".join(lines[:end]).strip("\n") + "\n"


# --- writing ----------------------------------------------------------------------------------


def write(file: PoFile) -> str:
    """Return a PO file as text."""
    parts = [file.head.rstrip("\n")]
    parts += ["\n".join(_lines(entry)) for entry in file.entries]
    parts += ["\n".join(_lines(entry, "#~ ")) for entry in file.obsolete]
    return "\n\n".join(parts) + "\n"


def _lines(entry: PoEntry, prefix: str = "") -> Iterator[str]:
    yield from (f"# {line}".rstrip() for line in entry.comments)
    if not prefix:
        yield from (f"#. {line}" for line in entry.notes)
        yield from (f"#: {place}" for place in entry.places)
    if entry.flags:
        yield f"#, {', '.join(entry.flags)}"
    old = f"{prefix.strip() or '#'}| "
    if entry.previous_context:
        yield f"{old}msgctxt {quoted(entry.previous_context)}"
    for name, text in zip(("msgid", "msgid_plural"), entry.previous, strict=False):
        yield f"{old}{name} {quoted(text)}"
    if entry.context:
        yield f"{prefix}msgctxt {quoted(entry.context)}"
    yield f"{prefix}msgid {quoted(entry.msgid)}"
    if not entry.plural:
        yield f"{prefix}msgstr {quoted(entry.strings[0] if entry.strings else '')}"
        return
    yield f"{prefix}msgid_plural {quoted(entry.plural)}"
    for index, text in enumerate(entry.strings):
        yield f"{prefix}msgstr[{index}] {quoted(text)}"


def quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'


_MIME = (
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=UTF-8",
    "Content-Transfer-Encoding: 8bit",
)

_PEOPLE = ("Last-Translator: ", "Language-Team: ")
_NO_DATE = "PO-Revision-Date: YEAR-MO-DA HO:MI+ZONE"  # as gettext leaves it


def template_head(domain: str) -> str:
    """Return the head of a template. No date in it: nothing changes that nobody changed."""
    comments = [f"# {domain}: the English, for translators."]
    return _header(
        comments, [f"Project-Id-Version: {domain}", _NO_DATE, *_PEOPLE, "Language: ", *_MIME]
    )


def new_head(domain: str, tag: str, english_name: str, today: date) -> str:
    """Return the head of a new PO file, with CLDR's plural rule and the day it was begun."""
    comments = [f"# {english_name}: {domain}", "# A draft until a person signs it off."]
    begun = f"PO-Revision-Date: {today.isoformat()} 00:00+0000"
    plural = f"Plural-Forms: {plural_forms(tag)}"
    return _header(
        comments,
        [f"Project-Id-Version: {domain}", begun, *_PEOPLE, f"Language: {tag}", *_MIME, plural],
    )


def _header(comments: list[str], fields: list[str]) -> str:
    lines = [*comments, 'msgid ""', 'msgstr ""', *(quoted(f"{field}\n") for field in fields)]
    return "\n".join(lines) + "\n"


# --- merging ----------------------------------------------------------------------------------


def merge(template: tuple[PoEntry, ...], old: PoFile, forms: int) -> PoFile:
    """Return `old` brought up to date with the English of `template`; `forms` is its plural count.

    A text that is new but much like one that is gone takes over its translation, marked fuzzy,
    with what the English said before. What the English lost is kept as obsolete, and comes back
    whole if the English does.
    """
    known = {entry.key: entry for entry in old.entries}
    gone = {entry.key: entry for entry in old.obsolete}
    wanted = {entry.key for entry in template}
    free = {key: entry for key, entry in known.items() if key not in wanted and not entry.untouched}
    taken: set[Key] = set()
    entries = []
    for entry in template:
        found = known.get(entry.key) or gone.get(entry.key)
        if found is None:
            found = _similar(entry, free, taken)
        if found is None:
            entries.append(_filled(entry, (), (), forms))
        elif found.key == entry.key and found.plural == entry.plural:
            entries.append(_kept(entry, found, forms))
        else:
            taken.add(found.key)
            entries.append(_guessed(entry, found, forms))
    left = [entry for entry in (*old.entries, *old.obsolete) if entry.key not in wanted | taken]
    lost = {entry.key: entry for entry in left if not entry.untouched}
    obsolete = (replace(entry, notes=(), places=()) for entry in lost.values())
    return PoFile(old.head, tuple(entries), tuple(obsolete))


def _similar(entry: PoEntry, free: dict[Key, PoEntry], taken: set[Key]) -> PoEntry | None:
    """Return the message whose English is most like this one, those of its own place first."""
    best, score = None, _SIMILAR
    for key, other in free.items():
        matcher = difflib.SequenceMatcher(None, entry.msgid, other.msgid)
        if key in taken or matcher.real_quick_ratio() < score or matcher.quick_ratio() < score:
            continue
        ratio = matcher.ratio() + (0.1 if other.context == entry.context else 0)
        if ratio > score:
            best, score = other, ratio
    return best


def _kept(entry: PoEntry, found: PoEntry, forms: int) -> PoEntry:
    fuzzy = found.fuzzy
    kept = _filled(entry, found.strings, found.comments, forms)
    return replace(
        kept,
        flags=tuple(sorted({*found.flags, *entry.flags})),
        previous=found.previous if fuzzy else (),
        previous_context=found.previous_context if fuzzy else "",
    )


def _guessed(entry: PoEntry, found: PoEntry, forms: int) -> PoEntry:
    guess = _filled(entry, found.strings, found.comments, forms)
    if guess.untouched:
        return guess
    fuzzy = found.fuzzy and bool(found.previous)
    before = tuple(text for text in (found.msgid, found.plural) if text)
    return replace(
        guess,
        flags=("fuzzy", *entry.flags),
        previous=found.previous if fuzzy else before,
        previous_context=found.context if found.context != entry.context else "",
    )


def _filled(
    entry: PoEntry, strings: tuple[str, ...], comments: tuple[str, ...], forms: int
) -> PoEntry:
    """Return a message of the template with a translation, cut or padded to its plural forms."""
    count = forms if entry.plural else 1
    return replace(entry, strings=(*strings, *[""] * count)[:count], comments=comments)


__all__ = ["PoEntry", "PoFile", "RawCatalog", "merge", "new_head", "read", "template_head", "write"]
