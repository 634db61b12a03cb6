"""Good PO files made bad in every way we could think of: each is caught with its line, nothing is printed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import TODAY

from careleaf.authoring.review import review
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.paths import PROGRAM, Root

HANDOUT, TAG = "bone-biopsy", "pl"
FEVER = "Your child has a fever over {fever}."
DAYS = "{count} day after the procedure"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The program's own content with one handout and one language."""
    (tmp_path / "handouts").mkdir()
    shutil.copy(PROGRAM / "handouts" / f"{HANDOUT}.yaml", tmp_path / "handouts")
    shutil.copytree(PROGRAM / "locales" / TAG, tmp_path / "locales" / TAG)
    clinic = (PROGRAM / "clinic.yaml").read_text("utf-8")
    (tmp_path / "clinic.yaml").write_text(re.sub(r"(?m)^logo:.*\n", "", clinic), "utf-8")
    return tmp_path


def po(root: Path, domain: str = HANDOUT) -> Path:
    return root / "locales" / TAG / "LC_MESSAGES" / f"{domain}.po"


def desk(root: Path) -> Desk:
    return Desk.at(Root.at(root), TODAY, use_stencil=False)


def block_of(text: str, msgid: str) -> tuple[str, int]:
    """Return the lines of one message, and the line of its msgid."""
    start = text.index(f'msgid "{msgid}"')
    begin = text.rindex("\n\n", 0, start) + 2
    end = text.find("\n\n", start)
    return text[begin : end if end > 0 else len(text)], text.count("\n", 0, start) + 1


def in_message(msgid: str, change: Callable[[str], str]) -> Callable[[str], tuple[str, int]]:
    """Return a mutation of the translation of one message, and the line that must be named."""

    def mutate(text: str) -> tuple[str, int]:
        block, line = block_of(text, msgid)
        head, strings = block[: block.index("msgstr")], block[block.index("msgstr") :]
        return text.replace(block, head + change(strings)), line

    return mutate


def said(change: Callable[[str], str]) -> Callable[[str], tuple[str, int]]:
    return in_message(
        FEVER, lambda strings: re.sub(r'"(.*)"', lambda m: f'"{change(m[1])}"', strings)
    )


def one_below(mutate: Callable[[str], tuple[str, int]]) -> Callable[[str], tuple[str, int]]:
    """Return a mutation whose fault lies in the line of the msgstr itself."""

    def lower(text: str) -> tuple[str, int]:
        changed, line = mutate(text)
        return changed, line + 1

    return lower


def form(index: int, change: Callable[[str], str]) -> Callable[[str], tuple[str, int]]:
    pattern = rf'(msgstr\[{index}\] )"(.*)"'
    return in_message(
        DAYS, lambda strings: re.sub(pattern, lambda m: f'{m[1]}"{change(m[2])}"', strings)
    )


def flagged(text: str) -> tuple[str, int]:
    block, line = block_of(text, FEVER)
    return text.replace(block, re.sub(r"(?m)^#, ", "#, fuzzy, ", block)), line


def header(field: str, value: str) -> Callable[[str], tuple[str, int]]:
    def mutate(text: str) -> tuple[str, int]:
        line = f'"{field}: {value}' + r'\n"'
        changed = re.sub(rf'(?m)^"{field}: .*"$', lambda _: line, text)
        return changed, changed[: changed.index(line)].count("\n") + 1

    return mutate


def fuzzy_header(text: str) -> tuple[str, int]:
    changed = text.replace('msgid ""', '#, fuzzy\nmsgid ""', 1)
    return changed, changed[: changed.index('msgid ""')].count("\n") + 1


def twice(text: str) -> tuple[str, int]:
    block, _ = block_of(text, FEVER)
    changed = f"{text.rstrip()}\n\n{block}\n"
    return changed, changed.count("\n", 0, changed.rindex(f'msgid "{FEVER}"')) + 1


def open_quote(text: str) -> tuple[str, int]:
    block, line = block_of(text, FEVER)
    changed = text.replace(block, block[:-1])
    return changed, line + 1


def half(text: str) -> tuple[str, int]:
    cut = text[: text.index(FEVER) + 12]
    return cut, cut.count("\n") + 1


MUTATIONS = {
    "a placeholder lost": (said(lambda s: s.replace("{fever}", "")), "{fever} is missing"),
    "a placeholder renamed": (said(lambda s: s.replace("fever", "goraczka")), "{fever} is missing"),
    "a placeholder doubled": (said(lambda s: s + " {fever}"), "{fever} stands 2 times"),
    "a placeholder added": (said(lambda s: s + " {code}"), "{code} is not in the English"),
    "a placeholder in capitals": (said(lambda s: s.replace("fever", "Fever")), "{Fever} is not"),
    "a placeholder with a space": (said(lambda s: s.replace("{fever}", "{ fever }")), "{fever} is m"),
    "a placeholder with a look-alike": (said(lambda s: s.replace("{fe", "{fе")), "no placeholder"),
    "a placeholder in other braces": (said(lambda s: s.replace("{fever}", "｛fever｝")), "missing"),
    "a loose brace": (said(lambda s: s + " {"), '"{" belongs to no placeholder'),
    "a right placeholder beside one in other braces": (
        said(lambda s: s.replace("{fever}", "｛fever｝{fever}")),
        '"｛" belongs to no placeholder',
    ),
    "a minus before a value": (said(lambda s: s.replace("{", "-{")), "touches {fever}"),
    "a letter before a value": (said(lambda s: s.replace("{", "l{")), "touches {fever}"),
    "a unit after a value": (said(lambda s: s.replace("}", "}F")), "touches {fever}"),
    "a hundred before a value": (said(lambda s: s.replace("{", "百{")), "touches {fever}"),
    "a date in one sign": (said(lambda s: s + " ㏣"), 'the digit "㏣"'),
    "a numeral of the radicals": (said(lambda s: s + " ⼗"), 'the digit "⼗"'),
    "a digit": (said(lambda s: s + " 5"), 'the digit "5"'),
    "an Arabic digit": (said(lambda s: s + " ٥"), 'the digit "٥"'),
    "a Devanagari digit": (said(lambda s: s + " ५"), 'the digit "५"'),
    "a fraction": (said(lambda s: s + " ½"), 'the digit "½"'),
    "a superscript": (said(lambda s: s + " ²"), 'the digit "²"'),
    "a number in a circle": (said(lambda s: s + " ①"), 'the digit "①"'),
    "a full-width digit": (said(lambda s: s + " ５"), 'the digit "５"'),
    "a Roman numeral letter": (said(lambda s: s + " Ⅳ"), 'the digit "Ⅳ"'),
    "a mathematical digit": (said(lambda s: s + " 𝟓"), "the digit"),
    "a fuzzy message": (flagged, "fuzzy"),
    "a direction override": (said(lambda s: "\u202e" + s), "U+202E"),
    "a direction embedding": (said(lambda s: "\u202b" + s + "\u202c"), "U+202B"),
    "an isolate": (said(lambda s: "\u2067" + s + "\u2069"), "U+2067"),
    "a direction mark": (said(lambda s: s + "\u200f"), "U+200F"),
    "an Arabic letter mark": (said(lambda s: s + "\u061c"), "U+061C"),
    "a space without width": (said(lambda s: s.replace(" ", " \u200b", 1)), "U+200B"),
    "a joiner": (said(lambda s: s[:3] + "\u200d" + s[3:]), "U+200D"),
    "a byte-order mark inside": (said(lambda s: s[:3] + "\ufeff" + s[3:]), "U+FEFF"),
    "a soft hyphen": (said(lambda s: s[:3] + "\u00ad" + s[3:]), "U+00AD"),
    "a line separator": (said(lambda s: s + "\u2028"), "U+2028"),
    "a tag character": (said(lambda s: s + "\U000e0041"), "U+E0041"),
    "a Hangul filler": (said(lambda s: s + "\u3164"), "U+3164"),
    "a variation selector": (said(lambda s: s + "\ufe0f"), "U+FE0F"),
    "a letter nobody can read": (said(lambda s: s + "\ufffd"), "U+FFFD"),
    "a new line": (said(lambda s: s + r"\n"), "U+000A"),
    "a tab": (said(lambda s: s + r"\t"), "U+0009"),
    "a NUL": (one_below(said(lambda s: s + "\0")), "U+0000"),
    "an escape character": (one_below(said(lambda s: s + "\x1b")), "U+001B"),
    "bold": (said(lambda s: f"<b>{s}</b>"), '"<b>" is markup'),
    "an entity": (said(lambda s: s + "&nbsp;"), "markup"),
    "a script": (said(lambda s: s + "<script>x()</script>"), "markup"),
    "an emoji": (said(lambda s: s + " 🤒"), "no typeface has a glyph"),
    "spaces alone": (said(lambda s: "   "), "is not translated"),
    "nothing": (said(lambda s: ""), "is not translated"),
    "no-break spaces alone": (said(lambda s: "\u00a0\u00a0"), "is not translated"),
    "the same message twice": (twice, "twice"),
    "an escape that means nothing": (one_below(said(lambda s: s + r"\q")), "no character"),
    "an escape of a code": (one_below(said(lambda s: r"\x41" + s)), "no character"),
    "a quote left open": (open_quote, "not a line of a PO file"),
    "half a file": (half, "not a line of a PO file"),
    "a fuzzy header": (fuzzy_header, "the header is marked fuzzy"),
    "another charset in the header": (
        header("Content-Type", "text/plain; charset=ISO-8859-2"),
        "charset=UTF-8",
    ),
    "another language in the header": (header("Language", "cs"), "says Language: cs"),
    "no language in the header": (header("Language", "klingon"), "Language"),
    "too few plural forms": (
        header("Plural-Forms", "nplurals=2; plural=(n != 1);"),
        "2 forms, pl has 3",
    ),
    "another language's plural rule": (
        header("Plural-Forms", "nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);"),
        "not the rule of pl",
    ),
    "the language's own plural forms in another order": (
        header(
            "Plural-Forms",
            "nplurals=3; plural=(n==1 ? 2 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 0);",
        ),
        "not the rule of pl",
    ),
    "a plural rule that divides by nothing": (
        header("Plural-Forms", "nplurals=3; plural=n%(n-n);"),
        "Plural-Forms",
    ),
    "a plural rule with a form that there is not": (
        header("Plural-Forms", "nplurals=3; plural=(n==1 ? 0 : n%7);"),
        "Plural-Forms",
    ),
    "a plural rule that is code": (
        header("Plural-Forms", "nplurals=3; plural=__import__('os');"),
        "Plural-Forms",
    ),
}  # fmt: skip

PLURAL_MUTATIONS = {
    "a placeholder lost in the first form": (0, lambda s: s.replace("{count}", ""), "msgstr[0]"),
    "a placeholder lost in the last form": (2, lambda s: s.replace("{count}", ""), "msgstr[2]"),
    "a placeholder renamed in one form": (1, lambda s: s.replace("count", "licz"), "msgstr[1]"),
    "a placeholder doubled in one form": (1, lambda s: s + " {count}", "2 times in msgstr[1]"),
    "a digit in one form": (0, lambda s: s.replace("{count}", "1"), "{count} is missing"),
    "an override in one form": (2, lambda s: "\u202e" + s, "in msgstr[2]"),
    "an empty form": (1, lambda s: "", "empty in msgstr[1]"),
    "a form of spaces": (1, lambda s: "  ", "empty in msgstr[1]"),
}


def caught(root: Path, path: Path, line: int, expected: str) -> None:
    """Say that the fault is reported at its line, and that no sheet comes of it."""
    name = str(path.relative_to(root))
    problems = [p for p in review(desk(root), (), [TAG], printing=False).problems if p.fails]

    assert [p for p in problems if (p.file, p.line) == (name, line) and expected in p.message], (
        f"{expected!r} at {name}:{line} is not among:\n" + "\n".join(map(str, problems))
    )
    with pytest.raises(HandoutError):
        desk(root).content.any_edition(HANDOUT, TAG, desk(root).form())


@pytest.mark.parametrize("name", MUTATIONS, ids=list(MUTATIONS))
def test_a_message_or_a_file_made_bad_is_caught_and_not_printed(root: Path, name: str):
    mutate, expected = MUTATIONS[name]
    text, line = mutate(po(root).read_text("utf-8"))
    po(root).write_text(text, "utf-8", newline="\n")

    if name == "an emoji":  # only the typefaces know
        problems = review(desk(root), (), [TAG], printing=False).problems
        assert [p for p in problems if p.line == line and expected in p.message and p.fails]
        return
    caught(root, po(root), line, expected)


@pytest.mark.parametrize("name", PLURAL_MUTATIONS, ids=list(PLURAL_MUTATIONS))
def test_one_plural_form_made_bad_is_caught_and_not_printed(root: Path, name: str):
    index, change, expected = PLURAL_MUTATIONS[name]
    text, line = form(index, change)(po(root, "sheet").read_text("utf-8"))
    po(root, "sheet").write_text(text, "utf-8")

    caught(root, po(root, "sheet"), line, expected)


@pytest.mark.parametrize(
    ("msgid", "one", "other"),
    [("{low} to {high}", "low", "high"), ("from {start} to {end}", "start", "end")],
)
def test_the_two_ends_of_a_range_changed_round_are_caught(
    root: Path, msgid: str, one: str, other: str
):
    def swap(strings: str) -> str:
        return strings.replace(one, "\0").replace(other, one).replace("\0", other)

    text, line = in_message(msgid, swap)(po(root, "sheet").read_text("utf-8"))
    po(root, "sheet").write_text(text, "utf-8")

    caught(root, po(root, "sheet"), line, f"{{{other}}} stands before {{{one}}}")


def test_missing_and_extra_placeholders_are_named_each_with_the_plural_form(root: Path):
    text, _ = form(1, lambda s: s.replace("count", "licz"))(po(root, "sheet").read_text("utf-8"))
    po(root, "sheet").write_text(text, "utf-8")

    messages = [p.message for p in review(desk(root), (), [TAG], printing=False).problems]

    assert '{count} is missing in msgstr[1] ("few": 2, 3, 4 ...)' in messages
    assert '{licz} is not in the English in msgstr[1] ("few": 2, 3, 4 ...)' in messages


def test_a_plural_form_too_many_is_caught(root: Path):
    text = po(root, "sheet").read_text("utf-8")
    block, line = block_of(text, DAYS)
    po(root, "sheet").write_text(text.replace(block, f'{block}\nmsgstr[3] "{{count}}"'), "utf-8")

    problems = review(desk(root), (), [TAG], printing=False).problems

    assert [p for p in problems if p.file.endswith("sheet.po") and abs(p.line - line) < 8]


def test_a_plural_form_too_few_is_caught(root: Path):
    text = po(root, "sheet").read_text("utf-8")
    block, line = block_of(text, DAYS)
    po(root, "sheet").write_text(text.replace(block, "\n".join(block.split("\n")[:-1])), "utf-8")

    caught(root, po(root, "sheet"), line, "empty in msgstr[2]")


def test_a_message_whose_plural_was_taken_away_is_caught(root: Path):
    text = po(root, "sheet").read_text("utf-8")
    block, line = block_of(text, DAYS)
    single = (
        re.sub(r"msgid_plural.*\n", "", block).split("msgstr[1]")[0].replace("msgstr[0]", "msgstr")
    )
    po(root, "sheet").write_text(text.replace(block, single.rstrip()), "utf-8")

    caught(root, po(root, "sheet"), line, "msgid_plural")


def test_a_translation_under_another_english_is_missing_from_its_own(root: Path):
    text = po(root).read_text("utf-8")
    po(root).write_text(text.replace(f'msgid "{FEVER}"', 'msgid "Something else."'), "utf-8")

    problems = review(desk(root), (), [TAG], printing=False).problems

    assert [p for p in problems if p.level == "critical" and FEVER[:30] in p.message]
    assert [p for p in problems if "Something else." in p.message and p.rule == "unknown"]


def test_a_translation_pasted_from_another_text_is_caught(root: Path):
    text = po(root).read_text("utf-8")
    other, _ = block_of(text, "Let your child rest when tired.")
    strings = other[other.index("msgstr") :]
    changed, line = in_message("The results are usually ready.", lambda _: strings)(text)
    po(root).write_text(changed, "utf-8")

    caught(root, po(root), line, "quite another English text")


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("iso-8859-2", "is not UTF-8"), ("utf-16", "is not UTF-8"), ("cp1250", "is not UTF-8")],
)
def test_a_file_in_another_encoding_is_caught(root: Path, encoding: str, expected: str):
    text = po(root).read_text("utf-8").replace("·", "")
    po(root).write_bytes(text.encode(encoding, "replace"))

    problems = review(desk(root), (), [TAG], printing=False).problems

    assert [p for p in problems if p.level == "critical" and expected in p.message and p.line > 0]


def test_a_file_in_two_encodings_is_caught_with_its_line(root: Path):
    text = po(root).read_text("utf-8")
    block, _ = block_of(text, FEVER)
    first, last = text.split(block)
    line = text[: text.index("°", len(first))].count("\n") + 1
    po(root).write_bytes(first.encode() + block.encode("iso-8859-2", "replace") + last.encode())

    problems = review(desk(root), (), [TAG], printing=False).problems

    assert [p for p in problems if "is not UTF-8" in p.message and p.line == line]


def test_an_enormous_file_is_refused_unread(root: Path):
    with po(root).open("ab") as file:
        file.write(b"# " + b"x" * 50_000_000)

    caught(root, po(root), 1, "larger than")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda raw: raw.replace(b"\n", b"\r\n"), id="Windows line ends"),
        pytest.param(lambda raw: b"\xef\xbb\xbf" + raw, id="a byte-order mark"),
        pytest.param(lambda raw: raw + b'\n#~ msgid "Old"\n#~ msgstr "Stare"\n', id="obsolete"),
        pytest.param(
            lambda raw: raw + b'\n#~| msgid "Older"\n#~ msgid "Old"\n#~ msgstr "Stare"\n',
            id="obsolete with what it said before",
        ),
        pytest.param(
            lambda raw: raw.replace(
                b'"Language: pl\\n"', b'"Language: pl_PL\\n"\n"X-Generator: Poedit 3.4\\n"'
            ),
            id="saved by Poedit",
        ),
        pytest.param(
            lambda raw: raw.replace(b"charset=utf-8", b"charset=UTF-8"), id="charset in capitals"
        ),
    ],
)
def test_what_editors_do_to_a_good_file_is_fine(root: Path, change: Callable[[bytes], bytes]):
    po(root).write_bytes(change(po(root).read_bytes()))

    report = review(desk(root), (), [TAG], printing=False)

    assert [str(problem) for problem in report.problems] == []


def signs_of_tiers(text: str) -> dict[str, list[str]]:
    """Return the English signs of each tier of the handout, from its own YAML."""
    import yaml

    handout = yaml.safe_load((PROGRAM / "handouts" / f"{HANDOUT}.yaml").read_text("utf-8"))
    calls = [
        block
        for section in handout["sections"]
        for block in section["blocks"]
        if block["type"] == "call"
    ]
    assert len(calls) == 3
    return {
        call["tier"]: [sign if isinstance(sign, str) else sign["text"] for sign in call["signs"]]
        for call in calls
    }


def test_a_sign_with_the_translation_of_one_of_another_tier_is_caught(root: Path):
    text = po(root).read_text("utf-8")
    signs = signs_of_tiers(text)
    other, _ = block_of(text, signs["watch"][0])
    strings = other[other.index("msgstr") :]
    changed, line = in_message(signs["emergency"][0], lambda _: strings)(text)
    po(root).write_text(changed, "utf-8")

    caught(root, po(root), line, "a sign of another urgency")


def test_the_names_of_two_tiers_that_are_alike_are_caught(root: Path):
    text = po(root, "sheet").read_text("utf-8")
    other, _ = block_of(text, "Watch")
    strings = other[other.index("msgstr") :]
    changed, line = in_message("Call now", lambda _: strings)(text)
    po(root, "sheet").write_text(changed, "utf-8")

    caught(root, po(root, "sheet"), line, "a sign of another urgency")
