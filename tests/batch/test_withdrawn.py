"""A second run into a folder: a sheet that nobody asks for now is listed, and moved out of the way."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from stand_in import Desk, a_day

from careleaf.batch import manifest as manifests
from careleaf.batch import run as batch
from careleaf.batch import withdrawn
from careleaf.batch.maker import Plan, workers
from careleaf.batch.output_folder import OutputFolder
from careleaf.batch.run import Tally
from careleaf.batch.writer import SheetWriter
from careleaf.errors import HandoutError
from careleaf.lists import intake
from careleaf.lists.rows import REQUIRED, Row
from careleaf.lists.tasks import tasks as tasks_of
from careleaf.model import Request

HERE = Path(__file__).resolve().parent
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals and modes")
SHEET = "K{}.bone-biopsy.nl.pdf"


def run(day: Path, out: Path, *, jobs: int = 1, others: bool = True, seconds: float = 0) -> Tally:
    """Make a day's sheets with the stand-in desk; `others` as when the whole list is read."""
    open_desk = partial(Desk, seconds=seconds)
    tasks = tasks_of(intake.read((day,), print, open_desk()), open_desk())
    with OutputFolder(out) as folder:
        made_by = workers(Plan(open_desk, out), jobs)
        return batch.run(tasks, made_by, folder, withdraw_others=others)


def run_rows(rows: list[Row], out: Path, *, others: bool) -> Tally:
    with OutputFolder(out) as folder:
        made_by = workers(Plan(Desk, out), 1)
        return batch.run(tasks_of(rows, Desk()), made_by, folder, withdraw_others=others)


def listed(out: Path) -> list[tuple[str, str, str]]:
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return [(line["id"], line["status"], line["code"]) for line in csv.DictReader(file)]


def pdfs(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.pdf"))


def aside(out: Path) -> list[str]:
    return pdfs(out / "withdrawn")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def day(tmp_path: Path, out: Path) -> Path:
    """A list of K2 to K4, whose sheets are made."""
    found = a_day(tmp_path / "day.csv", ["Ann", "Bo", "Cy"])
    run(found, out)
    return found


# --- what is withdrawn -----------------------------------------------------------------------


def test_a_sheet_whose_line_is_gone_is_listed_and_moved_aside(day, out):
    before = (out / SHEET.format(4)).read_bytes()
    a_day(day, ["Ann", "Bo"])

    tally = run(day, out)

    assert (tally.kept, tally.withdrawn, tally.refused, tally.left) == (2, 1, 0, 0)
    assert listed(out) == [
        ("K2", "kept", ""), ("K3", "kept", ""), ("K4", "withdrawn", "sheet.not-asked"),
    ]  # fmt: skip
    assert pdfs(out) == [SHEET.format(2), SHEET.format(3)]
    assert (out / "withdrawn" / SHEET.format(4)).read_bytes() == before


def test_the_manifest_says_which_sheet_it_was_and_where_it_is(day, out):
    a_day(day, ["Ann", "Bo"])

    run(day, out)

    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        line = list(csv.DictReader(file))[-1]
    assert (line["line"], line["handout"], line["locale"]) == ("", "bone-biopsy", "nl")
    assert line["message"] == f"no line asks for it now; moved to withdrawn/{SHEET.format(4)}"
    assert len(line["sha256"]) == 64


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("others", [True, False])
def test_a_sheet_whose_line_is_refused_now_is_moved_aside_in_any_run(day, out, jobs, others):
    a_day(day, ["Ann", "refused", "Cy"])

    run(day, out, jobs=jobs, others=others)

    assert listed(out)[1:] == [
        ("K3", "refused", "date.impossible"), ("K4", "kept", ""), ("K3", "withdrawn", "sheet.refused"),
    ]  # fmt: skip
    assert aside(out) == [SHEET.format(3)]
    assert pdfs(out) == [SHEET.format(2), SHEET.format(4)]


def test_a_line_refused_before_it_is_a_task_takes_its_sheet_along(day, out):
    """Two lines that differ in the child: neither counts, and the old sheet is one of the two."""
    with day.open("a") as file:
        file.write("K3,Bob,2026-11-24,bone-biopsy,nl\n")

    run(day, out, others=False)

    assert aside(out) == [SHEET.format(3)]
    assert listed(out)[-1] == ("K3", "withdrawn", "sheet.refused")


def test_a_sheet_in_another_language_than_before_leaves_the_old_one_aside(day, out):
    a_day(day, ["Ann", "Bo", "Cy"], locale="fr")

    run(day, out)

    assert aside(out) == [SHEET.format(n) for n in (2, 3, 4)]
    assert pdfs(out) == [f"K{n}.bone-biopsy.fr.pdf" for n in (2, 3, 4)]


def test_a_list_that_is_empty_now_withdraws_all(day, out):
    a_day(day, [])

    assert run(day, out).withdrawn == 3
    assert pdfs(out) == []


def test_a_sheet_that_was_withdrawn_is_listed_once_and_made_again_when_asked_for(day, out):
    a_day(day, ["Ann", "Bo"])
    run(day, out)

    again = run(day, out)
    ids = [id for id, _, _ in listed(out)]
    a_day(day, ["Ann", "Bo", "Cy"])
    back = run(day, out)

    assert (again.withdrawn, ids) == (0, ["K2", "K3"])
    assert (back.made, back.kept, back.withdrawn) == (1, 2, 0)


def test_an_older_sheet_in_the_folder_of_the_withdrawn_is_never_written_over(day, out):
    run(a_day(day, ["Ann", "Bo"]), out)
    run(a_day(day, ["Ann", "Bo", "Cyril"]), out)
    run(a_day(day, ["Ann", "Bo"]), out)

    first = (out / "withdrawn" / SHEET.format(4)).read_bytes()
    second = (out / "withdrawn" / "K4.bone-biopsy.nl.2.pdf").read_bytes()
    assert b"Cy " in first and b"Cyril " in second


@posix
def test_the_folder_of_the_withdrawn_is_for_its_owner_alone(day, out):
    run(a_day(day, ["Ann"]), out)

    modes = [stat.S_IMODE(path.stat().st_mode) for path in (out / "withdrawn").iterdir()]
    assert stat.S_IMODE((out / "withdrawn").stat().st_mode) == 0o700
    assert modes == [0o600, 0o600]


# --- what is not -----------------------------------------------------------------------------


def test_a_file_that_the_notes_do_not_know_stays(day, out):
    foreign = [out / "K9.bone-biopsy.nl.pdf", out / "day.pdf", out / "bone-biopsy.nl.pdf"]
    for path in foreign:
        path.write_bytes(b"not ours")

    run(a_day(day, ["Ann", "Bo"]), out)

    assert all(path.read_bytes() == b"not ours" for path in foreign)
    assert aside(out) == [SHEET.format(4)]


def test_a_sheet_that_somebody_removed_is_not_listed(day, out):
    (out / SHEET.format(4)).unlink()

    assert run(a_day(day, ["Ann", "Bo"]), out).withdrawn == 0


def test_a_blank_sheet_in_the_same_folder_stays(day, out):
    with OutputFolder(out) as folder:
        writer = SheetWriter(folder.path)
        writer.write("bone-biopsy.nl.pdf", "files", b"%PDF blank", 1)
        writer.close()

    run(a_day(day, ["Ann"]), out)

    assert (out / "bone-biopsy.nl.pdf").exists()
    assert aside(out) == [SHEET.format(3), SHEET.format(4)]


def test_a_run_that_did_not_read_the_whole_list_leaves_and_counts_the_others(day, out):
    a_day(day, ["Ann", "Bo"])

    tally = run(day, out, others=False)

    assert (tally.kept, tally.withdrawn, tally.left) == (2, 0, 1)
    assert pdfs(out) == [SHEET.format(n) for n in (2, 3, 4)]


@pytest.mark.parametrize(("others", "is_moved"), [(True, True), (False, False)])
def test_a_refused_line_without_a_handout_takes_a_sheet_along_only_where_all_was_read(
    day, out, others, is_moved
):
    rows = [
        Row(1, Request.read({"id": "K3"}), HandoutError("cannot be read", code="line.cells")),
        *(Row(n, a_request(n)) for n in (2, 4)),
    ]

    run_rows(rows, out, others=others)

    assert bool(aside(out)) is is_moved


def a_request(line: int) -> Request:
    name = {2: "Ann", 4: "Cy"}[line]
    wish = {"name": name, "date": "2026-11-24", "handout": "bone-biopsy", "locale": "nl"}
    return Request.read({"id": f"K{line}", **wish})


def test_a_list_that_breaks_off_withdraws_nothing(day, out):
    def rows():  # type: ignore[no-untyped-def]
        yield Row(2, a_request(2))
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        run_rows(rows(), out, others=True)

    assert pdfs(out) == [SHEET.format(n) for n in (2, 3, 4)]


def test_where_a_disk_knows_no_capitals_one_file_is_not_two_sheets(tmp_path, day, out, monkeypatch):
    """`k4` of before and `K4` of now are one file there: it is the sheet of now."""
    notes = withdrawn.Earlier(out)
    day.write_text(day.read_text().replace("K4", "k4"))
    monkeypatch.setattr(
        Path, "samefile", lambda self, other: self.name.lower() == other.name.lower()
    )

    tally = run(day, out)

    assert (tally.withdrawn, tally.left, notes.left) == (0, 0, 3)


def test_where_a_disk_knows_capitals_the_old_spelling_is_withdrawn(day, out):
    if (out / SHEET.format(4).lower()).exists():
        pytest.skip("this disk knows no capitals")
    day.write_text(day.read_text().replace("K4", "k4"))

    assert run(day, out).withdrawn == 1


def test_a_sheet_that_cannot_be_moved_is_told_and_stays_known(day, out, monkeypatch):
    def locked(folder: Path, file: str) -> Path:
        raise PermissionError(13, "Permission denied")

    a_day(day, ["Ann", "Bo"])
    with monkeypatch.context() as patch:
        patch.setattr(withdrawn, "set_aside", locked)
        tally = run(day, out)
        told = listed(out)[-1]
    again = run(day, out)

    assert (tally.withdrawn, tally.unmoved, told[2]) == (0, [SHEET.format(4)], "sheet.not-moved")
    assert again.withdrawn == 1


# --- stopped, and killed ---------------------------------------------------------------------

PROGRAM = """
import sys
from pathlib import Path
sys.path[:0] = {folders!r}
from test_withdrawn import run
if __name__ == "__main__":
    tally = run(Path(sys.argv[1]), Path(sys.argv[2]), jobs=int(sys.argv[3]), seconds=0.02)
    sys.exit(130 if tally.was_stopped else 0)
"""


def begun(tmp_path: Path, out: Path, jobs: int) -> subprocess.Popen[bytes]:
    """Return a second run, at work on a longer list, that K2 to K4 are not on."""
    later = tmp_path / "later.csv"
    lines = [f"L{n},Child {n},2026-11-24,bone-biopsy,nl" for n in range(400)]
    later.write_text("\n".join([",".join(REQUIRED), *lines]) + "\n")
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(folders=[str(HERE), str(HERE.parent)]))
    process = subprocess.Popen(
        [sys.executable, program, later, out, str(jobs)], start_new_session=True
    )
    end = time.monotonic() + 30
    while len(list(out.glob("L*.pdf"))) < 5:
        assert time.monotonic() < end, "no sheets"
        time.sleep(0.005)
    return process


@posix
@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_withdraws_nothing(tmp_path, day, out, jobs):
    process = begun(tmp_path, out, jobs)

    os.killpg(process.pid, signal.SIGINT)

    assert process.wait(timeout=10) == 130
    assert {SHEET.format(n) for n in (2, 3, 4)} <= set(pdfs(out))
    assert "withdrawn" not in {status for _, status, _ in listed(out)}


@posix
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_run_withdraws_nothing_and_the_next_whole_one_does(tmp_path, day, out, jobs):
    process = begun(tmp_path, out, jobs)

    process.kill()
    process.wait()
    with OutputFolder(out):  # whoever still wrote is gone now
        there = pdfs(out)
    tally = run(day, out)

    assert {SHEET.format(n) for n in (2, 3, 4)} <= set(there)
    assert tally.kept == 3
    assert aside(out) == [name for name in there if name.startswith("L")]


def test_killed_after_it_moved_a_sheet_the_next_run_lists_it(day, out, monkeypatch):
    """As after kill -9 between the move and the manifest: its note is still there."""
    (out / "withdrawn").mkdir()
    shutil.move(out / SHEET.format(4), out / "withdrawn")
    a_day(day, ["Ann", "Bo"])

    first, second = run(day, out), run(day, out)

    assert (first.withdrawn, second.withdrawn) == (1, 0)
    assert aside(out) == [SHEET.format(4)]


@posix
def test_a_manifest_that_cannot_be_written_leaves_the_next_one_to_list_them(day, out, monkeypatch):
    def full(self):  # type: ignore[no-untyped-def]
        raise OSError(28, "No space left on device")

    a_day(day, ["Ann", "Bo"])
    with monkeypatch.context() as patch:
        patch.setattr(manifests.Manifest, "finish", full)
        run(day, out)
    run(day, out)

    assert listed(out)[-1] == ("K4", "withdrawn", "sheet.not-asked")


def test_damaged_notes_withdraw_nothing(day, out):
    (out / ".careleaf" / "notes.sqlite").write_bytes(b"damaged" * 100)

    assert run(a_day(day, ["Ann"]), out).withdrawn == 0
    assert len(pdfs(out)) == 3
