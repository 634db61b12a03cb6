"""What a translation may not hold, tried over all of Unicode and over every entry of each table."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from babel import Locale

from careleaf.language.critical import (
    Pair,
    brace,
    critical,
    digit,
    invisible,
    markup,
    pasted,
    tiers,
)
from careleaf.language.messages import Message
from careleaf.language.plurals import PluralRule
from careleaf.language.po_entry import PoEntry

ALL = [chr(code) for code in range(sys.maxunicode + 1)]


def a_message(english: str = "Rest.", plural: str = "", tier: str = "") -> Message:
    return Message("a/b", english, plural, (), "handouts/a.yaml", 3, tier)


def an_entry(*forms: str, english: str = "Rest.", plural: str = "", **more) -> PoEntry:
    return PoEntry(context="a/b", msgid=english, plural=plural, strings=forms, **more)


def a_pair(form: str, tag: str = "nl", english: str = "Rest.") -> Pair:
    return Pair(a_message(english), an_entry(form, english=english), tag)


def missed(check, chars: list[str], tag: str = "nl") -> list[str]:
    """Return the characters that stand unseen between two letters."""
    return [f"U+{ord(char):04X}" for char in chars if not list(check(a_pair(f"a{char}b", tag)))]


def told_of(check, chars: list[str], tag: str = "nl") -> list[str]:
    """Return the characters that are refused between two letters."""
    return [f"U+{ord(char):04X}" for char in chars if list(check(a_pair(f"a{char}b", tag)))]


# --- digits -----------------------------------------------------------------------------------

NUMBERS = [char for char in ALL if unicodedata.category(char) in ("Nd", "No", "Nl")]
# Categories in which Unicode has words and marks of sentences.
WORDS = [char for char in ALL[:0x30000] if unicodedata.category(char) in ("Lu", "Lo", "Mn", "Po")]


def test_every_digit_and_number_of_every_script_is_refused():
    zeros = [char for char in NUMBERS if unicodedata.digit(char, None) == 0]
    assert len(zeros) > 70

    assert missed(digit, NUMBERS) == []


def test_words_and_marks_are_none():
    plain = [char for char in WORDS if not unicodedata.decomposition(char)]
    assert len(plain) > 100_000

    assert told_of(digit, plain) == []


@pytest.mark.parametrize(
    "char",
    [
        pytest.param("⼀", id="a radical"),
        pytest.param("㊀", id="in a circle"),
        pytest.param("㈠", id="in brackets"),
        pytest.param("㏠", id="a day in one sign"),
        pytest.param("㋀", id="a month in one sign"),
        pytest.param("㍘", id="an hour in one sign"),
        pytest.param("🄁", id="a digit with a comma"),
        pytest.param("⑴", id="a digit in brackets"),
        pytest.param("🔟", id="a keycap"),
        pytest.param("💯", id="a hundred"),
        pytest.param("𝍩", id="a counting rod"),
        pytest.param("𝍷", id="a tally"),
        pytest.param("🕐", id="a clock"),
        pytest.param("⚀", id="a die"),
        pytest.param("🁣", id="a domino"),
        pytest.param("🀇", id="a tile of mahjong"),
        pytest.param("🂡", id="a playing card"),
        pytest.param("൰", id="a ten of Malayalam"),
    ],
)
def test_a_sign_that_shows_a_number_is_refused(char: str):
    assert missed(digit, [char]) == []


@pytest.mark.parametrize("char", ["一", "三", "★", "©", "№", "℃", "☎", "→", "㎎", "ª"])
def test_a_word_or_a_plain_sign_is_not(char: str):
    assert list(digit(a_pair(f"a{char}b"))) == []


@pytest.mark.parametrize("name", ["fever", "fever2", "f3ver"])
def test_a_digit_in_a_placeholder_is_none(name: str):
    assert list(digit(a_pair(f"a {{{name}}} b"))) == []


# --- what cannot be seen ----------------------------------------------------------------------

CONTROLS = [
    char for char in ALL if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
]
# Unicode, DerivedCoreProperties.txt, Default_Ignorable_Code_Point, beside those above; then what
# shows as nothing or as a replacement: the blank of Braille, U+FFFC and U+FFFD.
IGNORABLE = [
    chr(code)
    for code in (
        0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180E, 0x180F, 0x3164,
        *range(0xFE00, 0xFE10), 0xFFA0, *range(0xE0100, 0xE01F0), 0x2800, 0xFFFC, 0xFFFD,
    )
]  # fmt: skip


def test_every_character_that_cannot_be_seen_is_refused():
    assert missed(invisible, CONTROLS[:3000] + CONTROLS[-3000:]) == []
    assert missed(invisible, [char for char in CONTROLS if ord(char) < 0x10000][::7]) == []
    assert missed(invisible, IGNORABLE) == []


def test_every_format_character_is_refused():
    formats = [char for char in ALL if unicodedata.category(char) in ("Cf", "Cc", "Zl", "Zp")]
    assert len(formats) > 200

    assert missed(invisible, formats) == []


def test_whatever_can_be_seen_is_fine():
    visible = [
        char
        for char in ALL[:0x20000]
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        and char not in IGNORABLE
    ]
    assert len(visible) > 75_000

    assert told_of(invisible, visible) == []


# CLDR, exemplar characters: languages whose spelling has the joiners; and UAX #14, class SA.
WITH_JOINERS = (
    "as bn brx ckb doi fa gu hi kn kok ks ku mai ml mni mr mzn ne or pa ps sa sat sd si ta te ur"
).split()
WITH_WORD_ENDS = "km lo my th shn".split()


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
@pytest.mark.parametrize("tag", [*WITH_JOINERS, *WITH_WORD_ENDS, "fa_AF", "ckb_IR", "my_MM"])
def test_a_joiner_stays_where_the_language_spells_with_it(tag: str, joiner: str):
    assert told_of(invisible, [joiner], tag) == []


@pytest.mark.parametrize("tag", [*WITH_WORD_ENDS, "km_KH"])
def test_an_end_of_a_word_stays_where_there_are_no_spaces(tag: str):
    assert told_of(invisible, ["\u200b"], tag) == []


@pytest.mark.parametrize("char", ["\u200b", "\u200c", "\u200d"])
@pytest.mark.parametrize("tag", "ar de en es fr he ja ko nl pl ru tr uk vi zh_Hans".split())
def test_neither_stays_in_another_language(tag: str, char: str):
    assert missed(invisible, [char], tag) == []


@pytest.mark.parametrize("tag", ["fa", "hi", "ur", "ta"])
def test_an_end_of_a_word_is_no_joiner(tag: str):
    assert missed(invisible, ["\u200b"], tag) == []


@pytest.mark.parametrize("tag", [*WITH_JOINERS, *WITH_WORD_ENDS])
def test_what_turns_a_text_round_stays_in_no_language(tag: str):
    turning = list("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

    assert missed(invisible, turning, tag) == []


# --- braces and markup ------------------------------------------------------------------------


@pytest.mark.parametrize("char", "{}｛｝﹛﹜︷︸❴❵⦃⦄⎧⎨⎩⎫⎬⎭")
def test_a_brace_of_any_kind_belongs_to_a_placeholder_or_is_refused(char: str):
    [finding] = brace(a_pair(f"Take {char} it, {{fever}}."))

    assert f'"{char}"' in finding.message


@pytest.mark.parametrize(
    "markup_of",
    "<b> </b> <br/> <A> <h1> <!-- &nbsp; &#160; &amp &#xA0; ** __ [x](y) [](y)".replace(
        "&amp ", "&amp; "
    ).split(),
)
def test_markup_is_refused(markup_of: str):
    assert [finding.message for finding in markup(a_pair(f"Take {markup_of} it."))]


@pytest.mark.parametrize(
    "text", ["a < b", "a & b", "a * b", "a _ b", "R&D", "[see below]", "(y)", "> 3", "<3", "a; b"]
)
def test_a_mark_alone_is_none(text: str):
    assert list(markup(a_pair(text))) == []


# --- placeholders -----------------------------------------------------------------------------


def messages(english: str, *forms: str, plural: str = "", tag: str = "nl") -> list[str]:
    entry = an_entry(*forms, english=english, plural=plural)
    return [finding.message for finding in critical(a_message(english, plural), entry, tag)]


@pytest.mark.parametrize(
    ("english", "form", "said"),
    [
        ("Over {fever}.", "Boven.", ["{fever} is missing"]),
        ("Over.", "Boven {fever}.", ["{fever} is not in the English"]),
        ("{a} or {a}.", "{a}.", ["{a} is missing"]),
        ("{a}.", "{a} of {a}.", ["{a} stands 2 times"]),
        ("{a} or {a}.", "{a}, {a}, {a}.", ["{a} stands 3 times"]),
        ("{a}.", "{A}.", ["{a} is missing", "{A} is not in the English"]),
    ],
)
def test_each_placeholder_stands_as_often_as_in_the_english(
    english: str, form: str, said: list[str]
):
    assert messages(english, form) == said


def test_the_placeholders_of_a_plural_are_those_of_its_english_plural():
    english, plural = "one day after {start}", "{count} days after {start}"
    good = "{count} dagen na {start}"

    assert messages(english, good, good, plural=plural) == []
    assert any(
        "{count} is missing in msgstr[0]" in said
        for said in messages(english, "een dag na {start}", good, plural=plural)
    )


@pytest.mark.parametrize(("one", "other"), [("low", "high"), ("start", "end"), ("first", "count")])
def test_every_range_keeps_its_order_in_every_form(one: str, other: str):
    english = f"{{{one}}} to {{{other}}}"
    good, bad = f"{{{one}}} tot {{{other}}}", f"{{{other}}} tot {{{one}}}"

    assert messages(english, good, good, plural=english) == []
    assert messages(english, bad) == [f"{{{other}}} stands before {{{one}}}"]
    assert messages(english, good, bad, plural=english) == [
        f'{{{other}}} stands before {{{one}}} in msgstr[1] ("other": 0, 2, 3 ...)'
    ]


@pytest.mark.parametrize(("english", "plural"), [("a day", ""), ("a day", "{count} weeks")])
def test_an_entry_with_another_plural_is_refused(english: str, plural: str):
    entry = an_entry("{count} dag", "{count} dagen", english=english, plural="{count} days")

    said = [finding.message for finding in critical(a_message(english, plural), entry, "nl")]

    assert any("msgid_plural" in each for each in said)


def test_an_empty_form_that_a_number_takes_is_refused_and_a_spare_one_is_not():
    rule = PluralRule.of(3, "n == 1 ? 0 : n > 1000000 ? 1 : 2")

    def said(*forms: str) -> list[str]:
        entry = an_entry(*forms, english="{count} day", plural="{count} days", rule=rule)
        return [
            finding.message
            for finding in critical(a_message("{count} day", "{count} days"), entry, "es")
        ]

    assert said("{count} día", "", "{count} días") == []
    assert said("{count} día", "", " ") == [
        'the translation is empty in msgstr[2] ("other": 0, 2, 3 ...)'
    ]


@pytest.mark.parametrize(
    ("tag", "count", "rule", "index", "place"),
    [
        ("nl", 2, "n != 1", 0, ' in msgstr[0] ("one": 1)'),
        ("nl", 2, "n != 1", 1, ' in msgstr[1] ("other": 0, 2, 3 ...)'),
        ("ar", 3, "n==1 ? 0 : n==2 ? 1 : 2", 1, ' in msgstr[1] ("two": 2)'),
        ("pl", 3, "n==1 ? 0 : n<5 ? 1 : 2", 1, ' in msgstr[1] ("few": 0, 2, 3 ...)'),
        ("es", 3, "n==1 ? 0 : n>9999 ? 1 : 2", 1, " in msgstr[1]"),
    ],
)
def test_a_form_is_named_by_the_numbers_that_take_it(tag, count, rule, index, place):
    entry = an_entry(*["x"] * count, plural="y", rule=PluralRule.of(count, rule))
    assert Locale.parse(tag)

    assert Pair(a_message(), entry, tag).place(index) == place


def test_one_form_alone_needs_no_place():
    assert a_pair("x").place(0) == ""


def test_a_translation_with_many_faults_is_told_each():
    bad = "{end}5 {start}\u202e ｛ **"

    said = " ".join(messages("{start} to {end}", bad, "", plural="{start}, {end}, {count}"))

    told = ("is missing", "is empty", '"｛"', '"5"', "touches", "before", "U+202E", "**")
    assert [fault for fault in told if fault not in said] == []


# --- pasted -----------------------------------------------------------------------------------

REST = "Let your child rest when tired."
RESULTS = "The results are usually ready tomorrow."


def entries(*pairs: tuple[str, str]) -> list[PoEntry]:
    return [
        an_entry(form, english=english, file="a.po", line=line)
        for line, (english, form) in enumerate(pairs, 1)
    ]


def told(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    return [(entry.msgid, finding.message) for entry, finding in pasted(entries(*pairs))]


def test_two_quite_different_texts_with_one_translation_are_both_told():
    assert told((REST, "Rust."), (RESULTS, "Rust.")) == [
        (REST, "quite another English text has this translation at a.po:2"),
        (RESULTS, "quite another English text has this translation at a.po:1"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Call us now.", "Bring some food.", id="three words say little"),
        pytest.param("Rest at home today", "Rest at home soon", id="three of four words alike"),
        pytest.param("Rest at home today", "Rest at school soon", id="half of the words alike"),
        pytest.param("Rest at home today", "REST AT school soon", id="capitals do not count"),
        pytest.param(
            "Rest at home today", "Rest at school soon and then", id="half of the shorter"
        ),
        pytest.param(
            "Take {a} of it today", "Take {b} of it later", id="placeholders do not count"
        ),
    ],
)
def test_two_texts_that_are_short_or_alike_may_have_one_translation(one: str, other: str):
    assert told((one, "X."), (other, "X.")) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Rest at home today", "Bring food and drinks", id="four words, none alike"),
        pytest.param("Rest at home today", "Bring food to home", id="one of four alike"),
        pytest.param("Rest at home soon", "Rest 1 2 3 4 but nothing else", id="numbers are none"),
        pytest.param(
            "Rest {a} {b} at home today", "Bring {a} {b} food and drinks", id="nor placeholders"
        ),
    ],
)
def test_two_texts_of_four_words_that_differ_may_not(one: str, other: str):
    assert len(told((one, "X."), (other, "X."))) == 2


def test_what_is_not_translated_is_not_pasted():
    assert told((REST, ""), (RESULTS, "")) == []
    assert told((REST, "A."), (RESULTS, "B.")) == []


def signs(*listed: tuple[str, str, str]) -> list[str]:
    pairs = [
        (a_message(english, tier=tier), an_entry(form, english=english, file="a.po", line=line))
        for line, (english, tier, form) in enumerate(listed, 1)
    ]
    return [f"{entry.msgid} {finding.message[-6:]}" for entry, finding in tiers(pairs)]


def test_two_signs_of_different_urgency_with_one_translation_are_both_told():
    assert signs(("Pain.", "watch", "Pijn."), ("Fits.", "now", "Pijn.")) == [
        "Pain. a.po:2",
        "Fits. a.po:1",
    ]


@pytest.mark.parametrize("written", ["pijn", "PIJN!", " Pijn ", "„Pijn“."])
def test_marks_and_capitals_make_no_difference_between_two_signs(written: str):
    assert len(signs(("Pain.", "watch", "Pijn."), ("Fits.", "now", written))) == 2


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param((("Pain.", "now", "Pijn."), ("Fits.", "now", "Pijn.")), id="one tier"),
        pytest.param((("Pain.", "now", "Pijn."), ("Pain.", "watch", "Pijn.")), id="one English"),
        pytest.param((("Pain.", "now", "Pijn."), ("Fits.", "", "Pijn.")), id="no sign"),
        pytest.param((("Pain.", "now", ""), ("Fits.", "watch", "")), id="not translated"),
        pytest.param((("Pain.", "now", "Pijn a."), ("Fits.", "watch", "Pijn b.")), id="two texts"),
    ],
)
def test_other_signs_may_read_alike(listed):
    assert signs(*listed) == []
