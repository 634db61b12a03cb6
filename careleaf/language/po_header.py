"""The header of a PO file: what it must say before a word of the file is printed."""

from __future__ import annotations

import re
from typing import Protocol

from babel import Locale

from careleaf.errors import HandoutError
from careleaf.language.locale_tags import likely_script, parse_tag
from careleaf.language.plurals import PluralRule, plural_count, plural_forms, serves


class PoHeader(Protocol):
    """What is read of a catalogue's header."""

    fuzzy: bool
    header_seen: bool
    header_line: int

    @property
    def num_plurals(self) -> int: ...
    @property
    def plural_expr(self) -> str: ...


def plural_rule(catalog: PoHeader, text: str, name: str) -> PluralRule:
    """Return the rule of the header. Raises HandoutError for one that cannot be read."""
    try:
        return PluralRule.of(catalog.num_plurals, catalog.plural_expr)
    except ValueError:
        raise HandoutError(
            "the header's Plural-Forms cannot be read",
            _place(catalog, text, name, "Plural-Forms"),
            "take the line that CLDR gives",
            "catalogue.plural-forms-unreadable",
        ) from None


def header_faults(
    catalog: PoHeader, rule: PluralRule, tag: str, name: str, text: str
) -> tuple[HandoutError, ...]:
    """Return what is wrong with the header of a file of the locale `tag`; `text` is the file."""
    if not catalog.header_seen:
        return (
            HandoutError(
                "the file has no header",
                f"{name}:1",
                'begin it with msgid "" and its header',
                "catalogue.header-missing",
            ),
        )
    found = (
        _fuzzy(catalog, name),
        _charset(text, _place(catalog, text, name, "Content-Type")),
        _plurals(rule, tag, _place(catalog, text, name, "Plural-Forms")),
        _language(text, tag, _place(catalog, text, name, "Language")),
    )
    return tuple(fault for fault in found if fault)


def _place(catalog: PoHeader, text: str, name: str, field: str) -> str:
    """Return the line of a field of the header, or of the header."""
    found = re.search(rf'(?m)^"{field}:', text)
    line = text.count("\n", 0, found.start()) + 1 if found else catalog.header_line
    return f"{name}:{line}"


def _fuzzy(catalog: PoHeader, name: str) -> HandoutError | None:
    if not catalog.fuzzy:
        return None
    return HandoutError(
        "the header is marked fuzzy",
        f"{name}:{catalog.header_line}",
        "remove the flag once it is right",
        "catalogue.header-fuzzy",
    )


def _charset(text: str, where: str) -> HandoutError | None:
    charset = re.search(r'(?m)^"Content-Type:.*charset=([\w-]+)', text)
    if charset is not None and charset[1].lower() in ("utf-8", "utf8"):
        return None
    return HandoutError(
        "the header does not say charset=UTF-8",
        where,
        "save as UTF-8",
        "catalogue.charset-not-utf8",
    )


def _plurals(rule: PluralRule, tag: str, where: str) -> HandoutError | None:
    """Compare the header's rule with CLDR's and with what editors write."""
    if serves(rule, tag):
        return None
    cure, wanted = f"write Plural-Forms: {plural_forms(tag)}", plural_count(tag)
    if rule.count != wanted:
        return HandoutError(
            f"Plural-Forms says {rule.count} forms, {tag} has {wanted}",
            where,
            cure,
            "catalogue.plural-forms-wrong",
        )
    return HandoutError(
        f"Plural-Forms is not the rule of {tag}, in CLDR's order",
        where,
        cure,
        "catalogue.plural-forms-wrong",
    )


def _language(text: str, tag: str, where: str) -> HandoutError | None:
    said = re.search(r'(?m)^"Language: *([^"\\\n]*)', text)
    language = said[1].strip() if said else ""
    if not language or _belongs(parse_tag(language), tag):
        return None
    return HandoutError(
        f"the header says Language: {language}",
        where,
        f"write Language: {tag}, or put the file into the folder of its language",
        "catalogue.language-wrong",
    )


def _belongs(language: str | None, tag: str) -> bool:
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
