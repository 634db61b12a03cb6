"""A line of text -> its runs: stretches of one direction, script and face, as Pango cuts them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from careleaf.errors import Unsure
from careleaf.sheet import faces
from careleaf.stencil import bidi, scripts
from careleaf.stencil.style import TypeStyle
from careleaf.text import FSI, PDI


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a line (from `start` up to `end`) in one direction, script and face."""

    start: int
    end: int
    level: int
    script: str
    family: str


# Letters that run from left to right in one script and one face, with what stands between them:
# for these there is nothing to sort out.
_LATIN = re.compile("[ ,.'0-9A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ-]+")


def runs(text: str, style: TypeStyle) -> list[Run]:
    """Return the runs of a line, from left to right."""
    start, end = text.startswith(FSI), len(text) - text.endswith(PDI)
    inner = text[start:end]
    if _LATIN.fullmatch(inner) and all(
        _family(c, style.families) == style.families[0] for c in inner
    ):
        script = "Latn" if any(map(str.isalpha, inner)) else "Zyyy"
        return [Run(int(start), end, 2, script, style.families[0])]
    found = [
        Run(run.start + start, run.end + start, run.level, run.script, run.family)
        for run in _itemized(inner, _levels(inner, style.is_rtl, isolated=bool(start)), style)
    ]
    return [found[index] for index in bidi.visual([run.level for run in found])]


def _levels(text: str, is_rtl: bool, *, isolated: bool) -> list[int]:
    outer = int(is_rtl)
    if not isolated:
        return bidi.levels(text, outer)
    if bidi.is_plain(text):
        return [2] * len(text)
    if text[-1:].isspace():  # belongs to the line around the isolate, if nothing follows it
        raise Unsure("a value that ends in a space")
    inner = bidi.first_strong(text)
    return bidi.levels(text, inner if inner > outer else inner + 2)


def _itemized(text: str, levels: Sequence[int], style: TypeStyle) -> Iterator[Run]:
    """Yield the runs of a text in the order written.

    A character of no script of its own (a space, a digit) goes with what stands before it. A space
    takes the face before it, or that after it where that comes earlier in the list of faces.
    """
    in_script = scripts.scripts(text)
    families = style.families
    start, family, end = 0, "", 0  # `end` is behind the last character that is no space
    for index, char in enumerate(text):
        own = "" if _is_space(char) else _family(char, families)
        place = (levels[index], in_script[index])
        cut = start
        if place != (levels[start], in_script[start]):
            cut = index
        elif own and family and own != family:
            cut = end if families.index(own) < families.index(family) else index
        if cut > start:
            yield Run(start, cut, levels[start], in_script[start], family or families[0])
            start, family = cut, ""
        family = family or own
        end = index + 1 if own else end
    if text:
        yield Run(start, len(text), levels[start], in_script[start], family or families[0])


def _is_space(char: str) -> bool:
    return unicodedata.category(char) in ("Zs", "Cc", "Cf")


@lru_cache(maxsize=8192)
def _family(char: str, families: tuple[str, ...]) -> str:
    family = faces.family_of(char, families)
    if family is None:
        raise Unsure("a character without a glyph")
    return family
