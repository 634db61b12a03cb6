"""A child's values: each at every door, and in every place that a sheet is kept or known by.

All of it is asked of the whole table, and then again in a program whose table has one entry more
(`with_bed`): a hop that goes by a list of its own fails there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from careleaf import child
from careleaf.child import VALUES, ChildValue
from careleaf.cli.main import careleaf
from careleaf.desk.desk import Desk, stencil_cache
from careleaf.faults import FAULTS
from careleaf.lists import intake
from careleaf.lists.rows import COLUMNS, REQUIRED, cells_of
from careleaf.lists.tasks import Task, tasks
from careleaf.model import Form, Order, Patient, Request
from careleaf.paths import PROGRAM, Root
from careleaf.sheet import measure, personalize, typed
from careleaf.stencil import storing
from careleaf.web import fields
from careleaf.web.app import create_app
from careleaf.web.list_table import table_of
from careleaf.web.settings import Settings
from careleaf.web.watcher import ContentWatcher

TODAY = date(2026, 11, 23)
HANDOUT = "bone-biopsy"
HAS_BED = "with_bed" in sys.modules

each_value = pytest.mark.parametrize("value", VALUES, ids=lambda value: value.key)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """A clinic's folder with all parts of its own; with the bed, what a person adds for it."""
    folder = tmp_path_factory.mktemp("clinic")
    for part in ("handouts", "locales", "templates", "styles"):
        shutil.copytree(PROGRAM / part, folder / part)
    for part in ("clinic.yaml", "Makefile"):
        shutil.copy(PROGRAM / part, folder / part)
    for file, (there, with_bed) in sys.modules["with_bed"].BESIDE.items() if HAS_BED else ():
        text = (folder / file).read_text("utf-8")
        assert text.count(there) == 1, file
        (folder / file).write_text(text.replace(there, with_bed), "utf-8")
    return Root.at(folder)


@pytest.fixture(scope="module")
def desk(root: Root) -> Desk:
    return Desk.at(root, TODAY)


@pytest.fixture(scope="module")
def page(root: Root) -> TestClient:
    app = create_app(root, Settings(port=8765), lambda: TODAY)
    return TestClient(app, base_url="http://127.0.0.1:8765")


SAMPLES = {value.key: value.sample for value in VALUES}


def a_request(**texts: str) -> Request:
    return Request.read({**SAMPLES, "handout": HANDOUT, "locale": "en", "size": "a4", **texts})


def shown(value: ChildValue) -> str:
    """What a sheet in English shows of the sample."""
    return "Wednesday, September 23, 2026" if value.kind == "moment" else value.sample


def words(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    return " ".join(text.replace("\u2068", "").replace("\u2069", "").split())


def a_patient(**changed: str | date) -> Patient:
    return Patient({**typed.sample().values, **changed})


# --- the doors ----------------------------------------------------------------------------------


def test_the_command_prints_every_value(root: Root, tmp_path: Path) -> None:
    options = [word for value in VALUES for word in (f"--{value.key}", value.sample)]
    out = tmp_path / "x.pdf"

    ran = CliRunner().invoke(
        careleaf,
        ["sheet", HANDOUT, *options, "--root", str(root.folder), "-o", str(out)],
        env={"CARELEAF_TODAY": str(TODAY)},
    )

    assert ran.exit_code == 0, ran.output
    assert [value.key for value in VALUES if shown(value) not in words(out.read_bytes())] == []


@each_value
def test_make_hands_the_value_on(root: Root, value: ChildValue) -> None:
    inputs = re.search(r"^INPUTS := ((?:.*\\\n)*.*)$", (root.folder / "Makefile").read_text(), re.M)

    assert inputs
    assert value.key.upper() in inputs[1].split()


@each_value
def test_a_list_has_a_column_for_the_value(tmp_path: Path, desk: Desk, value: ChildValue) -> None:
    cells = cells_of(a_request())
    as_csv, as_json = tmp_path / "day.csv", tmp_path / "day.jsonl"
    quoted = (f'"{cell}"' for cell in cells.values())
    as_csv.write_text(f"{','.join(COLUMNS)}\n{','.join(quoted)}\n", "utf-8")
    as_json.write_text(json.dumps(cells), "utf-8")

    for path in (as_csv, as_json):
        (row,) = intake.read([path], pytest.fail, desk.content)
        (task,) = tasks([row], desk.content)
        assert isinstance(task, Task)
        assert task.request.child[value.key] == value.sample
    assert (value.column in REQUIRED) is value.needed_in_list


@each_value
def test_the_api_takes_the_value(page: TestClient, value: ChildValue) -> None:
    sheet = {**SAMPLES, "handout": HANDOUT, "locale": "en"}
    without = {key: text for key, text in sheet.items() if key != value.key}
    wrong = {**sheet, value.key: "/" * 400 + "x"}

    assert page.post("/api/v1/validate", json=sheet).json() == {"valid": True, "faults": []}
    assert page.post("/api/v1/validate", json=without).status_code == (422 if value.needed else 200)
    (fault,) = page.post("/api/v1/validate", json=wrong).json()["faults"]
    assert (fault["field"], fault["code"].partition(".")[0]) == (value.key, value.key)


@each_value
def test_the_page_has_a_field_that_the_next_child_finds_empty(
    page: TestClient, value: ChildValue
) -> None:
    html = page.get("/").text

    (field,) = re.findall(rf'<input id="{value.key}" name="{value.key}"[^>]*>', html)
    assert ("data-forget" in field) is value.is_forgotten
    assert f'id="{value.key}-problem"' in html
    assert fields.read({value.key: value.sample}).child[value.key] == value.sample
    assert fields.typed({value.key: value.sample})[value.key] == value.sample


def test_the_page_forgets_what_it_marks_and_names_no_field_itself() -> None:
    script = (PROGRAM / "templates" / "web" / "desk.js").read_text("utf-8")

    assert 'form.querySelectorAll("[data-forget]")' in script
    named = set(re.findall(r'\$\("(\w+)"\)\.value = ', script))
    assert named == set()


@each_value
def test_a_table_on_the_page_holds_the_value(value: ChildValue) -> None:
    (row,) = table_of({f"2.{value.column}": value.sample}, 10)

    assert row.request.child[value.key] == value.sample
    assert cells_of(row.request)[value.column] == value.sample


@each_value
def test_the_page_has_words_for_the_value_and_for_what_can_be_wrong_with_it(
    root: Root, value: ChildValue
) -> None:
    labels = ContentWatcher(root, lambda: TODAY).words("en").labels.entries
    codes = [code for code in child.fault_codes() if code.partition(".")[0] == value.key]

    assert value.label in labels
    assert not value.hint or value.hint in labels
    assert codes
    assert [code for code in codes if fields.label_of(code) not in labels] == []
    assert set(codes) <= FAULTS.keys()


# --- the sheet ----------------------------------------------------------------------------------


@each_value
@pytest.mark.parametrize("form", [Form("a4"), Form("letter", large_print=True)], ids=str)
def test_the_sheet_has_a_place_with_room_for_the_value(
    desk: Desk, value: ChildValue, form: Form
) -> None:
    edition = desk.content.edition(HANDOUT, "en", form)
    slots = personalize.slots(edition.whens, "en", "CA", typed.sample())

    html = desk.html(edition, slots)

    assert value.key in edition.slots
    places = set(re.findall(rf'data-slot="{value.key}" data-place="(\w+)"', html))
    assert places
    for place in places:
        one_line, two_lines = measure.room(value.key, place, large_print=form.large_print)
        assert 0 < one_line < two_lines


@each_value
def test_another_value_is_another_digest(desk: Desk, value: ChildValue) -> None:
    order = Order(typed.sample(), HANDOUT, "en", Form())
    other = date(2026, 9, 24) if value.kind == "moment" else f"{value.sample}2"

    digest = desk.digest(replace(order, patient=a_patient(**{value.key: other})))

    assert digest != desk.digest(order)
    assert desk.digest(replace(order, patient=a_patient())) == desk.digest(order)


def test_the_stencil_shows_every_value_as_the_press_does(root: Root) -> None:
    order = Order(typed.sample(), HANDOUT, "en", Form())
    stencil, press = Desk.at(root, TODAY).make(order), Desk.at(root, TODAY, False).make(order)

    assert (stencil.way, stencil.pages) == ("stencil", press.pages)
    kept = {
        text
        for filler in stencil_cache()._fillers.values()
        for _, text in getattr(filler, "_ready", ())
    }
    assert [value.key for value in VALUES if value.kind != "moment" and value.sample in kept] == []
    assert words(stencil.pdf) == words(press.pdf)
    assert [value.key for value in VALUES if shown(value) not in words(press.pdf)] == []


@each_value
def test_a_value_that_may_be_missing_is_part_of_what_a_layout_is_kept_by(
    root: Root, value: ChildValue
) -> None:
    if value.needed:
        return
    without = a_patient(**{value.key: ""})
    order = Order(without, HANDOUT, "en", Form())
    desk = Desk.at(root, TODAY)
    edition = desk.content.edition(HANDOUT, "en", Form())
    laid_out = []
    desk.density = lambda *key: laid_out.append(key) or "normal"  # type: ignore[method-assign]

    for patient in (typed.sample(), without):
        desk.html(edition, personalize.slots(edition.whens, "en", "CA", patient))

    assert child.absent(without.values) == (value.key,)
    assert laid_out[0] != laid_out[1]
    assert storing.address("e", child.absent(without.values)) != storing.address("e", ())
    stencil, press = Desk.at(root, TODAY).make(order), Desk.at(root, TODAY, False).make(order)
    assert (stencil.way, words(stencil.pdf)) == ("stencil", words(press.pdf))


def test_a_row_can_be_there_for_some_children_only(root: Root) -> None:
    """Two fewer lines on a sheet move what stands below: each layout is measured for itself."""
    page = root.templates / "page.html.j2"
    sound = page.read_text("utf-8")
    row = '{% if has("id") %}<p>A line that is there for some.</p>{% endif %}\n{% for section'
    page.write_text(sound.replace("{% for section", row, 1), "utf-8")
    try:
        made = Desk.at(root, TODAY)
        pressed = Desk.at(root, TODAY, use_stencil=False)
        for patient, is_there in ((a_patient(), True), (a_patient(id=""), False)):
            order = Order(patient, HANDOUT, "en", Form())
            by_stencil, by_press = made.make(order), pressed.make(order)
            assert by_stencil.way == "stencil"
            assert words(by_stencil.pdf) == words(by_press.pdf)
            assert ("A line that is there for some." in words(by_stencil.pdf)) is is_there
    finally:
        page.write_text(sound, "utf-8")


# --- the table ----------------------------------------------------------------------------------


def test_a_request_or_a_patient_that_lacks_a_value_cannot_be_made() -> None:
    texts = dict.fromkeys(child.KEYS[1:], "")

    with pytest.raises(ValueError, match=r"child\.VALUES"):
        replace(a_request(), child=texts)
    with pytest.raises(ValueError, match=r"child\.VALUES"):
        Patient(texts)


def test_nothing_of_a_child_is_in_a_repr() -> None:
    told = repr(a_request()) + repr(typed.sample())

    assert [value.key for value in VALUES if value.sample in told] == []


@pytest.mark.slow
@pytest.mark.skipif(HAS_BED, reason="this is that program")
def test_one_entry_more_is_at_every_door_and_in_every_place() -> None:
    """Runs this file in a program whose table has a bed, and whose templates show it."""
    folders = os.pathsep.join((str(PROGRAM), str(Path(__file__).parent)))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "with_bed", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": folders}

    ran = subprocess.run(
        [*command, "-p", "no:xdist", __file__],
        cwd=PROGRAM, env=environment, capture_output=True, text=True,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout[-6000:]
    assert "failed" not in ran.stdout
