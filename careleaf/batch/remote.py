"""What runs on a worker of a cluster: a parcel and some orders to the sheets.

Nothing of a child is in a task's name, in what a worker logs, or on its disk.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from careleaf import fingerprint as program
from careleaf.batch.maker import code_of, explained
from careleaf.batch.parcel import Parcel
from careleaf.desk import inputs
from careleaf.model import Order

if TYPE_CHECKING:
    from careleaf.desk.desk import Desk

Fingerprint = dict[str, str]


class WorkerAnswer(NamedTuple):
    """A sheet as a worker sends it back, or why there is none."""

    line: int
    pdf: bytes = b""
    pages: int = 0
    way: str = ""
    why: str = ""
    message: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Orders, in a wrapping that shows nothing where a worker logs what it was called with."""

    lines: tuple[tuple[int, Order], ...] = field(repr=False)


_ONE_AT_A_TIME = threading.Lock()  # a desk serves one thread


def work(parcel: Parcel, ours: Fingerprint, orders: Sealed) -> list[WorkerAnswer] | str:
    """Make sheets; return them, or a word on why this worker cannot be trusted to."""
    if differing := differences(ours, fingerprint()):
        return differing
    with _ONE_AT_A_TIME:
        desk = _desk(parcel)
        return [_answer(desk, line, order) for line, order in orders.lines]


def _answer(desk: Desk, line: int, order: Order) -> WorkerAnswer:
    try:
        sheet = desk.make(order)
    except Exception as error:
        return WorkerAnswer(line, message=explained(error), code=code_of(error))
    return WorkerAnswer(line, sheet.pdf, sheet.pages, sheet.way, sheet.why)


@lru_cache(maxsize=2)
def _desk(parcel: Parcel) -> Desk:
    return parcel.open()


@lru_cache(maxsize=1)
def fingerprint() -> Fingerprint:
    """Return what must be equal on two machines for their sheets to be: program, labels, faces."""
    from careleaf.sheet import faces

    faces.faces()  # made now if they are missing
    return {
        **program.across(),
        "labels": inputs.digest_of(inputs.of_program())[:12],
        "faces": faces.digest()[:12],
    }


def differences(ours: Fingerprint, theirs: Mapping[str, str]) -> str:
    """Return in words where a worker differs, or nothing."""
    return ", ".join(
        f"{name} {theirs.get(name, 'unknown')} there, {ours.get(name, 'unknown')} here"
        for name in dict.fromkeys((*ours, *theirs))
        if theirs.get(name) != ours.get(name)
    )
