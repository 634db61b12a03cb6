"""Checks of a handout: is it built as families can use it? (PEMAT-P, the CDC's Clear Communication Index.)"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from careleaf.checks import facts, grade
from careleaf.checks.subject import AtPlace, HandoutSubject
from careleaf.content.blocks import BLOCKS, TIERS, Block, CallBlock, block_type
from careleaf.content.handout import Handout
from careleaf.content.walk import texts
from careleaf.content.yamlfile import Loc
from careleaf.language.rules import Finding, Rule, rule

MOST_ITEMS = 7
OLD_MONTHS, TOO_OLD_MONTHS = 12, 24

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "home-care": ("why", "home", "medicines", "warning-signs", "contacts"),
    "procedure": (
        *("why", "before", "during", "after", "results"),
        *("home", "medicines", "warning-signs", "contacts"),
    ),
}


@rule("error")
def key_first(sheet: HandoutSubject) -> Iterator[AtPlace]:
    """The sheet does not begin with its key message.

    The first block is `type: key` and says in one or two sentences what this is and the one
    thing to remember (CDC index 1-3, PEMAT 1 and 11).
    """
    first = sheet.handout.sections[0].blocks[0]
    where: Loc = ("sections", 0, "blocks", 0)
    if first.key_message is None:
        yield where, Finding("the first block is not the key message", "begin with `type: key`")
    elif len(re.findall(r"[.!?](?=\s|$)", str(first.key_message))) > 2:
        yield (
            (*where, "text"),
            Finding("the key message has more than two sentences", "say less, or say it later"),
        )


@rule("error")
def sections(sheet: HandoutSubject) -> Iterator[AtPlace]:
    """A section that families need is missing.

    Every handout says why, what to do at home, medicines, warning signs and who to call; that of
    a procedure also before, during, after and results (the SHM's discharge template). A section
    is known by its `id`.
    """
    have = [section.id for section in sheet.handout.sections]
    for wanted in SECTIONS[sheet.handout.kind]:
        if wanted not in have:
            yield (
                ("sections",),
                Finding(
                    f'there is no section "{wanted}"',
                    f"add one with `id: {wanted}` (kind {sheet.handout.kind})",
                ),
            )


@rule("error")
def code_taken(sheet: HandoutSubject) -> Iterator[AtPlace]:
    """Another handout has the same `code`.

    A family that looks the code up would find the wrong sheet.
    """
    for other in sheet.others:
        if other.code.casefold() == sheet.handout.code.casefold():
            yield (
                ("code",),
                Finding(f'"{other.id}" has the code {other.code} too', "give each its own"),
            )


@rule("error")
def tiers(sheet: HandoutSubject) -> Iterator[AtPlace]:
    """The warning signs are not in three steps, the most urgent first.

    `type: call` blocks with the tiers emergency, now, watch, in this order: what to do first,
    then the signs.
    """
    found = [
        (block.tier, loc) for loc, block in _blocks(sheet.handout) if isinstance(block, CallBlock)
    ]
    have = [tier for tier, _ in found]
    for tier in TIERS:
        if tier not in have:
            place = found[0][1] if found else ("sections",)
            yield place, Finding(f'no warning signs have the tier "{tier}"', "add a `type: call`")
    order = [TIERS.index(tier) for tier in have]
    for (tier, place), here, before in zip(found[1:], order[1:], order, strict=False):
        if here < before:
            yield (
                place,
                Finding(f'the tier "{tier}" comes too late', "the most urgent stands first"),
            )


@rule("error")
def long_list(sheet: HandoutSubject) -> Iterator[AtPlace]:
    """A list has more than seven lines.

    Nobody remembers more (CDC index 8). Make two lists with an introduction each, or two sections.
    """
    for loc, block in _blocks(sheet.handout):
        count = len(block.lines_of_list)
        if count > MOST_ITEMS:
            yield (
                loc,
                Finding(f"the list has {count} lines, {MOST_ITEMS} is the most", "divide it"),
            )


_NUMBER = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|a few)"
_UNIT = r"(?:hour|day|night|week|fortnight|month)s?"
_SUM = re.compile(
    rf"\b(?:(?:after|in|within)\s+{_NUMBER}\s+{_UNIT}|{_NUMBER}\s+{_UNIT}\s+(?:after|later|from now)"
    rf"|(?:the\s+)?(?:next|following)\s+{_UNIT}|the\s+day\s+after|tomorrow)\b",
    re.IGNORECASE,
)


@rule("error")
def arithmetic(sheet: HandoutSubject) -> Iterator[AtPlace]:
    """A line of the timeline leaves the reader to count days.

    The sheet prints the date itself; the text says only what to do then ("Take the bandages off",
    not "Take the bandages off after one day"; PEMAT 7, CDC index 17).
    """
    for index, milestone in enumerate(sheet.handout.timeline):
        found = _SUM.search(str(milestone.text))
        if found:
            yield (
                ("timeline", index, "text"),
                Finding(f'"{found.group()}" is said by the date already', "say only what to do"),
            )


@rule("warning")
def counted_time(sheet: HandoutSubject) -> Iterator[AtPlace]:
    """A sentence leaves the reader to count days.

    What happens on a day of its own belongs into `timeline:`, which prints the date.
    """
    for loc, text, _ in texts(sheet.handout):
        found = _SUM.search(str(text)) if loc[0] == "sections" else None
        if found:
            yield loc, Finding(f'"{found.group()}" leaves a sum to the reader', "use the timeline")


@rule("error")
def tool(sheet: HandoutSubject) -> Iterator[AtPlace]:
    """The sheet has nothing to act with.

    Boxes to tick, a table of medicines, phone numbers, a question to answer: at least one
    (PEMAT 23).
    """
    if not any(block.tool for block in sheet.handout.blocks):
        kinds = tuple(block_type(block) for block in BLOCKS if block.tool)
        yield ("sections",), Finding("there is nothing to act with", _offer(kinds))


@rule("warning")
def tools(sheet: HandoutSubject) -> Iterator[AtPlace]:
    """A tool that helps families to act is not used: boxes, medicines, phones, teach-back."""
    have = {type(block) for block in sheet.handout.blocks}
    for block in BLOCKS:
        if block.tool_of_every_sheet and block not in have:
            yield (
                ("sections",),
                Finding(
                    f"the sheet has not got {block.tool}", f"add a `type: {block_type(block)}`"
                ),
            )


@rule("error")
def too_old(sheet: HandoutSubject) -> Iterator[AtPlace]:
    """Nobody has reviewed the handout for two years, or its own `review_by` has passed."""
    handout = sheet.handout
    cure = "have it reviewed, and write the new date"
    if _months(handout.reviewed, sheet.today) >= TOO_OLD_MONTHS:
        yield ("reviewed",), Finding(f"last reviewed over {TOO_OLD_MONTHS} months ago", cure)
    if handout.review_by is not None and handout.review_by < sheet.today:
        yield ("review_by",), Finding("the day to review it by has passed", cure)


@rule("warning")
def old(sheet: HandoutSubject) -> Iterator[AtPlace]:
    """Nobody has reviewed the handout for a year, or its date lies in the future."""
    months = _months(sheet.handout.reviewed, sheet.today)
    if OLD_MONTHS <= months < TOO_OLD_MONTHS:
        yield (
            ("reviewed",),
            Finding(f"last reviewed over {OLD_MONTHS} months ago", "review it soon"),
        )
    if sheet.handout.reviewed > sheet.today:
        yield ("reviewed",), Finding("this day has not come yet", "check the year")


@rule("warning")
def reading_grade(sheet: HandoutSubject) -> Iterator[AtPlace]:
    """The English asks for more than six years at school, or a section for more than eight.

    Flesch-Kincaid, as docs/writing.md tells. Shorter sentences and plainer words bring it down.
    """
    reading = grade.reading(sheet.english, "en")
    if reading is None:
        return
    if reading.overall > grade.MOST_OVERALL:
        yield ((), Finding(f"the reading grade is {reading.overall}", "grade 6 or lower is wanted"))
    for index, section in enumerate(sheet.handout.sections):
        figure = reading.sections.get(section.id, 0)
        if figure > grade.MOST_SECTION:
            yield (
                ("sections", index),
                Finding(f"the reading grade of this section is {figure}", "8 is the most"),
            )


RULES: tuple[Rule[HandoutSubject, AtPlace], ...] = (
    key_first,
    sections,
    code_taken,
    tiers,
    long_list,
    arithmetic,
    counted_time,
    tool,
    tools,
    too_old,
    old,
    reading_grade,
    *facts.RULES,
)


def _blocks(handout: Handout) -> Iterator[tuple[Loc, Block]]:
    for s, section in enumerate(handout.sections):
        for b, block in enumerate(section.blocks):
            yield ("sections", s, "blocks", b), block


def _offer(kinds: tuple[str, ...]) -> str:
    return "add one of: " + ", ".join(f"`type: {kind}`" for kind in kinds)


def _months(start: date, end: date) -> int:
    """Return the whole months from one day to another."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
