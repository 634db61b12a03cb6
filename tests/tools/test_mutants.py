"""The breaker: it breaks what matters and only that, and what no test sees is named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "mutants"
sys.path.append(str(FOLDER))

import breaks  # noqa: E402
import watched  # noqa: E402

ROOT = FOLDER.parents[1]


def changes(source: str) -> set[str]:
    return {one.change for place in breaks.breaks_of(source) for one in place}


@pytest.mark.parametrize(
    ("source", "change"),
    [
        ("x = a < b", "a < b -> (a <= b)"),
        ("x = a < b", "a < b -> (a >= b)"),
        ("x = a == b", "a == b -> (a != b)"),
        ("x = a in b", "a in b -> (a not in b)"),
        ("x = not a", "not a -> (a)"),
        ("x = a and b", "a and b -> (a or b)"),
        ("x = a and b", "a and b -> ((b))"),
        ("x = n + 5", "5 -> 6"),
        ("x = n + 5", "5 -> (4)"),
        ("x = n + 5", "n + 5 -> (n - 5)"),
        ("x = True", "True -> False"),
        ("def f():\n    raise ValueError(a)", "raise ValueError(a) -> pass"),
        ("def f():\n    return a", "return a -> return None"),
        ("def f():\n    g(a, b)", "g(a, b) -> g(b, a)"),
        ("def f():\n    g(a)", "g(a) -> pass"),
        ("if a:\n    b()", "a -> (not (a))"),
        ("if a:\n    b()", "a -> (False and (a))"),
        ("x = [n for n in m if n]", "n -> (not (n))"),
        ("x = {'a', 'b'}", "{'a', 'b'} -> {'b'}"),
        ("x = {'a': 1, 'b': c}", "{'a': 1, 'b': c} -> {'b': c}"),
        ("x = frozenset(y)", "frozenset(y) -> frozenset(())"),
        ("x = 'abc'", "'abc' -> 'bc'"),
        ("x = 'ab cd'.split()", "'ab cd' -> 'cd'"),
        ("x = re.compile(r'a|b')", "r'a|b' -> 'a'"),
        ("x = a if b else c", "a if b else c -> (c if b else a)"),
    ],
)
def test_what_a_tired_person_could_write_is_among_the_breaks(source: str, change: str):
    assert change in changes(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring with 5 words in it."""',
        "import a, b",
        "def f(a: Literal['x', 'y']) -> Literal['z']: ...",
        "x: Literal['a', 'b']",
        "raise HandoutError('words', place, 'a cure')",
        "__all__ = ['a', 'b']",
        "hint = 'take another'",
    ],
)
def test_words_for_people_and_declarations_are_left_alone(source: str):
    assert {one for one in changes(source) if not one.endswith("-> pass")} == set()


def test_a_break_is_where_it_says_and_nowhere_else():
    source = "A = 'ö'\n\n\ndef f(a):\n    return a == 'ü'\n\n\nclass B:\n    def g(self):\n        return 5\n"

    found = {one.change: one for place in breaks.breaks_of(source) for one in place}

    assert found["a == 'ü' -> (a != 'ü')"].source == source.replace("a == 'ü'", "(a != 'ü')")
    assert found["a == 'ü' -> (a != 'ü')"].line == 5
    assert [found[change].function for change in ("'ö' -> 'ö~'", "5 -> 6")] == ["", "B.g"]


def test_a_sample_is_the_same_for_a_seed_and_takes_each_place_once_before_one_twice():
    places = breaks.breaks_of((ROOT / "careleaf" / "text.py").read_text("utf-8"))

    first, again, other = (breaks.chosen(places, 20, seed) for seed in ("1", "1", "2"))

    assert first == again != other
    assert len({(one.function, one.line, one.change) for one in first}) == 20
    assert len(breaks.chosen(places, len(places), "1")) == len(places)
    where = {id(one): at for at, place in enumerate(places) for one in place}
    assert len({where[id(one)] for one in breaks.chosen(places, len(places) // 2, "1")}) > 1


def test_every_module_and_every_test_file_that_is_watched_is_there():
    named = {*watched.MODULES, *(test for tests in watched.MODULES.values() for test in tests)}

    assert sorted(name for name in named if not (ROOT / name).is_file()) == []


def test_whatever_is_listed_as_harmless_is_still_a_break_and_has_a_reason():
    lines = (FOLDER / "harmless.txt").read_text("utf-8").splitlines()
    known = {
        f"{module} {one.function or '-'}: {one.change}"
        for module in watched.MODULES
        for place in breaks.breaks_of((ROOT / module).read_text("utf-8"))
        for one in place
    }

    listed = [(at, line) for at, line in enumerate(lines) if line and line[0] not in "# "]

    assert [line for _, line in listed if line.rstrip() not in known] == []
    assert [
        line for at, line in listed if not lines[at + 1 : at + 2] or lines[at + 1][:1] != " "
    ] == []
