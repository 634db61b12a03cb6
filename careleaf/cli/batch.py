"""`batch`: a roster's sheets into a folder."""

from __future__ import annotations

import csv
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careleaf.batch.manifest import MANIFEST
from careleaf.cli.main import MADE, SOME_REFUSED
from careleaf.cli.progress import RunProgress, progress
from careleaf.desk.options import open_desk, option, rooted
from careleaf.errors import HandoutError
from careleaf.model import sheet_file

if TYPE_CHECKING:
    from careleaf.batch.maker import Plan, Result
    from careleaf.batch.run import Outcome, Tally
    from careleaf.desk.desk import Desk
    from careleaf.lists.rows import Row
    from careleaf.lists.tasks import Task
    from careleaf.pool import Workers

INTERRUPTED = 130


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
    "--include-hidden",
    is_flag=True,
    help="Take hidden rows and columns of a workbook too.",
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
def batch(one_day: datetime | None, fixed_today: str | None, **given: Any) -> None:
    """Make the sheet of every child on a list.

    ROSTER is a CSV, XLSX or JSON lines file with the columns id, name, procedure_date, handout,
    locale and, if you like, size, large_print, with; or FHIR, as a Bundle or a bulk export. Several
    files, or a folder of them, are one list.

    The output folder is that of one list: a sheet that an earlier run made there, and that no line
    asks for now or whose line is refused, is listed as withdrawn and moved to withdrawn/.
    """
    if fixed_today:
        os.environ["CARELEAF_TODAY"] = fixed_today
    sys.exit(make(BatchOptions(day=one_day.date() if one_day else None, **given)))


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """What the command line says of a run; see the options' own help."""

    roster: tuple[Path, ...]
    day: date | None
    withdraw_others: bool | None
    include_hidden: bool
    out: Path
    jobs: int | None
    cluster: str | None
    merge: Path | None
    sort: str
    duplex: bool
    stencil: bool
    root: Path | None
    clinic: Path | None

    @property
    def title(self) -> Path:
        """What messages call the list."""
        return self.roster[0] if len(self.roster) == 1 else Path("the list")

    def desk(self) -> Desk:
        """Return a desk of one's own: each process of the run opens one. Raises HandoutError."""
        return open_desk(self.root, self.clinic, use_stencil=self.stencil)

    def rows(self, desk: Desk, warn: Callable[[str], None]) -> Iterator[Row]:
        """Return the rows of the list. Raises HandoutError."""
        from careleaf.lists import intake

        return intake.read(
            self.roster, warn, desk.content, self.day, include_hidden=self.include_hidden
        )

    def withdraws_others(self) -> bool:
        """Whether what no line asks for is withdrawn: if not told, where the whole list is read."""
        from careleaf.lists import intake

        if self.withdraw_others is not None:
            return self.withdraw_others
        return self.day is None and not intake.has_more_pages(self.roster)


def make(options: BatchOptions) -> int:
    """Run a batch and return the exit status. Raises HandoutError if nothing can be made."""
    from careleaf.batch import run as batches
    from careleaf.batch.maker import Plan
    from careleaf.batch.output_folder import OutputFolder
    from careleaf.lists import intake
    from careleaf.lists.tasks import tasks

    _must_be_pdf(options.merge)
    desk = options.desk()
    listed = tasks(options.rows(desk, _warn), desk.content)
    total = intake.estimate(options.roster)
    plan = Plan(options.desk, options.out)
    withdraw_others = options.withdraws_others()
    with OutputFolder(options.out) as folder:
        with progress(total) as shown:
            teller = _Teller(options.title, shown)
            made_by = _workers(plan, desk, options, total)
            tally = batches.run(listed, made_by, folder, teller.tell, withdraw_others)
        teller.sum_up()
        _report(tally, options.title, options.out)
        if options.merge and not tally.was_stopped:
            print_job(options, desk, options.merge)
    if tally.was_stopped:
        return INTERRUPTED
    return SOME_REFUSED if tally.refused or tally.manifest_fault or tally.unmoved else MADE


def _warn(text: str) -> None:
    click.echo(text, err=True)


def _must_be_pdf(merge: Path | None) -> None:
    """Refuse another ending: it would take the place of the list, say."""
    if merge and merge.suffix.lower() != ".pdf":
        raise HandoutError(
            "the file to print is a PDF",
            "--merge",
            "give it a name that ends in .pdf",
            "merge.name",
        )


class _Teller:
    """Says which lines were refused; those that a stopped run did not reach, thousands perhaps, in one line."""

    def __init__(self, title: Path, shown: RunProgress) -> None:
        self._title, self._shown = title, shown
        self._unreached = 0

    def tell(self, outcome: Outcome) -> None:
        from careleaf.batch.maker import STOPPED_CODE

        if outcome.result.code == STOPPED_CODE:
            self._unreached += 1
        elif outcome.result.status == "refused":
            whose = f"{outcome.id}: " if outcome.id else ""
            self._shown.say(f"{self._title}:{outcome.line}: {whose}{outcome.result.message}")
        self._shown.advance()

    def sum_up(self) -> None:
        if self._unreached:
            _warn(f"{self._title}: {self._unreached:,} lines were not reached")


def _workers(
    plan: Plan, desk: Desk, options: BatchOptions, total: int | None
) -> Workers[Task, Result]:
    from careleaf.batch.maker import processors, workers

    if options.cluster:
        return _on_cluster(plan, options.cluster, desk)
    count = options.jobs or processors()
    return workers(plan, count if total is None else max(1, min(count, total)))


def _on_cluster(plan: Plan, address: str, desk: Desk) -> Workers[Task, Result]:
    from careleaf.batch.cluster import Cluster
    from careleaf.batch.parcel import parcel

    goods = parcel(desk.content.root, desk.content.today, desk.use_stencil)
    return Cluster(address, plan, goods, _warn)


# --- one print job ---------------------------------------------------------------------------


def print_job(options: BatchOptions, desk: Desk, target: Path) -> None:
    """Write the sheets that the manifest lists as one PDF. Raises HandoutError."""
    from careleaf.pdf.merge import MergeInput, merge

    names = _names(options, desk) if options.sort == "name" else {}
    keys: dict[str, Callable[[dict[str, str]], tuple[str, ...]]] = {
        "roster": lambda line: (),
        "handout": lambda line: (line["handout"], line["locale"]),
        "locale": lambda line: (line["locale"], line["handout"]),
        "name": lambda line: (names.get(int(line["line"]), ""),),
    }
    with (options.out / MANIFEST).open(encoding="utf-8", newline="") as file:
        listed = (line for line in csv.DictReader(file) if line["status"] in ("made", "kept"))
        lines = listed if options.sort == "roster" else sorted(listed, key=keys[options.sort])
        inputs = (
            MergeInput(
                line["id"], options.out / sheet_file(line["id"], line["handout"], line["locale"])
            )
            for line in lines
        )
        first = next(inputs, None)
        if first is None:
            _warn(f"{target}: not written, for there is no sheet")
            return
        with progress(None) as shown:
            merged = merge(
                chain((first,), inputs),
                target,
                duplex=options.duplex,
                tell=lambda done: shown.advance(),
            )
    pages = f"{merged.pages:,} {'page' if merged.pages == 1 else 'pages'}"
    click.echo(f"{target}: {_sheets(merged.sheets)} on {pages}, to print")


def _sheets(count: int) -> str:
    return f"{count:,} {'sheet' if count == 1 else 'sheets'}"


def _names(options: BatchOptions, desk: Desk) -> dict[int, str]:
    """Return what each line of a roster is sorted by: its name without accents and capitals."""

    def plain(name: str) -> str:
        letters = unicodedata.normalize("NFKD", name)
        return "".join(one for one in letters if not unicodedata.combining(one)).casefold().strip()

    rows = options.rows(desk, lambda text: None)
    return {row.line: plain(row.request.name) for row in rows}


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
        _warn(f"{out / file}: cannot be moved aside; remove it, nobody asks for it")
    if tally.left:
        _warn(
            f"{out}: {_sheets(tally.left)} of earlier runs stay, for this run need not know of them;"
            " if the folder is for this list and day alone, --withdraw-others moves them aside"
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
