"""How a sheet looks on paper, and what a screen reader says of it.

Measured on the finished pages: where each line lies, what each pixel shows, what the tags say.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy
import pypdfium2
import pytest
from builders import (
    TODAY,
    a_call,
    a_desk,
    a_handout,
    a_list,
    a_patient,
    a_section,
    a_sheet_of_every_block,
)
from PIL import Image
from reading import Heard, artifacts, read_aloud

from careleaf.content.walk import texts
from careleaf.desk.desk import Desk
from careleaf.model import Approval, Form
from careleaf.paths import Root
from careleaf.pdf.press import Rendered
from careleaf.sheet import personalize
from careleaf.sheet.edition import Edition

GOLDEN = Path(__file__).parents[1] / "golden"
HANDOUTS = ("bone-biopsy", "bone-marrow-biopsy-at-home")
LOCALES = ("en", "nl", "fr", "ar", "es", "de", "pl", "uk", "tr", "vi", "zh_Hans")
LONGEST = ("de", "fr", "es")
A4, LETTER = Form("a4"), Form("letter")
WORDS = "Give your child small sips of clear fluid through the day, and note how much it was."
PIXELS_A_POINT = 96 / 72


@dataclass(frozen=True, eq=False)
class Made:
    """A sheet with all that the tests look at."""

    edition: Edition
    rendered: Rendered

    @property
    def pdf(self) -> bytes:
        return self.rendered.pressed.pdf

    @property
    def pages(self) -> int:
        return self.rendered.pressed.pages

    def lines(self, page: int | None = None) -> list[Any]:
        """The pieces of text in the order they were drawn, without what runs on each page."""
        return [
            piece
            for piece in self.rendered.drawn
            if not piece.running and not piece.is_picture and page in (None, piece.page)
        ]

    def elements(self, *wanted: str) -> Iterator[Any]:
        """The elements of these tags or classes, in order."""
        root = self.rendered.root
        for element in root.iter():
            classes = element.get("class", "").split() if isinstance(element.tag, str) else []
            if element.tag in wanted or any(name in wanted for name in classes):
                yield element

    def pieces(self, element: Any) -> list[Any]:
        """What was drawn within an element."""
        inside = set(element.iter())
        return [p for p in self.rendered.drawn if p.element in inside and not p.running]

    def fill(self, page: int) -> float:
        """How far down a page its text reaches, 0 to 1."""
        height = self.rendered.pages[page].height
        return max(piece.area[1] + piece.area[3] for piece in self.lines(page)) / height


@cache
def the_desk() -> Desk:
    return Desk.at(Root.at(), TODAY, use_stencil=False)


def make(desk: Desk, handout: str, tag: str, form: Form, name: str, **changes: Any) -> Made:
    edition = replace(desk.content.edition(handout, tag, form), **changes)
    values = personalize.slots(edition.whens, tag, desk.content.clinic.region, a_patient(name))
    return Made(edition, desk.press.render(desk.html(edition, {} if form.blank else values)))


@cache
def sheet(handout: str, tag: str = "en", form: Form = LETTER, name: str = "Sofia de Vries") -> Made:
    return make(the_desk(), handout, tag, form, name)


def every_handout_and_locale(test: Any) -> Any:
    """Run a test on Letter, the shorter paper, in each locale; on A4 in those with long words."""
    cases = [(h, tag, LETTER) for h in HANDOUTS for tag in LOCALES]
    cases += [(h, tag, A4) for h in HANDOUTS for tag in LONGEST]
    ids = [f"{handout}-{tag}-{form.size}" for handout, tag, form in cases]
    return pytest.mark.parametrize(("handout", "tag", "form"), cases, ids=ids)(test)


# --- pages -------------------------------------------------------------------------------------


@every_handout_and_locale
def test_a_handout_fits_one_sheet_of_paper_and_fills_both_its_pages(handout, tag, form):
    made = sheet(handout, tag, form)

    assert made.pages == 2
    assert all(made.fill(page) > 0.6 for page in range(made.pages))


@pytest.mark.parametrize("tag", LONGEST)
def test_a_blank_sheet_fits_its_two_pages_too(tag):
    assert sheet(HANDOUTS[0], tag, Form("letter", blank=True)).pages == 2


@every_handout_and_locale
def test_the_page_breaks_where_a_reader_expects_it(handout, tag, form):
    assert bad_breaks(sheet(handout, tag, form)) == []


def bad_breaks(made: Made) -> list[str]:
    """Name what is broken wrongly: headings alone at a foot, boxes in two, lines left behind."""
    faults = []
    for heading in made.elements("h2", "h3", "intro"):
        last = made.pieces(heading)[-1]
        after = [p for p in made.lines() if p.area[1] >= last.area[1] or p.page > last.page]
        if not any(p.page == last.page and p.element not in heading.iter() for p in after):
            faults.append(f"{last.text!r} is the last line of page {last.page + 1}")
    for box in made.elements("tier", "patient", "teach-back", "together", "day", "whole"):
        if len({piece.page for piece in made.pieces(box)}) > 1:
            faults.append(f"a box turns page {made.pieces(box)[0].page + 1}: {box.get('class')}")
    for block in made.elements("p", "li"):
        rows = {(p.page, round(p.area[1])) for p in made.pieces(block) if p.part != "marker"}
        pages = Counter(page for page, _ in rows)
        if len(pages) > 1 and min(pages.values()) < 2:
            faults.append(f"a line alone on a page: {made.pieces(block)[0].text!r}")
    return faults


LOOSE = "* { orphans: 1 !important; widows: 1 !important; break-inside: auto !important }"


@pytest.mark.parametrize("style", ["", LOOSE], ids=["as-it-is", "let-loose"])
def test_wherever_a_page_ends_it_breaks_well_and_would_not_without_care(tmp_path, style):
    short = [
        a_section(f"s-{letter}", "A heading of three lines on some sheets", a_call("now"), a_list())
        if letter in "ce"
        else a_section(
            f"s-{letter}", "What to do at home", {"type": "text", "text": " ".join([WORDS] * 3)}
        )
        for letter in "abcdefg"
    ]
    desk = a_desk(tmp_path, a_handout(*short))
    edition = desk.content.edition("a-handout", "en", A4)
    html = desk.html(edition, personalize.slots(edition.whens, "en", "CA", a_patient()))
    found = []
    for space in range(0, 48, 8):
        moved = f"<style>h1 {{ padding-top: {space}mm }} {style}</style></head>"
        made = Made(edition, desk.press.render(html.replace("</head>", moved)))
        found += bad_breaks(made)

    assert bool(found) == (style == LOOSE), found


# --- other handouts ----------------------------------------------------------------------------


def many_sections(count: int) -> list[dict[str, Any]]:
    items = [" ".join([WORDS] * (1 + index % 3)) for index in range(15)]
    return [
        a_section(
            f"part-{chr(97 + index)}",
            "What a parent needs to know",
            {"type": "text", "text": " ".join([WORDS] * 3)},
            a_list(*items),
            {"type": "text", "text": " ".join([WORDS] * 6)},
        )
        for index in range(count)
    ]


@pytest.mark.parametrize("form", [LETTER, Form(large_print=True)], ids=lambda f: f.variant)
def test_a_long_handout_is_broken_well_and_leaves_no_page_nearly_empty(tmp_path, form):
    desk = a_desk(tmp_path, a_handout(*many_sections(3)))

    made = make(desk, "a-handout", "en", form, "Sofia")

    assert made.pages >= 3
    assert bad_breaks(made) == []
    assert min(made.fill(page) for page in range(made.pages)) > 0.25


def test_a_very_short_handout_takes_one_page(tmp_path):
    made = make(a_desk(tmp_path, a_handout()), "a-handout", "en", A4, "Sofia")

    assert made.pages == 1
    assert "Draft: no one has approved" in read_aloud(made.pdf).text


@pytest.mark.parametrize("form", [A4, Form(large_print=True), Form(blank=True)], ids=str)
def test_every_block_comes_out(tmp_path, form):
    made = make(a_sheet_of_every_block(tmp_path), "every-block", "en", form, "Sofia")

    assert bad_breaks(made) == []
    assert_reads_as_written(made)


# --- the child's places ------------------------------------------------------------------------

NAMES = {
    "forty-letters": "Anna-Sophia Katharina van den Broek-Smit",
    "latin": "Wilhelmina Maximiliana Charlotte Montgomery-Wolstenholme van der Heijden-Brouwer",
    "capitals": "W" * 80,
    "vietnamese": "Nguyễn Thị Ánh",
    "cyrillic": "Александра Константиновна Вознесенская-Преображенская Мария Елизавета Иоанновна",
    "arabic": "عبد الرحمن محمد الأمين بن عبد الله الهاشمي القرشي المكي المدني الشريف الحسيني",
    "chinese": "李小龙" * 26,
}
FORMS = {"a4": A4, "large": Form(large_print=True), "pair": Form(second="en")}


@pytest.mark.parametrize("form", [A4, FORMS["large"]], ids=["a4", "large"])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_name_is_printed_whole_within_its_place(name, form):
    made = sheet(HANDOUTS[1], "nl", form, name)

    for place in ("box", "foot"):
        (room, *_) = (r for r in rooms(made) if slot_of(r.element) == ("name", place))
        printed = [
            p for p in made.rendered.drawn if p.element is room.element and p.page == room.page
        ]
        assert letters("".join(p.text for p in printed)) == letters(name)
        assert all(is_within(piece.area, room.area) for piece in printed)


@pytest.mark.parametrize("form", [A4, FORMS["large"]], ids=["a4", "large"])
def test_nothing_else_on_the_page_moves_with_a_name(form):
    places = [
        [
            (p.page, p.text, tuple(round(x, 2) for x in p.area))
            for p in sheet(HANDOUTS[1], "nl", form, name).rendered.drawn
            if slot_of(p.element)[0] != "name"
        ]
        for name in NAMES.values()
    ]

    assert all(place == places[0] for place in places)


def test_a_sheet_has_a_place_for_each_value_and_the_foot_repeats_them_on_each_page():
    made = sheet(HANDOUTS[0], "en", A4)

    found = Counter(slot_of(room.element) for room in rooms(made))
    in_foot = {(name, "foot"): made.pages for name in ("name", "date", "id")}
    in_box = {(name, "box"): 1 for name in ("name", "date", "id")}
    assert found == in_foot | in_box | {("when-0", "day"): 1, ("when-1", "day"): 1}
    assert "Page 2 of 2" in pages_of(made.pdf)[1]


def rooms(made: Made) -> list[Any]:
    return list(made.rendered.slot_boxes("data-slot"))


def slot_of(element: Any) -> tuple[str, str]:
    return element.get("data-slot", ""), element.get("data-place", "")


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def is_within(inner: tuple[float, ...], outer: tuple[float, ...], slack: float = 5) -> bool:
    (x, y, width, height), (left, top, room, depth) = inner, outer
    return (
        x >= left - slack
        and x + width <= left + room + slack
        and y >= top - slack
        and y + height <= top + depth + slack
    )


def pages_of(pdf: bytes) -> list[str]:
    return [
        " ".join(page.get_textpage().get_text_bounded().split())
        for page in pypdfium2.PdfDocument(pdf)
    ]


# --- letters -----------------------------------------------------------------------------------


def sizes(pdf: bytes) -> Counter[float]:
    """Return how many letters there are of each size, in points."""
    found: Counter[float] = Counter()
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        for index in range(text.count_chars()):
            if not chr(pypdfium2.raw.FPDFText_GetUnicode(text, index)).isspace():
                found[round(pypdfium2.raw.FPDFText_GetFontSize(text, index), 1)] += 1
    return found


@pytest.mark.parametrize("tag", ["en", "de", "ar"])
def test_text_is_twelve_points_and_nothing_is_under_nine(tag):
    found = sizes(sheet(HANDOUTS[0], tag).pdf)

    assert min(found) >= 9
    assert sum(count for size, count in found.items() if size >= 12) > 0.7 * found.total()


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_large_print_is_eighteen_points_and_nothing_is_under_fourteen(tag):
    found = sizes(sheet(HANDOUTS[0], tag, FORMS["large"]).pdf)

    assert min(found) >= 14
    assert sum(count for size, count in found.items() if size >= 18) > 0.7 * found.total()


@pytest.mark.parametrize("form", [A4, LETTER], ids=lambda form: form.size)
def test_the_paper_is_what_was_asked_for_and_its_edges_are_free(form):
    made = sheet(HANDOUTS[0], "de", form)

    width, height = {"a4": (210, 297), "letter": (215.9, 279.4)}[form.size]
    for page in pypdfium2.PdfDocument(made.pdf):
        assert [round(side / 72 * 25.4, 1) for side in page.get_size()] == [width, height]
    for piece in made.rendered.drawn:
        x, y, wide, high = (side / 96 * 25.4 for side in piece.area)
        assert x >= 16.5  # a punched hole reaches 16 mm
        assert x + wide <= width - 16.5 + 2.5  # the margin of the QR code is empty
        assert y >= 5
        assert y + high <= height - 5


@pytest.mark.parametrize(
    ("tag", "form"),
    [("en", A4), ("ar", LETTER), ("en", FORMS["large"])],
    ids=["en", "ar", "large"],
)
def test_text_stands_out_seven_to_one_in_colour_and_on_a_grey_print(tag, form):
    made = sheet(HANDOUTS[1], tag, form)

    for page, image in enumerate(pictures(made.pdf, dots_per_inch=216)):
        grey = numpy.asarray(image.convert("L").convert("RGB"))
        for piece in made.rendered.drawn:
            if piece.page == page and letters(piece.text) and not piece.is_picture:
                for pixels in (numpy.asarray(image), grey):
                    assert contrast(pixels, piece.area) >= 7, piece.text


def contrast(pixels: numpy.ndarray, area: tuple[float, ...]) -> float:
    """Return the contrast (WCAG 2) of the text within `area`, CSS pixels, with what is behind it."""
    scale = 216 / 96
    left, top, right, bottom = (round(side * scale) for side in box(area))
    crop = pixels[top:bottom, left:right].reshape(-1, 3)
    light = luminance(crop)
    shades, counts = numpy.unique(light.round(3), return_counts=True)
    behind = shades[counts.argmax()]
    return max(
        (max(x, behind) + 0.05) / (min(x, behind) + 0.05) for x in (light.min(), light.max())
    )


def box(area: tuple[float, ...]) -> tuple[float, float, float, float]:
    x, y, width, height = area
    return x, y, x + width, y + height


def luminance(colours: numpy.ndarray) -> numpy.ndarray:
    parts = colours / 255
    linear = numpy.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


def pictures(pdf: bytes, dots_per_inch: int) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dots_per_inch / 72).to_pil().convert("RGB") for page in document]


def test_the_three_tiers_differ_without_colour():
    made = sheet(HANDOUTS[1], "en", A4)
    grey = [numpy.asarray(image.convert("L")) for image in pictures(made.pdf, 72)]

    looks = []
    for tier in made.elements("tier"):
        name = made.pieces(next(e for e in tier.iter() if e.get("class") == "tier-name"))[0]
        x, y, _, height = (round(side * 72 / 96) for side in name.area)
        looks.append(int(grey[name.page][y + height + 2, x]))  # the ground under the name
    emergency, now, watch = looks
    assert emergency < 100 < now < watch == 255


# --- what it says ------------------------------------------------------------------------------


def assert_reads_as_written(made: Made) -> None:
    """A screen reader hears each text of the YAML, in its order, as what it is."""
    heard = read_aloud(made.pdf)
    handout = made.edition.first.handout
    rest = plain(heard.text)
    assert plain(heard.all("H1")[0].text).startswith(plain(handout.title.plain))
    wanted = [section.title.plain for section in handout.sections]
    headings = [plain(h.text) for h in heard.all("H2")]
    found = [t for t in wanted if any(h.startswith(plain(t)) for h in headings)]
    assert found == wanted
    for section in handout.sections:
        rest = rest[rest.index(plain(section.title.plain)) :]
        for _, text, _ in texts(section):
            words = plain(text.plain)
            assert words in rest or words in [plain(f.alt) for f in heard.all("Figure")], words
    items = [plain(item.text) for item in heard.all("LI")]
    for block in handout.blocks:
        for item in getattr(block, "items", getattr(block, "signs", ())):
            assert any(plain(item.text.plain) in heard_item for heard_item in items)


def plain(text: str) -> str:
    """Return text as a reader compares it: no isolates, no soft hyphens, one space between words."""
    kept = re.sub("[\u2066-\u2069\u00ad\u200b]", "", text.replace("\u00ad ", ""))
    return re.sub(r"\s+", "", kept)


@pytest.mark.parametrize("handout", HANDOUTS)
@pytest.mark.parametrize("tag", ["en", "de", "zh_Hans", "vi"])
def test_a_screen_reader_hears_what_the_handout_says(handout, tag):
    assert_reads_as_written(sheet(handout, tag))


def test_arabic_comes_out_letter_for_letter():
    made = sheet(HANDOUTS[0], "ar")
    heard = Counter(read_aloud(made.pdf).text)

    wanted = Counter("".join(text.plain for _, text, _ in texts(made.edition.first.handout)))
    missing = {char for char in wanted if char.isalpha() and heard[char] < wanted[char]}
    assert missing == set()


def test_the_parts_of_a_sheet_are_tagged_as_what_they_are():
    heard = read_aloud(sheet(HANDOUTS[1], "en", A4).pdf)

    assert [h.text for h in heard.all("H1")] == [
        "Bone marrow biopsy: caring for your child at home"
    ]
    assert [cell.text for cell in heard.all("TH")] == ["Medicine", "How much", "When", "Next dose"]
    assert next(f.alt for f in heard.all("Figure")).startswith("Square code for a phone camera")
    assert {f.alt for f in heard.all("Figure")[1:]} == {"Tick when done"}
    patient = heard.all("L")[0]
    assert [label.text for label in patient.all("Lbl")] == [
        "Name",
        "Date of the procedure",
        "Reference number",
    ]
    assert patient.all("LBody")[0].text == "Sofia de Vries"


def test_what_runs_on_each_page_is_not_read_out():
    pdf = sheet(HANDOUTS[1], "en", A4).pdf

    running = " ".join(text for _, text in artifacts(pdf))
    assert "Page 2 of 2" in " ".join(running.split())
    assert "Page 2 of 2" not in read_aloud(pdf).text


def test_both_languages_of_a_sheet_are_read_in_their_own():
    made = sheet(HANDOUTS[1], "ar", FORMS["pair"])
    heard = read_aloud(made.pdf)

    english = plain(" ".join(in_lang(heard, "en")))
    for side, spoken in ((made.edition.second, english), (made.edition.first, plain(heard.text))):
        assert side is not None
        for section in side.handout.sections:
            assert plain(section.title.plain) in spoken or side.tag == "ar"
    assert heard.lang == "ar"


def in_lang(heard: Heard, lang: str) -> Iterator[str]:
    if heard.lang == lang:
        yield heard.text
        return
    for kid in heard.kids:
        if isinstance(kid, Heard):
            yield from in_lang(kid, lang)


# --- draft and approval ------------------------------------------------------------------------


def test_a_draft_says_so_on_every_page_in_its_language_and_in_english():
    made = sheet(HANDOUTS[1], "nl", A4)

    own = made.edition.first.labels("draft").plain
    for page in pages_of(made.pdf):
        assert own in page
        assert "Draft: no one has approved this wording yet" in page


def test_an_english_draft_says_so_once_a_page():
    for page in pages_of(sheet(HANDOUTS[1], "en", A4).pdf):
        assert page.count("Draft:") == 1


def test_an_approved_sheet_says_by_whom_and_when_instead():
    approval = Approval("A. Person", "medical translator", date(2026, 11, 20))

    made = make(the_desk(), HANDOUTS[1], "en", A4, "Sofia", approval=approval)

    text = " ".join(pages_of(made.pdf))
    assert "Draft" not in text
    assert "Approved by medical translator, November 20, 2026 · Version 1.0" in text
    assert "A. Person" not in text


# --- pictures ----------------------------------------------------------------------------------


def golden_sheets(folder: Path) -> Iterator[tuple[str, bytes]]:
    every_block = a_sheet_of_every_block(folder)
    for form in (A4, Form("letter", large_print=True)):
        yield (
            f"every-block.{form.variant}",
            make(every_block, "every-block", "en", form, "Sofia").pdf,
        )
    yield "every-block.blank", make(every_block, "every-block", "en", Form(blank=True), "").pdf
    yield "at-home.ar", sheet(HANDOUTS[1], "ar", LETTER).pdf
    yield "at-home.nl-with-en", sheet(HANDOUTS[1], "nl", FORMS["pair"]).pdf


def test_each_golden_page_looks_as_it_did(tmp_path):
    renew = os.environ.get("CARELEAF_GOLDEN") == "renew"
    changed, known = [], set()
    for name, pdf in golden_sheets(tmp_path):
        for number, image in enumerate(pictures(pdf, dots_per_inch=50), start=1):
            path = GOLDEN / f"{name}.{number}.png"
            known.add(path.name)
            if renew:
                path.parent.mkdir(exist_ok=True)
                image.convert("L").quantize(16).save(path, optimize=True)
            elif not path.exists() or difference(Image.open(path), image) > 0.004:
                changed.append(path.name)
    left = {path.name for path in GOLDEN.glob("*.png")} - known
    for name in left if renew else ():
        (GOLDEN / name).unlink()

    assert changed == [], "look at them; if they are right, renew them: make golden"
    assert renew or left == set()


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the share of a page that looks different, 0 to 1, fine edges left out."""
    if one.size != other.size:
        return 1.0
    blurred = [numpy.asarray(image.convert("L").reduce(2), dtype=float) for image in (one, other)]
    return float((abs(blurred[0] - blurred[1]) > 40).mean())


def test_the_comparison_with_a_golden_sees_a_moved_line():
    page = pictures(sheet(HANDOUTS[1], "en", A4).pdf, dots_per_inch=50)[0]
    moved = page.copy()
    moved.paste(page.crop((0, 300, page.width, 330)), (0, 304))

    assert difference(page, page) == 0
    assert difference(page, moved) > 0.004
