"""A day's list: nothing lost, nothing half-written, nothing said of a child."""

from __future__ import annotations

import csv
import errno
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from builders import a_request
from stand_in import Desk, a_day

from careleaf import files
from careleaf.batch import maker
from careleaf.batch import manifest as manifests
from careleaf.batch import run as batch
from careleaf.batch.maker import Plan, workers
from careleaf.batch.notes import NOTES
from careleaf.batch.output_folder import OutputFolder
from careleaf.batch.run import Tally
from careleaf.errors import HandoutError
from careleaf.lists import intake
from careleaf.lists.rows import REQUIRED
from careleaf.lists.tasks import Task
from careleaf.lists.tasks import tasks as tasks_of

HERE = Path(__file__).resolve().parent
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals and modes")


def run(
    day: Path, out: Path, *, jobs: int = 1, told: list[str] | None = None, **desk: object
) -> Tally:
    """Make a day's sheets with the stand-in desk."""
    open_desk = partial(Desk, **desk)  # type: ignore[arg-type]
    tasks = tasks_of(intake.read((day,), print, open_desk()), open_desk())
    plan = Plan(open_desk, out)
    with OutputFolder(out) as folder:
        made_by = workers(plan, jobs)

        def tell(outcome: batch.Outcome) -> None:
            if told is not None:
                told.append(f"{outcome.line} {outcome.result.status} {outcome.result.message}")

        return batch.run(tasks, made_by, folder, tell)


def manifest(out: Path) -> list[dict[str, str]]:
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def statuses(out: Path) -> list[str]:
    return [line["status"] for line in manifest(out)]


def sheets(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.suffix == ".pdf"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def day(tmp_path: Path) -> Path:
    return a_day(tmp_path / "day.csv", ["Ann", "Bo", "Cy"])


# --- what is made ----------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_line_becomes_a_file_named_by_ids_and_a_line_of_the_manifest(day, out, jobs):
    tally = run(day, out, jobs=jobs)

    assert (tally.made, tally.refused, tally.pages) == (3, 0, 6)
    assert tally.ways == {("stencil", ""): 3}
    assert sorted(sheets(out)) == [f"K{n}.bone-biopsy.nl.pdf" for n in (2, 3, 4)]
    assert manifest(out)[0] == {
        "line": "2",
        "id": "K2",
        "handout": "bone-biopsy",
        "locale": "nl",
        "status": "made",
        "pages": "2",
        "sha256": manifest(out)[0]["sha256"],
        "message": "",
        "code": "",
    }
    assert sorted(path.name for path in out.iterdir())[:2] == [NOTES, "K2.bone-biopsy.nl.pdf"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_manifest_is_in_roster_order_whoever_was_faster(tmp_path, out, jobs):
    day = tmp_path / "day.csv"
    locales = ["nl", "en", "fr"]
    lines = [f"K{n},Child {n},d,bone-biopsy,{locales[n % 3]}" for n in range(300)]
    day.write_text("\n".join([",".join(REQUIRED), *lines]))

    run(day, out, jobs=jobs)

    assert [int(line["line"]) for line in manifest(out)] == list(range(2, 302))
    assert set(statuses(out)) == {"made"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bad_line_stops_no_other(tmp_path, out, jobs):
    day = a_day(tmp_path / "day.csv", ["Ann", "refused", "bug in Zebedee", "Bo"])
    told: list[str] = []

    tally = run(day, out, jobs=jobs, told=told)

    assert statuses(out) == ["made", "refused", "refused", "made"]
    assert tally.refused == 2
    assert told[1] == "3 refused the date is no day in the calendar (write it as YYYY-MM-DD)"


def test_a_bug_is_told_by_its_place_and_never_by_what_it_quotes(tmp_path, out):
    day = a_day(tmp_path / "day.csv", ["bug in Zebedee"])

    run(day, out)

    message = manifest(out)[0]["message"]
    assert message.startswith("a fault in the program: KeyError at stand_in.py:")
    assert "Zebedee" not in message


@posix
def test_files_and_folders_are_for_their_owner_alone(day, out, tmp_path):
    run(day, out / "deeper")

    made = [out, out / "deeper", *(out / "deeper").rglob("*")]
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in made}
    assert all(modes[path] == (0o700 if path.is_dir() else 0o600) for path in made)
    assert len(made) > 6


def test_a_message_cannot_become_a_formula(tmp_path):
    written = manifests.Manifest(_a_folder(tmp_path))
    written.add(manifests.ManifestLine(2, "K1", "h", "nl", "refused", 0, "", "=HYPERLINK(1)", ""))
    written.finish()

    assert manifest(tmp_path)[0]["message"] == " =HYPERLINK(1)"


def _a_folder(path: Path) -> Path:
    (path / NOTES).mkdir()
    return path


# --- a second run ----------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_has_not_changed_is_kept(day, out, jobs):
    run(day, out, jobs=jobs)
    before = {path: path.stat().st_mtime_ns for path in out.glob("*.pdf")}
    digests = [line["sha256"] for line in manifest(out)]

    tally = run(day, out, jobs=jobs)

    assert (tally.kept, tally.made) == (3, 0)
    assert {path: path.stat().st_mtime_ns for path in out.glob("*.pdf")} == before
    assert [line["sha256"] for line in manifest(out)] == digests
    assert [line["pages"] for line in manifest(out)] == ["2", "2", "2"]


def test_what_has_changed_is_made_again(tmp_path, day, out):
    run(day, out)
    a_day(day, ["Ann", "Bob", "Cy"])

    run(day, out)

    assert statuses(out) == ["kept", "made", "kept"]
    assert b"Bob" in sheets(out)["K3.bone-biopsy.nl.pdf"]


def test_new_wording_makes_every_sheet_again(day, out):
    run(day, out)

    assert run(day, out, edition="second").made == 3


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.unlink(), id="removed"),
        pytest.param(lambda path: path.write_bytes(b""), id="emptied"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-1] + b"!"), id="altered"),
    ],
)
def test_a_sheet_that_is_not_as_it_was_is_made_again(day, out, damage):
    run(day, out)
    whole = sheets(out)
    damage(out / "K3.bone-biopsy.nl.pdf")

    run(day, out)

    assert statuses(out) == ["kept", "made", "kept"]
    assert sheets(out) == whole


@pytest.mark.parametrize("note", ["key", "notes.sqlite"])
def test_damaged_notes_cost_work_and_nothing_else(day, out, note):
    run(day, out)
    whole = sheets(out)
    (out / NOTES / note).write_bytes(b"damaged" * 100)

    first, second = run(day, out), run(day, out)

    assert (first.made, second.kept) == (3, 3)
    assert sheets(out) == whole


def test_a_sheet_is_gone_when_its_line_is_refused_later(day, out):
    """The old one, with the old date on it, must not be taken for the new one."""
    run(day, out)
    a_day(day, ["Ann", "refused", "Cy"])

    run(day, out)

    assert sorted(sheets(out)) == ["K2.bone-biopsy.nl.pdf", "K4.bone-biopsy.nl.pdf"]


def test_a_file_that_we_did_not_make_stays(tmp_path, out):
    out.mkdir()
    (out / "K2.bone-biopsy.nl.pdf").write_bytes(b"not ours")

    run(a_day(tmp_path / "day.csv", ["refused"]), out)

    assert sheets(out) == {"K2.bone-biopsy.nl.pdf": b"not ours"}


def test_the_notes_tell_nobody_who_has_no_key(day, out):
    """A digest of a name and a date can be found by trying; one with the folder's key cannot."""
    run(day, out)

    notes = b"".join(path.read_bytes() for path in (out / NOTES).iterdir() if path.name != "key")
    desk = Desk()
    digest = desk.digest(
        desk.order(a_request("bone-biopsy", name="Ann", date="2026-11-24", id="K2"))
    )
    assert b"Ann" not in notes
    assert digest.encode() not in notes and bytes.fromhex(digest) not in notes
    assert manifest(out)[0]["sha256"].encode() not in notes


def test_two_folders_have_two_keys(day, tmp_path):
    run(day, tmp_path / "a")
    run(day, tmp_path / "b")

    assert (tmp_path / "a" / NOTES / "key").read_bytes() != (
        tmp_path / "b" / NOTES / "key"
    ).read_bytes()


# --- what can happen -------------------------------------------------------------------------


def test_a_second_run_into_the_same_folder_says_so_and_stops(day, out):
    with (
        OutputFolder(out),
        pytest.raises(HandoutError, match="another run is writing into this folder"),
    ):
        run(day, out)


def test_a_folder_that_cannot_be_made_is_said_before_anything_else(day, tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(HandoutError, match="cannot be written"):
        run(day, tmp_path / "file" / "out")


def test_a_full_disk_is_told_on_its_line_and_the_rest_is_made(day, out, monkeypatch):
    write = files.write_all

    def full(file, content):  # type: ignore[no-untyped-def]
        write(file, content[:100])
        if b"Bo " in content:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(file, content[100:])

    monkeypatch.setattr(files, "write_all", full)
    tally = run(day, out)

    assert statuses(out) == ["made", "refused", "made"]
    assert "No space left on device (make room" in manifest(out)[1]["message"]
    assert not list((out / NOTES).glob("*.part"))
    assert tally.refused == 1


@posix
def test_a_manifest_that_cannot_be_written_is_a_fault_of_the_run(day, out, monkeypatch):
    def full(self):  # type: ignore[no-untyped-def]
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(manifests.Manifest, "finish", full)

    tally = run(day, out)

    assert tally.manifest_fault == "No space left on device"
    assert len(sheets(out)) == 3


@posix
def test_a_process_ended_by_the_system_costs_the_sheet_it_was_at(tmp_path, out):
    names = ["Ann", "Bo", "kills", *(f"Child {n}" for n in range(40))]
    day = a_day(tmp_path / "day.csv", names)

    tally = run(day, out, jobs=2)

    assert (tally.made, tally.refused) == (42, 1)
    lost = manifest(out)[2]
    assert (lost["id"], lost["status"]) == ("K4", "refused")
    assert "was ended by the system (signal 9" in lost["message"]


@posix
def test_a_pool_that_cannot_even_start_gives_up(day, out):
    plan = Plan(partial(os._exit, 3), out)  # type: ignore[arg-type]
    tasks = tasks_of(intake.read((day,), print, Desk()), Desk())

    with OutputFolder(out) as folder:
        tally = batch.run(tasks, workers(plan, 2), folder)

    assert tally.refused == 3
    assert "exit status 3" in manifest(out)[0]["message"]


# --- killed ----------------------------------------------------------------------------------

PROGRAM = """
import sys
from pathlib import Path
sys.path[:0] = {folders!r}
from test_run import run
if __name__ == "__main__":
    tally = run(Path(sys.argv[1]), Path(sys.argv[2]), jobs=int(sys.argv[3]), seconds=0.01)
    sys.exit(130 if tally.was_stopped else 0)
"""


def started(day: Path, out: Path, jobs: int) -> subprocess.Popen[bytes]:
    program = day.parent / "program.py"
    program.write_text(PROGRAM.format(folders=[str(HERE), str(HERE.parent)]))
    return subprocess.Popen([sys.executable, program, day, out, str(jobs)], start_new_session=True)


def wait_for(out: Path, count: int) -> None:
    end = time.monotonic() + 30
    while len(list(out.glob("*.pdf"))) < count:
        assert time.monotonic() < end, "no sheets"
        time.sleep(0.005)


@posix
@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_at_any_moment_the_next_run_makes_just_what_is_missing(tmp_path, out, jobs):
    names = [f"Child {n}" for n in range(120)]
    day = a_day(tmp_path / "day.csv", names)
    run(day, tmp_path / "undisturbed", seconds=0)

    for count in (1, 25, 60, 90):
        process = started(day, out, jobs)
        wait_for(out, count)
        process.kill()
        process.wait()

    with OutputFolder(out):  # whoever still wrote is gone now
        there = len(sheets(out))
    tally = run(day, out)
    assert (tally.kept, tally.made) == (there, 120 - there)
    assert sheets(out) == sheets(tmp_path / "undisturbed")
    left = {path.name for path in (out / NOTES).iterdir()}
    assert left == {path.name for path in (tmp_path / "undisturbed" / NOTES).iterdir()}


@posix
@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_ends_within_a_second_with_a_true_manifest(tmp_path, out, jobs):
    day = a_day(tmp_path / "day.csv", [f"Child {n}" for n in range(400)])
    process = started(day, out, jobs)
    wait_for(out, 20)

    asked = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process gets it
    code = process.wait(timeout=10)

    assert time.monotonic() - asked < 1
    assert code == 130
    listed = {f"{one['id']}.bone-biopsy.nl.pdf" for one in manifest(out) if one["status"] == "made"}
    assert listed == set(sheets(out))
    assert len(manifest(out)) == 400
    assert not list((out / NOTES).glob("*.part"))


@posix
def test_the_processes_of_a_killed_run_end_with_it(tmp_path, out):
    day = a_day(tmp_path / "day.csv", [f"Child {n}" for n in range(2000)])
    process = started(day, out, 2)
    wait_for(out, 20)

    process.kill()
    process.wait()

    with OutputFolder(out):  # waits until nobody writes
        before = len(sheets(out))
        time.sleep(0.2)
        assert len(sheets(out)) == before < 2000


def test_a_run_outside_the_main_thread_leaves_signals_alone(day, out):
    handler = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=run, args=(day, out))

    thread.start()
    thread.join()

    assert statuses(out) == ["made"] * 3
    assert signal.getsignal(signal.SIGINT) is handler


# --- who makes what --------------------------------------------------------------------------


def a_task(line: int, locale: str) -> Task:
    return Task(line, a_request("bone-biopsy", id=f"K{line}", locale=locale))


def test_a_worker_keeps_to_the_editions_that_it_knows():
    queues = batch._Queues()
    for line in range(2, 14):
        queues.add(a_task(line, "nl" if line % 2 else "fr"))

    first, second = queues.take(0, 2), queues.take(1, 2)
    again, other = queues.take(0, 2), queues.take(1, 2)

    assert {task.locale for task in first + again} == {"fr"}
    assert {task.locale for task in second + other} == {"nl"}


def test_a_worker_with_nothing_of_its_own_helps_the_others():
    queues = batch._Queues()
    for line in range(2, 14):
        queues.add(a_task(line, "nl"))

    queues.take(0, 2)
    queues.made(2)

    assert [task.line for task in queues.take(1, 2)] == [4, 5]


def test_an_edition_is_laid_out_by_one_worker_alone():
    queues = batch._Queues()
    for line in range(2, 14):
        queues.add(a_task(line, "nl"))

    queues.take(0, 2)

    assert queues.take(1, 2) == []
    assert [task.line for task in queues.take(0, 2)] == [4, 5]


def test_an_edition_whose_worker_was_lost_is_laid_out_by_another():
    queues = batch._Queues()
    for line in (2, 3, 4):
        queues.add(a_task(line, "nl"))
    first, second = queues.take(0, 2)

    queues.lost(first)
    queues.put_back(second)

    assert [task.line for task in queues.take(1, 9)] == [3, 4]


def test_what_a_lost_process_had_goes_out_first():
    queues = batch._Queues()
    for line in (4, 5):
        queues.add(a_task(line, "nl"))
    queues.put_back(a_task(3, "nl"))

    assert [task.line for task in queues.take(0, 9)] == [3, 4, 5]


def test_no_more_than_a_window_of_the_list_is_held(tmp_path, out, monkeypatch):
    monkeypatch.setattr(batch, "WINDOW", 10)
    day = a_day(tmp_path / "day.csv", [f"Child {n}" for n in range(60)])
    held: list[int] = []
    read = batch._BatchRun._read

    def watched(self):  # type: ignore[no-untyped-def]
        more = read(self)
        held.append(len(self._waiting))
        return more

    monkeypatch.setattr(batch._BatchRun, "_read", watched)
    tally = run(day, out)

    assert tally.made == 60
    assert max(held) == 10


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "out of memory (use fewer --jobs"),
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "Permission denied (check who may write",
        ),
        (
            OSError(errno.EIO, "Input/output error"),
            "Input/output error (run the same command again)",
        ),
    ],
)
def test_a_fault_of_the_machine_is_told_with_its_cure(error, told):
    assert told in maker.explained(error)
