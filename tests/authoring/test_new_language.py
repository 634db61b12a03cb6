"""A language that is just begun: its whole list of work is told, and what there is can be looked at."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, a_clinic, a_desk, a_handout, a_list, a_section
from click.testing import CliRunner, Result

from careleaf.authoring.preview.server import LivePreview
from careleaf.authoring.review import review
from careleaf.authoring.work import left
from careleaf.cli.main import careleaf
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError, each
from careleaf.language.localize import values
from careleaf.paths import Root

MEDICINES = {"pain_medicine": {"en": "acetaminophen"}, "ointment": {"en": "petroleum jelly"}}


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        careleaf,
        [*arguments, "--root", str(root)],
        env={"CARELEAF_TODAY": TODAY.isoformat()},
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A clinic with one handout that names a medicine, and Italian just begun."""
    texts = [f"A text that is the {name}." for name in "first second third fourth fifth".split()]
    section = a_section("home", "At home", a_list("Give {pain_medicine}.", *texts))
    a_desk(tmp_path, a_handout(section), clinic=a_clinic(medicines=MEDICINES))
    begun = run(tmp_path, "locales", "update", "--locale", "it")
    assert begun.exit_code == 0, begun.output
    return tmp_path


def desk(root: Path) -> Desk:
    return Desk.at(Root.at(root), TODAY, use_stencil=False)


def test_update_tells_all_that_is_to_do_the_clinics_file_too(root: Path):
    said = run(root, "locales", "update", "--locale", "it").output

    assert "it: still to do" in said
    assert re.search(r"locales/it/LC_MESSAGES/a-handout\.po: \d\d texts to translate", said)
    assert re.search(r"locales/it/LC_MESSAGES/sheet\.po: \d\d texts to translate", said)
    for medicine in MEDICINES:
        assert f'clinic.yaml: the medicine "{medicine}" has no name in it' in said


def test_check_names_the_medicines_at_their_line_before_a_word_is_translated(root: Path):
    problems = review(desk(root), (), ["it"], printing=False).problems

    line = (root / "clinic.yaml").read_text("utf-8").split("\n").index("medicines:") + 1
    named = [p for p in problems if p.rule == "medicine"]
    assert [(p.file, p.line, p.level, p.tag) for p in named] == [
        ("clinic.yaml", line, "critical", "it")
    ] * 2


def test_no_message_names_a_folder_that_there_is_not(root: Path):
    run(root, "locales", "update", "--locale", "ar")
    (root / "locales" / "ar" / "LC_MESSAGES" / "a-handout.po").unlink()

    problems = review(desk(root), (), ["it", "ar"], printing=False).problems

    folders = {p.file.rsplit("/", 1)[0] for p in problems if p.file.startswith("locales")}
    assert folders == {"locales/it/LC_MESSAGES", "locales/ar/LC_MESSAGES"}
    assert all((root / folder).is_dir() for folder in folders)


def test_the_preview_shows_english_and_says_what_the_clinics_file_lacks(root: Path):
    state: dict[str, Any] = LivePreview(lambda: desk(root), "it").state("a-handout")

    assert len(state["scene"]["messages"]) > 10
    assert 'the medicine "pain_medicine" has no name in it' in state["fault"]
    shown = [m for m in state["scene"]["messages"] if "{pain_medicine}" in m["msgid"]]
    assert shown[0]["status"] == "missing"
    assert shown[0]["translated"]


def test_the_preview_of_a_file_that_cannot_be_read_shows_english_and_its_fault(root: Path):
    path = root / "locales" / "it" / "LC_MESSAGES" / "a-handout.po"
    path.write_text('msgid "half', "utf-8")

    state = LivePreview(lambda: desk(root), "it").state("a-handout")

    assert "a-handout.po:1" in state["fault"]
    assert state["scene"]["sides"]["translated"]["pages"] > 0


def test_a_sheet_says_in_short_what_is_missing(root: Path):
    with pytest.raises(HandoutError) as caught:
        desk(root).content.wording("a-handout", "it")

    faults = each(caught.value)
    assert [fault.code for fault in faults].count("translation.unfinished") == 2
    assert [fault.code for fault in faults].count("medicine.unnamed") == 2
    assert len(faults) == 4
    assert all(
        "generate.py check a-handout --locale it" in f.hint for f in faults if "not f" in str(f)
    )


def test_few_that_are_missing_are_named_one_by_one(root: Path):
    path = root / "locales" / "it" / "LC_MESSAGES" / "a-handout.po"
    po = path.read_text("utf-8")
    done = re.sub(
        r'(?m)^msgid "(.*)"\nmsgstr ""$', lambda m: f'msgid "{m[1]}"\nmsgstr "{m[1]}"', po
    ).replace('msgstr "At home"', 'msgstr ""')
    path.write_text(done, "utf-8")

    with pytest.raises(HandoutError) as caught:
        desk(root).content.wording("a-handout", "it")

    assert '"At home" is not translated' in str(caught.value)


def test_nothing_is_left_where_all_is_done(root: Path):
    assert left(desk(root), "en") == ()


def test_every_medicine_without_a_name_is_told_at_once(root: Path):
    content = desk(root).content
    labels = content.wording("a-handout", "en").labels

    with pytest.raises(HandoutError) as caught:
        values(content.source("a-handout").handout, content.clinic, labels, "it")

    assert [fault.code for fault in each(caught.value)] == ["medicine.unnamed"] * 2
