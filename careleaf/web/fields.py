"""The form of one sheet as a request, and each of its faults at its field, in the page's own words."""

from __future__ import annotations

from collections.abc import Mapping

from careleaf.child import BY_KEY, VALUES
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError, each, raise_all
from careleaf.model import Blank, Order, Request
from careleaf.web.watcher import Words

DAY, HOUR = "date", "time"  # the form asks for the two halves of a moment apart

# The fields as they stand on the page.
FIELDS = (
    "handout",
    "locale",
    *(value.key for value in VALUES if value.needed),
    "large_print",
    "with",
    "size",
    *(value.key for value in VALUES if not value.needed),
    HOUR,
)

# The code of a fault -> the page's label for it, where that is not the code itself: `bed.too-long`
# is said by the label `bed_too_long` if the page has one.
LABELS = {
    "name.too-long": "name_long",
    "name.cannot-print": "name_letter",
    "id.missing": "reference_missing",
    "id.unusable": "reference_bad",
    "handout.missing": "handout_unknown",
    "locale.missing": "language_unknown",
    "locale.unknown": "language_unknown",
    "locale.not-listed": "language_unknown",
    "locale.lacking": "language_lacking",
    "with.unknown": "language_unknown",
    "with.same-language": "second_same",
    "size.unknown": "paper_unknown",
    "yes-no.unclear": "yes_no",
    "line.twice": "line_twice",
}

# What the page says alike, of every value of a child.
ALIKE = {
    "line-break": "cannot-print",
    "letter-lost": "cannot-print",
    "no-time-zone": "unclear",
}


def read(form: Mapping[str, str]) -> Request:
    """Return the request that a form holds, as a browser sends it."""
    day, hour = form.get(DAY, ""), form.get(HOUR, "").strip()
    return Request.read({**form, DAY: f"{day.strip()}T{hour}" if hour and day.strip() else day})


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """Return the text of every field, to stand in the form again."""
    return {field: form.get(field, "") for field in FIELDS}


def order(desk: Desk, request: Request, *, hour_at: str = DAY) -> Order:
    """Return the order. Raises HandoutError or Faults, `where` being a field's name.

    `hour_at` is the field in which the hour was typed.
    """
    try:
        return desk.order(request)
    except HandoutError as fault:
        raise_all(_at_fields(fault, hour_at))
        raise


def blank(desk: Desk, request: Request) -> Blank:
    """Return the same sheet without a child. Raises as `order`."""
    try:
        return desk.blank_order(request)
    except HandoutError as fault:
        raise_all(_at_fields(fault, DAY))
        raise


def _at_fields(fault: HandoutError, hour_at: str) -> list[HandoutError]:
    """Return the faults of a desk with the form's field as their place, where it is one's."""
    found = [
        one.at(hour_at if one.code == "time.unclear" else _field(one.where)) for one in each(fault)
    ]
    return sorted(found, key=place_on_page)


def place_on_page(fault: HandoutError) -> int:
    """Return where on the page a fault's field stands; what is no field's comes first."""
    return FIELDS.index(fault.where) if fault.where in FIELDS else -1


def _field(where: str) -> str:
    """Return the field of an option: `--large-print` is `large_print`; another place stays."""
    field = where.removeprefix("--").replace("-", "_").lower()
    return field if field in FIELDS else where


def label_of(code: str) -> str:
    """Return the key of the page's label that says a fault."""
    thing, _, what = code.partition(".")
    if thing in BY_KEY:
        code = f"{thing}.{ALIKE.get(what, what)}"
    return LABELS.get(code, code.replace(".", "_").replace("-", "_"))


def say(fault: HandoutError, words: Words) -> str:
    """Return what the page says of a fault at a field; a desk's own words where it has none."""
    label = label_of(fault.code)
    if label not in words.labels.entries:
        return str(fault)
    value = BY_KEY.get(fault.code.partition(".")[0])
    return words(label, most=str(value.limit if value else 0))
