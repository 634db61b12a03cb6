"""What a user can put right, said as place, fault and cure."""

from __future__ import annotations

from collections.abc import Iterable

from careleaf.faults import FAULTS

LIMIT_LINE = 500  # characters of a message in one line


class HandoutError(Exception):
    """A fault that the person at the keyboard can put right.

    `where` is the place (`handouts/x.yaml:14:3`, `roster.csv:7`, `--date`), `hint` the cure,
    `code` what programs tell it by, one of `faults.FAULTS`: the words are for people alone.
    Only `cli` and `web` catch it; any other exception is a bug and keeps its traceback.
    The text never holds a child's name or date.
    """

    def __init__(self, message: str, where: str = "", hint: str = "", code: str = "") -> None:
        if code and code not in FAULTS:
            raise ValueError(f"{code} is not listed in faults.FAULTS")
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.code = code

    def at(self, where: str) -> HandoutError:
        """Return the same fault at another place."""
        return type(self)(self.message, where, self.hint, self.code)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        cure = f"\n  {self.hint}" if self.hint else ""
        return f"{place}{self.message}{cure}"

    def __reduce__(self) -> tuple[type[HandoutError], tuple[str, str, str, str]]:
        """Errors cross process borders whole: `where`, `hint` and `code` too."""
        return type(self), (self.message, self.where, self.hint, self.code)


class Faults(HandoutError):
    """Several faults found in one go, in the order of their places."""

    def __init__(self, faults: Iterable[HandoutError]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults), code="several")

    def __reduce__(self) -> tuple[type[Faults], tuple[tuple[HandoutError, ...]]]:  # type: ignore[override]
        return type(self), (self.faults,)


class PressError(HandoutError):
    """A sheet that could not be laid out exactly as asked, so it was not made."""


class Unsure(Exception):
    """The stencil hands this sheet back to the press; `reason` is a word for the tally."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def raise_all(faults: Iterable[HandoutError]) -> None:
    """Raise nothing, the one fault there is, or all of them together."""
    found = tuple(faults)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Faults(found)


def each(fault: HandoutError) -> tuple[HandoutError, ...]:
    """Return the faults one by one."""
    return fault.faults if isinstance(fault, Faults) else (fault,)


def codes(fault: HandoutError) -> str:
    """Return the codes of a fault, or of each of several, with a space between."""
    return " ".join(one.code for one in each(fault) if one.code)


def in_one_line(fault: HandoutError, most: int = 3) -> str:
    """Return a fault as one line: what is wrong, then the cure; of several the first `most`."""
    faults = each(fault)
    told = [f"{one.message} ({one.hint})" if one.hint else one.message for one in faults[:most]]
    if len(faults) > most:
        told.append(f"and {len(faults) - most} more")
    return " ".join("; ".join(told).split())[:LIMIT_LINE]


def near(word: str, known: Iterable[str]) -> str:
    """Return the known name that `word` is most likely a slip of (two letters at most), or nothing.

    A letter left out, put in, changed or swapped with its neighbour counts as one. A short word is
    a slip only if less than half of it is changed.
    """
    few = min(_SLIPS, (len(word) - 1) // 2)
    reached = ((_slips(word.casefold(), each.casefold(), few), each) for each in known)
    best = min(reached, key=lambda found: found[0], default=(few + 1, ""))
    return best[1] if best[0] <= few else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the cure for an unknown name: the known one that is near, if any, and all of them."""
    names = tuple(known)
    close = near(word, names)
    meant = f'did you mean "{close}"? ' if close else ""
    return f"{meant}(known: {', '.join(names)})" if names else meant


_SLIPS = 2


def _slips(one: str, other: str, most: int) -> int:
    """Return the slips between two words (optimal string alignment), or `most + 1` for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return min(row[-1], most + 1)
