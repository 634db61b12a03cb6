"""HL7 Infobutton, URL-based: the question an EHR asks, and the feeds that answer it.

A question follows the HL7 Context-Aware Knowledge Retrieval (Infobutton) URL-based implementation
guide; the answers have the shape of MedlinePlus Connect's, which EHRs read already. Nothing in a
question is about one child: only codes, a language and a task are looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as Xml

from careleaf.language import cldr, locale_tags

CODE, SYSTEM, TASK = "mainSearchCriteria.v.c", "mainSearchCriteria.v.cs", "taskContext.c.c"
LANGUAGE = "informationRecipient.languageCode.c"
PERFORMER, PERFORMER_LANGUAGE = "performer", "performer.languageCode.c"
TYPE = "knowledgeResponseType"

HTML, ATOM, JSON = "text/html", "text/xml", "application/json"
TYPES = {
    HTML: HTML,
    ATOM: ATOM,
    "application/xml": ATOM,
    "application/atom+xml": ATOM,
    JSON: JSON,
}

LIMIT_VALUE = 200  # characters
LIMIT_CODES = 20
DISCHARGE = "DISCHINSTE"  # ActTaskCode: discharge instruction

_CRITERION = re.compile(r"mainSearchCriteria\.v\.(cs?)(\d{0,2})\Z", re.ASCII)
_ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"
_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


class UnreadableQuestion(Exception):
    """A question that is not answered: the HTTP status (400, 415), why, and the cure."""

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.hint = status, message, hint


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A code, and its code system as an OID or a URI."""

    code: str
    system: str


@dataclass(frozen=True, slots=True)
class Question:
    """What an EHR asked: codes, for a task, in a language, as a media type.

    `task` and `language` are empty where the EHR names none.
    """

    codes: tuple[CodeAsked, ...]
    task: str
    language: str
    media_type: str

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The question as the parameters of an address, in a fixed order."""
        codes = [pair for one in self.codes for pair in ((CODE, one.code), (SYSTEM, one.system))]
        rest = ((TASK, self.task), (LANGUAGE, self.language))
        return (*codes, *((name, value) for name, value in rest if value))


@dataclass(frozen=True, slots=True)
class LinkedSheet:
    """A sheet that answers: a handout in a locale, with what a list shows of it."""

    handout: str
    locale: str
    title: str
    summary: str
    reviewed: date
    code: str

    @property
    def lang(self) -> str:
        return cldr.bcp47(self.locale)

    @property
    def direction(self) -> str:
        return cldr.direction(self.locale)

    @property
    def path(self) -> str:
        """Where its blank PDF is, below the server's address."""
        return f"/blank/{self.handout}.{self.locale}.pdf"


# --- the question -------------------------------------------------------------------------------


def question(parameters: Iterable[tuple[str, str]], accept: str = "") -> Question:
    """Read the parameters of an address, in their order; unknown ones are ignored.

    `accept` is the Accept header. Raises UnreadableQuestion (400, 415).
    """
    given: dict[str, list[str]] = {}
    for name, value in parameters:
        if value.strip():
            given.setdefault(name, []).append(value.strip())
    return Question(
        _codes(given),
        _first(given, TASK),
        _language(given),
        _media_type(_first(given, TYPE), accept),
    )


def _first(given: dict[str, list[str]], name: str) -> str:
    return _short(given.get(name, [""])[0], name)


def _short(value: str, name: str) -> str:
    if len(value) > LIMIT_VALUE:
        raise UnreadableQuestion(400, f"{name} is longer than {LIMIT_VALUE} characters")
    return value


def _codes(given: dict[str, list[str]]) -> tuple[CodeAsked, ...]:
    """Return every code that was asked for: repeated (`v.c=1&v.c=2`) and indexed (`v.c1=2`)."""
    indexes = {found[2] for name in given if (found := _CRITERION.match(name))}
    codes: list[CodeAsked] = []
    for index in sorted(indexes or {""}, key=lambda digits: (int(digits or -1), digits)):
        codes += _paired(given, index)
    if len(codes) > LIMIT_CODES:
        raise UnreadableQuestion(400, f"more than {LIMIT_CODES} codes", "ask in several requests")
    return tuple(dict.fromkeys(codes))


def _paired(given: dict[str, list[str]], index: str) -> list[CodeAsked]:
    names = (CODE + index, SYSTEM + index)
    codes, systems = (given.get(name, []) for name in names)
    missing = [name for name in names if not given.get(name)]
    if missing:
        are = "is" if len(missing) == 1 else "are"
        raise UnreadableQuestion(400, f"{' and '.join(missing)} {are} missing")
    if len(systems) == 1:
        systems = systems * len(codes)
    if len(codes) != len(systems):
        raise UnreadableQuestion(
            400,
            f"{names[0]} is there {len(codes)} times, {names[1]} {len(systems)} times",
            "give one system for all the codes, or one for each",
        )
    return [
        CodeAsked(_short(code, names[0]), _short(system, names[1]))
        for code, system in zip(codes, systems, strict=True)
    ]


def _language(given: dict[str, list[str]]) -> str:
    """Return the family's language as the EHR wrote it, or nothing.

    The language of whoever asks counts only where the family itself asks, as in a portal.
    """
    name = LANGUAGE
    if not given.get(name) and _first(given, PERFORMER) == "PAT":
        name = PERFORMER_LANGUAGE
    found = tuple(dict.fromkeys(given.get(name, [])))
    if len(found) > 1:
        raise UnreadableQuestion(400, f"{name} names several languages", "name one")
    if found and locale_tags.names_no_language(found[0]):
        raise UnreadableQuestion(
            400, f"{name} names no language", "name the family's, or leave it out for the clinic's"
        )
    return _short(found[0], name) if found else ""


def _media_type(wish: str, accept: str) -> str:
    """Return the type to answer in: XML where none is asked for, HTML for a browser."""
    wish = wish.split(";")[0].strip().lower()
    if not wish:
        return HTML if _prefers_html(accept) else ATOM
    if wish not in TYPES:
        raise UnreadableQuestion(415, f"{TYPE} is none of {', '.join(TYPES)}")
    return TYPES[wish]


def _prefers_html(accept: str) -> bool:
    """Whether an Accept header names HTML, and nothing else that is answered before it."""
    weights = {HTML: 0.0, ATOM: 0.0}
    for part in accept[:1000].lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        answered = TYPES.get(kind)
        if answered in weights and re.fullmatch(r"[01](\.\d{0,3})?", weight, re.ASCII):
            weights[answered] = max(weights[answered], float(weight))
    return 0 < weights[HTML] >= weights[ATOM]


# --- answers as MedlinePlus Connect writes them ------------------------------------------------


@dataclass(frozen=True, slots=True)
class Feed:
    """An answer: the sheets, the clinic's name, the server's address, the language of the answer."""

    asked: Question
    sheets: Sequence[LinkedSheet]
    title: str
    base: str
    lang: str

    @property
    def id(self) -> str:
        """The same for the same question, another for another."""
        return f"{self.base}/infobutton?{urlencode(self.asked.parameters)}"

    @property
    def categories(self) -> list[dict[str, str]]:
        return [{"scheme": name, "term": value} for name, value in self.asked.parameters]

    @property
    def updated(self) -> str:
        """When the newest of the sheets was reviewed; the answer does not tell the hour."""
        return _instant(max((each.reviewed for each in self.sheets), default=date(1970, 1, 1)))


def as_atom(answer: Feed) -> bytes:
    """Return an Atom feed (RFC 4287), one entry a sheet."""
    feed = Xml.Element("feed", {"xmlns": _ATOM_NAMESPACE, f"{{{_XML_NAMESPACE}}}lang": answer.lang})
    _add(feed, "title", answer.title, type="text")
    _add(feed, "id", answer.id)
    _add(feed, "updated", answer.updated)
    _add(_add(feed, "author"), "name", answer.title)
    for category in answer.categories:
        _add(feed, "category", **category)
    for each in answer.sheets:
        entry = Xml.SubElement(feed, "entry", {f"{{{_XML_NAMESPACE}}}lang": each.lang})
        _add(entry, "title", each.title, type="text")
        href = answer.base + each.path
        _add(entry, "link", title=each.title, rel="alternate", type="application/pdf", href=href)
        _add(entry, "id", href)
        _add(entry, "updated", _instant(each.reviewed))
        _add(entry, "summary", each.summary, type="text")
    return bytes(Xml.tostring(feed, encoding="utf-8", xml_declaration=True))


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    child = Xml.SubElement(parent, name, attributes)
    child.text = _xml_text(text) or None
    for key, value in attributes.items():
        child.set(key, _xml_text(value))
    return child


def _xml_text(text: str) -> str:
    """Drop what XML 1.0 cannot hold."""
    return "".join(
        char
        for char in text
        if char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff"
    )


def as_medlineplus_json(answer: Feed) -> bytes:
    """Return the feed as MedlinePlus Connect's JSON."""
    feed: dict[str, Any] = {
        "base": answer.base,
        "lang": answer.lang,
        "title": {"_value": answer.title, "type": "text"},
        "id": {"_value": answer.id},
        "updated": {"_value": answer.updated},
        "author": {"name": {"_value": answer.title}},
        "category": answer.categories,
        "entry": [_json_entry(each, answer.base) for each in answer.sheets],
    }
    return json.dumps({"feed": feed}, ensure_ascii=True).encode()


def _json_entry(each: LinkedSheet, base: str) -> dict[str, Any]:
    href = base + each.path
    link = {"title": each.title, "rel": "alternate", "type": "application/pdf", "href": href}
    return {
        "lang": each.lang,
        "title": {"_value": each.title, "type": "text"},
        "link": [link],
        "id": {"_value": href},
        "updated": {"_value": _instant(each.reviewed)},
        "summary": {"_value": each.summary, "type": "text"},
    }


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
