"""A list as the page shows it: a file or a table -> lines, each with its order or its faults."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError, each, in_one_line
from careleaf.lists import intake
from careleaf.lists.rows import COLUMNS, LIMIT_CELL, Row, cells_of, column_of, row
from careleaf.lists.tasks import safe_id
from careleaf.model import Order
from careleaf.web import fields
from careleaf.web.forms import Upload
from careleaf.web.watcher import Words

THE_LIST = "list"  # what a message calls the file: its own name may hold anything


@dataclass(frozen=True, slots=True)
class Checked:
    """A line with its order, or with its faults by field."""

    row: Row
    order: Order | None
    faults: tuple[HandoutError, ...] = ()

    @property
    def cells(self) -> dict[str, str]:
        """What was written, by the roster's column."""
        return cells_of(self.row.request)


# --- reading ------------------------------------------------------------------------------------


def lines_of(file: Upload, desk: Desk, limit: int) -> tuple[Row, ...]:
    """Return the lines of a file. Raises HandoutError when it is no list, or a longer one."""
    with _as_path(file) as path:
        try:
            reader = intake.reader(path, file.suffix, desk.content)
            return tuple(_bounded(reader(path, lambda text: None), limit))
        except HandoutError as fault:
            raise fault.at(fault.where.replace(str(path), THE_LIST)) from None
        except OSError:
            raise HandoutError("cannot be read", THE_LIST, "", "list.unreadable") from None


def _bounded(rows: Iterator[Row], limit: int) -> Iterator[Row]:
    for count, one in enumerate(rows, 1):
        if count > limit:
            raise _too_long()
        yield one


def _too_long() -> HandoutError:
    return HandoutError("the list is too long", "", "", "list.too-long")


@contextmanager
def _as_path(file: Upload) -> Iterator[Path]:
    """Give the bytes a path for the readers: of memory where the system has such, else a private file."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("list")
        try:
            with os.fdopen(os.dup(handle), "wb") as memory:
                memory.write(file.content)
            yield Path(f"/proc/self/fd/{handle}")
        finally:
            os.close(handle)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "list")
            path.write_bytes(file.content)
            path.chmod(0o600)
            yield path


def table_of(form: Mapping[str, str], limit: int) -> tuple[Row, ...]:
    """Return the lines of the table that the page sent back: fields `3.name`, 3 being the line.

    Raises HandoutError.
    """
    found: dict[int, dict[str, str]] = {}
    for name, value in form.items():
        number, _, column = name.partition(".")
        if column in COLUMNS and number.isascii() and number.isdecimal() and len(number) < 9:
            found.setdefault(int(number), {})[column] = value[:LIMIT_CELL]
    if len(found) > limit:
        raise _too_long()
    return tuple(row(number, cells) for number, cells in sorted(found.items()))


# --- checking -----------------------------------------------------------------------------------


def check(desk: Desk, rows: Sequence[Row]) -> tuple[Checked, ...]:
    """Return each line with its order or its faults; a sheet that is asked for twice is a fault."""
    seen: dict[tuple[str, str, str], int] = {}
    checked = []
    for one in (_check(desk, each_row) for each_row in rows):
        order = one.order
        if order:
            key = (order.patient.id.lower(), order.handout, order.locale)
            first = seen.setdefault(key, one.row.line)
            if first != one.row.line:
                message = f"line {first} asks for the same sheet"
                twice = HandoutError(message, "id", "", "line.twice")
                one = Checked(one.row, None, (twice,))
        checked.append(one)
    return tuple(checked)


def _check(desk: Desk, one: Row) -> Checked:
    if one.fault:
        return Checked(one, None, (one.fault,))
    faults = list(_list_faults(one))
    order = None
    try:
        order = fields.order(desk, one.request)
    except HandoutError as fault:
        known = {other.where for other in faults}
        faults += [other for other in each(fault) if other.where not in known]
    if not faults and order:
        try:
            desk.content.edition(order.handout, order.locale, order.form)
        except HandoutError as fault:
            faults.append(HandoutError(in_one_line(fault), "locale", "", fault.code))
    return Checked(one, None if faults else order, tuple(faults))


def _list_faults(one: Row) -> Iterator[HandoutError]:
    """Yield what a list needs and one sheet does not: an id for the file, a locale for the child."""
    try:
        safe_id(one.request.id)
    except HandoutError as fault:
        yield fault.at("id")
    if not one.request.locale.strip():  # the clinic's own language is never taken for a child's
        yield HandoutError("the locale is missing", "locale", "", "locale.missing")


def said(one: Checked, words: Words) -> list[dict[str, str]]:
    """Return what the page says of a line: the column, and the words."""
    if one.row.fault:
        return [{"column": "", "said": f"{words('line_unread')} {in_one_line(one.row.fault)}"}]
    return [{"column": column_of(fault.where), "said": _said(fault, words)} for fault in one.faults]


def _said(fault: HandoutError, words: Words) -> str:
    """Return the words for a cell; at the locale also why a handout cannot be printed in it."""
    if fault.where == "locale" and not fault.code.startswith("locale."):
        return f"{words('no_translation')}: {fault.message}"
    return fields.say(fault, words)
