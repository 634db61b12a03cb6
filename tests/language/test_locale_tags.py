"""Locale tags in every spelling, the deprecated ones too; and where each looks for its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from careleaf.language.locale_tags import (
    available,
    chain,
    is_source,
    likely_script,
    names_no_language,
    nearest_folder,
    parse_tag,
)


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("fr-CA", "fr_CA"),
        ("FR_ca", "fr_CA"),
        ("zh-hans", "zh_Hans"),
        ("zh_TW", "zh_Hant_TW"),
        ("zh_CN", "zh_Hans_CN"),
        ("pa_PK", "pa_Arab_PK"),
        ("no_NO", "no"),
        ("sr@latin", "sr_Latn"),
        ("ca@valencia", "ca"),
        ("de_DE.UTF-8", "de_DE"),
    ],
)
def test_a_tag_is_read_in_any_spelling(written: str, tag: str):
    assert parse_tag(written) == tag


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("iw", "he"),
        ("iw_IL", "he_IL"),
        ("tl", "fil"),
        ("tl-PH", "fil_PH"),
        ("in", "id"),
        ("ji", "yi"),
        ("mo", "ro"),
        ("sh", "sr_Latn"),
        ("prs", "fa_AF"),
        ("swc", "sw_CD"),
        ("cmn", "zh"),
        ("arb", "ar"),
        ("eng", "en"),
        ("en_UK", "en_GB"),
    ],
)
def test_a_deprecated_tag_becomes_its_heir_and_gains_no_place_of_its_own(written: str, tag: str):
    assert parse_tag(written) == tag


@pytest.mark.parametrize(
    "written", ["", "und", "root", "mul", "xx", "klingon", "../fr", "tt@iqtelif", "fr_CA_DE_FR"]
)
def test_what_is_no_locale_is_none(written: str):
    assert parse_tag(written) is None


@pytest.mark.parametrize("tag", ["zh_TW", "zh_Hant", "zh_HK"])
def test_a_script_is_never_given_up_for_another(tag: str):
    assert not {"zh", "zh_Hans"} & set(chain(str(parse_tag(tag))))


def test_a_region_looks_in_its_language():
    assert chain("fr_CA")[0] == "fr_CA"
    assert chain("fr_CA")[-1] == "fr"


@pytest.mark.parametrize(
    ("tag", "folders", "nearest"),
    [
        ("ar", ["ar"], "ar"),
        ("fr_CA", ["fr"], "fr"),
        ("fr_CA", ["fr", "fr_CA"], "fr_CA"),
        ("zh_Hans", ["zh_Hans"], "zh_Hans"),
        ("it", [], "it"),
    ],
)
def test_the_folder_that_is_named_is_one_that_there_is(
    tmp_path: Path, tag: str, folders: list[str], nearest: str
):
    for folder in folders:
        (tmp_path / folder).mkdir()

    assert nearest_folder(tmp_path, tag) == nearest


@pytest.mark.parametrize("tag", ["zh_TW", "zh_HK", "zh_MO", "zh_Hant", "zh-Hant-CN"])
def test_traditional_chinese_never_reaches_simplified(tag: str):
    steps = chain(str(parse_tag(tag)))

    assert "zh_Hant" in steps
    assert [step for step in steps if step in ("zh", "zh_Hans") or "Hans" in step] == []


@pytest.mark.parametrize(
    ("tag", "steps"),
    [
        ("sr", ("sr", "sr_Cyrl")),
        ("sr_RS", ("sr_Cyrl_RS", "sr_Cyrl", "sr_RS", "sr")),
        ("sr_BA", ("sr_Cyrl_BA", "sr_Cyrl", "sr_BA", "sr")),
        ("sr_ME", ("sr_Latn_ME", "sr_Latn")),
        ("sr_Latn", ("sr_Latn",)),
        ("sr_Latn_RS", ("sr_Latn_RS", "sr_Latn")),
        ("uz_AF", ("uz_Arab_AF", "uz_Arab")),
        ("pa_PK", ("pa_Arab_PK", "pa_Arab")),
        ("fr_CA", ("fr_CA", "fr_Latn_CA", "fr_Latn", "fr")),
        ("nl", ("nl", "nl_Latn")),
    ],
)
def test_a_locale_in_its_region_keeps_to_its_script(tag: str, steps: tuple[str, ...]):
    assert chain(str(parse_tag(tag))) == steps


@pytest.mark.parametrize("wish", ["fr-CA", "fr_CA", "FR-ca", " fr-CA "])
def test_a_wish_for_a_place_keeps_its_place(wish: str):
    """Dates and numbers are the place's own, also where the words are the language's."""
    assert parse_tag(wish) == "fr_CA"


@pytest.mark.parametrize(
    ("tag", "script"), [("sr_ME", "Latn"), ("sr", "Cyrl"), ("zh_TW", "Hant"), ("ar", "Arab"), ("pa_PK", "Arab")]
)  # fmt: skip
def test_the_script_of_a_place_is_its_own(tag: str, script: str):
    assert likely_script(tag) == script


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("sr@cyrillic", "sr_Cyrl"),
        ("sr@Latin", "sr_Latn"),
        ("de@euro", "de"),
        ("sr_RS@latin", "sr_Latn_RS"),
        ("zh_SG", "zh_Hans_SG"),
        ("ru_SU", "ru_RU"),
        ("de_DD", "de_DE"),
    ],
)
def test_a_modifier_or_a_place_that_is_gone_is_understood(written: str, tag: str):
    assert parse_tag(written) == tag


@pytest.mark.parametrize("text", ["und", "UND", " und-CA ", "zxx", "mul", "mis", "root", "mul_NL"])
def test_a_tag_that_names_no_language_is_known_as_one(text: str):
    assert names_no_language(text)
    assert parse_tag(text) is None


@pytest.mark.parametrize("text", ["en", "nl-NL", "mus", "", "de_und"])
def test_any_other_is_not(text: str):
    assert not names_no_language(text)


def test_english_comes_first_and_needs_no_folder(tmp_path: Path):
    for tag in ("nl", "ar", "en_GB"):
        (tmp_path / tag / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "notes").mkdir()

    assert available(tmp_path) == ("en", "en_GB", "ar", "nl")
    assert available(tmp_path / "none") == ("en",)
    assert [is_source(tag) for tag in ("en", "en_GB", "nl", "eno")] == [True, True, False, False]
