"""Two languages that do not exist, to see what a real one would trip over before there is a translator.

`en_XA` is English with accents, in brackets, two fifths longer: what stays without brackets is
hard-coded, and what lacks its closing bracket was cut off. `ar_XB` writes the same English in Arabic
letters, so the page must run from right to left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from careleaf.authoring import print_checks
from careleaf.authoring.medicines import named
from careleaf.desk.desk import Desk
from careleaf.language.localize import source_entry
from careleaf.language.messages import Message
from careleaf.language.po_entry import PoEntry
from careleaf.sheet.edition import Edition, wording
from careleaf.text import Text

LONGER = 1.4
_VOWELS = "aeiouyAEIOUY"
_ACCENTED = str.maketrans(
    "aceghijklnorstuwyzACEGHIJKLNORSTUWYZ",
    "äçéĝĥîĵķļñöŕšţûŵýžÄÇÉĜĤÎĴĶĻÑÖŔŠŢÛŴÝŽ",
)
_ARABIC = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz?,;",
    "ابكدهفغحيجكلمنوبقرستوفوخيز؟،؛",
)


def longer(text: str) -> str:
    """Return English with accents, a vowel doubled here and there, two fifths longer."""
    wanted = len(text) * (LONGER - 1)
    grown: list[str] = []
    added = 0
    for place, char in enumerate(text, 1):
        grown.append(char)
        while char in _VOWELS and added < wanted * place / len(text) and added < wanted:
            grown.append(char.lower())
            added += 1
    return "".join(grown).translate(_ACCENTED)


def mirrored(text: str) -> str:
    """Return English in Arabic letters, sound for sound more or less."""
    return text.lower().translate(_ARABIC)


@dataclass(frozen=True, slots=True)
class Pseudo:
    """An invented language: the real locale whose dates and direction it has, and its spelling."""

    tag: str
    real: str
    spell: Callable[[str], str]
    brackets: bool

    def __call__(self, message: Message) -> PoEntry:
        """Return a message in this language; its placeholders stay as they are."""
        return replace(source_entry(message), strings=tuple(map(self._spelt, message.sources)))

    def _spelt(self, source: str) -> str:
        parts = Text.parse(source).parts
        spelt = "".join(self.spell(part) if isinstance(part, str) else str(part) for part in parts)
        return f"[{spelt}]" if self.brackets else spelt


LANGUAGES = (
    Pseudo("en_XA", "en", longer, brackets=True),
    Pseudo("ar_XB", "ar", mirrored, brackets=False),
)


def edition(desk: Desk, handout: str, language: Pseudo) -> Edition:
    """Return an English edition spelt in an invented language. Raises HandoutError or Faults."""
    english = desk.content.any_edition(handout, "en", desk.form())
    clinic = named(english.clinic, language.real)
    source = desk.content.source(handout)
    spelt = wording(source, desk.content.labels, language.real, clinic, language, language)
    return replace(english, first=spelt)


def sheets(
    desk: Desk, handouts: Iterable[str] = ()
) -> Iterator[tuple[str, print_checks.PrintedSheet]]:
    """Yield each handout in each invented language: a name for its file, and the printed sheet."""
    for handout in tuple(handouts) or desk.content.handouts:
        for language in LANGUAGES:
            printed = print_checks.pressed(desk, edition(desk, handout, language))
            yield f"{handout}.{language.tag}", printed
