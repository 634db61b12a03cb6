"""What the form holds as text, and each fault at its field, in the page's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError, each, raise_all
from careleaf.model import Order
from careleaf.sheet.personalize import LIMIT_ID, LIMIT_NAME
from careleaf.web.renders import Blank
from careleaf.web.watcher import Words

# Where a desk's fault lies -> the field of the form.
FIELDS = {
    "--name": "name",
    "--date": "date",
    "--id": "id",
    "HANDOUT": "handout",
    "--handout": "handout",
    "--locale": "locale",
    "--size": "size",
    "--with": "with",
}

# As they stand on the page.
ORDER = ("handout", "locale", "name", "date", "large_print", "with", "size", "id", "time")

# The field and the start of a desk's message -> the label that says it on the page.
SAID = (
    ("name", "the name is empty", "name_empty"),
    ("name", "the name has a character", "name_letter"),
    ("name", "the name has", "name_long"),
    ("date", "the date is missing", "date_missing"),
    ("date", "the date is no day", "date_impossible"),
    ("date", "the date is more than a year", "date_far"),
    ("date", "the date", "date_unclear"),
    ("time", "", "time_unclear"),
    ("id", "the id is missing", "reference_missing"),
    ("id", "", "reference_bad"),
    ("handout", "", "handout_unknown"),
    ("locale", "", "language_unknown"),
    ("with", "the sheet is in", "second_same"),
    ("with", "", "language_unknown"),
    ("size", "", "paper_unknown"),
    ("large_print", "", "yes_no"),
)
MOST = {"name_long": LIMIT_NAME, "reference_bad": LIMIT_ID}

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fields:
    """The form of one sheet, every value as it was typed."""

    handout: str = ""
    locale: str = ""
    name: str = field(default="", repr=False)
    date: str = field(default="", repr=False)
    time: str = field(default="", repr=False)
    id: str = ""
    size: str = ""
    large_print: bool = False
    second: str = ""

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Fields:
        """Return the fields of a form as a browser sends it."""
        return cls(
            form.get("handout", ""),
            form.get("locale", ""),
            form.get("name", ""),
            form.get("date", ""),
            form.get("time", "").strip(),
            form.get("id", ""),
            form.get("size", ""),
            bool(form.get("large_print")),
            form.get("with", ""),
        )

    @property
    def moment(self) -> str:
        """The date, with the hour where there is one."""
        return f"{self.date.strip()}T{self.time}" if self.time and self.date.strip() else self.date

    def order(self, desk: Desk) -> Order:
        """Return the order. Raises HandoutError or Faults, `where` being a field's name."""
        faults: list[HandoutError] = []
        is_time = not self.time or _TIME.match(self.time)
        if not is_time:
            faults.append(HandoutError("the time cannot be read", "time", "write it as HH:MM"))
        order = None
        try:
            order = desk.order(
                name=self.name,
                date=self.moment if is_time else self.date,
                handout=self.handout,
                locale=self.locale,
                id=self.id,
                size=self.size,
                large_print=self.large_print,
                second=self.second,
            )
        except HandoutError as fault:
            faults += at_fields(fault)
        raise_all(faults)
        assert order is not None  # noqa: S101  no fault, so there is one
        return order

    def blank(self, desk: Desk) -> Blank:
        """Return the same sheet without a child. Raises as `order`."""
        faults: list[HandoutError] = []
        read = Fields(
            self.handout, self.locale, "A", desk.content.today.isoformat(),
            size=self.size, large_print=self.large_print, second=self.second,
        )  # fmt: skip
        try:
            order = read.order(desk)
            return Blank(order.handout, order.locale, order.form)
        except HandoutError as fault:
            faults += each(fault)
        raise_all(faults)
        raise AssertionError("a fault without a fault")

    @property
    def has_child(self) -> bool:
        """Whether anything about a child was typed."""
        return bool(self.name.strip())


def at_fields(fault: HandoutError) -> list[HandoutError]:
    """Return the faults of a desk with the form's field as their place, where it is one's."""
    found = [
        HandoutError(one.message, FIELDS.get(one.where, one.where), one.hint) for one in each(fault)
    ]
    return sorted(found, key=place_on_page)


def place_on_page(fault: HandoutError) -> int:
    """Return where on the page a fault's field stands; what is no field's comes first."""
    return ORDER.index(fault.where) if fault.where in ORDER else -1


def say(fault: HandoutError, words: Words) -> str:
    """Return what the page says of a fault at a field; a desk's own words where it has none."""
    if fault.code == "locale.lacking":
        return words("language_lacking")
    for name, start, label in SAID:
        if fault.where == name and fault.message.startswith(start):
            most = MOST.get(label)
            return words(label, most=str(most)) if most else words(label)
    return str(fault)


__all__ = ["FIELDS", "Blank", "Fields", "at_fields", "say"]
