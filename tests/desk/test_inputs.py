"""What a sheet is made from: a file changes the digest if and only if it changes the sheet."""

from __future__ import annotations

import os
import re
import shutil
import struct
import zlib
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from builders import a_clinic, a_good_handout, a_section, an_order, write

from careleaf import fingerprint
from careleaf.authoring.preview import stamps
from careleaf.batch.parcel import Parcel, parcel
from careleaf.desk import cache as kept
from careleaf.desk import inputs, memory, references
from careleaf.desk.desk import Desk
from careleaf.language import signoff
from careleaf.model import Approval, Form
from careleaf.paths import PROGRAM, Root
from careleaf.pdf import press, strict
from careleaf.web.watcher import ContentWatcher

TODAY = date(2026, 11, 23)
HANDOUT, TAG = "a-handout", "fr_CA"
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="{}" height="9"/>{}</svg>'


# --- a clinic of its own -----------------------------------------------------------------------


def a_photograph(shade: int) -> bytes:
    """Return a PNG of one grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixel = zlib.compress(bytes([0, shade]))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(*each) for each in ((b"IHDR", header), (b"IDAT", pixel), (b"IEND", b""))
    )


def a_po(tag: str, texts: dict[tuple[str, str], str]) -> str:
    plural = (
        "nplurals=2; plural=(n > 1);" if tag.startswith("fr") else "nplurals=2; plural=(n != 1);"
    )
    head = (
        f'msgid ""\nmsgstr ""\n"Language: {tag}\\n"\n"Plural-Forms: {plural}\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
    )
    return head + "".join(
        f'\nmsgctxt "{context}"\nmsgid "{msgid}"\nmsgstr "{text}"\n'
        for (context, msgid), text in texts.items()
    )


def the_clinic(folder: Path) -> Path:
    """Write a clinic with all that a clinic's folder may hold: two languages, signed, and more."""
    block = {"type": "picture", "file": "hip.svg", "alt": "A hip.", "width_mm": 30}
    handout = a_good_handout(id=HANDOUT)
    handout["sections"].insert(1, a_section("look", "How it looks", block))
    other = {**a_good_handout(id="other"), "code": "T002"}
    shutil.copytree(PROGRAM / "templates", folder / "templates")
    shutil.copytree(PROGRAM / "styles", folder / "styles")
    for part in ("handouts", "shared", "rosters"):
        (folder / part).mkdir()
    write(folder / "handouts" / f"{HANDOUT}.yaml", handout)
    write(folder / "handouts" / "other.yaml", other)
    write(folder / "clinic.yaml", a_clinic(logo="shared/logo.svg"))
    for name, more in (
        ("handouts/hip.svg", ""),
        ("handouts/not-named.svg", ""),
        ("shared/inner.svg", ""),
        ("shared/logo.svg", '<image href="inner.svg" width="4" height="4"/>'),
    ):
        (folder / name).write_text(SQUARE.format(5, more))
    (folder / "shared" / "photo.png").write_bytes(a_photograph(40))
    (folder / "styles" / "zz-own.css").write_text(
        '@import "more/imported.css";\n.sheet, body { background: url("../shared/ph\\6f to.png") }\n'
    )
    (folder / "styles" / "more").mkdir()
    (folder / "styles" / "more" / "imported.css").write_text("h2 { letter-spacing: 0.1pt }\n")
    (folder / "templates" / "extra.html.j2").write_text("<p>Of the clinic.</p>")
    page = folder / "templates" / "page.html.j2"
    page.write_text(page.read_text().replace("</body>", '{% include "extra.html.j2" %}\n</body>'))
    for tag in ("fr", "fr_CA", "nl"):
        shutil.copytree(PROGRAM / "locales" / tag[:2], folder / "locales" / tag)
        for path in (folder / "locales" / tag).rglob("*"):
            if path.is_file() and path.name != "sheet.po":
                path.unlink()
    translate(folder, "nl")
    translate(folder, "fr")
    sheet = folder / "locales" / "fr_CA" / "LC_MESSAGES" / "sheet.po"
    sheet.write_text(re.sub(r'"Language: fr\\n"', r'"Language: fr_CA\\n"', sheet.read_text()))
    (folder / "locales" / "glossary.yaml").write_text("terms: {}\n")
    (folder / "rosters" / "day.csv").write_text("id,name\n")
    (folder / "README.md").write_text("Ours.\n")
    sign(folder)
    return folder


def translate(folder: Path, tag: str) -> None:
    """Write catalogues of both handouts that say the English again."""
    desk = a_desk(folder)
    from careleaf.language.messages import of_handout

    for handout in (HANDOUT, "other"):
        messages = of_handout(desk.content.source(handout))
        texts = {(one.context, one.msgid): one.msgid for one in messages}
        path = folder / "locales" / tag / "LC_MESSAGES" / f"{handout}.po"
        path.write_text(a_po(tag, texts))


def sign(folder: Path) -> None:
    content = a_desk(folder).content
    for tag in ("fr_CA", "nl"):
        signable = content.signable(HANDOUT, tag)
        signoff.sign(content.root.locales, tag, signable, Approval("A. Nurse", "Nurse", TODAY))


def a_desk(folder: Path) -> Desk:
    return Desk.at(Root.at(folder), TODAY, use_stencil=False)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return the_clinic(tmp_path_factory.mktemp("clinic"))


def sheet(folder: Path) -> bytes:
    """Return the sheet of a child as the press makes it."""
    order = an_order(HANDOUT, TAG)
    return a_desk(folder).make(order).pdf


def digest(folder: Path) -> str:
    return a_desk(folder).edition_digest(HANDOUT, TAG, Form())


# --- every file of it --------------------------------------------------------------------------

# How a file is changed so that it matters, if it can matter at all.
CHANGES: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    (r"shared/photo\.png", lambda data: a_photograph(200)),
    (r".*\.svg", lambda data: data.replace(b'width="5"', b'width="6"')),
    (r"clinic\.yaml", lambda data: data.replace(b"Test Clinic", b"Best Clinic")),
    (r"handouts/.*\.yaml", lambda data: data.replace(b"version: '1.0'", b"version: '1.1'")),
    (r".*/(a-handout|other)\.po", lambda data: data.replace(b'msgstr "Rest well', b'msgstr "Best well')),
    (r".*/signoff\.yaml", lambda data: data.replace(b"role: Nurse", b"role: Purse")),
    (r"styles/more/imported\.css", lambda data: data.replace(b"0.1pt", b"0.2pt")),
    (r"templates/extra\.html\.j2", lambda data: data.replace(b"Of the", b"On the")),
)  # fmt: skip


def test_a_change_of_a_file_changes_the_digest_if_and_only_if_it_changes_the_sheet(
    clinic, tmp_path
):
    """Every file that has a change that matters, and every file that has none."""
    folder = tmp_path / "copy"
    shutil.copytree(clinic, folder)
    before, told = sheet(folder), digest(folder)
    wrong, matters = [], []

    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        change = next((each for pattern, each in CHANGES if re.fullmatch(pattern, name)), None)
        if change is None and not is_nothing_of_a_sheet(name):
            continue  # below
        data = path.read_bytes()
        changed = change(data) if change else data + b"\n"
        path.write_bytes(changed)
        is_other, is_told = sheet(folder) != before, digest(folder) != told
        path.write_bytes(data)
        if changed != data and is_other != is_told:
            wrong.append((name, is_other, is_told))
        if is_other:
            matters.append(name)

    assert wrong == []
    assert matters == [
        "clinic.yaml",
        "handouts/a-handout.yaml",
        "handouts/hip.svg",
        "locales/fr/LC_MESSAGES/a-handout.po",
        "locales/fr_CA/signoff.yaml",
        "shared/inner.svg",
        "shared/logo.svg",
        "shared/photo.png",
        "styles/more/imported.css",
        "templates/extra.html.j2",
    ]


def is_nothing_of_a_sheet(name: str) -> bool:
    """Whether a file is another language's, another handout's, the web page's or nobody's."""
    return bool(
        re.match(r"(locales/nl|locales/glossary|rosters|README|templates/web|styles/web)", name)
    )


def test_every_style_template_and_label_of_a_sheet_is_in_the_digest(clinic, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(clinic, folder)
    told = digest(folder)
    wrong = []

    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not re.match(r"templates/|styles/.*\.css|locales/fr", name) or not path.is_file():
            continue
        data = path.read_bytes()
        path.write_bytes(data + b"\n")
        if (digest(folder) != told) == is_nothing_of_a_sheet(name):
            wrong.append(name)
        path.write_bytes(data)

    # `other.po` is another handout's.
    assert wrong == ["locales/fr/LC_MESSAGES/other.po"]


def test_the_renderer_fetches_nothing_that_is_not_on_the_list(clinic, monkeypatch):
    fetched: set[Path] = set()
    fetch = strict.AssetFetcher._check

    def noted(self, path, host):  # type: ignore[no-untyped-def]
        fetched.add(path)
        return fetch(self, path, host)

    monkeypatch.setattr(strict.AssetFetcher, "_check", noted)
    press._cached_press.cache_clear()

    sheet(clinic)

    listed = {one.path for one in inputs.of_edition(a_desk(clinic).content, HANDOUT, TAG, Form())}
    assert {path.name for path in fetched} >= {"photo.png", "inner.svg", "hip.svg", "imported.css"}
    assert fetched <= listed


def test_the_same_content_in_another_folder_has_the_same_sheet_and_digest(clinic, tmp_path):
    folder = tmp_path / "elsewhere"
    shutil.copytree(clinic, folder)

    assert sheet(folder) == sheet(clinic)
    assert digest(folder) == digest(clinic)


def test_the_programs_own_folder_and_its_copy_have_the_same_digest(tmp_path):
    for part in ("handouts", "locales", "templates", "styles"):
        shutil.copytree(PROGRAM / part, tmp_path / part)
    shutil.copy(PROGRAM / "clinic.yaml", tmp_path)

    here, there = (Desk.at(Root.at(each), TODAY) for each in (PROGRAM, tmp_path))

    assert here.edition_digest("bone-biopsy", "nl", Form()) == there.edition_digest(
        "bone-biopsy", "nl", Form()
    )


def test_a_logo_of_the_programs_styles_serves_a_clinic_without_styles(tmp_path):
    (tmp_path / "handouts").mkdir()
    write(tmp_path / "handouts" / f"{HANDOUT}.yaml", a_good_handout(id=HANDOUT))
    write(tmp_path / "clinic.yaml", a_clinic(logo="styles/logo.svg"))

    listed = inputs.of_edition(a_desk(tmp_path).content, HANDOUT, "en", Form())

    logo = next(one for one in listed if one.name == "styles/logo.svg")
    assert logo.path == PROGRAM / "styles" / "logo.svg"
    assert a_desk(tmp_path).make(an_order(HANDOUT)).pages


def test_a_file_that_comes_later_changes_the_digest(clinic, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(clinic, folder)
    told = digest(folder)

    own = folder / "locales" / "fr_CA" / "LC_MESSAGES" / f"{HANDOUT}.po"
    shutil.copy(folder / "locales" / "fr" / "LC_MESSAGES" / f"{HANDOUT}.po", own)

    assert digest(folder) != told


# --- those that watch, and the one that sends --------------------------------------------------


def page(folder: Path) -> str:
    return ContentWatcher(Root.at(folder), lambda: TODAY)._content()


def preview(folder: Path) -> str:
    desk = a_desk(folder)
    return stamps.sources(desk) + stamps.translations(desk, TAG)


def sent(folder: Path) -> str:
    return parcel(Root.at(folder), TODAY, False).digest


@pytest.mark.parametrize("watcher", [page, preview, sent])
def test_what_changes_the_digest_is_noticed_and_sent(clinic, tmp_path, watcher):
    folder = tmp_path / "copy"
    shutil.copytree(clinic, folder)
    before = watcher(folder)
    listed = inputs.of_edition(a_desk(folder).content, HANDOUT, TAG, Form())
    missed = []

    for one in listed:
        if not one.path.is_file() or one.name.startswith(inputs.PROGRAM_PART):
            continue
        data, times = one.path.read_bytes(), one.path.stat()
        one.path.write_bytes(data + b" ")
        if watcher(folder) == before:
            missed.append(one.name)
        one.path.write_bytes(data)
        os.utime(one.path, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert missed == []
    assert watcher(folder) == before


@pytest.mark.parametrize(
    ("watcher", "also"),
    [(page, ()), (preview, ("locales/glossary.yaml",)), (sent, ())],
)
def test_what_no_sheet_comes_from_is_not_noticed_nor_sent(clinic, tmp_path, watcher, also):
    folder = tmp_path / "copy"
    shutil.copytree(clinic, folder)
    before = watcher(folder)
    noticed = []

    for name in ("README.md", "rosters/day.csv", "handouts/not-named.svg", "locales/glossary.yaml"):
        data, times = (folder / name).read_bytes(), (folder / name).stat()
        (folder / name).write_bytes(data + b" ")
        if watcher(folder) != before:
            noticed.append(name)
        (folder / name).write_bytes(data)
        os.utime(folder / name, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert noticed == list(also)


@pytest.mark.parametrize("watcher", [page, sent])
def test_a_handout_more_or_less_is_noticed_and_sent(clinic, tmp_path, watcher):
    folder = tmp_path / "copy"
    shutil.copytree(clinic, folder)
    before = watcher(folder)

    (folder / "handouts" / "other.yaml").unlink()

    assert watcher(folder) != before


def test_a_parcel_opened_elsewhere_makes_the_same_bytes(clinic):
    goods = parcel(Root.at(clinic), TODAY, False)

    made = Parcel(goods.content, TODAY, False).open().make(an_order(HANDOUT, TAG))

    assert made.pdf == sheet(clinic)


def test_a_clinic_with_a_fault_is_watched_all_the_same(clinic, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(clinic, folder)
    good = (folder / "clinic.yaml").read_text()
    (folder / "clinic.yaml").write_text("name: [")
    broken = page(folder)

    (folder / "clinic.yaml").write_text(good)

    assert page(folder) != broken


# --- what a file names -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("a.css", "p { background: url(b.png) }", ["s/b.png"]),
        ("a.css", "p { background: URL( 'b c.png' ) }", ["s/b c.png"]),
        ("a.css", 'p { background: url("../b%20c.png") }', ["b c.png"]),
        ("a.css", '@import "b.css" print;', ["s/b.css"]),
        ("a.css", "@import url(b.css);", ["s/b.css"]),
        ("a.css", "/* url(b.png) */", []),
        ("a.css", "p { background: url(data:image/png;base64,AAAA) url(#x) }", []),
        ("a.css", "p { background: url(https://example.org/b.png) }", []),
        ("a.css", r"p { background: url(b\2e png) }", ["s/b.png"]),
        ("a.svg", '<use href="b.svg#part"/><image xlink:href="c&amp;d.svg"/>', ["s/b.svg", "s/c&d.svg"]),
        ("a.html.j2", '<img src="b.svg"><img src="{{ logo }}">', ["b.svg"]),
        ("a.html.j2", '{% from "blocks/x.html.j2" import y %}', ["t/blocks/x.html.j2"]),
    ],
)  # fmt: skip
def test_a_file_names(tmp_path, name, text, named):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / name).write_text(text)

    found = references.of(tmp_path / "s" / name, tmp_path, tmp_path / "t")

    assert [path.relative_to(tmp_path).as_posix() for path in found] == named


def test_which_pictures_a_handout_names_is_kept_and_never_believed_when_damaged(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(memory, "cache_folder", lambda: tmp_path / "cache")
    (tmp_path / "x.yaml").write_text("x")
    asked: list[int] = []

    def read() -> tuple[str, ...]:
        asked.append(1)
        return ("hip.svg",)

    first = kept.pictures(tmp_path / "x.yaml", read)
    again = kept.pictures(tmp_path / "x.yaml", read)
    [file] = (tmp_path / "cache" / "pictures").iterdir()
    file.write_bytes(file.read_bytes().replace(b"hip", b"hop"))
    last = kept.pictures(tmp_path / "x.yaml", read)

    assert (first, again, last) == (("hip.svg",),) * 3
    assert len(asked) == 2


# --- the program -------------------------------------------------------------------------------


def test_every_module_of_the_program_is_in_its_fingerprint():
    listed = {path.relative_to(PROGRAM / "careleaf").as_posix() for path in fingerprint.modules()}

    found = {
        path.relative_to(PROGRAM / "careleaf") for path in (PROGRAM / "careleaf").rglob("*.py")
    }
    assert listed == {path.as_posix() for path in found}
    assert "stencil/filling.py" in listed and "errors.py" in listed


@cache
def libraries_of_a_press() -> set[str]:
    """Return what a process has loaded from installed packages once it has pressed a sheet."""
    import subprocess
    import sys

    program = """
import sys
from datetime import date
from importlib.metadata import packages_distributions
from careleaf.desk.desk import Desk
from careleaf.model import Form
from careleaf.paths import Root
Desk.at(Root.at(), date(2026, 11, 23)).blank("bone-biopsy", "nl", Form())
loaded = {name.partition(".")[0] for name in sys.modules}
owners = packages_distributions()
print(*sorted({owner.lower() for name in loaded for owner in owners.get(name, ())}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROGRAM, text=True, capture_output=True, check=True
    )
    return set(done.stdout.split())


# They load code, check types, or read files that a model then checks: no byte of a sheet is theirs.
NOT_OF_A_SHEET = {
    "annotated-types", "careleaf", "cffi", "pydantic", "pydantic_core", "pydantic-core", "pycparser",
    "typing-inspection", "typing_extensions", "brotli", "zopfli", "lxml", "setuptools", "typing-extensions",
    "tzdata",  # the names of time zones, for clinic.yaml: the day of an order is settled before its sheet
}  # fmt: skip


def test_every_library_that_a_sheet_is_pressed_with_is_in_the_fingerprint():
    missing = libraries_of_a_press() - set(fingerprint.LIBRARIES) - NOT_OF_A_SHEET

    assert {name for name in missing if not name.startswith(("fontpkg", "justmytype"))} == set()


def test_two_machines_compare_bytes_and_versions_not_times():
    told = fingerprint.across()

    assert set(told) >= {
        "careleaf",
        "program",
        "weasyprint",
        "pango",
        "zlib",
        *fingerprint.LIBRARIES,
    }
    assert not [name for name, version in told.items() if version in ("none", "unknown", "")]
