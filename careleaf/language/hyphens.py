"""Where words may be broken, read in a tenth of the time: a pattern is parsed when a word asks for it.

pyphen parses each of a language's patterns before the first word (66,000 in German: half a second
in every process), and a sheet asks for a few hundred. What is parsed here is parsed by pyphen.
"""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any

import pyphen

_DIGITS = b"0123456789"


class _Lines:
    """Stands for the file of a dictionary that has only these patterns."""

    def __init__(self, patterns: list[str]) -> None:
        self._text = "\n".join(("UTF-8", *patterns))

    def open(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._text.encode())

    def read_text(self, encoding: str) -> str:
        return self._text


class _Patterns(dict[str, Any]):
    """Patterns by their letters: as they are written, until one is asked for."""

    def get(self, letters: str, default: Any = None) -> Any:
        """Return the pattern as pyphen holds it, or `default`."""
        found = super().get(letters, default)
        if isinstance(found, str):
            self[letters] = found = _parsed([found]).get(letters)
        return found


def _parsed(patterns: list[str]) -> dict[str, Any]:
    filler = "zz1zz"  # pyphen takes no dictionary without a pattern that says something
    found: dict[str, Any] = _Original(_Lines([*patterns, filler])).patterns
    if filler not in patterns:
        del found["zzzz"]
    return found


_Original = pyphen.HyphDict


class LazyHyphDict(pyphen.HyphDict):  # type: ignore[misc]
    """A language's patterns, for pyphen."""

    def __init__(self, path: Path) -> None:
        """Read a file `hyph_*.dic`. Patterns of more than letters and digits are parsed at once, and
        those that stand in it twice: which of them counts, pyphen says."""
        with path.open("rb") as file:
            encoding = file.readline().decode().strip()
        text = path.read_text("cp1251" if encoding.lower() == "microsoft-cp1251" else encoding)
        lines = [line.strip() for line in text.split("\n")[1:]]
        lines = [line for line in lines if line and not line.startswith(pyphen.ignored)]
        letters = "\n".join(lines).encode().translate(None, _DIGITS).decode().split("\n")
        self.patterns = _Patterns(zip(letters, lines, strict=True))
        twice = {key for key, count in Counter(letters).items() if count > 1}
        at_once = {
            line: key
            for key, line in zip(letters, lines, strict=True)
            if key in twice or "/" in line or "^^" in line
        }
        for key in at_once.values():
            self.patterns.pop(key, None)
        if at_once:
            self.patterns.update(_parsed(list(at_once)))
        self.cache: dict[str, Any] = {}
        self.maxlen = max(map(len, letters))


def read_lazily() -> None:
    """Let pyphen read its dictionaries so from now on."""
    pyphen.HyphDict = LazyHyphDict
