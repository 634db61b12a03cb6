"""What every command shares: options that the environment may give too, and the desk that they open."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from careleaf.desk.desk import Desk


def option(*names: str, **settings: Any) -> Callable[..., Any]:
    """Declare an option that the environment may give too: `--large-print` is CARELEAF_LARGE_PRINT."""
    long = next(name for name in names if name.startswith("--"))
    variable = "CARELEAF_" + long.split("/")[0].removeprefix("--").replace("-", "_").upper()
    return click.option(*names, envvar=settings.pop("envvar", variable), **settings)


Command = Callable[..., Any]
_ROOT = option(
    "--root",
    type=click.Path(path_type=Path),
    help="Folder with handouts/, locales/ and clinic.yaml.",
)
_CLINIC = option("--clinic", type=click.Path(path_type=Path), help="Another clinic.yaml.")


def rooted(command: Command) -> Command:
    """Give a command the options of every command: --root and --clinic."""
    decorated: Command = _ROOT(_CLINIC(command))
    return decorated


def today() -> date:
    """Return the day that dates are checked against; CARELEAF_TODAY fixes it for a demonstration."""
    fixed = os.environ.get("CARELEAF_TODAY")
    return date.fromisoformat(fixed) if fixed else datetime.now().astimezone().date()


def open_desk(root: Path | None, clinic: Path | None, *, use_stencil: bool = True) -> Desk:
    """Return the desk for --root and --clinic. Raises HandoutError."""
    from careleaf.desk.desk import Desk
    from careleaf.paths import Root

    return Desk.at(Root.at(root, clinic), today(), use_stencil)
