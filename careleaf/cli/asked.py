"""The options that ask for one sheet, as one request."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from careleaf.child import VALUES, ChildValue
from careleaf.desk.options import option
from careleaf.model import Request

Command = Callable[..., Any]


Decorator = Callable[[Command], Command]


def _of_child(value: ChildValue) -> Decorator:
    settings = {"required": True} if value.needed else {"default": ""}
    return option(f"--{value.key}", metavar=value.metavar, help=value.about, **settings)


_OPTIONS: tuple[Decorator, ...] = (
    click.argument("handout", envvar="CARELEAF_HANDOUT"),
    *(_of_child(value) for value in VALUES if value.needed),
    option(
        "--locale", default="", metavar="TAG", help="Language of the sheet [default: the clinic's]."
    ),
    *(_of_child(value) for value in VALUES if not value.needed),
    option("--size", default="", metavar="a4|letter", help="Paper [default: the clinic's]."),
    option("--large-print", is_flag=True, help="18 point."),
    option("--with", default="", metavar="TAG", help="A second language beside the first."),
)
_NAMES = Request.read({}).texts.keys()


def asked(command: Command) -> Command:
    """Give a command the options of a request; it gets what they say as one: `request`."""

    @wraps(command)
    def with_request(**given: Any) -> Any:
        texts = {name: given.pop(name) for name in _NAMES}
        texts["large_print"] = "yes" if texts["large_print"] else ""
        return command(request=Request.read(texts), **given)

    decorated: Command = with_request
    for one in reversed(_OPTIONS):
        decorated = one(decorated)
    return decorated
