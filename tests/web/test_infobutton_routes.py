"""`/infobutton` as an EHR calls it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from xml.etree import ElementTree as Xml

import pytest
from httpx import Response
from starlette.testclient import TestClient

from careleaf.paths import Root
from careleaf.web.app import create_app
from careleaf.web.settings import Settings

BASE = "http://127.0.0.1:8765"
ASKED = {
    "mainSearchCriteria.v.c": "38222",
    "mainSearchCriteria.v.cs": "2.16.840.1.113883.6.12",
    "taskContext.c.c": "DISCHINSTE",
    "informationRecipient.languageCode.c": "ar",
}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = create_app(Root.at(), Settings(), lambda: date(2026, 11, 23))
    with TestClient(app, base_url=BASE) as opened:
        yield opened


def ask(client: TestClient, **changes: str) -> Response:
    named = {key.replace("__", "."): value for key, value in changes.items()}
    return client.get("/infobutton", params=ASKED | named)


def test_a_clinician_sees_a_page_with_links_in_the_family_s_language(client: TestClient) -> None:
    answer = ask(client)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert '<li lang="ar" dir="rtl">' in answer.text
    assert "/blank/bone-marrow-biopsy-at-home.ar.pdf" in answer.text


def test_the_link_in_the_answer_gives_a_blank_pdf(client: TestClient) -> None:
    feed = Xml.fromstring(ask(client, knowledgeResponseType="text/xml").content)
    link = feed.find(".//{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}link")
    assert link is not None

    answer = client.get(str(link.get("href")))

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("media_type", "start"),
    [
        ("text/xml", b"<?xml"),
        ("application/json", b'{"feed"'),
        ("application/javascript", b"show({"),
    ],
)
def test_the_answer_has_the_type_that_was_asked_for(
    client: TestClient, media_type: str, start: bytes
) -> None:
    answer = ask(client, knowledgeResponseType=media_type, callback="show")

    assert answer.headers["content-type"].startswith(media_type)
    assert answer.content.startswith(start)
    assert answer.headers["cache-control"] == "no-store"


def test_a_missing_parameter_is_named_with_400(client: TestClient) -> None:
    answer = client.get("/infobutton", params={"mainSearchCriteria.v.c": "1"})

    assert answer.status_code == 400
    assert "mainSearchCriteria.v.cs" in answer.text


def test_an_unknown_type_is_415(client: TestClient) -> None:
    assert ask(client, knowledgeResponseType="image/png").status_code == 415


def test_an_ehr_s_page_may_link_here(client: TestClient) -> None:
    answer = client.get("/infobutton", params=ASKED, headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 200
