"""`warm`: lays out ahead what a clinic prints, so that no family waits for it."""

from __future__ import annotations

import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

import click

from careleaf.cli.editions import editions, for_editions
from careleaf.cli.main import MADE, SOME_REFUSED
from careleaf.desk.options import open_desk, option, rooted


@click.command()
@for_editions
@option("--jobs", type=click.IntRange(min=1, max=256), help="Processes [default: one a processor].")
@rooted
def warm(
    handouts: tuple[str, ...],
    locales: tuple[str, ...],
    size: str,
    large_print: bool,
    second: str,
    jobs: int | None,
    root: Path | None,
    clinic: Path | None,
) -> None:
    """Lay sheets out ahead of the children: all handouts in all languages, or those named.

    What is laid out already stays. Say --large-print for those sheets too.
    """
    from careleaf.batch import warming
    from careleaf.batch.maker import processors

    desk = open_desk(root, clinic)
    wanted = editions(desk, handouts, locales, size, large_print, second)
    began, counts = time.monotonic(), Counter[str]()
    for one in warming.warm(partial(open_desk, root, clinic), wanted, jobs or processors()):
        counts[one.status] += 1
        told = {"slow": f"made one by one ({one.message})", "refused": f"not made\n{one.message}"}
        if one.status in told:
            place = f"{one.edition.handout}, {one.edition.locale}"
            click.echo(f"{place}: {told[one.status]}", err=True)
    click.echo(
        f"{counts['cut']} laid out in {time.monotonic() - began:.1f} s,"
        f" {counts['there']} were ready already"
    )
    sys.exit(SOME_REFUSED if counts["refused"] else MADE)
