"""What a sheet is made from: the one list of its files, and what tells one state of them from another.

Whoever keeps, watches or sends what sheets come from asks here: the desk's digest, the page's and
the preview's watchers, the parcel for a cluster. A file has a name that is the same in whatever
folder it lies. A file that is asked for and not there is on the list too: it may come.

Where the list cannot know what a sheet needs (a rule in a style for a block that a handout does not
have), the file is on it: a sheet is then made once more, and the same.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from careleaf import fingerprint
from careleaf.desk import references
from careleaf.errors import HandoutError
from careleaf.model import Form
from careleaf.paths import PROGRAM, SHEET, Root, po_path
from careleaf.sheet import faces

if TYPE_CHECKING:
    from careleaf.desk.content import Content

SIGNOFF = "signoff.yaml"
PROGRAM_PART = "program/"  # before the name of a file that the program itself brings


@dataclass(frozen=True, slots=True, order=True)
class Input:
    """A file, and its name: `handouts/x.yaml`, be the folder what it may."""

    name: str
    path: Path


# --- the list --------------------------------------------------------------------------------


def of_edition(content: Content, handout: str, tag: str, form: Form) -> tuple[Input, ...]:
    """Return the files that a handout in a language on a form comes from, by name."""
    tags = [tag, form.second] if form.second else [tag]
    own = dict.fromkeys(step for each in tags for step in content.chain(each))
    labels = dict.fromkeys((*own, *content.chain("en")))  # a draft is marked in English too
    found = [
        *_of_clinic(content),
        *_of_handout(content, handout),
        *(each for step in own for each in _of_language(content.root, step, (handout,))),
        *(each for step in labels for each in _labels(content.root, step)),
    ]
    return tuple(sorted(set(_with_references(found, content.root))))


def of_root(content: Content) -> tuple[Input, ...]:
    """Return the files that any sheet of a folder comes from, by name.

    What cannot be read now (a clinic.yaml with a fault) is on the list with what it names unknown.
    """
    root = content.root
    handouts: tuple[str, ...] = ()
    with suppress(HandoutError):
        handouts = content.handouts
    found = [*_of_clinic(content), *of_program()]
    for handout in handouts:
        found += _of_handout(content, handout)
    for step in _folders(root.locales):
        found += _of_language(root, step, handouts)
        found += _labels(root, step)
    return tuple(sorted(set(_with_references(found, root))))


def of_program() -> tuple[Input, ...]:
    """Return the files that the program itself brings to every sheet: its labels in each language."""
    locales = PROGRAM / "locales"
    paths = (po_path(locales, step, SHEET) for step in _folders(locales))
    return tuple(
        Input(f"{PROGRAM_PART}locales/{path.relative_to(locales).as_posix()}", path)
        for path in paths
    )


def stylesheets(root: Root) -> tuple[Path, ...]:
    """Return the styles of a sheet: tokens first, then by name; those of the web page are not its."""
    found = (path for path in root.styles.glob("*.css") if path.stem != "web")
    return tuple(sorted(found, key=lambda path: (path.stem != "tokens", path.name)))


def _of_clinic(content: Content) -> Iterator[Input]:
    """Yield what every sheet of a clinic has: its file, its logo, templates and styles."""
    root = content.root
    yield Input("clinic.yaml", root.clinic_file)
    with suppress(HandoutError):  # nothing is made while clinic.yaml has a fault
        if content.facts.logo:
            yield _named(root, content.facts.logo)
    for path in _templates(root.templates):
        yield Input(f"templates/{path.relative_to(root.templates).as_posix()}", path)
    for path in stylesheets(root):
        yield Input(f"styles/{path.name}", path)


def _templates(folder: Path) -> Iterator[Path]:
    """Yield the templates and labels of a sheet; those of the web page are not its."""
    yield folder / "labels.yaml"
    for path in folder.rglob("*.j2"):
        if path.relative_to(folder).parts[0] != "web":
            yield path


def _of_handout(content: Content, handout: str) -> Iterator[Input]:
    path = content.root.handouts / f"{handout}.yaml"
    yield Input(f"handouts/{path.name}", path)
    with suppress(HandoutError, OSError):  # it cannot be made while it has a fault
        for picture in content.pictures(handout):
            yield Input(f"handouts/{picture}", content.root.handouts / picture)


def _of_language(root: Root, step: str, handouts: Iterable[str]) -> Iterator[Input]:
    """Yield what a clinic has of a language itself: catalogues, and who approved them."""
    for domain in (*handouts, SHEET):
        path = po_path(root.locales, step, domain)
        yield Input(f"locales/{path.relative_to(root.locales).as_posix()}", path)
    yield Input(f"locales/{step}/{SIGNOFF}", root.locales / step / SIGNOFF)


def _labels(root: Root, step: str) -> Iterator[Input]:
    """Yield the labels of a language: the clinic's, and the program's that stand behind them."""
    for locales, before in ((root.locales, ""), (PROGRAM / "locales", PROGRAM_PART)):
        path = po_path(locales, step, SHEET)
        yield Input(f"{before}locales/{path.relative_to(locales).as_posix()}", path)


def _folders(locales: Path) -> list[str]:
    return sorted(path.parent.name for path in locales.glob("*/LC_MESSAGES"))


def _named(root: Root, name: str) -> Input:
    """Return a file that clinic.yaml names."""
    return Input(os.path.normpath(name).replace(os.sep, "/"), root.part(name))


def _with_references(found: Iterable[Input], root: Root) -> Iterator[Input]:
    """Yield files and, in turn, the files of a sheet's folders that styles, pictures or templates name."""
    queue, seen = list(found), set[Input]()
    while queue:
        one = queue.pop()
        if one in seen:
            continue
        seen.add(one)
        yield one
        for path in references.of(one.path, root.folder, root.templates):
            name = _name(root, path)
            if name:
                queue.append(Input(name, path))


def _name(root: Root, path: Path) -> str:
    """Return the name of a file by its place, or nothing where no sheet may use it."""
    places = [(f"{name}/", root.part(name)) for name in ("handouts", "templates", "styles")]
    for before, folder in (*places, ("", root.folder), ("", PROGRAM)):
        if path.is_relative_to(folder):
            return before + path.relative_to(folder).as_posix()
    return ""


# --- what tells one state from another -------------------------------------------------------


def edition_digest(content: Content, handout: str, tag: str, form: Form) -> str:
    """Return a SHA-256 over all that an edition comes from: its files' bytes, faces, the program.

    The same content in another folder has the same digest. In the hot path: nothing is parsed.
    """
    head = (fingerprint.here(), faces.digest(), handout, tag, repr(form))
    return digest_of(of_edition(content, handout, tag, form), *head)


def digest_of(inputs: Iterable[Input], *head: str) -> str:
    """Return a SHA-256 over some words, and over the names and the bytes of files."""
    total = hashlib.sha256("\0".join(head).encode())
    for one in inputs:
        held = _bytes(one.path)
        total.update(f"\0{one.name}\0{-1 if held is None else len(held)}\0".encode())
        total.update(held or b"")
    return total.hexdigest()


def _bytes(path: Path) -> bytes | None:
    """Return what a file holds, or None where there is none."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def stamp(inputs: Iterable[Input]) -> str:
    """Return what tells of a change by the files' sizes and times; cheap, for whoever looks often."""
    total = hashlib.sha256()
    for one in inputs:
        total.update(f"{one.name}\0{one.path}\0{_size_and_time(one.path)}\0".encode())
    return total.hexdigest()


def _size_and_time(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:  # not there, or an editor is just now putting the new one in its place
        return ""
    return f"{found.st_size} {found.st_mtime_ns}"
