"""`check`, `locales` and `sign` as people run them: what they say, where, and their exit status."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from builders import TODAY, a_desk, a_good_handout, a_handout, a_list, a_section
from click.testing import CliRunner, Result

from careleaf.authoring import print_checks, pseudo
from careleaf.authoring.review import review
from careleaf.authoring.reviewer import Diagnostic
from careleaf.cli.authoring import annotation
from careleaf.cli.main import careleaf
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.paths import PROGRAM, Root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A clinic's own folder: one handout of its own, in Dutch."""
    a_desk(tmp_path, a_good_handout())
    run("locales", "update", "--locale", "nl", root=tmp_path)
    path = po(tmp_path)
    text = path.read_text("utf-8")
    number = iter("abcdefghijklmnopqrstuvwxyz")

    def fill(match: re.Match[str]) -> str:
        english = match[1]
        end = english[-1] if english[-1] in ".?:" else ""
        names = " ".join(re.findall(r"\{\w+\}", english))
        return f'msgid "{english}"\nmsgstr "{"Zin " + next(number)}{" " + names if names else ""}{end}"'

    path.write_text(re.sub(r'msgid "(.+)"\nmsgstr ""', fill, text), "utf-8")
    return tmp_path


def po(root: Path, tag: str = "nl") -> Path:
    return root / "locales" / tag / "LC_MESSAGES" / "a-handout.po"


def run(*arguments: str, root: Path, **environment: str) -> Result:
    """Run the command in this process, on a day that does not change."""
    result = CliRunner().invoke(
        careleaf,
        [*arguments, "--root", str(root)],
        env={"CARELEAF_TODAY": TODAY.isoformat(), **environment},
    )
    if result.exception and not isinstance(result.exception, SystemExit | HandoutError):
        raise result.exception
    return result


def break_(root: Path, old: str, new: str) -> int:
    """Change the first translation with `old`; return the line of its msgid."""
    lines = po(root).read_text("utf-8").split("\n")
    index = next(n for n, line in enumerate(lines) if line.startswith("msgstr") and old in line)
    lines[index] = lines[index].replace(old, new)
    po(root).write_text("\n".join(lines), "utf-8")
    return index


# --- check --------------------------------------------------------------------------------------


def test_good_content_has_nothing_to_mend_and_shows_its_reading_grade(root: Path):
    result = run("check", root=root)

    assert result.exit_code == 0, result.output
    assert "1 handout in 2 languages: nothing to mend" in result.output
    assert "Flesch-Kincaid grade" in result.output
    assert "Flesch-Douma" in result.output


def test_our_own_content_has_nothing_that_fails():
    report = review(Desk.at(Root.at(PROGRAM), TODAY), printing=False)

    assert [str(problem) for problem in report.problems if problem.fails] == []


def test_a_critical_fault_is_said_as_place_fault_and_cure_and_fails(root: Path):
    line = break_(root, "{emergency_phone}", "")

    result = run("check", "--no-print", root=root)

    assert result.exit_code == 1
    assert (
        f"locales/nl/LC_MESSAGES/a-handout.po:{line}: critical: {{emergency_phone}} is missing\n"
        "  write it exactly as in the English\n"
    ) in result.output
    assert "1 critical" in result.output


def test_a_warning_alone_does_not_fail(root: Path):
    break_(root, "Zin b", "Zin  b")

    result = run("check", "--no-print", root=root)

    assert result.exit_code == 0
    assert ": warning: two spaces stand together" in result.output
    assert "1 warning" in result.output


def test_a_handout_with_faults_is_reported_with_every_line_not_a_traceback(root: Path):
    path = root / "handouts" / "a-handout.yaml"
    path.write_text(path.read_text().replace("kind: home-care", "kind: home") + "colour: red\n")

    result = run("check", root=root)

    assert result.exit_code == 1
    assert "handouts/a-handout.yaml:" in result.output
    assert 'error: "home" is not one of the choices' in result.output
    assert 'error: "colour" is not known here' in result.output


def test_a_clinic_file_with_faults_is_reported_too(root: Path):
    (root / "clinic.yaml").write_text("name: [\n")

    result = run("check", root=root)

    assert result.exit_code == 1
    assert "clinic.yaml:" in result.output


def test_a_language_without_the_handout_is_one_line(root: Path):
    (root / "locales" / "de" / "LC_MESSAGES").mkdir(parents=True)

    result = run("check", "--no-print", root=root)

    assert result.exit_code == 1
    assert result.output.count("there is no translation of a-handout into de") == 1
    assert result.output.count("critical:") == 1


def test_a_folder_that_is_no_locale_is_named(root: Path):
    (root / "locales" / "nl-BE" / "LC_MESSAGES").mkdir(parents=True)

    result = run("check", "--no-print", root=root)

    assert result.exit_code == 1
    assert "locales/nl-BE:1: critical: this is no locale\n  name the folder nl_BE" in result.output


def test_english_variants_are_partial_by_design(root: Path):
    run("locales", "update", "--locale", "en_US", root=root)

    result = run("check", "--no-print", "--locale", "en_US", root=root)

    assert result.exit_code == 0, result.output


def test_a_regional_variant_leans_on_its_language(root: Path):
    shutil.copytree(root / "locales" / "nl", root / "locales" / "nl_BE")
    text = po(root, "nl_BE").read_text("utf-8").replace("Language: nl", "Language: nl_BE")
    po(root, "nl_BE").write_text(re.sub(r'msgstr "Zin.*"', 'msgstr ""', text), "utf-8")

    result = run("check", "--no-print", root=root)

    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "arguments", [("check", "no-such-handout"), ("check", "--locale", "xx"), ("sign", "a-handout", "--locale", "de", "--by", "B", "--role", "R")]
)  # fmt: skip
def test_a_request_that_cannot_be_used_is_refused(root: Path, arguments: tuple[str, ...]):
    assert isinstance(run(*arguments, root=root).exception, HandoutError)


def test_json_has_every_problem_and_the_reading_figures(root: Path):
    line = break_(root, "{emergency_phone}", "{phone}")

    result = run("check", "--no-print", "--format", "json", root=root)

    content = json.loads(result.output)
    assert content["summary"]["critical"] == 2
    first = content["problems"][0]
    assert (first["file"], first["line"], first["level"]) == (
        "locales/nl/LC_MESSAGES/a-handout.po",
        line,
        "critical",
    )
    assert {row["locale"] for row in content["reading"]} == {"en"}


def test_github_shows_problems_beside_their_lines(root: Path):
    line = break_(root, "{emergency_phone}", "")

    result = run("check", "--no-print", "--format", "github", root=root)

    assert result.output.startswith(
        f"::error file=locales/nl/LC_MESSAGES/a-handout.po,line={line},col=1,title=placeholder::"
        "{emergency_phone} is missing%0Awrite it exactly as in the English\n"
    )


def test_an_annotation_cannot_be_broken_out_of():
    problem = Diagnostic("warning", "x", "a,b:c.po", 3, 1, "50%\n::error::no", "")

    assert (
        annotation(problem)
        == "::warning file=a%2Cb%3Ac.po,line=3,col=1,title=x::50%25%0A::error::no"
    )


def test_every_check_is_explained():
    result = CliRunner().invoke(careleaf, ["check", "--explain"])

    assert result.exit_code == 0
    for name in ("placeholder", "pasted", "french-spacing", "tiers", "overflow"):
        assert re.search(rf"(?m)^  {name} \(", result.output), name


# --- on paper -----------------------------------------------------------------------------------


def test_a_sheet_over_its_pages_fails(tmp_path: Path):
    lines = [
        a_list(*(f"Drink water, and then {word} more." for word in "abcdefg")) for _ in range(12)
    ]
    desk = a_desk(tmp_path, a_handout(a_section("home", "At home", *lines), pages=1))

    found = dict(print_checks.findings(desk, "a-handout", "en", desk.form()))

    assert "1 is the most" in found["pages"].message


def restyled(root: Path, rules: str) -> Desk:
    """Return a desk whose clinic has changed the styles."""
    shutil.copytree(PROGRAM / "styles", root / "styles")
    (root / "styles" / "zz.css").write_text(rules)
    return Desk.at(Root.at(root), TODAY, use_stencil=False)


def test_a_word_that_runs_out_of_its_column_fails(tmp_path: Path):
    a_desk(tmp_path, a_handout(a_section("home", "Supercalifragilisticexpialidocious")))
    desk = restyled(tmp_path, "* { overflow-wrap: normal !important; hyphens: none !important }")

    found = dict(print_checks.findings(desk, "a-handout", "en", desk.form()))

    assert "does not fit" in found["overflow"].message


def test_a_text_that_the_styles_hide_does_not_come_back(root: Path):
    desk = restyled(root, ".with-icon, h2 { visibility: hidden }")

    found = dict(print_checks.findings(desk, "a-handout", "en", desk.form()))

    assert "does not come back out of the PDF" in found["read-back"].message


PICTURE = {"type": "picture", "file": "hip.svg", "alt": "A circle on a square."}


def a_pictured_desk(root: Path) -> Desk:
    desk = a_desk(root, a_handout(a_section("home", "At home", PICTURE)))
    (root / "handouts" / "hip.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="3"/></svg>'
    )
    return desk


def test_what_a_picture_shows_comes_back_from_its_tag(tmp_path: Path):
    desk = a_pictured_desk(tmp_path)

    assert list(print_checks.findings(desk, "a-handout", "en", desk.form())) == []


def test_a_picture_that_the_styles_hide_does_not_come_back(tmp_path: Path):
    a_pictured_desk(tmp_path)
    desk = restyled(tmp_path, ".picture { display: none }")

    found = dict(print_checks.findings(desk, "a-handout", "en", desk.form()))

    assert "does not come back out of the PDF" in found["read-back"].message


def test_a_character_without_a_glyph_is_named_at_its_line(root: Path):
    line = break_(root, "Zin c", "Zin \U0001f912")

    result = run("check", "--no-print", root=root)

    assert f"a-handout.po:{line}: critical: no typeface has a glyph" in result.output


def test_a_good_sheet_leaves_the_printed_checks_silent(root: Path):
    desk = Desk.at(Root.at(root), TODAY, use_stencil=False)

    assert list(print_checks.findings(desk, "a-handout", "nl", desk.form())) == []


# --- stats --------------------------------------------------------------------------------------


def rows(root: Path, *arguments: str) -> list[dict[str, object]]:
    result = run("locales", "stats", "--format", "json", *arguments, root=root)
    return json.loads(result.output)


def test_stats_count_translated_fuzzy_missing_and_critical(root: Path):
    break_(root, "Zin a", "")
    break_(root, "{emergency_phone}", "")
    text = po(root).read_text("utf-8")
    po(root).write_text(
        text.replace('msgctxt "a-handout/why"', '#, fuzzy\nmsgctxt "a-handout/why"', 1)
    )

    row = next(r for r in rows(root, "--locale", "nl") if r["domain"] == "a-handout")

    assert row["messages"] == row["translated"] + row["fuzzy"] + row["missing"]  # type: ignore[operator]
    assert (row["fuzzy"], row["missing"]) == (1, 1)
    assert row["critical"] == 3


def test_stats_say_who_signed_and_what_went_stale(root: Path):
    run(
        "sign",
        "a-handout",
        "--locale",
        "nl",
        "--by",
        "R. Jansen",
        "--role",
        "translator",
        root=root,
    )
    signed = run("locales", "stats", root=root).output
    break_(root, "Zin b", "Zin bb")
    stale = run("locales", "stats", root=root).output

    assert "translator, 2026-11-23 (R. Jansen)" in " ".join(signed.split())
    assert "stale (1 changed)" in " ".join(stale.split())
    assert "nl, a-handout: changed since it was signed" in stale
    assert "is new or changed" in stale


def test_stats_survive_a_broken_catalogue(root: Path):
    run("sign", "a-handout", "--locale", "nl", "--by", "R", "--role", "translator", root=root)
    po(root).write_text('msgid "half', "utf-8")

    row = next(r for r in rows(root, "--locale", "nl") if r["domain"] == "a-handout")

    assert row["translated"] == 0
    assert row["stale"]


@pytest.mark.parametrize("shape", ["svg", "html"])
def test_stats_make_a_picture_or_a_page_for_others_to_see(root: Path, shape: str):
    run("locales", "stats", "--format", shape, "-o", str(root / f"stats.{shape}"), root=root)

    text = (root / f"stats.{shape}").read_text("utf-8")

    assert "a-handout" in text
    if shape == "svg":
        assert ElementTree.fromstring(text).tag.endswith("svg")
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")


# --- sign ---------------------------------------------------------------------------------------


def test_sign_writes_the_file_and_says_that_the_english_is_not_signed(root: Path):
    result = run(
        *("sign", "a-handout", "--locale", "nl", "--by", "R. Jansen", "--role", "translator"),
        root=root,
    )

    assert result.exit_code == 0
    assert (root / "locales" / "nl" / "signoff.yaml").is_file()
    assert "the English of a-handout is not signed off yet" in result.output


def test_the_english_is_signed_by_itself(root: Path):
    run("sign", "a-handout", "--locale", "en", "--by", "B", "--role", "nurse", root=root)

    desk = Desk.at(Root.at(root), TODAY)

    assert desk.content.standing("a-handout", "en").holds
    assert not desk.content.standing("a-handout", "nl").holds
    assert desk.content.locales == ("en", "nl")


def test_sign_takes_what_make_gives_through_the_environment(root: Path):
    result = run(
        "sign", "a-handout", root=root,
        CARELEAF_LOCALE="nl", CARELEAF_BY="B", CARELEAF_ROLE="nurse",
    )  # fmt: skip

    assert result.exit_code == 0, result.output


# --- languages that do not exist ----------------------------------------------------------------


def test_invented_english_is_two_fifths_longer_and_keeps_its_placeholders():
    text = "Your child has a fever. Call the doctor or the nurse advice line."

    assert 1.3 < len(pseudo.longer(text)) / len(text) < 1.5


def test_both_invented_languages_are_printed(root: Path):
    result = run("locales", "pseudo", "-o", str(root / "out"), root=root)

    assert result.exit_code == 0, result.output
    assert {path.name for path in (root / "out").iterdir()} == {
        "a-handout.en_XA.pdf",
        "a-handout.ar_XB.pdf",
    }
    accented = print_checks.read((root / "out" / "a-handout.en_XA.pdf").read_bytes())
    assert "[Ŵĥ" in accented
    assert "811" in accented


def test_every_label_of_the_page_goes_through_the_catalogue():
    desk = Desk.at(Root.at(PROGRAM), TODAY)
    edition = pseudo.edition(desk, "bone-biopsy", pseudo.LANGUAGES[0])
    plain = {
        edition.clinic.name,
        edition.clinic.address,
        "Draft: no one has approved this wording yet",
    }

    text = print_checks.read(print_checks.pressed(desk, edition).rendered.pressed.pdf)

    left = re.sub(r"\[[^\[\]]*\]", " ", text.replace("\r\n", " "))
    for known in plain:
        left = left.replace(str(known), " ")
    words = set(re.findall(r"[a-z]{4,}", left.lower()))
    allowed = {"alexandra", "sample", "kowalczyk", "september", "october", "https", "handouts",
               "example", "wednesday", "thursday", "minutes", "acetaminophen", "november"}  # fmt: skip
    assert words - allowed == set()
