"""What a check is: a small function whose docstring is its title and its help."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import getdoc
from typing import Generic, Literal, TypeVar

Level = Literal["critical", "error", "warning"]
FAILING: tuple[Level, ...] = ("critical", "error")

Subject = TypeVar("Subject")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: the fault and the cure."""

    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject, Found]):
    """One check.

    A translation with a `critical` finding is never printed, a handout with an `error` needs
    mending before it is, and a `warning` is for a person to judge.
    """

    level: Level
    run: Callable[[Subject], Iterator[Found]]

    def __call__(self, subject: Subject) -> Iterator[Found]:
        return self.run(subject)

    @property
    def name(self) -> str:
        """The word that a comment `# ignore-<name>` takes."""
        return self.run.__name__.replace("_", "-")

    @property
    def title(self) -> str:
        return (getdoc(self.run) or "").split("\n")[0].rstrip(".")

    @property
    def help(self) -> str:
        return (getdoc(self.run) or "").partition("\n")[2].strip()


def rule(
    level: Level,
) -> Callable[[Callable[[Subject], Iterator[Found]]], Rule[Subject, Found]]:
    """Make a check of a function that yields what it found."""
    return lambda run: Rule(level, run)
