"""Words that stand in for a child's values while the press lays a sheet out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from careleaf.child import VALUES
from careleaf.errors import Unsure
from careleaf.sheet import measure
from careleaf.stencil.model import Stencil, ValueFormat

_WORD, _LETTER = "Ann", "n"
_STEP = 4  # ems: more than a word and a space add at once


def short(value_format: ValueFormat, without: Iterable[str]) -> dict[str, str]:
    """Return a value for each slot that is set on one line in full size; none for `without`.

    They are words of the sheet's own language, so that its script is tried too.
    """
    word = min(value_format.days.words(), key=measure.ems).split()[0].strip(",،、")
    values = {f"when-{index}": word for index in range(len(value_format.whens))}
    values |= {value.key: value.stand_in or word for value in VALUES}
    return values | dict.fromkeys(without, "")


def as_long_as(values: Mapping[str, str], stencil: Stencil) -> dict[str, str]:
    """Return values that are set as these are in every place, and tell nothing else of them.

    Raises Unsure if there are none.
    """
    return {slot: _like(value, slot, stencil) if value else "" for slot, value in values.items()}


def _like(value: str, slot: str, stencil: Stencil) -> str:
    places = {hole.place for hole in stencil.holes if hole.slot == slot}

    def settings(text: str) -> list[str]:
        return [
            measure.setting(text, slot, place, large_print=stencil.large_print) for place in places
        ]

    wanted, width, text = settings(value), measure.ems(value), _WORD
    while measure.ems(text) < max(width, 2) + _STEP:
        if settings(text) == wanted:
            return text
        text += _LETTER if len(text) % 12 else f" {_WORD}"
    raise Unsure("a value of a length that it cannot try")
