"""A desk that takes no time, for tests of what happens around it. It is opened in other processes."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from careleaf.errors import HandoutError
from careleaf.lists.rows import REQUIRED
from careleaf.model import Form, Order, Patient, Request, Sheet
from careleaf.sheet.typed import Here


@dataclass(frozen=True)
class Desk:
    """`edition` stands for the content: another edition, another sheet."""

    edition: str = "first"
    seconds: float = 0.0
    handouts: tuple[str, ...] = ("bone-biopsy", "bone-marrow-biopsy-at-home")
    locales: tuple[str, ...] = ("en", "nl", "fr")

    @property
    def content(self) -> Desk:
        """The content of this desk: its handouts and locales are its own."""
        return self

    @property
    def here(self) -> Here:
        return Here(date(2026, 11, 23))

    def locale(self, text: str) -> str:
        return text or "en"

    def order(self, request: Request) -> Order:
        if request.name == "refused":
            raise HandoutError(
                "the date is no day in the calendar",
                "--date",
                "write it as YYYY-MM-DD",
                "date.impossible",
            )
        return Order(Patient(request.child), request.handout, request.locale, Form())

    def digest(self, order: Order) -> str:
        parts = (self.edition, *order.patient.written, order.handout)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def make(self, order: Order) -> Sheet:
        name = order.patient.name
        if name.startswith("bug"):
            raise KeyError(name)
        if name == "kills":
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self.seconds)
        text = f"%PDF stand-in {self.edition} {name} {order.handout} {order.locale}\n" * 200
        return Sheet(text.encode(), 2, "stencil")


def a_day(path: Path, names: list[str], locale: str = "nl") -> Path:
    """Write a roster: K2 is the child on line 2."""
    lines = [
        f"K{line},{name},2026-11-24,bone-biopsy,{locale}" for line, name in enumerate(names, 2)
    ]
    path.write_text("\n".join([",".join(REQUIRED), *lines]) + "\n", encoding="utf-8")
    return path
