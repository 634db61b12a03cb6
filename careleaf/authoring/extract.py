"""English -> what translators get: Babel's extractor, templates (POT), and PO files brought up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from babel import Locale

from careleaf.checks.glossary import Glossary
from careleaf.content import yamlfile
from careleaf.content.clinic import Clinic
from careleaf.content.handout import Handout
from careleaf.content.labels import LabelFile, LabelSource, load_labels
from careleaf.content.loading import HandoutSource, load_clinic
from careleaf.content.validating import validate
from careleaf.content.yamlfile import LIMIT_BYTES, read_text
from careleaf.errors import HandoutError, near
from careleaf.language import catalogue, po
from careleaf.language.locale_tags import is_source, parse_tag
from careleaf.language.localize import localize_labels, source_entry, values
from careleaf.language.messages import Message, of_handout, of_labels
from careleaf.language.plurals import plural_count
from careleaf.language.po import PoFile
from careleaf.language.po_entry import Key, PoEntry
from careleaf.paths import PROGRAM
from careleaf.text import placeholders

SHEET, WEB = "sheet", "web"

# What a label's placeholder may show; the values of a handout's come from the clinic and CLDR.
EXAMPLES: Mapping[str, str] = {
    "count": "2",
    "first": "1",
    "start": "Tuesday 24 November 2026",
    "end": "Monday 30 November 2026",
    "low": "10",
    "high": "20",
    "page": "1",
    "pages": "2",
    "role": "medical translator",
    "date": "23 November 2026",
    "version": "1.0",
}


BRACES = ("python-brace-format",)  # gettext's word for {named} places: msgfmt -c compares them


# --- examples ---------------------------------------------------------------------------------


def examples(handout: Handout, clinic: Clinic, labels: LabelSource) -> dict[str, str]:
    """Return what each placeholder of a handout shows in English at this clinic, with its note."""
    shown = values(handout, clinic, localize_labels(labels, source_entry), "en")
    notes = {name: quantity.note for name, quantity in handout.quantities.items()}
    return {
        name: f"{value}. {notes[name]}" if notes.get(name) else value
        for name, value in shown.items()
    }


def annotated(message: Message, shown: Mapping[str, str]) -> tuple[str, ...]:
    """Return the translator's comments: the author's note, then an example of each placeholder."""
    names = dict.fromkeys(name for text in message.sources for name in placeholders(text))
    return (
        *(note for note in message.notes),
        *(f"{{{name}}}: {shown[name]}" for name in names if name in shown),
    )


# --- templates --------------------------------------------------------------------------------


def template(messages: Iterable[Message], shown: Mapping[str, str]) -> tuple[PoEntry, ...]:
    """Return the messages of one domain as entries, in the order of the English, repeats joined."""
    entries: dict[Key, PoEntry] = {}
    for message in messages:
        entry = PoEntry(
            context=message.context,
            msgid=message.msgid,
            plural=message.plural,
            strings=("", "") if message.plural else ("",),
            notes=annotated(message, shown),
            flags=BRACES if any(map(placeholders, message.sources)) else (),
            places=(message.file,),
        )
        first = entries.get(entry.key, entry)
        entries[entry.key] = replace(
            first,
            notes=tuple(dict.fromkeys((*first.notes, *entry.notes))),
            places=tuple(dict.fromkeys((*first.places, *entry.places))),
        )
    return tuple(entries.values())


def pot(domain: str, entries: tuple[PoEntry, ...]) -> str:
    """Return a template as text; the same English gives the same text, on any day."""
    return po.write(PoFile(po.template_head(domain), entries, ()))


def of_source(source: HandoutSource, clinic: Clinic, labels: LabelSource) -> tuple[PoEntry, ...]:
    """Return the template of a handout. Raises HandoutError."""
    return template(of_handout(source), examples(source.handout, clinic, labels))


def of_label_source(labels: LabelSource, clinic: Clinic) -> tuple[PoEntry, ...]:
    """Return the template of a labels file."""
    shown = {**EXAMPLES, "web_address": clinic.web_address, "clinic_name": clinic.name}
    return template(of_labels(labels), shown)


# --- translations -----------------------------------------------------------------------------


def updated(
    entries: tuple[PoEntry, ...],
    path: Path,
    name: str,
    tag: str,
    domain: str,
    glossary: Glossary,
    today: date,
) -> str:
    """Return the PO file at `path` brought up to date with the English; a new one if there is none.

    Its head stays as it is. Raises HandoutError for a file that is no PO file.
    """
    entries = tuple(
        replace(entry, notes=(*entry.notes, *_terms(entry, tag, glossary))) for entry in entries
    )
    if path.is_file():
        text = read_text(path, name, catalogue.LIMIT_BYTES)
        forms = catalogue.raw(text, name, domain).num_plurals
        merged = po.merge(entries, po.read(text, name, domain), forms)
        if is_source(tag):  # what a variant of English leaves out is English as it is
            merged = replace(merged, entries=tuple(e for e in merged.entries if not e.untouched))
        return po.write(merged)
    english = Locale.parse(tag).get_display_name("en") or tag
    new = PoFile(po.new_head(domain, tag, english, today), (), ())
    return po.write(po.merge(entries, new, plural_count(tag)))


def _terms(entry: PoEntry, tag: str, glossary: Glossary) -> Iterator[str]:
    for english, agreed in glossary.agreed(f"{entry.msgid} {entry.plural}", tag):
        yield f'Agreed term: "{english}" is "{agreed.term}"'


def new_tag(text: str) -> str:
    """Return the tag of a locale to be added. Raises HandoutError for one that CLDR does not know."""
    tag = parse_tag(text)
    if tag is None:
        from babel.localedata import locale_identifiers

        raise HandoutError(
            f'"{text[:20]}" is no locale that CLDR knows',
            "--locale",
            _meant(text[:20], sorted(locale_identifiers())),
            "locale.unknown",
        )
    return tag


def _meant(text: str, known: list[str]) -> str:
    """Return the cure for an unknown tag, without the thousand that CLDR knows."""
    close = near(text, known)
    return f'did you mean "{close}"?' if close else "write it as in it, pt_BR, zh_Hant"


# --- Babel's extractor (entry point babel.extractors) -----------------------------------------


@dataclass(frozen=True, slots=True)
class _Options:
    """Options of a section in babel.cfg: `domain`, and `clinic`, whose values are the examples."""

    domain: str
    clinic: Path
    labels: Path

    @classmethod
    def of(cls, options: Mapping[str, Any], file: Path) -> _Options:
        root = file.parent.parent if file.parent.name in ("handouts", "templates") else Path()
        domain = WEB if file.parent.name == "web" else SHEET
        return cls(
            str(options.get("domain") or domain),
            Path(options.get("clinic") or root / "clinic.yaml"),
            Path(options.get("labels") or root / "templates" / "labels.yaml"),
        )


Extracted = tuple[int, str, tuple[str, ...], list[str]]


def extract(
    fileobj: IO[bytes], keywords: object, comment_tags: object, options: Mapping[str, Any]
) -> Iterator[Extracted]:
    """Yield `(line, "pgettext", (context, text), comments)` for each text of a handout or labels file.

    For `pybabel extract -F babel.cfg`. Raises HandoutError or Faults for a file with faults.
    """
    name = str(getattr(fileobj, "name", "handout.yaml"))
    settings = _Options.of(options, Path(name))
    text = TextIOWrapper(fileobj, "utf-8-sig").read(LIMIT_BYTES)
    document = yamlfile.parse(text, name)
    clinic = (
        load_clinic(settings.clinic, str(settings.clinic)) if settings.clinic.is_file() else None
    )
    if isinstance(document.data, dict) and "labels" in document.data:
        labels = validate(LabelFile, document).labels
        messages = of_labels(LabelSource(settings.domain, labels, document, Path(name)))
        shown: Mapping[str, str] = EXAMPLES
    else:
        handout = validate(Handout, document)
        messages = of_handout(HandoutSource(handout, document, Path(name)))
        shown = _shown(handout, clinic, settings.labels)
    for message in messages:
        function = "npgettext" if message.plural else "pgettext"
        found = (message.context, *message.sources)
        yield message.line, function, found, list(annotated(message, shown))


def _shown(handout: Handout, clinic: Clinic | None, labels: Path) -> Mapping[str, str]:
    if clinic is None:
        return {}
    if not labels.is_file():
        labels = PROGRAM / "templates" / "labels.yaml"
    return examples(handout, clinic, load_labels(labels, str(labels), SHEET))


__all__ = ["EXAMPLES", "extract", "new_tag", "of_label_source", "of_source", "pot", "updated"]
