"""`new`: a folder for a clinic of one's own."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from careleaf.desk.options import today


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Write a folder for a clinic of your own: clinic.yaml, logo, a handout, a list, a Makefile.

    Everything in it is invented and works at once. A folder that is there already is left alone.
    """
    from careleaf.authoring.new_clinic import write

    files = write(folder, _this_command(), today())
    click.echo(f"{folder}: {len(files)} files; read {folder / 'README.md'} first")


def _this_command() -> tuple[str, ...]:
    """Return the words that start this program again, from any folder."""
    started = Path(sys.argv[0]).resolve()
    found = shutil.which("careleaf")
    if found and Path(found).resolve() == started:
        return ("careleaf",)
    if started.name == "__main__.py":
        return (sys.executable, "-m", "careleaf")
    return (sys.executable, str(started))
