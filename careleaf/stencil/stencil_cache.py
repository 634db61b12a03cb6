"""The stencil: the press lays a sheet out once, and every child's values are written into it.

A `StencilCache` holds stencils, in memory and on disk. Whoever asks it for a sheet hands it a way to the
press, which it takes when it meets an edition, or a setting of a value, for the first time. What it
makes has the press's pixels, text and tags; what it is not sure of, it refuses (`errors.Unsure`).
Without this package every sheet comes from the press: slower, and the same.
"""

from __future__ import annotations

import ctypes
import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, TypeVar

from careleaf.child import absent
from careleaf.errors import Unsure
from careleaf.model import Patient, Sheet, When
from careleaf.stencil import storing
from careleaf.stencil.filling import Filler, UnknownSetting
from careleaf.stencil.model import NoStencil, Stencil, ValueFormat

if TYPE_CHECKING:
    from careleaf.pdf.press import Rendered

_Kept = TypeVar("_Kept", Filler, NoStencil, Filler | NoStencil)
IN_MEMORY = 128  # stencils of some 60 kB, for sheets in Chinese of 150 kB


class EditionPress(Protocol):
    """The press for one edition: what a stencil is cut from when there is none yet."""

    tag: str
    region: str
    whens: tuple[When, ...]
    large_print: bool

    def render(self, values: Mapping[str, str]) -> Rendered:
        """Return the sheet with these values, as the press makes it."""


class StencilCache:
    """The stencils of a process, in memory and on disk. For several threads."""

    def __init__(self) -> None:
        self._fillers: OrderedDict[str, Filler | NoStencil] = OrderedDict()
        self._failed: dict[tuple[str, ...], str] = {}  # settings that could not be learned, and why
        self._lock = threading.Lock()
        self._has_laid_out = False  # since memory was last given back

    def make(self, edition: str, patient: Patient, source: Callable[[], EditionPress]) -> Sheet:
        """Return the sheet of an edition (by its digest) for a child. Raises Unsure.

        `source` is called only when the edition must be laid out; what it raises comes through.
        """
        without = absent(patient.values)
        digest = storing.address(edition, without)
        with self._lock:
            self._give_back()
            filler = self._filler(digest, without, source)
            values = filler.stencil.value_format.values(patient)
            try:
                pdf = filler.fill(values)
            except UnknownSetting:
                filler = self._taught(filler, values, source)
                pdf = filler.fill(values)
        return Sheet(pdf, filler.stencil.pages, "stencil")

    def warm(self, edition: str, source: Callable[[], EditionPress]) -> bool:
        """Cut the stencil of an edition, for children with all values, unless it is there.

        Return whether it had to be cut. Raises Unsure, and what `source` raises.
        """
        digest = storing.address(edition, ())
        with self._lock:
            self._give_back()
            is_new = digest not in self._fillers and storing.load(digest) is None
            self._filler(digest, (), source)
        return is_new

    def _filler(
        self, digest: str, without: tuple[str, ...], source: Callable[[], EditionPress]
    ) -> Filler:
        found = self._fillers.get(digest)
        if found is None:
            stencil = storing.load(digest)
            if stencil is None:
                stencil = _cut(digest, without, source())
                self._has_laid_out = True
                storing.save(stencil)
            found = self._keep(stencil if isinstance(stencil, NoStencil) else Filler(stencil))
        self._fillers.move_to_end(digest)
        if isinstance(found, NoStencil):
            raise Unsure(found.reason)
        return found

    def _keep(self, found: _Kept) -> _Kept:
        digest = found.digest if isinstance(found, NoStencil) else found.stencil.digest
        self._fillers[digest] = found
        if len(self._fillers) > IN_MEMORY:
            self._fillers.popitem(last=False)
        return found

    def _taught(
        self, filler: Filler, values: Mapping[str, str], source: Callable[[], EditionPress]
    ) -> Filler:
        """Return a filler that knows how the press sets values as long as these. Raises Unsure."""
        from careleaf.stencil import cutting, standins

        self._has_laid_out = True
        alike = standins.as_long_as(values, filler.stencil)
        tried = (filler.stencil.digest, *alike.values())
        if tried in self._failed:
            raise Unsure(self._failed[tried])
        try:
            stencil = cutting.learn(filler.stencil, source().render(alike), alike)
        except cutting.NotUnderstood as reason:
            self._failed[tried] = str(reason)
            raise Unsure(str(reason)) from None
        storing.save(stencil)
        return self._keep(Filler(stencil))

    def _give_back(self) -> None:
        """Free what the last layout took: 20 MB in circles, with a copy of every face that it uses.

        It is done before the next sheet, so whoever makes one sheet alone does not wait for it.
        """
        if not self._has_laid_out:
            return
        self._has_laid_out = False
        gc.collect()
        with suppress(OSError, AttributeError):  # not every C library has it
            ctypes.CDLL(None).malloc_trim(0)


def standins_for(
    tag: str, region: str, whens: tuple[When, ...], without: tuple[str, ...]
) -> dict[str, str]:
    """Return the values that an edition is laid out with to cut its stencil; none for `without`."""
    from careleaf.stencil import standins
    from careleaf.stencil.days import days

    return standins.short(ValueFormat(whens, days(tag, region)), without)


def _cut(digest: str, without: tuple[str, ...], source: EditionPress) -> Stencil | NoStencil:
    from careleaf.stencil import cutting, standins
    from careleaf.stencil.days import days

    value_format = ValueFormat(source.whens, days(source.tag, source.region))
    values = standins.short(value_format, without)
    try:
        return cutting.cut(
            source.render(values), values, digest, value_format, large_print=source.large_print
        )
    except cutting.NotUnderstood as reason:
        return NoStencil(digest, str(reason))


__all__ = ["EditionPress", "StencilCache", "standins_for"]
