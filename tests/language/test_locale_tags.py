"""Locale tags in every spelling, the deprecated ones too; and where each looks for its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from careleaf.language.locale_tags import chain, nearest_folder, parse_tag


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
