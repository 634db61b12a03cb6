"""How closely a sheet is set, so that it keeps to its pages and fills them well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Literal, get_args

Density = Literal["airy", "normal", "snug", "tight", "closest"]
DENSITIES: tuple[Density, ...] = get_args(Density)  # the widest first
CLOSER = DENSITIES[2:]

SCANTY = 0.3  # a page filled less than this looks forgotten

# The part of its pages that a setting must leave empty for the next wider one to be tried: the
# wider one takes about so much more, and every trial is a layout of the whole sheet.
ROOMY: Mapping[Density, float] = {"normal": 0.1, "snug": 0.1, "tight": 0.1, "closest": 0.06}


@dataclass(frozen=True, slots=True)
class Layout:
    """What a trial tells: the pages taken, how far down the emptiest is filled, and the part of
    all pages that is left empty; 0 to 1."""

    pages: int
    fill: float
    room: float


Trial = Callable[[Density], Layout]


def fit(trial: Trial, wanted: int, first: Density = "normal") -> Density:
    """Return the widest setting in which a sheet keeps to `wanted` pages and fills each.

    `trial` lays the sheet out in a setting; `first` is the one that most likely fits, "normal" or
    closer: a good guess saves trials. Settings differ in the space between things and a little in
    leading, never in the size of body text. To keep to the pages comes before filling them; a
    sheet that can do neither is set normally.
    """
    lay_out = cache(trial)
    for density in DENSITIES[DENSITIES.index(first) :]:
        if lay_out(density).pages <= wanted:
            if _is_filled(lay_out(density)):
                return _widened(density, lay_out, wanted)
            break
    return _second_best(lay_out, wanted)


def _widened(density: Density, lay_out: Trial, wanted: int) -> Density:
    """Return the widest setting that holds as `density` does, as far as its room lets one hope."""
    while density in ROOMY and lay_out(density).room >= ROOMY[density]:
        wider = DENSITIES[DENSITIES.index(density) - 1]
        most = lay_out(density).pages if wider == "airy" else wanted  # width alone takes no page
        if lay_out(wider).pages > most or not _is_filled(lay_out(wider)):
            break
        density = wider
    return density


def _second_best(lay_out: Trial, wanted: int) -> Density:
    """Return the setting of a sheet that the first guess does not fit, or that leaves a page empty."""
    normal = lay_out("normal")
    if normal.pages <= wanted and _is_filled(normal):
        return _widened("normal", lay_out, wanted)
    filled = (d for d in CLOSER if lay_out(d).pages <= wanted and _is_filled(lay_out(d)))
    kept = (d for d in ("normal", *CLOSER) if lay_out(d).pages <= wanted)
    saved = (d for d in CLOSER if _is_filled(lay_out(d)) and not _is_filled(normal))
    return next(chain(filled, kept, saved), "normal")


def _is_filled(layout: Layout) -> bool:
    return layout.pages == 1 or layout.fill >= SCANTY
