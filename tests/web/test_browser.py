"""The page in a real Chromium: by mouse, by keyboard, in the dark, from right to left, in its list."""

from __future__ import annotations

import base64
import importlib.util
import io
import os
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
from web_server import Desk, content, running

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
IN_CI = os.environ.get("CI", "").lower() == "true"
MISSING = [
    name for name in ("playwright", "axe_playwright_python") if not importlib.util.find_spec(name)
]
if not IN_CI and (MISSING or not CHROMIUM):
    pytest.skip("no chromium, or no playwright, on this machine", allow_module_level=True)

from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402  may be missing

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WAIT = 30_000  # milliseconds; a sheet's first layout takes its time

expect.set_options(timeout=WAIT)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running(content(tmp_path_factory.mktemp("clinic"))) as page:
        yield page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Visit:
    """A tab, and all that went wrong or away in it."""

    def __init__(self, browser: Browser, desk: Desk, **settings: Any) -> None:
        self.context = browser.new_context(
            **{"viewport": {"width": 1366, "height": 860}, **settings}
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WAIT)
        self.desk = desk
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda said: (
                said.type == "error" and "422" not in said.text and self.errors.append(said.text)
            ),
        )
        self.context.on("request", lambda request: self.asked.append(request.url))

    def go(self, path: str = "/") -> Page:
        self.page.goto(self.desk.url + path)
        return self.page

    def end(self) -> None:
        self.context.close()
        assert self.errors == []


@pytest.fixture
def visit(browser: Browser, desk: Desk) -> Iterator[Visit]:
    one = Visit(browser, desk)
    yield one
    one.end()


def fill(page: Page, name: str = "Anna Lee") -> None:
    """Choose a handout by its code, and type a name."""
    page.get_by_label("Handout").fill("K050")
    page.keyboard.press("Tab")
    page.get_by_label("Child's name").fill(name)


def wait_for_preview(page: Page) -> None:
    expect(page.locator("#state")).to_have_text("Up to date. Pages: 2")
    expect(page.locator("#pages.old")).to_have_count(0)


def picture(page: Page, number: int) -> bytes:
    """A page of the preview as the browser has it, as a PNG."""
    address = (
        page.locator("#pages img")
        .nth(number)
        .evaluate(
            """image => {
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
            canvas.getContext("2d").drawImage(image, 0, 0);
            return canvas.toDataURL("image/png");
        }"""
        )
    )
    return base64.b64decode(address.partition(",")[2])


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_bounded() for page in document)


def axe(page: Page) -> list[str]:
    """What axe-core finds wrong: the rule and where."""
    import axe_playwright_python

    page.evaluate(Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


# --- the whole way ----------------------------------------------------------------------------


def test_by_mouse_from_the_empty_form_to_the_sheet(visit: Visit) -> None:
    page = visit.go()
    page.get_by_label("Handout").click()
    page.get_by_role("listbox").get_by_role("option", name="Bone marrow biopsy").click()
    page.get_by_label("Language of the sheet").click()
    page.get_by_role("listbox").get_by_role("option", name="Nederlands").click()
    page.get_by_label("Child's name").fill("Noor de Vries")
    wait_for_preview(page)
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as PDF").click()

    assert saving.value.suggested_filename == "bone-marrow-biopsy-at-home.nl.pdf"
    text = words(Path(saving.value.path()).read_bytes())
    assert "Noor de Vries" in text
    assert "dinsdag 24 november 2026" in text
    with page.expect_popup() as tab:  # a driven browser has no print dialog: the sheet in a tab
        page.locator("button.main").click()
    assert tab.value.url.startswith(f"blob:{visit.desk.url}")


def test_by_keyboard_alone(visit: Visit) -> None:
    page = visit.go()
    expect(page.get_by_label("Handout")).to_be_focused()
    page.keyboard.type("biopsie os")  # French words, on an English page
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("arab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Child's name")).to_be_focused()
    page.keyboard.type("ليلى حسن")
    wait_for_preview(page)
    with page.expect_popup():
        page.keyboard.press("Control+p")

    assert page.locator("input[name=locale]").input_value() == "ar"
    assert page.locator("input[name=handout]").input_value() == "bone-biopsy"


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [("K051", "bone-biopsy"), ("k050", "bone-marrow-biopsy-at-home"), ("38221", "bone-marrow-biopsy-at-home"),
     ("moelle", "bone-marrow-biopsy-at-home"), ("CAREFUL", ""), ("骨髓", "bone-marrow-biopsy-at-home")],
)  # fmt: skip
def test_a_handout_is_found_by_code_procedure_and_title_in_any_language(
    visit: Visit, typed: str, chosen: str
) -> None:
    page = visit.go()
    page.get_by_label("Handout").fill(typed)
    page.keyboard.press("Tab")

    assert page.locator("input[name=handout]").input_value() == chosen


def test_the_list_of_choices_says_where_it_stands(visit: Visit) -> None:
    page = visit.go()
    field = page.get_by_label("Handout")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    at = field.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{at}")).to_have_class("here")
    field.press("Escape")

    expect(field).to_have_attribute("aria-expanded", "false")


def test_a_browser_with_a_person_before_it_prints_the_pdf_itself(visit: Visit) -> None:
    # What a driven browser cannot do is put in: a print dialog, and no word of being driven.
    visit.page.add_init_script(
        """
        window.printed = [];
        Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false });
        Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", {
            get() { return { focus() {}, print: () => window.printed.push(this.src) }; },
        });
        """
    )
    page = visit.go()
    fill(page)
    wait_for_preview(page)  # else its own word takes the place of the one waited for
    page.locator("button.main").click()

    expect(page.locator("#state")).to_contain_text("handed to the browser")
    expect(page.locator("iframe.printer")).to_have_count(1)
    page.locator("iframe.printer").evaluate("frame => new Promise(done => setTimeout(done, 500))")
    assert page.evaluate("window.printed") == [page.locator("iframe.printer").get_attribute("src")]
    assert page.evaluate("window.printed[0]").startswith("blob:")


def test_one_who_comes_by_keyboard_may_skip_to_the_form(visit: Visit) -> None:
    page = visit.go("/list")
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Skip to the form")).to_be_focused()


# --- the language -----------------------------------------------------------------------------

LANGUAGE = "Language of the sheet"
UNKNOWN = "Choose a language from the list."


def sent(page: Page) -> str:
    return page.locator("input[name=locale]").input_value()


def choose(page: Page, language: str) -> None:
    page.get_by_label(LANGUAGE).fill(language)
    page.keyboard.press("Tab")


@pytest.mark.parametrize("typed", ["somali", "Polsk1", "fr-CA", "?", "po lski x"])
def test_a_language_that_is_not_there_is_an_error_and_never_another_one(
    visit: Visit, typed: str
) -> None:
    page = visit.go()
    fill(page)
    choose(page, "Polski")
    expect(page.locator("button.main")).to_have_text("Print – Polski")
    wait_for_preview(page)
    choose(page, typed)

    expect(page.locator("#locale-problem")).to_have_text(UNKNOWN)
    expect(page.get_by_label(LANGUAGE)).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#pages.old")).to_have_count(1)
    expect(page.locator("button.main")).to_have_text("Print")
    assert sent(page) == ""
    with page.expect_response("**/sheet") as asked:
        page.locator("button.main").click()
    assert asked.value.status == 422
    expect(page.get_by_label(LANGUAGE)).to_be_focused()


def test_an_emptied_language_is_not_the_clinic_s_own(visit: Visit) -> None:
    page = visit.go()
    fill(page)
    choose(page, "")

    expect(page.locator("#locale-problem")).to_have_text(UNKNOWN)
    assert sent(page) == ""
    expect(page.locator("#pages.old, #pages:empty")).to_have_count(1)


def test_while_a_language_is_typed_the_one_before_is_not_printed(visit: Visit) -> None:
    page = visit.go()
    fill(page)
    choose(page, "Polski")
    page.get_by_label(LANGUAGE).fill("neder")
    with page.expect_response("**/sheet") as asked:
        page.keyboard.press("Control+p")

    assert asked.value.status == 422
    assert sent(page) == ""


def test_the_field_the_button_and_the_sheet_say_one_language(visit: Visit) -> None:
    page = visit.go()
    fill(page)
    choose(page, "dutch")

    expect(page.get_by_label(LANGUAGE)).to_have_value("Nederlands")
    expect(page.locator("button.main")).to_have_text("Print – Nederlands")
    page.get_by_text("Options").click()
    page.get_by_label("Second language").select_option("ar")
    expect(page.locator("button.main")).to_have_text("Print – Nederlands + العربية")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as PDF").click()
    assert saving.value.suggested_filename.endswith(".nl.pdf")


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A clinic where one handout is not translated into Polish."""
    root = content(tmp_path_factory.mktemp("half"))
    (root / "locales/pl/LC_MESSAGES/bone-biopsy.po").unlink()
    with running(root) as page:
        yield page


def test_a_language_that_the_handout_lacks_is_not_kept(browser: Browser, half: Desk) -> None:
    one = Visit(browser, half)
    page = one.go()
    page.get_by_label("Handout").fill("K050")
    page.keyboard.press("Tab")
    choose(page, "Polski")
    page.get_by_label("Child's name").fill("Anna Lee")
    wait_for_preview(page)
    page.get_by_label("Handout").fill("K051")
    page.keyboard.press("Tab")

    expect(page.locator("#locale-problem")).to_contain_text("not translated into this language")
    expect(page.locator("#pages.old")).to_have_count(1)

    choose(page, "Nederlands")
    expect(page.locator("#locale-problem")).to_be_hidden()
    choose(page, "polski")  # typed by someone who does not see that it is off
    expect(page.locator("#locale-problem")).to_contain_text("not translated into this language")
    assert sent(page) == "pl"
    expect(page.get_by_label(LANGUAGE)).to_have_value("polski")
    expect(page.locator("button.main")).to_have_text("Print")
    one.end()


# --- the day ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-11-23", "Monday, November 23, 2026 – today"),
        ("2026-11-24", "Tuesday, November 24, 2026 – tomorrow"),
        ("2026-12-24", "Thursday, December 24, 2026"),
        ("24.12.2026", ""),
        ("2026-02-30", ""),
    ],
)
def test_the_day_is_said_in_words_beside_its_field(visit: Visit, typed: str, said: str) -> None:
    page = visit.go()
    page.get_by_label("Date of the procedure").fill(typed)

    expect(page.locator("#date-day")).to_have_text(said)


def test_a_date_in_another_order_is_refused_not_turned_round(visit: Visit) -> None:
    page = visit.go()
    fill(page)
    page.get_by_label("Date of the procedure").press_sequentially("24.12.2026")
    page.get_by_label("Date of the procedure").fill("24.12.2026")
    page.keyboard.press("Tab")

    expect(page.locator("#date-problem")).to_contain_text("Write the year first")


# --- the preview ------------------------------------------------------------------------------


def test_the_preview_follows_what_is_typed_pixel_for_pixel(visit: Visit) -> None:
    from PIL import Image, ImageChops

    page = visit.go()
    fill(page, "Anna")
    wait_for_preview(page)
    before, address = picture(page, 0), page.locator("#pages img").first.get_attribute("src")
    page.get_by_label("Child's name").fill("Zoë Quill")
    expect(page.locator("#pages img").first).not_to_have_attribute("src", address or "")
    wait_for_preview(page)
    after = picture(page, 0)
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as PDF").click()

    pdf = Path(saving.value.path()).read_bytes()
    width = struct.unpack(">I", after[16:20])[0]
    leaf = pypdfium2.PdfDocument(pdf)[0]
    wanted = (
        leaf.render(scale=width / leaf.get_width(), may_draw_forms=False).to_pil().convert("RGB")
    )
    shown = Image.open(io.BytesIO(after)).convert("RGB")
    assert before != after
    assert abs(shown.width - wanted.width) <= 1
    assert shown.size != wanted.size or ImageChops.difference(shown, wanted).getbbox() is None
    assert page.locator("#pages img").first.get_attribute("alt") == "Page 1 of 2"


def test_the_preview_says_when_it_is_behind(visit: Visit) -> None:
    page = visit.go()
    fill(page)
    wait_for_preview(page)
    page.get_by_label("Date of the procedure").fill("1999-01-01")

    expect(page.locator("#pages.old")).to_have_count(1)
    expect(page.locator("#state")).to_contain_text("not up to date")


# --- mistakes ---------------------------------------------------------------------------------


def test_what_is_missing_is_told_at_its_field_and_the_first_is_gone_to(visit: Visit) -> None:
    page = visit.go()
    page.locator("button.main").click()

    expect(page.get_by_label("Handout")).to_be_focused()
    expect(page.get_by_label("Handout")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#handout-problem")).to_have_text("Choose a handout from the list.")
    expect(page.locator("#name-problem")).to_have_text("Type the child's name.")
    assert axe(page) == []
    fill(page)
    expect(page.locator("#name-problem")).to_be_hidden()
    expect(page.locator("#handout-problem")).to_be_hidden()
    expect(page.locator("#summary")).to_be_hidden()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [("name", "😀😀", "Type the child's name."), ("date", "1999-01-01", "This date is more than a year away. Check the year."),
     ("id", "a b", "without a space")],
)  # fmt: skip
def test_a_fault_in_a_field_is_told_when_it_is_left(
    visit: Visit, field: str, typed: str, said: str
) -> None:
    page = visit.go()
    fill(page)
    page.get_by_text("Options").click()
    page.locator(f"#{field}").fill(typed)
    page.locator(f"#{field}").blur()
    if (
        field == "name"
    ):  # nothing that can be printed: the blank sheet is shown until it is asked for
        page.get_by_role("button", name="Save as PDF").click()

    expect(page.locator(f"#{field}-problem")).to_contain_text(said)
    expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")


# --- as people have it ------------------------------------------------------------------------

WAYS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "twice as large": {"viewport": {"width": 683, "height": 430}, "device_scale_factor": 2},
    "tablet": {"viewport": {"width": 820, "height": 1180}, "has_touch": True},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("tag", ["en", "ar"])
def test_nothing_stands_in_anyones_way(
    browser: Browser, desk: Desk, way: dict[str, Any], tag: str
) -> None:
    one = Visit(browser, desk, **way)
    page = one.go(f"/?ui={tag}")
    page.locator("#handout").fill("K050")
    opened = axe(page)
    page.keyboard.press("Tab")
    page.locator("#name").fill("Anna")
    page.locator("summary").click()
    expect(page.locator("#pages img")).to_have_count(2)

    assert opened == []
    assert axe(page) == []
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert too_wide <= 0
    one.end()


def test_an_arabic_page_runs_from_right_to_left(visit: Visit) -> None:
    page = visit.go("/?ui=ar")
    form, preview = page.locator("#order").bounding_box(), page.locator(".preview").bounding_box()

    assert page.locator("html").get_attribute("dir") == "rtl"
    assert form
    assert preview
    assert form["x"] > preview["x"] + preview["width"] - 1


def test_the_page_changes_its_language_at_once(visit: Visit) -> None:
    page = visit.go()
    page.get_by_label("This page in").select_option("nl")

    expect(page.get_by_label("Naam van het kind")).to_be_visible()


def test_what_was_typed_is_kept_when_the_page_changes_its_language(visit: Visit) -> None:
    page = visit.go()
    fill(page)
    choose(page, "Polski")
    page.get_by_label("Date of the procedure").fill("2026-11-24")
    page.get_by_label("This page in").select_option("nl")

    expect(page.get_by_label("Naam van het kind")).to_have_value("Anna Lee")
    expect(page.locator("#date")).to_have_value("2026-11-24")
    expect(page.locator("button.main")).to_contain_text("Polski")
    assert page.locator("input[name=handout]").input_value() == "bone-marrow-biopsy-at-home"
    assert urlsplit(page.url).query == ""


def test_a_form_outlives_its_server(browser: Browser, tmp_path: Path) -> None:
    root = content(tmp_path)
    with running(root) as first:
        one = Visit(browser, first)
        page = one.go()
        fill(page)
        wait_for_preview(page)
    with running(root, port=first.port):
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save as PDF").click()
        assert "Anna Lee" in words(Path(saving.value.path()).read_bytes())
        expect(page.get_by_label("Child's name")).to_have_value("Anna Lee")
    one.context.close()


def test_the_word_after_printing_stays_until_something_is_changed(visit: Visit) -> None:
    page = visit.go()
    fill(page)
    wait_for_preview(page)
    with page.expect_download():
        page.get_by_role("button", name="Save as PDF").click()
    expect(page.locator("#state")).to_have_text("The sheet has been saved.")
    page.get_by_label("Child's name").focus()
    page.get_by_label("Handout").focus()
    page.wait_for_timeout(500)
    expect(page.locator("#state")).to_have_text("The sheet has been saved.")

    page.get_by_label("Child's name").fill("Anna Leeuw")
    wait_for_preview(page)


@pytest.mark.parametrize("size", [(390, 700), (1366, 600)])
def test_print_is_always_in_view_and_covers_no_choice(
    browser: Browser, desk: Desk, size: tuple[int, int]
) -> None:
    one = Visit(browser, desk, viewport={"width": size[0], "height": size[1]})
    page = one.go()
    button = page.locator("button.main")
    expect(button).to_be_in_viewport(ratio=1)
    page.get_by_text("Options").click()
    expect(button).to_be_in_viewport(ratio=1)
    one.end()


def test_the_arrow_does_not_stand_on_a_name_that_runs_the_other_way(visit: Visit) -> None:
    page = visit.go()
    choose(page, "arab")
    expect(page.get_by_label(LANGUAGE)).to_have_value("العربية")
    starts = "field => [getComputedStyle(field).paddingLeft, getComputedStyle(field).paddingRight]"

    assert page.get_by_label(LANGUAGE).evaluate(starts) == ["12px", "32px"]


def test_without_script_the_form_is_whole(browser: Browser, desk: Desk) -> None:
    one = Visit(browser, desk, java_script_enabled=False)
    page = one.go()
    page.get_by_label("Handout").select_option("bone-biopsy")
    page.get_by_label("Date of the procedure").fill("1999-01-01")
    page.locator("button.main").click()

    expect(page.locator("#name-problem")).to_have_text("Type the child's name.")
    assert page.get_by_label("Handout").input_value() == "bone-biopsy"
    one.end()


# --- a list -----------------------------------------------------------------------------------

ROSTER = """id,name,procedure_date,handout,locale
A-1,Anna Lee,2026-11-23,bone-biopsy,en
A-2,Ben Fox,23/11/2026,bone-biopsy,en
"""


def test_a_list_is_brought_mended_and_printed(visit: Visit) -> None:
    page = visit.go("/list")
    assert axe(page) == []
    page.get_by_label("File with the list").set_input_files(
        {"name": "day.csv", "mimeType": "text/csv", "buffer": ROSTER.encode()}
    )
    cell = page.locator('input[name="3.procedure_date"]')
    expect(cell).to_have_attribute("aria-invalid", "true")
    expect(cell).to_be_focused()
    expect(page.locator("#mend-count")).to_have_text("To put right: 1")
    assert axe(page) == []
    cell.fill("2026-11-23")
    expect(page.locator("#ready-count")).to_have_text("Ready: 2")
    expect(page.locator("#mend-count")).to_be_hidden()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as one PDF").click()

    text = words(Path(saving.value.path()).read_bytes())
    assert "Anna Lee" in text
    assert "Ben Fox" in text
    expect(page.locator("#run-state")).to_have_text("Made: 2. Left out: 0.")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as a zip file").click()
    assert saving.value.suggested_filename == "sheets.zip"
    assert page.url.endswith("/list")


def test_a_list_can_be_dropped(visit: Visit) -> None:
    page = visit.go("/list")
    page.evaluate(
        """text => {
            const files = new DataTransfer();
            files.items.add(new File([text], "day.csv"));
            document.getElementById("drop").dispatchEvent(
                new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true}));
        }""",
        ROSTER,
    )

    expect(page.locator("tr[data-line]")).to_have_count(2)


# --- nothing is kept --------------------------------------------------------------------------


def test_nothing_leaves_the_machine_and_nothing_stays_in_the_browser(visit: Visit) -> None:
    page = visit.go()
    fill(page, "Zephyrine Quillfeather")
    wait_for_preview(page)
    with page.expect_popup():
        page.locator("button.main").click()
    kept = page.evaluate(
        """async () => ({
            local: localStorage.length, session: sessionStorage.length, cookie: document.cookie,
            databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
            workers: (await navigator.serviceWorker.getRegistrations()).length,
            history: history.state, address: location.search,
        })"""
    )

    assert kept == {
        "local": 0, "session": 0, "cookie": "", "databases": 0, "caches": 0,
        "workers": 0, "history": None, "address": "",
    }  # fmt: skip
    assert visit.context.cookies() == []
    assert {urlsplit(url).hostname for url in visit.asked if url.startswith("http")} == {
        "127.0.0.1"
    }
    assert not any("Zephyrine" in url for url in visit.asked)


def test_the_next_child_begins_with_an_empty_form(visit: Visit) -> None:
    page = visit.go()
    fill(page)
    wait_for_preview(page)
    page.get_by_role("button", name="Next child").click()

    expect(page.get_by_label("Child's name")).to_be_focused()
    expect(page.get_by_label("Child's name")).to_have_value("")
    expect(page.locator("#note")).to_contain_text("No name yet")
    assert page.locator("input[name=handout]").input_value() == "bone-marrow-biopsy-at-home"


def test_a_form_that_nobody_touches_is_emptied(visit: Visit) -> None:
    visit.page.clock.install()
    page = visit.go()
    fill(page)
    page.clock.run_for(1_000)
    expect(page.locator("#pages img")).to_have_count(2)
    page.clock.run_for(11 * 60_000)

    expect(page.get_by_label("Child's name")).to_have_value("")
    expect(page.locator("#pages img")).to_have_count(0)
    expect(page.locator("#state")).to_contain_text("The form was emptied")
