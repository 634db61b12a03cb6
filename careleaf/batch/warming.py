"""Stencils cut ahead: the editions that a clinic uses are laid out before a child waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from careleaf.batch.maker import explained
from careleaf.errors import HandoutError, Unsure
from careleaf.model import Blank
from careleaf.pool import Lost, Pool, ThisProcess, Workers, spread

if TYPE_CHECKING:
    from careleaf.desk.desk import Desk


class Warmed(NamedTuple):
    """What became of an edition. `message` is why it is slow or cannot be given away."""

    edition: Blank
    status: Literal["cut", "there", "slow", "refused"]
    message: str = ""


class Warmer:
    """Cuts one edition after another, in one process."""

    def __init__(self, open_desk: Callable[[], Desk]) -> None:
        self._desk = open_desk()

    def handle(self, task: Blank) -> Warmed:
        """Return what became of an edition; whatever went wrong is in the message."""
        try:
            is_new = self._desk.warm(task.handout, task.locale, task.form)
        except Unsure as unsure:
            return Warmed(task, "slow", unsure.reason)
        except HandoutError as fault:
            return Warmed(task, "refused", str(fault))
        except Exception as error:
            return Warmed(task, "refused", explained(error))
        return Warmed(task, "cut" if is_new else "there")

    def close(self) -> None:
        """Nothing is held that must be let go of."""


def warm(open_desk: Callable[[], Desk], editions: Sequence[Blank], jobs: int) -> Iterator[Warmed]:
    """Cut editions in up to `jobs` processes; yield what became of each as it is done."""
    start, count = partial(Warmer, open_desk), min(jobs, len(editions))
    workers: Workers[Blank, Warmed]
    workers = ThisProcess(start) if count <= 1 else Pool(start, count)
    try:
        for heard in spread(workers, editions, Warmed):
            yield _lost(heard) if isinstance(heard, Lost) else heard
    except BaseException:
        workers.stop()
        raise
    workers.close()


def _lost(lost: Lost[Blank]) -> Warmed:
    told = f"the process that cut it was ended by the system ({lost.how})"
    return Warmed(lost.task, "refused", told)
