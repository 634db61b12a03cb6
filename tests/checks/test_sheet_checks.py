"""Each check of a handout fires on a fault, and is silent on a good sheet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from builders import TODAY, Yaml, a_call, a_desk, a_good_handout, a_list

from careleaf.checks import grade, sheet
from careleaf.desk.desk import Desk
from careleaf.paths import PROGRAM, Root


def found(folder: Path, handout: Yaml, today: date = TODAY) -> dict[str, list[str]]:
    """Return what each rule says of a handout."""
    desk = a_desk(folder, handout)
    english = desk.content.wording(handout["id"], "en").handout
    subject = sheet.HandoutSubject(desk.content.source(handout["id"]), english, today)
    said = {rule.name: [f.message for _, f in rule(subject)] for rule in sheet.RULES}
    return {name: messages for name, messages in said.items() if messages}


def changed(index: int, *blocks: Yaml) -> Yaml:
    """Return the good handout with the blocks of one section replaced."""
    handout = a_good_handout()
    handout["sections"][index] = {**handout["sections"][index], "blocks": list(blocks)}
    return handout


def without(section: str) -> Yaml:
    handout = a_good_handout()
    handout["sections"] = [s for s in handout["sections"] if s["id"] != section]
    return handout


LATE = {"after": {"days": 1}, "text": "Take the bandage off after one day."}
HARD = (
    "Notwithstanding precautionary recommendations, immunocompromised individuals experiencing " * 4
)

FIRES: dict[str, Yaml] = {
    "key-first": changed(0, {"type": "text", "text": "Rest well."}),
    "sections": without("why"),
    "tiers": changed(4, a_call("emergency"), a_call("now")),
    "long-list": changed(2, a_list(*(f"Do {word}." for word in "abcdefgh"), type="todo")),
    "arithmetic": a_good_handout(timeline=[LATE]),
    "counted-time": changed(1, {"type": "text", "text": "It is gone after two weeks."}),
    "tools": without("medicines"),
    "too-old": a_good_handout(reviewed=date(2024, 11, 1)),
    "old": a_good_handout(reviewed=date(2025, 11, 1)),
    "reading-grade": changed(1, {"type": "text", "text": HARD + "persevere."}),
}


@pytest.mark.parametrize("rule", FIRES)
def test_a_check_fires_on_its_fault(tmp_path: Path, rule: str):
    assert rule in found(tmp_path, FIRES[rule])


def test_a_good_handout_leaves_every_check_silent(tmp_path: Path):
    timeline = [{"after": {"days": 1}, "text": "Take the bandage off."}]

    assert found(tmp_path, a_good_handout(timeline=timeline)) == {}


def test_a_sheet_with_nothing_to_act_with_fails(tmp_path: Path):
    handout = a_good_handout()
    handout["sections"] = [
        s if s["id"] in ("about", "why", "warning-signs") else {**s, "blocks": [a_list()]}
        for s in handout["sections"]
    ]

    assert "tool" in found(tmp_path, handout)


def test_every_check_is_tried():
    assert {rule.name for rule in sheet.RULES} == {*FIRES, "tool"}
    assert all(rule.title for rule in sheet.RULES)


def test_a_procedure_needs_before_during_after_and_results(tmp_path: Path):
    messages = found(tmp_path, a_good_handout(kind="procedure"))["sections"]

    assert [m.split('"')[1] for m in messages] == ["before", "during", "after", "results"]


def test_the_most_urgent_tier_stands_first(tmp_path: Path):
    handout = changed(4, a_call("now"), a_call("emergency"), a_call("watch"))

    assert found(tmp_path, handout)["tiers"] == ['the tier "emergency" comes too late']


def test_a_key_message_of_three_sentences_is_too_long(tmp_path: Path):
    handout = changed(0, {"type": "key", "text": "Rest. Drink. Call us."})

    assert found(tmp_path, handout)["key-first"]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 11, 22), set()),
        (date(2027, 11, 23), {"old"}),
        (date(2028, 11, 22), {"old"}),
        (date(2028, 11, 23), {"too-old"}),
    ],
)
def test_a_review_grows_old_to_the_day(tmp_path: Path, today: date, expected: set[str]):
    assert set(found(tmp_path, a_good_handout(), today)) == expected


def test_a_review_by_that_has_passed_fails(tmp_path: Path):
    handout = a_good_handout(reviewed=date(2026, 1, 1), review_by=date(2026, 11, 1))

    assert found(tmp_path, handout)["too-old"] == ["the day to review it by has passed"]


def test_seven_lines_are_not_too_many(tmp_path: Path):
    handout = changed(2, a_list(*(f"Do {word}." for word in "abcdefg"), type="todo"))

    assert found(tmp_path, handout) == {}


# --- reading grade ------------------------------------------------------------------------------


@pytest.mark.parametrize("handout", ["bone-biopsy", "bone-marrow-biopsy-at-home"])
def test_our_own_handouts_are_grade_six_or_lower(handout: str):
    desk = Desk.at(Root.at(PROGRAM), TODAY)

    reading = grade.reading(desk.content.wording(handout, "en").handout, "en")

    assert reading is not None
    assert reading.overall <= 6
    assert max(reading.sections.values()) <= 8


@pytest.mark.parametrize(
    ("word", "language", "count"),
    [
        ("child", "en", 1),
        ("biopsy", "en", 3),
        ("anaesthesia", "en", 4),
        ("paediatrician's", "en", 5),
        ("over-the-counter", "en", 5),
        ("ziekenhuis", "nl", 3),
        ("Krankenhaus", "de", 3),
        ("médico", "es", 3),
    ],
)
def test_syllables_are_counted(word: str, language: str, count: int):
    assert grade.syllables(word, language) == count


def test_flesch_kincaid_is_the_published_formula():
    measure = grade.Measure(sentences=10, words=120, syllables=170)

    assert grade.GRADE.score(measure) == pytest.approx(0.39 * 12 + 11.8 * 170 / 120 - 15.59)


def test_a_language_without_a_formula_gets_no_figure():
    desk = Desk.at(Root.at(PROGRAM), TODAY)

    assert grade.reading(desk.content.wording("bone-biopsy", "pl").handout, "pl") is None


def test_a_line_of_a_list_is_a_sentence_and_a_heading_is_none(tmp_path: Path):
    desk = a_desk(tmp_path, a_good_handout())
    handout = desk.content.wording("a-handout", "en").handout
    bare = handout.model_copy(update={"sections": handout.sections[:3], "timeline": ()})

    reading = grade.reading(bare, "en")

    # Rest well. / Call us. / To see what is wrong. / Drink water.
    words, sentences, syllables = 11, 4, 12
    expected = 0.39 * words / sentences + 11.8 * syllables / words - 15.59
    assert reading is not None
    assert reading.overall == round(expected, 1)
