"""Checks of a translation that warn: a person has to look, the sheet is printed all the same.

A translator who has looked, and means it, silences one with a comment above the message:
`# ignore-untranslated: the French word is the same`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from careleaf.checks import marks
from careleaf.checks.glossary import EMPTY, Glossary
from careleaf.language.critical import Pair
from careleaf.language.locale_tags import is_source, likely_script
from careleaf.language.rules import Finding, Rule, rule
from careleaf.text import PLACEHOLDER

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Book:
    """Every translated message of one language, in order, and the terms agreed for it."""

    pairs: tuple[Pair, ...]
    tag: str
    glossary: Glossary = EMPTY


AtPair = tuple[Pair, Finding]


# --- one message ------------------------------------------------------------------------------


@rule("warning")
def untranslated(pair: Pair) -> Iterator[Finding]:
    """The translation is the English itself.

    Perhaps it was copied to be translated later. If the word is the same in the language, say
    so with a comment `# ignore-untranslated`.
    """
    english = [_letters(text) for text in pair.message.sources]
    if not is_source(pair.tag) and any(english):
        for index, form in pair.forms:
            if form and _letters(form) in english:
                yield Finding(f"this is still the English{pair.place(index)}", "translate it")


@rule("warning")
def script(pair: Pair) -> Iterator[Finding]:
    """The translation is in another script, or a word mixes two.

    A Cyrillic letter that looks like a Latin one is read aloud wrongly and cannot be searched for.
    """
    expected = marks.SCRIPTS.get(likely_script(pair.tag), ())
    for index, form in pair.forms:
        words = [{_script_of(char) for char in word} for word in _WORD.findall(_plain(form))]
        alike = [found & {"LATIN", "CYRILLIC", "GREEK"} for found in words]
        if any(len(found) > 1 for found in alike):
            yield Finding(f"a word mixes letters of two scripts{pair.place(index)}", "retype it")
        elif expected and words and not any(found & set(expected) for found in words):
            yield Finding(
                f"no letter is in the language's own script{pair.place(index)}",
                "is this the right language?",
            )


@rule("warning")
def end_mark(pair: Pair) -> Iterator[Finding]:
    """The translation ends otherwise than the English.

    A full stop, question mark or colon at the end of the English has its like, by the language's
    own signs (Arabic ؟, Chinese 。); and where the English has none, the translation has none.
    """
    own = marks.marks(pair.tag)
    for index, form in pair.forms:
        wanted, got = _end(pair.message.plural or pair.message.msgid), _end(form)
        if wanted == "." and not got and marks.language(pair.tag) in marks.NO_FULL_STOP:
            continue
        if not wanted and got in marks.KIND and form:
            yield Finding(f'the English has no "{got}" at the end{pair.place(index)}', "remove it")
        elif wanted and (not got or got not in own.get(wanted, wanted)):
            yield Finding(
                f'the English ends in "{wanted}", this does not{pair.place(index)}',
                f'end it with "{own.get(wanted, wanted)[0]}"',
            )


@rule("warning")
def space(pair: Pair) -> Iterator[Finding]:
    """A space too many, at an end or between words."""
    for index, form in pair.forms:
        if form != form.strip():
            yield Finding(f"a space stands at an end{pair.place(index)}", "remove it")
        if re.search(r"[^\S\u3000]{2}", form.strip()):
            yield Finding(f"two spaces stand together{pair.place(index)}", "keep one")


@rule("warning")
def composed(pair: Pair) -> Iterator[Finding]:
    """A letter and its accent are two characters (the text is not in Unicode's form NFC).

    It looks the same, and is found by no search. A PO editor's save, or retyping it, mends it.
    """
    for index, form in pair.forms:
        if unicodedata.normalize("NFC", form) != form:
            yield Finding(f"a letter and its accent are apart{pair.place(index)}", "retype it")


@rule("warning")
def doubled_word(pair: Pair) -> Iterator[Finding]:
    """A word stands twice in a row."""
    allowed = marks.DOUBLES.get(marks.language(pair.tag), frozenset())
    if allowed is None:
        return
    for index, form in pair.forms:
        for match in re.finditer(r"\b([^\W\d_]+) +\1\b", form, re.IGNORECASE):
            if match[1].lower() not in allowed:
                yield Finding(f'"{match[1]}" stands twice in a row{pair.place(index)}', "keep one")


@rule("warning")
def french_spacing(pair: Pair) -> Iterator[Finding]:
    """A space is missing, or may break, before a French : ; ! ?

    France asks for a no-break space before the colon and a narrow one before ; ! ?, so that no
    line begins with a mark. Canada has it before the colon alone.
    """
    wanted = marks.FRENCH.get(pair.tag) or marks.FRENCH.get(marks.language(pair.tag))
    if wanted is None:
        return
    for index, form in pair.forms:
        for match in re.finditer(r"(.)([:;!?])(?=\W|$)", form):
            if match[2] in wanted and match[1] not in wanted[match[2]]:
                code = ord(wanted[match[2]][0])
                yield Finding(
                    f'before "{match[2]}" there is no no-break space{pair.place(index)}',
                    f"type U+{code:04X}",
                )


@rule("warning")
def opening_mark(pair: Pair) -> Iterator[Finding]:
    """A question or an exclamation lacks its opening mark (Spanish ¿ and ¡)."""
    for index, form in pair.forms:
        for closing, opening in marks.OPENERS.get(marks.language(pair.tag), {}).items():
            if form.count(closing) > form.count(opening):
                yield Finding(f'"{opening}" is missing{pair.place(index)}', "open with it")


PAIR_RULES: tuple[Rule[Pair, Finding], ...] = (
    untranslated,
    script,
    end_mark,
    space,
    composed,
    doubled_word,
    french_spacing,
    opening_mark,
)


# --- the messages of one language together ----------------------------------------------------


@rule("warning")
def length(book: Book) -> Iterator[AtPair]:
    """The translation is far longer or shorter than the English.

    Something may be lost, or said twice. Far is more than 2.2 times what is usual between the
    two languages, counted from this very translation (the median), for texts of a sentence or so.
    """
    ratios = [
        (pair, len(_plain(pair.entry.strings[-1])) / len(_plain(pair.message.sources[-1])))
        for pair in book.pairs
        if len(_plain(pair.message.sources[-1])) >= 30
    ]
    if len(ratios) < 8 or is_source(book.tag):
        return
    usual = median(ratio for _, ratio in ratios)
    for pair, ratio in ratios:
        if ratio > usual * 2.2:
            yield pair, Finding("this is far longer than the English", "is something said twice?")
        elif ratio * 2.2 < usual:
            yield pair, Finding("this is far shorter than the English", "is something lost?")


@rule("warning")
def two_ways(book: Book) -> Iterator[AtPair]:
    """One English text is translated in two ways.

    A family reads both sheets: the same warning should sound the same. One or two words are
    left out, for they may mean two things.
    """
    ways: dict[tuple[str, str], dict[tuple[str, ...], Pair]] = defaultdict(dict)
    for pair in book.pairs:
        if len(_WORD.findall(_plain(pair.message.msgid))) > 2:
            ways[pair.message.sources[0], pair.message.plural].setdefault(pair.entry.strings, pair)
    for first, *others in (tuple(found.values()) for found in ways.values()):
        for pair in others:
            yield (
                pair,
                Finding(
                    f"the same English is translated otherwise at {first.entry.where}", "choose one"
                ),
            )


@rule("warning")
def term(book: Book) -> Iterator[AtPair]:
    """A term of the glossary is translated otherwise than agreed.

    One word for one thing. If the glossary lacks a form of the word (a case, a plural), add it
    there under `also:`.
    """
    if is_source(book.tag):
        return
    for pair in book.pairs:
        text = "\n".join(pair.entry.strings).casefold()
        for english, agreed in book.glossary.agreed(" ".join(pair.message.sources), book.tag):
            if not any(word.casefold() in text for word in (agreed.term, *agreed.also)):
                yield pair, Finding(f'"{english}" is agreed to be "{agreed.term}"', "use that word")


BOOK_RULES: tuple[Rule[Book, AtPair], ...] = (length, two_ways, term)
RULES: tuple[Rule[Any, Any], ...] = (*PAIR_RULES, *BOOK_RULES)


def warnings(book: Book) -> Iterator[tuple[Pair, str, Finding]]:
    """Yield what a person should look at: the message, the rule's name, the finding."""
    for pair in book.pairs:
        for check in PAIR_RULES:
            if not silenced(pair, check.name):
                for finding in check(pair):
                    yield pair, check.name, finding
    for whole in BOOK_RULES:
        for pair, finding in whole(book):
            if not silenced(pair, whole.name):
                yield pair, whole.name, finding


def silenced(pair: Pair, name: str) -> bool:
    """Whether the translator has said that this is meant: `# ignore-<name>` above the message."""
    return any(re.match(rf"ignore-{name}\b", line.strip()) for line in pair.entry.comments)


# --- texts ------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    return PLACEHOLDER.sub(" ", text)


def _letters(text: str) -> str:
    return " ".join(_WORD.findall(_plain(text))).casefold()


def _end(text: str) -> str:
    """Return the mark a text ends in: its kind for the English, the sign itself for others."""
    last = text.strip().rstrip(marks.CLOSERS)[-1:]
    return last if last in marks.KIND else ""


def _script_of(char: str) -> str:
    return unicodedata.name(char, "").split(" ")[0]


def book(pairs: Iterable[Pair], tag: str, glossary: Glossary = EMPTY) -> Book:
    """Return the translated messages of a language; those not translated are left out."""
    return Book(tuple(pair for pair in pairs if not pair.entry.missing), tag, glossary)
