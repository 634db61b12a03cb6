"""Which way each character runs: the Unicode bidirectional algorithm (UAX #9) for one short line.

For text without explicit embeddings or isolates of its own, which is what a name or a date is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import bidirectional

_NEUTRAL = frozenset(["B", "S", "WS", "ON"])
_STRONG_AS = {"L": "L", "R": "R", "EN": "R", "AN": "R"}  # how numbers count beside neutrals (N1)
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def is_plain(text: str) -> bool:
    """Whether everything in `text` runs from left to right, whatever stands around it."""
    return text.isascii() or all(
        bidirectional(char) not in ("R", "AL", "AN", "LRE", "RLE", "LRO", "RLO", "PDF")
        for char in text
    )


def first_strong(text: str) -> int:
    """Return 1 if the first letter with a direction runs right to left, else 0 (rules P2, P3)."""
    for char in text:
        kind = bidirectional(char)
        if kind in ("R", "AL"):
            return 1
        if kind == "L":
            return 0
    return 0


def levels(text: str, level: int) -> list[int]:
    """Return the level of each character of a stretch of text that stands at `level`."""
    around = "R" if level % 2 else "L"
    kinds = [_kind(char) for char in text]
    _resolve_weak(kinds, around)
    _resolve_brackets(text, kinds, around)
    _resolve_neutral(kinds, around)
    return [_implicit(kind, level) for kind in kinds]


def visual(levels: Sequence[int]) -> list[int]:
    """Return the indices of runs with these levels in the order seen from left to right (L2)."""
    order = list(range(len(levels)))
    odd = [level for level in levels if level % 2]
    if not odd:
        return order
    for level in range(max(levels), min(odd) - 1, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = order[start:end][::-1]
            start = end + 1
    return order


def _kind(char: str) -> str:
    kind = bidirectional(char)
    return "ON" if kind in ("FSI", "LRI", "RLI", "PDI", "B", "S", "") else kind


def _resolve_weak(kinds: list[str], around: str) -> None:
    """Rules W1 to W7."""
    before, strong = around, around
    for index, kind in enumerate(kinds):
        if kind in ("NSM", "BN"):
            kind = before  # W1 (and 5.2 for what is never drawn)
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kind = "AN"  # W2
        kinds[index] = before = kind
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for index in range(1, len(kinds) - 1):  # W4
        left, right = kinds[index - 1], kinds[index + 1]
        one_of = ("EN", "AN") if kinds[index] == "CS" else ("EN",) if kinds[index] == "ES" else ()
        if left == right and left in one_of:
            kinds[index] = left
    for start, end in _stretches(kinds, ("ET",)):  # W5
        if "EN" in (*kinds[max(0, start - 1) : start], *kinds[end : end + 1]):
            kinds[start:end] = ["EN"] * (end - start)
    strong = around
    for index, kind in enumerate(kinds):
        if kind in ("ES", "ET", "CS"):
            kinds[index] = "ON"  # W6
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[index] = "L"  # W7


def _resolve_brackets(text: str, kinds: list[str], around: str) -> None:
    """Rule N0, for the brackets that a name may have."""
    for start, end in _bracket_pairs(text):
        inside = {_STRONG_AS[kind] for kind in kinds[start + 1 : end] if kind in _STRONG_AS}
        if around in inside:
            direction = around
        elif inside:
            before = (_STRONG_AS[kind] for kind in reversed(kinds[:start]) if kind in _STRONG_AS)
            direction = next(iter(inside)) if next(before, around) in inside else around
        else:
            continue
        kinds[start] = kinds[end] = direction


def _bracket_pairs(text: str) -> list[tuple[int, int]]:
    pairs, opened = [], []
    for index, char in enumerate(text):
        if char in _PAIRS:
            opened.append((_PAIRS[char], index))
        elif any(char == closing for closing, _ in opened):
            while True:
                closing, start = opened.pop()
                if closing == char:
                    pairs.append((start, index))
                    break
    return sorted(pairs)


def _resolve_neutral(kinds: list[str], around: str) -> None:
    """Rules N1 and N2."""
    for start, end in _stretches(kinds, _NEUTRAL):
        before = _STRONG_AS[kinds[start - 1]] if start else around
        after = _STRONG_AS[kinds[end]] if end < len(kinds) else around
        kinds[start:end] = [before if before == after else around] * (end - start)


def _stretches(
    kinds: Sequence[str], wanted: Sequence[str] | frozenset[str]
) -> Iterator[tuple[int, int]]:
    """Yield start and end of each unbroken stretch of the kinds wanted."""
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] in wanted:
            end += 1
        if end > start:
            yield start, end
        start = max(end, start + 1)


def _implicit(kind: str, level: int) -> int:
    """Rules I1 and I2."""
    if level % 2:
        return level if kind == "R" else level + 1
    return level + (0 if kind == "L" else 1 if kind == "R" else 2)


__all__ = ["first_strong", "is_plain", "levels", "visual"]
