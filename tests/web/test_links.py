"""What an EHR links to: `/infobutton`, `/blank` and `/healthz` as it calls them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from httpx import Response
from starlette.testclient import TestClient
from web_server import PAGE, TODAY, content, running, wait_for

from careleaf.desk.desk import Desk
from careleaf.desk.infobutton import question
from careleaf.paths import Root
from careleaf.web.app import create_app
from careleaf.web.links import answers
from careleaf.web.settings import Settings

BASE = "http://127.0.0.1:8765"
CPT = "2.16.840.1.113883.6.12"
ASKED = {
    "mainSearchCriteria.v.c": "38222",
    "mainSearchCriteria.v.cs": CPT,
    "taskContext.c.c": "DISCHINSTE",
    "informationRecipient.languageCode.c": "ar",
}
ATOM = {"a": "http://www.w3.org/2005/Atom"}
TOKEN = "a-token-that-is-long-enough"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = create_app(Root.at(), Settings(), lambda: date(2026, 11, 23))
    with TestClient(app, base_url=BASE) as opened:
        yield opened


@pytest.fixture(scope="module")
def sheets() -> Desk:
    return Desk.at(Root.at(), TODAY)


def ask(client: TestClient, _accept: str = "*/*", **changes: str) -> Response:
    named = {key.replace("__", "."): value for key, value in changes.items()}
    return client.get("/infobutton", params=ASKED | named, headers={"Accept": _accept})


# --- what answers -------------------------------------------------------------------------------


def found(sheets: Desk, **changes: str) -> list[tuple[str, str]]:
    asked = ASKED | {key.replace("__", "."): value for key, value in changes.items()}
    return [(one.handout, one.locale) for one in answers(sheets, question(asked.items()))]


def test_a_code_in_a_language_gives_the_clinic_s_sheet(sheets: Desk) -> None:
    asked = question(
        (ASKED | {"mainSearchCriteria.v.c": "38221", "informationRecipient.languageCode.c": "nl"})
        .items()
    )  # fmt: skip

    (one,) = answers(sheets, asked)

    assert (one.handout, one.locale) == ("bone-marrow-biopsy-at-home", "nl")
    assert one.path == "/blank/bone-marrow-biopsy-at-home.nl.pdf"
    assert one.title == sheets.content.wording(one.handout, "nl").handout.title.plain


@pytest.mark.parametrize("name", ["2.16.840.1.113883.6.96", "http://snomed.info/sct"])
def test_a_code_system_may_be_an_oid_or_a_uri(sheets: Desk, name: str) -> None:
    changes = {"mainSearchCriteria__v__cs": name, "mainSearchCriteria__v__c": "234326005"}

    assert len(found(sheets, **changes)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"mainSearchCriteria__v__c": "99999"},
        {"mainSearchCriteria__v__cs": "1.2.3"},
        {"informationRecipient__languageCode__c": "xx"},
        {"informationRecipient__languageCode__c": "ja"},
    ],
)
def test_what_the_clinic_does_not_have_is_an_empty_answer_never_english(
    sheets: Desk, changes: dict[str, str]
) -> None:
    assert found(sheets, **changes) == []


def test_without_a_language_the_clinic_s_own_is_meant(sheets: Desk) -> None:
    asked = {key: value for key, value in ASKED.items() if "language" not in key}

    assert answers(sheets, question(asked.items()))[0].locale == "en"


def test_of_several_codes_each_is_answered_and_a_sheet_comes_once(sheets: Desk) -> None:
    snomed = "2.16.840.1.113883.6.96"
    one = found(sheets)
    other = found(sheets, mainSearchCriteria__v__c="20220")
    assert one
    assert other
    assert one != other

    both = found(
        sheets,
        mainSearchCriteria__v__c1="20220", mainSearchCriteria__v__cs1=CPT,
        mainSearchCriteria__v__c2="234326005", mainSearchCriteria__v__cs2=snomed,
        mainSearchCriteria__v__c3="1", mainSearchCriteria__v__cs3="1.2.3",
    )  # fmt: skip

    assert both == [*one, *other]


# --- how it answers -----------------------------------------------------------------------------


def test_a_clinician_sees_a_page_with_links_in_the_family_s_language(client: TestClient) -> None:
    answer = ask(client, "text/html")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert '<li lang="ar" dir="rtl">' in answer.text
    assert "/blank/bone-marrow-biopsy-at-home.ar.pdf" in answer.text


def test_a_program_that_names_no_type_and_no_task_gets_a_feed(client: TestClient) -> None:
    asked = {key: value for key, value in ASKED.items() if "task" not in key}

    answer = client.get("/infobutton", params=asked)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert Xml.fromstring(answer.content).findall("a:entry", ATOM)


def test_the_link_in_the_answer_gives_a_blank_pdf(client: TestClient) -> None:
    feed = Xml.fromstring(ask(client, knowledgeResponseType="text/xml").content)
    link = feed.find("a:entry/a:link", ATOM)
    assert link is not None

    answer = client.get(str(link.get("href")))

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("media_type", "start"), [("text/xml", b"<?xml"), ("application/json", b'{"feed"')]
)
def test_the_answer_has_the_type_that_was_asked_for(
    client: TestClient, media_type: str, start: bytes
) -> None:
    answer = ask(client, knowledgeResponseType=media_type)

    assert answer.headers["content-type"].startswith(media_type)
    assert answer.content.startswith(start)
    assert answer.headers["cache-control"] == "no-store"


def test_repeated_codes_are_all_read(client: TestClient) -> None:
    pairs = [
        ("mainSearchCriteria.v.c", "38222"),
        ("mainSearchCriteria.v.c", "20220"),
        ("mainSearchCriteria.v.cs", CPT),
        ("knowledgeResponseType", "application/json"),
    ]

    answer = client.get("/infobutton", params=pairs)

    assert len(answer.json()["feed"]["entry"]) >= 2


def test_a_missing_parameter_is_named_with_400(client: TestClient) -> None:
    answer = client.get("/infobutton", params={"mainSearchCriteria.v.c": "1"})

    assert answer.status_code == 400
    assert "mainSearchCriteria.v.cs" in answer.text


@pytest.mark.parametrize("media_type", ["image/png", "application/javascript"])
def test_an_unknown_type_is_415(client: TestClient, media_type: str) -> None:
    answer = ask(client, knowledgeResponseType=media_type, callback="show")

    assert answer.status_code == 415


def test_an_ehr_s_page_may_link_here(client: TestClient) -> None:
    answer = client.get("/infobutton", params=ASKED, headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 200


def test_behind_a_proxy_the_links_have_the_public_address() -> None:
    behind = replace(Settings(), public_url="https://desk.example.org")
    app = create_app(Root.at(), behind, lambda: TODAY)
    client = TestClient(app, base_url="http://desk.example.org")

    entry = ask(client, knowledgeResponseType="application/json").json()["feed"]["entry"][0]

    assert entry["link"][0]["href"].startswith("https://desk.example.org/blank/")


# --- with a token -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return content(tmp_path_factory.mktemp("clinic"))


def test_links_need_no_token_unless_told(root: Path) -> None:
    for is_open, status in ((True, 200), (False, 401)):
        with running(root, token=TOKEN, open_links=is_open) as page:
            assert page.client.get("/infobutton", params=ASKED).status_code == status
            assert page.client.head("/blank/bone-biopsy.nl.pdf").status_code == status
            assert page.client.get("/api/v1/handouts").status_code == 401
            assert page.client.get("/healthz").text == "ok"


def test_a_login_returns_to_the_question(root: Path) -> None:
    with running(root, token=TOKEN, open_links=False) as page:
        sent = page.client.get("/infobutton", params=ASKED, headers=PAGE)
        assert sent.status_code == 303
        form = page.client.get(sent.headers["location"])
        after = field(form.text, "next")

        signed = page.client.post(
            "/login",
            data={"form_key": field(form.text, "form_key"), "token": TOKEN, "next": after},
        )

        assert signed.status_code == 303
        answer = page.client.get(signed.headers["location"], headers=PAGE)
        assert answer.status_code == 200
        assert "/blank/bone-marrow-biopsy-at-home.ar.pdf" in answer.text


def test_a_wrong_key_does_not_lose_the_question(root: Path) -> None:
    with running(root, token=TOKEN) as page:
        key = field(page.client.get("/login").text, "form_key")

        answer = page.client.post(
            "/login", data={"form_key": key, "token": "no", "next": "/list?ui=nl"}
        )

        assert answer.status_code == 403
        assert field(answer.text, "next") == "/list?ui=nl"


ELSEWHERE = (
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "evil.example",
    " //evil.example",
    "/é",
    "/" + "a" * 5000,
    "",
)


@pytest.mark.parametrize("after", ELSEWHERE)
def test_a_login_never_leads_to_another_site(client: TestClient, root: Path, after: str) -> None:
    app = create_app(Root.at(root), replace(Settings(), token=TOKEN), lambda: TODAY)
    browser = TestClient(app, base_url=BASE, follow_redirects=False)
    form = browser.get("/login", params={"next": after})
    assert field(form.text, "next") == "/"

    answer = browser.post(
        "/login", data={"form_key": field(form.text, "form_key"), "token": TOKEN, "next": after}
    )

    assert answer.headers["location"] == "/"


def field(page: str, name: str) -> str:
    """The value of a hidden field."""
    import html
    import re

    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


# --- blank sheets and health --------------------------------------------------------------------


def test_a_program_that_asks_for_bytes_gets_them(client: TestClient) -> None:
    wish = {"Accept": "application/octet-stream"}

    answer = client.get("/blank/bone-biopsy.nl.pdf", headers=wish)

    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.content.startswith(b"%PDF-")


def test_a_sheet_that_is_not_there_is_404_with_a_code(client: TestClient) -> None:
    answer = client.get("/blank/bone-biopsy.xx.pdf")

    assert answer.status_code == 404
    assert set(answer.json()["faults"][0]) == {"field", "message", "hint", "code"}


def test_health_is_ok_and_tells_a_broken_clinic_without_a_word_of_it(root: Path) -> None:
    clinic = root / "clinic.yaml"
    sound = clinic.read_text("utf-8")
    with running(root) as page:
        assert (page.client.get("/healthz").status_code, page.client.get("/healthz").text) == (
            200,
            "ok",
        )
        clinic.write_text(sound + "\nunknown_key: 1\n", "utf-8")
        try:
            wait_for(lambda: page.client.get("/healthz").status_code == 503)
            answer = page.client.get("/healthz")
        finally:
            clinic.write_text(sound, "utf-8")

        assert answer.status_code == 503
        assert "unknown_key" not in answer.text
        assert str(root) not in json.dumps(answer.text)
