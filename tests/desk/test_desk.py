"""From what is typed to an order, and what the desk knows of its folder: no clinic's disk, no press."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from builders import TODAY, a_clinic, a_desk, a_good_handout, a_handout, a_request, an_order, write

from careleaf.desk.desk import Desk
from careleaf.desk.requests import NO, YES, read_yes_no
from careleaf.errors import HandoutError, each
from careleaf.model import Form
from careleaf.paths import Root

HEAD = (
    'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'
)


def with_locales(folder: Path, *tags: str, **clinic: object) -> Desk:
    """Return a desk with folders of these languages, which say nothing yet."""
    for tag in tags:
        messages = folder / "locales" / tag / "LC_MESSAGES"
        messages.mkdir(parents=True)
        (messages / "a-handout.po").write_text(HEAD.format(tag))
    return a_desk(folder, clinic=a_clinic(**clinic))


def codes_of(desk: Desk, **texts: str) -> set[tuple[str, str]]:
    """Return the place and code of every fault of a request."""
    with pytest.raises(HandoutError) as caught:
        desk.order(a_request(**texts))
    return {(fault.where, fault.code) for fault in each(caught.value)}


# --- languages --------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", ["fr-CA", "fr_CA", "FR-ca", " fr-CA "])
def test_french_of_canada_stays_of_canada_where_only_french_is_there(tmp_path, wish):
    """Its words are French; its dates and numbers are Canada's."""
    desk = with_locales(tmp_path, "fr")

    assert desk.content.locale(wish) == "fr_CA"
    assert desk.order(a_request(locale=wish)).locale == "fr_CA"


def test_no_wish_is_the_clinics_own_language(tmp_path):
    assert with_locales(tmp_path / "a").content.locale("") == "en"
    assert with_locales(tmp_path / "b", "fr", locale="fr-CA").content.locale("  ") == "fr_CA"


@pytest.mark.parametrize("wish", ["zh_TW", "zh-Hant", "zh_HK", "de", "klingon", "und"])
def test_what_no_folder_serves_is_refused_and_never_printed_in_another(tmp_path, wish):
    desk = with_locales(tmp_path, "fr", "zh_Hans")

    assert codes_of(desk, locale=wish) == {("--locale", "locale.unknown")}


@pytest.mark.parametrize(
    ("wish", "tag"),
    [("sr_ME", "sr_Latn_ME"), ("sr-Latn", "sr_Latn"), ("zh-CN", "zh_Hans_CN"), ("en-GB", "en_GB")],
)
def test_a_script_or_a_place_is_served_by_its_own(tmp_path, wish, tag):
    assert with_locales(tmp_path, "sr_Latn", "zh_Hans").content.locale(wish) == tag


def test_a_language_of_a_place_in_another_script_is_not_served(tmp_path):
    desk = with_locales(tmp_path, "sr_Latn")

    assert codes_of(desk, locale="sr_RS") == {("--locale", "locale.unknown")}


@pytest.mark.parametrize("wish", ["x" * 21, "a\nb"])
def test_a_long_or_odd_wish_is_not_repeated(tmp_path, wish):
    with pytest.raises(HandoutError) as caught:
        with_locales(tmp_path).content.locale(wish)

    assert wish not in str(caught.value)


def test_a_clinic_whose_own_language_is_not_there_is_told_at_its_file(tmp_path):
    with pytest.raises(HandoutError) as caught:
        with_locales(tmp_path, locale="nl").content.locale("")

    assert (caught.value.where, caught.value.code) == ("clinic.yaml", "locale.unknown")


# --- requests ---------------------------------------------------------------------------------


def test_a_whole_request_is_an_order(tmp_path):
    desk = with_locales(tmp_path, "fr")

    order = desk.order(
        a_request(date="2026-11-24", id="K1", locale="fr", size="Letter ", large_print="Yes",
                  **{"with": "en"})
    )  # fmt: skip

    assert (order.handout, order.locale) == ("a-handout", "fr")
    assert order.form == Form("letter", large_print=True, second="en")
    assert (order.patient.name, order.patient.id) == ("Sofia de Vries", "K1")
    assert order.patient.procedure == date(2026, 11, 24)


def test_every_fault_of_a_request_is_told_at_its_option_in_one_go(tmp_path):
    desk = with_locales(tmp_path)

    assert codes_of(
        desk, handout="another", name="", date="x", id="a/b", locale="xx", size="a5",
        large_print="perhaps", **{"with": "yy"},
    ) == {
        ("HANDOUT", "handout.unknown"), ("--name", "name.empty"), ("--date", "date.unclear"),
        ("--id", "id.unusable"), ("--locale", "locale.unknown"), ("--size", "size.unknown"),
        ("--large-print", "yes-no.unclear"), ("--with", "with.unknown"),
    }  # fmt: skip


def test_no_handout_is_missing_and_not_unknown(tmp_path):
    assert codes_of(with_locales(tmp_path), handout="") == {("HANDOUT", "handout.missing")}


@pytest.mark.parametrize("handout", ["x" * 61, "a\nb"])
def test_a_long_or_odd_handout_is_not_repeated(tmp_path, handout):
    with pytest.raises(HandoutError) as caught:
        with_locales(tmp_path).order(a_request(handout=handout))

    assert handout not in str(caught.value)


@pytest.mark.parametrize(("first", "second"), [("en", "en"), ("fr", "fr"), ("fr-CA", "fr_CA")])
def test_one_language_twice_is_refused(tmp_path, first, second):
    desk = with_locales(tmp_path, "fr")

    assert codes_of(desk, locale=first, **{"with": second}) == {("--with", "with.same-language")}


def test_a_name_that_no_face_can_print_is_refused_and_not_repeated(tmp_path):
    desk = with_locales(tmp_path)

    assert codes_of(desk, name="Sofia \U00010380") == {("--name", "name.cannot-print")}


@pytest.mark.parametrize(
    ("region", "size"),
    [*((region, "letter") for region in "BZ CA CL CO CR GT MX NI PA PH PR SV US VE".split()),
     *((region, "a4") for region in "NL GB DE FR AU IN CN JP BR AR".split())],
)  # fmt: skip
def test_a_clinic_without_a_paper_prints_on_that_of_its_region(tmp_path, region, size):
    clinic = {key: value for key, value in a_clinic(region=region).items() if key != "paper"}
    desk = a_desk(tmp_path, clinic=clinic)

    assert desk.form() == Form(size)
    assert desk.order(a_request()).form.size == size


def test_a_wish_for_paper_wins_over_the_clinics_and_that_over_the_regions(tmp_path):
    desk = a_desk(tmp_path, clinic=a_clinic(region="US", paper="a4"))

    assert desk.order(a_request()).form.size == "a4"
    assert desk.order(a_request(size=" LETTER")).form.size == "letter"


@pytest.mark.parametrize("word", ["1", "yes", "y", "true", "x", "YES", " Yes "])
def test_yes_is_yes(word):
    assert read_yes_no(word) is True


@pytest.mark.parametrize("word", ["", "0", "no", "n", "false", "No", "  "])
def test_no_and_nothing_are_no(word):
    assert read_yes_no(word) is False


@pytest.mark.parametrize("word", ["2", "ja", "perhaps", "-", "yes no"])
def test_anything_else_is_neither(word):
    with pytest.raises(HandoutError) as caught:
        read_yes_no(word)
    assert caught.value.code == "yes-no.unclear"
    assert not YES & NO


def test_a_blank_order_does_not_look_at_the_child(tmp_path):
    blank = with_locales(tmp_path).blank_order(a_request(name="", date="", size="letter"))

    assert (blank.handout, blank.locale, blank.form) == ("a-handout", "en", Form("letter"))


def test_a_fault_of_the_clinic_is_not_a_fault_of_the_request(tmp_path):
    write(tmp_path / "clinic.yaml", a_clinic(region="XX"))
    (tmp_path / "handouts").mkdir()
    write(tmp_path / "handouts" / "a-handout.yaml", a_handout())
    desk = Desk.at(Root.at(tmp_path), TODAY)

    for locale in ("", "en"):
        with pytest.raises(HandoutError) as caught:
            desk.order(a_request(locale=locale))
        assert all(fault.where.startswith("clinic.yaml") for fault in each(caught.value))


# --- what there is ----------------------------------------------------------------------------


def test_handouts_come_by_name_and_nothing_else_is_one(tmp_path):
    desk = a_desk(tmp_path, a_handout(id="b-one", code="T002"), a_handout(id="a-one"))
    (tmp_path / "handouts" / "notes.txt").write_text("no handout")

    assert desk.content.handouts == ("a-one", "b-one")


# --- digests ----------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path) -> Desk:
    return a_desk(tmp_path, a_good_handout(id="a-handout"), a_good_handout(id="other", code="T002"))


OTHER_FORMS = {
    "size": Form("letter"),
    "large_print": Form(large_print=True),
    "second": Form(second="en_GB"),
    "blank": Form(blank=True),
}


@pytest.mark.parametrize("field", [field.name for field in fields(Form)])
def test_another_form_is_another_digest(desk, field):
    order = an_order()

    assert getattr(OTHER_FORMS[field], field) != getattr(Form(), field)
    assert desk.digest(replace(order, form=OTHER_FORMS[field])) != desk.digest(order)


@pytest.mark.parametrize("change", [{"handout": "other"}, {"locale": "en_GB"}])
def test_another_handout_or_language_is_another_digest(desk, change):
    assert desk.digest(replace(an_order(), **change)) != desk.digest(an_order())


def test_the_digest_of_an_order_is_no_digest_of_its_edition(desk):
    order = an_order()

    assert len(desk.digest(order)) == 64
    assert desk.digest(order) != desk.edition_digest(order.handout, order.locale, order.form)
