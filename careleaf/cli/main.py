"""The command line: reads a request, asks the desk, reports. Every option is also CARELEAF_<OPTION>."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from careleaf import __version__
from careleaf.cli.asked import asked
from careleaf.cli.usage import Command, told
from careleaf.desk.options import open_desk, option, rooted
from careleaf.errors import HandoutError
from careleaf.model import Request

MADE, SOME_REFUSED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130

# Commands that live in modules of their own, imported only when asked for: a sheet is wanted now.
_ELSEWHERE = {
    "batch": "careleaf.cli.batch",
    "check": "careleaf.cli.authoring",
    "locales": "careleaf.cli.authoring",
    "new": "careleaf.cli.new",
    "sign": "careleaf.cli.authoring",
    "serve": "careleaf.web.command",
}


class Commands(click.Group):
    """A group that knows the other modules' commands by name and imports one when it is called."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_ELSEWHERE})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in _ELSEWHERE:
            import importlib

            return getattr(importlib.import_module(_ELSEWHERE[name]), name)  # type: ignore[no-any-return]
        return super().get_command(ctx, name)


@click.group(
    cls=Commands,
    context_settings={"auto_envvar_prefix": None, "help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="careleaf %(version)s")
def careleaf() -> None:
    """Handouts for families, with the child's name and real dates, in their language."""


@careleaf.command("list")
@rooted
def list_(root: Path | None, clinic: Path | None) -> None:
    """List the handouts, with their codes and languages."""
    from careleaf.language import locale_tags
    from careleaf.paths import po_path

    desk = open_desk(root, clinic)
    for handout in desk.content.handouts:
        source = desk.content.source(handout)
        tags = [
            tag
            for tag in desk.content.locales
            if locale_tags.is_source(tag)
            or po_path(desk.content.root.locales, tag, handout).is_file()
        ]
        click.echo(f"{handout}  [{source.handout.code}]  {source.handout.title}")
        click.echo(f"  {' '.join(tags)}")


@careleaf.command()
@asked
@option("--stencil/--no-stencil", default=True, help="Lay out once for all children, or each anew.")
@option("-o", "--out", type=click.Path(path_type=Path), help="Where to write the PDF.")
@rooted
def sheet(
    request: Request,
    stencil: bool,
    out: Path | None,
    root: Path | None,
    clinic: Path | None,
) -> None:
    """Make one sheet for one child."""
    from careleaf.files import write_private

    desk = open_desk(root, clinic, use_stencil=stencil)
    order = desk.order(request)
    made = desk.make(order)
    path = (
        out or Path("output") / f"{order.patient.id or 'sheet'}.{order.handout}.{order.locale}.pdf"
    )
    write_private(path, made.pdf)
    click.echo(f"{path}: {made.pages} {'page' if made.pages == 1 else 'pages'}")


@careleaf.command()
@click.argument("handouts", nargs=-1, envvar="CARELEAF_HANDOUT")
@option(
    "--locale", "locales", multiple=True, metavar="TAG", help="Only this language (again for more)."
)
@option("--size", default="", metavar="a4|letter", help="Paper [default: the clinic's].")
@option("--large-print", is_flag=True, help="18 point.")
@option("--with", "second", default="", metavar="TAG", help="A second language beside the first.")
@option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("output/blanks"), show_default=True
)
@rooted
def blank(
    handouts: tuple[str, ...],
    locales: tuple[str, ...],
    size: str,
    large_print: bool,
    second: str,
    out: Path,
    root: Path | None,
    clinic: Path | None,
) -> None:
    """Make sheets to fill in by hand, named <handout>.<locale>.pdf."""
    from careleaf.files import write_file

    desk = open_desk(root, clinic)
    tags = [desk.content.locale(tag) for tag in locales] or list(desk.content.locales)
    refused = 0
    for handout in handouts or desk.content.handouts:
        desk.content.source(handout)
        for tag in tags:
            beside = second if second != tag else ""
            try:
                asked_for = Request.read(
                    {
                        "handout": handout,
                        "locale": tag,
                        "size": size,
                        "large_print": "yes" if large_print else "",
                        "with": beside,
                    }
                )
                order = desk.blank_order(asked_for)
                made = desk.blank(order.handout, order.locale, order.form)
            except HandoutError as error:
                click.echo(f"{handout}, {tag}: not made\n{error}", err=True)
                refused += 1
                continue
            path = out / f"{handout}.{tag}.pdf"
            write_file(path, made.pdf)
            click.echo(f"{path}: {made.pages} pages")
    sys.exit(SOME_REFUSED if refused else MADE)


@careleaf.command()
@rooted
def schema(root: Path | None, clinic: Path | None) -> None:
    """Write the JSON Schemas that an editor checks YAML files by into docs/schema/."""
    from careleaf.content.json_schema import schemas
    from careleaf.files import write_file
    from careleaf.paths import Root

    folder = Root.at(root, clinic).folder / "docs" / "schema"
    for name, text in schemas().items():
        write_file(folder / name, text.encode())


def main(program: str = "generate.py") -> None:
    """Run the command; a fault that a user can put right is a message and exit status 2."""
    try:
        sys.exit(careleaf(prog_name=program, standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as error:  # the bare command: its help
        error.show()
        sys.exit(UNUSABLE)
    except (HandoutError, click.UsageError) as error:
        fault = told(error) if isinstance(error, click.UsageError) else error
        click.echo(str(fault), err=True)
        sys.exit(UNUSABLE)
    except click.ClickException as error:
        error.show()
        sys.exit(UNUSABLE)
    except click.Abort:
        sys.exit(INTERRUPTED)
