"""A handout in a family's language: whole, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from careleaf.content.quantities import Milestone, Quantity
from careleaf.content.walk import texts
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.language import cldr, localize
from careleaf.model import Offset
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


# --- times --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def labels_of() -> Callable[[str], localize.Labels]:
    """Return the sheet's labels in a language."""
    content = Desk.at(Root.at(PROGRAM), date(2026, 11, 23)).content

    def labels(tag: str) -> localize.Labels:
        return localize.localize_labels(content.labels, content.translations(tag, "sheet"))

    return labels


def said(labels: localize.Labels, tag: str = "en", **times: dict[str, int]) -> str:
    milestone = Milestone.model_validate({**times, "text": "Rest."})
    text = localize.when(milestone, labels, cldr.format_locale(tag)).relative
    return text.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ({"days": 3}, {"weeks": 2}, "3 to 14 days after the procedure"),
        ({"days": 2}, {"weeks": 1}, "2 to 7 days after the procedure"),
        ({"weeks": 1}, {"days": 10}, "7 to 10 days after the procedure"),
        ({"days": 0}, {"weeks": 1}, "0 to 7 days after the procedure"),
        ({"days": 3}, {"days": 5}, "3 to 5 days after the procedure"),
        ({"weeks": 1}, {"weeks": 2}, "1 to 2 weeks after the procedure"),
        ({"hours": 1}, {"hours": 2}, "1 to 2 hours after the procedure"),
    ],
)
def test_a_span_counts_both_its_ends_in_one_unit(labels_of, start, end, text) -> None:
    assert said(labels_of("en"), **{"from": start, "to": end}) == text


@pytest.mark.parametrize("tag", ["ar", "pl", "fr"])
def test_a_span_of_days_to_weeks_shows_the_days_of_both(labels_of, tag: str) -> None:
    text = said(labels_of(tag), tag, **{"from": {"days": 3}, "to": {"weeks": 2}})

    assert re.findall(r"\d+", text) == ["3", "14"]


def test_an_arabic_span_that_ends_in_two_shows_both_numbers(labels_of) -> None:
    for unit in ("hours", "days", "weeks"):
        text = said(labels_of("ar"), "ar", **{"from": {unit: 1}, "to": {unit: 2}})
        assert re.findall(r"\d+", text) == ["1", "2"], unit


def test_the_dates_of_a_span_of_days_to_weeks_are_those_of_its_days(labels_of) -> None:
    milestone = Milestone.model_validate({"from": {"days": 3}, "to": {"weeks": 2}, "text": "Rest."})

    found = localize.when(milestone, labels_of("en"), cldr.format_locale("en"))

    assert (found.start, found.end) == (Offset(days=3), Offset(days=14))
    assert found.span == "from {start} to {end}"


@pytest.mark.parametrize(
    ("after", "text"),
    [
        ({"days": 0}, "The day of the procedure"),
        ({"days": 1}, "The day after"),
        ({"days": 2}, "2 days after the procedure"),
        ({"weeks": 1}, "1 week after the procedure"),
        ({"weeks": 6}, "6 weeks after the procedure"),
        ({"hours": 1}, "1 hour after the procedure"),
        ({"hours": 6}, "6 hours after the procedure"),
    ],
)
def test_a_point_in_time_is_named_by_its_number(labels_of, after, text) -> None:
    assert said(labels_of("en"), after=after) == text


@pytest.mark.parametrize("tag", ["ar", "fa", "pl"])
def test_a_quantity_without_a_unit_is_only_a_number_in_the_languages_digits(tag: str) -> None:
    locale = cldr.format_locale(tag)
    span = "{low} to {high}"

    one = localize.show(Quantity.model_validate({"value": 3}), "CA", {}, locale, span)
    two = localize.show(Quantity.model_validate({"from": 1, "to": 2}), "CA", {}, locale, span)

    assert one == cldr.number(3, locale)
    assert two == f"{cldr.number(1, locale)} to {cldr.number(2, locale)}"
