"""`blank`: sheets to fill in by hand, for the day the computers are down."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from careleaf.cli.editions import editions, for_editions
from careleaf.cli.main import MADE, SOME_REFUSED
from careleaf.desk.options import open_desk, option, rooted
from careleaf.model import blank_file

if TYPE_CHECKING:
    from careleaf.batch.blanks import BlankResult


@click.command()
@for_editions
@option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("output/blanks"), show_default=True
)
@option("--jobs", type=click.IntRange(min=1, max=256), help="Processes [default: one a processor].")
@rooted
def blank(
    handouts: tuple[str, ...],
    locales: tuple[str, ...],
    size: str,
    large_print: bool,
    second: str,
    out: Path,
    jobs: int | None,
    root: Path | None,
    clinic: Path | None,
) -> None:
    """Make sheets to fill in by hand, named <handout>.<locale>.pdf.

    One that comes from the same files as last time is kept.
    """
    from careleaf.batch import blanks
    from careleaf.batch.maker import Plan, processors

    desk = open_desk(root, clinic)
    tasks = editions(desk, handouts, locales, size, large_print, second)
    report = _BlankReport(out)
    plan = Plan(partial(open_desk, root, clinic), out)
    blanks.make(plan, tasks, jobs or processors(), report.tell)
    sys.exit(report.finish())


class _BlankReport:
    """Says what becomes of each sheet, and counts."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._kept = self._refused = 0
        self._said: set[str] = set()

    def tell(self, result: BlankResult) -> None:
        if result.status == "made":
            click.echo(
                f"{self._out / blank_file(result.task.handout, result.task.locale)}: {result.pages} pages"
            )
        elif result.status == "kept":
            self._kept += 1
        else:
            self._refused += 1
            click.echo(f"{result.task.handout}, {result.task.locale}: not made", err=True)
            if result.message not in self._said:  # a fault of the handout is that of each language
                click.echo(result.message, err=True)
                self._said.add(result.message)

    def finish(self) -> int:
        """Say what was kept; return the exit status."""
        if self._kept:
            click.echo(f"{self._out}: {self._kept} kept, nothing that they come from has changed")
        return SOME_REFUSED if self._refused else MADE
