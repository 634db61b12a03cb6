"""What a stencil is: constant bytes, and the holes between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from careleaf.model import Patient, When
from careleaf.sheet import personalize
from careleaf.stencil.days import Days
from careleaf.stencil.style import TypeStyle

Face = tuple[str, int]  # family and weight


@dataclass(frozen=True, slots=True)
class Hole:
    """A slot as it is cut out of the pages: where a child's value is written, and how it is set.

    One that stands at the same place of several pages (a running footer) is one hole. Lengths are
    CSS pixels from the page's top left corner. `side` is the edge that the lines keep to: "left",
    "right" or "center". `styles` says how a value is set there, for each setting
    (`measure.setting`) that was tried.
    """

    slot: str
    place: str
    x: float
    y: float
    width: float
    side: str
    styles: Mapping[str, TypeStyle]


@dataclass(frozen=True, slots=True)
class FoundHole:
    """A hole on one page, and where the stand-in's operators lie in the page's stream.

    `spans` are start and end of each text object, from after BT up to ET.
    """

    page: int
    hole: Hole
    spans: tuple[tuple[int, int], ...]


def place_of(hole: Hole) -> tuple[object, ...]:
    """Return what tells one hole from another: its slot, and where it is."""
    lengths = (round(length, 3) for length in (hole.x, hole.y, hole.width))
    return (hole.slot, hole.place, hole.side, *lengths)


def distinct(found: Iterable[FoundHole]) -> tuple[Hole, ...]:
    """Return every hole once: a running footer's are at the same place of each page."""
    holes: dict[tuple[object, ...], Hole] = {}
    for each in found:
        holes.setdefault(place_of(each.hole), each.hole)
    return tuple(holes.values())


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
class ValueFormat:
    """How an edition writes a child's values: the times of its timeline, and its language's days."""

    whens: tuple[When, ...]
    days: Days

    def values(self, patient: Patient) -> personalize.Slots:
        """Return the value of each slot, by slot name."""
        return personalize.filled(self.whens, patient, self.days.shown)


@dataclass(frozen=True, slots=True)
class NoStencil:
    """Kept in place of a stencil: why an edition has none, so that it is not tried again."""

    digest: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stencil:
    """An edition laid out, with holes for a child's values. Holds nothing about a child.

    `head` is the file up to where the personal objects begin; `table` the cross-reference rows of
    the objects in it; objects from `first` on are personal: a content stream for each hole, then
    the fonts by name, then what fonts it takes.
    """

    digest: str
    pages: int
    large_print: bool
    holes: tuple[Hole, ...]
    fonts: Mapping[Face, BaseFont]
    value_format: ValueFormat
    first: int
    trailer: bytes
    table: bytes = field(repr=False)
    head: bytes = field(repr=False)
