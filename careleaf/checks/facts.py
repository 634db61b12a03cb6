"""Checks of a handout's facts: amounts that look like a slip, and data written into a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from careleaf.checks.subject import AtPlace, HandoutSubject
from careleaf.content.walk import texts
from careleaf.language.rules import Finding, Rule, rule

# What a sheet for families says in each unit. These are no clinical limits: they are wide enough
# for what is meant, and narrow enough to see a slip (a lost point, a unit in place of another).
USUAL: Mapping[str, tuple[str, str]] = {
    "second": ("1", "120"),
    "minute": ("1", "180"),
    "hour": ("0.5", "96"),
    "day": ("0.5", "90"),
    "week": ("0.5", "52"),
    "month": ("0.5", "24"),
    "year": ("0.5", "25"),
    "celsius": ("34", "43"),
    "fahrenheit": ("93", "110"),
    "millimetre": ("0.1", "200"),
    "centimetre": ("0.1", "200"),
    "metre": ("0.1", "1000"),
    "inch": ("0.05", "80"),
    "microgram": ("0.1", "1000"),
    "milligram": ("0.1", "2000"),
    "gram": ("0.1", "1000"),
    "kilogram": ("0.1", "200"),
    "millilitre": ("0.1", "1000"),
    "litre": ("0.1", "10"),
    "percent": ("0.1", "100"),
}

# Medicines that discharge sheets name, under the names on boxes in several countries.
MEDICINES = (
    *("acetaminophen", "paracetamol", "ibuprofen", "aspirin", "naproxen", "diclofenac"),
    *("codeine", "morphine", "oxycodone", "hydromorphone", "tramadol", "fentanyl", "ketamine"),
    *("amoxicillin", "penicillin", "cephalexin", "ondansetron", "dexamethasone", "prednisone"),
    *("heparin", "warfarin", "enoxaparin", "lidocaine", "midazolam", "propofol"),
    *("tylenol", "advil", "motrin", "panadol", "calpol", "nurofen", "aleve", "emla"),
)

_WEB = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]{2,}(?:\.[\w-]{2,})*\.[a-z]{2,}\b|\S+@\S+")
_STREET = re.compile(
    r"\b(?:[A-Z][\w'’-]*\s+){1,3}"
    r"(?:Street|Road|Rd|Avenue|Ave|Lane|Boulevard|Blvd|Drive|Crescent|Highway|Plaza)\b|\bP\.?O\.? Box\b"
)


@rule("error")
def unusual_amount(subject: HandoutSubject) -> Iterator[AtPlace]:
    """An amount is rare for its unit: 385 °C, 38.5 °F, 3000 minutes.

    Most often a point was lost, or one unit was taken for another. If the amount is meant, say so
    beside it: `unusual: true`.
    """
    for name, quantity in subject.handout.quantities.items():
        ends = _spelt(quantity.unit or "")
        if ends is None or quantity.unusual:
            continue
        least, most = map(Decimal, ends)
        amounts = (quantity.value, quantity.low, quantity.high)
        if any(amount is not None and not least <= amount <= most for amount in amounts):
            yield (
                ("quantities", name),
                Finding(
                    f'is "{name}" meant? In {quantity.unit} sheets have {least} to {most}',
                    "mend it, or write `unusual: true` beside it",
                ),
            )


def _spelt(unit: str) -> tuple[str, str] | None:
    """Return the usual ends of a unit, in British or American spelling."""
    return USUAL.get(unit) or USUAL.get(re.sub(r"(met|lit)er$", r"\1re", unit))


@rule("warning")
def medicine_in_text(subject: HandoutSubject) -> Iterator[AtPlace]:
    """The name of a medicine stands in a sentence.

    It is another one on the box in another country. Give it a name under `medicines:` in
    clinic.yaml, and write that in braces.
    """
    for loc, text, _ in texts(subject.handout):
        found = _medicines(subject).search(str(text))
        if found:
            yield (
                loc,
                Finding(
                    f'"{found.group()}" looks like a medicine',
                    "name it under `medicines:` in clinic.yaml, and write that name in braces",
                ),
            )


def _medicines(subject: HandoutSubject) -> re.Pattern[str]:
    own = (
        name
        for names in subject.clinic.medicines.values()
        for name in ((names,) if isinstance(names, str) else names.values())
    )
    words = sorted({*MEDICINES, *own}, key=lambda word: (-len(word), word))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)


@rule("warning")
def address_in_text(subject: HandoutSubject) -> Iterator[AtPlace]:
    """A web address, a street or the clinic's own name stands in a sentence.

    These differ from clinic to clinic, and change: clinic.yaml has them, a sentence names them in
    braces (`{web_address}`, `{clinic_name}`).
    """
    own = [part for part in (subject.clinic.name, subject.clinic.address) if part]
    for loc, text, _ in texts(subject.handout):
        written = str(text)
        found = _WEB.search(written) or _STREET.search(written)
        shown = found.group() if found else next((part for part in own if part in written), "")
        if shown:
            yield (
                loc,
                Finding(
                    f'"{shown}" differs from clinic to clinic',
                    "write {web_address}, {clinic_name} or another value of clinic.yaml",
                ),
            )


RULES: tuple[Rule[HandoutSubject, AtPlace], ...] = (
    unusual_amount,
    medicine_in_text,
    address_in_text,
)
