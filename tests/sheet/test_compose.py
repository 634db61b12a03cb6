"""The HTML of a sheet: what is escaped, what is a slot; and what templates and styles may not hold."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from builders import (
    Yaml,
    a_call,
    a_clinic,
    a_desk,
    a_handout,
    a_patient,
    a_picture,
    a_section,
    every_block,
)

from careleaf.content.blocks import BLOCK_TYPES, BLOCKS, block_type
from careleaf.content.fields import ICONS, Translatable
from careleaf.errors import HandoutError
from careleaf.language.messages import of_handout
from careleaf.model import Form
from careleaf.sheet import faces, personalize
from careleaf.sheet.compose import compose
from careleaf.sheet.measure import setting

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.j2") if "web" not in path.parts)
STYLES = [path for path in sorted((ROOT / "styles").glob("*.css")) if path.stem != "web"]

STANDARD = Form()


def html(folder: Path, handout=None, name: str = "Sofia", form: Form = STANDARD, **clinic) -> str:
    desk = a_desk(folder, handout or a_handout(), clinic=a_clinic(**clinic))
    edition = desk.content.edition((handout or a_handout())["id"], "en", form)
    patient = a_patient(name)
    values = {} if form.blank else personalize.slots(edition.whens, "en", "CA", patient)
    return compose(edition, values, templates=ROOT / "templates")


# --- values ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{ 7*7 }}", "O'Brien & Co", "{x}"])
def test_a_name_is_printed_as_it_is_written(tmp_path, name):
    page = html(tmp_path, name=name)

    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert page.count(f"\u2068{escaped.replace(chr(39), '&#39;')}\u2069") == 2  # box and foot
    assert "<script>" not in page
    assert "49" not in page


def test_each_value_stands_isolated_in_a_slot_of_its_own(tmp_path):
    page = html(tmp_path)

    found = re.findall(r'<span class="slot [^>]*>\u2068([^<]*)\u2069</span>', page)
    assert found == [*["Sofia", "Monday, November 23, 2026", "P-0001"] * 2]


def test_the_title_of_the_file_does_not_name_the_child(tmp_path):
    head = html(tmp_path, name="Sofia").partition("<body>")[0]

    assert "Sofia" not in head


def test_a_blank_sheet_has_a_line_to_write_on_for_each_value(tmp_path):
    handout = a_handout(timeline=[{"after": {"days": 1}, "text": "Walk."}])

    page = html(tmp_path, handout, form=Form(blank=True))

    lines = re.findall(r'class="write-in write-in-([\w-]+)"', page)
    assert sorted(lines) == ["date", "date", "id", "id", "name", "name", "when-0"]
    assert "The day after" in page
    assert 'class="slot' not in page


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Anna-Sophia Katharina van den Broek-Smit", ""),
        ("Nguyễn Thị Ánh", ""),
        ("李小龙", ""),
        ("محمد عبد الله", ""),
        ("Wilhelmina Maximiliana Charlotte Montgomery-Wolstenholme van der Heijden", "long"),
        ("W" * 80, "longest"),
    ],
)
def test_only_a_name_too_long_for_its_line_is_set_smaller(value, shown):
    assert setting(value, "name", "box") == shown


def test_a_value_of_several_words_is_kept_on_one_line(tmp_path):
    handout = a_handout(
        a_section("s", "S", {"type": "text", "text": "Wait {time}, then call {nurse_line}."}),
        quantities={"time": {"value": 20, "unit": "minute"}},
    )

    page = html(tmp_path, handout)

    assert '\u2068<span class="value">\u206820 minutes\u2069</span>\u2069' in page
    assert "then call \u2068811\u2069." in page


def test_what_follows_the_colon_of_a_title_stands_on_a_line_of_its_own(tmp_path):
    two = html(tmp_path / "a", a_handout(title="A biopsy: at home"))
    one = html(tmp_path / "b", a_handout(title="A biopsy"))

    assert '<h1>A biopsy: <span class="subtitle">at home</span></h1>' in two
    assert "<h1>A biopsy</h1>" in one


# --- structure ---------------------------------------------------------------------------------


def test_a_timeline_without_a_place_follows_the_first_section(tmp_path):
    page = html(tmp_path, a_handout(timeline=[{"after": {"days": 1}, "text": "Walk."}]))

    order = [page.index(words) for words in ("The main thing", "Day by day", "What to do at home")]
    assert order == sorted(order)


def test_a_qr_code_stands_on_a_sheet_that_says_where_to_learn_more(tmp_path):
    learn = a_section("learn", "Learn more", {"type": "learn-more", "text": "Go to {web_address}."})

    assert 'class="qr"' in html(tmp_path / "a", a_handout(learn))
    assert 'class="qr"' not in html(tmp_path / "b")


@pytest.mark.parametrize("lost", ["logo", "picture"])
def test_a_picture_that_does_not_exist_is_named(tmp_path, lost):
    picture = {"type": "picture", "file": "lost.svg", "alt": "Lost."}
    handout = a_handout(a_section("s", "S", picture)) if lost == "picture" else a_handout()
    clinic = {"logo": "lost.svg"} if lost == "logo" else {}

    with pytest.raises(HandoutError, match=r"lost\.svg does not exist") as caught:
        html(tmp_path, handout, **clinic)

    assert caught.value.code in ("handout.picture-missing", "clinic.logo-missing")


def test_warning_signs_are_marked_as_a_part_that_stays_whole(tmp_path):
    section = a_section("s", "S", {"type": "text", "text": "Read this."}, a_call("now"))

    page = html(tmp_path, a_handout(section))

    assert page.count('<section class="part whole">') == 1  # begins with a text
    assert page.count('<section class="part stacked whole">') == 1  # begins with a tier


# --- block types -------------------------------------------------------------------------------

EXAMPLES = {block["type"]: block for part in every_block()["sections"] for block in part["blocks"]}
TEXTS = {
    field
    for block in BLOCKS
    for field, info in block.model_fields.items()
    if Translatable in (info.annotation, *get_args(info.annotation))
}
OTHER_VALUES = {  # a value for each field that no example has
    **dict.fromkeys(TEXTS, "Other words."),
    **{field: ["Another line."] for field in ("items", "signs")},
    **dict.fromkeys(("rows", "lines"), 5),
    "tier": "now",
    "file": "other.svg",
    "width_mm": 45,
}
FIELDS = [
    (block_type(block), field)
    for block in BLOCKS
    for field in block.model_fields
    if field not in ("type", "note")  # the type is the macro; a note goes to the translator
]
LISTS = [
    (block_type(block), field)
    for block in BLOCKS
    for field in ("items", "signs")
    if field in block.model_fields
]


def html_of(folder: Path, block: Yaml) -> str:
    """Return the sheet of a handout with one block; the pictures it may name are there."""
    timeline = [{"after": {"days": 1}, "text": "Walk."}]
    (folder / "handouts").mkdir(parents=True, exist_ok=True)
    for name in ("hip.svg", "other.svg"):
        a_picture(folder / "handouts" / name)
    return html(folder, a_handout(a_section("s", "S", block), timeline=timeline))


def test_every_block_type_has_a_macro_and_stands_in_the_sheet_of_every_block():
    macros = {path.name.partition(".")[0] for path in TEMPLATES if path.parent.name == "blocks"}

    assert macros == set(BLOCK_TYPES)
    assert EXAMPLES.keys() == set(BLOCK_TYPES)


@pytest.mark.parametrize(("type", "field"), FIELDS, ids=str)
def test_every_field_of_a_block_changes_the_sheet(tmp_path, type, field):
    example = EXAMPLES[type]
    assert field in OTHER_VALUES, "give the field a value in OTHER_VALUES"

    changed = {**example, field: OTHER_VALUES[field]}

    assert example.get(field) != OTHER_VALUES[field]
    assert html_of(tmp_path, changed) != html_of(tmp_path, example)


@pytest.mark.parametrize(("type", "field"), LISTS)
def test_a_pictogram_on_a_line_of_a_list_is_drawn(tmp_path, type, field):
    block = {**EXAMPLES[type], field: [{"text": "Sleep.", "icon": "sleep"}]}

    assert "icon-sleep" in html_of(tmp_path, block)


@pytest.mark.parametrize("name", ["points", "steps", "todo", "milestones"])
def test_a_line_of_a_list_makes_room_for_its_pictogram(name):
    css = (ROOT / "styles" / "blocks.css").read_text("utf-8")

    rules = re.findall(r"([^{}]+)\{[^}]*padding-inline-start", css)
    assert any(f".{name} .with-icon" in rule for rule in rules)


@pytest.mark.parametrize("type", BLOCK_TYPES)
def test_a_pictogram_on_a_block_is_refused_with_its_line_and_where_it_belongs(tmp_path, type):
    with pytest.raises(HandoutError) as caught:
        html_of(tmp_path, {**EXAMPLES[type], "icon": "ice"})

    assert caught.value.code == "field.unknown"
    assert re.fullmatch(r"handouts/a-handout\.yaml:\d+:\d+", caught.value.where)
    assert "it belongs to item, milestone, section" in caught.value.hint


@pytest.mark.parametrize("type", BLOCK_TYPES)
def test_a_note_reaches_the_translator_or_is_refused(tmp_path, type):
    block = {**EXAMPLES[type], "note": "MessageState to a child."}
    words = {field for kind, field in FIELDS if kind == type and field in TEXTS}
    if type == "timeline":
        with pytest.raises(HandoutError, match="no words"):
            html_of(tmp_path, block)
        return

    full = {**block, **dict.fromkeys(words, "Other words.")}
    desk = a_desk(tmp_path, a_handout(a_section("s", "S", full)))

    noted = [
        m
        for m in of_handout(desk.content.source("a-handout"))
        if "MessageState to a child." in m.notes
    ]
    assert noted


# --- what templates and styles may not hold ----------------------------------------------------

NOT_IN_TEMPLATES = {
    "a style in the markup": r"\sstyle\s*=",
    "unescaped text": r"\|\s*safe",
    "arithmetic": r"\{[{%][^}]*[^-\w}]\s*(?:\d\s*[-+*/]|[+*/]\s*\d)",
    "wording": r">\s*[A-Za-z][a-z]+ [a-z]+[^<{]*<",
}
NOT_IN_STYLES = {
    "a physical side": r"(?:margin|padding|border|inset)-(?:left|right)\b|\b(?:left|right)\s*:|"
    r"text-align:\s*(?:left|right|justify)|float:\s*(?:left|right)",
    "important": r"!important",
    "letters bent, raised or underlined": r"italic|oblique|uppercase|small-caps|underline",
    "light letters": r"opacity",
}
ONLY_IN_TOKENS = {
    "a colour": r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsl",
    "a length": r"(?<![\w.-])-?\d*\.?\d+(?:mm|cm|pt|px|in)\b",
}
MAY_HOLD_LENGTHS = {"tokens", "pictures"}  # the widths of pictures are content, not design


def faults(files: list[Path], rules: dict[str, str]) -> list[str]:
    return [
        f"{path.name}: {fault}"
        for path in files
        for fault, pattern in rules.items()
        if re.search(
            pattern, re.sub(r"/\*.*?\*/|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
        )
    ]


def test_templates_hold_structure_alone():
    assert len(TEMPLATES) > 15
    assert faults(TEMPLATES, NOT_IN_TEMPLATES) == []


def test_styles_know_no_left_and_right_and_bend_no_letter():
    assert len(STYLES) > 6
    assert faults(STYLES, NOT_IN_STYLES) == []


def test_raw_colours_and_lengths_are_tokens():
    others = [path for path in STYLES if path.stem not in MAY_HOLD_LENGTHS]

    assert faults(others, ONLY_IN_TOKENS) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('<p style="color: red">{{ x }}</p>', "a style in the markup"),
        ("{{ name|safe }}", "unescaped text"),
        ("{{ count + 1 }}", "arithmetic"),
        ("<p>Call us now</p>", "wording"),
        (".a { margin-left: 1em; }", "a physical side"),
        (".a { text-align: justify; }", "a physical side"),
        (".a { color: #fff !important; }", "important"),
        (".a { font-style: italic; }", "letters bent, raised or underlined"),
        (".a { opacity: 0.5; }", "light letters"),
        (".a { color: #fff; }", "a colour"),
        (".a { margin: 0 -2.5mm; }", "a length"),
    ],
)
def test_the_guards_see_what_they_are_there_for(tmp_path, text, fault):
    file = tmp_path / "file"
    file.write_text(text, "utf-8")

    assert f"file: {fault}" in faults([file], NOT_IN_TEMPLATES | NOT_IN_STYLES | ONLY_IN_TOKENS)


def test_every_pictogram_is_drawn_and_has_its_rule():
    rules = (ROOT / "styles" / "pictograms.css").read_text("utf-8")

    for name in ICONS:
        assert (ROOT / "styles" / "pictograms" / f"{name}.svg").is_file()
        assert f'.icon-{name} {{ background-image: url("pictograms/{name}.svg"); }}' in rules


def test_the_styles_name_the_faces_in_their_order():
    css = (ROOT / "styles" / "type.css").read_text("utf-8")

    first = re.search(r"font-family: ([^;]+);", css)
    assert first is not None
    assert tuple(re.findall(r'"([^"]+)"', first[1])) == faces.FAMILIES
