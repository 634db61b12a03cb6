"""Which files a preview is made of, with time and size: another stamp means another page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from careleaf.desk.desk import Desk
from careleaf.language.locale_tags import SOURCE_LANGUAGE

Stamp = tuple[tuple[str, int, int], ...]


def sources(desk: Desk) -> Stamp:
    """Return the files that the English sheet comes from, with time and size of each."""
    root = desk.content.root
    files = [root.clinic_file, *root.handouts.glob("*")]
    for folder in (root.templates, root.styles):
        files += folder.rglob("*")
    files += root.locales.glob(f"{SOURCE_LANGUAGE}/LC_MESSAGES/*.po")
    return _stamps(files)


def translations(desk: Desk) -> Stamp:
    """Return the files that translators write, with time and size of each."""
    locales = desk.content.root.locales
    return _stamps([locales / "glossary.yaml", *locales.glob("*/LC_MESSAGES/*.po")])


def _stamps(files: Iterable[Path]) -> Stamp:
    return tuple(stamp for path in sorted(files) for stamp in _stamp(path))


def _stamp(path: Path) -> Iterator[tuple[str, int, int]]:
    try:
        status = path.stat()
    except OSError:  # an editor is just now putting the new one in its place
        return
    yield str(path), status.st_mtime_ns, status.st_size
