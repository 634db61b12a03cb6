"""Blank sheets: every handout in every language; only where something changed are they made again."""

from __future__ import annotations

import os
import re
import shutil
import stat
from functools import partial
from pathlib import Path

import pytest
from builders import TODAY, a_clinic, a_good_handout, write
from click.testing import CliRunner, Result

from careleaf.batch import blanks
from careleaf.batch.blanks import BlankResult
from careleaf.batch.maker import Plan
from careleaf.batch.output_folder import OutputFolder
from careleaf.cli.blank import blank
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.language.messages import of_handout
from careleaf.model import Blank, Form
from careleaf.paths import PROGRAM, Root

HEAD = (
    'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural={};\\n"\n'
)
PLURAL = {"nl": "(n != 1)", "fr": "(n > 1)", "fr_CA": "(n > 1)"}


def a_root(folder: Path, name: str = "Test Clinic") -> Path:
    """Return a clinic with one handout, catalogues of nl and fr, and labels of fr_CA."""
    (folder / "handouts").mkdir(parents=True)
    write(folder / "handouts" / "ear.yaml", a_good_handout(id="ear"))
    write(folder / "clinic.yaml", a_clinic(name=name))
    shutil.copytree(PROGRAM / "templates", folder / "templates")
    shutil.copytree(PROGRAM / "styles", folder / "styles")
    source = Desk.at(Root.at(folder), TODAY).content.source("ear")
    for tag in ("nl", "fr"):
        texts = dict.fromkeys(
            f'\nmsgctxt "{one.context}"\nmsgid "{one.msgid}"\nmsgstr "{one.msgid}"\n'
            for one in of_handout(source)
        )
        catalogue(folder, tag, "ear", HEAD.format(tag, PLURAL[tag]) + "".join(texts))
    catalogue(folder, "fr_CA", "sheet", HEAD.format("fr_CA", PLURAL["fr_CA"]))
    catalogue(folder, "nl", "sheet", HEAD.format("nl", PLURAL["nl"]))
    return folder


def catalogue(folder: Path, tag: str, domain: str, text: str) -> None:
    path = folder / "locales" / tag / "LC_MESSAGES" / f"{domain}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def run(root: Path, out: Path, *more: str) -> Result:
    return CliRunner().invoke(
        blank, ["--root", str(root), "-o", str(out), "--jobs", "1", *more], catch_exceptions=False
    )


def made(done: Result, out: Path) -> list[str]:
    """Return the sheets that a run says it made."""
    return sorted(re.findall(rf"(?m)^{re.escape(str(out))}/(\S+)\.pdf: ", done.stdout))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Result]:
    """A clinic, the folder of its blanks, and how they were made."""
    folder = tmp_path_factory.mktemp("first")
    root = a_root(folder / "clinic")
    return root, folder / "out", run(root, folder / "out")


@pytest.fixture
def again(first, tmp_path):  # type: ignore[no-untyped-def]
    """The same in a folder of its own, to change: the digest does not ask where it lies."""
    for part, name in zip(first[:2], ("clinic", "out"), strict=True):
        shutil.copytree(part, tmp_path / name)
    return tmp_path / "clinic", tmp_path / "out"


ALL = ["ear.en", "ear.fr", "ear.fr_CA", "ear.nl"]


def test_blanks_are_every_handout_in_every_language(first):
    _, out, done = first

    assert done.exit_code == 0, done.output
    assert made(done, out) == ALL
    assert sorted(path.stem for path in out.glob("*.pdf")) == ALL


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_blanks_are_for_anyone_to_read_and_their_notes_are_not(first):
    _, out, _ = first

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (out, *out.iterdir())}
    assert modes == {
        "out": 0o755,
        ".careleaf": 0o700,
        **{f"{name}.pdf": 0o644 for name in ALL},
    }


def test_blanks_that_are_up_to_date_are_left_alone(again):
    root, out = again
    before = {path: path.stat().st_mtime_ns for path in out.glob("*.pdf")}

    done = run(root, out)

    assert made(done, out) == []
    assert "4 kept" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in out.glob("*.pdf")} == before


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("locales/nl/LC_MESSAGES/ear.po", ["ear.nl"]),
        ("locales/nl/LC_MESSAGES/sheet.po", ["ear.nl"]),
        ("locales/fr/LC_MESSAGES/ear.po", ["ear.fr", "ear.fr_CA"]),
        ("locales/fr_CA/LC_MESSAGES/sheet.po", ["ear.fr_CA"]),
        ("handouts/ear.yaml", ALL),
        ("clinic.yaml", ALL),
        ("styles/page.css", ALL),
        ("templates/blocks/call.html.j2", ALL),
        ("templates/web/desk.html.j2", []),
        ("README.md", []),
    ],
)
def test_blanks_are_made_again_only_where_something_changed(again, changed, expected, monkeypatch):
    root, out = again
    monkeypatch.setattr(Desk, "_press", lambda self, edition, values: self_made())
    with (root / changed).open("a") as file:
        file.write("\n")

    assert made(run(root, out), out) == expected


def self_made():  # type: ignore[no-untyped-def]
    from careleaf.model import Sheet

    return Sheet(b"%PDF", 1, "press")


def test_a_second_clinic_is_not_taken_for_the_first(again, tmp_path, monkeypatch):
    _, out = again
    other = a_root(tmp_path / "other", name="Another Clinic")
    monkeypatch.setattr(Desk, "_press", lambda self, edition, values: self_made())

    assert made(run(other, out), out) == ALL


def test_a_translation_that_is_not_finished_is_named_and_the_others_are_made(again):
    root, out = again
    path = root / "locales" / "nl" / "LC_MESSAGES" / "ear.po"
    path.write_text(re.sub(r'msgstr "Drink water."', 'msgstr ""', path.read_text()))
    with (root / "locales/fr_CA/LC_MESSAGES/sheet.po").open("a") as file:
        file.write("\n")

    done = run(root, out)

    assert done.exit_code == 1
    assert "ear, nl: not made" in done.stderr and "Drink water." in done.stderr
    assert made(done, out) == ["ear.fr_CA"]
    assert not (out / "ear.nl.pdf").exists()  # the old words are not those of today


def test_folders_may_have_any_name(tmp_path):
    root, out = a_root(tmp_path / "a clinic; $(x)"), tmp_path / "out 'of it'"

    done = run(root, out, "--locale", "en")

    assert done.exit_code == 0
    assert (out / "ear.en.pdf").read_bytes().startswith(b"%PDF")


def test_a_handout_that_is_not_there_is_said_before_anything_is_made(again, tmp_path):
    root, _ = again

    with pytest.raises(HandoutError, match="there is no handout"):
        run(root, tmp_path / "none", "nose")

    assert not (tmp_path / "none").exists()


def test_two_runs_into_one_folder_do_not_mix(again):
    root, out = again

    with OutputFolder(out), pytest.raises(HandoutError, match="another run is writing"):
        run(root, out)


def test_blanks_are_made_by_two_processes_and_told_in_order(again, tmp_path):
    root, _ = again
    plan = Plan(partial(Desk.at, Root.at(root), TODAY), tmp_path / "two")
    tasks = [Blank("ear", tag, Form(blank=True)) for tag in ("nl", "en", "fr")]
    told: list[BlankResult] = []

    blanks.make(plan, tasks, 2, told.append)

    assert [(one.task.locale, one.status) for one in told] == [
        ("nl", "made"),
        ("en", "made"),
        ("fr", "made"),
    ]
