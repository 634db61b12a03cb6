"""An EHR's question and the clinic's answer, as HL7 and MedlinePlus Connect write them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as Xml

import pytest

from careleaf.desk.infobutton import (
    LIMIT_CODES,
    CodeAsked,
    Feed,
    LinkedSheet,
    Question,
    UnreadableQuestion,
    as_atom,
    as_medlineplus_json,
    question,
)

CPT, SNOMED = "2.16.840.1.113883.6.12", "2.16.840.1.113883.6.96"
ASKED = {
    "mainSearchCriteria.v.c": "38221",
    "mainSearchCriteria.v.cs": CPT,
    "mainSearchCriteria.v.dn": "anything",
    "taskContext.c.c": "PATEDUE",
    "informationRecipient.languageCode.c": "nl",
    "unknown.parameter": "ignored",
}
BASE = "http://127.0.0.1:8765"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
SHEET = LinkedSheet(
    "bone-biopsy-at-home", "nl", "Title <&>", "Call us.", date(2026, 11, 23), "K051"
)

# What browsers and programs say of the types they take.
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
AXIOS = "application/json, text/plain, */*"


def ask(changes: dict[str, str | None] | None = None, accept: str = "") -> Question:
    asked = {key: value for key, value in (ASKED | (changes or {})).items() if value is not None}
    return question(asked.items(), accept)


def refused(pairs: Sequence[tuple[str, str]], accept: str = "") -> UnreadableQuestion:
    with pytest.raises(UnreadableQuestion) as caught:
        question(pairs, accept)
    return caught.value


def feed(asked: Question, *sheets: LinkedSheet, title: str = "Clinic") -> Feed:
    return Feed(asked, sheets, title, BASE, "nl")


# --- codes --------------------------------------------------------------------------------------


def test_a_question_is_a_code_a_task_and_a_language() -> None:
    asked = ask()

    assert asked.codes == (CodeAsked("38221", CPT),)
    assert (asked.task, asked.language) == ("PATEDUE", "nl")


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_task_may_be_left_out_as_medlineplus_s_clients_do(value: str | None) -> None:
    assert ask({"taskContext.c.c": value}).task == ""


@pytest.mark.parametrize("key", ["mainSearchCriteria.v.c", "mainSearchCriteria.v.cs"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_parameter_is_400_and_named(key: str, value: str | None) -> None:
    asked = {k: v for k, v in (ASKED | {key: value}).items() if v is not None}

    fault = refused(list(asked.items()))

    assert fault.status == 400
    assert fault.message == f"{key} is missing"


def test_with_nothing_at_all_both_are_named() -> None:
    assert refused([]).message == "mainSearchCriteria.v.c and mainSearchCriteria.v.cs are missing"


SEVERAL = {
    "indexed from 1": "c=38220&{0}cs=1.2&{0}c1=38221&{0}cs1=3.4",
    "indexed from 0": "c0=38220&{0}cs0=1.2&{0}c1=38221&{0}cs1=3.4",
    "indexed in any order": "cs1=3.4&{0}cs=1.2&{0}c1=38221&{0}c=38220",
    "repeated": "c=38220&{0}cs=1.2&{0}c=38221&{0}cs=3.4",
    "repeated, all codes first": "c=38220&{0}c=38221&{0}cs=1.2&{0}cs=3.4",
}


@pytest.mark.parametrize("query", SEVERAL.values(), ids=SEVERAL)
def test_several_codes_are_all_asked_for(query: str) -> None:
    prefix = "mainSearchCriteria.v."

    asked = question(parse_qsl(prefix + query.format(prefix)))

    assert asked.codes == (CodeAsked("38220", "1.2"), CodeAsked("38221", "3.4"))


def test_one_system_counts_for_every_repeated_code() -> None:
    key = "mainSearchCriteria.v."

    asked = question([(key + "c", "1"), (key + "c", "2"), (key + "c", "1"), (key + "cs", CPT)])

    assert asked.codes == (CodeAsked("1", CPT), CodeAsked("2", CPT))


def test_an_indexed_code_without_its_system_is_named() -> None:
    fault = refused([*ASKED.items(), ("mainSearchCriteria.v.c1", "38220")])

    assert fault.message == "mainSearchCriteria.v.cs1 is missing"


def test_codes_that_cannot_be_paired_with_their_systems_are_refused() -> None:
    key = "mainSearchCriteria.v."
    pairs = [(key + "c", one) for one in "123"] + [(key + "cs", one) for one in "12"]

    fault = refused(pairs)

    assert fault.status == 400
    assert "3 times" in fault.message
    assert fault.hint


def test_there_is_an_end_to_codes_and_to_their_length() -> None:
    key = "mainSearchCriteria.v."
    many = [(key + "c", str(number)) for number in range(LIMIT_CODES + 1)]

    assert refused([*many, (key + "cs", CPT)]).status == 400
    assert refused([(key + "c", "1" * 201), (key + "cs", CPT)]).status == 400


# --- the language -------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["und", "zxx", "mul", "mis", "UND", "und-Latn"])
def test_what_is_no_language_is_refused_with_the_cure(tag: str) -> None:
    fault = refused(list((ASKED | {"informationRecipient.languageCode.c": tag}).items()))

    assert fault.status == 400
    assert "leave it out" in fault.hint


def test_two_languages_for_one_family_are_refused() -> None:
    fault = refused([*ASKED.items(), ("informationRecipient.languageCode.c", "pl")])

    assert fault.status == 400


@pytest.mark.parametrize(
    ("performer", "language"), [("PROV", ""), (None, ""), ("PAYOR", ""), ("PAT", "pl")]
)
def test_the_language_of_who_asks_counts_only_if_that_is_the_family(
    performer: str | None, language: str
) -> None:
    asked = ask({
        "informationRecipient.languageCode.c": None,
        "performer": performer,
        "performer.languageCode.c": "pl",
    })  # fmt: skip

    assert asked.language == language


# --- the type of the answer ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "text/xml"),
        ("*/*", "text/xml"),
        (AXIOS, "text/xml"),
        ("text/html;q=0", "text/xml"),
        ("text/html;q=0.5, text/xml", "text/xml"),
        ("text/html", "text/html"),
        (BROWSER, "text/html"),
    ],
)
def test_without_a_type_the_answer_is_xml_and_html_for_a_browser(
    accept: str, media_type: str
) -> None:
    assert ask(accept=accept).media_type == media_type


@pytest.mark.parametrize(
    ("wish", "media_type"),
    [
        ("text/html", "text/html"),
        ("text/xml", "text/xml"),
        ("application/atom+xml", "text/xml"),
        ("application/json; charset=utf-8", "application/json"),
    ],
)
def test_a_type_that_is_asked_for_counts_before_the_browser_s(wish: str, media_type: str) -> None:
    assert ask({"knowledgeResponseType": wish}, BROWSER).media_type == media_type


@pytest.mark.parametrize("wish", ["application/pdf", "application/javascript", "text/javascript"])
def test_an_unknown_media_type_is_415_and_a_script_is_one(wish: str) -> None:
    asked = ASKED | {"knowledgeResponseType": wish, "callback": "show"}

    assert refused(list(asked.items())).status == 415


# --- feeds --------------------------------------------------------------------------------------


def test_the_atom_feed_holds_an_entry_with_title_link_and_summary() -> None:
    read = Xml.fromstring(as_atom(feed(ask(), SHEET, title="Clinic <&>")))

    assert read.findtext("a:title", namespaces=ATOM) == "Clinic <&>"
    link = read.find("a:entry/a:link", ATOM)
    assert link is not None
    assert link.get("href") == BASE + "/blank/bone-biopsy-at-home.nl.pdf"
    assert read.findtext("a:entry/a:title", namespaces=ATOM) == "Title <&>"
    assert read.findtext("a:entry/a:summary", namespaces=ATOM) == "Call us."
    assert read.findtext("a:entry/a:updated", namespaces=ATOM) == "2026-11-23T00:00:00Z"


def test_the_json_has_medlineplus_s_shape() -> None:
    read = json.loads(as_medlineplus_json(feed(ask(), SHEET)))["feed"]

    (entry,) = read["entry"]
    assert entry["title"]["_value"] == "Title <&>"
    assert entry["summary"]["_value"] == "Call us."
    assert entry["link"][0]["href"].endswith(".nl.pdf")


def test_what_xml_cannot_hold_does_not_break_the_feed() -> None:
    asked = ask({"mainSearchCriteria.v.c": "1\x00\x0b\ufffe2"})

    assert Xml.fromstring(as_atom(feed(asked))).find("a:category[@term='12']", ATOM) is not None


def test_feeds_of_different_questions_have_different_ids_and_of_one_the_same() -> None:
    questions = (
        ask(),
        ask({"mainSearchCriteria.v.c": "38222"}),
        ask({"mainSearchCriteria.v.cs": SNOMED}),
        ask({"taskContext.c.c": None}),
        ask({"informationRecipient.languageCode.c": "pl"}),
        ask({"mainSearchCriteria.v.c1": "1", "mainSearchCriteria.v.cs1": "2"}),
    )
    ids = [feed(asked).id for asked in questions]

    assert len(set(ids)) == len(ids)
    assert feed(ask()).id == ids[0]
    for one, asked in zip(ids, questions, strict=True):
        atom = Xml.fromstring(as_atom(feed(asked)))
        assert atom.findtext("a:id", namespaces=ATOM) == one
        assert json.loads(as_medlineplus_json(feed(asked)))["feed"]["id"]["_value"] == one
        assert urlsplit(one).scheme == "http"
        assert question(parse_qsl(urlsplit(one).query)) == asked


def test_the_answer_says_nothing_of_when_it_was_asked() -> None:
    assert b"1970-01-01T00:00:00Z" in as_atom(feed(ask()))
