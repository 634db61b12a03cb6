"""How closely a sheet is set, so that it keeps to its pages and fills them well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Literal

Density = Literal["airy", "normal", "snug", "tight", "closest"]
CLOSER: tuple[Density, ...] = ("snug", "tight", "closest")

SCANTY = 0.3  # a page filled less than this looks forgotten
ROOMY = 0.08  # the wide setting takes a tenth more, so with less room than this it is not tried


@dataclass(frozen=True, slots=True)
class Layout:
    """What a trial tells: the pages taken, how far down the emptiest is filled, and the part of
    all pages that is left empty; 0 to 1."""

    pages: int
    fill: float
    room: float


def fit(trial: Callable[[Density], Layout], wanted: int) -> Density:
    """Return the widest setting in which a sheet keeps to `wanted` pages and fills each.

    `trial` lays the sheet out in a setting. Settings differ in the space between things and a
    little in leading, never in the size of body text. To keep to the pages comes before filling
    them; a sheet that can do neither is set normally.
    """
    lay_out = cache(trial)
    normal = lay_out("normal")
    if normal.pages <= wanted and _is_filled(normal):
        if normal.room < ROOMY:
            return "normal"
        airy = lay_out("airy")
        return "airy" if airy.pages == normal.pages and _is_filled(airy) else "normal"
    filled = (d for d in CLOSER if lay_out(d).pages <= wanted and _is_filled(lay_out(d)))
    kept = (d for d in ("normal", *CLOSER) if lay_out(d).pages <= wanted)
    saved = (d for d in CLOSER if _is_filled(lay_out(d)) and not _is_filled(normal))
    return next(chain(filled, kept, saved), "normal")


def _is_filled(layout: Layout) -> bool:
    return layout.pages == 1 or layout.fill >= SCANTY
