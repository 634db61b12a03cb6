"""PO files, line by line: what is refused, with its line and code, and what editors write and is fine."""

from __future__ import annotations

import pytest

from careleaf.errors import HandoutError
from careleaf.language import catalogue
from careleaf.language.plurals import (
    PluralRule,
    plural_categories,
    plural_count,
    plural_forms,
    serves,
)

HEADER = (
    'msgid ""\nmsgstr ""\n"Language: nl\\n"\n'
    '"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
    '"X-Generator: Poedit 3.4\\n"\n'
)
REST = '\nmsgctxt "a/b"\nmsgid "Rest."\nmsgstr "Rust."\n'


def read(body: str = REST, header: str = HEADER) -> catalogue.Catalogue:
    return catalogue.parse(header + body, "nl.po", "nl", "a")


def refused(body: str, header: str = HEADER) -> tuple[str, str]:
    """Return the place and the code of what is wrong with a file as a whole."""
    with pytest.raises(HandoutError) as caught:
        read(body, header)
    fault = caught.value
    if fault.code == "several":
        fault = fault.faults[0]  # type: ignore[attr-defined]
    return fault.where, fault.code


def faults(header: str, tag: str = "nl") -> list[tuple[str, str]]:
    found = catalogue.parse(header + REST, "x.po", tag, "a").faults
    return [(fault.where, fault.code.removeprefix("catalogue.")) for fault in found]


def test_a_whole_file_is_its_entries_by_context_and_english():
    found = read(f'{REST}\n#~ msgid "Old."\n#~ msgstr "Oud."\n')

    assert (found.tag, found.domain, found.file, found.faults) == ("nl", "a", "nl.po", ())
    assert {key: entry.strings for key, entry in found.entries.items()} == {
        ("a/b", "Rest."): ("Rust.",)
    }
    assert [entry.strings for entry in found.obsolete.values()] == [("Oud.",)]
    [entry] = found.entries.values()
    assert entry.where == "nl.po:9"


# --- lines ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "line", "code"),
    [
        pytest.param('\nmsgid "A\nmsgstr "B"\n', 8, "line-broken", id="a quote left open"),
        pytest.param('\nmsgid A"\nmsgstr "B"\n', 8, "line-broken", id="a quote never opened"),
        pytest.param('\nmsgid "A" x\nmsgstr "B"\n', 8, "line-broken", id="more behind it"),
        pytest.param('\nmsgidx "A"\nmsgstr "B"\n', 8, "line-broken", id="a word misspelt"),
        pytest.param('\nmsgid"A"\nmsgstr "B"\n', 8, "line-broken", id="no space"),
        pytest.param('\nmsgid "A" "B"\nmsgstr "C"\n', 8, "line-broken", id="two strings"),
        pytest.param("\nwords\n", 8, "line-broken", id="words"),
        pytest.param('\nmsgid "A"\nmsgstr[x] "B"\n', 9, "line-broken", id="a form that is none"),
        pytest.param('\nmsgid "A"\nmsgstr[10] "B"\n', 9, "line-broken", id="a form too far"),
        pytest.param('\nmsgid "A\\"\nmsgstr "B"\n', 8, "line-broken", id="an escaped end"),
        pytest.param('\nmsgid "A"\nmsgstr "\\q"\n', 9, "escape-unknown", id="an escape of nothing"),
        pytest.param('\nmsgid "A"\nmsgstr "\\x41"\n', 9, "escape-unknown", id="a code"),
        pytest.param('\nmsgid "A"\nmsgstr "a\\nb\\u"\n', 9, "escape-unknown", id="after a good one"),
        pytest.param('\nmsgid "A"\nmsgstr ""\n"\\0"\n', 10, "escape-unknown", id="in the next line"),
        pytest.param('\n#~ msgid "\\0"\n#~ msgstr "B"\n', 8, "escape-unknown", id="in an old one"),
    ],
)  # fmt: skip
def test_a_line_that_is_none_is_refused_with_its_number(body: str, line: int, code: str):
    assert refused(body) == (f"nl.po:{line}", f"catalogue.{code}")


@pytest.mark.parametrize("code", [*range(9), *range(11, 13), *range(14, 32), 127])
def test_every_control_character_is_refused(code: int):
    body = f'\nmsgid "A"\nmsgstr "a{chr(code)}b"\n'

    assert refused(body) == ("nl.po:9", "catalogue.control-character")


def test_a_lone_carriage_return_is_refused_and_that_of_windows_is_not():
    assert refused('\nmsgid "A"\nmsgstr "a\rb"\n')[1] == "catalogue.control-character"
    assert read(REST.replace("\n", "\r\n"), HEADER.replace("\n", "\r\n")).entries


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(REST.replace("msgid", "  msgid"), id="spaces before"),
        pytest.param(REST.replace("\n", "  \n"), id="spaces behind"),
        pytest.param(REST.replace('"Rust."', '""\n"Ru"\n"st."'), id="several lines"),
        pytest.param("\n# a note\n#. notes\n#: a.yaml\n#, c-format\n#| msgid \"R\"" + REST, id="comments"),
        pytest.param(f'{REST}\n#~ msgctxt "x"\n#~ msgid ""\n#~ "Old."\n#~ msgstr "Oud."\n', id="old"),
        pytest.param(f'{REST}\n#~| msgid "A"\n#~ msgid "Old."\n#~ msgstr "Oud."\n', id="older"),
    ],
)  # fmt: skip
def test_a_file_as_editors_write_it_is_read(body: str):
    assert read(body).entries["a/b", "Rest."].strings == ("Rust.",)


@pytest.mark.parametrize(
    ("escape", "text"), [("n", "\n"), ("t", "\t"), ("r", "\r"), ('"', '"'), ("\\", "\\")]
)
def test_an_escape_that_po_has_is_its_character(escape: str, text: str):
    entry = read(f'\nmsgid "A"\nmsgstr "a\\{escape}b"\n').entries["", "A"]

    assert entry.strings == (f"a{text}b",)


# --- messages ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "line"),
    [
        pytest.param(REST + REST, 13, id="next to each other"),
        pytest.param(f'{REST}\nmsgid "B"\nmsgstr ""\n{REST}', 16, id="with one between"),
        pytest.param(f"\n{HEADER}", 8, id="the header"),
    ],
)
def test_a_message_that_stands_twice_is_refused_with_the_second_line(body: str, line: int):
    assert refused(body) == (f"nl.po:{line}", "catalogue.message-twice")


def test_two_contexts_make_two_messages():
    found = read(REST + REST.replace("a/b", "a/c").replace("Rust", "Slaap"))

    assert [entry.strings[0] for entry in found.entries.values()] == ["Rust.", "Slaap."]


def test_a_line_that_only_babel_does_not_know_is_refused_with_its_number():
    assert refused('\nmsgid\t"A"\nmsgstr "B"\n') == ("nl.po:8", "catalogue.message-broken")


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(HEADER.replace("nplurals=2", "nplurals=x"), id="forms that are no number"),
        pytest.param(HEADER.replace("n != 1", "n !"), id="a rule that is none"),
        pytest.param(HEADER.replace("n != 1", "n / 0"), id="a rule that divides by nothing"),
        pytest.param(HEADER.replace("n != 1", "5"), id="a rule for a form that there is not"),
    ],
)
def test_a_plural_rule_that_cannot_be_read_is_refused(header: str):
    assert refused(REST, header)[1] in (
        "catalogue.plural-forms-unreadable",
        "catalogue.header-broken",
    )


PLURAL = '\nmsgid "{count} day"\nmsgid_plural "{count} days"\n'


@pytest.mark.parametrize(
    "spare",
    [
        pytest.param('msgstr[2] ""\n', id="one"),
        pytest.param('msgstr[2] ""\nmsgstr[3] ""\n', id="two"),
        pytest.param('msgstr[2]  ""  \n', id="with spaces"),
    ],
)
def test_an_empty_form_past_those_of_the_header_is_left_out(spare: str):
    body = f'{PLURAL}msgstr[0] "{{count}} dag"\nmsgstr[1] "{{count}} dagen"\n{spare}{REST}'

    found = read(body)

    assert found.entries["", "{count} day"].strings == ("{count} dag", "{count} dagen")
    assert found.entries["a/b", "Rest."].where == f"nl.po:{14 + spare.count(chr(10))}"


@pytest.mark.parametrize(
    "spare", ['msgstr[2] "x"\n', 'msgstr[2] ""\n"x"\n'], ids=["in its line", "in the next"]
)
def test_a_form_past_those_of_the_header_with_words_in_it_is_not(spare: str):
    body = f'{PLURAL}msgstr[0] "{{count}} dag"\nmsgstr[1] "{{count}} dagen"\n{spare}'

    with pytest.raises(HandoutError):
        read(body)


def test_an_empty_form_that_the_header_counts_stays():
    body = f'{PLURAL}msgstr[0] "{{count}} dag"\nmsgstr[1] ""\n'

    assert read(body).entries["", "{count} day"].strings == ("{count} dag", "")


# --- the header -------------------------------------------------------------------------------


def test_a_good_header_has_no_fault():
    assert faults(HEADER) == []


def test_a_file_without_a_header_is_told():
    assert faults("") == [("x.po:1", "header-missing")]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (f"#, fuzzy\n{HEADER}", ("x.po:2", "header-fuzzy")),
        (HEADER.replace("UTF-8", "ISO-8859-1"), ("x.po:4", "charset-not-utf8")),
        (HEADER.replace("UTF-8", "UTF-16"), ("x.po:4", "charset-not-utf8")),
        (HEADER.replace("; charset=UTF-8", ""), ("x.po:4", "charset-not-utf8")),
        (HEADER.replace('"Content-Type: text/plain; charset=UTF-8\\n"\n', ""), ("x.po:1", "charset-not-utf8")),
        (HEADER.replace("nplurals=2; plural=(n != 1)", "nplurals=1; plural=0"), ("x.po:5", "plural-forms-wrong")),
        (HEADER.replace("n != 1", "n == 1"), ("x.po:5", "plural-forms-wrong")),
        (HEADER.replace("Language: nl", "Language: de"), ("x.po:3", "language-wrong")),
        (HEADER.replace("Language: nl", "Language: klingon"), ("x.po:3", "language-wrong")),
        (HEADER.replace("Language: nl", "Language: nl_Cyrl"), ("x.po:3", "language-wrong")),
    ],
)  # fmt: skip
def test_a_fault_of_the_header_is_told_at_its_line(header: str, told: tuple[str, str]):
    assert faults(header) == [told]


@pytest.mark.parametrize("charset", ["UTF-8", "utf-8", "utf8", "UTF8"])
def test_utf8_may_be_spelt_as_people_do(charset: str):
    assert faults(HEADER.replace("UTF-8", charset)) == []


@pytest.mark.parametrize(
    ("said", "tag", "is_fine"),
    [
        ("nl_NL", "nl", True),
        ("nl", "nl_BE", True),
        ("nl_NL", "nl_BE", False),
        ("", "nl", True),
        ("nl-NL", "nl_NL", True),
        ("zh_TW", "zh_Hans", False),
        ("zh_CN", "zh_Hans", True),
        ("zh", "zh_Hans", True),
        ("zh", "zh_Hant", False),
        ("sr_Latn", "sr", False),
        ("en", "nl", False),
    ],
)
def test_a_language_belongs_where_its_script_and_place_are(said: str, tag: str, is_fine: bool):
    header = HEADER.replace("Language: nl", f"Language: {said}").replace(
        "nplurals=2; plural=(n != 1);", plural_forms(tag)
    )

    assert faults(header, tag) == ([] if is_fine else [("x.po:3", "language-wrong")])


def test_every_fault_of_a_header_is_told_in_one_go():
    bad = HEADER.replace("UTF-8", "x").replace("Language: nl", "Language: de").replace("!=", "==")

    assert [code for _, code in faults(f"#, fuzzy\n{bad}")] == [
        "header-fuzzy", "charset-not-utf8", "plural-forms-wrong", "language-wrong",
    ]  # fmt: skip


# --- CLDR's plural rules ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("ar", "zero one two few many other"),
        ("cy", "zero one two few many other"),
        ("pl", "one few many"),
        ("uk", "one few many"),
        ("lt", "one few other"),
        ("sl", "one two few other"),
        ("he", "one two other"),
        ("en", "one other"),
        ("fr", "one other"),
        ("lv", "zero one other"),
        ("zh", "other"),
    ],
)
def test_the_forms_of_whole_numbers_come_in_cldrs_order(tag: str, names: str):
    assert plural_categories(tag) == tuple(names.split())
    assert plural_count(tag) == len(names.split())


@pytest.mark.parametrize(
    ("tag", "header"),
    [
        ("en", "nplurals=2; plural=(n != 1);"),
        ("nl", "nplurals=2; plural=(n != 1);"),
        ("fr", "nplurals=2; plural=(n > 1);"),
        ("fa", "nplurals=2; plural=(n > 1);"),
        ("hy", "nplurals=2; plural=(n > 1);"),
        ("tr", "nplurals=2; plural=(n != 1);"),
        ("hu", "nplurals=2; plural=(n != 1);"),
        ("ka", "nplurals=2; plural=(n != 1);"),
        ("sa", "nplurals=1; plural=(0);"),
        ("zh_Hans", "nplurals=1; plural=0;"),
        ("ar", "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
               "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"),
    ],
)  # fmt: skip
def test_a_new_file_gets_the_rule_that_editors_know(tag: str, header: str):
    assert plural_forms(tag) == header


@pytest.mark.parametrize("tag", "ar cy ga mt sl lt lv pl uk ru cs he ro mk is hy".split())
def test_the_rule_of_a_new_file_puts_each_number_where_cldr_does(tag: str):
    from babel import Locale

    count, rule = plural_forms(tag).removeprefix("nplurals=").split("; plural=")
    own = PluralRule.of(int(count), rule.rstrip(";"))
    cldr = Locale.parse(tag).plural_form
    names = plural_categories(tag)

    assert serves(own, tag)
    assert own.count == len(names)
    if tag not in ("mk", "mt", "ro", "sl"):  # what editors write stands in another order
        assert [n for n in range(1, 421) if names[own.pick(n)] != cldr(n)] == []


@pytest.mark.parametrize(
    ("count", "rule"),
    [(1, "1"), (2, "n"), (2, "n == 420 ? 2 : 0"), (3, "n == 0 ? 3 : 0")],
)
def test_a_rule_that_reaches_past_its_forms_is_none(count: int, rule: str):
    with pytest.raises(ValueError, match="that there is not"):
        PluralRule.of(count, rule)


def test_what_no_number_of_ours_reaches_is_not_asked():
    assert PluralRule.of(2, "n > 420 ? 5 : 0").reached == {0}
    assert PluralRule.of(2, "n != 1").examples(0) == (1,)
    assert PluralRule.of(2, "n > 199 ? 1 : 0").examples(1) == (200, 201)


def test_no_message_counts_nothing_so_the_form_of_zero_may_be_any():
    assert serves(PluralRule.of(2, "n > 1"), "nl")
    assert not serves(PluralRule.of(2, "n > 2"), "nl")
    assert not serves(PluralRule.of(2, "n == 420 ? 0 : n != 1"), "nl")


@pytest.mark.parametrize("field", ["PO-Revision-Date", "POT-Creation-Date"])
@pytest.mark.parametrize("said", ["YEAR-MO-DA HO:MI+ZONE", "yesterday", ""])
def test_a_date_of_the_header_that_is_none_is_passed_over(field: str, said: str):
    assert read(REST, f'{HEADER}"{field}: {said}\\n"\n').entries


def test_a_file_of_four_megabytes_is_read_and_a_larger_one_is_not(tmp_path):
    text = HEADER + REST + "#"
    path = tmp_path / "nl.po"
    path.write_text(text + "x" * (4 * 2**20 - len(text)))
    assert path.stat().st_size == 4 * 2**20

    assert catalogue.load(path, "nl.po", "nl", "a").entries
    with path.open("a") as file:
        file.write("x")
    with pytest.raises(HandoutError) as caught:
        catalogue.load(path, "nl.po", "nl", "a")
    assert caught.value.where.startswith("nl.po")
