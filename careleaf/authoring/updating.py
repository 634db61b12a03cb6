"""Templates and translations kept up with the English: what `locales extract` and `locales update` write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from careleaf.authoring import extract
from careleaf.authoring.reviewer import WEB, Reviewer
from careleaf.desk.content import SHEET
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError, raise_all
from careleaf.files import write_file
from careleaf.language.locale_tags import SOURCE_LANGUAGE, chain, is_source
from careleaf.language.po_entry import PoEntry
from careleaf.paths import PROGRAM, po_path


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file as it is to be; `changed` is False where it stands like that already."""

    path: Path
    content: bytes
    changed: bool

    @classmethod
    def of(cls, path: Path, text: str) -> OutputFile:
        content = text.encode()
        return cls(path, content, not path.is_file() or path.read_bytes() != content)

    def write(self) -> None:
        if self.changed:
            write_file(self.path, self.content)


class CatalogueUpdater:
    """Brings the templates and PO files of one folder up to date."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.reviewer = Reviewer(desk)
        self.locales = desk.content.root.own_locales

    def templates(self) -> dict[str, tuple[PoEntry, ...]]:
        """Return the messages of every domain. Raises HandoutError or Faults: all handouts' at once."""
        found: dict[str, tuple[PoEntry, ...]] = {}
        faults: list[HandoutError] = []
        clinic, labels = self.desk.content.clinic, self.desk.content.labels
        for name in self.desk.content.handouts:
            try:
                found[name] = extract.of_source(self.desk.content.source(name), clinic, labels)
            except HandoutError as error:
                faults.append(error)
        raise_all(faults)
        found[SHEET] = _in_short(extract.of_label_source(labels, clinic))
        if self.reviewer.web_labels:
            found[WEB] = _in_short(extract.of_label_source(self.reviewer.web_labels, clinic))
        return found

    def extracted(self) -> Iterator[OutputFile]:
        """Yield the template of every domain: locales/<domain>.pot."""
        for domain, entries in self.templates().items():
            yield OutputFile.of(self.locales / f"{domain}.pot", extract.pot(domain, entries))

    def updated(self, tags: Iterable[str] = ()) -> Iterator[OutputFile]:
        """Yield every PO file of these locales (default: all there are), new ones for a new locale.

        Raises HandoutError or Faults: every file that is no PO file is named.
        """
        chosen = tuple(map(extract.new_tag, tags)) or tuple(
            tag for tag in self.desk.content.locales if tag != SOURCE_LANGUAGE
        )
        templates, faults = self.templates(), []
        for tag in chosen:
            for domain in self._domains(tag, tuple(templates)):
                path = po_path(self.locales, tag, domain)
                name = self.desk.content.root.short(path)
                try:
                    text = extract.updated(
                        templates[domain],
                        path,
                        name,
                        tag,
                        domain,
                        self.reviewer.glossary,
                        self.desk.content.today,
                    )
                except HandoutError as error:
                    faults.append(error)
                    continue
                yield OutputFile.of(path, text)
        raise_all(faults)

    def _domains(self, tag: str, domains: tuple[str, ...]) -> Iterator[str]:
        """Yield what a locale has files for, or needs them for.

        A clinic's own folder needs no second file of labels that the program ships in that
        language. The page for staff is translated where somebody has begun that, and a variant of
        English has files for what it says otherwise alone.
        """
        shipped = PROGRAM / "locales"
        for domain in domains:
            served = self.locales != shipped and any(
                po_path(shipped, step, domain).is_file() for step in chain(tag)
            )
            begun = is_source(tag) and (self.locales / tag).is_dir()
            needed = domain != WEB and not (domain == SHEET and served) and not begun
            if needed or po_path(self.locales, tag, domain).is_file():
                yield domain


def _in_short(entries: tuple[PoEntry, ...]) -> tuple[PoEntry, ...]:
    """Return entries whose places name the program's own templates as the program's folder has them."""
    program = f"{PROGRAM}/"
    return tuple(
        replace(entry, places=tuple(place.removeprefix(program) for place in entry.places))
        for entry in entries
    )
