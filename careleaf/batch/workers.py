"""Who makes the sheets of a run: this process, or several; the same `Maker` in each.

A crew has seats. A seat is given a few tasks at a time and tells the result of each. Nothing that
goes wrong with one sheet stops another: it becomes the message of that sheet's line.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from careleaf.batch.output_folder import Pen
from careleaf.errors import HandoutError, codes, in_one_line
from careleaf.lists.tasks import Task
from careleaf.model import Order, Request, Sheet

Status = Literal["made", "kept", "refused"]

TELL_EVERY = 0.05  # seconds between two reports of a process
AHEAD = 2  # groups a seat may hold, so that it never waits for the next
LIMIT_DEATHS = 5  # processes lost in a row without one sheet made

STOPPED_CODE = "run.stopped"
STOPPED = (
    "the run was stopped before this sheet (run the same command again: it makes what is missing)"
)


class Desk(Protocol):
    """What a crew needs of a `desk.Desk`."""

    def order(self, request: Request) -> Order:
        """Return the order that a request is for. Raises HandoutError."""

    def make(self, order: Order) -> Sheet:
        """Return the sheet. Raises HandoutError."""

    def digest(self, order: Order) -> str:
        """Return a digest of all that the sheet comes from."""


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


class Lost(NamedTuple):
    """A task whose process was ended in the midst of it; `how` is a signal or an exit status."""

    task: Task
    how: str

    @property
    def result(self) -> Result:
        """The line's result, unless its sheet is found to be there all the same."""
        return Result(
            self.task.line,
            "refused",
            message=f"the process that made this sheet was ended by the system ({self.how};"
            " is there memory enough? run the same command again: it makes what is missing)",
            code="run.process-lost",
        )


class Crew(Protocol):
    """Makes sheets somewhere."""

    def seats(self) -> Iterator[int]:
        """Yield the seats that can take tasks now."""

    def give(self, seat: int, group: Sequence[Task]) -> None:
        """Hand a seat its next tasks; they are alike, so that what one needs serves the others."""

    def hear(self, timeout: float) -> Iterator[Result | Task | Lost]:
        """Yield what is finished within `timeout` seconds; a task comes back if its process was lost.

        The task that the process was at comes back as `Lost`.
        """

    def stop(self) -> None:
        """End at once, whatever is under way."""

    def close(self) -> None:
        """End when all is done."""


class Maker:
    """One task after another, in this process."""

    def __init__(self, plan: Plan) -> None:
        self._desk = plan.open_desk()
        self._pen = Pen(plan.folder)

    def make(self, task: Task) -> Result:
        """Return what became of a task; whatever went wrong is in the message."""
        try:
            order = self._desk.order(task.request)
            made_from = self._desk.digest(order)
            if landed := self._pen.kept(task.file, made_from):
                return Result(task.line, "kept", landed.pages, landed.sha256)
            sheet = self._desk.make(order)
            landed = self._pen.write(task.file, made_from, sheet.pdf, sheet.pages)
        except Exception as error:
            self._pen.discard(task.file)
            return refused(task.line, error)
        return Result(task.line, "made", landed.pages, landed.sha256, "", sheet.way, sheet.why)

    def close(self) -> None:
        """Let go of the files."""
        self._pen.close()


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


# --- this process ----------------------------------------------------------------------------


class Alone:
    """A crew of one: this process."""

    def __init__(self, plan: Plan) -> None:
        self._maker = Maker(plan)
        self._tasks: deque[Task] = deque()

    def seats(self) -> Iterator[int]:
        if not self._tasks:
            yield 0

    def give(self, seat: int, group: Sequence[Task]) -> None:
        self._tasks.extend(group)

    def hear(self, timeout: float) -> Iterator[Result | Task | Lost]:
        end = time.monotonic() + min(timeout, TELL_EVERY)
        while self._tasks and time.monotonic() < end:
            yield self._maker.make(self._tasks.popleft())

    def stop(self) -> None:
        self._maker.close()

    def close(self) -> None:
        self._maker.close()


# --- several processes -----------------------------------------------------------------------


class Crowd:
    """A crew of processes, started as they are needed.

    Each has a pipe of its own, so that the loss of one is seen at once, touches no other, and the
    sheet that it was at is known.
    """

    def __init__(self, plan: Plan, jobs: int) -> None:
        self._plan = plan
        self._context = multiprocessing.get_context(
            "spawn"
        )  # the same everywhere, and no threads copied
        self._hands: list[_Hand | None] = [None] * jobs
        self._deaths = 0

    def seats(self) -> Iterator[int]:
        """Yield free seats, those with nothing to do first; a new process only if all others are busy."""
        hands = [(hand.load, seat) for seat, hand in enumerate(self._hands) if hand]
        idle = sorted(pair for pair in hands if pair[0] == 0)
        yield from (seat for _, seat in idle)
        for seat, hand in enumerate(self._hands):
            if hand is None:
                yield seat
        yield from (seat for load, seat in sorted(hands) if 0 < load < AHEAD)

    def give(self, seat: int, group: Sequence[Task]) -> None:
        hand = self._hands[seat]
        if hand is None:
            hand = self._hands[seat] = _Hand(self._context, self._plan)
        hand.give(group)

    def hear(self, timeout: float) -> Iterator[Result | Task | Lost]:
        hands = {hand.pipe: (seat, hand) for seat, hand in enumerate(self._hands) if hand}
        for pipe in wait(list(hands), timeout):
            seat, hand = hands[pipe]
            try:
                results = hand.hear()
            except (EOFError, OSError):
                self._hands[seat] = None
                yield from self._lost(hand)
                continue
            self._deaths = 0
            yield from results

    def _lost(self, hand: _Hand) -> Iterator[Task | Lost]:
        """Yield the sheet that the process was at as lost, and its other tasks for another process."""
        at, left, how = hand.bury()
        self._deaths += 1
        is_hopeless = self._deaths >= LIMIT_DEATHS
        for task in left:
            yield Lost(task, how) if task.line == at or is_hopeless else task

    def stop(self) -> None:
        for hand in self._hands:
            if hand:
                hand.process.kill()
        self._end()

    def close(self) -> None:
        for hand in self._hands:
            if hand:
                hand.pipe.close()  # the process sees the end of its pipe, and ends
        self._end()

    def _end(self) -> None:
        for hand in self._hands:
            if hand:
                hand.process.join()
        self._hands = [None] * len(self._hands)


class _Hand:
    """One process, seen from the one that started it."""

    def __init__(self, context: Any, plan: Plan) -> None:
        self.pipe, theirs = context.Pipe()
        self._at = context.RawValue("q", 0)  # the line it is making, or 0
        self._groups: deque[dict[int, Task]] = deque()
        self.process = context.Process(target=_work, args=(theirs, self._at, plan), daemon=True)
        self.process.start()
        theirs.close()

    @property
    def load(self) -> int:
        """How many groups it holds."""
        return len(self._groups)

    def give(self, group: Sequence[Task]) -> None:
        self._groups.append({task.line: task for task in group})
        with suppress(OSError):  # gone: `hear` will say so
            self.pipe.send(tuple(group))

    def hear(self) -> list[Result]:
        """Return what it has finished. Raises EOFError if the process is gone."""
        results: list[Result] = self.pipe.recv()
        for result in results:
            self._groups[0].pop(result.line)
            if not self._groups[0]:
                self._groups.popleft()
        return results

    def bury(self) -> tuple[int, list[Task], str]:
        """Return the line it was at, all that it had not told of, and how it ended."""
        self.process.join(1)
        self.pipe.close()
        code = self.process.exitcode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"
        left = [task for group in self._groups for task in group.values()]
        return self._at.value, left, how


def _work(pipe: Connection, at: Any, plan: Plan) -> None:
    """Run in a process of its own: make what comes through the pipe until it closes."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for the first process, which ends this one
    threading.Thread(target=_end_with_parent, daemon=True).start()
    maker = Maker(plan)
    while True:
        try:
            group = pipe.recv()
        except (EOFError, OSError):
            break
        done: list[Result] = []
        told = time.monotonic()
        for task in group:
            at.value = task.line
            done.append(maker.make(task))
            if time.monotonic() - told > TELL_EVERY:
                pipe.send(done)
                done, told = [], time.monotonic()
        at.value = 0
        if done:
            pipe.send(done)
    maker.close()


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, even in the midst of a sheet."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def processors() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
