"""Plural rules as editors and translation services write them, and those of another language."""

from __future__ import annotations

import pytest

from careleaf.language import catalogue
from careleaf.language.plurals import PluralRule, plural_forms, serves

MILLIONS = "(n == 1) ? 0 : ((n != 0 && n % 1000000 == 0) ? 1 : 2)"
FRENCH = "(n == 0 || n == 1) ? 0 : ((n != 0 && n % 1000000 == 0) ? 1 : 2)"
SLAVIC = "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2"

# From CLDR by way of Transifex, Weblate's defaults for a language, gettext's manual, Poedit.
IN_USE = [
    *(pytest.param(tag, 3, MILLIONS, id=f"{tag} millions") for tag in ("es", "it", "ca", "pt_PT")),
    *(pytest.param(tag, 3, FRENCH, id=f"{tag} millions") for tag in ("fr", "fr_CA", "pt", "pt_BR")),
    *(pytest.param(tag, 3, MILLIONS, id=f"{tag} default") for tag in ("lld", "scn", "vec")),
    *(pytest.param(tag, 2, "n != 1", id=f"{tag} default") for tag in ("es", "it", "pt_PT", "fi")),
    *(pytest.param(tag, 2, "n > 1", id=f"{tag} default") for tag in ("fr", "pt_BR", "tr", "fil")),
    *(pytest.param(tag, 1, "0", id=f"{tag} default") for tag in ("zh_Hans", "ja", "vi", "th")),
    pytest.param("zh_Hans", 2, "n != 1", id="a form too many, both the same class"),
    pytest.param("he", 4, "n==1 ? 0 : n==2 ? 1 : n>10 && n%10==0 ? 2 : 3", id="he with tens"),
    pytest.param(
        "br", 5,
        "n%10==1 && n%100!=11 && n%100!=71 && n%100!=91 ? 0 : n%10==2 && n%100!=12 && n%100!=72"
        " && n%100!=92 ? 1 : (n%10==3 || n%10==4 || n%10==9) && (n%100<10 || n%100>19) &&"
        " (n%100<70 || n%100>79) && (n%100<90 || n%100>99) ? 2 : n!=0 && n%1000000==0 ? 3 : 4",
        id="br with millions",
    ),
    pytest.param("cv", 3, "n == 0 ? 0 : n == 1 ? 1 : 2", id="cv has no rule in CLDR"),
    pytest.param("sa", 3, "n==1 ? 0 : n==2 ? 1 : 2", id="sa has no rule in CLDR"),
    pytest.param("mk", 2, "n==1 || n%10==1 ? 0 : 1", id="mk default"),
    pytest.param(
        "mt", 4, "n==1 ? 0 : n==0 || (n%100>1 && n%100<11) ? 1 : (n%100>10 && n%100<20) ? 2 : 3",
        id="mt default",
    ),
    pytest.param("ro_MD", 3, "n == 1 ? 0 : n == 0 || n%100>=2 && n%100<=19 ? 1 : 2", id="ro_MD"),
    pytest.param("uk", 3, SLAVIC, id="uk default"),
    pytest.param(
        "uk", 4,
        "n%1==0 && n%10==1 && n%100!=11 ? 0 : n%1==0 && n%10>=2 && n%10<=4 && (n%100<12 ||"
        " n%100>14) ? 1 : n%1==0 && (n%10==0 || n%10>=5 && n%10<=9 || n%100>=11 && n%100<=14) ? 2 : 3",
        id="uk with fractions",
    ),
    pytest.param(
        "pl", 4,
        "n==1 ? 0 : (n%10>=2 && n%10<=4) && (n%100<12 || n%100>14) ? 1 : n!=1 && (n%10>=0 &&"
        " n%10<=1) || (n%10>=5 && n%10<=9) || (n%100>=12 && n%100<=14) ? 2 : 3",
        id="pl with fractions",
    ),
    pytest.param("sl", 4, "n%100==1 ? 1 : n%100==2 ? 2 : n%100==3 || n%100==4 ? 3 : 0", id="old sl"),
    pytest.param("lv", 3, "n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2", id="gettext's lv"),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "count", "rule"), IN_USE)
def test_a_rule_that_editors_write_serves_its_language(tag: str, count: int, rule: str):
    assert serves(PluralRule.of(count, rule), tag)


@pytest.mark.parametrize(
    ("tag", "count", "rule"),
    [
        pytest.param("pl", 2, "n != 1", id="two forms for three"),
        pytest.param("es", 2, "n == 1 ? 1 : 0", id="the two forms exchanged"),
        pytest.param("es", 3, "n == 1 ? 2 : n % 1000000 == 0 ? 1 : 0", id="three, from behind"),
        pytest.param("uk", 3, "n==1 ? 0 : n==2 ? 1 : 2", id="another language's"),
        pytest.param("ar", 2, "n != 1", id="two forms for six"),
        pytest.param("en", 1, "0", id="one form for two"),
        pytest.param("fr", 2, "n > 2", id="two is no one"),
    ],
)
def test_a_rule_that_mixes_classes_or_their_order_does_not(tag: str, count: int, rule: str):
    assert not serves(PluralRule.of(count, rule), tag)


@pytest.mark.parametrize("rule", ["n / 0", "n % (n - n)", "n", "__import__('os')", "-1"])
def test_a_rule_that_is_none_is_refused(rule: str):
    with pytest.raises(ValueError, match=r".*"):
        PluralRule.of(2, rule)


@pytest.mark.parametrize("tag", "ar cy de en es fr ga he it lt lv mk mt pl ro sl tr uk zh".split())
def test_the_rule_of_a_new_file_serves_its_language(tag: str):
    count, rule = plural_forms(tag).removeprefix("nplurals=").split("; plural=")

    assert serves(PluralRule.of(int(count), rule.rstrip(";")), tag)


def a_po(tag: str, header: str, *forms: str) -> catalogue.Catalogue:
    strings = "\n".join(f'msgstr[{index}] "{form}"' for index, form in enumerate(forms))
    return catalogue.parse(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        f'"Language: {tag}\\n"\n"Plural-Forms: {header}\\n"\n\n'
        'msgctxt "sheet/days"\nmsgid "{count} day"\nmsgid_plural "{count} days"\n'
        f'{strings}\n\nmsgctxt "sheet/next"\nmsgid "Next"\nmsgstr "x"\n',
        f"{tag}.po",
        tag,
        "sheet",
    )


def test_an_empty_second_form_of_a_language_with_one_is_left_out():
    found = a_po("zh_Hans", "nplurals=1; plural=0;", "{count}天", "")

    assert found.faults == ()
    assert found.entries["sheet/days", "{count} day"].strings == ("{count}天",)
    assert found.entries["sheet/next", "Next"].line == 14


def test_a_form_for_millions_may_stay_empty():
    entry = a_po(
        "es", f"nplurals=3; plural={MILLIONS};", "{count} día", "", "{count} días"
    ).entries["sheet/days", "{count} day"]

    assert not entry.missing
    assert [entry.form(count) for count in (1, 2, 420)] == ["{count} día", *["{count} días"] * 2]


def test_a_form_that_is_printed_may_not():
    entry = a_po("es", f"nplurals=3; plural={MILLIONS};", "{count} día", "{count} de", "").entries[
        "sheet/days", "{count} day"
    ]

    assert entry.missing
