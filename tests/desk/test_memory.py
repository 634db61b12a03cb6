"""What is kept in the cache is given back as it was, or not at all."""

from __future__ import annotations

import stat

import pytest

from careleaf.desk import memory


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "cache_folder", lambda: tmp_path)
    return tmp_path


def test_a_value_comes_back_under_its_key():
    memory.remember("kind", "key", ["snug", {"a": "ö"}])

    assert memory.recall("kind", "key") == ["snug", {"a": "ö"}]


@pytest.mark.parametrize(("kind", "key"), [("kind", "another"), ("another", "key")])
def test_another_key_or_kind_knows_nothing_of_it(kind, key):
    memory.remember("kind", "key", "snug")

    assert memory.recall(kind, key) is None


def test_a_value_of_another_program_counts_as_none(monkeypatch):
    memory.remember("kind", "key", "snug")
    monkeypatch.setattr(memory, "here", lambda: "a later one")

    assert memory.recall("kind", "key") is None


@pytest.mark.parametrize(
    "change", [lambda data: data[:-2], lambda data: data + b"1", lambda _: b""]
)
def test_a_damaged_file_counts_as_none(folder, change):
    memory.remember("kind", "key", [1, 2, 3])
    (path,) = folder.glob("kind/*.json")
    path.write_bytes(change(path.read_bytes()))

    assert memory.recall("kind", "key") is None


def test_a_file_under_the_name_of_another_counts_as_none(folder):
    memory.remember("kind", "one", 1)
    (one,) = folder.glob("kind/*.json")
    memory.remember("kind", "two", 2)
    (two,) = set(folder.glob("kind/*.json")) - {one}
    one.replace(two)

    assert memory.recall("kind", "two") is None


def test_only_its_owner_can_read_it(folder):
    memory.remember("kind", "key", 1)
    (path,) = folder.glob("kind/*.json")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_those_made_longest_ago_go_first(folder, monkeypatch):
    monkeypatch.setattr(memory, "MOST", 2)
    for number in range(4):
        memory.remember("kind", str(number), number)

    assert len(list(folder.glob("kind/*.json"))) == 2
    assert memory.recall("kind", "3") == 3
