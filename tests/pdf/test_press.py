"""The press: one file that is printed, kept for ever, and read aloud."""

import io
import os
import time
from datetime import date
from threading import Thread

import pikepdf
import pypdfium2
import pytest
from reading import artifacts, read_aloud

from careleaf.errors import PressError
from careleaf.pdf.press import press, press_for
from careleaf.pdf.verify import missing_tool, verify

STYLE = """
@page { size: A5; margin: 15mm; @top-left { content: element(notice); width: 100% }
        @bottom-left { content: element(foot); width: 100% } }
html { font: 11pt/1.4 "Careleaf Sans", "Careleaf Arabic", "Careleaf Chinese";
       image-rendering: crisp-edges }
.notice { position: running(notice) }
.foot { position: running(foot) }
.page::before { content: counter(page) }
.pages::before { content: counter(pages) }
.slot { display: inline-block; width: 50mm; white-space: nowrap }
ul { list-style: "- " }
"""
FURNITURE = """
<div class="notice">Draft</div>
<div class="foot">K050 <a href="https://clinic.example">clinic.example</a>
  page <span class="page"></span> of <span class="pages"></span></div>
"""
BELL = '<svg viewBox="0 0 9 9" width="9" height="9" {}><path d="M1 1h7v7z"/></svg>'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a style sheet."""
    made = tmp_path_factory.mktemp("styles")
    (made / "page.css").write_text(STYLE)
    return made


def a_page(body: str, *, lang: str = "en", way: str = "ltr", title: str = "After the test") -> str:
    return (
        f'<!DOCTYPE html><html lang="{lang}" dir="{way}"><head><title>{title}</title></head>'
        f"<body>{body}</body></html>"
    )


def pressed(folder, body: str, **kind: str) -> bytes:
    return press(a_page(body, **kind), base=folder, stylesheets=[folder / "page.css"]).pdf


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    file = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in file)


def as_outline(lines: str) -> str:
    return lines.strip("\n")


ENGLISH = (
    """
    <h1>After the test</h1>
    <p>For: <span class="slot">\u2068Łukasz O'Brien\u2069</span></p>
    <section>
      <h2>When to call</h2>
      <ul><li>Your child is <b>very</b> hot.<li><p>The bandage is wet.</p><p>Or is it off?</p></ul>
      <ol><li>Press on it.<li>Call <a href="tel:+31205550123"><b>020 555 0123</b></a>.</ol>
    </section>
    """
    + BELL.format('aria-label="A bell"')
    + """
    <table><caption>What to give</caption>
      <thead><tr><th>Medicine<th>When</thead>
      <tr><th scope="row">Paracetamol<td></table>
    <p lang="nl">Bel ons.</p>"""
)
ARABIC = """
    <h1>بعد الفحص</h1>
    <p>اتصل بالرقم \u2068020 555 0123\u2069 فورا.</p>
    <ul><li>الحمى<li>النزيف</ul>
    <div lang="en" dir="ltr"><p>Call us.</p></div>
    """
CHINESE = "<h1>检查以后</h1><p>请给我们打电话。</p><ul><li>发烧<li>出血</ul>"


# ---- what the file is


@pytest.mark.slow
def test_sheets_in_three_scripts_pass_verapdf_as_accessible_and_archival(folder, tmp_path):
    if missing_tool() and os.environ.get("CI") != "true":
        pytest.skip(missing_tool())
    long = "<p>Keep a cloth between the ice and the skin of your child.</p>" * 60
    pages = {
        "en": pressed(folder, FURNITURE + ENGLISH + long),
        "ar": pressed(folder, FURNITURE + ARABIC, lang="ar", way="rtl"),
        "zh": pressed(folder, FURNITURE + CHINESE, lang="zh"),
    }
    for name, pdf in pages.items():
        (tmp_path / f"{name}.pdf").write_bytes(pdf)

    verdicts = verify([tmp_path])

    assert [str(failing) for verdict in verdicts for failing in verdict.failing] == []
    assert [verdict.is_good for verdict in verdicts] == [True, True, True]


def test_a_file_says_its_title_and_language_and_shows_the_title(folder):
    with opened(pressed(folder, "<h1>Na het onderzoek</h1>", lang="nl", title="Thuis")) as pdf:
        assert str(pdf.Root.Lang) == "nl"
        assert str(pdf.docinfo["/Title"]) == "Thuis"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert [str(page.Tabs) for page in pdf.pages] == ["/S"]


@pytest.mark.parametrize("fault", ["<html>", '<html lang="en">'], ids=["language", "title"])
def test_a_page_without_language_or_title_is_refused(folder, fault):
    with pytest.raises(PressError, match=r"language|title"):
        press(f"<!DOCTYPE html>{fault}<body><p>x</p>", base=folder)


def test_the_same_html_gives_the_same_bytes(folder):
    first = pressed(folder, FURNITURE + ENGLISH)
    time.sleep(1.1)  # a clock in the file would show

    assert pressed(folder, FURNITURE + ENGLISH) == first


def test_a_file_gives_no_date_unless_it_is_told_one(folder):
    page = a_page("<h1>x</h1>")
    with opened(press(page, base=folder).pdf) as pdf:
        assert "/CreationDate" not in pdf.docinfo
    with opened(press(page, base=folder, dated=date(2026, 11, 23)).pdf) as pdf:
        assert str(pdf.docinfo["/CreationDate"]) == "D:20261123"
        assert "2026-11-23" in pdf.Root.Metadata.read_bytes().decode()


def test_pages_are_counted(folder):
    page = a_page('<h1>One</h1><p style="break-before: page">Two</p>')

    assert press(page, base=folder).pages == 2


def test_several_threads_may_press_at_once(folder):
    made = {}
    threads = [
        Thread(target=lambda n=n: made.update({n: pressed(folder, f"<h1>Sheet {n}</h1>")}))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [read_aloud(made[n]).text for n in range(4)] == [f"Sheet {n}" for n in range(4)]


# ---- what a screen reader says


def test_a_sheet_is_read_in_the_order_of_its_html_with_what_each_thing_is(folder):
    heard = read_aloud(pressed(folder, FURNITURE + ENGLISH))

    assert heard.outline() == as_outline("""
Document
  H1 After the test
  P For: Łukasz O'Brien
  Sect
    H2 When to call
    L
      LI
        Lbl -
        LBody Your child is very hot.
      LI
        Lbl -
        LBody
          P The bandage is wet.
          P Or is it off?
    L
      LI
        Lbl 1.
        LBody Press on it.
      LI
        Lbl 2.
        LBody Call .
          Link 020 555 0123
  Figure
  Table
    Caption What to give
    THead
      TR
        TH Medicine
        TH When
    TBody
      TR
        TH Paracetamol
        TD
  P Bel ons.
""")


def test_lists_say_how_they_are_numbered_and_header_cells_what_they_head(folder):
    heard = read_aloud(pressed(folder, ENGLISH))

    assert [one.attributes["ListNumbering"] for one in heard.all("L")] == ["Disc", "Decimal"]
    assert [one.attributes["Scope"] for one in heard.all("TH")] == ["Column", "Column", "Row"]


def test_a_picture_is_read_by_its_description_and_has_its_place_on_the_page(folder):
    (figure,) = read_aloud(pressed(folder, ENGLISH)).all("Figure")

    assert figure.alt == "A bell"
    assert "BBox" in figure.attributes


@pytest.mark.parametrize(
    "picture", ['aria-hidden="true"', "<title>A bell</title>"], ids=["decoration", "titled"]
)
def test_a_picture_beside_words_can_be_left_unread(folder, picture):
    svg = (
        BELL.format(picture)
        if "aria" in picture
        else BELL.format("").replace("<path", picture + "<path")
    )

    figures = read_aloud(pressed(folder, f"<h1>Call us {svg}</h1>")).all("Figure")

    assert [figure.alt for figure in figures] == ([] if "aria" in picture else ["A bell"])


def test_a_picture_that_nobody_described_is_refused(folder):
    with pytest.raises(PressError, match="no description"):
        pressed(folder, "<h1>x</h1>" + BELL.format('class="bell"'))


def test_a_link_is_described_by_its_words_even_where_it_turns_the_line(folder):
    words = "the page of the clinic about this test with a very long name indeed"
    (link,) = read_aloud(
        pressed(folder, f'<p>See <a href="https://clinic.example/x"><b>{words}</b></a>.</p>')
    ).all("Link")

    assert link.text == words
    assert link.links == [words, words]  # an area a line


def test_a_link_without_words_is_refused(folder):
    with pytest.raises(PressError, match="no words"):
        pressed(
            folder, f'<p>x <a href="https://x.example">{BELL.format("aria-hidden=true")}</a></p>'
        )


def test_text_in_a_second_language_says_so(folder):
    arabic = read_aloud(pressed(folder, ARABIC, lang="ar", way="rtl"))
    english = read_aloud(pressed(folder, "<p>Call <span lang='fr'>le 15</span> now</p>"))

    assert [(heard.lang, heard.text) for heard in arabic.all("Div")] == [("en", "Call us.")]
    assert [(heard.lang, heard.text) for heard in english.all("Span")] == [("fr", "le 15")]


def test_headers_and_footers_are_on_every_page_and_never_read(folder):
    pdf = pressed(folder, FURNITURE + '<h1>One</h1><p style="break-before: page">Two</p>')

    assert read_aloud(pdf).text == "One Two"
    heads = [text for subtype, text in artifacts(pdf) if subtype == "Header"]
    foots = [text for subtype, text in artifacts(pdf) if subtype == "Footer"]
    assert heads == ["Draft", "Draft"]
    assert "".join(foots).replace(" ", "") == "K050clinic.examplepage1of2K050clinic.examplepage2of2"


def test_what_turns_the_page_stays_one_thing(folder):
    items = "".join(f"<li>Thing number {n} to do at home</li>" for n in range(60))
    rows = "".join(f"<tr><th scope=row>{n}<td>x" for n in range(60))
    pdf = pressed(folder, f"<ul>{items}</ul><table><thead><tr><th>No<th>Yes</thead>{rows}</table>")

    heard = read_aloud(pdf)

    assert len(opened(pdf).pages) > 2
    assert [len(one.kids) for one in heard.all("L")] == [60]
    assert [len(one.all("TR")) for one in heard.all("Table")] == [61]
    assert "No" in [text for _, text in artifacts(pdf)]  # the head again, on the next page


def test_columns_and_tables_of_layout_are_read_in_the_order_of_the_html(folder):
    blocks = "".join(f"<section><h2>Part {n}</h2><p>Words of {n}</p></section>" for n in range(8))

    heard = read_aloud(pressed(folder, f'<div style="columns: 2">{blocks}</div>'))

    assert heard.text == " ".join(f"Part {n} Words of {n}" for n in range(8))


def test_bare_text_becomes_a_paragraph_and_terms_become_labels(folder):
    heard = read_aloud(
        pressed(folder, "<div>Bare <i>text</i></div><dl><dt>Ward<dd>020 555 0123</dl>")
    )

    assert heard.outline() == as_outline("""
Document
  P Bare text
  L
    LI
      Lbl Ward
      LBody 020 555 0123
""")


def test_arabic_letters_come_out_whole_word_by_word(folder):
    heard = read_aloud(pressed(folder, ARABIC, lang="ar", way="rtl"))

    items = [sorted(body.text) for body in heard.all("LBody")]

    assert items == [sorted("الحمى"), sorted("النزيف")]


def test_a_phone_number_in_arabic_text_keeps_the_order_of_its_groups(folder):
    page = "<h1>س</h1><p>اتصل \u2068020 555 0123\u2069 فورا</p>"

    assert "020 555 0123" in read_aloud(pressed(folder, page, lang="ar", way="rtl")).text


def test_isolates_leave_no_trace_in_the_text(folder):
    assert "\u2068" not in text_of(pressed(folder, "<p>For: \u2068Anna\u2069.</p>"))


def test_a_word_broken_at_the_end_of_a_line_is_one_word(folder):
    word = "Knochenmarkuntersuchung"
    pdf = pressed(folder, f'<p style="width: 30mm; hyphens: auto">{word}</p>', lang="de")

    assert read_aloud(pdf).text == word
    assert word in text_of(pdf).replace("\ufffe", "")  # the reader's sign for a word it joined


# ---- what is refused


def test_a_character_without_a_glyph_is_named_not_boxed(folder):
    with pytest.raises(PressError, match=r"𓂀 \(U\+13080 EGYPTIAN HIEROGLYPH D010\)"):
        pressed(folder, "<h1>Call 𓂀 now</h1>")


def test_css_that_the_renderer_does_not_know_is_an_error(folder):
    with pytest.raises(PressError, match="unicode-bidi"):
        pressed(folder, '<p style="unicode-bidi: isolate">x</p>')
    (folder / "bad.css").write_text("p { colour: red }")
    with pytest.raises(PressError, match="colour"):
        press(a_page("<p>x"), base=folder, stylesheets=[folder / "bad.css"])


def test_text_where_tags_cannot_reach_is_refused(folder):
    with pytest.raises(PressError, match="opacity"):
        pressed(folder, '<h1>x</h1><p style="opacity: 0.5">Call us</p>')


@pytest.mark.parametrize(
    "body",
    [
        "<table><thead>" + "<tr><th>Call us" * 60 + "</thead><tr><td>now</table>",
        '<p>Call us</p><p style="display: none">Anna</p>',
    ],
    ids=["a head taller than the page", "hidden by a style"],
)
def test_text_that_the_renderer_would_drop_is_an_error_that_does_not_quote_it(folder, body):
    with pytest.raises(PressError, match="on no page") as error:
        pressed(folder, body)

    assert "Anna" not in str(error.value)


def test_capitals_hyphens_and_repeated_heads_are_no_lost_text(folder):
    style = "text-transform: uppercase; hyphens: auto; width: 30mm"
    words = "Straßenbahnhaltestelle Größenordnung İstanbul"
    pressed(folder, f'<p style="{style}">{words} <b>x</b> {words}</p>', lang="de")


def test_text_that_runs_off_the_paper_is_an_error(folder):
    with pytest.raises(PressError, match="off the edge of page 1"):
        pressed(folder, f'<h1>x</h1><p style="white-space: nowrap">{"Call us " * 40}</p>')


@pytest.mark.parametrize(
    "address",
    ["https://clinic.example/x.png", "//clinic.example/x.png", "file:///etc/passwd",
     "../secret.png", "link.png", "file://host/share.png"],
)  # fmt: skip
@pytest.mark.parametrize(
    "place",
    [
        '<img alt="x" src="{}">',
        '<p style="background: url({})">x</p>',
        '<link rel="stylesheet" href="{}">',
        '<link rel="attachment" href="{}">',
        '<style>@font-face {{ font-family: x; src: url("{}") }}</style>',
        '<svg aria-label="x"><image href="{}" width="9" height="9"/></svg>',
    ],
    ids=["img", "background", "stylesheet", "attachment", "font", "svg"],
)
def test_nothing_outside_the_given_folders_is_reached(tmp_path, place, address):
    (tmp_path / "secret.png").write_bytes(b"secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.png").symlink_to(tmp_path / "secret.png")

    with pytest.raises(PressError, match=r"outside the folders|disallowed protocol"):
        press(a_page("<h1>x</h1>" + place.format(address)), base=inside)


def test_files_of_the_base_and_of_allowed_folders_are_used(tmp_path):
    base, other = tmp_path / "base", tmp_path / "other"
    for here in (base, other):
        here.mkdir()
        (here / "bell.svg").write_text(BELL.format('xmlns="http://www.w3.org/2000/svg"'))
    body = f'<img alt="One" src="bell.svg"><img alt="Two" src="{(other / "bell.svg").as_uri()}">'

    pdf = press(a_page(body), base=base, allowed=[other]).pdf

    assert [figure.alt for figure in read_aloud(pdf).all("Figure")] == ["One", "Two"]


def test_a_missing_picture_is_an_error(folder):
    with pytest.raises(PressError, match="No such file"):
        pressed(folder, '<img alt="x" src="none.png">')


# ---- the doors of the press


def test_a_style_that_changed_is_read_anew(tmp_path):
    style = tmp_path / "page.css"
    page = a_page('<h1>One</h1><p class="next">Two</p>')
    style.write_text("p { color: black }")
    assert press(page, base=tmp_path, stylesheets=[style]).pages == 1

    style.write_text(".next { break-before: page }")

    assert press(page, base=tmp_path, stylesheets=[style]).pages == 2


def test_the_press_tells_where_a_slot_lies_and_which_mark_holds_its_text(folder):
    body = '<p>For: <span class="slot" data-slot="name">\u2068Anna\u2069</span> only</p>'

    rendered = press_for(folder, stylesheets=[folder / "page.css"]).render(a_page(body))

    (box,) = rendered.slot_boxes("data-slot")
    (piece,) = (piece for piece in rendered.drawn if piece.element is box.element)
    assert piece.text == "\u2068Anna\u2069"
    assert (box.page, box.style.direction) == (0, "ltr")
    assert round(box.area[2]) == round(50 / 25.4 * 96)
    assert [one.text for one in rendered.drawn] == ["For: ", "\u2068Anna\u2069", " only"]
    assert [one.mark for one in rendered.drawn] == [0, 1, 2]  # drawn in the order they are read
