"""Directions and scripts, held against what Unicode and fontTools say of them."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools import unicodedata as fonttools

from careleaf.errors import Unsure
from careleaf.stencil import bidi, scripts

UNICODE = Path("/usr/share/unicode")  # Debian's package unicode-data
# One character of each class that the rules tell apart.
SAMPLES = {
    "L": "a", "R": "א", "AL": "ا", "EN": "1", "ES": "+", "ET": "%", "AN": "١", "CS": ",",
    "NSM": "\u0300", "BN": "\u200d", "S": "\t", "WS": " ", "ON": "!", "B": "\u2029",
    "LRE": "\u202a", "LRO": "\u202d", "RLE": "\u202b", "RLO": "\u202e", "PDF": "\u202c",
    "LRI": "\u2066", "RLI": "\u2067", "FSI": "\u2068", "PDI": "\u2069",
}  # fmt: skip


def unicode_file(name: str) -> Path:
    """Return a file of Unicode's data. CI has them all; elsewhere a test without them is skipped."""
    path = UNICODE / name
    if not path.exists():
        reason = f"there is no {path}: apt-get install unicode-data"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def lines_of(name: str) -> Iterator[str]:
    for line in unicode_file(name).read_text("utf-8").splitlines():
        content = line.partition("#")[0].strip()
        if content:
            yield content


def judged(text: str, level: int, expected: list[str]) -> str:
    """Return "right", "wrong" or "refused": how `text` comes out beside the levels expected.

    An "x" stands for a character of which Unicode leaves the level open.
    """
    try:
        got = bidi.levels(text, level)
    except Unsure:
        return "refused"
    pairs = zip(got, expected, strict=True)
    return "right" if all(other in ("x", str(one)) for one, other in pairs) else "wrong"


def order_of(text: str, level: int, expected: list[str]) -> list[int]:
    """Return the indices of what is drawn, from left to right."""
    drawn = [index for index, other in enumerate(expected) if other != "x"]
    levels = bidi.levels(text, level)
    return [drawn[place] for place in bidi.visual([levels[index] for index in drawn])]


def test_every_case_of_unicode_s_character_test_is_right_or_refused():
    tally: Counter[str] = Counter()
    wrong: list[str] = []
    for line in lines_of("BidiCharacterTest.txt"):
        codes, direction, _, levels, order = line.split(";")
        text = "".join(chr(int(code, 16)) for code in codes.split())
        level = bidi.first_strong(text) if direction == "2" else int(direction)
        verdict = judged(text, level, levels.split())
        if verdict == "right" and order_of(text, level, levels.split()) != [
            int(index) for index in order.split()
        ]:
            verdict = "wrong"
        tally[verdict] += 1
        if verdict == "wrong":
            wrong.append(line)

    assert wrong[:5] == []
    assert tally["right"] > 90_000
    assert tally["refused"] < 0.002 * tally.total()  # those that hold embeddings or isolates


def test_every_case_of_unicode_s_class_test_without_embeddings_is_right():
    tally: Counter[str] = Counter()
    wrong: list[str] = []
    levels: list[str] = []
    for line in lines_of("BidiTest.txt"):
        if line.startswith("@"):
            if line.startswith("@Levels:"):
                levels = line.partition(":")[2].split()
            continue
        classes, _, bits = line.partition(";")
        if "B" in classes.split() or any(name in classes for name in ("LR", "RL", "PD", "FSI")):
            continue
        text = "".join(SAMPLES[name] for name in classes.split())
        for bit, level in ((1, bidi.first_strong(text)), (2, 0), (4, 1)):
            if int(bits, 16) & bit:
                verdict = judged(text, level, levels)
                tally[verdict] += 1
                if verdict == "wrong":
                    wrong.append(f"{line} at {level}")

    assert wrong[:5] == []
    assert tally["refused"] == 0
    assert tally["right"] > 50_000


def test_the_samples_are_of_their_classes():
    assert {unicodedata.bidirectional(char): char for char in SAMPLES.values()} == SAMPLES


def test_the_brackets_are_unicode_s():
    pairs = [line.split(";") for line in lines_of("BidiBrackets.txt")]
    opening = {int(one, 16): int(other, 16) for one, other, kind in pairs if kind.strip() == "o"}

    ours = dict(zip(map(ord, bidi.BRACKETS[::2]), map(ord, bidi.BRACKETS[1::2]), strict=True))

    assert ours == opening
    assert len(ours) == 64


@pytest.mark.parametrize(
    ("text", "level", "expected"),
    [
        ("abc", 2, "222"),
        ("אבג", 1, "111"),
        ("אב 12", 1, "11122"),  # a number in Hebrew runs to the right
        ("١٢ محمد", 1, "2211111"),
        ("abc אבג def", 0, "00001110000"),
        ("אב (cd)", 1, "1111221"),  # a bracket goes with the sentence
        ("אב「cd」", 1, "111221"),  # so does any other
        ("א\u2329א a\u3009", 0, "101000"),  # brackets that are the same to Unicode are a pair
        ("א\u3008א a\u232a", 0, "101000"),
        ("א(א)\u0300", 0, "11111"),  # a mark on a bracket goes with it
    ],
)
def test_directions_follow_uax_9(text, level, expected):
    assert "".join(map(str, bidi.levels(text, level))) == expected


@pytest.mark.parametrize("char", "\u202a\u202e\u2066\u2068\u2069\u2029")
def test_a_text_that_sets_directions_itself_is_refused(char):
    with pytest.raises(Unsure, match="sets a direction"):
        bidi.levels(f"a{char}b", 0)


def test_more_brackets_than_unicode_counts_are_refused():
    with pytest.raises(Unsure, match="brackets"):
        bidi.levels("(" * (bidi.MOST_OPEN + 1), 1)


def test_a_letter_s_script_is_the_one_that_fonttools_says_or_the_letter_is_refused():
    wrong, known = [], 0
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        category = unicodedata.category(char)
        if category in ("Cn", "Cs", "Co"):
            continue
        try:
            ours = scripts.script(char)
        except Unsure:
            continue
        is_letter = category[0] == "L" and category != "Lm"
        if (ours or is_letter) and ours != fonttools.script(char):
            wrong.append(f"U+{code:04X}: {ours}")
        known += bool(ours)

    assert wrong == []
    assert known > 100_000
