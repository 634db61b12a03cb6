"""A request as people type it to an order that can be made, or every fault of it at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from careleaf.child import VALUES, ChildValue
from careleaf.desk.content import Content
from careleaf.errors import HandoutError, each, nearest, raise_all
from careleaf.model import SIZES, Blank, Form, Order, Patient, Request, Size
from careleaf.sheet import faces
from careleaf.sheet.typed import cleaned, code_point

T = TypeVar("T")

YES = frozenset(("1", "yes", "y", "true", "x"))
NO = frozenset(("", "0", "no", "n", "false"))

# CLDR supplemental data, paperSize: the territories that print on US Letter.
_LETTER = frozenset(
    ["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"]
)


def read_order(content: Content, request: Request) -> Order:
    """Return the order that a request is for. Raises HandoutError or Faults (all at once).

    No message holds what was typed of a child.
    """
    faults = _Faults()
    paper = _read_blank(content, request, faults)
    patient = _read_child(content, request, faults)
    raise_all(faults.found)
    return Order(patient, paper.handout, paper.locale, paper.form)


def read_blank(content: Content, request: Request) -> Blank:
    """Return the sheet without a child that a request is for; its child is not looked at.

    Raises as `read_order`.
    """
    faults = _Faults()
    blank = _read_blank(content, request, faults)
    raise_all(faults.found)
    return blank


def standard_form(content: Content) -> Form:
    """Return the form of a sheet where nothing is wished for: the clinic's paper, or its region's."""
    return Form(_size(content, ""))


def read_yes_no(text: str) -> bool:
    """Return what a word says. Raises HandoutError for one that says neither yes nor no."""
    word = text.strip().lower()
    if word in YES or word in NO:
        return word in YES
    raise HandoutError(
        "large_print is neither yes nor no", "", "write yes, no, or nothing", "yes-no.unclear"
    )


class _Faults:
    """The faults of a request, each at the option that it is of."""

    def __init__(self) -> None:
        self.found: list[HandoutError] = []

    def take(self, place: str, read: Callable[[], T], otherwise: T) -> T:
        """Return what `read` returns; on a fault note it, and return `otherwise`."""
        try:
            return read()
        except HandoutError as fault:
            found = each(fault)
            self.found += found if len(found) > 1 else [found[0].at(place)]
        return otherwise


def _read_child(content: Content, request: Request, faults: _Faults) -> Patient:
    nothing: str | date = ""

    def taken(value: ChildValue) -> str | date:
        def read() -> str | date:
            return _printable(value, cleaned(value, request.child[value.key], content.here))

        return faults.take(f"--{value.key}", read, nothing)

    return Patient({value.key: taken(value) for value in VALUES})


def _read_blank(content: Content, request: Request, faults: _Faults) -> Blank:
    if not request.locale.strip():
        content.locale("")  # a fault in clinic.yaml is the clinic's, not the request's
    _ = content.facts
    handout = faults.take("HANDOUT", lambda: _known(content, request.handout), "")
    tag = faults.take("--locale", lambda: content.locale(request.locale), "en")
    size = faults.take("--size", lambda: _size(content, request.size), SIZES[0])
    beside = faults.take("--with", lambda: _second(content, request.second, tag), "")
    is_large = faults.take("--large-print", lambda: read_yes_no(request.large_print), False)
    return Blank(handout, tag, Form(size, is_large, beside))


def _size(content: Content, text: str) -> Size:
    wish = text.strip().lower() or content.facts.paper or _regional_paper(content)
    for size in SIZES:
        if wish == size:
            return size
    raise HandoutError("the size is not known", "", f"known: {', '.join(SIZES)}", "size.unknown")


def _regional_paper(content: Content) -> Size:
    return "letter" if content.facts.region in _LETTER else "a4"


def _known(content: Content, handout: str) -> str:
    if handout in content.handouts:
        return handout
    shown = handout if len(handout) <= 60 and handout.isprintable() else "this"
    raise HandoutError(
        f'there is no handout "{shown}"',
        "",
        nearest(shown, content.handouts),
        "handout.unknown" if handout else "handout.missing",
    )


def _second(content: Content, text: str, first: str) -> str:
    if not text.strip():
        return ""
    try:
        tag = content.locale(text)
    except HandoutError as fault:
        raise HandoutError(fault.message, "", fault.hint, "with.unknown") from None
    if tag == first:
        raise HandoutError(
            f"the sheet is in {tag} already",
            "",
            "name another language, or none",
            "with.same-language",
        )
    return tag


def _printable(value: ChildValue, clean: str | date) -> str | date:
    """Return a clean value as it is. Raises HandoutError for words with a letter that no face has."""
    missing = faces.uncovered(clean) if isinstance(clean, str) and value.kind == "words" else ""
    if missing:
        raise HandoutError(
            f"the {value.said} has a character that no face can print ({code_point(missing[0])})",
            "",
            f"write the {value.said} in letters",
            f"{value.key}.cannot-print",
        )
    return clean
