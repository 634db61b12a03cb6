"""How closely a sheet is set, so that it keeps to its pages and fills them well."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Literal, Protocol

Density = Literal["airy", "normal", "snug", "tight"]
CLOSER: tuple[Density, ...] = ("snug", "tight")

SCANTY = 0.3  # a last page filled less than this looks forgotten


class Layout(Protocol):
    """What a trial tells: the pages taken, and how far down the last one is filled, 0 to 1."""

    @property
    def pages(self) -> int: ...
    @property
    def fill(self) -> float: ...


def fit(trial: Callable[[Density], Layout], wanted: int) -> Density:
    """Return the widest setting in which a sheet keeps to `wanted` pages, or the best otherwise.

    `trial` lays the sheet out in a setting. Settings differ in the space between things and a
    little in leading, never in the size of body text. A sheet that cannot keep to its pages is set
    normally; a last page with a few lines on it is saved where a closer setting can.
    """
    lay_out = cache(trial)
    normal = lay_out("normal")
    if normal.pages > wanted:
        return next((d for d in CLOSER if lay_out(d).pages <= wanted), _without_rest(lay_out))
    if _is_scanty(normal):
        return _without_rest(lay_out)
    airy = lay_out("airy")
    return "airy" if airy.pages == normal.pages and not _is_scanty(airy) else "normal"


def _without_rest(lay_out: Callable[[Density], Layout]) -> Density:
    """Return the widest setting that saves a scanty last page, or `normal`."""
    normal = lay_out("normal")
    if not _is_scanty(normal):
        return "normal"
    return next((d for d in CLOSER if lay_out(d).pages < normal.pages), "normal")


def _is_scanty(layout: Layout) -> bool:
    return layout.pages > 1 and layout.fill < SCANTY
