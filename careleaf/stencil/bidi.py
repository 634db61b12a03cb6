"""Which way each character runs: the Unicode bidirectional algorithm (UAX #9) for one short line.

For text without embeddings, overrides or isolates of its own, which is what a name or a date is;
others are refused. Unicode's own tests are run over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import bidirectional, normalize

from careleaf.errors import Unsure

_NEUTRAL = frozenset(["B", "S", "WS", "ON"])
_STRONG_AS = {"L": "L", "R": "R", "EN": "R", "AN": "R"}  # how numbers count beside neutrals (N1)
_EXPLICIT = frozenset(["LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B"])
MOST_OPEN = 63  # brackets open at one time: BD16 gives up beyond

# Every bracket with its counterpart, as in BidiBrackets.txt of Unicode (a test compares them).
BRACKETS = (
    "()[]{}\u0f3a\u0f3b\u0f3c\u0f3d\u169b\u169c\u2045\u2046\u207d\u207e"
    "\u208d\u208e\u2308\u2309\u230a\u230b\u2329\u232a\u2768\u2769\u276a\u276b\u276c\u276d\u276e\u276f"
    "\u2770\u2771\u2772\u2773\u2774\u2775\u27c5\u27c6\u27e6\u27e7\u27e8\u27e9\u27ea\u27eb\u27ec\u27ed"
    "\u27ee\u27ef\u2983\u2984\u2985\u2986\u2987\u2988\u2989\u298a\u298b\u298c\u298d\u2990\u298f\u298e"
    "\u2991\u2992\u2993\u2994\u2995\u2996\u2997\u2998\u29d8\u29d9\u29da\u29db\u29fc\u29fd\u2e22\u2e23"
    "\u2e24\u2e25\u2e26\u2e27\u2e28\u2e29\u2e55\u2e56\u2e57\u2e58\u2e59\u2e5a\u2e5b\u2e5c\u3008\u3009"
    "\u300a\u300b\u300c\u300d\u300e\u300f\u3010\u3011\u3014\u3015\u3016\u3017\u3018\u3019\u301a\u301b"
    "\ufe59\ufe5a\ufe5b\ufe5c\ufe5d\ufe5e\uff08\uff09\uff3b\uff3d\uff5b\uff5d\uff5f\uff60\uff62\uff63"
)
_CANONICAL = {char: normalize("NFD", char) for char in BRACKETS}  # two pairs count as one
_CLOSES = {
    opening: _CANONICAL[closing]
    for opening, closing in zip(BRACKETS[::2], BRACKETS[1::2], strict=True)
}
_CLOSING = frozenset(BRACKETS[1::2])


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
    """Return the level of each character of a text that stands alone at `level`.

    White space at its end keeps to `level` (L1). Raises Unsure for embeddings, overrides, isolates
    and paragraph separators within the text, and for very many brackets.
    """
    classes = [bidirectional(char) or "L" for char in text]
    if not _EXPLICIT.isdisjoint(classes):
        raise Unsure("a character that sets a direction")
    drawn = [index for index, kind in enumerate(classes) if kind != "BN"]  # X9
    resolved = _resolved(
        [text[index] for index in drawn], [classes[index] for index in drawn], level
    )
    made, last = [level] * len(text), -1
    for index, own in zip(drawn, resolved, strict=True):
        made[index] = own
        for removed in range(last + 1, index):  # goes with what stands before it (5.2)
            made[removed] = made[last] if last >= 0 else level
        last = index
    if last >= 0:
        made[last + 1 :] = [made[last]] * (len(text) - last - 1)
    _reset_spaces(classes, made, level)
    return made


def _resolved(chars: Sequence[str], classes: Sequence[str], level: int) -> list[int]:
    """Return the levels of characters of which none is without effect."""
    around = "R" if level % 2 else "L"
    kinds = list(classes)
    _resolve_weak(kinds, around)
    _resolve_brackets(chars, classes, kinds, around)
    _resolve_neutral(kinds, around)
    return [_implicit(kind, level) for kind in kinds]


def _reset_spaces(classes: Sequence[str], levels: list[int], level: int) -> None:
    """Rule L1: separators, and white space before one or at the end, stand at the outer level."""
    is_last = True
    for index in range(len(classes) - 1, -1, -1):
        if classes[index] == "S":
            is_last = True
        elif classes[index] not in ("WS", "BN"):
            is_last = False
        if is_last:
            levels[index] = level


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


def _resolve_weak(kinds: list[str], around: str) -> None:
    """Rules W1 to W7."""
    before, strong = around, around
    for index, kind in enumerate(kinds):
        if kind == "NSM":
            kind = before  # W1
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


def _resolve_brackets(
    chars: Sequence[str], classes: Sequence[str], kinds: list[str], around: str
) -> None:
    """Rule N0: a pair of brackets runs with what is within it, or with what is before it."""
    for start, end in _bracket_pairs(chars, kinds):
        inside = {_STRONG_AS[kind] for kind in kinds[start + 1 : end] if kind in _STRONG_AS}
        if around in inside:
            direction = around
        elif inside:
            before = (_STRONG_AS[kind] for kind in reversed(kinds[:start]) if kind in _STRONG_AS)
            direction = next(iter(inside)) if next(before, around) in inside else around
        else:
            continue
        for bracket in (start, end):
            kinds[bracket] = direction
            for mark in range(bracket + 1, len(kinds)):  # marks on a bracket run with it
                if classes[mark] != "NSM":
                    break
                kinds[mark] = direction


def _bracket_pairs(chars: Sequence[str], kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Return the indices of each pair of brackets, by the opening one (BD16). Raises Unsure."""
    pairs: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []  # what closes a bracket, and where it opened
    for index, char in enumerate(chars):
        if kinds[index] != "ON":
            continue
        if char in _CLOSES:
            if len(opened) == MOST_OPEN:
                raise Unsure("more brackets than a name has")
            opened.append((_CLOSES[char], index))
        elif char in _CLOSING:
            closing = _CANONICAL[char]
            for place in range(len(opened) - 1, -1, -1):
                if opened[place][0] == closing:
                    pairs.append((opened[place][1], index))
                    del opened[place:]
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
