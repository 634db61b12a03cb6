"""Each check of a translation fires on a fault, and is silent on good text."""

from __future__ import annotations

import pytest

from careleaf.checks import wording
from careleaf.checks.glossary import Agreed, Glossary, GlossaryTerm
from careleaf.language import critical
from careleaf.language.critical import Pair
from careleaf.language.messages import Message
from careleaf.language.po_entry import PoEntry


def a_pair(
    english: str = "Call us.",
    translation: str = "Bel ons.",
    tag: str = "nl",
    context: str = "a/home",
    comments: tuple[str, ...] = (),
    line: int = 7,
) -> Pair:
    message = Message(context, english, "", (), "handouts/a.yaml", 3)
    entry = PoEntry(
        context=context,
        msgid=english,
        strings=(translation,),
        line=line,
        file="a.po",
        comments=comments,
    )
    return Pair(message, entry, tag)


def a_book(*pairs: Pair, glossary: Glossary = wording.EMPTY) -> wording.Book:
    return wording.book(pairs, pairs[0].tag, glossary)


def said(pair: Pair, name: str) -> list[str]:
    """Return what one rule says of a pair."""
    rules = {rule.name: rule for rule in (*critical.RULES, *wording.PAIR_RULES)}
    return [finding.message for finding in rules[name](pair)]


FIRES = {
    "placeholder": ("Call {phone}.", "Bel ons.", "nl"),
    "brace": ("Call us.", "Bel ons}.", "nl"),
    "digit": ("Call us.", "Bel ons 5 keer.", "nl"),
    "touching": ("Over {fever}.", "Boven -{fever}.", "nl"),
    "order": ("{low} to {high}", "{high} tot {low}", "nl"),
    "invisible": ("Call us.", "Bel\u200d ons.", "nl"),
    "markup": ("Call us.", "Bel <i>ons</i>.", "nl"),
    "empty": ("Call us.", " ", "nl"),
    "untranslated": ("Call us now.", "Call us now.", "nl"),
    "script": ("Call us.", "Call us.", "uk"),
    "end-mark": ("Call us.", "Bel ons", "nl"),
    "space": ("Call us.", "Bel  ons.", "nl"),
    "composed": ("Call us.", "Be\u0301l ons.", "nl"),
    "doubled-word": ("Call us.", "Bel bel ons.", "nl"),
    "french-spacing": ("Why?", "Pourquoi ?", "fr"),
    "opening-mark": ("Why?", "Por qué?", "es"),
}

SILENT = {
    "placeholder": [("Call {phone}.", "Bel {phone}.", "nl")],
    "brace": [("Call {phone}.", "Bel {phone}.", "nl")],
    "digit": [("In one day.", "三天内。", "zh_Hans"), ("Call us.", "Bel ons.", "nl")],
    "touching": [("Over {fever}.", "Boven {fever}.", "nl")],
    "order": [("{low} to {high}", "{low}–{high}", "uk")],
    "invisible": [("Call us.", "می\u200cتوانید.", "fa"), ("Call us.", "ទូរស័ព្ទ\u200bមក។", "km")],
    "markup": [("A < B", "A < B en B > A", "nl")],
    "empty": [("Call us.", "Bel ons.", "nl")],
    "untranslated": [("{clinic_name}", "{clinic_name}", "nl"), ("Colour.", "Colour.", "en_GB")],
    "script": [
        ("Call us.", "Зателефонуйте нам.", "uk"),
        ("Call us.", "给我们打电话。", "zh_Hans"),
        ("{a}: {b}", "{a}: {b}", "ar"),
    ],
    "end-mark": [
        ("Why?", "لماذا؟", "ar"),
        ("Call us.", "请打电话。", "zh_Hans"),
        ("Call us.", "โทรหาเรา", "th"),
        ("Name", "Naam", "nl"),
        ("Call us.", "हमें फ़ोन करें।", "hi"),
        ("Learn more (at home).", "Meer weten (thuis).", "nl"),
        ("Why?", "Γιατί;", "el"),
    ],
    "space": [("Call us.", "Bel ons.", "nl"), ("Why?", "Pourquoi\u202f?", "fr")],
    "composed": [("Call us.", "Bél ons.", "nl")],
    "doubled-word": [
        ("You turn.", "Vous vous tournez.", "fr"),
        ("Slowly.", "Từ từ.", "vi"),
        ("Call us.", "Bel ons.", "nl"),
    ],
    "french-spacing": [
        ("Why?", "Pourquoi\u202f?", "fr"),
        ("Note: rest.", "Note\u00a0: repos.", "fr"),
        ("Why?", "Pourquoi?", "fr_CA"),
        ("Why?", "Waarom?", "nl"),
    ],
    "opening-mark": [("Why?", "¿Por qué?", "es"), ("Why?", "Perché?", "it")],
}


@pytest.mark.parametrize("name", FIRES)
def test_a_check_fires_on_its_fault(name: str):
    assert said(a_pair(*FIRES[name]), name)


@pytest.mark.parametrize(
    ("name", "texts"), [(name, texts) for name, found in SILENT.items() for texts in found]
)
def test_a_check_is_silent_on_good_text(name: str, texts: tuple[str, str, str]):
    assert said(a_pair(*texts), name) == []


def test_every_check_of_one_message_is_tried_both_ways():
    rules = {rule.name for rule in (*critical.RULES, *wording.PAIR_RULES)} - {"plural"}

    assert rules == set(FIRES) == set(SILENT)


def test_every_check_tells_its_title_and_why():
    for rule in (*critical.RULES, critical.pasted, *wording.RULES):
        assert rule.title, rule.name
        assert rule.level in ("critical", "warning")


def test_a_lost_plural_fires_and_the_right_one_does_not():
    message = Message("a/b", "{n} day", "{n} days", (), "a.yaml", 1)
    right = PoEntry(
        context="a/b", msgid="{n} day", plural="{n} days", strings=("{n} dag", "{n} dagen")
    )
    wrong = PoEntry(context="a/b", msgid="{n} day", strings=("{n} dag",))

    assert not list(critical.plural(Pair(message, right, "nl")))
    assert list(critical.plural(Pair(message, wrong, "nl")))


def test_a_cyrillic_letter_in_a_latin_word_is_found():
    assert said(a_pair("Call us.", "Bеl ons.", "nl"), "script") == [
        "a word mixes letters of two scripts"
    ]


def test_a_canadian_colon_wants_its_space_all_the_same():
    assert said(a_pair("Note: rest.", "Note: repos.", "fr_CA"), "french-spacing")


# --- rules over all messages --------------------------------------------------------------------


def sentences(count: int, length: int) -> list[Pair]:
    english = "A sentence that is long enough to be measured, number "
    return [
        a_pair(english + chr(97 + n) * 4 + ".", "x" * length + ".", context=f"a/{n}")
        for n in range(count)
    ]


def test_a_translation_far_longer_than_the_others_is_found():
    odd = a_pair("A sentence that is long enough to be judged here.", "y" * 200 + ".")

    found = list(wording.length(a_book(*sentences(9, 60), odd)))

    assert [pair for pair, _ in found] == [odd]


def test_a_translation_far_shorter_than_the_others_is_found():
    odd = a_pair("A sentence that is long enough to be judged here.", "y.")

    found = list(wording.length(a_book(*sentences(9, 60), odd)))

    assert [pair for pair, _ in found] == [odd]


def test_a_language_that_is_short_throughout_is_not_far_shorter():
    assert not list(wording.length(a_book(*sentences(12, 18))))


def test_one_english_text_translated_two_ways_is_found():
    first = a_pair("Let your child rest.", "Laat uw kind rusten.", context="a/one", line=4)
    other = a_pair("Let your child rest.", "Gun uw kind rust.", context="a/two", line=9)

    found = list(wording.two_ways(a_book(first, other)))

    assert [(pair, finding.message) for pair, finding in found] == [
        (other, "the same English is translated otherwise at a.po:4")
    ]


def test_one_word_may_mean_two_things():
    first = a_pair("Watch", "Horloge", context="a/one")
    other = a_pair("Watch", "Let op", context="a/two")

    assert not list(wording.two_ways(a_book(first, other)))


GLOSSARY = Glossary(
    {
        "bone marrow": GlossaryTerm(terms={"nl": Agreed(term="beenmerg")}),
        "marrow": GlossaryTerm(terms={"nl": Agreed(term="merg", also=("mergen",))}),
    }
)


def test_a_term_translated_otherwise_than_agreed_is_found():
    pair = a_pair("Bone marrow is soft.", "Botmerg is zacht.")

    found = list(wording.term(a_book(pair, glossary=GLOSSARY)))

    assert [finding.message for _, finding in found] == ['"bone marrow" is agreed to be "beenmerg"']


def test_an_agreed_term_is_found_in_any_of_its_forms_and_fallbacks():
    pairs = [
        a_pair("Bone marrow is soft.", "Beenmerg is zacht."),
        a_pair("Marrows differ.", "Mergen verschillen.", context="a/2"),
    ]
    belgian = a_pair("Bone marrow is soft.", "Botmerg is zacht.", tag="nl_BE")

    assert not list(wording.term(a_book(*pairs, glossary=GLOSSARY)))
    assert list(wording.term(a_book(belgian, glossary=GLOSSARY)))


def test_a_translator_who_means_it_silences_a_warning():
    pair = a_pair("Code", "Code", comments=("ignore-untranslated: it is the Dutch word",))
    other = a_pair("Code", "Code", comments=("ignore-space",))

    assert not list(wording.warnings(a_book(pair)))
    assert [name for _, name, _ in wording.warnings(a_book(other))] == ["untranslated"]


def test_nobody_can_silence_what_is_critical():
    pair = a_pair("Call {phone}.", "Bel.", comments=("ignore-placeholder",))

    assert critical.critical(pair.message, pair.entry, pair.tag)


def test_a_translation_pasted_under_another_text_is_found_at_both():
    one = a_pair("Let your child rest when tired.", "Geef pijnstillers.", line=3).entry
    two = a_pair("Give the pain medicine as prescribed.", "Geef pijnstillers.", line=8).entry

    assert [entry.line for entry, _ in critical.pasted([one, two])] == [3, 8]


def test_two_texts_that_a_language_does_not_tell_apart_are_fine():
    one = a_pair("The place where the needle went in is red.", "伤口发红。", "zh_Hans").entry
    two = a_pair("A place where the needle went in is red.", "伤口发红。", "zh_Hans").entry

    assert not list(critical.pasted([one, two]))
