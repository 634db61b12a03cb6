"""An approval holds for exactly what was approved: one changed word, number or place, and it is a draft."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from builders import TODAY

from careleaf.authoring.print_checks import read
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.language import signoff
from careleaf.model import Approval
from careleaf.paths import PROGRAM, Root

HANDOUT = "bone-biopsy"
BY = Approval("R. Jansen", "medical translator", TODAY)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The program's own content, one handout in Dutch and French; labels in its own templates."""
    (tmp_path / "handouts").mkdir()
    shutil.copy(PROGRAM / "handouts" / f"{HANDOUT}.yaml", tmp_path / "handouts")
    shutil.copytree(PROGRAM / "templates", tmp_path / "templates")
    for tag in ("nl", "fr"):
        shutil.copytree(PROGRAM / "locales" / tag, tmp_path / "locales" / tag)
    clinic = (PROGRAM / "clinic.yaml").read_text("utf-8")
    (tmp_path / "clinic.yaml").write_text(re.sub(r"(?m)^logo:.*\n", "", clinic), "utf-8")
    return tmp_path


def desk(root: Path) -> Desk:
    return Desk.at(Root.at(root), TODAY, use_stencil=False)


def sign(root: Path, tag: str = "nl", approval: Approval = BY) -> None:
    now = desk(root)
    signoff.sign(now.content.root.locales, tag, now.content.signable(HANDOUT, tag), approval)


def standing(root: Path, tag: str = "nl") -> signoff.Standing:
    return desk(root).content.standing(HANDOUT, tag)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def in_yaml(root: Path, old: str, new: str) -> None:
    edit(root / "handouts" / f"{HANDOUT}.yaml", old, new)


def in_po(root: Path, old: str, new: str, domain: str = HANDOUT) -> None:
    """Change the first translation (or English) that has `old`; comments stay as they are."""
    path = root / "locales" / "nl" / "LC_MESSAGES" / f"{domain}.po"
    lines = path.read_text("utf-8").split("\n")
    index = next(n for n, line in enumerate(lines) if old in line and line[:2] != "#.")
    lines[index] = lines[index].replace(old, new, 1)
    path.write_text("\n".join(lines), "utf-8")


def test_wording_that_nobody_signed_is_a_draft(root: Path):
    assert not standing(root).holds
    assert desk(root).content.any_edition(HANDOUT, "nl", desk(root).form()).approval is None


def test_a_signature_makes_it_approved_in_that_language_alone(root: Path):
    sign(root)

    assert standing(root).approval == BY
    assert not standing(root, "fr").holds
    assert not standing(root, "en").holds


def test_the_file_says_who_in_what_role_and_when(root: Path):
    sign(root)

    text = (root / "locales" / "nl" / "signoff.yaml").read_text("utf-8")

    assert "by: R. Jansen\n" in text
    assert "role: medical translator\n" in text
    assert "'on': 2026-11-23\n" in text
    assert re.search(r"sha256: [0-9a-f]{64}\n", text)


def test_the_draft_strip_goes_with_a_signature_and_comes_back_with_a_word(root: Path):
    form = desk(root).form()
    draft = read(desk(root).blank(HANDOUT, "nl", form).pdf)
    sign(root)
    signed = read(desk(root).blank(HANDOUT, "nl", form).pdf)
    in_po(root, "narcose", "verdoving")
    changed = read(desk(root).blank(HANDOUT, "nl", form).pdf)

    assert "Draft: no one has approved" in draft
    assert "Draft" not in signed
    assert "medical translator" in signed
    assert "Draft: no one has approved" in changed


CHANGES = {
    "a word of the translation": lambda root: in_po(root, "narcose", "verdoving"),
    "one letter of the translation": lambda root: in_po(root, "heupen", "heupen "),
    "a word of the English": lambda root: (
        in_yaml(root, "Ask the child life staff", "Ask the staff"),
        in_po(root, "Ask the child life staff", "Ask the staff"),
    ),
    "a number": lambda root: in_yaml(root, "fever: {value: 38,", "fever: {value: 39,"),
    "a unit": lambda root: in_yaml(root, "{value: 20, unit: minute", "{value: 20, unit: hour"),
    "a day": lambda root: in_yaml(root, "after: {weeks: 1}", "after: {weeks: 2}"),
    "the order of lines": lambda root: in_yaml(
        root,
        "          - To find out what is wrong (a diagnosis).\n"
        "          - To check if a treatment has worked.\n",
        "          - To check if a treatment has worked.\n"
        "          - To find out what is wrong (a diagnosis).\n",
    ),
    "a tier": lambda root: in_yaml(root, "tier: emergency", "tier: watch"),
    "a pictogram": lambda root: in_yaml(root, "icon: thermometer", "icon: info"),
    "the version": lambda root: in_yaml(root, "version: 1.0", "version: 1.1"),
    "the kind": lambda root: in_yaml(root, "kind: procedure", "kind: home-care"),
    "the code": lambda root: in_yaml(root, "code: K051", "code: K052"),
    "a line taken out": lambda root: in_yaml(
        root, "          - Let your child rest when tired.\n", ""
    ),
    "a label's translation": lambda root: in_po(root, "Naam", "Voornaam", "sheet"),
}


SHAPE = ("the order, the kind or the structure changed",)
SAID = {
    "a word of the translation": (
        'bone-biopsy/before: "Your child always gets anaesthesia for this, wh..." is new or changed',
    ),
    "one letter of the translation": (
        'bone-biopsy/during: "It is done on both hips, so your child will hav..." is new or changed',
    ),
    "a word of the English": (
        'bone-biopsy/before: "Ask the staff to support you and your child." is new or changed',
    ),
    "a number": ("quantity/fever: is new or changed",),
    "a unit": ("quantity/duration: is new or changed",),
    "a day": ("milestone/4: is new or changed",),
    "the order of lines": SHAPE,
    "a tier": SHAPE,
    "a pictogram": SHAPE,
    "the version": ("the version was 1.0, it is 1.1",),
    "the kind": SHAPE,
    "the code": SHAPE,
    "a line taken out": ("bone-biopsy/home: what was approved is gone",),
    "a label's translation": ('sheet/name: "Name" is new or changed',),
}


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_makes_it_a_draft_again_and_says_what_changed(root: Path, name: str):
    sign(root)
    CHANGES[name](root)

    now = standing(root)

    assert now.approval is None
    assert now.record is not None
    assert now.changes == SAID[name]


def test_another_picture_makes_it_a_draft_again_and_is_named(root: Path):
    picture = root / "handouts" / "hip.svg"
    square = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="{}" height="9"/></svg>'
    picture.write_text(square.format(5))
    in_yaml(
        root,
        "          - Let your child rest when tired.\n",
        "          - Let your child rest when tired.\n"
        "      - {type: picture, file: hip.svg, alt: A hip., width_mm: 30}\n",
    )
    sign(root, "en")
    before = standing(root, "en")
    picture.write_text(square.format(6))

    assert before.holds
    assert standing(root, "en").changes == ("picture/hip.svg: is new or changed",)


def test_a_stale_approval_of_the_second_language_is_none(root: Path):
    sign(root, "nl")
    sign(root, "en")
    form = replace(desk(root).form(), second="nl")
    both = desk(root).content.any_edition(HANDOUT, "en", form).approval

    in_po(root, "narcose", "verdoving")

    assert both == BY
    assert desk(root).content.any_edition(HANDOUT, "en", form).approval is None
    assert desk(root).content.any_edition(HANDOUT, "en", desk(root).form()).approval == BY


def test_a_changed_word_is_named_with_its_place(root: Path):
    sign(root)
    in_po(root, "narcose", "verdoving")

    assert standing(root).changes == (
        'bone-biopsy/before: "Your child always gets anaesthesia for this, wh..." is new or changed',
    )


def test_a_changed_number_is_named(root: Path):
    sign(root)
    in_yaml(root, "fever: {value: 38,", "fever: {value: 39,")

    assert standing(root).changes == ("quantity/fever: is new or changed",)


def test_a_word_put_back_makes_it_approved_again(root: Path):
    sign(root)
    in_po(root, "narcose", "verdoving")
    in_po(root, "verdoving", "narcose")

    assert standing(root).holds


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda root: in_yaml(root, "reviewed: 2026-11-23", "reviewed: 2026-11-24"),
            id="the day of the review",
        ),
        pytest.param(
            lambda root: in_yaml(root, "note: How long the whole biopsy takes.", "note: Length."),
            id="a note to translators",
        ),
        pytest.param(
            lambda root: edit(root / "clinic.yaml", 'nurse_line: "811"', 'nurse_line: "812"'),
            id="the clinic's phone",
        ),
        pytest.param(
            lambda root: in_po(root, "# A draft until", "# No draft: until"), id="a comment"
        ),
    ],
)
def test_what_is_no_wording_leaves_the_approval(root: Path, change):
    sign(root)
    change(root)

    assert standing(root).holds


def test_a_regional_sheet_with_the_very_same_words_is_covered(root: Path):
    sign(root, "fr")

    assert desk(root).content.standing(HANDOUT, "fr_CA").approval == BY


def test_a_sheet_in_two_languages_needs_both_signatures(root: Path):
    sign(root, "nl")
    form = replace(desk(root).form(), second="en")
    with_one = desk(root).content.any_edition(HANDOUT, "nl", form).approval
    sign(root, "en")
    with_both = desk(root).content.any_edition(HANDOUT, "nl", form).approval

    assert (with_one, with_both) == (None, BY)


def test_wording_that_cannot_be_printed_cannot_be_signed(root: Path):
    in_po(root, "{fever}", "")

    with pytest.raises(HandoutError, match="fever"):
        sign(root)


def test_a_clinic_that_refuses_drafts_gets_none(root: Path):
    edit(root / "clinic.yaml", "unsigned: mark", "unsigned: refuse")
    form = desk(root).form()

    with pytest.raises(HandoutError, match="nobody has approved the wording of bone-biopsy in nl"):
        desk(root).blank(HANDOUT, "nl", form)

    sign(root)
    assert desk(root).blank(HANDOUT, "nl", form).pages >= 1


def test_signing_again_replaces_and_keeps_other_handouts(root: Path):
    shutil.copy(PROGRAM / "handouts" / "bone-marrow-biopsy-at-home.yaml", root / "handouts")
    sign(root)
    now = desk(root)
    other = now.content.signable("bone-marrow-biopsy-at-home", "nl")
    signoff.sign(now.content.root.locales, "nl", other, BY)
    sign(root, approval=Approval("A. Smit", "paediatric nurse", date(2026, 12, 1)))

    records = signoff.load(root / "locales", "nl")

    assert {name: record.by for name, record in records.items()} == {
        "bone-biopsy": "A. Smit",
        "bone-marrow-biopsy-at-home": "R. Jansen",
    }


def test_a_sign_off_file_that_someone_broke_is_named_with_its_line(root: Path):
    sign(root)
    edit(root / "locales" / "nl" / "signoff.yaml", "sha256: ", "sha256: x")

    with pytest.raises(HandoutError, match=r"locales/nl/signoff.yaml:\d+"):
        standing(root)
