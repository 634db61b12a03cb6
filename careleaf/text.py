"""A sentence as parts, so that no number, phone or name is ever pasted into one unseen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

FSI, PDI = "\u2068", "\u2069"  # first strong isolate ... pop directional isolate (UAX #9)
PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LOOSE_BRACE = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A named hole, `{fever}` in the source: data stands here, never wording."""

    name: str

    def __str__(self) -> str:
        return "{" + self.name + "}"


@dataclass(frozen=True, slots=True)
class Value:
    """What a placeholder became: `shown` as the reader sees it, without isolates."""

    name: str
    shown: str

    def __str__(self) -> str:
        return isolate(self.shown)

    @property
    def keep_together(self) -> bool:
        """Whether a line may not break inside: a number and its unit, a phone number."""
        return len(self.shown) <= 24


Part = str | Placeholder | Value


@dataclass(frozen=True, slots=True)
class Text:
    """One translatable sentence. `str()` gives the msgid again, or the filled sentence."""

    parts: tuple[Part, ...]

    @classmethod
    def parse(cls, source: str) -> Text:
        """Cut `source` at its placeholders. Raises ValueError on a brace that belongs to none."""
        loose = _LOOSE_BRACE.search(PLACEHOLDER.sub("", source))
        if loose:
            raise ValueError(f"{loose.group()!r} is no part of a placeholder like {{fever}}")
        pieces = PLACEHOLDER.split(source)  # text, name, text, name, ..., text
        parts: list[Part] = []
        for index, piece in enumerate(pieces):
            if index % 2:
                parts.append(Placeholder(piece))
            elif piece:
                parts.append(piece)
        return cls(tuple(parts))

    def __str__(self) -> str:
        return "".join(str(part) for part in self.parts)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Names in the order they stand, repeats kept."""
        return tuple(part.name for part in self.parts if isinstance(part, Placeholder))

    def fill(self, values: Mapping[str, str]) -> Text:
        """Return the text with each placeholder a Value. Raises KeyError for one without a value."""
        return Text(
            tuple(
                Value(part.name, values[part.name]) if isinstance(part, Placeholder) else part
                for part in self.parts
            )
        )

    @property
    def plain(self) -> str:
        """The sentence as a family reads it: values shown, no isolates."""
        return "".join(part.shown if isinstance(part, Value) else str(part) for part in self.parts)


TextMap = Callable[[Text], Text]


def isolate(value: str) -> str:
    """Wrap a value so that its direction cannot disturb the sentence around it (UAX #9, FSI ... PDI)."""
    return f"{FSI}{value}{PDI}"


def placeholders(source: str) -> tuple[str, ...]:
    """Return the names of the placeholders in `source`, in order, repeats kept."""
    return tuple(PLACEHOLDER.findall(source))


def digits(source: str) -> str:
    """Return the characters of `source` that show a number (categories Nd and No), placeholders left out."""
    return "".join(
        char for char in PLACEHOLDER.sub("", source) if unicodedata.category(char) in ("Nd", "No")
    )


def comparable(source: str) -> str:
    """Return only what is left of a text when it was printed and read back.

    No spaces, no hyphens, no invisible characters, ligatures as letters (NFKC).
    """
    return "".join(
        char
        for char in unicodedata.normalize("NFKC", source)
        if not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc", "Cn", "Co", "Pd")
    )


def is_right_to_left(value: str) -> bool:
    """Whether the first strong character of `value` runs right to left (UAX #9, rule P2)."""
    for char in value:
        direction = unicodedata.bidirectional(char)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False
