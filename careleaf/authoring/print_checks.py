"""Checks of the printed sheet: does all of it fit, show, and come back out of the PDF?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from careleaf.content.handout import Handout
from careleaf.content.walk import texts
from careleaf.desk.desk import Desk
from careleaf.errors import Faults, HandoutError
from careleaf.language import cldr
from careleaf.language.rules import Finding, Rule, rule
from careleaf.model import Form
from careleaf.pdf.press import Rendered
from careleaf.sheet import personalize, typed
from careleaf.sheet.compose import compose
from careleaf.sheet.edition import Edition
from careleaf.sheet.fit import Density
from careleaf.text import Text, comparable

SLACK_PX = 1.0  # the renderer rounds


@dataclass(frozen=True, slots=True, eq=False)
class PrintedSheet:
    """An edition, how closely it is set, and the pages it became."""

    edition: Edition
    density: Density
    rendered: Rendered


def printed(desk: Desk, handout: str, tag: str, form: Form) -> PrintedSheet:
    """Return a handout on paper with an invented child's values; drafts too.

    Raises HandoutError, Faults or PressError.
    """
    return pressed(desk, desk.content.any_edition(handout, tag, form))


def pressed(desk: Desk, edition: Edition, density: Density | None = None) -> PrintedSheet:
    """Return an edition on paper with an invented child's values. Raises PressError.

    A `density` that is known to be right spares the trials.
    """
    region = desk.content.clinic.region
    slots = personalize.slots(edition.whens, edition.first.tag, region, typed.sample())
    density = density or desk.density_of(edition, values=slots)
    html = compose(
        edition,
        {} if edition.form.blank else slots,
        templates=desk.content.root.templates,
        density=density,
    )
    return PrintedSheet(edition, density, desk.press.render(html, dated=edition.handout.reviewed))


@rule("error")
def pages(sheet: PrintedSheet) -> Iterator[Finding]:
    """The sheet has more pages than its `pages:` allows.

    Large print may have as many as it needs.
    """
    most, have = sheet.edition.handout.pages, sheet.rendered.pressed.pages
    if have > most and not sheet.edition.form.large_print:
        yield Finding(
            f"the sheet has {have} pages, {most} is the most", "say less, or raise `pages:`"
        )


@rule("error")
def overflow(sheet: PrintedSheet) -> Iterator[Finding]:
    """Text runs out of its box or off the page.

    Most often a long word without a place to break it: choose another, or write it as two.
    """
    for text in sheet.rendered.texts():
        left, top, width, height = text.area
        outside = (
            left < text.block_left - SLACK_PX
            or left + width > text.block_right + SLACK_PX
            or top + height > sheet.rendered.pages[text.page].height + SLACK_PX
        )
        if outside:
            yield Finding(
                f'page {text.page + 1}: "{text.text.strip()[:40]}" does not fit', "shorten it"
            )


@rule("error")
def read_back(sheet: PrintedSheet) -> Iterator[Finding]:
    """A text does not come back out of the PDF.

    Whoever copies it, searches it or has it read aloud would miss it. Each word is looked for, as
    programs do not agree which column comes first; in scripts that run right to left the letters
    are counted. What a picture shows is told by its tag, in the first language of the sheet.
    """
    pdf = sheet.rendered.pressed.pdf
    got = comparable(read(pdf) + told(pdf))
    sides = [side for side in (sheet.edition.first, sheet.edition.second) if side is not None]
    for side in sides:
        pictures = () if side is sheet.edition.first else _pictures(side.handout)
        wanted = [text.plain for _, text, _ in texts(side.handout) if text not in pictures]
        if cldr.direction(side.tag) == "rtl":
            lost = Counter(comparable("".join(wanted))) - Counter(got)
            missing = [f"{times} times {char}" for char, times in lost.items()]
        else:
            missing = [text for text in wanted if not _is_in(text, got)]
        for text in missing:
            yield Finding(f'"{text[:60]}" does not come back out of the PDF', "is it covered?")


RULES: tuple[Rule[PrintedSheet, Finding], ...] = (pages, overflow, read_back)


def read(pdf: bytes) -> str:
    """Return the text of a PDF as a reader program gets it."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def told(pdf: bytes) -> str:
    """Return what the tags of a PDF tell in place of its pictures."""
    import pikepdf

    with pikepdf.open(BytesIO(pdf)) as document:
        tags = (thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary))
        return "\n".join(str(tag["/Alt"]) for tag in tags if "/Alt" in tag)


def _pictures(handout: Handout) -> tuple[Text, ...]:
    return tuple(
        text for block in handout.blocks for loc, text, _ in texts(block) if loc[0] in block.spoken
    )


def _is_in(text: str, got: str) -> bool:
    return comparable(text) in got or all(comparable(word) in got for word in text.split())


def findings(desk: Desk, handout: str, tag: str, form: Form) -> Iterator[tuple[str, Finding]]:
    """Yield what is wrong with the printed sheet: the rule's name and the finding."""
    try:
        sheet = printed(desk, handout, tag, form)
    except Faults as several:
        for fault in several.faults:
            yield "print", Finding(f"cannot be printed: {fault.message}", fault.hint)
        return
    except HandoutError as fault:
        yield "print", Finding(f"cannot be printed: {fault.message}", fault.hint)
        return
    for check in RULES:
        for finding in check(sheet):
            yield check.name, finding
