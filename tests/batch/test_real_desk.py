"""A second run with the real desk: a corrected value or wording is made anew, all else is kept."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from builders import TODAY, a_clinic, a_good_handout, a_section, write

from careleaf.authoring.print_checks import read as printed
from careleaf.batch import run as batch
from careleaf.batch.maker import Plan, workers
from careleaf.batch.output_folder import OutputFolder
from careleaf.child import VALUES, ChildValue
from careleaf.desk.desk import Desk
from careleaf.lists import intake
from careleaf.lists.rows import COLUMNS
from careleaf.lists.tasks import tasks
from careleaf.model import Order, Sheet
from careleaf.paths import PROGRAM, Root

Lines = list[dict[str, str]]


class QuickDesk(Desk):
    """The desk itself, its digests too; only the sheet takes no time."""

    def make(self, order: Order) -> Sheet:
        return Sheet(f"%PDF {order.patient.written} {order.form}".encode(), 2, "press")


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """A clinic with styles and labels of its own, a picture, and one handout in English."""
    folder = tmp_path / "clinic"
    picture = {"type": "picture", "file": "hip.svg", "alt": "A hip.", "width_mm": 30}
    handout = a_good_handout(id="a-handout")
    handout["sections"].insert(1, a_section("look", "How it looks", picture))
    (folder / "handouts").mkdir(parents=True)
    write(folder / "handouts" / "a-handout.yaml", handout)
    write(folder / "clinic.yaml", a_clinic())
    (folder / "handouts" / "hip.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="5" height="9"/></svg>'
    )
    for part in ("styles", "templates"):
        shutil.copytree(PROGRAM / part, folder / part)
    labels = folder / "locales" / "en" / "LC_MESSAGES" / "sheet.po"
    labels.parent.mkdir(parents=True)
    labels.write_text(
        'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgctxt "sheet/name"\nmsgid "Name"\nmsgstr "Your child"\n'
    )
    return Root.at(folder)


def a_day(path: Path, lines: Lines) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(lines)
    return path


CHILDREN: Lines = [
    {
        **{value.column: value.sample for value in VALUES},
        "id": f"K{line}", "name": name, "handout": "a-handout", "locale": "en",
    }
    for line, name in enumerate(("Ann Lee", "Bo Quill"), 2)
]  # fmt: skip


def run(root: Root, folder: Path, lines: Lines, kind: type[Desk] = QuickDesk) -> list[str]:
    """Make a day's sheets; return what became of each line, in words of the manifest."""
    day, out = a_day(folder / "day.csv", lines), folder / "out"
    open_desk = partial(kind.at, root, TODAY, use_stencil=False)
    desk = open_desk()
    with OutputFolder(out) as opened:
        batch.run(
            tasks(intake.read((day,), pytest.fail, desk.content), desk.content),
            workers(Plan(open_desk, out), 1),
            opened,
        )
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return [line["status"] for line in csv.DictReader(file)]


def test_a_corrected_name_is_on_the_sheet_of_that_child_and_the_other_is_kept(root, tmp_path):
    corrected = [{**CHILDREN[0], "name": "Anne Lee"}, CHILDREN[1]]

    assert run(root, tmp_path, CHILDREN, Desk) == ["made", "made"]
    assert run(root, tmp_path, corrected, Desk) == ["made", "kept"]

    out = tmp_path / "out"
    assert "Anne Lee" in printed((out / "K2.a-handout.en.pdf").read_bytes())
    assert "Bo Quill" in printed((out / "K3.a-handout.en.pdf").read_bytes())


def test_what_nobody_touched_is_kept(root, tmp_path):
    assert run(root, tmp_path, CHILDREN) == ["made", "made"]
    assert run(root, tmp_path, CHILDREN) == ["kept", "kept"]


def other(value: ChildValue) -> str:
    """Return another value that a sheet can show; an id is another file's, but for its capitals."""
    return {"moment": "2026-09-24", "reference": "k2", "words": "Anne Lee"}[value.kind]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.key)
def test_a_corrected_value_of_one_child_is_printed_anew_and_no_other(root, tmp_path, value):
    run(root, tmp_path, CHILDREN)
    corrected = [{**CHILDREN[0], value.column: other(value)}, CHILDREN[1]]

    assert run(root, tmp_path, corrected) == ["made", "kept"]


CORRECTIONS: dict[str, tuple[str, Callable[[str], str]]] = {
    "the wording": ("handouts/a-handout.yaml", lambda text: text.replace("Rest well", "Rest much")),
    "a picture": ("handouts/hip.svg", lambda text: text.replace('"5"', '"6"')),
    "the clinic": ("clinic.yaml", lambda text: text.replace("555-555-0142", "555-555-0143")),
    "a style": ("styles/tokens.css", lambda text: text + "h2 { letter-spacing: 0.1pt }\n"),
    "a template": ("templates/page.html.j2", lambda text: text.replace("</body>", "<p>!</p></body>")),
    "a label's wording": (
        "locales/en/LC_MESSAGES/sheet.po",
        lambda text: text.replace("Your child", "Our child"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CORRECTIONS)
def test_a_corrected_part_of_the_edition_makes_every_sheet_anew(root, tmp_path, name):
    run(root, tmp_path, CHILDREN)
    file, change = CORRECTIONS[name]
    path = root.folder / file
    before = path.read_text("utf-8")
    path.write_text(change(before), "utf-8")
    assert path.read_text("utf-8") != before

    assert run(root, tmp_path, CHILDREN) == ["made", "made"]


@pytest.mark.parametrize(
    ("column", "wish"), [("size", "letter"), ("large_print", "yes"), ("with", "en-GB")]
)
def test_a_corrected_wish_of_one_line_is_made_anew_and_no_other(root, tmp_path, column, wish):
    run(root, tmp_path, CHILDREN)
    corrected = [{**CHILDREN[0], column: wish}, CHILDREN[1]]

    assert run(root, tmp_path, corrected) == ["made", "kept"]


def test_other_faces_make_every_sheet_anew(root, tmp_path, monkeypatch):
    from careleaf.sheet import faces

    run(root, tmp_path, CHILDREN)
    monkeypatch.setattr(faces, "digest", lambda: "other faces")

    assert run(root, tmp_path, CHILDREN) == ["made", "made"]


def test_another_program_makes_every_sheet_anew(root, tmp_path, monkeypatch):
    from careleaf import fingerprint

    run(root, tmp_path, CHILDREN)
    monkeypatch.setattr(fingerprint, "here", lambda: "another program")

    assert run(root, tmp_path, CHILDREN) == ["made", "made"]
