"""A clinic's content as it travels to another machine: a zip of the files that sheets come from."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
import zipfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from careleaf.desk import inputs
from careleaf.desk.content import Content
from careleaf.paths import Root

if TYPE_CHECKING:
    from careleaf.desk.desk import Desk
    from careleaf.desk.inputs import Input


@dataclass(frozen=True, slots=True)
class Parcel:
    """A clinic's content, packed, and how to open a desk on it. Holds nothing of a child."""

    content: bytes = field(repr=False)
    today: date
    use_stencil: bool

    @property
    def digest(self) -> str:
        """What tells one parcel from another."""
        told = f"{hashlib.sha256(self.content).hexdigest()} {self.today} {self.use_stencil}"
        return hashlib.sha256(told.encode()).hexdigest()

    def open(self) -> Desk:
        """Unpack it and open a desk on it."""
        from careleaf.desk.desk import Desk

        return Desk.at(Root.at(_unpacked(self)), self.today, self.use_stencil)


def parcel(root: Root, today: date, use_stencil: bool) -> Parcel:
    """Return what any sheet of a folder comes from, packed: the same files give the same bytes.

    What the program itself brings is not in it: two machines compare their programs
    (`remote.fingerprint`).
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in inputs.of_root(Content(root, today)):
            if _travels(one):
                archive.writestr(
                    zipfile.ZipInfo(one.name), one.path.read_bytes(), zipfile.ZIP_DEFLATED
                )
    return Parcel(target.getvalue(), today, use_stencil)


def _travels(one: Input) -> bool:
    return not one.name.startswith(inputs.PROGRAM_PART) and one.path.is_file()


def _unpacked(parcel: Parcel) -> Path:
    """Unpack the content, once a process; it is removed when the process ends."""
    import atexit

    folder = Path(tempfile.mkdtemp(prefix="careleaf-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with zipfile.ZipFile(io.BytesIO(parcel.content)) as archive:
        archive.extractall(folder)
    (folder / "handouts").mkdir(exist_ok=True)
    return folder
