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
    "blank": "careleaf.cli.blank",
    "check": "careleaf.cli.authoring",
    "locales": "careleaf.cli.authoring",
    "new": "careleaf.cli.new",
    "sign": "careleaf.cli.authoring",
    "serve": "careleaf.web.command",
    "warm": "careleaf.cli.warm",
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
    from careleaf.model import sheet_file

    desk = open_desk(root, clinic, use_stencil=stencil)
    order = desk.order(request)
    made = desk.make(order)
    path = out or Path("output") / sheet_file(order.patient.id, order.handout, order.locale)
    write_private(path, made.pdf)
    click.echo(f"{path}: {made.pages} {'page' if made.pages == 1 else 'pages'}")


@careleaf.command()
@rooted
def schema(root: Path | None, clinic: Path | None) -> None:
    """Write what is made from the program into docs/: JSON Schemas for editors, the codes of faults."""
    from careleaf.content.json_schema import schemas
    from careleaf.faults import as_markdown
    from careleaf.files import write_file
    from careleaf.paths import Root

    folder = Root.at(root, clinic).folder / "docs" / "schema"
    for name, text in schemas().items():
        write_file(folder / name, text.encode())
    write_file(folder.parent / "faults.md", as_markdown().encode())


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
