"""PO files, read directly: strict where Babel is lenient, because a guess would reach a family."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages import Catalog
from babel.messages import Message as BabelMessage
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileError, PoFileParser
from babel.plural import to_gettext

from careleaf.content.yamlfile import read_text
from careleaf.errors import HandoutError, raise_all
from careleaf.language.locale_tags import likely_script, parse_tag

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

Key = tuple[str, str]  # msgctxt and msgid


@dataclass(frozen=True, slots=True)
class Entry:
    """One message as translated: one string, or one for each plural form."""

    context: str
    msgid: str
    plural: str
    strings: tuple[str, ...]
    fuzzy: bool
    line: int
    file: str = ""
    pick: Callable[[int], int] = field(default=lambda n: 0, repr=False, compare=False)
    comments: tuple[str, ...] = ()  # the translator's own, `# ...` in the file

    @property
    def key(self) -> Key:
        return self.context, self.msgid

    @property
    def missing(self) -> bool:
        """Whether a form is not translated at all."""
        return not self.strings or not all(text.strip() for text in self.strings)

    @property
    def untouched(self) -> bool:
        """Whether nobody has begun to translate it: then a catalogue further along may serve."""
        return not any(self.strings)

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"

    def form(self, count: int) -> str:
        """Return the string for `count`, by the catalogue's own plural rule."""
        return self.strings[self.pick(count)] if self.plural else self.strings[0]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One PO file. `faults` are those of the file as a whole; while there is one, nothing prints."""

    tag: str
    domain: str
    file: str
    entries: Mapping[Key, Entry]
    obsolete: Mapping[Key, Entry]
    faults: tuple[HandoutError, ...]


def load(path: Path, name: str, tag: str, domain: str) -> Catalogue:
    """Read one PO file; `name` is how messages call it. Raises HandoutError if it is no PO file."""
    return parse(read_text(path, name, LIMIT_BYTES), name, tag, domain)


def parse(text: str, name: str, tag: str, domain: str) -> Catalogue:
    """Return the text of a PO file as a catalogue. Raises HandoutError if it is no PO file."""
    catalog = raw(text, name, domain)
    raise_all(
        HandoutError(
            "this message stands in the file twice", f"{name}:{line}", "keep one of the two"
        )
        for line in catalog.doubles
    )
    pick = _plural_rule(catalog, _place(text, "Plural-Forms", name, catalog))
    entries = {
        entry.key: entry
        for message in catalog
        if message.id and (entry := _entry(message, name, pick))
    }
    obsolete = {
        entry.key: entry
        for message in catalog.obsolete.values()
        if (entry := _entry(message, name, pick))
    }
    return Catalogue(
        tag, domain, name, entries, obsolete, tuple(_header_faults(catalog, tag, name, text))
    )


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
    known = _DATES.sub('""', re.sub(r"(?m)^#~\|.*$", "#", text))
    try:
        PoFileParser(catalog, abort_invalid=True).parse(io.StringIO(known))
    except PoFileError as error:
        raise HandoutError(
            f"this is not a whole message: {error}", f"{name}:{error.lineno + 1}", _REOPEN
        ) from None
    except (ValueError, UnknownLocaleError, LookupError) as error:
        raise HandoutError(f"the header cannot be read: {error}", f"{name}:1", "mend it") from None
    return catalog


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
            )
        escape = _BAD_ESCAPE.match(line)
        if escape:
            raise HandoutError(
                f"{escape[1]} stands for no character",
                f"{name}:{number}",
                "write the character itself; a backslash is written twice",
            )
        if not _LINE.fullmatch(line):
            raise HandoutError(
                "this line is not a line of a PO file (a quote left open, or half a file?)",
                f"{name}:{number}",
                _REOPEN,
            )


def _entry(message: BabelMessage, name: str, pick: Callable[[int], int]) -> Entry:
    ids = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
    strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return Entry(
        message.context or "",
        str(ids[0]),
        str(ids[1]) if len(ids) > 1 else "",
        tuple(str(text) for text in strings),
        message.fuzzy,
        message.lineno or 1,
        name,
        pick,
        tuple(line for line in message.user_comments if not line.startswith("|")),
    )


def _place(text: str, field: str, name: str, catalog: RawCatalog) -> str:
    """Return the line of a field of the header, or of the header."""
    found = re.search(rf'(?m)^"{field}:', text)
    line = text.count("\n", 0, found.start()) + 1 if found else catalog.header_line
    return f"{name}:{line}"


def _plural_rule(catalog: Catalog, where: str) -> Callable[[int], int]:
    try:
        return gettext.c2py(catalog.plural_expr)
    except ValueError:
        raise HandoutError(
            "the header's Plural-Forms cannot be read", where, "take the line that CLDR gives"
        ) from None


def _header_faults(catalog: RawCatalog, tag: str, name: str, text: str) -> list[HandoutError]:
    if not catalog.header_seen:
        return [
            HandoutError(
                "the file has no header", f"{name}:1", 'begin it with msgid "" and its header'
            )
        ]

    def at(field: str) -> str:
        return _place(text, field, name, catalog)

    headers = {key.lower(): value.strip() for key, value in catalog.mime_headers}
    faults = []
    if catalog.fuzzy:
        line = f"{name}:{catalog.header_line}"
        faults.append(
            HandoutError("the header is marked fuzzy", line, "remove the flag once it is right")
        )
    charset = re.search(r'(?m)^"Content-Type:.*charset=([\w-]+)', text)
    if charset is None or charset[1].lower() not in ("utf-8", "utf8"):
        faults.append(
            HandoutError(
                "the header does not say charset=UTF-8", at("Content-Type"), "save as UTF-8"
            )
        )
    faults += _plural_faults(catalog, tag, at("Plural-Forms"))
    language = re.search(r'(?m)^"Language: *([^"\\\n]*)', text)
    if language and language[1].strip() and not _serves(parse_tag(language[1]), tag):
        faults.append(
            HandoutError(
                f"the header says Language: {headers.get('language', '')}"
                if headers.get("language")
                else "the header's Language is no language",
                at("Language"),
                f"write Language: {tag}, or put the file into the folder of its language",
            )
        )
    return faults


def _serves(language: str | None, tag: str) -> bool:
    """Whether a file that says `language` belongs into the folder `tag`; a place may be left out."""
    if language is None:
        return False
    one, other = Locale.parse(language), Locale.parse(tag)
    places = {place for place in (one.territory, other.territory) if place}
    return (
        one.language == other.language
        and likely_script(language) == likely_script(tag)
        and len(places) < 2
    )


# --- plural forms -----------------------------------------------------------------------------

_COUNTS = range(1, 202)  # enough for every rule of CLDR; its rules for millions are left out
_ORDER = ("zero", "one", "two", "few", "many", "other")
# Babel's own table puts "other" before "many"; this is CLDR's order.
_BY_HAND = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
    "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
}


def _classes(rule: Callable[[int], object]) -> set[tuple[int, ...]]:
    """Return which whole numbers share a form."""
    classes: dict[object, list[int]] = {}
    for count in _COUNTS:
        classes.setdefault(rule(count), []).append(count)
    return {tuple(members) for members in classes.values()}


def _plural_faults(catalog: Catalog, tag: str, where: str) -> list[HandoutError]:
    """Compare the header's rule with CLDR's and with gettext's usual one; the order is its own."""
    usual = get_plural(Locale.parse(tag))
    counts = {usual.num_plurals, plural_count(tag)}
    header = f"write Plural-Forms: {plural_forms(tag)}"
    if catalog.num_plurals not in counts:
        wanted = plural_count(tag)
        return [
            HandoutError(
                f"Plural-Forms says {catalog.num_plurals} forms, {tag} has {wanted}", where, header
            )
        ]
    try:
        rule = gettext.c2py(catalog.plural_expr)
        known = (gettext.c2py(usual.plural_expr), Locale.parse(tag).plural_form)
        if _classes(rule) in [_classes(one) for one in known]:
            return []
    except (ValueError, ZeroDivisionError):
        pass
    return [HandoutError(f"Plural-Forms is not the rule of {tag}", where, header)]


def plural_categories(tag: str) -> tuple[str, ...]:
    """Return the plural forms that whole numbers take, in CLDR's order: `("one", "few", "many")`."""
    rule = Locale.parse(tag).plural_form
    taken = {rule(count) for count in range(202)}
    return tuple(category for category in _ORDER if category in taken)


def plural_count(tag: str) -> int:
    return len(plural_categories(tag))


@lru_cache(maxsize=64)
def plural_forms(tag: str) -> str:
    """Return the Plural-Forms header of a new file: CLDR's forms for whole numbers, in its order."""
    locale, names = Locale.parse(tag), plural_categories(tag)
    if locale.language in _BY_HAND:
        return _BY_HAND[locale.language]
    usual = get_plural(locale)
    pick = gettext.c2py(usual.plural_expr)
    if usual.num_plurals == len(names) and all(
        names[pick(count)] == locale.plural_form(count) for count in _COUNTS
    ):
        return f"nplurals={usual.num_plurals}; plural={usual.plural_expr};"
    for plain in ("n != 1", "n > 1"):
        if len(names) == 2 and all(
            gettext.c2py(plain)(count) == (locale.plural_form(count) != names[0])
            for count in range(202)
        ):
            return f"nplurals=2; plural=({plain});"
    return str(to_gettext(locale.plural_form))
