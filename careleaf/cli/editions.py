"""The options that ask for many editions: handouts in languages, on one form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from careleaf.desk.options import option
from careleaf.model import Request

if TYPE_CHECKING:
    from careleaf.desk.desk import Desk
    from careleaf.model import Blank

Command = Callable[..., Any]
_OPTIONS = (
    click.argument("handouts", nargs=-1, envvar="CARELEAF_HANDOUT"),
    option(
        *("--locale", "locales"), multiple=True, metavar="TAG",
        help="Only this language (again for more).",
    ),
    option("--size", default="", metavar="a4|letter", help="Paper [default: the clinic's]."),
    option("--large-print", is_flag=True, help="18 point."),
    option(
        *("--with", "second"), default="", metavar="TAG", help="A second language beside the first."
    ),
)  # fmt: skip


def for_editions(command: Command) -> Command:
    """Give a command the options that `editions` reads."""
    for one in reversed(_OPTIONS):
        command = one(command)
    return command


def editions(
    desk: Desk,
    handouts: tuple[str, ...],
    locales: tuple[str, ...],
    size: str,
    large_print: bool,
    second: str,
) -> list[Blank]:
    """Return what is asked for. Raises HandoutError for a name that means nothing here."""
    for handout in handouts:
        desk.content.source(handout)
    tags = [desk.content.locale(tag) for tag in locales] or list(desk.content.locales)
    asked = {"size": size, "large_print": "yes" if large_print else ""}
    beside = desk.content.locale(second) if second else ""
    return [
        desk.blank_order(
            Request.read(
                {
                    **asked,
                    "handout": handout,
                    "locale": tag,
                    "with": beside if beside != tag else "",
                }
            )
        )
        for handout in handouts or desk.content.handouts
        for tag in tags
    ]
