"""The commands as people type them: what is made, what is said, and the exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from careleaf.paths import PROGRAM


def careleaf(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run generate.py in `cwd` as a person would."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("CARELEAF_")}
    cache = os.environ.get("CARELEAF_CACHE")
    kept = {"CARELEAF_CACHE": cache} if cache else {}
    return subprocess.run(
        [sys.executable, str(PROGRAM / "generate.py"), *arguments],
        cwd=cwd,
        env={**clean, **kept, "CARELEAF_TODAY": "2026-11-23", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def words(pdf: Path) -> str:
    """Return the text of a PDF, white space folded, direction isolates dropped."""
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return " ".join(text.replace("\u2068", "").replace("\u2069", "").split())


SHEET = ("sheet", "bone-biopsy", "--date", "2026-11-23")


def test_one_sheet_is_made_and_its_place_is_said(tmp_path: Path) -> None:
    ran = careleaf(*SHEET, "--name", "O'Brien", "-o", "out/x.pdf", cwd=tmp_path)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "out/x.pdf: 2 pages" in ran.stdout
    text = words(tmp_path / "out" / "x.pdf")
    assert "O'Brien" in text
    assert "Tuesday, November 24, 2026" in text


def test_a_sheet_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    careleaf(*SHEET, "--name", "A B", "-o", "out/x.pdf", cwd=tmp_path)

    assert (tmp_path / "out" / "x.pdf").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_a_sheet_without_a_place_is_named_by_id_never_by_name(tmp_path: Path) -> None:
    careleaf(*SHEET, "--name", "Anna Lee", "--id", "C-17", "--locale", "nl", cwd=tmp_path)

    assert [path.name for path in (tmp_path / "output").iterdir()] == ["C-17.bone-biopsy.nl.pdf"]


@pytest.mark.parametrize(
    ("arguments", "fault", "cure"),
    [
        (("--name", ""), "--name: the name is empty", "give the child's name"),
        (("--name", "secret" * 50), "--name: the name has 300 characters", "shorten"),
        (("--name", "A", "--date", "03/04/2026"), "--date: the date can be read", "YYYY-MM-DD"),
        (("--name", "A", "--date", "2026-02-30"), "no day in the calendar", "YYYY-MM-DD"),
        (("--name", "A", "--date", "2019-01-01"), "more than a year off", "check the year"),
        (("--name", "A", "--locale", "xx"), '--locale: there is no locale "xx"', "known: en"),
        (("--name", "A", "--size", "a5"), "--size: the size is not known", "letter"),
        (("--name", "A", "--with", "en"), "--with: the sheet is in en already", "another"),
        (("--name", "A", "--id", "../x"), "--id: the id cannot be used", "letters"),
        (("--name", "Li 😀"), "no face can print (U+1F600)", "letters"),
        (("--name", "A", "--root", "nowhere"), "--root: there is no folder", "handouts/"),
        (("--name", "A", "--clinic", "nowhere.yaml"), "nowhere.yaml: cannot be read", "check"),
    ],
)
def test_what_cannot_be_used_is_one_message_and_status_2(
    tmp_path: Path, arguments: tuple[str, ...], fault: str, cure: str
) -> None:
    ran = careleaf(*SHEET, *arguments, cwd=tmp_path)

    assert ran.returncode == 2
    assert fault in ran.stderr
    assert cure in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "secret" not in ran.stderr
    assert list(tmp_path.rglob("*.pdf")) == []


def test_an_unknown_handout_is_told_with_the_nearest(tmp_path: Path) -> None:
    ran = careleaf("sheet", "bone-biopsi", "--name", "A", "--date", "2026-11-23", cwd=tmp_path)

    assert ran.returncode == 2
    assert 'did you mean "bone-biopsy"?' in ran.stderr


def test_all_that_is_wrong_with_a_request_is_said_at_once(tmp_path: Path) -> None:
    ran = careleaf("sheet", "x", "--name", "", "--date", "soon", "--locale", "xx", cwd=tmp_path)

    for place in ("--name:", "--date:", "HANDOUT:", "--locale:"):
        assert place in ran.stderr


def test_the_environment_may_give_what_options_give(tmp_path: Path) -> None:
    ran = careleaf(
        "sheet",
        cwd=tmp_path,
        CARELEAF_HANDOUT="bone-biopsy",
        CARELEAF_NAME="O'Brien; touch pwned",
        CARELEAF_DATE="2026-11-23",
        CARELEAF_OUT="x.pdf",
    )

    assert ran.returncode == 0
    assert "O'Brien; touch pwned" in words(tmp_path / "x.pdf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.pdf"]


def test_list_names_every_handout_with_its_code_and_languages(tmp_path: Path) -> None:
    ran = careleaf("list", cwd=tmp_path)

    assert "bone-biopsy  [K051]" in ran.stdout
    assert "bone-marrow-biopsy-at-home  [K050]" in ran.stdout
    assert " nl " in ran.stdout


def test_a_blank_sheet_has_labels_and_lines_but_no_dates(tmp_path: Path) -> None:
    ran = careleaf("blank", "bone-biopsy", "--locale", "en", "-o", "b", cwd=tmp_path)

    assert ran.returncode == 0
    text = words(tmp_path / "b" / "bone-biopsy.en.pdf")
    assert "The day after" in text
    assert "November 24" not in text


def test_a_clinic_s_own_folder_needs_nothing_of_the_program_s(tmp_path: Path) -> None:
    own = tmp_path / "clinic"
    (own / "handouts").mkdir(parents=True)
    (own / "handouts" / "ear-check.yaml").write_text(
        "id: ear-check\ntitle: An ear check\ncode: K900\nkind: home-care\nversion: 1.0\n"
        "reviewed: 2026-11-01\nsections:\n  - id: about\n    title: The main thing\n"
        "    blocks:\n      - {type: key, text: 'Keep the ear dry and call {ward_phone}.'}\n"
        "timeline:\n  - {after: {days: 2}, text: Take the plug out.}\n"
    )
    (own / "clinic.yaml").write_text(
        "name: Dune Clinic\nward_phone: 01632 960001\nnurse_line: 01632 960002\n"
        "emergency_phone: 999\nweb_address: https://dune.example\nregion: GB\nlocale: en_GB\n"
    )

    ran = careleaf(
        "sheet", "ear-check", "--name", "Ada", "--date", "2026-11-23", "-o", "x.pdf",
        "--root", str(own), cwd=tmp_path,
    )  # fmt: skip

    assert ran.stderr == ""
    text = words(tmp_path / "x.pdf")
    assert "Dune Clinic" in text
    assert "Keep the ear dry and call 01632 960001." in text
    assert "Wednesday, 25 November 2026" in text or "Wednesday 25 November 2026" in text


def test_the_wrong_yaml_of_a_clinic_is_told_by_line(tmp_path: Path) -> None:
    own = tmp_path / "clinic"
    (own / "handouts").mkdir(parents=True)
    (own / "handouts" / "x.yaml").write_text("id: x\ntitel: X\n")
    (own / "clinic.yaml").write_bytes((PROGRAM / "clinic.yaml").read_bytes())

    ran = careleaf("list", "--root", str(own), cwd=tmp_path)

    assert ran.returncode == 2
    assert 'handouts/x.yaml:2:1: "titel" is not known here' in ran.stderr
    assert 'did you mean "title"?' in ran.stderr


def test_the_list_is_never_printed_over(tmp_path: Path):
    day = tmp_path / "day.csv"
    day.write_text("id,name,procedure_date,handout,locale\n", "utf-8")

    ran = careleaf("batch", "day.csv", "--merge", "day.csv", cwd=tmp_path)

    assert ran.returncode == 2
    assert "--merge: the file to print is a PDF" in ran.stderr
    assert day.read_text("utf-8").startswith("id,")


# ---- a command line that cannot be read


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("blnk",), 'blnk: there is no such command\n  did you mean "blank"? (known: batch, '),
        (("photocopy",), "photocopy: there is no such command\n  (known: batch, "),
        (("list", "--rot", "x"), '--rot: there is no such option\n  did you mean "--root"?'),
        (
            ("list", "--colour"),
            "--colour: there is no such option\n  see `generate.py list --help`",
        ),
        (("sheet",), "sheet: HANDOUT, --name and --date are missing\n"),
        (("sheet", "bone-biopsy", "--name", "A"), "sheet: --date is missing\n"),
        (("sheet", "bone-biopsy", "--name"), "--name"),
        (("batch",), "batch: ROSTER is missing\n"),
        (("batch", "x.csv", "--jobs", "0"), "--jobs: 0 is not in the range"),
        (("list", "too", "many"), "list: got unexpected extra arguments (too many)\n"),
        (("blank", "nothing"), 'HANDOUT: there is no handout "nothing"\n  (known: bone-biopsy'),
        (("blank", "bone-biopzy"), 'did you mean "bone-biopsy"?'),
    ],
)
def test_a_command_line_is_refused_with_place_fault_and_cure(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = careleaf(*arguments, cwd=tmp_path)

    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Usage:" not in ran.stderr
    assert "Traceback" not in ran.stderr


def test_from_make_the_missing_values_are_named_as_make_takes_them(tmp_path: Path) -> None:
    ran = careleaf("sheet", "--locale", "nl", cwd=tmp_path, MAKELEVEL="1")

    assert ran.returncode == 2
    assert ran.stderr == (
        "sheet: HANDOUT=, NAME= and DATE= are missing\n  make sheet HANDOUT=... NAME=... DATE=...\n"
    )


def test_the_version_is_told(tmp_path: Path) -> None:
    from careleaf import __version__

    assert careleaf("--version", cwd=tmp_path).stdout == f"careleaf {__version__}\n"


def test_a_shell_can_complete_the_commands(tmp_path: Path) -> None:
    ran = careleaf(
        cwd=tmp_path, _GENERATE_PY_COMPLETE="bash_complete", COMP_WORDS="x s", COMP_CWORD="1"
    )

    assert ran.stdout.split() == [f"plain,{name}" for name in ("schema", "serve", "sheet", "sign")]


def test_help_of_a_command_wants_no_values(tmp_path: Path) -> None:
    ran = careleaf("sheet", "--help", cwd=tmp_path)

    assert ran.returncode == 0
    assert "--date" in ran.stdout
