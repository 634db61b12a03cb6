"""A task of a day's list to its sheet in the folder: the `Maker`, one in each process of a run.

Nothing that goes wrong with one sheet stops another: it becomes the message of that sheet's line.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from careleaf.batch.writer import SheetWriter
from careleaf.errors import HandoutError, codes, in_one_line
from careleaf.lists.tasks import Task
from careleaf.pool import Lost, Pool, ThisProcess, Workers

if TYPE_CHECKING:
    from careleaf.desk.desk import Desk

Status = Literal["made", "kept", "refused"]

STOPPED_CODE = "run.stopped"
STOPPED = (
    "the run was stopped before this sheet (run the same command again: it makes what is missing)"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What every process of a run must know: how to open a desk, and where sheets go."""

    open_desk: Callable[[], Desk]
    folder: Path


class Result(NamedTuple):
    """What became of one line. `way` and `why` are those of `model.Sheet`."""

    line: int
    status: Status
    pages: int = 0
    sha256: str = ""
    message: str = ""
    way: str = ""
    why: str = ""
    code: str = ""  # of each fault in the message, with spaces between


def lost_result(lost: Lost[Task]) -> Result:
    """Return the line's result, unless its sheet is found to be there all the same."""
    return Result(
        lost.task.line,
        "refused",
        message=f"the process that made this sheet was ended by the system ({lost.how};"
        " is there memory enough? run the same command again: it makes what is missing)",
        code="run.process-lost",
    )


class Maker:
    """One task after another, in this process."""

    def __init__(self, plan: Plan) -> None:
        self._desk = plan.open_desk()
        self._writer = SheetWriter(plan.folder)

    def handle(self, task: Task) -> Result:
        """Return what became of a task; whatever went wrong is in the message."""
        try:
            order = self._desk.order(task.request)
            made_from = self._desk.digest(order)
            if landed := self._writer.kept(task.file, made_from):
                return Result(task.line, "kept", landed.pages, landed.sha256)
            sheet = self._desk.make(order)
            landed = self._writer.write(task.file, made_from, sheet.pdf, sheet.pages)
        except Exception as error:
            self._writer.withdraw(task.file)
            return refused(task.line, error)
        return Result(task.line, "made", landed.pages, landed.sha256, "", sheet.way, sheet.why)

    def close(self) -> None:
        """Let go of the files."""
        self._writer.close()


def workers(plan: Plan, jobs: int) -> Workers[Task, Result]:
    """Return who makes a run's sheets: this process for one job, else so many processes."""
    start = partial(Maker, plan)
    return ThisProcess(start) if jobs == 1 else Pool(start, jobs)


def refused(line: int, error: Exception) -> Result:
    """Return the result of a line whose sheet was not made."""
    return Result(line, "refused", message=explained(error), code=code_of(error))


def code_of(error: Exception) -> str:
    """Return the code of what `explained` says; of each where there are several."""
    if isinstance(error, HandoutError):
        return codes(error)
    if isinstance(error, OSError):
        return "run.cannot-write"
    return "run.no-memory" if isinstance(error, MemoryError) else "run.program-fault"


def explained(error: Exception) -> str:
    """Return why a sheet was not made, in one line that holds nothing of the child.

    What a bug says of itself may quote a name, so only its kind and its place are told.
    """
    if isinstance(error, HandoutError):
        return in_one_line(error)
    if isinstance(error, OSError):
        cure = {
            errno.ENOSPC: "make room, then run the same command again",
            errno.EDQUOT: "make room, then run the same command again",
            errno.EACCES: "check who may write to the folder",
            errno.EPERM: "check who may write to the folder",
            errno.EROFS: "check who may write to the folder",
        }.get(error.errno or 0, "run the same command again")
        return f"the file cannot be written: {error.strerror or type(error).__name__} ({cure})"
    if isinstance(error, MemoryError):
        return "out of memory (use fewer --jobs, then run the same command again)"
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"a fault in the program: {type(error).__name__} at {place} (please report it)"


def processors() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
