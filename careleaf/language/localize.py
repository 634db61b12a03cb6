"""Handout + language -> the same handout in that language; refuses what is not safely translated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from babel import Locale

from careleaf.content.clinic import Clinic
from careleaf.content.handout import Handout
from careleaf.content.labels import LabelSource
from careleaf.content.loading import HandoutSource
from careleaf.content.quantities import UNITS, After, Milestone, Quantity
from careleaf.content.walk import map_texts
from careleaf.content.yamlfile import Loc
from careleaf.errors import HandoutError, raise_all
from careleaf.language import catalogue, cldr
from careleaf.language.critical import critical, pasted, tiers
from careleaf.language.locale_tags import chain, is_source, nearest_folder
from careleaf.language.messages import Message, of_handout, of_labels
from careleaf.language.po_entry import Key, PoEntry
from careleaf.language.rules import Finding
from careleaf.model import Offset, When
from careleaf.paths import po_path
from careleaf.text import Text

Translate = Callable[[Message], PoEntry]


@dataclass(frozen=True, slots=True)
class Translations:
    """The catalogues of one domain for one locale, nearest first (`fr_CA`, then `fr`).

    `folder` is the tag of the nearest folder, which new words go into; `where` the file in it.
    """

    tag: str
    domain: str
    folder: str
    entries: Mapping[Key, PoEntry]
    faults: tuple[HandoutError, ...]
    where: str
    pasted: Mapping[Key, Finding] = field(default_factory=dict)

    def beside(self, messages: Iterable[Message]) -> Translations:
        """Return the same catalogues, with what only shows beside the English: tiers that are confused."""
        known = [(m, self.entries[m.key]) for m in messages if m.key in self.entries]
        confused = {entry.key: finding for entry, finding in tiers(known)}
        return replace(self, pasted={**self.pasted, **confused})

    def __call__(self, message: Message) -> PoEntry:
        """Return the translation of `message`. Raises HandoutError unless it is safe to print."""
        if self.faults:
            raise self.faults[0]
        entry = self.entries.get(message.key)
        if entry is None or (entry.untouched and is_source(self.tag)):
            if is_source(self.tag):
                return source_entry(message)
            raise HandoutError(
                f'"{_short(message.msgid)}" is not translated',
                self.where,
                "run `make update`, then translate it",
                "translation.missing",
            )
        if entry.missing:
            raise HandoutError(
                f'"{_short(message.msgid)}" is not translated',
                entry.where,
                "translate it in a PO editor",
                "translation.missing",
            )
        if entry.fuzzy:
            raise HandoutError(
                f'"{_short(message.msgid)}" is marked fuzzy',
                entry.where,
                "read it against the English, mend it, and remove the mark",
                "translation.fuzzy",
            )
        faults = critical(message, entry, self.tag)
        if message.key in self.pasted:
            faults = (*faults, self.pasted[message.key])
        if faults:
            raise HandoutError(faults[0].message, entry.where, faults[0].hint, "translation.unsafe")
        return entry


def source_entry(message: Message) -> PoEntry:
    """Return the English itself as an entry."""
    return PoEntry(
        context=message.context,
        msgid=message.msgid,
        plural=message.plural,
        strings=message.sources,
        file=message.file,
        line=message.line,
    )


def _short(msgid: str) -> str:
    return msgid if len(msgid) <= 60 else msgid[:57] + "..."


def translations(locales: Path, tag: str, domain: str) -> Translations:
    """Read the catalogues of `domain` along the chain of `tag`. A broken file is a fault, kept."""
    entries: dict[Key, PoEntry] = {}
    faults: list[HandoutError] = []
    paths = [(step, po_path(locales, step, domain)) for step in chain(tag)]
    found = [(step, path) for step, path in paths if path.is_file()]
    for step, path in reversed(found):
        try:
            one = catalogue.load(path, f"locales/{step}/LC_MESSAGES/{domain}.po", step, domain)
        except HandoutError as error:
            faults.append(error)
            continue
        faults += one.faults
        entries |= {
            key: entry
            for key, entry in one.entries.items()
            if not entry.untouched or key not in entries
        }
    nearest = found[0][0] if found else nearest_folder(locales, tag)
    where = f"locales/{nearest}/LC_MESSAGES/{domain}.po"
    doubtful = {entry.key: finding for entry, finding in pasted(entries.values())}
    return Translations(tag, domain, nearest, entries, tuple(faults), where, doubtful)


def overlay(own: Translations, behind: Translations) -> Translations:
    """Return `own` with `behind` for what it lacks: a clinic's folder before the program's."""
    begun = {key: entry for key, entry in own.entries.items() if not entry.untouched}
    entries = {**own.entries, **behind.entries, **begun}
    return replace(own, entries=entries, faults=own.faults or behind.faults)


# --- handouts ---------------------------------------------------------------------------------


def localize(source: HandoutSource, translate: Translate, values: Mapping[str, str]) -> Handout:
    """Return the handout with every text translated and its placeholders filled from `values`.

    Raises HandoutError or Faults that name every message which cannot be printed.
    """
    messages = of_handout(source)  # in the very order of map_texts
    faults: list[HandoutError] = []

    def change(loc: Loc, text: Text) -> Text:
        message = next(messages)
        try:
            return Text.parse(translate(message).form(1)).fill(values)
        except HandoutError as error:
            faults.append(error)
            return text

    handout = map_texts(source.handout, change)
    raise_all(dict.fromkeys(faults))
    return handout


# --- labels -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one domain in one language."""

    entries: Mapping[str, PoEntry]

    def __call__(self, key: str, **values: str) -> Text:
        """Return a label with its placeholders filled; KeyError names what does not exist."""
        return Text.parse(self.entries[key].form(1)).fill(values)

    def count(self, key: str, count: int, shown: str, **values: str) -> Text:
        """Return a label in the plural form for `count`, which is shown as `shown`."""
        return Text.parse(self.entries[key].form(count)).fill({"count": shown, **values})


def localize_labels(source: LabelSource, translate: Translate) -> Labels:
    """Return the labels in a language. Raises HandoutError or Faults as `localize` does."""
    entries: dict[str, PoEntry] = {}
    faults: list[HandoutError] = []
    for key, message in zip(source.labels, of_labels(source), strict=True):
        try:
            entries[key] = translate(message)
        except HandoutError as error:
            faults.append(error)
    raise_all(dict.fromkeys(faults))
    return Labels(entries)


# --- data that stands in sentences ------------------------------------------------------------


def values(handout: Handout, clinic: Clinic, labels: Labels, tag: str) -> dict[str, str]:
    """Return what each placeholder shows in this language at this clinic.

    Raises HandoutError when the clinic names a medicine in other languages only.
    """
    locale = cldr.format_locale(tag, clinic.region)
    span = str(labels.entries["range"].form(1))
    wished: dict[str, tuple[str, ...]] = {
        kind: tuple(UNITS[unit] for unit in units) for kind, units in clinic.units.items()
    }
    raise_all(unnamed(clinic, tag))
    return {
        **{
            name: show(q, clinic.region, wished, locale, span)
            for name, q in handout.quantities.items()
        },
        "clinic_name": clinic.name,
        "ward_phone": clinic.ward_phone,
        "nurse_line": clinic.nurse_line,
        "emergency_phone": clinic.emergency_phone,
        "web_address": clinic.web_address,
        "code": handout.code,
        **{key: medicine(clinic, key, tag) for key in clinic.medicines},
    }


def show(
    quantity: Quantity,
    region: str,
    wished: Mapping[str, tuple[str, ...]],
    locale: Locale,
    span: str,
) -> str:
    """Return a quantity as the region and the language write it."""
    ends = (quantity.value,) if quantity.value is not None else (quantity.low, quantity.high)
    numbers = tuple(end for end in ends if end is not None)
    if quantity.unit is None:
        return cldr.quantity(numbers, None, (), locale, span)
    unit = UNITS[quantity.unit]
    return cldr.quantity(numbers, unit, cldr.shown_units(unit, region, wished), locale, span)


def medicine(clinic: Clinic, key: str, tag: str) -> str:
    """Return the clinic's name for a medicine in a language; never another language's."""
    names = clinic.medicines[key]
    if isinstance(names, str):
        return names
    for step in chain(tag):
        if step in names:
            return names[step]
    raise HandoutError(
        f'the medicine "{key}" has no name in {tag}',
        "clinic.yaml",
        f"add `{tag}: ...` under medicines, {key}",
        "medicine.unnamed",
    )


def unnamed(clinic: Clinic, tag: str) -> Iterator[HandoutError]:
    """Yield a fault for each medicine without a name in a language."""
    for key in clinic.medicines:
        try:
            medicine(clinic, key, tag)
        except HandoutError as fault:
            yield fault


# --- many faults ------------------------------------------------------------------------------

MOST_TOLD = 5  # faults of one file that are named one by one


def in_short(faults: Iterable[HandoutError], handout: str, tag: str) -> Iterator[HandoutError]:
    """Yield the faults, those of a file with many of them as one with their number.

    A language that is just begun has hundreds; `check` names each.
    """
    files: dict[str, list[HandoutError]] = {}
    for fault in dict.fromkeys(faults):
        files.setdefault(fault.where.partition(":")[0], []).append(fault)
    for file, found in files.items():
        counts = Counter(fault.code for fault in found if fault.code in _TOLD)
        if counts.total() <= MOST_TOLD:
            yield from found
            continue
        yield from (fault for fault in found if fault.code not in _TOLD)
        words = (f"{counts[code]} {what}" for code, what in _TOLD.items() if counts[code])
        yield HandoutError(
            f"the translation is not finished: {', '.join(words)}",
            file,
            f"generate.py check {handout} --locale {tag} names each",
            "translation.unfinished",
        )


_TOLD = {
    "translation.missing": "not translated",
    "translation.fuzzy": "marked fuzzy",
    "translation.unsafe": "not safe to print",
}


# --- milestones -------------------------------------------------------------------------------


def offset(after: After) -> Offset:
    return Offset(after.hours, after.days, after.weeks)


def when(milestone: Milestone, labels: Labels, locale: Locale) -> When:
    """Return the milestone's time in this language: its label without a date, and how two dates join."""
    if milestone.after:
        start = offset(milestone.after)
        return When(start, None, _relative(start, labels, locale))
    start, end = offset(cast(After, milestone.start)), offset(cast(After, milestone.end))
    if start.unit != end.unit:  # days and weeks mixed: counted in days
        start, end = _in_days(start), _in_days(end)
    first, last = cldr.number(start.count, locale), cldr.number(end.count, locale)
    relative = labels.count(f"{end.unit}s_span", end.count, last, first=first)
    return When(start, end, str(relative), labels.entries["date_span"].form(1))


def _in_days(part: Offset) -> Offset:
    return Offset(days=part.count * (7 if part.weeks is not None else 1))


def _relative(start: Offset, labels: Labels, locale: Locale) -> str:
    if start.unit == "day" and start.count < 2:
        return str(labels("day_after" if start.count else "same_day"))
    return str(labels.count(f"{start.unit}s_after", start.count, cldr.number(start.count, locale)))
