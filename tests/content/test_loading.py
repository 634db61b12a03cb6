"""Reading handouts and clinic.yaml: what an author sees when something is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from careleaf.content.blocks import CallBlock
from careleaf.content.clinic import Clinic
from careleaf.content.loading import HandoutSource, load_clinic, load_handout
from careleaf.content.walk import texts
from careleaf.errors import Faults, HandoutError, each
from careleaf.paths import PROGRAM

GOOD = """\
id: ear-check
title: An ear check
code: K900
kind: procedure
version: 1.10
reviewed: 2026-11-23
quantities:
  ice_time: {from: 10, to: 20, unit: minute}
sections:
  - id: about
    title: The main thing
    blocks:
      - type: key
        text: Cool the ear for {ice_time}.
      - type: call
        tier: emergency
        do: Call {emergency_phone} at once
        signs: [Your child passes out.]
timeline:
  - after: {days: 1}
    text: Take the bandage off.
"""

Read = Callable[[str], HandoutSource]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a handout from text, as `handouts/ear-check.yaml`."""

    def reader(text: str | bytes) -> HandoutSource:
        path = tmp_path / "ear-check.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_handout(path, "handouts/ear-check.yaml", frozenset({"pain_medicine"}))

    return reader


def complaint(read: Read, text: str | bytes) -> str:
    with pytest.raises(HandoutError) as caught:
        read(text)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_good_handout_is_read_whole(read: Read) -> None:
    handout = read(GOOD).handout

    assert handout.id == "ear-check"
    assert [str(text) for _, text, _ in texts(handout)] == [
        "An ear check",
        "The main thing",
        "Cool the ear for {ice_time}.",
        "Call {emergency_phone} at once",
        "Your child passes out.",
        "Take the bandage off.",
    ]


def test_a_version_keeps_the_form_it_was_written_in(read: Read) -> None:
    assert read(GOOD).handout.version == "1.10"


def test_a_block_is_read_as_its_type(read: Read) -> None:
    block = read(GOOD).handout.blocks[1]

    assert isinstance(block, CallBlock)
    assert block.tier == "emergency"


@pytest.mark.parametrize(
    ("change", "into", "line", "fault", "cure"),
    [
        ("    title: The", "\ttitle: The", 11, "a tab stands here", "spaces"),
        ("code: K900", "code: K900\ncode: K901", 4, '"code" stands here twice', "keep one"),
        ("code: K900", "coed: K900", 3, '"coed" is not known here', 'did you mean "code"?'),
        ("type: key", "type: kye", 13, 'block type "kye" is not known', 'did you mean "key"?'),
        ("tier: emergency", "tier: urgent", 16, '"urgent" is not one of the choices', "watch"),
        ("title: An ear check", "title: no", 2, "`no` without quotes reads as false", "quotes"),
        ("title: An ear check", "title: 7", 2, "this must be text", "quotes"),
        ("signs: [Your child passes out.]", "signs: Your child", 18, "a list is wanted", "dash"),
        ("An ear check", "An ear check in 3 steps", 2, 'the digit "3"', "quantity"),
        ("An ear check", "An ear check in ٣ steps", 2, 'the digit "٣"', "quantity"),
        ("An ear check", "An <b>ear</b> check", 2, "markup is not used", "block types"),
        ("An ear check", '"An ear\\u202e check"', 2, "invisible character (U+202E)", "remove"),
        ("An ear check", "An ear check {", 2, "is no part of a placeholder", "braces"),
        ("{ice_time}.", "{ice_tme}.", 14, "{ice_tme} has no quantity", 'did you mean "ice_time"?'),
        ("Cool the ear for {ice_time}.", "Cool the ear.", 8, "not used in any text", "remove"),
        ("from: 10, to: 20", "from: 20, to: 10", 8, "from must be smaller than to", "swap"),
        ("from: 10, to: 20", "from: 10", 8, "a value, or from and to", "one or the other"),
        ("unit: minute", "unit: minuet", 8, '"minuet" is not one of the choices', '"minute"'),
        ("{days: 1}", "{days: 1, weeks: 1}", 20, "one of hours, days, weeks", "days"),
        ("2026-11-23", "2026-02-30", 6, "2026-02-30 is no day in the calendar", "YYYY-MM-DD"),
        ("id: ear-check", "id: ear-chek", 1, "is not the file's name", "ear-chek.yaml"),
        ("code: K900", "code: " + "9" * 6000, 3, "at most 200 characters", ""),
        ("An ear check", '"An ear \\ud83e check"', 2, "half a letter", "write it whole"),
        ("code: K900", "code: &x K900", 3, "anchors and aliases", "write it out"),
        ("code: K900", "code: !!python/name:os.system", 3, "the tag", "plain values"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_cure(
    read: Read, change: str, into: str, line: int, fault: str, cure: str
) -> None:
    assert change in GOOD

    with pytest.raises(HandoutError) as caught:
        read(GOOD.replace(change, into, 1))

    said = str(caught.value)
    assert all(fault.code for fault in each(caught.value))
    assert f"handouts/ear-check.yaml:{line}:" in said
    assert fault in said
    assert cure in said


def test_a_region_that_no_one_knows_is_told_with_its_line(tmp_path: Path) -> None:
    lines = (PROGRAM / "clinic.yaml").read_text("utf-8").replace("region: CA", "region: UK")
    (tmp_path / "clinic.yaml").write_text(lines, "utf-8")

    with pytest.raises(HandoutError, match=r'clinic.yaml:10:9: the region "UK" is not known'):
        load_clinic(tmp_path / "clinic.yaml", "clinic.yaml")


def test_every_fault_is_told_at_once(read: Read) -> None:
    bad = GOOD.replace("code:", "coed:").replace("type: key", "type: kye").replace("An ear", "no")

    said = complaint(read, bad.replace("no check", "no"))

    assert said.count("handouts/ear-check.yaml:") == 4  # coed, missing code, kye, no


def test_faults_of_every_kind_come_in_one_go(read: Read) -> None:
    bad = """\
id: ear-chek
title: An ear check in 3 steps
code: K900
code: K901
kind: procedure
version: 1.10
reviewed: 2026-02-30
quantities:
  ice_time: {from: 10, unit: minuet}
  unused: {value: 1}
  nurse_line: {value: 2}
sections:
  - id: about
    title: The main thing
    blocks:
      - type: key
        text: Cool the ear for {ice_tme}, then {nurse_line}.
      - type: kye
      - type: list
        items: [No fever., {text: "Wait {ice_time} 2 times."}]
      - type: list
        icon: ice
        items: ["It {helps}."]
      - type: timeline
  - id: about
    title: Again
    blocks:
      - type: timeline
"""

    with pytest.raises(Faults) as caught:
        read(bad)

    found = [(int(f.where.split(":")[1]), f.code) for f in caught.value.faults]
    assert found == [
        (1, "handout.id-not-file"),
        (2, "text.digit"),
        (4, "yaml.key-twice"),
        (7, "yaml.no-such-day"),
        (9, "quantity.value-or-range"),
        (9, "field.choice"),
        (10, "quantity.unused"),
        (11, "quantity.name-taken"),
        (13, "section.id-twice"),
        (17, "placeholder.unknown"),
        (18, "block.unknown"),
        (20, "text.digit"),
        (22, "field.unknown"),
        (23, "placeholder.unknown"),
        (24, "timeline.no-milestones"),
        (25, "section.id-twice"),
        (28, "timeline.twice"),
    ]


@pytest.mark.parametrize(
    "text",
    ["sections: 3", "sections: [x, 1]", "quantities: [1]", "id: {a: b}", "sections: [{blocks: x}]"],
)
def test_a_file_of_another_shape_is_told_without_a_crash(read: Read, text: str) -> None:
    assert "handouts/ear-check.yaml:1:" in complaint(read, text)


@pytest.mark.parametrize(
    ("change", "into", "said"),
    [
        ("value: 1", "value: yes", "without quotes reads as true"),
        ("value: 1", 'value: "1"', "a number is wanted"),
        ("2026-11-23", "20261123", "a date is wanted"),
        ("pages: 2", 'pages: "2"', "a number is wanted"),
        ("pages: 2", "pages: yes", "without quotes reads as true"),
        ("pages: 2", "pages: 99", "less than or equal to 20"),
    ],
)
def test_a_number_or_a_day_is_never_guessed(read: Read, change: str, into: str, said: str) -> None:
    good = GOOD.replace("from: 10, to: 20", "value: 1").replace("timeline:", "pages: 2\ntimeline:")
    assert change in good

    assert said in complaint(read, good.replace(change, into, 1))


def test_a_file_of_fifty_megabytes_is_refused_before_it_is_parsed(read: Read) -> None:
    assert "larger than" in complaint(read, b"# " + b"x" * 50_000_000)


def test_a_file_that_is_not_utf8_is_told_with_its_line(read: Read) -> None:
    latin = GOOD.replace("An ear check", "Une vérification").encode("latin-1")

    assert "handouts/ear-check.yaml:2:13: is not UTF-8" in complaint(read, latin)


def test_a_bomb_of_aliases_is_refused(read: Read) -> None:
    bomb = 'a: &a ["x","x"]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n'

    assert "anchors and aliases are not used here" in complaint(read, bomb)


def test_a_file_nested_without_end_is_refused(read: Read) -> None:
    assert "nested too deep" in complaint(read, "a: " + "[" * 5000)


def test_an_empty_file_says_so(read: Read) -> None:
    assert "is empty" in complaint(read, "")


def test_a_list_instead_of_a_handout_says_what_is_wanted(read: Read) -> None:
    assert "`key: value` lines" in complaint(read, "- a\n- b\n")


def test_two_sections_with_one_id_are_both_named(read: Read) -> None:
    twice = GOOD.replace(
        "timeline:", "  - id: about\n    title: Again\n    blocks: [{type: notes}]\ntimeline:"
    )

    assert complaint(read, twice).count('two sections have the id "about"') == 2


def test_two_handouts_with_one_id_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "ear-check.yaml").write_text(GOOD)
    copy = tmp_path / "ear-check-new.yaml"
    copy.write_text(GOOD)

    with pytest.raises(HandoutError, match=r'the id "ear-check" is that of ear-check\.yaml'):
        load_handout(copy, "handouts/ear-check-new.yaml", frozenset())


def test_a_quantity_may_not_take_the_name_of_a_clinic_value(read: Read) -> None:
    assert "has the name of a clinic value" in complaint(read, GOOD.replace("ice_time", "code"))


def test_the_clinic_file_is_checked_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "clinic.yaml"
    path.write_text((PROGRAM / "clinic.yaml").read_text().replace("ward_phone", "ward_fone"))

    with pytest.raises(HandoutError, match='did you mean "ward_phone"') as caught:
        load_clinic(path, "clinic.yaml")

    assert '"ward_phone" is missing' in str(caught.value)


def test_a_number_in_the_clinic_file_is_taken_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "clinic.yaml"
    path.write_text((PROGRAM / "clinic.yaml").read_text().replace('"911"', "112"))

    assert load_clinic(path, "clinic.yaml").emergency_phone == "112"


@pytest.mark.parametrize("name", ["bone-biopsy", "bone-marrow-biopsy-at-home"])
def test_the_handouts_of_the_project_are_sound(name: str) -> None:
    path = PROGRAM / "handouts" / f"{name}.yaml"
    clinic: Clinic = load_clinic(PROGRAM / "clinic.yaml", "clinic.yaml")

    assert load_handout(path, path.name, frozenset(clinic.medicines)).handout.id == name
