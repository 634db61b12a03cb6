"""Checks that stop a sheet: a translation that failed one of these is never printed."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass

from careleaf.catalogue import Entry
from careleaf.messages import Message
from careleaf.text import digits, placeholders


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: the fault and the cure."""

    message: str
    hint: str = ""


def critical(message: Message, entry: Entry, tag: str) -> tuple[Finding, ...]:
    """Return what makes this translation unsafe to print; empty when nothing does."""
    found: list[Finding] = []
    wanted = Counter(placeholders(message.plural or message.msgid))
    for form in entry.strings:
        have = Counter(placeholders(form))
        for name in wanted - have:
            found.append(Finding(f"{{{name}}} is missing", "write it exactly as in the English"))
        for name in have - wanted:
            found.append(Finding(f"{{{name}}} is not in the English", "remove it"))
        if digits(form):
            found.append(Finding(f'the digit "{digits(form)[0]}" stands in the translation', "numbers are data"))
        for char in form:
            if unicodedata.category(char) in ("Cc", "Cf") and char not in "\u200c\u200d":
                found.append(Finding(f"the invisible character U+{ord(char):04X}", "remove it"))
    return tuple(found)
