"""The commands for translators, authors and reviewers: check, locales, sign."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from careleaf.cli.main import MADE, SOME_REFUSED
from careleaf.desk.options import open_desk, option, rooted, today
from careleaf.errors import HandoutError

if TYPE_CHECKING:
    from rich.table import Table

    from careleaf.authoring.review import Report
    from careleaf.authoring.reviewer import Diagnostic
    from careleaf.language.rules import Rule

_LOCALES = option(
    *("--locale", "tags"), multiple=True, metavar="TAG", help="Only this language (again for more)."
)

LIMIT_WHO = 80  # characters of a reviewer's name or role


# --- check ------------------------------------------------------------------------------------


@click.command()
@click.argument("handouts", nargs=-1, envvar="CARELEAF_HANDOUT")
@_LOCALES
@option(
    "--format", "shape", type=click.Choice(["text", "json", "github"]), default="text",
    show_default=True, help="For people, programs, or annotations in a pull request.",
)  # fmt: skip
@option("--print/--no-print", "printing", default=True, help="Look at the printed sheets too.")
@option("--explain", is_flag=True, help="List the checks, with what each is for.")
@rooted
def check(
    handouts: tuple[str, ...],
    tags: tuple[str, ...],
    shape: str,
    printing: bool,
    explain: bool,
    root: Path | None,
    clinic: Path | None,
) -> None:
    """Say what must be mended in handouts and translations, with the line and the cure.

    Exit status 1 if anything must be; warnings alone are 0.
    """
    if explain:
        _explain()
        return
    from careleaf.authoring.review import review
    from careleaf.batch.maker import processors

    report = review(
        open_desk(root, clinic),
        handouts,
        tags,
        printing=printing,
        jobs=processors(),
        remembering=True,
    )
    {"text": _as_text, "json": _as_json, "github": _as_github}[shape](report)
    sys.exit(SOME_REFUSED if report.failing else MADE)


def _explain() -> None:
    from careleaf.authoring import print_checks
    from careleaf.checks import sheet, wording
    from careleaf.language import critical

    groups: dict[str, tuple[Rule[Any, Any], ...]] = {
        "Translations": (*critical.RULES, critical.pasted, critical.tiers, *wording.RULES),
        "Handouts": sheet.RULES,
        "PrintedSheet sheets": print_checks.RULES,
    }
    for title, rules in groups.items():
        click.echo(f"{title}\n")
        for each in rules:
            click.echo(f"  {each.name} ({each.level}): {each.title}")
            for line in each.help.splitlines():
                click.echo(f"      {line}".rstrip())
        click.echo()


def _as_text(report: Report) -> None:
    for problem in report.problems:
        click.echo(str(problem))
    if report.readings:
        from rich.console import Console

        click.echo()
        Console(width=None if sys.stdout.isatty() else 110).print(_readings(report))
    click.echo(_summary(report))


def _summary(report: Report) -> str:
    checked = (
        f"{_counted(len(report.handouts), 'handout')} in {_counted(len(report.tags), 'language')}"
    )
    if not report.problems:
        return f"{checked}: nothing to mend"
    parts = [
        _counted(report.count("critical"), "critical", "critical"),
        _counted(report.count("error"), "error"),
        _counted(report.count("warning"), "warning"),
    ]
    return f"{checked}: {', '.join(part for part in parts if not part.startswith('0 '))}"


def _counted(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"


def _readings(report: Report) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(title="Reading", title_justify="left", box=SIMPLE, pad_edge=False)
    for heading in ("handout", "language", "formula", "overall", "by section"):
        table.add_column(heading, overflow="fold")
    for (handout, tag), reading in report.readings.items():
        sections = ", ".join(f"{name} {figure:g}" for name, figure in reading.sections.items())
        table.add_row(handout, tag, reading.formula, f"{reading.overall:g}", sections)
    return table


def _as_json(report: Report) -> None:
    from dataclasses import asdict

    content = {
        "problems": [asdict(problem) for problem in report.problems],
        "reading": [
            {"handout": handout, "locale": tag, **asdict(reading)}
            for (handout, tag), reading in report.readings.items()
        ],
        "summary": {
            "handouts": list(report.handouts),
            "locales": list(report.tags),
            "critical": report.count("critical"),
            "error": report.count("error"),
            "warning": report.count("warning"),
        },
    }
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def _as_github(report: Report) -> None:
    for problem in report.problems:
        click.echo(annotation(problem))
    click.echo(_summary(report))


def annotation(problem: Diagnostic) -> str:
    """Return a problem as a workflow command of GitHub Actions, which shows it beside its line."""
    kind = "error" if problem.fails else "warning"
    place = {
        "file": problem.file,
        "line": problem.line,
        "col": problem.column,
        "title": problem.rule,
    }
    shown = ",".join(f"{key}={_escaped(str(value), ',:')}" for key, value in place.items())
    text = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    return f"::{kind} {shown}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    for char in f"%\r\n{more}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text


# --- locales ----------------------------------------------------------------------------------


@click.group()
def locales() -> None:
    """Translations: collect the English, bring them up to date, see how they stand."""


@locales.command()
@rooted
def extract(root: Path | None, clinic: Path | None) -> None:
    """Collect the English text for translators: locales/<domain>.pot."""
    from careleaf.authoring.updating import CatalogueUpdater

    desk = open_desk(root, clinic)
    for written in CatalogueUpdater(desk).extracted():
        written.write()
        click.echo(
            f"{desk.content.root.short(written.path)}: {'written' if written.changed else 'as it was'}"
        )


@locales.command()
@_LOCALES
@rooted
def update(tags: tuple[str, ...], root: Path | None, clinic: Path | None) -> None:
    """Bring new English text into the translations; --locale TAG begins a language that is new.

    Says what is then to do in each language, in the clinic's file too.
    """
    from careleaf.authoring.updating import CatalogueUpdater
    from careleaf.authoring.work import left
    from careleaf.language.locale_tags import is_source

    desk = open_desk(root, clinic)
    for written in CatalogueUpdater(desk).updated(tags):
        written.write()
        click.echo(
            f"{desk.content.root.short(written.path)}: {'written' if written.changed else 'as it was'}"
        )
    desk = open_desk(root, clinic)  # with the files that were written
    chosen = map(desk.content.locale, tags) if tags else desk.content.locales
    for tag in (one for one in chosen if not is_source(one)):
        lines = left(desk, tag)
        if lines:
            click.echo("\n".join((f"\n{tag}: still to do", *(f"  {line}" for line in lines))))
            click.echo(f"  see it: generate.py locales preview {tag}")


@locales.command()
@_LOCALES
@option(
    "--format", "shape", type=click.Choice(["text", "json", "svg", "html"]), default="text",
    show_default=True, help="A table, or a picture of it for a page.",
)  # fmt: skip
@option("-o", "--out", type=click.Path(path_type=Path), help="Where to write it [default: here].")
@rooted
def stats(
    tags: tuple[str, ...], shape: str, out: Path | None, root: Path | None, clinic: Path | None
) -> None:
    """Say how each translation stands: translated, fuzzy, missing, to mend, signed off."""
    from careleaf.authoring import stats as figures
    from careleaf.files import write_file

    found = figures.stats(open_desk(root, clinic), tags)
    text = {
        "text": figures.as_text,
        "json": figures.as_json,
        "svg": figures.as_svg,
        "html": figures.as_html,
    }[shape](found)
    if out is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        write_file(out, text.encode())
        click.echo(str(out))


@locales.command()
@click.argument("handouts", nargs=-1, envvar="CARELEAF_HANDOUT")
@option("-o", "--out", type=click.Path(path_type=Path), default=Path("output/pseudo"))
@rooted
def pseudo(handouts: tuple[str, ...], out: Path, root: Path | None, clinic: Path | None) -> None:
    """Print sheets in two languages that do not exist, to show hard-coded text and tight layout."""
    from careleaf.authoring import pseudo as invented
    from careleaf.authoring.print_checks import overflow
    from careleaf.files import write_file

    for name, sheet in invented.sheets(open_desk(root, clinic), handouts):
        pressed = sheet.rendered.pressed
        write_file(out / f"{name}.pdf", pressed.pdf)
        click.echo(f"{out / name}.pdf: {_counted(pressed.pages, 'page')}")
        for finding in overflow(sheet):
            click.echo(f"  {finding.message}")


@locales.command()
@click.argument("tag")
@click.argument("handout", required=False, envvar="CARELEAF_HANDOUT")
@option("--port", type=click.IntRange(0, 65535), default=8764, show_default=True)
@option("--browser/--no-browser", default=True, help="Open it in the browser.")
@rooted
def preview(
    tag: str,
    handout: str | None,
    port: int,
    browser: bool,
    root: Path | None,
    clinic: Path | None,
) -> None:
    """See the English and the translated pages side by side; every save of the PO file shows."""
    from careleaf.authoring.preview import serve

    serve(lambda: open_desk(root, clinic), tag, handout or "", port, browser=browser)


# --- sign -------------------------------------------------------------------------------------


@click.command()
@click.argument("handout", envvar="CARELEAF_HANDOUT")
@option("--locale", "tag", required=True, metavar="TAG", help="The language that was read.")
@option("--by", required=True, help="Who read and approves it; kept on record, not printed.")
@option("--role", required=True, help="What that person is, such as medical translator; printed.")
@rooted
def sign(
    handout: str, tag: str, by: str, role: str, root: Path | None, clinic: Path | None
) -> None:
    """Approve the wording of a handout in one language, exactly as it stands now."""
    from careleaf.language import signoff
    from careleaf.model import Approval

    desk = open_desk(root, clinic)
    desk.content.source(handout)
    known = desk.content.locale(tag)
    if known not in desk.content.locales:
        raise HandoutError(
            f'no folder has "{known}"',
            "--locale",
            f"known: {_list(desk.content.locales)}",
            "locale.no-folder",
        )
    approval = Approval(_line(by, "--by"), _line(role, "--role"), today())
    path = signoff.sign(
        desk.content.root.own_locales, known, desk.content.signable(handout, known), approval
    )
    click.echo(f"{desk.content.root.short(path)}: {handout} in {known} approved by {approval.role}")
    if known != "en" and not desk.content.standing(handout, "en").holds:
        click.echo(f"the English of {handout} is not signed off yet: --locale en", err=True)


def _line(text: str, place: str) -> str:
    """Return a person's name or role, one line that can be printed. Raises HandoutError."""
    from careleaf.sheet.typed import one_line

    line = one_line(text)
    if not line:
        raise HandoutError("this is empty", place, "one line", "signature.empty")
    if len(line) > LIMIT_WHO:
        raise HandoutError(
            f"this has {len(line)} characters, {LIMIT_WHO} is the most",
            place,
            "one line",
            "signature.too-long",
        )
    return line


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)
