"""An edition: one handout in one language, for one clinic, on one paper. Only the child is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from careleaf.child import KEYS
from careleaf.content.blocks import Block
from careleaf.content.clinic import Clinic
from careleaf.content.handout import Handout, Section
from careleaf.content.labels import LabelSource
from careleaf.content.loading import HandoutSource
from careleaf.content.quantities import Milestone
from careleaf.errors import HandoutError, each, raise_all
from careleaf.language import cldr
from careleaf.language.localize import (
    Labels,
    Translate,
    in_short,
    localize,
    localize_labels,
    unnamed,
    values,
    when,
)
from careleaf.model import Approval, Form, When
from careleaf.paths import Root
from careleaf.text import Text


@dataclass(frozen=True, slots=True)
class Day:
    """One stop of the timeline: a time, the slot that shows its date, and all that belongs to it."""

    slot: str
    when: When
    milestones: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """A handout in one language with the labels of the sheet: one side of a bilingual sheet."""

    tag: str
    handout: Handout
    labels: Labels
    days: tuple[Day, ...]
    region: str

    @property
    def lang(self) -> str:
        """The language as HTML and PDF want it."""
        return cldr.bcp47(self.tag)

    @property
    def direction(self) -> str:
        return cldr.direction(self.tag)

    def long_date(self, day: date) -> str:
        """Return a day as the small print shows it."""
        return cldr.short_date(day, cldr.format_locale(self.tag, self.region))


@dataclass(frozen=True, slots=True)
class Edition:
    """All that a sheet shows but the child. `approval` is None while the wording is a draft."""

    first: Wording
    second: Wording | None
    english: Labels
    clinic: Clinic
    form: Form
    approval: Approval | None
    assets: Root
    review_by: date

    @property
    def handout(self) -> Handout:
        return self.first.handout

    @property
    def whens(self) -> tuple[When, ...]:
        """The times whose dates stand in the slots `when-0`, `when-1` ..."""
        return tuple(day.when for day in self.first.days)

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of the places that each child fills."""
        return (*KEYS, *(day.slot for day in self.first.days))

    def pairs(self) -> Iterator[tuple[Section, Section | None]]:
        """Yield each section with the same section in the second language, if there is one."""
        others = (
            self.second.handout.sections if self.second else (None,) * len(self.handout.sections)
        )
        yield from zip(self.handout.sections, others, strict=True)

    @property
    def has_timeline_block(self) -> bool:
        """Whether a block says where the timeline stands."""
        return any(block.holds_timeline for block in self.handout.blocks)


def wording(
    source: HandoutSource,
    label_source: LabelSource,
    tag: str,
    clinic: Clinic,
    translate: Translate,
    translate_labels: Translate,
) -> Wording:
    """Return the handout and the labels in one language.

    Raises HandoutError or Faults: those of the labels, the clinic's names and the handout together.
    """
    faults: list[HandoutError] = []
    labels, handout, filled = None, None, None
    try:
        labels = localize_labels(label_source, translate_labels)
        filled = values(source.handout, clinic, labels, tag)
    except HandoutError as fault:
        faults += each(fault) if labels else (*each(fault), *unnamed(clinic, tag))
    try:
        handout = localize(source, translate, filled or defaultdict(str))
    except HandoutError as fault:
        faults += each(fault)
    raise_all(in_short(faults, source.handout.id, tag))
    assert labels is not None and handout is not None  # noqa: S101  else there was a fault
    return Wording(tag, handout, labels, days(handout, labels, tag, clinic.region), clinic.region)


def days(handout: Handout, labels: Labels, tag: str, region: str) -> tuple[Day, ...]:
    """Return the timeline with milestones of one time gathered, in the order they were written."""
    locale = cldr.format_locale(tag, region)
    gathered: dict[When, list[Milestone]] = {}
    for milestone in handout.timeline:
        gathered.setdefault(when(milestone, labels, locale), []).append(milestone)
    return tuple(
        Day(f"when-{index}", time, tuple(milestones))
        for index, (time, milestones) in enumerate(gathered.items())
    )


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("a month has a day 28")


__all__ = ["Block", "Day", "Edition", "Text", "Wording", "add_months", "days", "wording"]
