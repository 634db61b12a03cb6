"""`batch` at the command line: what is said, where, and with what exit status."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from stand_in import Desk, a_day

from careleaf.cli import batch as cli_batch
from careleaf.errors import HandoutError
from careleaf.lists import intake
from careleaf.pdf import merge


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def day(tmp_path: Path) -> Path:
    return a_day(tmp_path / "day.csv", ["Zoë", "Bo", "Émile", "Ann"])


@pytest.fixture(autouse=True)
def _no_real_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_batch, "open_desk", lambda *args, **options: Desk())


def batch(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(
        cli_batch.batch, ["--jobs", "1", *map(str, arguments)], env=environment
    )


def test_all_made_is_exit_0_with_a_summary_and_the_place_to_look(day, out):
    done = batch(day, "-o", out)

    assert done.exit_code == 0
    assert "made" in done.stdout and "by stencil" in done.stdout
    assert f"They are in {out}" in done.stdout


def test_some_refused_is_exit_1_each_named_by_line_and_id(tmp_path, out):
    day = a_day(tmp_path / "day.csv", ["Zoë", "refused"])

    done = batch(day, "-o", out)

    assert done.exit_code == 1
    assert f"{day}:3: K3: the date is no day in the calendar (write it as" in done.stderr
    assert "Zoë" not in done.output


def test_an_unusable_roster_makes_nothing(tmp_path, out):
    (tmp_path / "day.csv").write_text("id,name\n")

    done = batch(tmp_path / "day.csv", "-o", out)

    assert isinstance(done.exception, HandoutError)  # the program's `main` makes this exit 2
    assert not out.exists()


def test_a_roster_without_lines_is_an_empty_day_not_a_fault(tmp_path, out):
    done = batch(a_day(tmp_path / "day.csv", []), "-o", out)

    assert done.exit_code == 0
    assert (out / "manifest.csv").is_file()


def test_options_come_from_the_environment_too(day, out):
    done = CliRunner().invoke(
        cli_batch.batch,
        env={"CARELEAF_ROSTER": str(day), "CARELEAF_OUT": str(out), "CARELEAF_JOBS": "1"},
    )

    assert done.exit_code == 0
    assert len(list(out.glob("*.pdf"))) == 4


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("roster", ["K2", "K3", "K4", "K5"]), ("name", ["K5", "K3", "K4", "K2"])],
)
def test_the_print_job_is_in_the_order_asked_for(day, out, monkeypatch, sort, expected):
    merged: list[str] = []

    def noted(leaves, target, **options):  # type: ignore[no-untyped-def]
        merged.extend(leaf.bookmark for leaf in leaves)
        return merge.Merged(len(merged), 8, 1)

    monkeypatch.setattr(merge, "merge", noted)

    done = batch(day, "-o", out, "--merge", out / "day.pdf", "--sort", sort)

    assert merged == expected
    assert "4 sheets on 8 pages" in done.stdout


def test_a_print_job_of_nothing_is_not_written(tmp_path, out):
    done = batch(a_day(tmp_path / "d.csv", ["refused"]), "-o", out, "--merge", out / "day.pdf")

    assert done.exit_code == 1
    assert "there is no sheet" in done.stderr
    assert not (out / "day.pdf").exists()


def test_progress_is_plain_lines_without_a_terminal_and_none_in_ci(day, out, monkeypatch):
    monkeypatch.setattr("careleaf.cli.progress.PLAIN_EVERY", 1e-9)
    monkeypatch.delenv("CI", raising=False)

    plain = batch(day, "-o", out)
    quiet = batch(day, "-o", out, CI="true")

    assert "2 of 4 (50 %) lines done" in plain.stderr
    assert quiet.stderr == ""


def test_hidden_rows_are_asked_for_by_name(day, out, monkeypatch):
    asked: list[bool] = []
    original = cli_batch.BatchOptions.rows

    def rows(self, desk, warn):
        asked.append(self.include_hidden)
        return original(self, desk, warn)

    monkeypatch.setattr(cli_batch.BatchOptions, "rows", rows)

    batch(day, "-o", out)
    batch(day, "-o", out, "--include-hidden")

    assert asked == [False, True]


# --- sheets of earlier runs ------------------------------------------------------------------


def withdrawn(out: Path) -> list[str]:
    return sorted(path.name.split(".")[0] for path in out.glob("withdrawn/*.pdf"))


def test_withdrawals_are_counted_and_are_no_fault(day, out):
    batch(day, "-o", out)
    a_day(day, ["Zoë", "Bo"])

    done = batch(day, "-o", out)

    assert done.exit_code == 0
    assert re.search(r"withdrawn +│ +2 ", done.stdout)
    assert withdrawn(out) == ["K4", "K5"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param(["--day", "2026-11-25"], [], id="one day"),
        pytest.param(["--keep-others"], [], id="kept by wish"),
        pytest.param(
            ["--day", "2026-11-25", "--withdraw-others"], ["K2", "K3", "K4", "K5"], id="by wish"
        ),
    ],
)
def test_a_run_of_another_day_leaves_the_others_unless_told(tmp_path, day, out, more, expected):
    batch(day, "-o", out)
    other = tmp_path / "other.csv"
    other.write_text(day.read_text().replace("K", "L").replace("-24", "-25"))

    done = batch(other, "-o", out, *more)

    assert done.exit_code == 0
    assert withdrawn(out) == expected
    assert ("4 sheets of earlier runs stay" in done.stderr) is (not expected)


def test_a_page_of_a_list_that_has_more_leaves_the_others(tmp_path, day, out, monkeypatch):
    batch(day, "-o", out)
    monkeypatch.setattr(intake, "has_more_pages", lambda places: True)

    batch(a_day(day, ["Zoë"]), "-o", out)

    assert withdrawn(out) == []


def test_a_print_job_leaves_out_what_was_withdrawn(day, out, monkeypatch):
    merged: list[str] = []

    def noted(leaves, target, **options):  # type: ignore[no-untyped-def]
        merged.extend(leaf.bookmark for leaf in leaves)
        return merge.Merged(len(merged), 8, 1)

    monkeypatch.setattr(merge, "merge", noted)
    batch(day, "-o", out)

    batch(a_day(day, ["Zoë", "Bo"]), "-o", out, "--merge", out / "d.pdf", "--sort", "name")

    assert sorted(merged) == ["K2", "K3"]


def test_a_sheet_that_cannot_be_moved_aside_is_named_and_exit_1(day, out, monkeypatch):
    def locked(folder: Path, file: str) -> Path:
        raise PermissionError(13, "Permission denied")

    batch(day, "-o", out)
    monkeypatch.setattr("careleaf.batch.withdrawn.set_aside", locked)

    done = batch(a_day(day, ["Zoë", "Bo", "Émile"]), "-o", out)

    assert done.exit_code == 1
    assert "K5.bone-biopsy.nl.pdf: cannot be moved aside" in done.stderr
