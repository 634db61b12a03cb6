"""PO files, read directly: strict where Babel is lenient, because a guess would reach a family."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import UnknownLocaleError
from babel.messages import Catalog
from babel.messages import Message as BabelMessage
from babel.messages.pofile import PoFileError, PoFileParser

from careleaf.content.yamlfile import read_text
from careleaf.errors import HandoutError, raise_all
from careleaf.language.plurals import PluralRule
from careleaf.language.po_entry import Key, PoEntry, of_babel
from careleaf.language.po_header import header_faults, plural_rule

LIMIT_BYTES = 4 * 1024 * 1024

_STRING = r'"(?:[^"\\]|\\.)*"'
_LINE = re.compile(
    rf"\s*(?:#.*|(?:#~\s*)?(?:msgid|msgid_plural|msgctxt|msgstr(?:\[\d\])?)\s+{_STRING}"
    rf"|(?:#~\s*)?{_STRING})?\s*"
)

# Babel would print the letter after any other backslash: "\\x41" as x41.
_BAD_ESCAPE = re.compile(r'\s*(?:#~)?[^#"]*"(?:[^"\\]|\\[ntr"\\])*(\\[^ntr"\\])')

_DATES = re.compile(r'(?m)^"(?:PO-Revision|POT-Creation)-Date:[^"\n]*"')
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One PO file. `faults` are those of the file as a whole; while there is one, nothing prints."""

    tag: str
    domain: str
    file: str
    entries: Mapping[Key, PoEntry]
    obsolete: Mapping[Key, PoEntry]
    faults: tuple[HandoutError, ...]


def load(path: Path, name: str, tag: str, domain: str) -> Catalogue:
    """Read one PO file; `name` is how messages call it. Raises HandoutError if it is no PO file."""
    return parse(read_text(path, name, LIMIT_BYTES), name, tag, domain)


def parse(text: str, name: str, tag: str, domain: str) -> Catalogue:
    """Return the text of a PO file as a catalogue. Raises HandoutError if it is no PO file."""
    catalog = raw(text, name, domain)
    raise_all(
        HandoutError(
            "this message stands in the file twice",
            f"{name}:{line}",
            "keep one of the two",
            "catalogue.message-twice",
        )
        for line in catalog.doubles
    )
    rule = plural_rule(catalog, text, name)
    return Catalogue(
        tag,
        domain,
        name,
        _by_key((message for message in catalog if message.id), name, rule),
        _by_key(catalog.obsolete.values(), name, rule),
        header_faults(catalog, rule, tag, name, text),
    )


def _by_key(messages: Iterable[BabelMessage], name: str, rule: PluralRule) -> Mapping[Key, PoEntry]:
    entries = (of_babel(message, name, rule) for message in messages)
    return {entry.key: entry for entry in entries}


class RawCatalog(Catalog):
    """A Babel catalogue that notes a message given twice (Babel keeps the last, silently)."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.doubles: list[int] = []
        self.header_seen = False
        self.header_line = 1
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def __setitem__(self, id: object, message: BabelMessage) -> None:
        key = self._key_for(id, message.context)  # type: ignore[arg-type]
        if (key in self._messages) if id else self.header_seen:
            self.doubles.append(message.lineno or 1)
        if not id and not self.header_seen:
            self.header_seen, self.header_line = True, message.lineno or 1
        super().__setitem__(id, message)  # type: ignore[index]


def raw(text: str, name: str, domain: str) -> RawCatalog:
    """Return a PO file as Babel's catalogue, comments and all. Raises HandoutError."""
    _scan(text, name)
    catalog = RawCatalog(locale=None, domain=domain)
    # What a message that is gone once said, `#~|`, is a line Babel does not know.
    # Nor does it bear a date that is not one, and we have no use for any.
    known = _without_spare_forms(_DATES.sub('""', re.sub(r"(?m)^#~\|.*$", "#", text)))
    try:
        PoFileParser(catalog, abort_invalid=True).parse(io.StringIO(known))
    except PoFileError as error:
        raise HandoutError(
            f"this is not a whole message: {error}",
            f"{name}:{error.lineno + 1}",
            _REOPEN,
            "catalogue.message-broken",
        ) from None
    except (ValueError, UnknownLocaleError, LookupError) as error:
        raise HandoutError(
            f"the header cannot be read: {error}", f"{name}:1", "mend it", "catalogue.header-broken"
        ) from None
    return catalog


def _without_spare_forms(text: str) -> str:
    """Return the text without empty forms past those of the header: editors write `msgstr[1] ""`."""
    said = _NPLURALS.search(text)
    forms = int(said[1]) if said else 10
    return _EMPTY_FORM.sub(lambda found: found[0] if int(found[1]) < forms else "", text)


_NPLURALS = re.compile(r'(?m)^"Plural-Forms:\s*nplurals\s*=\s*(\d+)')
_EMPTY_FORM = re.compile(r'(?m)^(?:#~\s*)?msgstr\[(\d)\]\s+""[ \t\r]*$(?!\n(?:#~\s*)?")')
_REOPEN = "open the file in a PO editor, or take back the last edit"


def _scan(text: str, name: str) -> None:
    """Refuse a line that is no PO line: Babel takes an unclosed quote for a whole string."""
    for number, line in enumerate(text.split("\n"), 1):
        control = _CONTROL.search(line.removesuffix("\r"))
        if control:
            raise HandoutError(
                f"a control character (U+{ord(control.group()):04X}) stands in this line",
                f"{name}:{number}",
                "remove it",
                "catalogue.control-character",
            )
        escape = _BAD_ESCAPE.match(line)
        if escape:
            raise HandoutError(
                f"{escape[1]} stands for no character",
                f"{name}:{number}",
                "write the character itself; a backslash is written twice",
                "catalogue.escape-unknown",
            )
        if not _LINE.fullmatch(line):
            raise HandoutError(
                "this line is not a line of a PO file (a quote left open, or half a file?)",
                f"{name}:{number}",
                _REOPEN,
                "catalogue.line-broken",
            )
