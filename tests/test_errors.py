"""What is said of an unknown name: the known one that it is a slip of, and all there are."""

from __future__ import annotations

import pytest

from careleaf.errors import near, nearest

KNOWN = ("bone-biopsy", "bone-marrow-biopsy-at-home", "key", "ward_phone")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("bone-biopsie", "bone-biopsy"),
        ("Bone-Biopsy", "bone-biopsy"),
        ("kye", "key"),
        ("ward_fone", "ward_phone"),
        ("bone-bio", ""),
        ("ear-check", ""),
        ("kex", "key"),
        ("box", ""),
        ("", ""),
        ("x" * 100_000, ""),
    ],
)
def test_a_name_is_suggested_only_where_it_is_two_letters_away(word: str, meant: str) -> None:
    assert near(word, KNOWN) == meant


def test_the_cure_names_the_near_one_and_all_that_are_known() -> None:
    assert nearest("kye", ("key", "tip")) == 'did you mean "key"? (known: key, tip)'
    assert nearest("box", ("key", "tip")) == "(known: key, tip)"
    assert nearest("box", ()) == ""
