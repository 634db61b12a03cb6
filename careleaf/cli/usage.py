"""What click says of a command line that cannot be read, said as place, fault and cure."""

from __future__ import annotations

import os

import click

from careleaf.errors import HandoutError, near, nearest


class Command(click.Command):
    """A command that names all the values it lacks at once, and as `make` takes them if make started it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words behind the command. Raises HandoutError for values that are missing."""
        if not ctx.resilient_parsing:
            missing = self._missing(ctx, list(args))
            if missing:
                raise _lacking(ctx, missing)
        return super().parse_args(ctx, args)

    def _missing(self, ctx: click.Context, args: list[str]) -> list[click.Parameter]:
        if {*args} & {*ctx.help_option_names}:
            return []
        given, _, _ = self.make_parser(ctx).parse_args(args=args)
        return [
            each
            for each in self.get_params(ctx)
            if each.required and each.value_is_missing(each.consume_value(ctx, given)[0])
        ]


def _lacking(ctx: click.Context, missing: list[click.Parameter]) -> HandoutError:
    from_make = "MAKELEVEL" in os.environ
    names = [_make_name(each) if from_make else _name(each) for each in missing]
    wanted = f"{names[0]} is" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} are"
    if from_make:
        cure = f"make {ctx.info_name} {' '.join(f'{name}...' for name in names)}"
    else:
        cure = f"see `{ctx.command_path} --help`"
    return HandoutError(f"{wanted} missing", str(ctx.info_name), cure, "command.value-missing")


def _name(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        return parameter.opts[0]
    return str(parameter.name).upper()


def _make_name(parameter: click.Parameter) -> str:
    return f"{str(parameter.envvar or parameter.name).removeprefix('CARELEAF_').upper()}="


def told(error: click.UsageError) -> HandoutError:
    """Return a fault of the command line as one of ours."""
    ctx = error.ctx
    cure = f"see `{ctx.command_path} --help`" if ctx else ""
    if isinstance(error, click.exceptions.NoSuchCommand):
        known = (
            ctx.command.list_commands(ctx) if ctx and isinstance(ctx.command, click.Group) else ()
        )
        return HandoutError(
            "there is no such command",
            error.command_name,
            nearest(error.command_name, known),
            "command.unknown",
        )
    if isinstance(error, click.NoSuchOption):
        options = (
            [name for each in ctx.command.get_params(ctx) for name in each.opts] if ctx else []
        )
        close = near(error.option_name, options)
        return HandoutError(
            "there is no such option",
            error.option_name,
            f'did you mean "{close}"?' if close else cure,
            "command.option-unknown",
        )
    if isinstance(error, click.MissingParameter) and ctx and error.param:
        return _lacking(ctx, [error.param])
    if isinstance(error, click.BadParameter) and error.param:
        place = _name(error.param)
        return HandoutError(error.message.rstrip("."), place, cure, "command.value-unusable")
    place = str(ctx.info_name) if ctx else ""
    message = error.format_message().rstrip(".")
    return HandoutError(message[:1].lower() + message[1:], place, cure, "command.unusable")
