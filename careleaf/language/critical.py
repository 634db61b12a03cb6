"""Checks that stop a sheet: a translation that failed one of these is never printed.

They run on every message of every sheet, so they are pure and quick: no file, no table but those here.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale

from careleaf.language import affixes
from careleaf.language.messages import Message
from careleaf.language.po_entry import PoEntry
from careleaf.language.rules import Finding, Rule, rule
from careleaf.text import PLACEHOLDER, placeholders


@dataclass(frozen=True, slots=True)
class Pair:
    """An English message beside its translation into `tag`."""

    message: Message
    entry: PoEntry
    tag: str

    @property
    def forms(self) -> Iterator[tuple[int, str]]:
        """Yield each string with its index among the plural forms."""
        yield from self.entry.forms

    def place(self, index: int) -> str:
        """Return ` in msgstr[1] ("few": 2, 3, 4 ...)` for a message; nothing where there is one form."""
        if len(self.entry.strings) == 1:
            return ""
        rule_of = Locale.parse(self.tag).plural_form
        counts = self.entry.rule.examples(index)
        name = f'"{rule_of(counts[-1])}": ' if counts else ""
        shown = ", ".join(str(count) for count in counts[:3]) + (" ..." if len(counts) > 3 else "")
        return f" in msgstr[{index}]" + (f" ({name}{shown})" if counts else "")


@rule("critical")
def plural(pair: Pair) -> Iterator[Finding]:
    """The plural forms are not those of the English.

    A message that counts something has `msgid_plural` and one `msgstr[...]` for each plural form
    of the language; any other has neither.
    """
    if pair.entry.plural != pair.message.plural:
        yield Finding(
            "the plural (msgid_plural) is not the English one", "run `make update`, then mend it"
        )


@rule("critical")
def empty(pair: Pair) -> Iterator[Finding]:
    """A plural form is empty.

    A family would read a gap. Every form that a number of ours takes needs its own text; spaces
    alone are none.
    """
    for index, form in pair.forms:
        if not form.strip() and pair.entry.is_needed(index):
            yield Finding(f"the translation is empty{pair.place(index)}", "translate every form")


@rule("critical")
def placeholder(pair: Pair) -> Iterator[Finding]:
    """A placeholder is lost, added, doubled or renamed.

    `{fever}` stands for a number, a phone or a name that the program fills in. Every form of
    the translation has exactly the placeholders of the English, letter by letter.
    """
    wanted = Counter(placeholders(pair.message.plural or pair.message.msgid))
    for index, form in pair.forms:
        if not form.strip():
            continue
        have = Counter(placeholders(form))
        for name in wanted - have:
            yield Finding(
                f"{{{name}}} is missing{pair.place(index)}", "write it exactly as in the English"
            )
        for name, times in (have - wanted).items():
            known = wanted[name]
            what = f"stands {times + known} times" if known else "is not in the English"
            cure = (
                f"in the English it stands {known} times"
                if known > 1
                else "keep one"
                if known
                else "remove it"
            )
            yield Finding(f"{{{name}}} {what}{pair.place(index)}", cure)


@rule("critical")
def brace(pair: Pair) -> Iterator[Finding]:
    """A brace belongs to no placeholder.

    `{fever` or `{ fever }` would be printed as it stands, and so would braces of another kind
    (｛｝). A placeholder is one word in braces.
    """
    for index, form in pair.forms:
        loose = _BRACES.search(PLACEHOLDER.sub("", form))
        if loose:
            yield Finding(
                f'"{loose.group()}" belongs to no placeholder{pair.place(index)}',
                "write the placeholder exactly as in the English, or remove the brace",
            )


@rule("critical")
def digit(pair: Pair) -> Iterator[Finding]:
    """A digit stands in the translation.

    Numbers are data, kept apart from the wording, so that no translation can change a dose or a
    temperature: any digit is refused, in any script, ½ and ² too. Write {placeholder}, or a word.
    """
    for index, form in pair.forms:
        if form.isascii() and not _ASCII_DIGIT.search(form):
            continue
        found = [char for char in PLACEHOLDER.sub("", form) if _is_number(char)]
        if found:
            yield Finding(
                f'the digit "{found[0]}" (U+{ord(found[0]):04X}) stands in the translation{pair.place(index)}',
                "numbers are data: use the English's placeholder, or write a word",
            )


@rule("critical")
def touching(pair: Pair) -> Iterator[Finding]:
    """Something touches a value that makes another one of it.

    Beside a placeholder stands a space, a mark of the sentence, a bracket, a quotation mark, or
    an affix that the language writes on to numbers and names. A sign, a letter or a word for ten
    or a hundred would change the number: `-{fever}`, `{fever}F`, `{count}0`.
    """
    for index, form in pair.forms:
        pieces = PLACEHOLDER.split(form)  # text, name, text, name, ..., text
        for at in range(1, len(pieces), 2):
            if not _stands_free(pieces, at, pair.tag):
                before, name, after = pieces[at - 1 : at + 2]
                shown = f"{before[-6:]}{{{name}}}{after[:6]}".strip()
                yield Finding(
                    f'"{shown}": something touches {{{name}}}{pair.place(index)}',
                    "beside a value stands a space, a mark or a listed ending; no sign, no letter",
                )


def _stands_free(pieces: list[str], at: int, tag: str) -> bool:
    """Whether nothing that touches the placeholder `pieces[at]` makes another value of it."""
    before, name, after = pieces[at - 1 : at + 2]
    is_first, is_last = at == 1, at + 2 >= len(pieces)
    free_before = affixes.may_stand_before(before, tag) and (is_first or bool(before))
    free_after = affixes.may_stand_after(after, tag) and (is_last or bool(after))
    return (free_before or (not is_first and affixes.joins(before, pieces[at - 2], name))) and (
        free_after or (not is_last and affixes.joins(after, name, pieces[at + 2]))
    )


@rule("critical")
def order(pair: Pair) -> Iterator[Finding]:
    """The two ends of a range are changed round.

    `{low} to {high}` becomes 1 to 0.5 when `{high}` comes first: the smaller number and the
    earlier day are written first in every language, also in one that runs from right to left.
    """
    for index, form in pair.forms:
        names = placeholders(form)
        for one, other in affixes.RANGES:
            if one in names and other in names and names.index(one) > names.index(other):
                yield Finding(
                    f"{{{other}}} stands before {{{one}}}{pair.place(index)}",
                    f"write {{{one}}} first: the values would be changed round",
                )


@rule("critical")
def invisible(pair: Pair) -> Iterator[Finding]:
    """An invisible or direction-changing character stands in the translation.

    It can turn a phone number round or hide a word, and nobody sees it on the screen. The
    joiners U+200C and U+200D, and the space without width U+200B, stay where the script needs them.
    """
    allowed = _needed(pair.tag)
    for index, form in pair.forms:
        if form.isascii() and form.isprintable():
            continue
        for char in dict.fromkeys(form):
            if _is_invisible(char) and char not in allowed:
                name = unicodedata.name(char, "a control character").lower()
                yield Finding(
                    f"the invisible character U+{ord(char):04X} ({name}) stands here{pair.place(index)}",
                    "remove it",
                )


@rule("critical")
def markup(pair: Pair) -> Iterator[Finding]:
    """Markup stands in the translation.

    Texts have none: no `<b>`, no `&nbsp;`, no `**`. It would be printed as it stands.
    """
    for index, form in pair.forms:
        found = _MARKUP.search(form)
        if found:
            yield Finding(
                f'"{found.group()}" is markup{pair.place(index)}', "remove it: texts have no markup"
            )


@rule("critical")
def pasted(entries: Iterable[PoEntry]) -> Iterator[tuple[PoEntry, Finding]]:
    """Two quite different English texts have the same translation.

    One of them was pasted into the wrong place. Quite different are sentences of four words or
    more that share less than half of them.
    """
    alike: dict[str, list[PoEntry]] = defaultdict(list)
    for entry in entries:
        if not entry.missing and len(_words(entry.msgid)) >= 4:
            alike[entry.strings[0]].append(entry)
    for group in alike.values():
        for entry in group:
            other = next((one for one in group if not _share(one.msgid, entry.msgid)), None)
            if other is not None:
                yield (
                    entry,
                    Finding(
                        f"quite another English text has this translation at {other.where}",
                        "one of them is pasted: translate it anew",
                    ),
                )


@rule("critical")
def tiers(pairs: Iterable[tuple[Message, PoEntry]]) -> Iterator[tuple[PoEntry, Finding]]:
    """Two warning signs of different urgency have the same translation.

    What needs an ambulance and what can wait until tomorrow would read alike. The same holds for
    the names of the three boxes.
    """
    alike: dict[str, list[tuple[Message, PoEntry]]] = defaultdict(list)
    for message, entry in pairs:
        if message.tier and not entry.missing:
            alike[" ".join(_letters(entry.strings[0]))].append((message, entry))
    for group in alike.values():
        for message, entry in group:
            other = next((e for m, e in group if _differ(m, message)), None)
            if other is not None:
                yield (
                    entry,
                    Finding(
                        f"a sign of another urgency has this translation at {other.where}",
                        "one of them is pasted: translate it anew",
                    ),
                )


def _differ(one: Message, other: Message) -> bool:
    return one.tier != other.tier and one.msgid != other.msgid


def _letters(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", PLACEHOLDER.sub(" ", text).casefold()))


def _share(one: str, other: str) -> bool:
    """Whether two English texts share half of the shorter one's words."""
    words = _words(one), _words(other)
    return len(words[0] & words[1]) * 2 >= min(map(len, words))


RULES: tuple[Rule[Pair, Finding], ...] = (
    plural,
    empty,
    placeholder,
    brace,
    digit,
    touching,
    order,
    invisible,
    markup,
)


def critical(message: Message, entry: PoEntry, tag: str) -> tuple[Finding, ...]:
    """Return what makes this translation unsafe to print; empty when nothing does."""
    pair = Pair(message, entry, tag)
    return tuple(finding for check in RULES for finding in check(pair))


# --- characters -------------------------------------------------------------------------------

_BRACES = re.compile(r"[{}｛｝﹛﹜︷︸❴❵⦃⦄⎧⎨⎩⎫⎬⎭]")
_ASCII_DIGIT = re.compile(r"[0-9]")
_MARKUP = re.compile(r"</?[A-Za-z][^>]*>|<!--|&#?\w+;|\*\*|__|\[[^\]]*\]\([^)]*\)")

# Unicode, DerivedCoreProperties: default-ignorable characters that are letters or marks by category.
_IGNORABLE = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xFFFC, 0xFFFD}
    | {*range(0x180B, 0x1810), *range(0xFE00, 0xFE10)}
)

# CLDR, exemplar characters (auxiliary): where the joiners are part of ordinary spelling.
_JOINERS = "\u200c\u200d"
_WITH_JOINERS = frozenset(
    "as bn brx ckb doi fa gu hi kn kok ks ku mai ml mni mr mzn ne or pa ps sa sat sd si ta te ur".split()
)
# Unicode line breaking (UAX #14, SA): scripts without spaces mark the ends of words with U+200B.
_WITH_WORD_ENDS = frozenset(["km", "lo", "my", "th", "shn"])


def _needed(tag: str) -> str:
    language = tag.split("_")[0]
    if language in _WITH_WORD_ENDS:
        return "\u200b" + _JOINERS
    return _JOINERS if language in _WITH_JOINERS else ""


# What Unicode's names of signs say where the sign shows a number: 🔟 is a keycap ten.
_NUMBER_NAMES = re.compile(
    "DIGIT|NUMBER|NUMERAL|KEYCAP|HUNDRED|COUNTING ROD|TALLY|CLOCK FACE|DIE FACE|DOMINO|MAHJONG|PLAYING CARD"
)


@lru_cache(maxsize=4096)
def _is_number(char: str) -> bool:
    """Whether a character shows a number and is no word: ٣, ½, ②, Ⅳ, ㏣, ㋀, ⼗; but not 三, which is one."""
    if unicodedata.category(char)[0] in "LMP" and not unicodedata.decomposition(char):
        return False
    plain = unicodedata.normalize("NFKC", char)
    if any(unicodedata.category(one) in ("Nd", "No", "Nl") for one in (char, *plain)):
        return True
    if unicodedata.category(char) != "So":
        return False
    if plain != char:
        return len(plain) == 1 and unicodedata.numeric(plain, None) is not None
    return bool(_NUMBER_NAMES.search(unicodedata.name(char, "")))


def _is_invisible(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        or ord(char) in _IGNORABLE
        or 0xE0000 <= ord(char) <= 0xE0FFF
    )
