"""A handout in a family's language: whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from careleaf.content.walk import texts
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.paths import PROGRAM, Root

HANDOUT = """\
id: ear-check
title: An ear check
code: K900
kind: procedure
version: "1"
reviewed: 2026-11-23
quantities:
  fever: {value: 38, unit: celsius}
sections:
  - id: about
    title: The main thing
    blocks:
      - type: text
        text: Call {nurse_line} for a fever over {fever}.
"""

PO = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgctxt "ear-check/title"
msgid "An ear check"
msgstr "Examen de l’oreille"

msgctxt "ear-check/about"
msgid "The main thing"
msgstr "L’essentiel"

msgctxt "ear-check/about"
msgid "Call {nurse_line} for a fever over {fever}."
msgstr "Fièvre de plus de {fever} : appelez le {nurse_line}."
"""

Folder = Callable[..., Desk]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A clinic's own folder, with catalogues by locale tag; labels come from the program."""

    def make(**catalogues: str) -> Desk:
        (tmp_path / "handouts").mkdir()
        (tmp_path / "handouts" / "ear-check.yaml").write_text(HANDOUT)
        clinic = (PROGRAM / "clinic.yaml").read_text().replace("logo: styles/logo.svg\n", "")
        (tmp_path / "clinic.yaml").write_text(clinic)
        for tag, text in catalogues.items():
            messages = tmp_path / "locales" / tag / "LC_MESSAGES"
            messages.mkdir(parents=True)
            (messages / "ear-check.po").write_text(text)
        return Desk.at(Root.at(tmp_path), date(2026, 11, 23))

    return make


def lines(desk: Desk, tag: str) -> list[str]:
    return [text.plain for _, text, _ in texts(desk.content.wording("ear-check", tag).handout)]


def refusal(desk: Desk, tag: str) -> str:
    with pytest.raises(HandoutError) as caught:
        desk.content.wording("ear-check", tag)
    return str(caught.value)


def test_the_source_needs_no_catalogue(folder: Folder) -> None:
    assert lines(folder(), "en")[-1] == "Call 811 for a fever over 38 °C (100.4 °F)."


def test_a_translation_carries_the_values_in_its_own_order_and_form(folder: Folder) -> None:
    assert lines(folder(fr=PO), "fr") == [
        "Examen de l’oreille",
        "L’essentiel",
        "Fièvre de plus de 38 °C (100,4 °F) : appelez le 811.",
    ]


def test_a_value_is_isolated_from_the_sentence_around_it(folder: Folder) -> None:
    handout = folder(fr=PO).content.wording("ear-check", "fr").handout

    assert "\u2068811\u2069" in str(list(texts(handout))[-1][1])


def test_french_serves_canada_where_canada_says_nothing(folder: Folder) -> None:
    canada = PO.replace('msgstr "L’essentiel"', 'msgstr "Le plus important"').replace(
        'msgstr "Examen de l’oreille"', 'msgstr ""'
    )

    assert lines(folder(fr=PO, fr_CA=canada), "fr_CA")[:2] == [
        "Examen de l’oreille",
        "Le plus important",
    ]


def test_a_missing_message_is_never_replaced_by_english(folder: Folder) -> None:
    said = refusal(folder(fr=PO.replace("L’essentiel", "")), "fr")

    assert 'locales/fr/LC_MESSAGES/ear-check.po:12: "The main thing" is not translated' in said


def test_every_missing_message_is_named(folder: Folder) -> None:
    header = PO[: PO.index("msgctxt")]

    said = refusal(folder(fr=header), "fr")

    assert said.count("is not translated") == 3


def test_a_fuzzy_message_is_never_printed(folder: Folder) -> None:
    fuzzy = PO.replace('msgctxt "ear-check/title"', '#, fuzzy\nmsgctxt "ear-check/title"')

    assert '"An ear check" is marked fuzzy' in refusal(folder(fr=fuzzy), "fr")


@pytest.mark.parametrize(
    ("change", "into", "fault"),
    [
        ("{fever} :", ":", "{fever}"),
        ("le {nurse_line}", "le {nurseline}", "{nurse_line}"),
        ("le {nurse_line}", "le {nurse_line} {nurse_line}", "{nurse_line}"),
        ("le {nurse_line}", "le 811 {nurse_line}", "8"),
        ("appelez", "appe\u202elez", "U+202E"),
    ],
)
def test_an_unsafe_translation_is_never_printed(
    folder: Folder, change: str, into: str, fault: str
) -> None:
    said = refusal(folder(fr=PO.replace(change, into)), "fr")

    assert "locales/fr/LC_MESSAGES/ear-check.po:16" in said
    assert fault in said


def test_a_fuzzy_header_stops_the_whole_catalogue(folder: Folder) -> None:
    assert "the header is marked fuzzy" in refusal(folder(fr="#, fuzzy\n" + PO), "fr")


def test_a_broken_catalogue_is_told_with_its_line(folder: Folder) -> None:
    broken = PO.replace('"L’essentiel"', '"L’essentiel')

    assert "locales/fr/LC_MESSAGES/ear-check.po:13" in refusal(folder(fr=broken), "fr")


@pytest.mark.parametrize("wish", ["fr-CA", "fr_CA", "FR", "fr"])
def test_a_locale_may_be_wished_for_in_any_spelling(folder: Folder, wish: str) -> None:
    assert folder(fr=PO).content.locale(wish).startswith("fr")


@pytest.mark.parametrize("wish", ["xx", "de", "zh_TW", "nonsense", "../fr"])
def test_a_locale_without_a_catalogue_is_refused(folder: Folder, wish: str) -> None:
    desk = folder(fr=PO, zh_Hans=PO)

    with pytest.raises(HandoutError, match="there is no locale"):
        desk.content.locale(wish)


def test_a_medicine_without_a_name_in_the_language_is_refused(folder: Folder) -> None:
    desk = folder(fr=PO)
    clinic = desk.content.root.clinic_file
    clinic.write_text(clinic.read_text().replace("    fr: acétaminophène\n", ""))

    assert 'the medicine "pain_medicine" has no name in fr' in refusal(desk, "fr")
