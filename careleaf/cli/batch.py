"""`batch`: a roster's sheets into a folder."""

from __future__ import annotations

import csv
import os
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from careleaf.batch.manifest import MANIFEST
from careleaf.cli.main import MADE, SOME_REFUSED
from careleaf.desk.options import open_desk, option, rooted
from careleaf.model import sheet_file

if TYPE_CHECKING:
    from careleaf.batch.maker import Plan, Result
    from careleaf.batch.run import Outcome, Tally
    from careleaf.desk.desk import Desk
    from careleaf.lists.tasks import Task
    from careleaf.pool import Workers

INTERRUPTED = 130
PLAIN_EVERY = 5.0  # seconds between two lines of progress where there is no terminal


class _ListPath(click.Path):
    """A list; the environment names one alone, whatever signs are in its name."""

    envvar_list_splitter = "\0"


@click.command()
@click.argument(
    "roster",
    type=_ListPath(path_type=Path),
    nargs=-1,
    required=True,
    metavar="ROSTER...",
    envvar="CARELEAF_ROSTER",
)
@option(
    "--day",
    "one_day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Only the procedures of this day [default: all].",
)
@option(
    "--withdraw-others/--keep-others",
    "withdraw_others",
    default=None,
    help="Whether sheets of earlier runs in the folder that no line asks for now are moved to"
    " withdrawn/ [default: yes, but not with --day, nor for one page of several].",
)
@option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output/batch"),
    show_default=True,
    help="Folder for the sheets and manifest.csv.",
)
@option(
    "--jobs",
    type=click.IntRange(min=1, max=256),
    help="Processes [default: one a processor].",
)
@option("--cluster", metavar="ADDRESS", help="A Dask scheduler, such as tls://host:8786.")
@option(
    "--merge",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write all sheets as one PDF to print.",
)
@option(
    "--sort",
    type=click.Choice(["roster", "handout", "locale", "name"]),
    default="roster",
    show_default=True,
    help="Order of the sheets in that PDF.",
)
@option("--duplex", is_flag=True, help="In that PDF, begin each sheet on a page of its own leaf.")
@option("--stencil/--no-stencil", default=True, help="Lay out once for all children, or each anew.")
@option("--today", "fixed_today", metavar="YYYY-MM-DD", hidden=True, help="For demonstrations.")
@rooted
def batch(
    roster: tuple[Path, ...],
    one_day: datetime | None,
    out: Path,
    jobs: int | None,
    cluster: str | None,
    merge: Path | None,
    sort: str,
    duplex: bool,
    stencil: bool,
    fixed_today: str | None,
    withdraw_others: bool | None,
    root: Path | None,
    clinic: Path | None,
) -> None:
    """Make the sheet of every child on a list.

    ROSTER is a CSV, XLSX or JSON lines file with the columns id, name, procedure_date, handout,
    locale and, if you like, size, large_print, with; or FHIR, as a Bundle or a bulk export. Several
    files, or a folder of them, are one list.

    The output folder is that of one list: a sheet that an earlier run made there, and that no line
    asks for now or whose line is refused, is listed as withdrawn and moved to withdrawn/.
    """
    if fixed_today:
        os.environ["CARELEAF_TODAY"] = fixed_today
    day = one_day.date() if one_day else None
    sys.exit(
        make(
            roster,
            day,
            out,
            jobs,
            cluster,
            merge,
            sort,
            duplex,
            stencil,
            withdraw_others,
            root,
            clinic,
        )
    )


def make(
    rosters: tuple[Path, ...],
    day: date | None,
    out: Path,
    jobs: int | None,
    cluster: str | None,
    merge: Path | None,
    sort: str,
    duplex: bool,
    stencil: bool,
    withdraw_others: bool | None,
    root: Path | None,
    clinic: Path | None,
) -> int:
    """Run a batch and return the exit status. Raises HandoutError if nothing can be made."""
    from careleaf.batch import run as batches
    from careleaf.batch.maker import STOPPED_CODE, Plan
    from careleaf.batch.output_folder import OutputFolder
    from careleaf.errors import HandoutError
    from careleaf.lists import intake
    from careleaf.lists.tasks import tasks

    if merge and merge.suffix.lower() != ".pdf":  # it would take the place of the list, say
        raise HandoutError(
            "the file to print is a PDF",
            "--merge",
            "give it a name that ends in .pdf",
            "merge.name",
        )
    desk = open_desk(root, clinic, use_stencil=stencil)
    rows = intake.read(rosters, lambda text: click.echo(text, err=True), desk.content, day)
    roster = rosters[0] if len(rosters) == 1 else Path("the list")
    listed = tasks(rows, desk.content)
    plan = Plan(partial(open_desk, root, clinic, use_stencil=stencil), out)
    total = intake.estimate(rosters)
    if withdraw_others is None:
        withdraw_others = day is None and not intake.has_more_pages(rosters)
    unreached = 0
    with OutputFolder(out) as folder:
        with _progress(total) as progress:

            def tell(outcome: Outcome) -> None:
                nonlocal unreached
                if outcome.result.code == STOPPED_CODE:  # thousands, perhaps: told in one line
                    unreached += 1
                elif outcome.result.status == "refused":
                    name = f"{outcome.id}: " if outcome.id else ""
                    progress.say(f"{roster}:{outcome.line}: {name}{outcome.result.message}")
                progress.advance()

            made_by = _workers(plan, desk, jobs, cluster, total)
            tally = batches.run(listed, made_by, folder, tell, withdraw_others)
        if unreached:
            click.echo(f"{roster}: {unreached:,} lines were not reached", err=True)
        _report(tally, roster, out)
        if merge and not tally.was_stopped:
            _merge(rosters, day, desk, out, merge, sort, duplex)
    if tally.was_stopped:
        return INTERRUPTED
    return SOME_REFUSED if tally.refused or tally.manifest_fault or tally.unmoved else MADE


def _workers(
    plan: Plan, desk: Desk, jobs: int | None, cluster: str | None, total: int | None
) -> Workers[Task, Result]:
    from careleaf.batch.maker import processors, workers

    if cluster:
        return _on_cluster(plan, cluster, desk)
    count = jobs or processors()
    return workers(plan, count if total is None else max(1, min(count, total)))


def _on_cluster(plan: Plan, address: str, desk: Desk) -> Workers[Task, Result]:
    from careleaf.batch.cluster import Cluster
    from careleaf.batch.parcel import parcel

    goods = parcel(desk.content.root, desk.content.today, desk.use_stencil)
    return Cluster(address, plan, goods, lambda text: click.echo(text, err=True))


# --- one print job ---------------------------------------------------------------------------


def _merge(
    rosters: tuple[Path, ...],
    day: date | None,
    desk: Desk,
    out: Path,
    target: Path,
    sort: str,
    duplex: bool,
) -> None:
    """Write the sheets that the manifest lists as one PDF. Raises HandoutError."""
    from careleaf.pdf.merge import MergeInput, merge

    names = _names(rosters, day, desk) if sort == "name" else {}
    keys: dict[str, Callable[[dict[str, str]], tuple[str, ...]]] = {
        "roster": lambda line: (),
        "handout": lambda line: (line["handout"], line["locale"]),
        "locale": lambda line: (line["locale"], line["handout"]),
        "name": lambda line: (names.get(int(line["line"]), ""),),
    }
    with (out / MANIFEST).open(encoding="utf-8", newline="") as file:
        listed = (line for line in csv.DictReader(file) if line["status"] in ("made", "kept"))
        lines = listed if sort == "roster" else sorted(listed, key=keys[sort])
        inputs = (
            MergeInput(line["id"], out / sheet_file(line["id"], line["handout"], line["locale"]))
            for line in lines
        )
        first = next(inputs, None)
        if first is None:
            click.echo(f"{target}: not written, for there is no sheet", err=True)
            return
        with _progress(None) as progress:
            merged = merge(
                chain((first,), inputs), target, duplex=duplex, tell=lambda done: progress.advance()
            )
    pages = f"{merged.pages:,} {'page' if merged.pages == 1 else 'pages'}"
    click.echo(f"{target}: {_sheets(merged.sheets)} on {pages}, to print")


def _sheets(count: int) -> str:
    return f"{count:,} {'sheet' if count == 1 else 'sheets'}"


def _names(rosters: tuple[Path, ...], day: date | None, desk: Desk) -> dict[int, str]:
    """Return what each line of a roster is sorted by: its name without accents and capitals."""
    from careleaf.lists import intake

    def plain(name: str) -> str:
        letters = unicodedata.normalize("NFKD", name)
        return "".join(one for one in letters if not unicodedata.combining(one)).casefold().strip()

    return {
        row.line: plain(row.request.name)
        for row in intake.read(rosters, lambda text: None, desk.content, day)
    }


# --- progress --------------------------------------------------------------------------------


class RunProgress(Protocol):
    """Where a run has got to, for the person who waits."""

    def advance(self) -> None:
        """Count one line more."""

    def say(self, text: str) -> None:
        """Show a message."""


@contextmanager
def _progress(total: int | None) -> Iterator[RunProgress]:
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


# --- the end ---------------------------------------------------------------------------------


def _report(tally: Tally, roster: Path, out: Path) -> None:
    """Say what was made, how, and where it is."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=roster.name, title_justify="left", min_width=36)
    table.add_column("Sheets")
    table.add_column("", justify="right")
    for word, count in _figures(tally):
        table.add_row(word, count)
    Console(soft_wrap=True).print(table)
    if tally.was_stopped:
        click.echo("stopped; run the same command again to make what is missing", err=True)
    for file in tally.unmoved:
        click.echo(f"{out / file}: cannot be moved aside; remove it, nobody asks for it", err=True)
    if tally.left:
        click.echo(
            f"{out}: {_sheets(tally.left)} of earlier runs stay, for this run need not know of them;"
            " if the folder is for this list and day alone, --withdraw-others moves them aside",
            err=True,
        )
    if tally.manifest_fault:
        click.echo(f"{out}/manifest.csv: cannot be written: {tally.manifest_fault}", err=True)
    click.echo(f"They are in {out}, listed in {out / 'manifest.csv'}")


def _figures(tally: Tally) -> Iterator[tuple[str, str]]:
    yield "made", f"{tally.made:,}"
    for (way, why), count in sorted(tally.ways.items(), key=lambda item: -item[1]):
        if way:
            yield f"  by {way}{f' ({why})' if why else ''}", f"{count:,}"
    yield "kept from before", f"{tally.kept:,}"
    yield "refused", f"{tally.refused:,}"
    if tally.withdrawn:
        yield "withdrawn", f"{tally.withdrawn:,}"
    if tally.left:
        yield "left from before", f"{tally.left:,}"
    yield "pages", f"{tally.pages:,}"
    yield "seconds", f"{tally.seconds:.1f}"
