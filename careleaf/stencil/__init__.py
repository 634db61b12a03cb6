"""The stencil: the press lays a sheet out once, and every child's values are written into it.

A `Shelf` holds stencils, in memory and on disk. Whoever asks it for a sheet hands it a way to the
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
from careleaf.stencil.filling import Filler, Unmet
from careleaf.stencil.model import Recipe, Refused, Stencil

if TYPE_CHECKING:
    from careleaf.pdf.press import Proof

_Kept = TypeVar("_Kept", Filler, Refused, Filler | Refused)
IN_MEMORY = 128  # stencils of some 60 kB, for sheets in Chinese of 150 kB


class Source(Protocol):
    """An edition as the shelf needs it, to lay it out for the first time."""

    tag: str
    region: str
    whens: tuple[When, ...]
    large_print: bool

    def proof(self, values: Mapping[str, str]) -> Proof:
        """Return the sheet with these values, as the press makes it."""


class Shelf:
    """The stencils of a process. For several threads."""

    def __init__(self) -> None:
        self._fillers: OrderedDict[str, Filler | Refused] = OrderedDict()
        self._failed: dict[tuple[str, ...], str] = {}  # lessons that came to nothing, and why
        self._lock = threading.Lock()
        self._has_laid_out = False  # since memory was last given back

    def make(self, edition: str, patient: Patient, source: Callable[[], Source]) -> Sheet:
        """Return the sheet of an edition (by its digest) for a child. Raises Unsure.

        `source` is called only when the edition must be laid out; what it raises comes through.
        """
        without = absent(patient.values)
        digest = storing.address(edition, without)
        with self._lock:
            self._give_back()
            filler = self._filler(digest, without, source)
            values = filler.stencil.recipe.values(patient)
            try:
                pdf = filler.fill(values)
            except Unmet:
                filler = self._taught(filler, values, source)
                pdf = filler.fill(values)
        return Sheet(pdf, filler.stencil.pages, "stencil")

    def _filler(
        self, digest: str, without: tuple[str, ...], source: Callable[[], Source]
    ) -> Filler:
        found = self._fillers.get(digest)
        if found is None:
            stencil = storing.load(digest)
            if stencil is None:
                stencil = _cut(digest, without, source())
                self._has_laid_out = True
                storing.save(stencil)
            found = self._keep(stencil if isinstance(stencil, Refused) else Filler(stencil))
        self._fillers.move_to_end(digest)
        if isinstance(found, Refused):
            raise Unsure(found.reason)
        return found

    def _keep(self, found: _Kept) -> _Kept:
        digest = found.digest if isinstance(found, Refused) else found.stencil.digest
        self._fillers[digest] = found
        if len(self._fillers) > IN_MEMORY:
            self._fillers.popitem(last=False)
        return found

    def _taught(
        self, filler: Filler, values: Mapping[str, str], source: Callable[[], Source]
    ) -> Filler:
        """Return a filler that knows how the press sets values as long as these. Raises Unsure."""
        from careleaf.stencil import cutting, standins

        self._has_laid_out = True
        alike = standins.as_long_as(values, filler.stencil)
        lesson = (filler.stencil.digest, *alike.values())
        if lesson in self._failed:
            raise Unsure(self._failed[lesson])
        try:
            stencil = cutting.learn(filler.stencil, source().proof(alike), alike)
        except cutting.NotUnderstood as reason:
            self._failed[lesson] = str(reason)
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

    return standins.short(Recipe(whens, days(tag, region)), without)


def _cut(digest: str, without: tuple[str, ...], source: Source) -> Stencil | Refused:
    from careleaf.stencil import cutting, standins
    from careleaf.stencil.days import days

    recipe = Recipe(source.whens, days(source.tag, source.region))
    values = standins.short(recipe, without)
    try:
        return cutting.cut(
            source.proof(values), values, digest, recipe, large_print=source.large_print
        )
    except cutting.NotUnderstood as reason:
        return Refused(digest, str(reason))


__all__ = ["Shelf", "Source", "standins_for"]
