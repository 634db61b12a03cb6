"""How far a run has got, for the person who waits: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click

PLAIN_EVERY = 5.0  # seconds between two lines of progress where there is no terminal


class RunProgress(Protocol):
    """Where a run has got to, for the person who waits."""

    def advance(self) -> None:
        """Count one line more."""

    def say(self, text: str) -> None:
        """Show a message."""


@contextmanager
def progress(total: int | None) -> Iterator[RunProgress]:
    """A bar on a terminal, a line now and then elsewhere, nothing but messages in CI."""
    if sys.stderr.isatty() and "CI" not in os.environ:
        with _bar(total) as bar:
            yield bar
    else:
        yield _PlainProgress(total, 0 if "CI" in os.environ else PLAIN_EVERY)


class _PlainProgress:
    def __init__(self, total: int | None, every: float) -> None:
        self._total, self._every = total, every
        self._done, self._told = 0, time.monotonic()

    def advance(self) -> None:
        self._done += 1
        now = time.monotonic()
        if self._every and now - self._told >= self._every:
            self._told = now
            of = f" of {self._total} ({100 * self._done // self._total} %)" if self._total else ""
            click.echo(f"{self._done}{of} lines done", err=True)

    def say(self, text: str) -> None:
        click.echo(text, err=True)


@contextmanager
def _bar(total: int | None) -> Iterator[RunProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    columns = (TextColumn("Sheets"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, refresh_per_second=5) as bar:
        task = bar.add_task("Sheets", total=total)

        class Shown:
            def advance(self) -> None:
                bar.advance(task)

            def say(self, text: str) -> None:
                console.print(text, markup=False, highlight=False, soft_wrap=True)

        yield Shown()
