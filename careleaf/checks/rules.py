"""What a check is: a small function whose docstring is its title and its help."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from inspect import getdoc
from typing import Generic, Literal, TypeVar

Level = Literal["critical", "error", "warning"]
FAILING: tuple[Level, ...] = ("critical", "error")

Subject = TypeVar("Subject", contravariant=True)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found in a text: the fault and the cure."""

    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject]):
    """One check. A translation with a `critical` finding is never printed, a sheet with an `error`
    needs mending first, a `warning` is for a person to judge."""

    level: Level
    run: Callable[[Subject], Iterator[Finding]]

    def __call__(self, subject: Subject) -> Iterator[Finding]:
        return self.run(subject)

    @property
    def name(self) -> str:
        """The word that `# ignore-<name>` takes."""
        return self.run.__name__.replace("_", "-")

    @property
    def title(self) -> str:
        return _doc(self.run)[0].rstrip(".")

    @property
    def help(self) -> str:
        return "\n".join(_doc(self.run)[1:]).strip()


@lru_cache(maxsize=128)
def _doc(function: Callable[..., object]) -> tuple[str, ...]:
    return tuple((getdoc(function) or "").splitlines())


def rule(
    level: Level,
) -> Callable[[Callable[[Subject], Iterator[Finding]]], Rule[Subject]]:
    """Make a check of a function that yields findings."""
    return lambda run: Rule(level, run)
