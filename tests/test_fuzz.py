"""Files of tests/corpus, broken at random: each reader gives values or a HandoutError, and in time.

`make test` tries a few dozen of each reader; `make fuzz` as many as fit into MINUTES. Whatever broke
a reader once is kept in the corpus.
"""

from __future__ import annotations

import io
import os
import random
import signal
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from careleaf.content import loading, pictures
from careleaf.errors import HandoutError
from careleaf.language import catalogue, signoff
from careleaf.lists import fhir
from careleaf.lists.delimited import read_csv
from careleaf.lists.fhir import FhirContext
from careleaf.lists.json_lines import read_json_lines
from careleaf.lists.workbook import read_workbook
from careleaf.web import forms

CORPUS = Path(__file__).parent / "corpus"
MINUTES = float(os.environ.get("CARELEAF_MINUTES", "1")) if "CARELEAF_FUZZ" in os.environ else 0
SECONDS = 20  # for one file
CONTEXT = FhirContext({("cpt", "20220"): ("bone-biopsy",)}, None, date(2026, 11, 23), "", None)
TOKENS = (
    *(
        b'"',
        b"'",
        b"\0",
        b"\r",
        b"\n",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"{",
        b"}",
        b"[",
        b"]",
    ),
    *(
        b"<",
        b">",
        b"&",
        b"]]>",
        b"<!--",
        b"%",
        b"\\",
        b"null",
        b"true",
        b"-1",
        b"1e999",
        b"NaN",
        b": ",
    ),
    *(
        b"- ",
        b"&a",
        b"*a",
        b"!!python/object:os.system",
        b"|",
        b">",
        b"#",
        b"\t",
        b"9" * 400,
        b"[" * 3000,
    ),
    *("\u202e\u2066\u0301".encode(), "𠀀".encode(), b"XFD1048576", b"2026-02-30", b"T99:99:99Z"),
)

Broken = tuple[int, list[tuple[str, float, float, int]]]


def _signoff(path: Path) -> object:
    return signoff.load(path.parent.parent, path.parent.name)


def _catalogue(path: Path) -> object:
    text = path.read_bytes().decode("utf-8", "replace")
    return catalogue.parse(text, "sheet.po", "nl", "sheet")


def _rows(read: Callable[..., object]) -> Callable[[Path], object]:
    return lambda path: list(read(path, lambda text: None))  # type: ignore[call-overload]


def _form(path: Path) -> object:
    try:
        return forms._fields(path.read_bytes())
    except forms.HttpRefusal as refusal:
        raise HandoutError(str(refusal)) from None


READERS: dict[str, tuple[str, str, Callable[[Path], object]]] = {
    "csv": ("list", "*.csv", _rows(read_csv)),
    "json lines": ("list", "*.jsonl", _rows(read_json_lines)),
    "workbook": ("workbook", "*", _rows(read_workbook)),
    "fhir": ("fhir", "*", _rows(fhir.reader(CONTEXT))),
    "handout": (
        "handout",
        "*",
        lambda path: loading.load_handout(path, "a.yaml", frozenset({"pain_medicine"})),
    ),
    "clinic": ("clinic", "*", lambda path: loading.load_clinic(path, "clinic.yaml")),
    "sign-off": ("signoff", "*", _signoff),
    "catalogue": ("catalogue", "*", _catalogue),
    "picture": ("picture", "*", lambda path: pictures.must_be_modest(path, "a.svg")),
    "form": ("form", "*", _form),
}
SLOW = ("workbook",)  # a process for each


def changes() -> st.SearchStrategy[list[tuple[str, float, float, int]]]:
    """Return some changes: what, where and how much as parts of the file, and which token."""
    part = st.floats(0, 1, exclude_max=True)
    kinds = st.sampled_from(["cut", "twice", "token", "over", "byte", "end", "nothing"])
    token = st.integers(0, len(TOKENS) * 256 - 1)
    return st.lists(st.tuples(kinds, part, part, token), min_size=0, max_size=6)


def broken(content: bytes, steps: list[tuple[str, float, float, int]]) -> bytes:
    """Return a file's bytes after some changes."""
    for kind, where, much, number in steps:
        at = int(where * len(content))
        to = min(len(content), at + 1 + int(much * much * much * len(content)))
        token = TOKENS[number % len(TOKENS)]
        content = {
            "cut": content[:at] + content[to:],
            "twice": content[:to] + content[at:],
            "token": content[:at] + token + content[at:],
            "over": content[:at] + token + content[at + len(token) :],
            "byte": content[:at] + bytes([number % 256]) + content[at + 1 :],
            "end": content[:to],
            "nothing": content,
        }[kind]
    return content


def broken_inside(content: bytes, which: int, steps: list[tuple[str, float, float, int]]) -> bytes:
    """Return a zip with one of its files broken, and all else sound."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for number, name in enumerate(old.namelist()):
            inner = old.read(name)
            is_it = number == which % len(old.namelist())
            new.writestr(name, broken(inner, steps) if is_it else inner)
    return out.getvalue()


def _too_slow(*_: object) -> None:
    raise AssertionError(f"a file took more than {SECONDS} seconds")


def once(reader: str, folder: Path, pick: int, inside: bool, steps: list) -> None:
    """Read one broken file: values, or a HandoutError with words."""
    place, pattern, read = READERS[reader]
    corpus = sorted((CORPUS / place).glob(pattern))
    source = corpus[pick % len(corpus)]
    content = source.read_bytes()
    is_zip = content.startswith(b"PK") and inside
    path = folder / source.name
    path.write_bytes(
        broken_inside(content, pick // len(corpus), steps) if is_zip else broken(content, steps)
    )
    signal.alarm(SECONDS)
    try:
        read(path)
    except HandoutError as fault:
        assert fault.message
    finally:
        signal.alarm(0)


@pytest.mark.parametrize("reader", READERS)
def test_a_broken_file_gives_values_or_a_fault_and_never_another_exception(tmp_path, reader):
    folder = tmp_path / "nl"
    folder.mkdir()
    before = signal.signal(signal.SIGALRM, _too_slow)
    count = 200 if MINUTES else 10 if reader in SLOW else 50

    def attempt(seed: int) -> None:
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            derandomize=not MINUTES,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.integers(0, 1000), st.booleans(), changes())
        def some(pick: int, inside: bool, steps: list) -> None:
            once(reader, folder, pick, inside, steps)

        random.seed(seed)
        some()

    until = time.monotonic() + 60 * MINUTES
    try:
        attempt(0)
        while time.monotonic() < until:
            attempt(random.SystemRandom().getrandbits(32))
    finally:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_has_a_sound_file_to_begin_with(tmp_path, reader):
    place, pattern, read = READERS[reader]
    folder = tmp_path / "nl"
    folder.mkdir()
    sources = sorted((CORPUS / place).glob(pattern))
    sound = 0

    for source in sources:
        path = folder / source.name
        path.write_bytes(source.read_bytes())
        try:
            read(path)
        except HandoutError:
            continue
        sound += 1

    assert sound
