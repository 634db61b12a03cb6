"""What was checked and has not changed is not checked again, and is told word for word."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from builders import TODAY, a_desk, a_good_handout

from careleaf.authoring import answers as module
from careleaf.authoring.answers import Answer, Answers, Question
from careleaf.authoring.review import Report, review
from careleaf.authoring.reviewer import Reviewer
from careleaf.desk import memory
from careleaf.desk.desk import Desk
from careleaf.paths import PROGRAM, Root


@pytest.fixture(autouse=True)
def kept(tmp_path_factory, monkeypatch) -> Path:
    """A cache of the test's own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr(memory, "cache_folder", lambda: folder)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    a_desk(tmp_path, a_good_handout())
    return tmp_path


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """Which checks were run, by name."""
    found: list[str] = []
    for name in ("handout", "locale", "printed", "reading"):
        real = getattr(Reviewer, name)

        def watched(self, *args, name=name, real=real):
            found.append(name)
            return real(self, *args)

        monkeypatch.setattr(Reviewer, name, watched)
    return found


def reviewed(root: Path, today=TODAY) -> Report:
    return review(Desk.at(Root.at(root), today), remembering=True)


def spoil(root: Path) -> None:
    """Let the printed sheet lose its headings."""
    shutil.copytree(PROGRAM / "styles", root / "styles")
    (root / "styles" / "zz.css").write_text(".with-icon, h2 { visibility: hidden }")


def test_a_second_review_of_the_same_content_runs_no_check(root, asked):
    first = reviewed(root)
    ran = list(asked)
    asked.clear()

    assert reviewed(root) == first
    assert (sorted(set(ran)), asked) == (["handout", "locale", "printed", "reading"], [])


def test_what_was_found_is_told_again_word_for_word(root, asked):
    spoil(root)
    first = reviewed(root)
    asked.clear()

    assert [p for p in first.problems if p.rule == "read-back"]
    assert reviewed(root) == first
    assert not asked


@pytest.mark.parametrize(
    ("file", "again"),
    [
        ("handouts/a-handout.yaml", {"handout", "locale", "printed", "reading"}),
        ("clinic.yaml", {"handout", "locale", "printed", "reading"}),
        ("locales/glossary.yaml", {"handout", "locale", "reading"}),
    ],
)
def test_a_file_that_changed_is_checked_again(root, asked, file, again):
    path = root / file
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        shutil.copy(PROGRAM / file, path)
    reviewed(root)
    asked.clear()
    with path.open("a") as opened:
        opened.write("# a remark\n")

    reviewed(root)

    assert set(asked) == again


def test_a_style_that_changed_has_the_sheets_looked_at_again(root, asked):
    shutil.copytree(PROGRAM / "styles", root / "styles")
    reviewed(root)
    asked.clear()
    with (root / "styles" / "page.css").open("a") as opened:
        opened.write("/* a remark */\n")

    reviewed(root)

    assert set(asked) == {"printed"}


def test_on_another_day_it_is_seen_whether_a_handout_has_grown_old(root, asked):
    reviewed(root)
    asked.clear()

    old = reviewed(root, TODAY + timedelta(days=365 * 3))

    assert set(asked) == {"handout"}
    assert [problem for problem in old.problems if problem.domain == "a-handout"]


def test_a_sheet_that_could_not_be_printed_is_tried_again(root, asked):
    shutil.copytree(PROGRAM / "styles", root / "styles")
    with (root / "styles" / "page.css").open("a") as opened:
        opened.write("body { background: url(none.png) }\n")
    first = reviewed(root)
    asked.clear()

    assert [problem.rule for problem in first.problems] == ["print"] * len(first.problems)
    assert reviewed(root) == first
    assert set(asked) == {"printed"}


def test_nothing_is_remembered_unless_it_is_asked_for(root, asked, kept):
    review(Desk.at(Root.at(root), TODAY))

    assert not list(kept.glob("checked/*"))


# --- in several processes -----------------------------------------------------------------------


def doubled(question: Question) -> Answer:
    return Answer(question, question[0] * 2)


def start():
    return doubled


def fatal(question: Question) -> Answer:
    """End the process at one question, as a system without memory does."""
    if question == ("7",):
        os._exit(9)
    return doubled(question)


def start_fatal():
    return fatal


def test_many_questions_are_answered_in_order_by_several_processes():
    questions = {(str(number),): "" for number in range(20)}

    with Answers(doubled, start, 2) as answers:
        assert list(answers.to(questions).values()) == [str(number) * 2 for number in range(20)]
        assert answers._pool is not None


def test_a_question_whose_process_was_lost_is_answered_here():
    questions = {(str(number),): "" for number in range(20)}

    with Answers(doubled, start_fatal, 2) as answers:
        assert list(answers.to(questions).values()) == [str(number) * 2 for number in range(20)]


def test_a_few_questions_start_no_process(monkeypatch):
    monkeypatch.setattr(module, "Pool", None)

    with Answers(doubled, start, 2) as answers:
        assert answers.to({("a",): "", ("b",): ""}) == {("a",): "aa", ("b",): "bb"}


@pytest.mark.slow
def test_a_review_by_two_processes_finds_what_one_finds(root, monkeypatch):
    monkeypatch.setattr(module, "FEW", 0)
    desk = Desk.at(Root.at(root), TODAY)
    spoil(root)

    assert review(desk, jobs=2) == review(desk, jobs=1)
