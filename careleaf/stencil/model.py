"""What a stencil is: constant bytes, and the holes between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from careleaf.model import Patient, When
from careleaf.sheet import personalize
from careleaf.stencil.days import Days
from careleaf.stencil.typesetting import Type

Face = tuple[str, int]  # family and weight


@dataclass(frozen=True, slots=True)
class Hole:
    """Where a value of a child stands, on one page or at one place of several.

    Lengths are CSS pixels from the page's top left corner.

    `side` is the edge that the lines keep to: "left", "right" or "center". `kinds` says for each
    setting (`measure.setting`) that was met how a value is set there.
    """

    slot: str
    place: str
    x: float
    y: float
    width: float
    side: str
    kinds: Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class BaseFont:
    """A face in the constant part: what pages call it, its object, and the text of each glyph it has.

    `fixed` are the glyphs that the constant text is written with, and how many holes come before
    the first of each: in the press, where a glyph comes first says what text it stands for.
    """

    resource: bytes
    number: int
    texts: Mapping[int, str]
    fixed: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes a child's values: the times of the timeline, and how its language writes days."""

    whens: tuple[When, ...]
    days: Days

    def values(self, patient: Patient) -> personalize.Slots:
        """Return the value of each slot, by slot name."""
        return personalize.filled(self.whens, patient, self.days.shown)


@dataclass(frozen=True, slots=True)
class Refused:
    """In place of a stencil: why there is none for a sheet."""

    digest: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stencil:
    """A sheet with nobody's name on it. Holds nothing about a child.

    `head` is the file up to where the personal objects begin; `table` the cross-reference rows of
    the objects in it; objects from `first` on are personal: a content stream for each hole, then
    the fonts by name, then what fonts it takes.
    """

    digest: str
    pages: int
    large_print: bool
    holes: tuple[Hole, ...]
    fonts: Mapping[Face, BaseFont]
    recipe: Recipe
    first: int
    trailer: bytes
    table: bytes = field(repr=False)
    head: bytes = field(repr=False)
