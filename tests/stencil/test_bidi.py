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


RUNS_ANOTHER_WAY = ("R", "AL", "AN", "LRE", "RLE", "LRO", "RLO", "PDF")


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_text_is_plain_if_nothing_in_it_runs_to_the_left_or_sets_a_direction(kind):
    text = f"ö{SAMPLES[kind]}ö"

    assert bidi.is_plain(text) is (kind not in RUNS_ANOTHER_WAY)
    assert bidi.is_plain("Ana Mu\u0308ller, 2 (x)")


@pytest.mark.parametrize(
    ("text", "level"),
    [("abc", 0), ("אב", 1), ("اب", 1), ("12 אב", 1), ("(a) אב", 0), ("12", 0), ("", 0), ("١a", 0)],
)
def test_the_first_letter_with_a_direction_leads(text, level):
    assert bidi.first_strong(text) == level


@pytest.mark.parametrize(
    ("levels", "order"),
    [
        ([], []),
        ([0, 0, 0], [0, 1, 2]),
        ([2, 2], [0, 1]),
        ([1, 1, 1], [2, 1, 0]),
        ([0, 1, 1, 0], [0, 2, 1, 3]),
        ([1, 2, 2, 1], [3, 1, 2, 0]),
        ([0, 1, 2, 2, 1, 0], [0, 4, 2, 3, 1, 5]),
        ([1, 0, 1], [0, 1, 2]),
        ([3, 2, 1], [2, 0, 1]),
    ],
)
def test_runs_are_seen_in_the_order_of_rule_l2(levels, order):
    assert bidi.visual(levels) == order


@pytest.mark.parametrize(
    ("text", "level", "expected"),
    [
        pytest.param("", 1, "", id="nothing"),
        pytest.param("\u200d", 1, "1", id="only what is not drawn"),
        pytest.param("\u200da", 1, "12", id="what is not drawn, before"),
        pytest.param("a\u200d", 1, "21", id="what is not drawn, at the end"),
        pytest.param("a\u200db", 1, "222", id="what is not drawn, within"),
        pytest.param("a ", 1, "21", id="a space at the end"),
        pytest.param("a\tb", 1, "212", id="a separator"),
        pytest.param("a \tb", 1, "2112", id="a space before a separator"),
        pytest.param("אa1+2", 0, "10000", id="numbers behind Latin"),
        pytest.param("א1+2", 0, "1222", id="a sign between two numbers"),
        pytest.param("ا1+2", 0, "1212", id="a sign between two Arabic numbers"),
        pytest.param("ا1,2", 0, "1222", id="a comma between two Arabic numbers"),
        pytest.param("א1,٢", 0, "1212", id="a comma between numbers of two kinds"),
        pytest.param("א$1", 0, "122", id="a sign of money before a number"),
        pytest.param("א1%%", 0, "1222", id="signs behind a number"),
        pytest.param("א%א", 0, "111", id="a sign beside no number"),
        pytest.param("ا%1", 0, "112", id="a sign before an Arabic number"),
        pytest.param("א!א", 0, "111", id="a mark between two letters"),
        pytest.param("א!a", 0, "100", id="a mark between two ways"),
        pytest.param("א!1", 0, "112", id="a mark before a number"),
        pytest.param("א\u0300a", 0, "110", id="an accent"),
        pytest.param("\u0300א", 0, "01", id="an accent at the start"),
        pytest.param("a(א)", 0, "0010", id="a bracket around the other way"),
        pytest.param("א(א)a", 1, "11112", id="a bracket around its own way"),
        pytest.param("א(a)א", 0, "10001", id="a bracket around the line's way"),
        pytest.param("א(א)", 0, "1111", id="a bracket as what stands before it"),
        pytest.param("(א)", 0, "010", id="a bracket at the start"),
        pytest.param("א(!)a", 0, "10000", id="a bracket with nothing in it"),
        pytest.param("א((א)", 0, "11111", id="a bracket that stays open"),
        pytest.param("א([א)]", 0, "111110", id="brackets that cross"),
    ],
)
def test_each_rule_of_uax_9_by_an_example(text, level, expected):
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
