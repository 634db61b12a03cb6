"""English to translators: Babel's extractor, templates, and PO files brought up to date."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.catalog import TranslationError
from babel.messages.pofile import read_po
from builders import TODAY, a_desk, a_good_handout, a_handout, a_section

from careleaf.authoring import extract
from careleaf.authoring.updating import CatalogueUpdater
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.language import catalogue, po
from careleaf.language.plurals import plural_forms
from careleaf.language.po_entry import PoEntry
from careleaf.paths import PROGRAM, Root

PYBABEL = Path(sys.executable).with_name("pybabel")


def tool(name: str) -> str:
    """Return one of gettext's or the Translate Toolkit's own tools; in CI it must be there."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None and not os.environ.get("CI"):
        pytest.skip(f"{name} is not installed")
    assert found is not None, f"{name} is not installed"
    return found


def a_feverish_desk(
    folder: Path, text: str = "Call {nurse_line} for a fever over {fever}."
) -> Desk:
    fever = {"value": 38, "unit": "celsius", "note": "Body temperature."}
    block = {"type": "text", "text": text, "note": "Read aloud at the desk."}
    handout = a_handout(a_section("home", "At home", block), quantities={"fever": fever})
    return a_desk(folder, handout)


def keep_up(desk: Desk, *tags: str) -> None:
    """Do what `locales extract` and `locales update` do."""
    for upkeep in (CatalogueUpdater(desk),):
        for written in (*upkeep.extracted(), *upkeep.updated(tags)):
            written.write()


def a_po(folder: Path, tag: str = "nl", domain: str = "a-handout") -> Path:
    return folder / "locales" / tag / "LC_MESSAGES" / f"{domain}.po"


def translate(path: Path, msgid: str, text: str) -> None:
    old = path.read_text("utf-8")
    start = old.index(f'msgid "{msgid}"')
    end = old.index('msgstr "', start) + len('msgstr "')
    path.write_text(old[:end] + text + old[old.index('"', end) :], "utf-8")


# --- Babel's extractor --------------------------------------------------------------------------


def test_the_extractor_gives_babel_line_context_text_and_comments(tmp_path: Path):
    a_feverish_desk(tmp_path)

    with (tmp_path / "handouts" / "a-handout.yaml").open("rb") as file:
        found = list(extract.extract(file, (), (), {}))

    line, function, messages, comments = next(one for one in found if "{fever}" in one[2][1])
    source = (tmp_path / "handouts" / "a-handout.yaml").read_text().splitlines()
    assert "{fever}" in source[line - 1]
    assert function == "pgettext"
    assert messages == ("a-handout/home", "Call {nurse_line} for a fever over {fever}.")
    assert comments == [
        "Read aloud at the desk.",
        "{nurse_line}: 811",
        "{fever}: 38 °C (100.4 °F). Body temperature.",
    ]


def test_babel_knows_the_extractor_and_the_checks():
    assert "careleaf" in {point.name for point in entry_points(group="babel.extractors")}
    assert "careleaf" in {point.name for point in entry_points(group="babel.checkers")}


def test_pybabel_extract_works_with_the_mapping_file(tmp_path: Path):
    target = tmp_path / "all.pot"

    done = subprocess.run(
        [PYBABEL, "-q", "extract", "-F", "babel.cfg", "--no-wrap", "-o", target, "."],
        cwd=PROGRAM, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    with target.open("rb") as file:
        found = {(m.context, m.id if isinstance(m.id, str) else m.id[0]): m for m in read_po(file)}
    title = found["bone-biopsy/title", "Bone biopsy: before, during and after"]
    assert title.locations[0][0] == "handouts/bone-biopsy.yaml"
    days = found["sheet/days_after", "{count} day after the procedure"]
    assert days.id[1] == "{count} days after the procedure"


def test_a_broken_file_is_a_fault_with_its_line_for_the_extractor_too():
    file = io.BytesIO(b"id: x\n\ttitle: y\n")

    with pytest.raises(HandoutError, match="tab"):
        list(extract.extract(file, (), (), {}))


# --- Babel's checkers ---------------------------------------------------------------------------


def a_catalog(string: Any, id: Any = "Call {phone}.", context: str | None = "a/home") -> Catalog:
    catalog = Catalog(locale="nl")
    catalog.add(id, string, context=context)
    return catalog


def test_babel_refuses_a_translation_without_its_placeholder():
    message = next(m for m in a_catalog("Bel ons.") if m.id)

    errors = message.check(a_catalog("Bel ons."))

    assert [str(e) for e in errors if isinstance(e, TranslationError)] == ["{phone} is missing"]


@pytest.mark.parametrize(
    "catalog",
    [
        pytest.param(a_catalog("Bel {phone}."), id="good"),
        pytest.param(a_catalog(""), id="not translated yet"),
        pytest.param(a_catalog("Zie 5.", "See five.", None), id="another project's"),
    ],
)
def test_babel_lets_pass_what_is_good_or_not_ours(catalog: Catalog):
    message = next(m for m in catalog if m.id)

    assert list(message.check(catalog)) == []


# --- templates ----------------------------------------------------------------------------------


def test_a_template_is_the_same_on_any_day_and_names_every_place(tmp_path: Path):
    desk = a_feverish_desk(tmp_path)
    first = {w.path.name: w.content for w in CatalogueUpdater(desk).extracted()}
    later = {
        w.path.name: w.content
        for w in CatalogueUpdater(Desk.at(desk.content.root, TODAY.replace(year=2027))).extracted()
    }

    assert first == later
    pot = first["a-handout.pot"].decode()
    assert "#: handouts/a-handout.yaml\n" in pot
    assert "#. {fever}: 38 °C (100.4 °F). Body temperature." in pot
    assert "#, python-brace-format" in pot
    assert str(PROGRAM) not in first["sheet.pot"].decode()


def test_one_text_standing_twice_in_a_section_is_one_message(tmp_path: Path):
    block = {"type": "list", "items": ["Drink water.", "Drink water."]}
    desk = a_desk(tmp_path, a_handout(a_section("home", "At home", block)))

    pot = next(w.content for w in CatalogueUpdater(desk).extracted()).decode()

    assert pot.count('msgid "Drink water."') == 1


def test_a_new_line_in_a_handout_changes_no_template_and_no_catalogue(tmp_path: Path):
    desk = a_feverish_desk(tmp_path)
    keep_up(desk, "lt")
    for written in CatalogueUpdater(desk).extracted():
        written.write()
    handout = tmp_path / "handouts" / "a-handout.yaml"
    handout.write_text("# A line of its own.\n\n" + handout.read_text("utf-8"), "utf-8")

    later = CatalogueUpdater(Desk.at(desk.content.root, TODAY))

    assert [w.path.name for w in (*later.updated(), *later.extracted()) if w.changed] == []


def test_no_shipped_catalogue_names_a_line():
    catalogues = [*(PROGRAM / "locales").rglob("*.po"), *(PROGRAM / "locales").glob("*.pot")]
    lines = [line for path in catalogues for line in path.read_text("utf-8").split("\n")]

    places = {line for line in lines if line.startswith("#: ")}

    assert len(places) >= 4
    assert [place for place in places if not place.endswith(".yaml")] == []


# --- updates ------------------------------------------------------------------------------------


def test_a_new_language_begins_with_every_message_and_its_own_plural_rule(tmp_path: Path):
    keep_up(a_feverish_desk(tmp_path), "lt")

    found = catalogue.load(a_po(tmp_path, "lt"), "a.po", "lt", "a-handout")

    assert found.faults == ()
    assert len(found.entries) > 5
    assert all(entry.missing for entry in found.entries.values())
    assert "nplurals=3" in a_po(tmp_path, "lt", "sheet").read_text()


def test_labels_that_the_program_ships_in_a_language_need_no_second_file(tmp_path: Path):
    keep_up(a_feverish_desk(tmp_path), "nl")

    assert not a_po(tmp_path, "nl", "sheet").exists()


def test_an_update_without_news_changes_nothing(tmp_path: Path):
    desk = a_feverish_desk(tmp_path)
    keep_up(desk, "nl")

    assert [w.path for w in CatalogueUpdater(desk).updated(["nl"]) if w.changed] == []


def test_changed_english_keeps_its_translation_as_fuzzy_with_what_it_said_before(tmp_path: Path):
    keep_up(a_feverish_desk(tmp_path), "nl")
    translate(
        a_po(tmp_path), "Call {nurse_line} for a fever over {fever}.", "Bel {nurse_line} {fever}."
    )

    keep_up(a_feverish_desk(tmp_path, "Call {nurse_line} at once for a fever over {fever}."), "nl")

    text = a_po(tmp_path).read_text("utf-8")
    assert (
        "#, fuzzy, python-brace-format\n"
        '#| msgid "Call {nurse_line} for a fever over {fever}."\n'
        'msgctxt "a-handout/home"\n'
        'msgid "Call {nurse_line} at once for a fever over {fever}."\n'
        'msgstr "Bel {nurse_line} {fever}."\n'
    ) in text


def test_english_that_is_gone_is_kept_as_obsolete_and_comes_back_whole(tmp_path: Path):
    msgid = "Call {nurse_line} for a fever over {fever}."
    keep_up(a_feverish_desk(tmp_path), "nl")
    translate(a_po(tmp_path), msgid, "Bel {nurse_line} {fever}.")

    keep_up(a_feverish_desk(tmp_path, "{fever}: quite another thing, and {nurse_line}."), "nl")
    gone = a_po(tmp_path).read_text("utf-8")
    keep_up(a_feverish_desk(tmp_path), "nl")
    back = a_po(tmp_path).read_text("utf-8")

    assert f'#~ msgid "{msgid}"\n#~ msgstr "Bel' in gone
    assert f'\nmsgid "{msgid}"\nmsgstr "Bel' in back
    assert "#~" not in back
    assert "fuzzy" not in back


def test_a_file_keeps_its_head_and_the_translator_her_comments(tmp_path: Path):
    desk = a_feverish_desk(tmp_path)
    keep_up(desk, "nl")
    text = a_po(tmp_path).read_text("utf-8")
    text = text.replace('"Last-Translator: \\n"', '"Last-Translator: R. Jansen\\n"\n"X-Tool: Z\\n"')
    text = text.replace("#. Read aloud", "# ignore-length: meant\n#. Read aloud")
    a_po(tmp_path).write_text(text, "utf-8")

    keep_up(desk, "nl")

    assert a_po(tmp_path).read_text("utf-8") == text


def test_a_file_with_a_fault_is_named_and_the_others_are_brought_up_to_date(tmp_path: Path):
    desk = a_feverish_desk(tmp_path)
    keep_up(desk, "nl", "de")
    a_po(tmp_path, "nl").write_text('msgid "half', "utf-8")

    with pytest.raises(HandoutError, match=r"locales/nl/LC_MESSAGES/a-handout.po:1"):
        keep_up(desk, "nl", "de")

    assert a_po(tmp_path, "nl").read_text("utf-8") == 'msgid "half'


def test_a_locale_that_does_not_exist_is_refused(tmp_path: Path):
    with pytest.raises(HandoutError, match="no locale that CLDR knows"):
        keep_up(a_feverish_desk(tmp_path), "xx_YY")


def test_a_word_like_no_locale_is_not_answered_with_all_there_are(tmp_path: Path):
    with pytest.raises(HandoutError) as refused:
        keep_up(a_feverish_desk(tmp_path), "Klingon")

    assert refused.value.hint == "write it as in it, pt_BR, zh_Hant"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("pl", "nplurals=3"),
        ("uk", "nplurals=3"),
        ("tr", "nplurals=2; plural=(n != 1);"),
        ("fr", "nplurals=2; plural=(n > 1);"),
        ("vi", "nplurals=1"),
        ("cy", "nplurals=6"),
    ],
)
def test_a_new_file_has_the_plural_forms_of_whole_numbers(tag: str, expected: str):
    assert plural_forms(tag).startswith(expected)


def test_arabic_forms_stand_in_the_order_of_cldr():
    import gettext

    pick = gettext.c2py(plural_forms("ar").split("plural=")[1].rstrip(";"))

    assert [pick(n) for n in (0, 1, 2, 3, 11, 100)] == [0, 1, 2, 3, 4, 5]


def test_text_with_quotes_and_backslashes_survives(tmp_path: Path):
    entry = PoEntry(context="a/b", msgid='Say "yes" \\ no', strings=('Zeg "ja" \\ nee',))

    text = po.write(po.PoFile(po.new_head("a", "nl", "Dutch", TODAY), (entry,), ()))

    assert [replace(e, line=1) for e in po.read(text, "a.po", "a").entries] == [entry]


# --- other people's tools -----------------------------------------------------------------------

OURS = sorted((PROGRAM / "locales").glob("*/LC_MESSAGES/*.po"))


@pytest.mark.parametrize("path", OURS, ids=lambda p: f"{p.parent.parent.name}-{p.stem}")
def test_gettext_finds_nothing_wrong_with_our_files(path: Path, tmp_path: Path):
    done = subprocess.run(
        [tool("msgfmt"), "-c", "-o", tmp_path / "a.mo", path], capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ["msgcat", "msgmerge", "msguniq"])
def test_a_file_that_went_through_gettext_is_still_good(command: str, tmp_path: Path):
    source = PROGRAM / "locales" / "pl" / "LC_MESSAGES" / "bone-biopsy.po"
    pot = PROGRAM / "locales" / "bone-biopsy.pot"
    arguments = [source, pot] if command == "msgmerge" else [source]
    target = tmp_path / "bone-biopsy.po"
    subprocess.run([tool(command), "-o", target, *arguments], check=True, capture_output=True)

    before = catalogue.load(source, "a.po", "pl", "bone-biopsy")
    after = catalogue.load(target, "a.po", "pl", "bone-biopsy")

    assert after.faults == ()
    assert {k: e.strings for k, e in after.entries.items()} == {
        k: e.strings for k, e in before.entries.items()
    }


def test_the_translate_toolkit_finds_nothing_critical_in_our_files(tmp_path: Path):
    tests = [f"--test={check}" for check in ("variables", "escapes", "newlines", "xmltags")]
    done = subprocess.run(
        [tool("pofilter"), *tests, "--progress=none", PROGRAM / "locales", tmp_path],
        capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*.po")) == []


def test_a_good_handout_of_ones_own_goes_the_whole_way(tmp_path: Path):
    desk = a_desk(tmp_path, a_good_handout(id="my-own", code="Z1"))

    keep_up(desk, "it")
    path = a_po(tmp_path, "it", "my-own")
    found = po.read(path.read_text("utf-8"), "my-own.po", "my-own")

    assert [e.context for e in found.entries][:2] == ["my-own/title", "my-own/about"]
    assert all(e.untouched for e in found.entries)


def test_the_folder_of_the_program_is_found_without_a_root():
    assert Root.at().folder == PROGRAM
