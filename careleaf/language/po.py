"""Writing PO files so that diffs stay small: one line a string, a stable order, no dates of our own."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from babel.messages import Message as BabelMessage

from careleaf.language import catalogue
from careleaf.language.catalogue import Key, RawCatalog

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_SIMILAR = 0.6  # gettext's msgmerge calls texts similar from here on


@dataclass(frozen=True, slots=True)
class Unit:
    """One message of a PO file with everything that stands around it.

    `previous` is what the English said when a fuzzy one was translated: msgid, or both forms.
    """

    context: str
    msgid: str
    plural: str = ""
    strings: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()  # "# ...": the translator's
    notes: tuple[str, ...] = ()  # "#. ...": the author's
    places: tuple[str, ...] = ()  # "#: ...": where the English stands
    flags: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    previous_context: str = ""

    @property
    def key(self) -> Key:
        return self.context, self.msgid

    @property
    def translated(self) -> bool:
        return bool(self.strings) and any(self.strings)


# --- reading ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PoFile:
    """A PO file: its head as it was written, its messages, and those that the English lost."""

    head: str
    units: tuple[Unit, ...]
    obsolete: tuple[Unit, ...]


def read(text: str, name: str, domain: str) -> PoFile:
    """Return a PO file whole. Raises HandoutError if it is none."""
    raw = catalogue.raw(text, name, domain)
    return PoFile(
        _head(text),
        tuple(_unit(message) for message in raw if message.id),
        tuple(_unit(message) for message in raw.obsolete.values()),
    )


def _head(text: str) -> str:
    """Return everything up to the first message, as it stands: an editor may have added to it."""
    lines = text.replace("\r\n", "\n").split("\n")
    start = next((n for n, line in enumerate(lines) if line.startswith("msgid ")), 0)
    end = start + 1
    while end < len(lines) and re.match(r'\s*(msgstr\b|")', lines[end]):
        end += 1
    return "\n".join(lines[:end]).strip("\n") + "\n"


def _unit(message: BabelMessage) -> Unit:
    ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
    strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
    old = [line[1:].strip() for line in message.user_comments if line.startswith("|")]
    fields = _previous(old)
    return Unit(
        message.context or "",
        str(ids[0]),
        str(ids[1]) if len(ids) > 1 else "",
        tuple(str(text) for text in strings),
        tuple(line for line in message.user_comments if not line.startswith("|")),
        tuple(message.auto_comments),
        tuple(f"{file}:{line}" if line else str(file) for file, line in message.locations),
        tuple(sorted(flag for flag in message.flags if flag)),
        tuple(fields[name] for name in ("msgid", "msgid_plural") if name in fields),
        fields.get("msgctxt", ""),
    )


def _previous(lines: Iterable[str]) -> dict[str, str]:
    """Return the fields of `#| msgid "..."` lines, which Babel takes for comments."""
    found: dict[str, str] = {}
    current = ""
    for line in lines:
        match = re.match(r'(?:(msgctxt|msgid_plural|msgid)\s+)?"(.*)"$', line)
        if match:
            current = match[1] or current
            found[current] = found.get(current, "") + _unescaped(match[2])
    return found


def _unescaped(text: str) -> str:
    names = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(r"\\(.)", lambda m: names.get(m[1], m[1]), text)


# --- writing ----------------------------------------------------------------------------------


def write(file: PoFile) -> str:
    """Return a PO file as text."""
    parts = [file.head.rstrip("\n")]
    parts += ["\n".join(_lines(unit)) for unit in file.units]
    parts += ["\n".join(_lines(unit, "#~ ")) for unit in file.obsolete]
    return "\n\n".join(parts) + "\n"


def _lines(unit: Unit, prefix: str = "") -> Iterator[str]:
    yield from (f"# {line}".rstrip() for line in unit.comments)
    if not prefix:
        yield from (f"#. {line}" for line in unit.notes)
        yield from (f"#: {place}" for place in unit.places)
    if unit.flags:
        yield f"#, {', '.join(unit.flags)}"
    old = f"{prefix.strip() or '#'}| "
    if unit.previous_context:
        yield f"{old}msgctxt {quoted(unit.previous_context)}"
    for name, text in zip(("msgid", "msgid_plural"), unit.previous, strict=False):
        yield f"{old}{name} {quoted(text)}"
    if unit.context:
        yield f"{prefix}msgctxt {quoted(unit.context)}"
    yield f"{prefix}msgid {quoted(unit.msgid)}"
    if not unit.plural:
        yield f"{prefix}msgstr {quoted(unit.strings[0] if unit.strings else '')}"
        return
    yield f"{prefix}msgid_plural {quoted(unit.plural)}"
    for index, text in enumerate(unit.strings):
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
    plural = f"Plural-Forms: {catalogue.plural_forms(tag)}"
    return _header(
        comments,
        [f"Project-Id-Version: {domain}", begun, *_PEOPLE, f"Language: {tag}", *_MIME, plural],
    )


def _header(comments: list[str], fields: list[str]) -> str:
    lines = [*comments, 'msgid ""', 'msgstr ""', *(quoted(f"{field}\n") for field in fields)]
    return "\n".join(lines) + "\n"


# --- merging ----------------------------------------------------------------------------------


def merge(template: tuple[Unit, ...], old: PoFile, forms: int) -> PoFile:
    """Return `old` brought up to date with the English of `template`; `forms` is its plural count.

    A text that is new but much like one that is gone takes over its translation, marked fuzzy,
    with what the English said before. What the English lost is kept as obsolete, and comes back
    whole if the English does.
    """
    known = {unit.key: unit for unit in old.units}
    gone = {unit.key: unit for unit in old.obsolete}
    wanted = {unit.key for unit in template}
    free = {key: unit for key, unit in known.items() if key not in wanted and unit.translated}
    taken: set[Key] = set()
    units = []
    for unit in template:
        found = known.get(unit.key) or gone.get(unit.key)
        if found is None:
            found = _similar(unit, free, taken)
        if found is None:
            units.append(_filled(unit, (), (), forms))
        elif found.key == unit.key and found.plural == unit.plural:
            units.append(_kept(unit, found, forms))
        else:
            taken.add(found.key)
            units.append(_guessed(unit, found, forms))
    left = [unit for unit in (*old.units, *old.obsolete) if unit.key not in wanted | taken]
    lost = {unit.key: unit for unit in left if unit.translated}
    obsolete = (replace(unit, notes=(), places=()) for unit in lost.values())
    return PoFile(old.head, tuple(units), tuple(obsolete))


def _similar(unit: Unit, free: dict[Key, Unit], taken: set[Key]) -> Unit | None:
    """Return the message whose English is most like this one, those of its own place first."""
    best, score = None, _SIMILAR
    for key, other in free.items():
        matcher = difflib.SequenceMatcher(None, unit.msgid, other.msgid)
        if key in taken or matcher.real_quick_ratio() < score or matcher.quick_ratio() < score:
            continue
        ratio = matcher.ratio() + (0.1 if other.context == unit.context else 0)
        if ratio > score:
            best, score = other, ratio
    return best


def _kept(unit: Unit, found: Unit, forms: int) -> Unit:
    fuzzy = "fuzzy" in found.flags
    kept = _filled(unit, found.strings, found.comments, forms)
    return replace(
        kept,
        flags=tuple(sorted({*found.flags, *unit.flags})),
        previous=found.previous if fuzzy else (),
        previous_context=found.previous_context if fuzzy else "",
    )


def _guessed(unit: Unit, found: Unit, forms: int) -> Unit:
    guess = _filled(unit, found.strings, found.comments, forms)
    if not guess.translated:
        return guess
    fuzzy = "fuzzy" in found.flags and bool(found.previous)
    before = tuple(text for text in (found.msgid, found.plural) if text)
    return replace(
        guess,
        flags=("fuzzy", *unit.flags),
        previous=found.previous if fuzzy else before,
        previous_context=found.context if found.context != unit.context else "",
    )


def _filled(unit: Unit, strings: tuple[str, ...], comments: tuple[str, ...], forms: int) -> Unit:
    """Return a message of the template with a translation, cut or padded to its plural forms."""
    count = forms if unit.plural else 1
    return replace(unit, strings=(*strings, *[""] * count)[:count], comments=comments)


__all__ = ["PoFile", "RawCatalog", "Unit", "merge", "new_head", "read", "template_head", "write"]
