"""The page at the desk as a browser, a script, a stranger and a broken network meet it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import socket
import stat
import subprocess
import sys
import threading
import time
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pypdfium2
import pytest
from web_server import PAGE, SHEET, TODAY, Desk, content, free_port, running, started

from careleaf.child import BY_KEY, VALUES
from careleaf.content.labels import load_labels
from careleaf.desk.desk import Desk as Sheets
from careleaf.errors import HandoutError, each
from careleaf.faults import FAULTS
from careleaf.paths import PROGRAM, Root
from careleaf.web import fields
from careleaf.web.app import create_app
from careleaf.web.pictures import picture
from careleaf.web.settings import MB, Limits, Settings, settings
from careleaf.web.watcher import ContentWatcher


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return content(tmp_path_factory.mktemp("clinic"))


@pytest.fixture(scope="module")
def desk(root: Path) -> Iterator[Desk]:
    with running(root) as page:
        yield page


def words(pdf: bytes) -> str:
    """The text of a PDF, white space folded, direction isolates dropped."""
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return " ".join(text.replace("\u2068", "").replace("\u2069", "").split())


def frames(answer: bytes) -> list[tuple[dict[str, object], bytes]]:
    """An answer in pieces: each line of JSON with the bytes that follow it."""
    found, rest = [], answer
    while rest:
        line, rest = rest.split(b"\n", 1)
        facts = json.loads(line)
        size = facts.get("size", 0)
        found.append((facts, rest[:size]))
        rest = rest[size:]
    return found


# --- one child --------------------------------------------------------------------------------


def test_without_script_the_form_gives_the_sheet(desk: Desk) -> None:
    answer = desk.send("/sheet", "text/html", do="print", **SHEET)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert "Anna Lee" in words(answer.content)
    assert "Tuesday, November 24, 2026" in words(answer.content)


def test_a_file_to_save_is_named_by_ids_never_by_name(desk: Desk) -> None:
    answer = desk.send("/sheet", do="download", id="C-17", **SHEET)

    assert answer.headers["content-disposition"] == 'attachment; filename="C-17.bone-biopsy.en.pdf"'


def test_a_sheet_without_a_name_has_lines_to_write_on(desk: Desk) -> None:
    answer = desk.send("/sheet", do="blank", handout="bone-biopsy", locale="nl")

    assert answer.status_code == 200
    assert "Anna" not in words(answer.content)


def test_a_blank_sheet_has_an_address_of_its_own(desk: Desk) -> None:
    found = desk.client.get("/blank/bone-biopsy.nl.pdf")
    missing = desk.client.get("/blank/bone-biopsi.nl.pdf")

    assert found.headers["content-type"] == "application/pdf"
    assert missing.status_code == 404
    assert "bone-biopsy" in missing.json()["faults"][0]["hint"]


def test_the_preview_is_every_page_of_the_very_sheet(desk: Desk) -> None:
    sheet = desk.send("/sheet", **SHEET)
    first, *pages = frames(desk.send("/preview", width="500", **SHEET).content)

    assert first[0]["pages"] == len(pages) == int(sheet.headers["x-sheet-pages"])
    for number, (facts, png) in enumerate(pages):
        assert png == picture(sheet.content, number, 500)[0], facts


def test_a_picture_of_a_page_has_the_pixels_that_pdfium_draws(desk: Desk) -> None:
    from PIL import Image, ImageChops

    pdf = desk.send("/sheet", **SHEET).content
    png, width, height = picture(pdf, 0, 700)
    page = pypdfium2.PdfDocument(pdf)[0]
    wanted = page.render(scale=700 / page.get_width(), may_draw_forms=False).to_pil().convert("RGB")

    drawn = Image.open(io.BytesIO(png))
    assert drawn.size == wanted.size == (width, height)
    assert ImageChops.difference(drawn, wanted).getbbox() is None


def test_a_preview_without_a_name_shows_the_blank_sheet(desk: Desk) -> None:
    first, *_ = frames(desk.send("/preview", **{**SHEET, "name": " "}).content)

    assert first[0]["blank"] is True


WRONG = {
    "no handout": ({"handout": ""}, "handout", "Choose a handout from the list."),
    "no such language": ({"locale": "xx"}, "locale", "Choose a language from the list."),
    "no name": ({"name": ""}, "name", "Type the child's name."),
    "a name without letters": ({"name": "..."}, "name", "Type the child's name."),
    "a long name": (
        {"name": "A" * (BY_KEY["name"].limit + 1)},
        "name",
        f"This name is too long. Use {BY_KEY['name'].limit} characters or fewer.",
    ),
    "an unprintable name": (
        {"name": "Anna \U0001f600"},
        "name",
        "A character in this name cannot be printed. Write the name in letters.",
    ),
    "no date": ({"date": ""}, "date", "Choose the date of the procedure."),
    "a date of two meanings": (
        {"date": "03/04/2026"},
        "date",
        "Write the year first, then the month, then the day.",
    ),
    "no such day": ({"date": "2026-02-30"}, "date", "This day is not in the calendar."),
    "a far date": (
        {"date": "2036-11-23"},
        "date",
        "This date is more than a year away. Check the year.",
    ),
    "no such hour": ({"time": "25:00"}, "time", "Write the hour and the minutes."),
    "no such paper": ({"size": "a0"}, "size", "Choose one of the papers."),
    "the same language twice": (
        {"with": "en"},
        "with",
        "Choose a second language that is not the first one.",
    ),
    "no such second language": ({"with": "xx"}, "with", "Choose a language from the list."),
    "an id that is a path": (
        {"id": "../x"},
        "id",
        f"Use letters, digits, dots and dashes only, {BY_KEY['id'].limit} characters or fewer, without a space.",
    ),
}


@pytest.mark.parametrize(("wrong", "field", "said"), WRONG.values(), ids=WRONG)
def test_a_fault_is_told_at_its_field_in_the_pages_own_words(
    desk: Desk, wrong: dict[str, str], field: str, said: str
) -> None:
    answer = desk.send("/sheet", **{**SHEET, **wrong})

    assert answer.status_code == 422
    assert [(fault["field"], fault["said"]) for fault in answer.json()["faults"]] == [(field, said)]


@pytest.mark.parametrize("tag", ["", "xx", "fr-CA", "nl_NL", "und", "somali", " en"])
@pytest.mark.parametrize("path", ["/sheet", "/preview", "/print"])
def test_a_language_that_the_page_does_not_list_is_never_another_one(
    desk: Desk, path: str, tag: str
) -> None:
    answer = desk.send(path, **{**SHEET, "locale": tag})

    (fault,) = (frames(answer.content)[0][0] if path == "/preview" else answer.json())["faults"]
    assert (fault["field"], fault["code"]) in (
        ("locale", "locale.not-listed"),
        ("print_queue", "print.no-queue"),
    )


def test_an_unknown_language_stays_unchosen_without_script(desk: Desk) -> None:
    answer = desk.send("/sheet", "text/html", **{**SHEET, "locale": "somali"})

    assert answer.status_code == 422
    assert '<option value="" selected></option>' in answer.text
    assert 'value="en" lang="en" data-own="English" data-finds' in answer.text
    assert not re.search(r'<option value="en"[^>]*data-own[^>]* selected', answer.text)


def test_the_form_goes_along_into_another_language_of_the_page(desk: Desk) -> None:
    answer = desk.send("/", "text/html", **{**SHEET, "ui": "nl"})

    assert answer.status_code == 200
    assert 'value="Anna Lee"' in answer.text
    assert "Naam van het kind" in answer.text


def test_where_the_clinic_states_no_language_none_is_taken_for_it(tmp_path: Path) -> None:
    root = content(tmp_path)
    clinic = root / "clinic.yaml"
    lines = [line for line in clinic.read_text("utf-8").splitlines() if line[:7] != "locale:"]
    clinic.write_text("\n".join(lines), "utf-8")
    child = {name: value for name, value in SHEET.items() if name != "locale"}
    code = {"mainSearchCriteria.v.c": "38221", "mainSearchCriteria.v.cs": "2.16.840.1.113883.6.12"}
    with running(root) as page:
        refused = page.client.post("/api/v1/sheets", json=child)
        empty = page.client.get("/", headers=PAGE).text
        asked = page.client.get("/infobutton", params=code)

    assert refused.status_code == 422
    assert refused.json()["faults"][0]["code"] == "locale.not-stated"
    assert '<option value="" selected></option>' in empty
    assert asked.status_code == 400


def test_without_script_a_fault_stands_in_the_form_and_what_was_typed_is_still_there(
    desk: Desk,
) -> None:
    answer = desk.send("/sheet", "text/html", **{**SHEET, "date": "2026-02-30"})

    assert answer.status_code == 422
    assert "This day is not in the calendar." in answer.text
    assert 'value="Anna Lee"' in answer.text
    assert re.search(r'id="date"[^>]*aria-invalid="true"', answer.text)


@pytest.mark.parametrize("tag", ["nl", "fr", "ar", "es", "de", "pl", "uk", "tr", "vi", "zh_Hans"])
def test_the_page_speaks_the_language_asked_for(desk: Desk, tag: str) -> None:
    page = desk.client.get("/", params={"ui": tag}).text

    assert f'<html lang="{tag.replace("_", "-")}" dir="{"rtl" if tag == "ar" else "ltr"}">' in page
    assert "Child&#39;s name" not in page


def test_the_page_speaks_the_browsers_language_where_it_can(desk: Desk) -> None:
    answer = desk.client.get("/", headers={"Accept-Language": "xx, nl-BE;q=0.9, en;q=0.5"})

    assert '<html lang="nl"' in answer.text


def test_the_language_used_last_stands_first(desk: Desk) -> None:
    desk.send("/sheet", **{**SHEET, "locale": "tr"})
    page = desk.client.get("/").text
    languages = page[page.index('<select id="locale"') :]

    assert languages.index('"Used lately"') < languages.index('"tr"') < languages.index('"All"')


# --- a list -----------------------------------------------------------------------------------

ROSTER = """id,name,procedure_date,handout,locale
A-1,Anna Lee,2026-11-23,bone-biopsy,en
A-2,Ben Fox,23/11/2026,bone-biopsy,en
A-1,Anna Lee,2026-11-23,bone-biopsy,en
A-4,,2026-11-23,bone-biopsi,
"""


def bring(desk: Desk, name: str, content: bytes) -> httpx.Response:
    return desk.client.post(
        "/list",
        data={"form_key": desk.key("/list")},
        files={"file": (name, content)},
        headers=PAGE,
    )


def rows(page: str) -> dict[str, str]:
    """The lines of the table on a page, as HTML."""
    found = re.findall(r'<tr data-line="(\d+)"(.*?)</tr>', page, re.DOTALL)
    return dict(found)


def test_a_list_is_a_table_with_each_fault_in_its_cell(desk: Desk) -> None:
    table = rows(bring(desk, "day.csv", ROSTER.encode()).text)

    assert list(table) == ["2", "3", "4", "5"]
    assert "aria-invalid" not in table["2"]
    assert re.search(r'name="3.procedure_date"[^>]*aria-invalid', table["3"])
    assert "Another line asks for the same sheet." in table["4"]
    for field in ("name", "handout", "locale"):
        assert re.search(rf'name="5.{field}"[^>]*aria-invalid', table["5"])


def test_a_workbook_is_read_too(desk: Desk, tmp_path: Path) -> None:
    answer = bring(desk, "day.xlsx", workbook(ROSTER))

    assert list(rows(answer.text)) == ["2", "3", "4", "5"]


def workbook(text: str) -> bytes:
    """A minimal XLSX with the cells of a CSV, each a text in the sheet itself."""
    lines = [
        "<row>"
        + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in line)
        + "</row>"
        for line in csv.reader(io.StringIO(text))
    ]
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r" Type="{office}/worksheet" Target="a.xml"/></Relationships>',
        "xl/a.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return content.getvalue()


UNREADABLE = {
    "not a list": ("day.pdf", b"%PDF-1.7"),
    "no columns": ("day.csv", b"Anna,Lee\n"),
    "half a workbook": ("day.xlsx", b"PK\x03\x04 half"),
    "nothing": ("day.csv", b""),
}


@pytest.mark.parametrize(("name", "content"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_no_list_is_told(desk: Desk, name: str, content: bytes) -> None:
    answer = bring(desk, name, content)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "/proc/" not in answer.text


def test_a_longer_list_is_sent_to_the_command(root: Path) -> None:
    with running(root, Limits(lines=2)) as small:
        answer = bring(small, "day.csv", ROSTER.encode())

    assert answer.status_code == 422
    assert "A list here may have 2 lines." in answer.text


def table_fields(*lines: str) -> dict[str, str]:
    """The table's fields as the page sends them back."""
    columns = ("id", "name", "procedure_date", "handout", "locale")
    return {
        f"{number}.{column}": cell
        for number, line in enumerate(lines, 2)
        for column, cell in zip(columns, line.split(","), strict=True)
    }


GOOD = "A-1,Anna Lee,2026-11-23,bone-biopsy,en"
OTHER = "A-2,Ben Fox,2026-11-23,bone-biopsy,en"
BAD = "A-3,,2026-11-23,bone-biopsy,en"


def test_a_mended_cell_is_checked_at_once(desk: Desk) -> None:
    answer = desk.send("/list/check", **table_fields(GOOD, BAD))

    assert answer.json()["lines"] == [
        {"line": 2, "faults": []},
        {"line": 3, "faults": [{"column": "name", "said": "Type the child's name."}]},
    ]


def test_a_list_becomes_one_pdf_with_its_progress_told(desk: Desk) -> None:
    *told, last = frames(
        desk.send("/list/make", do="pdf", **table_fields(GOOD, BAD, OTHER)).content
    )

    assert [facts["done"] for facts, _ in told] == [0, 1, 2, 3]
    assert (last[0]["made"], last[0]["refused"]) == (2, 1)
    assert "Anna Lee" in words(last[1])
    assert "Ben Fox" in words(last[1])


def test_without_script_the_pdf_comes_alone(desk: Desk) -> None:
    answer = desk.send("/list/make", "text/html", do="pdf", **table_fields(GOOD))

    assert answer.headers["content-type"] == "application/pdf"


def test_a_zip_holds_the_sheets_and_the_manifest(desk: Desk) -> None:
    answer = desk.send("/list/make", "text/html", do="zip", **table_fields(GOOD, BAD))

    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    manifest = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))
    assert archive.namelist() == ["A-1.bone-biopsy.en.pdf", "manifest.csv"]
    assert [(line["id"], line["status"]) for line in manifest] == [
        ("A-1", "made"),
        ("A-3", "refused"),
    ]
    assert "Anna" not in archive.read("manifest.csv").decode()


# --- who may ask ------------------------------------------------------------------------------


def test_every_answer_carries_the_headers_that_keep_it_to_itself(desk: Desk) -> None:
    for path in ("/", "/list", "/api/v1/handouts", "/nowhere", "/assets/web.css"):
        headers = desk.client.get(path).headers
        assert headers["cache-control"] == "no-store", path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "server" not in headers
        assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", "", "127.0.0.1:{port}:1", "10.0.0.1:{port}"],
)  # fmt: skip
def test_a_host_that_is_not_ours_is_refused(desk: Desk, host: str) -> None:
    answer = desk.client.get("/", headers={"Host": host.format(port=desk.port)})

    assert answer.status_code == 421


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_the_names_of_this_machine_are_known(desk: Desk, name: str) -> None:
    answer = desk.client.get("/", headers={"Host": f"{name}:{desk.port}"})

    assert answer.status_code == 200


STRANGERS = {
    "another origin": {"Origin": "http://evil.example"},
    "another port": {"Origin": "http://127.0.0.1:1"},
    "another scheme": {"Origin": "https://127.0.0.1:{port}"},
    "no origin to name": {"Origin": "null"},
    "another site by its own word": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour": {"Sec-Fetch-Site": "same-site"},
    "another page": {"Referer": "http://evil.example/x"},
}


@pytest.mark.parametrize("headers", STRANGERS.values(), ids=STRANGERS)
@pytest.mark.parametrize("path", ["/sheet", "/preview", "/list", "/api/v1/sheets"])
def test_what_another_sites_page_sends_is_refused(
    desk: Desk, headers: dict[str, str], path: str
) -> None:
    sent = {name: value.format(port=desk.port) for name, value in headers.items()}
    answer = desk.client.post(path, data={"form_key": desk.key(), **SHEET}, headers=sent)

    assert answer.status_code == 403


@pytest.mark.parametrize("key", ["", "0" * 64, "é"])
def test_a_form_without_the_pages_key_is_refused(desk: Desk, key: str) -> None:
    answer = desk.client.post("/sheet", data={**SHEET, "form_key": key})

    assert answer.status_code == 403


def test_a_form_of_another_kind_is_refused(desk: Desk) -> None:
    for kind, body in (("text/plain", b"name=A"), ("application/json", b"{}"), ("", b"x")):
        answer = desk.client.post("/sheet", content=body, headers={"Content-Type": kind})
        assert answer.status_code == 415, kind


def test_half_a_form_is_told_not_traced(desk: Desk) -> None:
    for kind, body in (
        ("application/x-www-form-urlencoded", b"\xff\xfe=1"),
        ("application/x-www-form-urlencoded", b"name=%ff%fe"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(9000))),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
    ):
        answer = desk.client.post("/sheet", content=body, headers={"Content-Type": kind})
        assert answer.status_code in (400, 403, 413), body[:20]


# --- signing in ---------------------------------------------------------------------------------

TOKEN = "a-token-that-is-long-enough"


def test_a_token_opens_the_door_by_header_or_by_signing_in(root: Path) -> None:
    with running(root, token=TOKEN) as locked:
        assert locked.client.get("/").status_code == 401
        assert locked.client.get("/", headers=PAGE).headers["location"] == "/login"
        assert locked.client.get("/api/v1/handouts").status_code == 401
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert locked.client.get("/api/v1/handouts", headers=bearer).status_code == 200

        key = locked.key("/login")
        wrong = locked.client.post("/login", data={"form_key": key, "token": "no"})
        assert wrong.status_code == 403
        right = locked.client.post("/login", data={"form_key": key, "token": TOKEN})
        assert right.status_code == 303
        cookie = right.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert locked.client.get("/").status_code == 200
        assert locked.send("/sheet", **SHEET).status_code == 200


def test_a_proxys_header_counts_only_from_this_machine(root: Path) -> None:
    with running(root, trusted_header="X-Staff") as locked:
        assert locked.client.get("/").status_code == 401
        assert locked.client.get("/", headers={"X-Staff": ""}).status_code == 401
        assert locked.client.get("/", headers={"X-Staff": "nurse"}).status_code == 200


def test_a_page_behind_a_proxy_knows_its_public_name(root: Path) -> None:
    with running(root, public_url="https://desk.example.org") as page:
        headers = {"Host": "desk.example.org"}
        seen = page.client.get("/", headers=headers)
        assert seen.headers["strict-transport-security"]
        key = re.search(r'form_key" value="(\w+)"', seen.text)
        assert key
        for origin, status in (("https://desk.example.org", 200), ("http://desk.example.org", 403)):
            sent = page.client.post(
                "/sheet", data={"form_key": key[1], **SHEET}, headers={**headers, "Origin": origin}
            )
            assert sent.status_code == status


def serve(*arguments: str, root: Path = PROGRAM) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(PROGRAM / "generate.py"), "serve", "--root", str(root), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "CARELEAF_TODAY": TODAY.isoformat()},
    )


def test_an_open_address_needs_a_door() -> None:
    ran = serve("--host", "0.0.0.0", "--port", str(free_port()))

    assert ran.returncode == 2
    assert ran.stderr.startswith("--host: 0.0.0.0 can be reached from other machines")
    assert "--token" in ran.stderr
    assert "trusted_header" in ran.stderr


def test_a_port_that_is_taken_is_told_in_one_line(desk: Desk) -> None:
    ran = serve("--port", str(desk.port))

    assert ran.returncode == 2
    assert ran.stderr.startswith(f"--port: 127.0.0.1, port {desk.port}: ")
    assert "Traceback" not in ran.stderr


def test_a_short_token_is_refused() -> None:
    with pytest.raises(Exception, match="16 plain characters"):
        settings(host="0.0.0.0", port=1, token="short", trusted_header="", public_url="", jobs=1)


def test_every_address_may_be_named_where_the_page_listens_at_all() -> None:
    open_to_all = Settings(host="0.0.0.0", port=80, token=TOKEN)

    assert open_to_all.knows_host("192.168.1.7:80")
    assert not open_to_all.knows_host("evil.example:80")


# --- too much, too slow, too many -------------------------------------------------------------


def peak_of(root: Path, path: str, length: int | None) -> tuple[int, int]:
    """Send a hundred megabytes, one by one; return the status and the most memory held, in bytes."""
    app = create_app(Root.at(root), Settings(port=8765), lambda: TODAY)
    host = "127.0.0.1:8765"
    headers = [(b"host", host.encode()), (b"content-type", b"application/x-www-form-urlencoded")]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "headers": headers, "client": ("127.0.0.1", 5000), "server": host.split(":"),
    }  # fmt: skip
    left, statuses = [100], []

    async def receive() -> dict[str, object]:
        if not left[0]:
            return {"type": "http.disconnect"}
        left[0] -= 1
        return {"type": "http.request", "body": bytes(MB), "more_body": bool(left[0])}

    async def send(message: dict[str, object]) -> None:
        statuses.append(message.get("status"))

    tracemalloc.start()
    try:
        asyncio.run(app(scope, receive, send))
        return int(str(statuses[0])), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("path", ["/sheet", "/preview", "/list", "/api/v1/sheets", "/login"])
@pytest.mark.parametrize("length", [100 * MB, None], ids=["of-known-length", "without-an-end"])
def test_a_body_of_a_hundred_megabytes_is_refused_and_not_held(
    root: Path, path: str, length: int | None
) -> None:
    status, peak = peak_of(root, path, length)

    assert status == 413
    assert peak < 20 * MB


def test_a_body_that_does_not_come_is_given_up(root: Path) -> None:
    with (
        running(root, Limits(body_seconds=0.5)) as page,
        socket.create_connection(("127.0.0.1", page.port)) as line,
    ):
        head = f"POST /sheet HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\nContent-Length: 100\r\n\r\nname="
        line.sendall(head.encode())
        line.settimeout(10)

        assert line.recv(100).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_a_request_that_is_never_made_is_given_up(root: Path, said: bytes) -> None:
    with (
        running(root, Limits(header_seconds=0.5)) as page,
        socket.create_connection(("127.0.0.1", page.port)) as line,
    ):
        line.sendall(said)
        line.settimeout(10)

        assert line.recv(100) == b""


def test_two_hundred_at_once_are_served_or_told_to_come_back(root: Path) -> None:
    with running(root, Limits(waiting=6)) as page:
        key = page.key()
        page.client.post("/sheet", data={"form_key": key, **SHEET})
        answers: list[httpx.Response] = []

        def ask() -> None:
            answers.append(
                httpx.post(f"{page.url}/preview", data={"form_key": key, **SHEET}, timeout=120)
            )

        threads = [threading.Thread(target=ask) for _ in range(200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counts = Counter(answer.status_code for answer in answers)
        assert set(counts) == {200, 503}
        assert sum(counts.values()) == 200
        assert counts[200] >= 6
        busy = next(answer for answer in answers if answer.status_code == 503)
        assert busy.headers["retry-after"] == "1"
        assert page.send("/sheet", **SHEET).status_code == 200


def test_work_for_someone_who_left_is_dropped(root: Path) -> None:
    with running(root, Limits(waiting=2), workers=1) as page:
        key = page.key()
        body = httpx.Request("POST", page.url, data={"form_key": key, **SHEET}).content
        for _ in range(12):
            with socket.create_connection(("127.0.0.1", page.port)) as line:
                head = (
                    f"POST /preview HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n"
                    f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
                )
                line.sendall(head.encode() + body)
            time.sleep(0.05)

        assert page.send("/sheet", **SHEET).status_code == 200


# --- nothing is kept --------------------------------------------------------------------------

NAME = "Zephyrine Quillfeather"


def test_the_name_is_in_no_file_and_no_log(tmp_path: Path) -> None:
    root, home = content(tmp_path / "clinic"), tmp_path / "home"
    home.mkdir()
    places = {"HOME": str(home), "TMPDIR": str(home), "XDG_CACHE_HOME": str(home)}
    log = tmp_path / "log"
    started_at = time.time() - 1
    with started(root, log, **places) as page:
        sheet = {**SHEET, "name": NAME}
        assert page.send("/sheet", **sheet).status_code == 200
        assert page.send("/preview", **sheet).status_code == 200
        assert page.send("/sheet", **{**sheet, "date": NAME}).status_code == 422
        assert page.client.post("/api/v1/sheets", json=sheet).status_code == 200
        assert page.client.post("/api/v1/sheets", json={**sheet, NAME: 1}).status_code == 422
        page.client.get(f"/{NAME}", params={"name": NAME})
        page.client.post(f"/sheet/{NAME}", content=NAME)
        roster = f"id,name,procedure_date,handout,locale\nA-1,{NAME},2026-11-23,bone-biopsy,en\n"
        padded = roster + "\n" * (2 * MB)  # above what a form parser holds in memory by itself
        assert NAME in bring(page, f"{NAME}.csv", padded.encode()).text
        page.send("/list/make", do="zip", **table_fields(f"A-1,{NAME},2026-11-23,bone-biopsy,en"))

    needles = [NAME.encode(), NAME.split()[1].encode(), NAME.replace(" ", "%20").encode()]
    cache = Path(os.environ["CARELEAF_CACHE"])
    touched = [
        path
        for folder in (tmp_path, cache)
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_mtime >= started_at
    ]
    assert log in touched
    assert [path for path in touched if any(n in path.read_bytes() for n in needles)] == []
    lines = log.read_text().splitlines()
    assert any("POST /sheet 200 " in line for line in lines)
    assert any("GET - 404 " in line for line in lines)


def test_the_apis_faults_repeat_no_value(desk: Desk) -> None:
    answer = desk.client.post(
        "/api/v1/sheets", json={**SHEET, "name": ["Zephyrine"], "extra": "Quillfeather"}
    )

    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["faults"]} == {"name", "extra"}
    assert "Zephyrine" not in answer.text
    assert "Quillfeather" not in answer.text


# --- the clinic's files -----------------------------------------------------------------------


def test_a_change_shows_on_the_next_request_and_a_broken_file_is_named_by_its_line(
    tmp_path: Path,
) -> None:
    root = content(tmp_path / "clinic")
    handout, clinic = root / "handouts" / "bone-biopsy.yaml", root / "clinic.yaml"
    sound = handout.read_text("utf-8")
    with running(root) as page:
        page.client.get("/")
        handout.write_text(sound.replace("K051", "K951"), "utf-8")
        time.sleep(0.3)
        assert "K951" in page.client.get("/").text

        handout.write_text(sound.replace("kind: procedure", "kind: procedur"), "utf-8")
        time.sleep(0.3)
        broken = page.client.get("/")
        assert broken.status_code == 200
        assert re.search(r"handouts/bone-biopsy\.yaml:5:\d+", broken.text)
        assert "K050" in broken.text

        clinic_text = clinic.read_text("utf-8")
        clinic.write_text("name: [", "utf-8")
        time.sleep(0.3)
        assert "clinic.yaml:1:" in page.client.get("/", headers=PAGE).text
        assert page.client.get("/api/v1/handouts").status_code == 500

        clinic.write_text(clinic_text, "utf-8")
        handout.write_text(sound, "utf-8")
        time.sleep(0.3)
        assert "K051" in page.client.get("/").text


def test_a_sheet_goes_straight_to_the_clinics_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = content(tmp_path / "clinic", "print_queue: ward-3\n")
    lp = tmp_path / "bin" / "lp"
    lp.parent.mkdir()
    lp.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\ncat > {tmp_path}/printed\n')
    lp.chmod(lp.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{lp.parent}:{os.environ['PATH']}")
    with running(root) as page:
        assert "Print on ward-3" in page.client.get("/").text
        answer = page.send("/print", **SHEET)

        assert answer.status_code == 200
        assert "ward-3" in answer.json()["said"]
        asked = (tmp_path / "asked").read_text()
        assert "-d ward-3" in asked
        assert "-t bone-biopsy.en" in asked
        assert "Anna" not in asked
        assert "Anna Lee" in words((tmp_path / "printed").read_bytes())

        lp.write_text("#!/bin/sh\nexit 1\n")
        refused = page.send("/print", **SHEET)
        assert refused.status_code == 422
        assert "lpstat -p ward-3" in refused.json()["faults"][0]["hint"]


# --- the API ----------------------------------------------------------------------------------


def test_the_api_lists_handouts_and_languages(desk: Desk) -> None:
    handouts = desk.client.get("/api/v1/handouts").json()["handouts"]
    locales = desk.client.get("/api/v1/locales").json()["locales"]

    assert {handout["code"] for handout in handouts} == {"K050", "K051"}
    assert handouts[0]["codes"]["cpt"] == ["20220", "20225"]
    arabic = next(locale for locale in locales if locale["tag"] == "ar")
    assert arabic == {"tag": "ar", "name": "العربية", "english": "Arabic", "direction": "rtl"}


def test_the_api_checks_and_makes_a_sheet(desk: Desk) -> None:
    wrong = {**SHEET, "date": "2026-02-30", "with": "en"}

    assert desk.client.post("/api/v1/validate", json=SHEET).json() == {"valid": True, "faults": []}
    refused = desk.client.post("/api/v1/validate", json=wrong).json()
    assert [fault["field"] for fault in refused["faults"]] == ["date", "with"]
    made = desk.client.post("/api/v1/sheets", json={**SHEET, "size": "a4", "large_print": True})
    assert made.headers["content-type"] == "application/pdf"
    assert int(made.headers["x-sheet-pages"]) == len(pypdfium2.PdfDocument(made.content))


def test_nothing_of_the_apis_description_comes_from_afar(desk: Desk) -> None:
    assert desk.client.get("/docs").status_code == 404
    assert desk.client.get("/redoc").status_code == 404
    assert "/api/v1/sheets" in desk.client.get("/openapi.json").json()["paths"]


# --- wording ----------------------------------------------------------------------------------

WEB = PROGRAM / "templates" / "web"


def test_every_label_is_used() -> None:
    labels = load_labels(WEB / "labels.yaml", "templates/web/labels.yaml", "web").labels
    files = [*WEB.glob("*.j2"), *WEB.glob("*.js"), *(PROGRAM / "careleaf" / "web").glob("*.py")]
    text = "".join(path.read_text("utf-8") for path in files)
    told = {fields.label_of(code) for code in FAULTS}
    told |= {label for value in VALUES for label in (value.label, value.hint)}

    unused = [
        key
        for key in labels
        if f'"{key}"' not in text and f"'{key}'" not in text and key not in told
    ]

    assert unused == []


@pytest.mark.parametrize("path", sorted(WEB.glob("*.j2")), ids=lambda path: path.name)
def test_a_template_holds_no_wording(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    shown = re.sub(r"<[^>]*>|[\w-]+=\"[^\"]*\"", "", text)

    assert re.findall(r"[^\W\d_]{2,}", shown) == []


def test_no_fault_of_the_desk_is_left_without_the_pages_words(root: Path) -> None:
    watcher = ContentWatcher(Root.at(root), lambda: TODAY)
    said = watcher.words("nl")
    sheets = Sheets.at(Root.at(root), TODAY)
    for wrong, _, _ in WRONG.values():
        with pytest.raises(HandoutError) as caught:
            fields.order(sheets, fields.read({**SHEET, **wrong}))
        for fault in each(caught.value):
            assert fields.say(fault, said) != str(fault), fault
