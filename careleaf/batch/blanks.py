"""Blank sheets into a folder: what comes from the same files as last time is kept, the rest is made."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, NamedTuple

from careleaf import files
from careleaf.batch.maker import Plan, explained
from careleaf.batch.output_folder import OutputFolder
from careleaf.batch.writer import SheetWriter
from careleaf.errors import HandoutError
from careleaf.model import Blank, blank_file
from careleaf.pool import Lost, Pool, ThisProcess, Workers, spread


class BlankResult(NamedTuple):
    """What became of a task; a refused one has a message, which says place, fault and cure."""

    task: Blank
    status: Literal["made", "kept", "refused"]
    pages: int = 0
    message: str = ""


class BlankMaker:
    """One task after another, in one process. The sheets are for anyone to read."""

    def __init__(self, plan: Plan) -> None:
        self._desk = plan.open_desk()
        self._writer = SheetWriter(plan.folder, files.PUBLIC_FILE)

    def handle(self, task: Blank) -> BlankResult:
        """Return what became of a task; whatever went wrong is in the message."""
        file = blank_file(task.handout, task.locale)
        try:
            made_from = self._desk.edition_digest(task.handout, task.locale, task.form)
            if landed := self._writer.kept(file, made_from):
                return BlankResult(task, "kept", landed.pages)
            sheet = self._desk.blank(task.handout, task.locale, task.form)
            landed = self._writer.write(file, made_from, sheet.pdf, sheet.pages)
        except Exception as error:
            self._writer.discard(file)
            told = str(error) if isinstance(error, HandoutError) else explained(error)
            return BlankResult(task, "refused", message=told)
        return BlankResult(task, "made", landed.pages)

    def close(self) -> None:
        """Let go of the files."""
        self._writer.close()


def make(
    plan: Plan, tasks: Sequence[Blank], jobs: int, tell: Callable[[BlankResult], None]
) -> None:
    """Make each blank sheet or keep it, in up to `jobs` processes; `tell` hears of each, in their order.

    Raises HandoutError if the folder cannot be written or another run is at work there.
    """
    with OutputFolder(plan.folder, files.PUBLIC_FOLDER) as folder:
        start = partial(BlankMaker, plan)
        count = min(jobs, len(tasks))
        workers: Workers[Blank, BlankResult]
        workers = ThisProcess(start) if count <= 1 else Pool(start, count)
        waiting, results = deque(tasks), dict[Blank, BlankResult]()
        try:
            for heard in spread(workers, tasks, BlankResult):
                result = _lost(heard) if isinstance(heard, Lost) else heard
                results[result.task] = result
                while waiting and waiting[0] in results:
                    tell(results[waiting.popleft()])
        except BaseException:
            workers.stop()
            raise
        workers.close()
        folder.settle()


def _lost(lost: Lost[Blank]) -> BlankResult:
    told = f"the process that made this sheet was ended by the system ({lost.how})"
    return BlankResult(lost.task, "refused", message=told)
