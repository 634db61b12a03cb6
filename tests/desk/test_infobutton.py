"""An EHR's question and the clinic's answer, as HL7 and MedlinePlus Connect write them."""

from __future__ import annotations

import json
from datetime import date
from xml.etree import ElementTree as Xml

import pytest

from careleaf.desk.desk import Desk
from careleaf.desk.infobutton import UnreadableQuestion, answers, as_atom, as_json, question
from careleaf.paths import Root

ASKED = {
    "mainSearchCriteria.v.c": "38221",
    "mainSearchCriteria.v.cs": "2.16.840.1.113883.6.12",
    "mainSearchCriteria.v.dn": "anything",
    "taskContext.c.c": "PATEDUE",
    "informationRecipient.languageCode.c": "nl",
    "unknown.parameter": "ignored",
}
BASE = "http://127.0.0.1:8765"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk.at(Root.at(), date(2026, 11, 23))


def refused(**changes: str | None) -> UnreadableQuestion:
    asked = {key: value for key, value in (ASKED | changes).items() if value is not None}
    with pytest.raises(UnreadableQuestion) as caught:
        question(asked)
    return caught.value


def test_a_code_in_a_language_gives_the_clinic_s_sheet(desk: Desk) -> None:
    (found,) = answers(desk, question(ASKED))

    assert (found.handout, found.locale) == ("bone-marrow-biopsy-at-home", "nl")
    assert found.path == "/blank/bone-marrow-biopsy-at-home.nl.pdf"
    assert (
        found.title == desk.content.wording("bone-marrow-biopsy-at-home", "nl").handout.title.plain
    )


@pytest.mark.parametrize("name", ["2.16.840.1.113883.6.96", "http://snomed.info/sct"])
def test_a_code_system_may_be_an_oid_or_a_uri(desk: Desk, name: str) -> None:
    asked = ASKED | {"mainSearchCriteria.v.cs": name, "mainSearchCriteria.v.c": "234326005"}

    assert len(answers(desk, question(asked))) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"mainSearchCriteria.v.c": "99999"},
        {"mainSearchCriteria.v.cs": "1.2.3"},
        {"informationRecipient.languageCode.c": "xx"},
        {"informationRecipient.languageCode.c": "ja"},
    ],
)
def test_what_the_clinic_does_not_have_is_an_empty_answer_never_english(
    desk: Desk, changes: dict[str, str]
) -> None:
    assert answers(desk, question(ASKED | changes)) == ()


def test_without_a_language_the_clinic_s_own_is_meant(desk: Desk) -> None:
    asked = {key: value for key, value in ASKED.items() if "language" not in key}

    assert answers(desk, question(asked))[0].locale == "en"


@pytest.mark.parametrize(
    "key", ["mainSearchCriteria.v.c", "mainSearchCriteria.v.cs", "taskContext.c.c"]
)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_parameter_is_400_and_named(key: str, value: str | None) -> None:
    fault = refused(**{key: value})

    assert fault.status == 400
    assert key in fault.message


def test_an_unknown_media_type_is_415() -> None:
    assert refused(knowledgeResponseType="application/pdf").status == 415


@pytest.mark.parametrize("callback", ["", "alert(1)//", "a b", "x" * 300])
def test_a_callback_that_is_no_name_is_400(callback: str) -> None:
    fault = refused(knowledgeResponseType="application/javascript", callback=callback)

    assert fault.status == 400


def test_the_atom_feed_holds_an_entry_with_title_link_and_summary(desk: Desk) -> None:
    asked = question(ASKED)

    feed = Xml.fromstring(as_atom(asked, answers(desk, asked), "Clinic <&>", BASE, "nl"))

    assert feed.findtext("a:title", namespaces=ATOM) == "Clinic <&>"
    link = feed.find("a:entry/a:link", ATOM)
    assert link is not None
    assert link.get("href") == BASE + "/blank/bone-marrow-biopsy-at-home.nl.pdf"
    assert feed.findtext("a:entry/a:summary", namespaces=ATOM)
    assert feed.findtext("a:entry/a:updated", namespaces=ATOM) == "2026-11-23T00:00:00Z"


def test_the_json_has_medlineplus_s_shape(desk: Desk) -> None:
    asked = question(ASKED | {"knowledgeResponseType": "application/json"})

    feed = json.loads(as_json(asked, answers(desk, asked), "Clinic", BASE, "nl"))["feed"]

    (entry,) = feed["entry"]
    assert entry["title"]["_value"]
    assert entry["summary"]["_value"]
    assert entry["link"][0]["href"].endswith(".nl.pdf")


def test_jsonp_calls_the_callback(desk: Desk) -> None:
    asked = question(
        ASKED | {"knowledgeResponseType": "application/javascript", "callback": "ehr.show"}
    )

    assert as_json(asked, answers(desk, asked), "Clinic", BASE, "nl").startswith(b"ehr.show({")


def test_the_answer_says_nothing_of_when_it_was_asked(desk: Desk) -> None:
    asked = question(ASKED)

    assert b"1970-01-01T00:00:00Z" in as_atom(asked, (), "Clinic", BASE, "nl")
