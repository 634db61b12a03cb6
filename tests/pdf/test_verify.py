"""The verifier: it says what is wrong, and cannot be content by accident."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Name

from careleaf.errors import HandoutError
from careleaf.pdf import verify as verifier
from careleaf.pdf.press import press
from careleaf.pdf.verify import CHECKS, Failing, Verdict, main, missing_tool, verify

PAGE = (
    '<!DOCTYPE html><html lang="en"><title>After the test</title>'
    "<style>html { font-family: 'Careleaf Sans'; image-rendering: crisp-edges }</style>"
    '<h1>Call us</h1><img alt="A bell" src="bell.svg" width="9"><table><thead><tr><th>Medicine</thead><tr><td>x</table>'
)
pytestmark = pytest.mark.skipif(
    bool(missing_tool()) and os.environ.get("CI") != "true", reason=missing_tool() or "none"
)


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> bytes:
    base = tmp_path_factory.mktemp("base")
    (base / "bell.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7z"/></svg>'
    )
    return press(PAGE, base=base).pdf


def spoilt(pdf: bytes, spoil) -> bytes:
    """Return `pdf` after `spoil` had its way with the open file."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as file:
        spoil(file)
        file.save(out)
    return out.getvalue()


def tags(file, name):
    return [
        one
        for one in file.objects
        if isinstance(one, pikepdf.Dictionary) and one.get("/S") == Name(f"/{name}")
    ]


def without_description(file):
    del tags(file, "Figure")[0]["/Alt"]


def without_scope(file):
    del tags(file, "TH")[0]["/A"]["/Scope"]


def without_language(file):
    del file.Root["/Lang"]


def without_claims(file):
    text = file.Root.Metadata.read_bytes()
    file.Root.Metadata.write(
        text.replace(b"pdfuaid:part>1", b"pdfuaid:part>7").replace(b'"A"', b'"B"')
    )


def without_font(file):
    descriptors = (one for one in file.objects if isinstance(one, pikepdf.Dictionary))
    del next(one for one in descriptors if "/FontFile2" in one)["/FontFile2"]


SPOILS = {
    without_description: "PDF/UA-1 7.3-1: a picture has no description",
    without_scope: "PDF/UA-1 7.5-1: a table's header cell does not say which cells it heads",
    without_language: "PDF/UA-1 7.2-34: text has no language (3 times)",
    without_claims: "PDF/UA-1 5-2: ",
    without_font: "PDF/A-2a 6.2.11.4.1-1: a typeface is not in the file",
}


@pytest.mark.slow
def test_each_fault_in_a_file_is_told_in_words_beside_a_good_file(good, tmp_path):
    (tmp_path / "good.pdf").write_bytes(good)
    for spoil in SPOILS:
        (tmp_path / f"{spoil.__name__}.pdf").write_bytes(spoilt(good, spoil))
    (tmp_path / "half.pdf").write_bytes(good[: len(good) // 2])
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "text.pdf").write_text("this is no PDF")

    verdicts = {verdict.path.stem: verdict for verdict in verify([tmp_path])}

    assert [name for name, verdict in verdicts.items() if verdict.is_good] == ["good"]
    for spoil, words in SPOILS.items():
        told = [str(failing) for failing in verdicts[spoil.__name__].failing]
        assert any(line.startswith(words) for line in told), told
    for broken in ("half", "empty", "text"):
        told = [str(failing) for failing in verdicts[broken].failing]
        assert any("veraPDF cannot read this file" in line for line in told), told


@pytest.mark.slow
def test_make_verify_prints_a_line_a_file_and_tells_by_its_status(good, tmp_path):
    (tmp_path / "good.pdf").write_bytes(good)
    (tmp_path / "bad.pdf").write_bytes(spoilt(good, without_description))

    done = subprocess.run(
        [sys.executable, "-m", "careleaf.pdf.verify", tmp_path], capture_output=True, text=True
    )

    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines() == [
        f"BAD   {tmp_path / 'bad.pdf'}",
        "      PDF/UA-1 7.3-1: a picture has no description",
        f"good  {tmp_path / 'good.pdf'}",
        "1 of 2 are sound PDF/UA-1 and PDF/A-2a",
    ]


@pytest.mark.parametrize("place", ["nowhere", "."], ids=["no such folder", "a folder without PDFs"])
def test_nothing_to_check_is_no_success(tmp_path, monkeypatch, capsys, place):
    monkeypatch.chdir(tmp_path)

    assert main([place]) == 2
    assert "there is no PDF here" in capsys.readouterr().err
    assert main([]) == 2


@pytest.mark.parametrize(
    "lack", [("java", "JDK"), ("engine", "pip install 'careleaf[verify]'")], ids=lambda it: it[0]
)
def test_a_missing_tool_is_named_with_the_cure(good, tmp_path, monkeypatch, lack):
    tool, cure = lack
    (tmp_path / "good.pdf").write_bytes(good)
    if tool == "java":
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        monkeypatch.setattr(verifier, "find_spec", lambda name: None)

    with pytest.raises(HandoutError, match="cannot be checked") as error:
        verify([tmp_path])

    assert cure in error.value.hint


def test_a_verdict_is_good_only_if_every_check_said_so():
    said_all = Verdict(Path("a.pdf"), CHECKS, ())

    assert said_all.is_good
    for silent in CHECKS:
        assert not Verdict(Path("a.pdf"), CHECKS - {silent}, ()).is_good
    assert not Verdict(Path("a.pdf"), CHECKS, (Failing("qpdf", "", "damaged"),)).is_good


ANSWERS = {
    "says nothing": "",
    "forgets the end": "0\tua1\tpass\n0\t2a\tpass\n",
    "counts wrong": "0\tua1\tpass\n0\t2a\tpass\ndone\t2\n",
    "crashes": "0\tua1\tpass\n0\t2a\tpass\ndone\t1\n",
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_verapdf_that_stops_early_is_an_error(good, tmp_path, monkeypatch, answer):
    (tmp_path / "good.pdf").write_bytes(good)
    script = f"print({ANSWERS[answer]!r}, end=''); raise SystemExit({answer == 'crashes':d})"
    monkeypatch.setattr(verifier, "_command", lambda: [sys.executable, "-c", script])

    with pytest.raises(HandoutError, match="veraPDF stopped before its end"):
        verify([tmp_path])


def test_a_file_that_verapdf_passes_over_has_failed(good, tmp_path, monkeypatch):
    (tmp_path / "good.pdf").write_bytes(good)
    script = "print('0\\tua1\\tpass\\ndone\\t1')"
    monkeypatch.setattr(verifier, "_command", lambda: [sys.executable, "-c", script])

    (verdict,) = verify([tmp_path])

    assert not verdict.is_good
    assert [str(one) for one in verdict.failing] == ["PDF/A-2a: veraPDF said nothing of this file"]
