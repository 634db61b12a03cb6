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
from babel.core import get_global
from babel.messages import Catalog
from babel.messages import Message as BabelMessage
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileError

from careleaf.errors import HandoutError, raise_all
from careleaf.yamlfile import read_text

SOURCE_LANGUAGE = "en"
LIMIT_BYTES = 4 * 1024 * 1024

_STRING = r'"(?:[^"\\]|\\.)*"'
_LINE = re.compile(
    rf"\s*(?:#.*|(?:#~\s*)?(?:msgid|msgid_plural|msgctxt|msgstr(?:\[\d\])?)\s+{_STRING}"
    rf"|(?:#~\s*)?{_STRING})?\s*"
)

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

    @property
    def key(self) -> Key:
        return self.context, self.msgid

    @property
    def missing(self) -> bool:
        """Whether a form is not translated at all."""
        return not self.strings or not all(self.strings)

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
    text = read_text(path, name, LIMIT_BYTES)
    _scan(text, name)
    catalog = _Catalog(locale=None, domain=domain)
    try:
        catalog = _parse(text, catalog)
    except PoFileError as error:
        raise HandoutError(
            f"this is not a whole message: {error}",
            f"{name}:{error.lineno + 1}",
            "open the file in a PO editor, or take back the last edit",
        ) from None
    except (ValueError, UnknownLocaleError) as error:
        raise HandoutError(f"the header cannot be read: {error}", f"{name}:1", "mend it") from None
    raise_all(
        HandoutError(
            "this message stands in the file twice", f"{name}:{line}", "keep one of the two"
        )
        for line in catalog.doubles
    )
    pick = _plural_rule(catalog, name)
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


class _Catalog(Catalog):
    """A Babel catalogue that notes a message given twice (Babel keeps the last, silently)."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.doubles: list[int] = []
        self.header_seen = False
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def __setitem__(self, id: object, message: BabelMessage) -> None:
        key = self._key_for(id, message.context)  # type: ignore[arg-type]
        if (key in self._messages) if id else self.header_seen:
            self.doubles.append(message.lineno or 1)
        self.header_seen = self.header_seen or not id
        super().__setitem__(id, message)  # type: ignore[index]


def _parse(text: str, catalog: _Catalog) -> _Catalog:
    from babel.messages.pofile import PoFileParser

    PoFileParser(catalog, abort_invalid=True).parse(io.StringIO(text))
    return catalog


def _scan(text: str, name: str) -> None:
    """Refuse a line that is no PO line: Babel takes an unclosed quote for a whole string."""
    for number, line in enumerate(text.splitlines(), 1):
        if not _LINE.fullmatch(line):
            raise HandoutError(
                "this line is not a line of a PO file (a quote left open, or half a file?)",
                f"{name}:{number}",
                "open the file in a PO editor, or take back the last edit",
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
    )


def _plural_rule(catalog: Catalog, name: str) -> Callable[[int], int]:
    try:
        return gettext.c2py(catalog.plural_expr)
    except ValueError:
        raise HandoutError(
            "the header's Plural-Forms cannot be read", f"{name}:1", "take the line that CLDR gives"
        ) from None


def _header_faults(catalog: _Catalog, tag: str, name: str, text: str) -> list[HandoutError]:
    headers = {key.lower(): value for key, value in catalog.mime_headers}
    found = []
    where = f"{name}:1"
    if not catalog.header_seen:
        return [
            HandoutError("the file has no header", where, 'begin it with msgid "" and its header')
        ]
    if catalog.fuzzy:
        found.append(
            HandoutError("the header is marked fuzzy", where, "remove the flag once it is right")
        )
    charset = re.search(r"charset=([\w-]+)", text)
    if charset is None or charset[1].lower() not in ("utf-8", "utf8"):
        found.append(HandoutError("the header does not say charset=UTF-8", where, "save as UTF-8"))
    wanted = get_plural(Locale.parse(tag))
    if catalog.num_plurals != wanted.num_plurals:
        found.append(
            HandoutError(
                f"Plural-Forms says {catalog.num_plurals} forms, {tag} has {wanted.num_plurals}",
                where,
                f"Plural-Forms: {wanted.plural_forms}",
            )
        )
    language = headers.get("language", "")
    if language and parse_tag(language) not in (None, *chain(tag)):
        found.append(
            HandoutError(f"the header says Language: {language}", where, f"Language: {tag}")
        )
    return found


# --- locale tags ------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def parse_tag(text: str) -> str | None:
    """Return a locale tag as the folders write it (`fr_CA`, `zh_Hans`), or None if CLDR has none."""
    try:
        locale = Locale.parse(text.strip().replace("-", "_"), sep="_")
    except (ValueError, UnknownLocaleError, TypeError):
        return None
    parts = (locale.language, locale.script, locale.territory)
    return "_".join(part for part in parts if part)


@lru_cache(maxsize=512)
def chain(tag: str) -> tuple[str, ...]:
    """Return the tags to look under, nearest first: `fr_CA` -> (`fr_CA`, `fr`).

    A script is never given up for another: `zh_TW` is written in Hant (CLDR's likely
    subtags), so it reaches `zh_Hant` and never `zh_Hans`.
    """
    locale = Locale.parse(tag)
    likely = get_global("likely_subtags")
    script = locale.script or _script(likely.get(tag) or likely.get(locale.language) or "")
    usual = _script(likely.get(locale.language) or "")
    parts = [tag]
    if script and locale.territory:
        parts += [f"{locale.language}_{script}_{locale.territory}"]
    if script:
        parts.append(f"{locale.language}_{script}")
    if script == usual or not script:
        if locale.territory:
            parts.append(f"{locale.language}_{locale.territory}")
        parts.append(locale.language)
    return tuple(dict.fromkeys(parts))


def _script(likely: str) -> str:
    return next((part for part in likely.split("_")[1:] if len(part) == 4), "")


def is_source(tag: str) -> bool:
    """Whether `tag` is English: its missing messages are the source's own words."""
    return tag.split("_")[0] == SOURCE_LANGUAGE


def po_path(locales: Path, tag: str, domain: str) -> Path:
    return locales / tag / "LC_MESSAGES" / f"{domain}.po"


def available(locales: Path) -> tuple[str, ...]:
    """Return the tags that have a folder, and `en`, which needs none; English first, then by tag."""
    folders = locales.iterdir() if locales.is_dir() else ()
    tags = {folder.name for folder in folders if (folder / "LC_MESSAGES").is_dir()}
    return tuple(sorted(tags | {SOURCE_LANGUAGE}, key=lambda tag: (not is_source(tag), tag)))
