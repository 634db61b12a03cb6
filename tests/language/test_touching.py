"""What may stand beside a value in a translation, and what would make another value of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from careleaf.authoring.pseudo import LANGUAGES
from careleaf.content.labels import load_labels
from careleaf.content.loading import load_clinic, load_handout
from careleaf.language import catalogue
from careleaf.language.critical import critical
from careleaf.language.messages import Message, of_handout, of_labels
from careleaf.language.po_entry import PoEntry
from careleaf.paths import PROGRAM

ENGLISH = "A fever over {fever}."


def found(form: str, tag: str, english: str = ENGLISH) -> list[str]:
    """Return what the critical checks say of a translation with one form."""
    message = Message("a/b", english, "", (), "handouts/a.yaml", 3)
    entry = PoEntry(context="a/b", msgid=english, strings=(form,), file="a.po", line=7)
    return [finding.message for finding in critical(message, entry, tag)]


CHANGED = [
    *((f"Koorts boven {text}.", "nl") for text in (
        "-{fever}", "−{fever}", "–{fever}", "+{fever}", "±{fever}", "<{fever}", "~{fever}",
        "l{fever}", "O{fever}", "I{fever}", ".{fever}", ",{fever}", "x{fever}", "${fever}",
        "#{fever}", "%{fever}", "- {fever}", "− {fever}", "+ {fever}", "> {fever}",
        "{fever}F", "{fever}°", "{fever}%", "{fever}‰", "{fever}٪", "{fever}O", "{fever}l",
        "{fever}-{fever}", "{fever}e", "{fever}′", "{fever}*", "{fever}/", "{fever}+",
        "{fever}:l", "{fever}’den", "{fever} F", "{fever} °F", "{fever} %", "{fever} mg",
        "{fever}\u0336", "{fever}一", "百{fever}", "{fever}½",
    )),
    *((text, "zh_Hans") for text in (
        "体温超过百{fever}。", "体温超过{fever}十。", "体温超过负{fever}。", "体温零下{fever}。", "{fever}半。",
        "体温超过l{fever}。", "体温超过-{fever}。", "{fever}F。", "⼗{fever}", "㏣{fever}", "ー{fever}", "{fever}多。",
    )),
    *((text, "ja") for text in ("熱が百{fever}。", "熱がマイナス{fever}。", "熱が{fever}千。")),
    *((text, "ko") for text in ("백{fever} 이상", "{fever}십", "{fever}도씨", "영하{fever}")),
    *((text, "th") for text in ("ไข้{fever}ร้อย", "ไข้ลบ{fever}", "ไข้สิบ{fever}")),
    *((text, "ar") for text in ("حمى ا{fever}.", "حمى ٠{fever}.", "حمى -{fever}.", "{fever}ا")),
    *((text, "he") for text in ("חום י{fever}.", "חום -{fever}.", "{fever}ו")),
    *((text, "tr") for text in ("Ateş {fever}den fazla", "Ateş {fever}'xyz", "e{fever}")),
    *((text, "hu") for text in ("Láz {fever}ra", "Láz {fever}-F", "Láz l-{fever}")),
    *((text, "uk") for text in ("Понад {fever}С.", "Понад {fever}-C.", "Понад {fever}-С.")),
]  # fmt: skip


@pytest.mark.parametrize(("form", "tag"), CHANGED)
def test_what_changes_a_value_is_refused(form: str, tag: str):
    assert found(form, tag)


FINE = [
    ("Koorts boven {fever}.", "nl"),
    ("{fever}: dat is koorts.", "nl"),
    ("Koorts ({fever}), bel ons.", "nl"),
    ("Koorts: „{fever}“!", "de"),
    ("Koorts (boven {fever}) – bel", "nl"),
    ("Fièvre de plus de {fever}\u00a0: appelez.", "fr"),
    ("Plus d’{fever}.", "fr"),
    ("Fièvre : «\u00a0{fever}\u00a0».", "fr"),
    ("Febbre: l’{fever}, all'{fever}", "it"),
    ("¿Más de {fever}?", "es"),
    ("Ateş {fever}'den fazla", "tr"),
    ("Ateş {fever}’nin üstünde", "tr"),
    ("Láz {fever}-ra, {fever}-tól", "hu"),
    ("Kuume {fever}:ssa", "fi"),
    ("Feber {fever}:s", "sv"),
    ("Понад {fever}-ї.", "uk"),
    ("Температура {fever}-ға", "kk"),
    ("Febre {fever}-ko", "eu"),
    ("열이 {fever}를 넘으면, {fever}부터", "ko"),
    ("حمى و{fever} أو بـ{fever}.", "ar"),
    ("حمى لـ{fever}، اتصل.", "ar"),
    ("اتصل على {fever}؟", "ar"),
    ("חום מ-{fever} או ל־{fever}.", "he"),
    ("体温超过{fever}。", "zh_Hans"),
    ("每次{fever}，然后休息。", "zh_Hans"),
    ("體溫超過（{fever}）時", "zh_Hant"),
    ("熱が{fever}を超えたら", "ja"),
    ("センター{fever}へ", "ja"),
    ("ไข้สูงกว่า{fever}ให้โทร", "th"),
    ("ត្រូវ{fever}។", "km"),
    ("በ{fever} ላይ", "am"),
    ("{fever}টি", "bn"),
    ("ika-{fever}", "fil"),
    ("ke-{fever}", "id"),
]


@pytest.mark.parametrize(("form", "tag"), FINE)
def test_what_a_language_writes_beside_a_value_is_fine(form: str, tag: str):
    assert [said for said in found(form, tag) if "touches" in said] == []


SPAN = "from {start} to {end}"


@pytest.mark.parametrize("form", ["{end} bis {start}", "bis {end} ab {start}", "{end}–{start}"])
def test_the_ends_of_a_range_stay_in_their_order(form: str):
    assert any("stands before" in said for said in found(form, "de", SPAN))


@pytest.mark.parametrize(
    ("form", "tag"),
    [
        ("{start}–{end}", "uk"),
        ("{start} - {end}", "de"),
        ("{start}～{end}", "ja"),
        ("从{start}到{end}", "zh_Hans"),
        ("من {start} إلى {end}", "ar"),
    ],
)
def test_a_range_may_be_joined_by_a_dash_or_by_words(form: str, tag: str):
    assert found(form, tag, SPAN) == []


@pytest.mark.parametrize(
    "form", ["{start}{end}", "{start}.{end}", "{start}/{end}", "{start},{end}"]
)
def test_two_values_never_run_into_one(form: str):
    assert found(form, "de", SPAN)


def test_a_page_may_stand_before_a_stroke_and_the_total():
    assert found("Sayfa {page} / {pages}", "tr", "Page {page} of {pages}") == []


@pytest.mark.parametrize("brace", ["｛fever｝", "﹛fever﹜", "❴fever❵"])
def test_braces_of_another_kind_are_refused_beside_the_right_ones_too(brace: str):
    assert any("belongs to no placeholder" in said for said in found(f"{brace} {{fever}}", "nl"))


@pytest.mark.parametrize(
    "char", ["㏣", "㋀", "㍘", "⼗", "⼀", "🔟", "💯", "〇", "㈠", "㊉", "🄂", "𝟓", "〹"]
)
def test_a_sign_that_shows_a_number_is_a_digit(char: str):
    assert any("the digit" in said for said in found(f"在{char}日，体温超过{{fever}}。", "zh_Hans"))


@pytest.mark.parametrize("text", ["三天内", "第二天", "★ 休息", "№ 一", "©", "✓ 好"])
def test_a_word_for_a_number_and_a_plain_sign_are_none(text: str):
    assert found(f"{text}。 {{fever}}", "zh_Hans") == []


# --- what is shipped ----------------------------------------------------------------------------

SHIPPED = sorted((PROGRAM / "locales").glob("*/LC_MESSAGES/*.po"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: f"{p.parts[-3]} {p.stem}")
def test_every_shipped_translation_is_clean(path: Path):
    tag = path.parts[-3]
    entries = catalogue.load(path, path.name, tag, path.stem).entries.values()
    assert entries

    said = [
        f"{entry.where} {finding.message}"
        for entry in entries
        if not entry.missing
        for finding in critical(
            Message(entry.context, entry.msgid, entry.plural, (), "", 1), entry, tag
        )
    ]

    assert said == []


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
def test_the_invented_languages_are_clean(language):
    clinic = load_clinic(PROGRAM / "clinic.yaml", "clinic.yaml")
    handouts = sorted((PROGRAM / "handouts").glob("*.yaml"))
    sources = [load_handout(path, path.name, frozenset(clinic.medicines)) for path in handouts]
    labels = load_labels(PROGRAM / "templates" / "labels.yaml", "labels.yaml", "sheet")
    messages = [*of_labels(labels), *(one for source in sources for one in of_handout(source))]
    assert len(messages) > 100

    said = [
        (message.msgid, finding.message)
        for message in messages
        for finding in critical(message, language(message), language.real)
        if "touches" in finding.message or "before" in finding.message
    ]

    assert said == []
