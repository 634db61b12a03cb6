"""The command line: reads a request, asks the desk, reports. Every option is also CARELEAF_<OPTION>."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from careleaf.desk.options import open_desk, option, rooted
from careleaf.errors import HandoutError

if TYPE_CHECKING:
    pass

MADE, SOME_REFUSED, UNUSABLE = 0, 1, 2

# Commands that live in modules of their own, imported only when asked for: a sheet is wanted now.
_ELSEWHERE = {
    "batch": "careleaf.cli.batch",
    "blank": "careleaf.cli.blank",
    "check": "careleaf.cli.authoring",
    "locales": "careleaf.cli.authoring",
    "sign": "careleaf.cli.authoring",
    "serve": "careleaf.web.command",
}


class Commands(click.Group):
    """A group that knows the other modules' commands by name and imports one when it is called."""

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
@click.argument("handout", envvar="CARELEAF_HANDOUT")
@option("--name", required=True, help="The child's name, as it is to be printed.")
@option(
    "--date", "procedure_date", required=True, metavar="YYYY-MM-DD", help="Day of the procedure."
)
@option(
    "--locale", default="", metavar="TAG", help="Language of the sheet [default: the clinic's]."
)
@option("--id", "reference", default="", help="The clinic's reference number.")
@option("--size", default="", metavar="a4|letter", help="Paper [default: the clinic's].")
@option("--large-print", is_flag=True, help="18 point.")
@option("--with", "second", default="", metavar="TAG", help="A second language beside the first.")
@option("--stencil/--no-stencil", default=True, help="Lay out once for all children, or each anew.")
@option("-o", "--out", type=click.Path(path_type=Path), help="Where to write the PDF.")
@rooted
def sheet(
    handout: str,
    name: str,
    procedure_date: str,
    locale: str,
    reference: str,
    size: str,
    large_print: bool,
    second: str,
    stencil: bool,
    out: Path | None,
    root: Path | None,
    clinic: Path | None,
) -> None:
    """Make one sheet for one child."""
    from careleaf.files import write_private
    from careleaf.model import sheet_file

    desk = open_desk(root, clinic, use_stencil=stencil)
    order = desk.order(
        name=name,
        date=procedure_date,
        handout=handout,
        locale=locale,
        id=reference,
        size=size,
        large_print=large_print,
        second=second,
    )
    made = desk.make(order)
    path = out or Path("output") / sheet_file(order.patient.id, order.handout, order.locale)
    write_private(path, made.pdf)
    click.echo(f"{path}: {made.pages} {'page' if made.pages == 1 else 'pages'}")


@careleaf.command()
@rooted
def schema(root: Path | None, clinic: Path | None) -> None:
    """Write the JSON Schemas that an editor checks YAML files by into docs/schema/."""
    from careleaf.content.json_schema import schemas
    from careleaf.files import write_file
    from careleaf.paths import PROGRAM

    for name, text in schemas().items():
        write_file(PROGRAM / "docs" / "schema" / name, text.encode())


def main() -> None:
    """Run the command; a fault that a user can put right is a message and exit status 2."""
    try:
        careleaf(prog_name="generate.py")
    except HandoutError as error:
        click.echo(str(error), err=True)
        sys.exit(UNUSABLE)
