"""What a sheet says of a child: the one table, and what follows from it. Nothing but data.

The patient, the slots and their room, the stand-ins, the digest of an order, the roster's columns,
the command's options, the API's model and the fields of the page all come from `VALUES`. A new
value is one entry here, its label (templates/labels.yaml, and templates/web/labels.yaml) and its
place in templates/page.html.j2; `make` passes on what its INPUTS name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# `words` are printed as they were typed; `moment` is a day, or a day and an hour, printed as the
# language writes days; `reference` is letters and digits that can stand in a file name.
Kind = Literal["words", "moment", "reference"]

# By place on the sheet: how many ems of bold text fit on its one line, and on the two smaller
# lines that a longer value gets.
Room = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildValue:
    """One value of a child, at every door and in every place.

    `key` is its slot, its `--option`, its field on the page and in the API, and what its fault
    codes begin with. `column` is its name in a roster. `label` and `hint` are keys of the page's
    labels (no `hint`: ""). A value that is not `needed` may be missing from a sheet; one that is
    `needed_in_list` must be a column of each roster. `is_forgotten` says that the page drops it for
    the next child. `limit` is in characters (0: none). `sample` is an invented value as it is
    typed, a long one; `stand_in` is what the press lays out in its place (empty: a word of the
    sheet's language). `room` and `room_large` follow from the lengths in styles/tokens.css, on A4;
    Letter is wider.
    """

    key: str
    column: str
    kind: Kind
    said: str
    about: str
    metavar: str
    label: str
    hint: str
    needed: bool
    needed_in_list: bool
    is_forgotten: bool
    limit: int
    sample: str
    stand_in: str
    room: Room
    room_large: Room


VALUES: tuple[ChildValue, ...] = (
    ChildValue(
        key="name",
        column="name",
        kind="words",
        said="name",
        about="The child's name, as it is to be printed.",
        metavar="TEXT",
        label="name",
        hint="",
        needed=True,
        needed_in_list=True,
        is_forgotten=True,
        limit=80,
        sample="Alexandra Sample-Kowalczyk",
        stand_in="",
        room={"box": (23.4, 66.0), "foot": (31.5, 99.0)},
        room_large={"box": (21.0, 66.0), "foot": (22.0, 66.0)},
    ),
    ChildValue(
        key="date",
        column="procedure_date",
        kind="moment",
        said="date",
        about="Day of the procedure, YYYY-MM-DD, or its moment, YYYY-MM-DDTHH:MM.",
        metavar="YYYY-MM-DD",
        label="date",
        hint="",
        needed=True,
        needed_in_list=True,
        is_forgotten=False,  # the next child mostly had it on the same day
        limit=0,
        sample="2026-09-23",  # its name is among the longest in most languages
        stand_in="",
        room={"box": (15.9, 36.0), "foot": (31.5, 99.0)},
        room_large={"box": (26.0, 66.0), "foot": (22.0, 66.0)},
    ),
    ChildValue(
        key="id",
        column="id",
        kind="reference",
        said="id",
        about="The clinic's reference number.",
        metavar="TEXT",
        label="reference",
        hint="reference_hint",
        needed=False,
        needed_in_list=True,  # it names the file
        is_forgotten=True,
        limit=64,  # as long as an id in FHIR may be
        sample="SAMPLE-001",
        stand_in="A1",
        room={"box": (8.4, 18.0), "foot": (17.5, 99.0)},
        room_large={"box": (26.0, 66.0), "foot": (12.0, 30.0)},
    ),
)

KEYS = tuple(value.key for value in VALUES)
BY_KEY = {value.key: value for value in VALUES}
NO_CHILD: Mapping[str, str] = dict.fromkeys(KEYS, "")  # the texts of a request without a child

_FAULTS: Mapping[Kind, Mapping[str, str]] = {
    "words": {
        "empty": "the {} is missing, or has no letter in it",
        "too-long": "the {} has more characters than there is room for",
        "cannot-print": "the {} has a character that cannot be printed",
        "line-break": "the {} has a line break in it",
        "letter-lost": "the {} has lost a letter on its way: a replacement character, a question mark",
    },
    "moment": {
        "missing": "the {} is missing",
        "unclear": "the {} is not written as YYYY-MM-DD",
        "impossible": "the {} is no day in the calendar",
        "far": "the {} is more than a year off today",
        "no-time-zone": "the {} has an offset from UTC, and the clinic's time zone is not known",
    },
    "reference": {
        "missing": "the {} is missing where each child needs one",
        "unusable": "the {} cannot stand in a file name",
    },
}


def fault_codes() -> dict[str, str]:
    """Return the code of every fault that a child's value can have, and what it means."""
    return {
        f"{value.key}.{what}": meaning.format(value.said)
        for value in VALUES
        for what, meaning in _FAULTS[value.kind].items()
        if value.needed or what != "empty"
    }


def absent(values: Mapping[str, object]) -> tuple[str, ...]:
    """Return the keys of the values that this child has none of; `values` are a child's, or its slots'.

    They belong to the key of an edition's layout: a template may leave out the row of one. A sheet
    without a child has no slots filled, and so none absent.
    """
    return tuple(value.key for value in VALUES if not value.needed and values.get(value.key) == "")
