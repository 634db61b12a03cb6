"""A request as people type it to an order that can be made, or every fault of it at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from careleaf.desk.content import Content
from careleaf.errors import Faults, HandoutError, nearest, raise_all
from careleaf.model import SIZES, Form, Order, Patient, Size
from careleaf.sheet import faces, personalize

T = TypeVar("T")

# CLDR supplemental data, paperSize: the territories that print on US Letter.
_LETTER = frozenset(
    ["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"]
)


def read_form(
    content: Content,
    size: str = "",
    *,
    large_print: bool = False,
    second: str = "",
    blank: bool = False,
) -> Form:
    """Return a form; an empty size is the clinic's paper, or its region's. Raises HandoutError."""
    beside = content.locale(second) if second.strip() else ""
    return Form(_size(content, size), large_print, beside, blank)


def read_order(
    content: Content,
    *,
    name: str,
    date: str,
    handout: str,
    locale: str = "",
    id: str = "",
    size: str = "",
    large_print: bool = False,
    second: str = "",
) -> Order:
    """Return an order from text as people type it. Raises HandoutError or Faults (all at once).

    No message holds the name or the date.
    """
    faults: list[HandoutError] = []
    if not locale.strip():
        content.locale("")  # a fault in clinic.yaml is the clinic's, not the request's
    _ = content.facts

    def take(place: str, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except Faults as several:
            faults.extend(several.faults)
        except HandoutError as fault:
            faults.append(HandoutError(fault.message, place, fault.hint))
        return otherwise

    patient = Patient(
        take("--name", lambda: personalize.clean_name(name), ""),
        take("--date", lambda: personalize.parse_date(date, content.today), content.today),
        take("--id", lambda: personalize.clean_id(id), ""),
    )
    known = take("HANDOUT", lambda: _known(content, handout), handout)
    tag = take("--locale", lambda: content.locale(locale), "en")
    paper = take("--size", lambda: _size(content, size), SIZES[0])
    beside = take("--with", lambda: _second(content, second, tag), "")
    take("--name", lambda: _printable(patient.name), None)
    raise_all(faults)
    return Order(patient, known, tag, Form(paper, large_print, beside))


def _size(content: Content, text: str) -> Size:
    wish = text.strip().lower() or content.facts.paper or _regional_paper(content)
    for size in SIZES:
        if wish == size:
            return size
    raise HandoutError("the size is not known", "--size", f"known: {', '.join(SIZES)}")


def _regional_paper(content: Content) -> Size:
    return "letter" if content.facts.region in _LETTER else "a4"


def _known(content: Content, handout: str) -> str:
    if handout in content.handouts:
        return handout
    shown = handout if len(handout) <= 60 and handout.isprintable() else "this"
    raise HandoutError(f'there is no handout "{shown}"', "", nearest(shown, content.handouts))


def _second(content: Content, text: str, first: str) -> str:
    if not text.strip():
        return ""
    tag = content.locale(text)
    if tag == first:
        raise HandoutError(f"the sheet is in {tag} already", "", "name another language, or none")
    return tag


def _printable(name: str) -> None:
    missing = faces.uncovered(name)
    if missing:
        raise HandoutError(
            f"the name has a character that no face can print (U+{ord(missing[0]):04X})",
            hint="write the name in letters",
        )
