"""Rows -> tasks: one a line, or the reason why there is none.

No message repeats what stands in a cell: it might be a name in the wrong column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from careleaf.child import BY_KEY
from careleaf.desk.requests import read_yes_no
from careleaf.errors import HandoutError, codes, in_one_line, nearest
from careleaf.lists.rows import Row
from careleaf.lists.seen import Seen, digest
from careleaf.model import Request, sheet_file
from careleaf.sheet.typed import reference

Edition = tuple[str, str, str, str, str]  # handout, locale, size, large print, second locale

# File names that mean a device on Windows, whatever follows the first dot.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Task:
    """One sheet to make: its file name is safe and is asked for once.

    In the request the id, the handout and both locales are checked; the rest is checked where the
    sheet is made. `key` names the file of a child that has no number to print.
    """

    line: int
    request: Request
    key: str = ""

    @property
    def id(self) -> str:
        """What names the file."""
        return self.key or self.request.id

    @property
    def handout(self) -> str:
        return self.request.handout

    @property
    def locale(self) -> str:
        return self.request.locale

    @property
    def file(self) -> str:
        """The name of the PDF: ids, never a child's name."""
        return sheet_file(self.id, self.handout, self.locale)

    @property
    def edition(self) -> Edition:
        """Equal for sheets that differ in the child only."""
        asked = self.request
        return asked.handout, asked.locale, asked.size, asked.large_print, asked.second


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that no sheet can be made for: why, and the codes of its faults with spaces between.

    Fields that are not known to be sound are empty.
    """

    line: int
    message: str
    code: str
    id: str = ""
    handout: str = ""
    locale: str = ""


class Known(Protocol):
    """What a roster is checked against; a `desk.Desk` is one."""

    @property
    def handouts(self) -> tuple[str, ...]:
        """Ids of the handouts."""

    @property
    def locales(self) -> tuple[str, ...]:
        """Tags of the locales."""

    def locale(self, text: str) -> str:
        """Return the tag to print in for a wish. Raises HandoutError."""


def tasks(rows: Iterable[Row], known: Known) -> Iterator[Task | Refusal]:
    """Yield for each row its task, or why there can be none: in order, one for each.

    Checks what file names are made of; the name and the date are checked where the sheet is made.
    """
    checker = _Checker(known)
    seen = Seen()
    for row in rows:
        try:
            task = checker.task(row)
        except HandoutError as fault:
            yield checker.refusal(row, fault)
            continue
        first = seen.add(digest(task.file.lower()), row.line)  # some disks know no capitals
        if first is None:
            yield task
        else:
            yield Refusal(
                row.line,
                f"line {first.line} asks for the same sheet already"
                "; each id, handout and locale may stand once (capitals do not count)",
                "line.twice",
                task.id,
                task.handout,
                task.locale,
            )


class _Checker:
    """Rows against what there is, remembering the answers: a list repeats its handouts and locales."""

    def __init__(self, known: Known) -> None:
        self._handouts = frozenset(known.handouts)
        self._known = known
        self._locale = lru_cache(maxsize=256)(self._find_locale)

    def task(self, row: Row) -> Task:
        """Return the task of a row. Raises HandoutError."""
        if row.fault:
            raise row.fault
        asked = row.request
        checked = replace(
            asked,
            child={**asked.child, "id": safe_id(asked.id) if not row.key else asked.id},
            handout=self._handout(asked.handout.strip()),
            locale=self._locale(asked.locale.strip()),
            size=asked.size.strip().lower(),
            large_print="yes" if read_yes_no(asked.large_print) else "",
            second=self._second(asked.second.strip()),
        )
        return Task(row.line, checked, safe_id(row.key) if row.key else "")

    def refusal(self, row: Row, fault: HandoutError) -> Refusal:
        """Return the refusal of a row, with those of its fields that are sound."""

        def sound(read: Callable[[str], str], text: str) -> str:
            try:
                return read(text)
            except HandoutError:
                return ""

        asked = row.request
        return Refusal(
            row.line,
            in_one_line(fault),
            codes(fault),
            sound(safe_id, row.key or asked.id),
            sound(self._handout, asked.handout.strip()),
            sound(self._locale, asked.locale.strip()) if asked.locale or not row.fault else "",
        )

    def _handout(self, text: str) -> str:
        if text in self._handouts:
            return text
        cure = nearest(text, sorted(self._handouts))
        if text:
            raise HandoutError("there is no such handout", "", cure, "handout.unknown")
        raise HandoutError("the handout is missing", "", cure, "handout.missing")

    def _find_locale(self, text: str) -> str:
        try:
            return self._known.locale(text)
        except HandoutError:
            raise HandoutError(
                "there is no such locale",
                "",
                nearest(text, self._known.locales),
                "locale.unknown",
            ) from None

    def _second(self, text: str) -> str:
        try:
            return self._locale(text) if text else ""
        except HandoutError as fault:
            raise HandoutError(f"with: {fault.message}", "", fault.hint, "with.unknown") from None


def safe_id(text: str) -> str:
    """Return an id that any disk takes in a file name. Raises HandoutError."""
    clean = reference(BY_KEY["id"], text)
    if not clean:
        raise HandoutError(
            "the id is missing", "", "each line needs one: it names the file", "id.missing"
        )
    if _DEVICE.match(clean):
        raise HandoutError(
            "the id is the name of a device on Windows", "", "add a letter", "id.unusable"
        )
    return clean
