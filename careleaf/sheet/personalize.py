"""Patient -> the values that stand in a sheet's slots. Standard library, and Babel where it must be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial

from careleaf.model import Offset, Patient, When

Slots = dict[str, str]
Shown = Callable[[date], str]  # how a language writes a day, or a moment


# --- what a sheet shows -------------------------------------------------------------------------


def slots(whens: tuple[When, ...], tag: str, region: str, patient: Patient) -> Slots:
    """Return the value of each slot, by slot name; the dates are counted from the procedure."""
    return filled(whens, patient, partial(_shown, tag=tag, region=region))


def filled(whens: tuple[When, ...], patient: Patient, shown: Shown) -> Slots:
    """Return the value of each slot, by slot name, with days written by `shown`."""
    values = {key: _text(value, shown) for key, value in patient.values.items()}
    for index, when in enumerate(whens):
        values[f"when-{index}"] = _when(when, patient.procedure, shown)
    return values


def _text(value: str | date, shown: Shown) -> str:
    return shown(_day(value)) if isinstance(value, date) else value


def _when(when: When, procedure: date, shown: Shown) -> str:
    start = _end(when.start, procedure)
    end = _end(when.end, procedure) if when.end else None
    if start is None:
        return when.relative  # hours, and nobody said at what hour the procedure was
    if end is None:
        return shown(start)
    dates = when.span.replace("{start}", shown(start))
    return dates.replace("{end}", shown(end))


def _end(offset: Offset, procedure: date) -> date | None:
    """Return the day, or for hours the moment, that lies `offset` after the procedure."""
    return offset.after(procedure if offset.unit == "hour" else _day(procedure))


def _day(moment: date) -> date:
    return date(moment.year, moment.month, moment.day)


@lru_cache(maxsize=4096)
def _shown(day: date, tag: str, region: str) -> str:
    from careleaf.language import cldr  # Babel takes longer to import than a sheet to fill

    return cldr.long_date(day, cldr.format_locale(tag, region))


__all__ = ["Slots", "filled", "slots"]
