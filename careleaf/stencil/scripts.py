"""Which script each character of a text is in, as Pango tells runs apart."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from careleaf.errors import Unsure

_CLOSING = dict(zip("([{<«‘“‹〈《「『【", ")]}>»’”›〉》」』】", strict=True))


def scripts(text: str) -> list[str]:
    """Return the script of each character; a closing bracket goes with its opening one."""
    own = [script(char) for char in text]
    current = next(filter(None, own), "Zyyy")
    found, opened = [], []
    for char, its_own in zip(text, own, strict=True):
        if char in _CLOSING:
            opened.append((_CLOSING[char], current))
        elif any(char == closing for closing, _ in opened):
            while (bracket := opened.pop())[0] != char:
                pass
            current = bracket[1]
        current = its_own or current
        found.append(current)
    return found


# By the first word of a character's name.
_SCRIPTS = {
    "LATIN": "Latn", "GREEK": "Grek", "CYRILLIC": "Cyrl", "ARABIC": "Arab", "EXTENDED": "Arab",
    "HEBREW": "Hebr", "ETHIOPIC": "Ethi", "DEVANAGARI": "Deva", "BENGALI": "Beng", "TAMIL": "Taml",
    "TELUGU": "Telu", "THAI": "Thai", "LAO": "Laoo", "KHMER": "Khmr", "MYANMAR": "Mymr",
    "CJK": "Hani", "HIRAGANA": "Hira", "KATAKANA": "Kana", "HANGUL": "Hang",
}  # fmt: skip


@lru_cache(maxsize=8192)
def script(char: str) -> str:
    """Return the script of a letter as ISO 15924, or "" for what all scripts share."""
    category = unicodedata.category(char)
    if (category[0] != "L" and category not in ("Mc", "Nd")) or category == "Lm":
        return ""
    found = _SCRIPTS.get(unicodedata.name(char, "").partition(" ")[0], "")
    if not found and category[0] == "L":
        raise Unsure("a script that it does not know")
    return found
