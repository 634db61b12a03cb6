"""Dictionaries that are read lazily break words exactly as pyphen does."""

from __future__ import annotations

from pathlib import Path

import pyphen
import pytest

from careleaf.language import hyphens
from careleaf.language.hyphens import LazyHyphDict

PLAIN = hyphens._Original
DICTIONARIES = sorted(set(pyphen.LANGUAGES.values()))


def told(pattern) -> tuple:
    """Return a pattern with what its numbers carry."""
    offset, values = pattern
    return offset, [(int(value), getattr(value, "data", None)) for value in values]


@pytest.mark.parametrize("path", DICTIONARIES, ids=lambda path: path.stem)
def test_every_pattern_of_every_dictionary_is_pyphens_own(path: Path):
    lazy = LazyHyphDict(path)
    found = {key: lazy.patterns.get(key) for key in list(lazy.patterns)}

    expected = {key: told(pattern) for key, pattern in PLAIN(path).patterns.items()}
    assert {key: told(pattern) for key, pattern in found.items() if pattern} == expected


@pytest.mark.parametrize(
    ("tag", "word"),
    [("de", "Knochenmarkpunktion"), ("nl", "beenmergpunctie"), ("en", "anaesthetist"), ("hu", "asszonnyal")],
)  # fmt: skip
def test_a_word_is_broken_at_the_same_places(tag, word):
    path = pyphen.LANGUAGES[tag]

    assert LazyHyphDict(path).positions(word) == PLAIN(path).positions(word)


@pytest.mark.parametrize("again", ["a1b\na0b", "a0b\na1b", "a1b\na3b"])
def test_of_two_patterns_for_the_same_letters_the_same_one_counts(tmp_path, again):
    path = tmp_path / "hyph_xx.dic"
    path.write_text(f"UTF-8\nx1y\n{again}\n")

    lazy, plain = LazyHyphDict(path), PLAIN(path)

    assert lazy.patterns.get("ab") == plain.patterns.get("ab")


def test_what_no_word_asks_for_is_not_parsed():
    lazy = LazyHyphDict(pyphen.LANGUAGES["de"])
    lazy.positions("Knochenmark")

    assert sum(not isinstance(pattern, str) for pattern in lazy.patterns.values()) < 500


def test_the_renderer_reads_its_dictionaries_so():
    import careleaf.pdf.press  # noqa: F401

    assert pyphen.HyphDict is LazyHyphDict
