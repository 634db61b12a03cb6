"""The headers of every answer, whoever gives it; and what clinic IT may allow other sites."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from web_server import SHEET, TODAY, Desk, content, running

from careleaf.errors import HandoutError
from careleaf.paths import Root
from careleaf.sheet import faces
from careleaf.web.app import create_app
from careleaf.web.settings import Settings, settings

EHR = "https://ehr.example.org"
TOKEN = "a-token-that-is-long-enough"
QUESTION = {"mainSearchCriteria.v.c": "38221", "mainSearchCriteria.v.cs": "2.16.840.1.113883.6.12"}

ROUTES = [
    route
    for route in create_app(Root.at(), Settings(), lambda: TODAY).routes
    if hasattr(route, "methods")
]
VALUES = {
    "/blank/{name}.pdf": "/blank/bone-biopsy.nl.pdf",
    "/assets/{name}.js": "/assets/desk.js",
    "/infobutton": "/infobutton?" + str(httpx.QueryParams(QUESTION)),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return content(tmp_path_factory.mktemp("clinic"))


@pytest.fixture(scope="module")
def desk(root: Path) -> Iterator[Desk]:
    with running(root) as page:
        yield page


def address(path: str) -> str:
    if path == "/fonts/{digest}/{name}":
        return f"/fonts/{faces.digest()[:16]}/{faces.faces()[0].path.name}"
    return VALUES.get(path, path)


def secured(answer: httpx.Response, frames: str = "'none'") -> None:
    headers, place = answer.headers, f"{answer.request.method} {answer.request.url}"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'"), place
    assert policy.endswith(f"; frame-ancestors {frames}"), place
    assert "script-src 'unsafe" not in policy, place
    assert headers["x-content-type-options"] == "nosniff", place
    assert headers["referrer-policy"] == "same-origin", place
    assert headers["cross-origin-resource-policy"] == "same-origin", place
    assert headers["cross-origin-opener-policy"] == "same-origin", place
    assert headers["permissions-policy"], place
    assert "server" not in headers, place
    assert "access-control-allow-origin" not in headers, place
    if "/fonts/" in str(answer.request.url) and answer.status_code == 200:
        assert headers["cache-control"].startswith("private"), place  # a face is about nobody
    else:
        assert headers["cache-control"] == "no-store", place


@pytest.mark.parametrize("path", sorted({route.path for route in ROUTES}))  # type: ignore[attr-defined]
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
def test_every_route_answers_every_method_with_every_header(
    desk: Desk, path: str, method: str
) -> None:
    answer = desk.client.request(method, address(path))

    secured(answer)
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "path", sorted({route.path for route in ROUTES if "GET" in (route.methods or ())})  # type: ignore[attr-defined]
)  # fmt: skip
def test_head_is_get_without_its_body(desk: Desk, path: str) -> None:
    whole = desk.client.get(address(path))
    head = desk.client.head(address(path))

    assert whole.status_code < 500
    assert head.status_code == whole.status_code
    assert head.content == b""
    changing = {"date"}
    assert {k: v for k, v in head.headers.items() if k not in changing} == {
        k: v for k, v in whole.headers.items() if k not in changing
    }


ERRORS = {
    "nowhere": ("GET", "/nowhere", {}, b""),
    "no such font": ("GET", "/fonts/0/x.ttf", {}, b""),
    "no such sheet": ("GET", "/blank/x.nl.pdf", {}, b""),
    "a form without a key": ("POST", "/sheet", {}, b""),
    "a host that is not ours": ("GET", "/", {"Host": "evil.example"}, b""),
    "another site's form": ("POST", "/sheet", {"Origin": EHR}, b""),
    "a body too large": ("POST", "/sheet", {}, b"x" * 70_000),
    "no JSON": ("POST", "/api/v1/sheets", {"Content-Type": "application/json"}, b"{"),
    "a missing field": ("POST", "/api/v1/sheets", {"Content-Type": "application/json"}, b"{}"),
    "an unreadable question": ("GET", "/infobutton", {}, b""),
    "a method of its own": ("BREW", "/", {}, b""),
}


@pytest.mark.parametrize(("method", "path", "headers", "body"), ERRORS.values(), ids=ERRORS)
def test_every_error_has_every_header_and_a_code(
    desk: Desk, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    answer = desk.client.request(method, path, headers=headers, content=body)

    assert answer.status_code >= 400
    secured(answer)
    if path != "/infobutton":
        assert all("code" in fault for fault in answer.json()["faults"])


def test_a_locked_page_and_a_broken_program_have_every_header(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(root, token=TOKEN) as page:
        for headers in ({}, {"Accept": "text/html"}):
            secured(page.client.get("/", headers=headers))

    monkeypatch.setattr("careleaf.web.api._out", lambda fault: 1 / 0)
    monkeypatch.setattr("careleaf.web.api.HandoutsOut", None)
    with running(root) as page:
        answer = page.client.get("/api/v1/handouts")
        assert answer.status_code == 500
        secured(answer)


def test_what_is_not_http_is_answered_with_headers_too(desk: Desk) -> None:
    with socket.create_connection(("127.0.0.1", desk.port)) as line:
        line.sendall(b"nonsense\r\n\r\n")
        answer = line.recv(4096).decode().lower()

    assert " 400 " in answer
    for header in ("content-security-policy: default-src 'none'", "cache-control: no-store",
                   "x-content-type-options: nosniff", "referrer-policy:", "frame-ancestors 'none'"):  # fmt: skip
        assert header in answer


def test_one_connection_too_many_is_answered_with_headers_too(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("careleaf.web.server.CONNECTIONS", 3)
    with running(root) as page:
        lines = [socket.create_connection(("127.0.0.1", page.port), 10) for _ in range(4)]
        answer = lines[-1].recv(4096).decode().lower()
        for line in lines:
            line.close()

    assert " 503 " in answer
    assert "frame-ancestors 'none'" in answer


# --- which addresses are ours -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listens", "port", "host", "is_known"),
    [
        ("127.0.0.2", 8765, "127.0.0.2:8765", True),
        ("127.0.0.2", 8765, "127.0.0.3:8765", False),
        ("127.0.0.2", 8765, "localhost:8765", True),
        ("127.0.0.2", 8765, "evil.example:8765", False),
        ("127.0.0.2", 80, "127.0.0.2", True),
        ("::1", 8765, "[::1]:8765", True),
        ("::1", 80, "[::1]", True),
        ("[::1]", 8765, "[0:0:0:0:0:0:0:1]:8765", True),
        ("10.0.0.5", 80, "10.0.0.5", True),
        ("10.0.0.5", 80, "10.0.0.5:8765", False),
        ("127.0.0.1", 8765, "[::1", False),
        ("127.0.0.1", 8765, "127.0.0.1:", False),
    ],
)
def test_the_address_that_the_page_listens_at_is_its_own(
    listens: str, port: int, host: str, is_known: bool
) -> None:
    assert Settings(host=listens, port=port).knows_host(host) is is_known


def test_another_loopback_address_answers(root: Path) -> None:
    with running(root, host="127.0.0.2") as page:
        answer = httpx.get(f"http://127.0.0.2:{page.port}/healthz")

        assert answer.text == "ok"


# --- what clinic IT allows ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(root: Path) -> Iterator[Desk]:
    with running(root, token=TOKEN, allow_origins=frozenset([EHR]), allow_frames=(EHR,)) as page:
        yield page


@pytest.mark.parametrize("path", ["/infobutton", "/blank/bone-biopsy.nl.pdf", "/openapi.json"])
def test_an_allowed_site_may_read_what_programs_ask_for(shared: Desk, path: str) -> None:
    headers = {"Origin": EHR, "Sec-Fetch-Site": "cross-site", "Authorization": f"Bearer {TOKEN}"}

    answer = shared.client.get(path, params=QUESTION, headers=headers)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == EHR
    assert "access-control-allow-credentials" not in answer.headers
    assert "origin" in answer.headers["vary"].lower()


@pytest.mark.parametrize("origin", ["https://evil.example", EHR + ".evil.example", "null", ""])
def test_no_other_site_may(shared: Desk, origin: str) -> None:
    answer = shared.client.get("/infobutton", params=QUESTION, headers={"Origin": origin})

    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/list", "/login"])
def test_the_page_itself_is_read_by_no_site(shared: Desk, path: str) -> None:
    headers = {"Origin": EHR, "Authorization": f"Bearer {TOKEN}"}

    answer = shared.client.get(path, headers=headers)

    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


def test_an_allowed_site_makes_a_sheet_after_asking_whether_it_may(shared: Desk) -> None:
    asked = shared.client.options(
        "/api/v1/sheets",
        headers={
            "Origin": EHR,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    made = shared.client.post(
        "/api/v1/sheets",
        json=SHEET,
        headers={
            "Origin": EHR,
            "Sec-Fetch-Site": "cross-site",
            "Authorization": f"Bearer {TOKEN}",
        },
    )

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == EHR
    assert "authorization" in asked.headers["access-control-allow-headers"]
    assert made.content.startswith(b"%PDF-")
    assert made.headers["access-control-allow-origin"] == EHR


def test_an_allowed_site_sends_no_form_of_the_page(shared: Desk) -> None:
    headers = {"Origin": EHR, "Authorization": f"Bearer {TOKEN}"}

    assert shared.client.post("/sheet", data=SHEET, headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/login", "/infobutton", "/blank/bone-biopsy.nl.pdf"])
def test_an_allowed_site_may_show_the_page_in_a_frame(shared: Desk, path: str) -> None:
    answer = shared.client.get(path, params=QUESTION)

    assert answer.headers["content-security-policy"].endswith(f"frame-ancestors {EHR}")
    assert "x-frame-options" not in answer.headers


PLAIN = {
    "host": "127.0.0.1",
    "port": 8765,
    "token": "",
    "trusted_header": "",
    "public_url": "",
    "jobs": 1,
}


@pytest.mark.parametrize(
    "site", ["*", "https://*.example.org", "ehr.example.org", EHR + "/path", "null", "https://a;b",
             "https://a b", "javascript:alert(1)", "https://user@ehr.example.org", EHR + "?x", ""]
)  # fmt: skip
@pytest.mark.parametrize(
    ("setting", "option"), [("allow_origins", "--allow-origin"), ("allow_frames", "--allow-frame")]
)
def test_only_a_site_by_its_name_can_be_allowed(site: str, setting: str, option: str) -> None:
    with pytest.raises(HandoutError) as caught:
        settings(**PLAIN, **{setting: [site]})  # type: ignore[arg-type]

    assert (caught.value.code, caught.value.where) == ("setting.not-a-site", option)


def test_a_site_is_known_however_its_address_was_written() -> None:
    chosen = settings(**PLAIN, allow_origins=["HTTPS://EHR.example.org/"])  # type: ignore[arg-type]

    assert chosen.allow_origins == {EHR}


def test_by_default_nobody_is_allowed_anything() -> None:
    chosen = settings(**PLAIN)  # type: ignore[arg-type]

    assert not chosen.allow_origins
    assert not chosen.allow_frames
