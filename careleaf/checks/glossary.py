"""locales/glossary.yaml: the agreed word for a medical term in each language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from careleaf.content import yamlfile
from careleaf.content.fields import Model, Note, OneLine
from careleaf.content.validating import validate
from careleaf.language.locale_tags import chain
from careleaf.text import PLACEHOLDER


class Agreed(Model):
    """The word for a term in one language, and other forms of it that may stand in a sentence."""

    term: OneLine
    also: tuple[OneLine, ...] = ()


class GlossaryTerm(Model):
    """One English term."""

    note: Note | None = None
    terms: Mapping[str, Agreed]


class GlossaryFile(Model):
    """The file as it stands."""

    glossary: Mapping[str, GlossaryTerm]


@dataclass(frozen=True, slots=True)
class Glossary:
    """The agreed terms, the longest English first: "bone marrow biopsy" is not "biopsy"."""

    terms: Mapping[str, GlossaryTerm]

    def agreed(self, english: str, tag: str) -> Iterator[tuple[str, Agreed]]:
        """Yield each term that stands in an English text, with its word in a language."""
        rest = PLACEHOLDER.sub(" ", english)
        for term, entry in self.terms.items():
            rest, times = _pattern(term).subn(" ", rest)
            found = next((entry.terms[step] for step in chain(tag) if step in entry.terms), None)
            if times and found is not None:
                yield term, found


EMPTY = Glossary({})


def _pattern(term: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(term)}(?:s|es)?\b", re.IGNORECASE)


def load_glossary(path: Path, name: str) -> Glossary:
    """Read the glossary; a folder without one has none. Raises HandoutError or Faults."""
    if not path.is_file():
        return EMPTY
    terms = validate(GlossaryFile, yamlfile.read(path, name)).glossary
    return Glossary({term: terms[term] for term in sorted(terms, key=lambda t: (-len(t), t))})
