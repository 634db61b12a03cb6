"""HL7 Infobutton, URL-based: an EHR asks for a code, and gets links to the clinic's own sheets.

The request follows the HL7 Context-Aware Knowledge Retrieval (Infobutton) URL-based
implementation guide; the answers have the shape of MedlinePlus Connect's, which EHRs read already. Nothing in a
request is about one child: only a code, a language and a task are looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree as Xml

from careleaf.content.codes import by_code, system
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.language import cldr

CODE, SYSTEM, TASK = "mainSearchCriteria.v.c", "mainSearchCriteria.v.cs", "taskContext.c.c"
REQUIRED = (CODE, SYSTEM, TASK)
LANGUAGES = ("informationRecipient.languageCode.c", "performer.languageCode.c")
TYPE, CALLBACK = "knowledgeResponseType", "callback"

HTML, ATOM, JSON, JSONP = "text/html", "text/xml", "application/json", "application/javascript"
TYPES: Mapping[str, str] = {
    HTML: HTML,
    ATOM: ATOM,
    "application/xml": ATOM,
    "application/atom+xml": ATOM,
    JSON: JSON,
    JSONP: JSONP,
}

LIMIT_VALUE = 200  # characters
DISCHARGE = "DISCHINSTE"  # ActTaskCode: discharge instruction

_SAFE_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*\Z", re.ASCII)
_ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"
_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


class UnreadableQuestion(Exception):
    """A request that is not answered: the HTTP status (400, 415) and why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass(frozen=True, slots=True)
class Question:
    """What an EHR asked: a code of a code system, for a task, in a language, as a media type."""

    code: str
    system: str
    task: str
    language: str
    media_type: str
    callback: str = ""


@dataclass(frozen=True, slots=True)
class Found:
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


def question(parameters: Mapping[str, str]) -> Question:
    """Read a request's parameters; unknown ones are ignored. Raises UnreadableQuestion (400, 415)."""
    given = {key: value.strip() for key, value in parameters.items()}
    missing = [key for key in REQUIRED if not given.get(key)]
    if missing:
        raise UnreadableQuestion(
            400, f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        )
    if any(
        len(given.get(key, "")) > LIMIT_VALUE for key in (*REQUIRED, *LANGUAGES, TYPE, CALLBACK)
    ):
        raise UnreadableQuestion(400, f"a parameter is longer than {LIMIT_VALUE} characters")
    wish = given.get(TYPE, "").split(";")[0].strip().lower() or HTML
    media_type = TYPES.get(wish)
    if media_type is None:
        raise UnreadableQuestion(415, f"{TYPE} is one of {', '.join(TYPES)}")
    callback = given.get(CALLBACK, "")
    if media_type == JSONP and not _SAFE_CALLBACK.match(callback):
        raise UnreadableQuestion(400, f"{JSONP} wants a callback that is a JavaScript name")
    language = next((given[key] for key in LANGUAGES if given.get(key)), "")
    return Question(given[CODE], given[SYSTEM], given[TASK], language, media_type, callback)


def answers(desk: Desk, asked: Question) -> tuple[Found, ...]:
    """Return the clinic's sheets for a question; none where the code or the language is not served.

    For a discharge (DISCHINSTE) what to do at home comes first.
    """
    known = system(asked.system)
    try:
        locale = desk.content.locale(asked.language)
    except HandoutError:
        return ()
    if known is None:
        return ()
    handouts = [desk.content.source(each).handout for each in desk.content.handouts]
    listed = by_code(handouts).get((known.key, asked.code), ())
    if asked.task == DISCHARGE:
        kinds = {handout.id: handout.kind for handout in handouts}
        listed = tuple(sorted(listed, key=lambda each: kinds[each] != "home-care"))
    found = (_found(desk, handout, locale) for handout in listed)
    return tuple(each for each in found if each is not None)


def _found(desk: Desk, handout: str, locale: str) -> Found | None:
    try:
        said = desk.content.wording(handout, locale).handout
    except HandoutError:
        return None  # not translated whole: there is no such sheet
    summary = said.key_message.plain if said.key_message else ""
    return Found(handout, locale, said.title.plain, summary, said.reviewed, said.code)


# --- answers as MedlinePlus Connect writes them ------------------------------------------------


def as_atom(asked: Question, found: tuple[Found, ...], title: str, base: str, lang: str) -> bytes:
    """Return an Atom feed (RFC 4287), one entry a sheet. `base` is the server's address."""
    feed = Xml.Element("feed", {"xmlns": _ATOM_NAMESPACE, f"{{{_XML_NAMESPACE}}}lang": lang})
    _add(feed, "title", title, type="text")
    _add(feed, "id", f"{base}/infobutton")
    _add(feed, "updated", _updated(found))
    _add(_add(feed, "author"), "name", title)
    for name, value in ((CODE, asked.code), (SYSTEM, asked.system), (TASK, asked.task)):
        _add(feed, "category", scheme=name, term=value)
    for each in found:
        entry = Xml.SubElement(feed, "entry", {f"{{{_XML_NAMESPACE}}}lang": each.lang})
        _add(entry, "title", each.title, type="text")
        href = base + each.path
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
    return "".join(char for char in text if char >= " " and not "\ud800" <= char <= "\udfff")


def as_json(asked: Question, found: tuple[Found, ...], title: str, base: str, lang: str) -> bytes:
    """Return the feed as MedlinePlus Connect's JSON, or as JSONP where that was asked for."""
    feed: dict[str, Any] = {
        "base": base,
        "lang": lang,
        "title": {"_value": title, "type": "text"},
        "id": {"_value": f"{base}/infobutton"},
        "updated": {"_value": _updated(found)},
        "author": {"name": {"_value": title}},
        "category": [
            {"scheme": name, "term": value}
            for name, value in ((CODE, asked.code), (SYSTEM, asked.system), (TASK, asked.task))
        ],
        "entry": [_json_entry(each, base) for each in found],
    }
    text = json.dumps({"feed": feed}, ensure_ascii=True)
    return (f"{asked.callback}({text});" if asked.media_type == JSONP else text).encode()


def _json_entry(each: Found, base: str) -> dict[str, Any]:
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


def _updated(found: tuple[Found, ...]) -> str:
    """Return when the newest of the sheets was reviewed; the answer does not tell the hour."""
    return _instant(max((each.reviewed for each in found), default=date(1970, 1, 1)))


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
