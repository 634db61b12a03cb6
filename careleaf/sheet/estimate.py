"""About how closely an edition will have to be set, told from its texts: where the trials begin.

A wrong guess costs a trial, and prints nothing wrong: what is tried decides (`fit.fit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from careleaf.content.walk import texts
from careleaf.language import locale_tags
from careleaf.sheet import measure
from careleaf.sheet.edition import Edition
from careleaf.sheet.fit import Density

# Round figures from styles/tokens.css, in millimetres, and from laying out our own handouts.
BODY = 4.23
COLUMN: Mapping[str, float] = {"a4": 136, "letter": 142}
HEIGHT: Mapping[str, float] = {"a4": 263, "letter": 246}
LEADING, LEADING_HIGH = 1.38, 1.5  # of scripts with marks above and below, and of even squares
LOW = ("Latn", "Cyrl", "Grek", "Hebr")
HEAD = 148  # what no text of the handout takes: masthead, patient box, small print
SPACED = 1.08  # the space between texts, as a part of their own height

# A setting fits up to this part of the pages that normal setting would take.
UP_TO: tuple[tuple[float, Density], ...] = ((0.97, "normal"), (1.06, "snug"), (1.19, "tight"))


def expected(edition: Edition) -> Density:
    """Return the setting that most likely makes an edition keep to the pages of its handout."""
    form = edition.form
    if form.large_print or form.second:
        return "normal"  # these take the pages that they need
    width = COLUMN[form.size] / BODY
    leading = LEADING if locale_tags.likely_script(edition.first.tag) in LOW else LEADING_HIGH
    lines = sum(ceil(measure.ems(str(text), 400) / width) for _, text, _ in texts(edition.handout))
    needed = HEAD + SPACED * BODY * leading * lines
    share = needed / (HEIGHT[form.size] * edition.handout.pages)
    return next((density for most, density in UP_TO if share <= most), "closest")


__all__ = ["expected"]
