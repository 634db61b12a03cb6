"""Editions are laid out ahead: whoever prints one later waits for no layout."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from builders import TODAY, a_desk, a_good_handout, an_order
from click.testing import CliRunner, Result

from careleaf.batch import warming
from careleaf.batch.warming import Warmed, warm
from careleaf.cli.main import careleaf
from careleaf.desk import desk as desks
from careleaf.desk.desk import Desk
from careleaf.errors import Unsure
from careleaf.model import Blank, Form
from careleaf.paths import Root
from careleaf.stencil import storing
from careleaf.stencil.stencil_cache import StencilCache

FORM = Form("a4")
EDITION = Blank("a-handout", "en", FORM)


@pytest.fixture(autouse=True)
def folder(tmp_path_factory, monkeypatch) -> Path:
    """Stencils of the test's own, on disk and in memory."""
    place = tmp_path_factory.mktemp("cache")
    cache = StencilCache()
    monkeypatch.setattr(storing, "folder", lambda: place)
    monkeypatch.setattr(desks, "stencil_cache", lambda: cache)
    return place


@pytest.fixture
def root(tmp_path: Path) -> Path:
    a_desk(tmp_path, a_good_handout())
    return tmp_path


def opened(root: Path) -> Desk:
    return Desk.at(Root.at(root), TODAY)


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        careleaf,
        ["warm", *arguments, "--root", str(root), "--jobs", "1"],
        env={"CARELEAF_TODAY": TODAY.isoformat()},
        catch_exceptions=False,
    )


def test_an_edition_is_cut_once(root):
    open_desk = partial(opened, root)

    assert list(warm(open_desk, [EDITION], 1)) == [Warmed(EDITION, "cut")]
    assert list(warm(open_desk, [EDITION], 1)) == [Warmed(EDITION, "there")]


def test_a_sheet_of_an_edition_that_is_warm_needs_no_layout(root, monkeypatch):
    list(warm(partial(opened, root), [EDITION], 1))
    monkeypatch.setattr(Desk, "press", property(lambda _: pytest.fail("it was laid out")))

    assert opened(root).make(an_order(form=FORM)).way == "stencil"


def test_what_is_wrong_with_one_handout_keeps_no_other_back(root):
    (root / "handouts" / "broken.yaml").write_text("id: broken\n")
    broken = Blank("broken", "en", FORM)

    first, second = warm(partial(opened, root), [broken, EDITION], 1)

    assert (first.edition, first.status, second) == (broken, "refused", Warmed(EDITION, "cut"))
    assert "handouts/broken.yaml" in first.message


def test_an_edition_without_a_stencil_is_told_with_the_reason(root, monkeypatch):
    def unsure(*_):
        raise Unsure("a place with more than text in it")

    monkeypatch.setattr(Desk, "warm", unsure)

    assert list(warm(partial(opened, root), [EDITION], 1)) == [
        Warmed(EDITION, "slow", "a place with more than text in it")
    ]


def test_a_fault_of_the_program_quotes_nothing(root, monkeypatch):
    def fails(*_):
        raise ValueError("Sofia de Vries")

    monkeypatch.setattr(Desk, "warm", fails)

    (one,) = warm(partial(opened, root), [EDITION], 1)

    assert one.status == "refused"
    assert "Sofia" not in one.message


def a_desk_that_dies() -> Desk:
    raise SystemExit(9)


@pytest.mark.slow
def test_an_edition_whose_process_was_lost_is_named():
    editions = [EDITION, Blank("another", "en", FORM)]

    found = list(warming.warm(a_desk_that_dies, editions, 2))

    assert sorted(one.edition.handout for one in found) == ["a-handout", "another"]
    assert {one.status for one in found} == {"refused"}


# --- the command --------------------------------------------------------------------------------


def test_the_command_says_what_it_did(root, folder):
    first, again = run(root), run(root)

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout.startswith("1 laid out in ")
    assert first.stdout.rstrip().endswith(" s, 0 were ready already")
    assert again.stdout.startswith("0 laid out")
    assert again.stdout.rstrip().endswith("1 were ready already")
    assert len(list(folder.glob("*.stencil"))) == 1


def test_large_print_is_another_edition(root, folder):
    run(root)

    assert run(root, "--large-print").stdout.startswith("1 laid out")
    assert len(list(folder.glob("*.stencil"))) == 2


def test_a_sheet_that_cannot_be_given_away_is_named(root):
    (root / "handouts" / "broken.yaml").write_text("id: broken\n")

    found = run(root)

    assert found.exit_code == 1
    assert "broken, en: not made" in found.stderr
    assert found.stdout.startswith("1 laid out")
