"""The stencil against the press: the same pixels, the same text, the same tags, for every child."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache

import numpy
import pypdfium2
import pytest
from builders import TODAY, a_desk, a_handout, a_patient, a_sheet_of_every_block, an_order
from builders import write as write_yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import artifacts, read_aloud

from careleaf.desk import desk
from careleaf.desk.desk import Desk
from careleaf.errors import Unsure
from careleaf.language import cldr
from careleaf.model import Form, Order
from careleaf.paths import PROGRAM, Root
from careleaf.pdf import verify
from careleaf.sheet import measure
from careleaf.stencil import storing
from careleaf.stencil.days import days
from careleaf.stencil.stencil_cache import StencilCache
from careleaf.stencil.truetype import outlines

FULL = bool(os.environ.get("CARELEAF_FULL"))  # CI: every handout, language, size and variant

LATIN = [
    "Ana Müller",
    "Łukasz Żółć",
    "Ngọc Ánh Nguyễn",
    "AVATAR Ty.",
    "Zoë O’Neill-Š (Nina)",
    "x̌ȳz̄",
]
OTHERS = [
    "محمد بن عبد الله",
    "مُحَمَّد",
    "علي رضا‌زاده",
    "王小明",
    "李 (Li) Na",
    "たなか サチ",
    "김민준",
]
MORE = ["Ольга Петренко", "Ἀλέξανδρος", "נועם", "สมชาย", "ကိုကို", "አበበ", "राम"]
MIXED = [
    "Ana محمد 12",
    "محمد Ana",
    "Ana 王",
    "王小明 (Li)",
    "محمد، علي",
    "Ana 王 محمد",
    "محمد 【王】",
]
LONG = ["Wilhelmina Anastasia Konstantinopolskaya van der Berg-Petersen", "محمد بن عبد الله " * 4]
NAMES = [*LATIN, *OTHERS, *MORE, *MIXED, *(name.strip() for name in LONG)]


def names_for(tag: str, second: str = "") -> list[str]:
    """Return the names to try in a language.

    Brackets are the press's (see below) where the sheet's own words mirror them in the same face.
    """
    is_mirrored = tag == "ar" or (tag, second) == ("zh_Hans", "ar")
    return [name for name in NAMES if not (is_mirrored and "(" in name)]


@cache
def a_desk_of_ours(*, use_stencil: bool) -> Desk:
    return Desk.at(Root.at(PROGRAM), TODAY, use_stencil)


def both_ways(order: Order, stencil: Desk | None = None, press: Desk | None = None):
    """Return a sheet as the stencil and as the press makes it."""
    made = (stencil or a_desk_of_ours(use_stencil=True)).make(order)
    assert (made.way, made.why) == ("stencil", "")
    return made, (press or a_desk_of_ours(use_stencil=False)).make(order)


def pictures(pdf: bytes) -> list[numpy.ndarray]:
    """Return each page at 150 dots an inch."""
    return [page.render(scale=150 / 72).to_numpy() for page in pypdfium2.PdfDocument(pdf)]


def text(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def assert_equal(stencil: bytes, press: bytes) -> None:
    assert text(stencil) == text(press)
    assert read_aloud(stencil).outline() == read_aloud(press).outline()
    assert [kind for kind, _ in artifacts(stencil)] == [kind for kind, _ in artifacts(press)]
    for one, other in zip(pictures(stencil), pictures(press), strict=True):
        assert numpy.array_equal(one, other)


# ---- the proof ---------------------------------------------------------------------------------


def everything():
    """Yield each handout, language and form, with two names that change from one to the next."""
    ours = a_desk_of_ours(use_stencil=True)
    number = 0
    for handout in ours.content.handouts:
        for tag in ours.content.locales:
            second = "ar" if tag != "ar" else "en"
            for form in (
                Form("a4"),
                Form("letter"),
                Form("a4", large_print=True),
                Form("letter", large_print=True),
                Form("a4", second=second),
                Form("letter", large_print=True, second=second),
            ):
                for _ in range(2):
                    number += 1
                    yield number, handout, tag, form


CASES = list(everything())
SHORT = [case for case in CASES if case[1] == "bone-biopsy" and case[3] == Form("letter")]
SOME = [one for one in SHORT if one[2] in ("ar", "de", "en", "zh_Hans")][::2]


@pytest.mark.parametrize(
    ("number", "handout", "tag", "form"),
    CASES if FULL else SOME,
    ids=lambda part: part.variant if isinstance(part, Form) else str(part),
)
def test_a_sheet_by_the_stencil_is_the_press_s_sheet(number, handout, tag, form):
    names = names_for(tag, form.second)
    name = names[number * 7 % len(names)]
    day = TODAY + timedelta(days=number * 13 % 360)
    reference = ("P-17", "", "MRN-2026-00012345")[number % 3]
    order = Order(a_patient(name, day, reference), handout, tag, form)

    stencil, press = both_ways(order)

    assert stencil.pages == press.pages
    assert_equal(stencil.pdf, press.pdf)
    assert len(stencil.pdf) <= 1.3 * len(press.pdf)


@pytest.mark.parametrize(
    ("tag", "name"),
    [(tag, name) for tag in ("en", "ar", "zh_Hans") for name in names_for(tag)]
    if FULL
    else [("en", name) for name in NAMES[::3]],
)
def test_a_name_in_any_script_is_set_as_the_press_sets_it(tag, name):
    order = an_order("bone-biopsy", tag, Form("letter"), a_patient(name))

    stencil, press = both_ways(order)

    assert_equal(stencil.pdf, press.pdf)


@pytest.mark.parametrize(
    "tag", a_desk_of_ours(use_stencil=True).content.locales if FULL else ("uk",)
)
def test_the_longest_and_the_shortest_dates_go_by_the_stencil_in_every_language(tag):
    made_by = a_desk_of_ours(use_stencil=True)
    locale = cldr.format_locale(tag, made_by.content.clinic.region)
    dates = [TODAY + timedelta(days=number) for number in range(360)]

    def width(day: date) -> float:
        return measure.ems(cldr.long_date(day, locale))

    for day in (min(dates, key=width), max(dates, key=width)):
        made = made_by.make(an_order("bone-biopsy", tag, Form("a4"), a_patient(procedure=day)))
        assert (made.way, made.why) == ("stencil", "")


def test_every_block_and_kind_of_milestone_comes_out_the_same(tmp_path):
    press = a_sheet_of_every_block(tmp_path)
    stencil = Desk.at(press.content.root, TODAY)
    moment = datetime(2026, 11, 23, 21, 30)  # noqa: DTZ001  as on the clinic's own clock

    for patient in (a_patient(), a_patient(procedure=moment), a_patient(id="")):
        made, wanted = both_ways(an_order("every-block", patient=patient), stencil, press)

        assert_equal(made.pdf, wanted.pdf)


def test_sheets_by_the_stencil_are_archival_and_accessible(tmp_path):
    sheets = []
    for tag, name in (("en", "Łukasz 王小明"), ("ar", "Ana محمد"), ("zh_Hans", "x̌ Ольга")):
        order = an_order("bone-biopsy", tag, Form("letter"), a_patient(name))
        sheet = a_desk_of_ours(use_stencil=True).make(order)
        sheets.append(tmp_path / f"{tag}.pdf")
        sheets[-1].write_bytes(sheet.pdf)

    assert sheet.way == "stencil"
    assert not [verdict for verdict in verify.verify(sheets) if not verdict.is_good]


def test_the_same_child_gives_the_same_bytes_and_another_child_another_id():
    ours = a_desk_of_ours(use_stencil=True)
    one, other = (an_order("bone-biopsy", patient=a_patient(name)) for name in ("Ana", "Eva"))

    assert ours.make(one).pdf == ours.make(one).pdf
    ids = [pypdfium2.PdfDocument(ours.make(order).pdf).get_identifier() for order in (one, other)]
    assert ids[0] != ids[1]


# ---- what it is not sure of --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ខ្មែរ", "a letter of several glyphs"),
        ("王 محمد", "an East Asian line with a third face in it"),
        ("ひ 王 สมชาย", "an East Asian line with a third face in it"),
    ],
)
def test_what_the_stencil_is_not_sure_of_the_press_makes_and_says_why(name, why):
    order = an_order("bone-biopsy", patient=a_patient(name))

    sheet = a_desk_of_ours(use_stencil=True).make(order)

    assert (sheet.way, sheet.why) == ("press", why)


@pytest.mark.parametrize(
    ("tag", "second", "name"),
    [("en", "", "محمد (Ana)"), ("zh_Hans", "ar", "李 (Li) Na")],
    ids=["in-an-arabic-name", "beside-arabic-words"],
)
def test_a_bracket_that_would_be_read_out_as_its_counterpart_is_left_to_the_press(
    tag, second, name
):
    handout = "bone-marrow-biopsy-at-home" if second else "bone-biopsy"
    order = an_order(handout, tag, Form("a4", second=second), a_patient(name))

    sheet = a_desk_of_ours(use_stencil=True).make(order)

    assert (sheet.way, sheet.why) == ("press", "a glyph that stands for two texts")


def test_without_the_stencil_every_sheet_comes_from_the_press():
    sheet = a_desk_of_ours(use_stencil=False).make(an_order("bone-biopsy"))

    assert (sheet.way, sheet.why) == ("press", "")


def test_no_name_whatever_makes_the_stencil_fail_in_another_way():
    digest = a_desk_of_ours(use_stencil=True).edition_digest("bone-biopsy", "en", Form())
    ways: Counter[str] = Counter()

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.text(
            st.characters(codec="utf-8", categories=["L", "M", "N", "P", "Zs"]),
            min_size=1, max_size=30,
        )
        | st.text("abcdefgh -.", min_size=1, max_size=30)
    )  # fmt: skip
    def tried(name: str) -> None:
        order = an_order("bone-biopsy", patient=a_patient(name))
        try:
            made = STENCILS.make(digest, order.patient, layout_of(order))
        except Unsure as unsure:
            assert unsure.reason
            ways["press"] += 1
        else:
            assert made.pdf.startswith(b"%PDF-1.7") and made.pdf.endswith(b"%%EOF\n")
            ways["stencil"] += 1

    tried()

    assert ways["stencil"] > 30
    assert ways["press"] > 30


STENCILS = StencilCache()


def layout_of(order: Order):
    ours = a_desk_of_ours(use_stencil=True)
    edition = ours.content.edition(order.handout, order.locale, order.form)
    return lambda: desk._Layout(ours, edition)


# ---- stencils on disk --------------------------------------------------------------------------


@pytest.fixture
def shelf_on_disk(tmp_path, monkeypatch):
    """Return an empty folder that stencils are kept in, and forget those in memory."""
    monkeypatch.setattr(storing, "folder", lambda: tmp_path / "stencils")
    desk.stencil_cache.cache_clear()
    yield tmp_path / "stencils"
    desk.stencil_cache.cache_clear()


def test_a_stencil_is_kept_and_a_new_process_does_not_lay_out_again(shelf_on_disk, tmp_path):
    content = a_desk(tmp_path, a_handout(timeline=[{"after": {"days": 1}, "text": "Rest."}]))
    first = Desk.at(content.content.root, TODAY).make(an_order())
    desk.stencil_cache.cache_clear()
    fresh = Desk.at(content.content.root, TODAY)
    fresh.content.edition = None  # to lay out would need it

    again = fresh.make(an_order())

    assert again == first
    (kept,) = shelf_on_disk.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("what", ["cut", "bit", "empty", "foreign", "of another edition"])
def test_a_file_that_cannot_be_trusted_is_made_again(shelf_on_disk, tmp_path, what):
    content = a_desk(tmp_path)
    first = Desk.at(content.content.root, TODAY).make(an_order())
    (kept,) = shelf_on_disk.iterdir()
    data = bytearray(kept.read_bytes())
    middle = len(data) // 2
    damaged = {
        "cut": data[:middle],
        "bit": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "empty": b"",
        "foreign": b"%PDF-1.7 something else",
        "of another edition": data.replace(kept.stem.encode(), b"0" * 64),
    }[what]
    kept.write_bytes(damaged)
    desk.stencil_cache.cache_clear()

    assert Desk.at(content.content.root, TODAY).make(an_order()) == first
    assert kept.read_bytes() == data


def test_an_edit_makes_another_stencil_and_shows_on_the_next_sheet(shelf_on_disk, tmp_path):
    """What counts as an edit is in tests/desk/test_inputs.py: every file that a sheet comes from."""
    content = a_desk(tmp_path)
    first = Desk.at(content.content.root, TODAY).make(an_order())
    write_yaml(tmp_path / "handouts" / "a-handout.yaml", a_handout(title="Another: title"))

    second = Desk.at(content.content.root, TODAY).make(an_order())

    assert (first.way, second.way) == ("stencil", "stencil")
    assert len(list(shelf_on_disk.iterdir())) == 2
    assert "Another: \r\ntitle" in text(second.pdf)[0]
    assert "Another" not in text(first.pdf)[0]


def test_the_stencils_together_keep_within_their_bound(shelf_on_disk, tmp_path, monkeypatch):
    content = a_desk(tmp_path)
    orders = [an_order(form=Form(size, large)) for size in ("a4", "letter") for large in (0, 1)]
    made = [Desk.at(content.content.root, TODAY).make(order) for order in orders]
    sizes = [path.stat().st_size for path in shelf_on_disk.iterdir()]
    assert [sheet.way for sheet in made] == ["stencil"] * 4
    assert len(sizes) == 4

    monkeypatch.setattr(storing, "LIMIT", sum(sizes) - 1)
    storing._prune()

    assert len(list(shelf_on_disk.iterdir())) == 3


def test_a_folder_that_cannot_be_written_keeps_no_sheet_from_being_made(tmp_path, monkeypatch):
    nowhere = tmp_path / "file"
    nowhere.write_bytes(b"")
    monkeypatch.setattr(storing, "folder", lambda: nowhere / "stencils")
    desk.stencil_cache.cache_clear()

    sheet = Desk.at(a_desk(tmp_path).content.root, TODAY).make(an_order())

    assert sheet.way == "stencil"
    desk.stencil_cache.cache_clear()


def test_no_stencil_holds_anything_of_a_child(shelf_on_disk, tmp_path):
    name, reference = "Xaverine Quodlibet", "ZZ-998877"
    order = an_order(patient=a_patient(name, date(2029, 12, 29), reference))
    everyone = an_order(patient=a_patient())

    made = Desk.at(a_desk(tmp_path).content.root, TODAY).make(order)

    (kept,) = shelf_on_disk.iterdir()
    data = kept.read_bytes()
    assert made.way == "stencil"
    assert "Xaverine" in text(made.pdf)[0]
    for personal in ("Xaverine", "Quodlibet", reference, "2029", "December 29"):
        assert personal.encode() not in data
    kept.unlink()  # much of it is compressed: whoever was the first child, it is the same
    desk.stencil_cache.cache_clear()
    Desk.at(a_desk(tmp_path).content.root, TODAY).make(everyone)
    assert kept.read_bytes() == data


def test_two_processes_that_cut_the_same_stencil_at_once_both_succeed(tmp_path):
    content = a_desk(tmp_path / "content")
    code = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from careleaf.desk.desk import Desk; from careleaf.paths import Root; from careleaf.model import *\n"
        "from careleaf.sheet import faces; import careleaf.stencil.storing as storing\n"
        "storing.folder = lambda: Path(sys.argv[2])\n"
        "order = Order(Patient({'name': 'Ana', 'date': date(2026, 11, 23), 'id': 'A1'}), 'a-handout', 'en')\n"
        "print(len(Desk.at(Root.at(Path(sys.argv[1])), date(2026, 11, 23)).make(order).pdf))\n"
    )
    command = [
        sys.executable,
        "-c",
        code,
        str(content.content.root.folder),
        str(tmp_path / "stencils"),
    ]

    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[0] for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1]


def test_a_sheet_whose_stencil_is_kept_needs_none_of_the_large_libraries(tmp_path):
    command = [
        sys.executable, "-X", "importtime", str(PROGRAM / "generate.py"), "sheet", "bone-biopsy",
        "--name", "Ana", "--date", f"{TODAY}", "--id", "A1", "-o", str(tmp_path / "a.pdf"),
    ]  # fmt: skip
    env = {**os.environ, "CARELEAF_TODAY": f"{TODAY}"}
    subprocess.run(command, check=True, capture_output=True, env=env)

    second = subprocess.run(command, check=True, capture_output=True, text=True, env=env)

    imported = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in second.stderr.splitlines()
    }
    assert "uharfbuzz" in imported
    assert not imported & {
        "weasyprint",
        "pydantic",
        "jinja2",
        "yaml",
        "fontTools",
        "babel",
        "pydyf",
        "pikepdf",
    }


# ---- its parts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", a_desk_of_ours(use_stencil=True).content.locales)
def test_days_are_written_as_babel_writes_them(tag):
    locale, table = cldr.format_locale(tag, "CA"), days(tag, "CA")

    for count in range(730):
        day = date(2026, 1, 1) + timedelta(days=count)
        assert table.shown(day) == cldr.long_date(day, locale)


@pytest.mark.parametrize("tag", ["th", "fa", "bn", "my", "ne", "mr", "ja", "ko", "sr_Latn", "gez"])
def test_days_of_other_calendars_and_digits_are_babel_s_too(tag):
    locale, table = cldr.format_locale(tag, ""), days(tag, "")

    for count in range(0, 400, 7):
        day = date(2026, 1, 1) + timedelta(days=count)
        assert table.shown(day) == cldr.long_date(day, locale)


def test_a_subset_holds_the_parts_of_its_composed_glyphs():
    from careleaf.sheet import faces

    path = faces.face("Careleaf Sans", 700).path
    face = outlines(path)
    import uharfbuzz

    glyph = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path))).get_nominal_glyph(
        0x1EA4
    )

    small = uharfbuzz.Font(uharfbuzz.Face(face.subset([glyph], keep_numbers=False)))

    whole = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path)))
    assert small.get_glyph_extents(1) == whole.get_glyph_extents(glyph)
    assert small.get_glyph_h_advance(1) == face.advance(glyph)
    assert zlib.crc32(face.subset([glyph], keep_numbers=True))
