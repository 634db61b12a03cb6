"""What a sheet is made from: the one list of its files, and the digest of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from careleaf import __version__
from careleaf.desk.content import SHEET, Content
from careleaf.fingerprint import libraries
from careleaf.model import Form
from careleaf.paths import PROGRAM, po_path
from careleaf.sheet import faces


def edition_digest(content: Content, handout: str, tag: str, form: Form) -> str:
    """Return a SHA-256 over everything an edition comes from, read as bytes: nothing is parsed."""
    root = content.root
    files = [root.clinic_file, root.handouts / f"{handout}.yaml"]
    files += root.handouts.glob("*.svg")
    tags = (tag, form.second, "en")
    for step in dict.fromkeys(step for t in tags if t for step in content.chain(t)):
        for locales in dict.fromkeys((root.locales, PROGRAM / "locales")):
            files += [po_path(locales, step, domain) for domain in (handout, SHEET)]
            files.append(locales / step / "signoff.yaml")
    for folder in (root.templates, root.styles):
        files += sorted(path for path in folder.rglob("*") if path.is_file())
    head = (
        __version__,
        libraries(),
        faces.digest(),
        root.folder.as_posix(),
        handout,
        tag,
        repr(form),
    )
    return _digest(head, files)


def _digest(head: Iterable[str], files: Iterable[Path]) -> str:
    """Digest names and contents; a file that is not there counts as empty."""
    total = hashlib.sha256("\0".join(head).encode())
    for path in files:
        content = path.read_bytes() if path.is_file() else b""
        total.update(f"\0{path.name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()
