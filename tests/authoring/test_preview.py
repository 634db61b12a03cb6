"""The translator's live preview, in a real browser."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, Yaml, a_desk

from careleaf.authoring.preview.server import LivePreview, server
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.paths import PROGRAM, Root

HANDOUT = "bone-biopsy"


def a_root(tmp_path: Path) -> Path:
    """The program's own handout in Dutch and Arabic, in a folder to work in."""
    (tmp_path / "handouts").mkdir()
    shutil.copy(PROGRAM / "handouts" / f"{HANDOUT}.yaml", tmp_path / "handouts")
    for tag in ("nl", "ar"):
        shutil.copytree(PROGRAM / "locales" / tag, tmp_path / "locales" / tag)
    clinic = (PROGRAM / "clinic.yaml").read_text("utf-8")
    (tmp_path / "clinic.yaml").write_text(re.sub(r"(?m)^logo:.*\n", "", clinic), "utf-8")
    return tmp_path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of one's own, to edit in."""
    return a_root(tmp_path)


def po(root: Path) -> Path:
    return root / "locales" / "nl" / "LC_MESSAGES" / f"{HANDOUT}.po"


def a_studio(root: Path, tag: str = "nl") -> LivePreview:
    return LivePreview(lambda: Desk.at(Root.at(root), TODAY, use_stencil=False), tag)


def message(state: Yaml, msgid: str) -> Any:
    return next(m for m in state["scene"]["messages"] if m["msgid"] == msgid)


def damage(root: Path) -> str:
    """Make one message missing, one fuzzy, one with a digit; return the good text."""
    good = po(root).read_text("utf-8")
    lines = good.split("\n")
    at = [n for n, line in enumerate(lines) if line.startswith("msgstr") and len(line) > 20]
    lines[at[3]] = 'msgstr ""'
    lines[at[4]] = lines[at[4]][:-2] + ' 5."'
    context = max(n for n in range(at[5]) if lines[n].startswith("msgctxt"))
    lines.insert(context, "#, fuzzy")
    po(root).write_text("\n".join(lines), "utf-8")
    return good


# --- without a browser --------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["nl", "ar"])
def test_every_text_of_the_handout_is_found_on_both_pages(root: Path, tag: str):
    state = a_studio(root, tag).state(HANDOUT)

    texts = [m for m in state["scene"]["messages"] if m["context"].startswith(HANDOUT)]

    assert len(texts) > 40
    assert [m["msgid"] for m in texts if not m["english"]] == []
    assert [m["msgid"] for m in texts if not m["translated"]] == []


def test_the_state_of_each_text_is_told_with_its_line_and_checks(root: Path):
    damage(root)

    state = a_studio(root).state(HANDOUT)

    by_status: dict[str, list[Any]] = {}
    for one in state["scene"]["messages"]:
        by_status.setdefault(one["status"], []).append(one)
    assert {name: len(found) for name, found in by_status.items() if name != "translated"} == {
        "missing": 1,
        "fuzzy": 1,
        "critical": 1,
    }
    critical = by_status["critical"][0]
    assert "the digit" in critical["findings"][0][1]
    line = po(root).read_text("utf-8").split("\n")[critical["line"] - 1]
    assert line == f'msgid "{critical["msgid"]}"'


def test_a_translation_that_cannot_be_laid_out_shows_the_english(root: Path):
    text = po(root).read_text("utf-8")
    po(root).write_text(re.sub(r"(msgstr .*)\{fever\}", r"\1{fever", text), "utf-8")

    state = a_studio(root).state(HANDOUT)

    assert message(state, "Your child has a fever over {fever}.")["status"] == "critical"
    assert message(state, "Your child has a fever over {fever}.")["translated"]


@pytest.mark.parametrize(
    "broken", ['msgid "half', "", "\0\0\0", "nonsense"], ids=["half", "empty", "NUL", "nonsense"]
)
def test_a_broken_file_keeps_the_last_pages_and_says_where(root: Path, broken: str):
    studio = a_studio(root)
    studio.state(HANDOUT)
    po(root).write_text(broken, "utf-8")

    state = studio.state(HANDOUT)

    assert "locales/nl/LC_MESSAGES/bone-biopsy.po:1" in state["fault"]
    assert state["scene"]["messages"]


def test_a_broken_handout_is_told_too(root: Path):
    studio = a_studio(root)
    path = root / "handouts" / f"{HANDOUT}.yaml"
    path.write_text(path.read_text("utf-8") + "colour: red\n", "utf-8")

    assert '"colour" is not known here' in studio.state(HANDOUT)["fault"]


def test_a_locale_there_is_not_is_refused(tmp_path: Path):
    a_desk(tmp_path)

    with pytest.raises(HandoutError, match="no locale"):
        a_studio(tmp_path, "de")


# --- the server ---------------------------------------------------------------------------------


@contextmanager
def served(root: Path) -> Iterator[int]:
    running = server(a_studio(root), 0)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running.server_port
    running.shutdown()
    running.server_close()


@pytest.fixture
def port(root: Path) -> Iterator[int]:
    with served(root) as found:
        yield found


@pytest.fixture(scope="module")
def kept_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server for tests that change nothing."""
    with served(a_root(tmp_path_factory.mktemp("kept"))) as found:
        yield found


def get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": f"{host}:{port}"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_the_server_answers_this_machine_alone(kept_port: int):
    assert get(kept_port, "/")[0] == 200
    assert get(kept_port, "/", host="evil.example")[0] == 403


@pytest.mark.parametrize(
    "path",
    ["/../clinic.yaml", "/state?handout=../clinic", "/picture?handout=bone-biopsy&side=__class__&page=0", "/picture?handout=bone-biopsy&side=english&page=99", "/nothing"],
)  # fmt: skip
def test_nothing_but_the_preview_is_served(kept_port: int, path: str):
    get(kept_port, f"/state?handout={HANDOUT}")

    assert get(kept_port, path)[0] == 404


def test_a_taken_port_is_said(port: int, root: Path):
    with pytest.raises(HandoutError, match=f"port {port} cannot be used"):
        server(a_studio(root), port)


# --- in a browser -------------------------------------------------------------------------------


@pytest.fixture
def page(port: int) -> Iterator[Any]:
    """A page of a real Chromium at the preview."""
    found = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if found is None and not os.environ.get("CI"):
        pytest.skip("no Chromium is installed")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1400, "height": 950})
        opened.set_default_timeout(30_000)
        opened.goto(f"http://127.0.0.1:{port}/?handout={HANDOUT}")
        opened.wait_for_selector("#translated .spot")
        yield opened
        browser.close()


def after_a_save(page: Any, save: Any) -> None:
    """Save a file, and wait until the page has followed."""
    stamp = page.evaluate("document.body.dataset.stamp")
    save()
    page.wait_for_function("old => document.body.dataset.stamp !== old", arg=stamp)


@pytest.mark.slow
def test_a_translator_works_in_the_browser(page: Any, root: Path):
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    everything = page.inner_text("#tally")

    good = po(root).read_text("utf-8")
    after_a_save(page, lambda: damage(root))
    page.wait_for_selector("#translated .spot.critical")

    assert page.locator("#translated .spot.missing").count() > 0
    assert page.locator("#english .spot.fuzzy").count() > 0
    assert page.locator("#work li").count() == 3
    page.locator("#translated .spot.critical").first.click()
    told = page.inner_text("#text")
    assert re.search(r"locales/nl/LC_MESSAGES/bone-biopsy\.po:\d+", told)
    assert "the digit" in told
    page.locator("#work button").first.focus()
    page.keyboard.press("Enter")
    assert "missing" in page.inner_text("#text")

    after_a_save(page, lambda: po(root).write_text(good + '\nmsgid "half', "utf-8"))
    page.wait_for_function("document.querySelector('#fault').innerText.includes('bone-biopsy.po:')")
    assert page.locator("#translated .spot").count() > 0

    after_a_save(page, lambda: po(root).write_text(good, "utf-8"))
    assert page.locator("#fault").is_hidden()
    assert page.inner_text("#tally") == everything
    assert complaints == []
    assert all(url.startswith("http://127.0.0.1:") for url in requests)
