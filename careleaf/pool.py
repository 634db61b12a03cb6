"""A pool of processes: tasks go in, answers come out, and a task whose process was lost is named.

Each process has a pipe of its own, so that the loss of one is seen at once and touches no other,
and it says by a number in shared memory which of its tasks it is at. Nothing touches the disk.

The kept library for this, pebble, names a lost task too. It hands a task to whichever process is
free, though, as one piece: here a process gets the tasks whose layout it knows, many at a time, and
answers them one by one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")
A = TypeVar("A")
T_in = TypeVar("T_in", contravariant=True)
A_out = TypeVar("A_out", covariant=True)

ANSWER_EVERY = 0.05  # seconds between two reports of a process
AHEAD = 2  # groups a worker may hold, so that it never waits for the next
LIMIT_DEATHS = 5  # processes lost in a row without one answer
START_SECONDS = 30.0  # for a process's imports, and the faces if they were never made


class TaskHandler(Protocol[T_in, A_out]):
    """What a process does with its tasks. Whatever goes wrong with one is its answer."""

    def handle(self, task: T_in) -> A_out:
        """Return the answer to a task. An exception ends the process: then the task is lost."""

    def close(self) -> None:
        """Let go of what it holds."""


@dataclass(frozen=True, slots=True)
class Lost(Generic[T]):
    """A task whose process ended in the midst of it; `how` is a signal or an exit status."""

    task: T
    how: str


class WorkerEnded(Exception):
    """The process that a task was given to has ended."""


class Workers(Protocol[T, A_out]):
    """Whoever takes tasks and answers them: this process, several, or other machines.

    A worker has a number. It is given a group of tasks that are alike, so that what one of them
    needs serves the others. `share_cache` says whether what one worker keeps on disk serves all.
    """

    share_cache: bool

    def free(self) -> Iterator[int]:
        """Yield the workers that can take a group now."""

    def give(self, worker: int, group: Sequence[T]) -> None:
        """Hand a worker its next tasks; with none it may get ready for some."""

    def hear(self, timeout: float) -> Iterator[A_out | T | Lost[T]]:
        """Yield what is finished within `timeout` seconds.

        An answer; a task that comes back because its process was lost before it; or, as `Lost`,
        the task that the process was at.
        """

    def stop(self) -> None:
        """End at once, whatever is under way."""

    def close(self) -> None:
        """End when all is done."""


class ThisProcess(Generic[T, A]):
    """A worker that is this process."""

    share_cache = True

    def __init__(self, start: Callable[[], TaskHandler[T, A]]) -> None:
        self._handler = start()
        self._tasks: deque[T] = deque()

    def free(self) -> Iterator[int]:
        if not self._tasks:
            yield 0

    def give(self, worker: int, group: Sequence[T]) -> None:
        self._tasks.extend(group)

    def hear(self, timeout: float) -> Iterator[A | T | Lost[T]]:
        end = time.monotonic() + min(timeout, ANSWER_EVERY)
        while self._tasks and time.monotonic() < end:
            yield self._handler.handle(self._tasks.popleft())

    def stop(self) -> None:
        self._handler.close()

    def close(self) -> None:
        self._handler.close()


class Pool(Generic[T, A]):
    """Processes of this machine, started as they are needed. `start` runs in each, once."""

    share_cache = True

    def __init__(self, start: Callable[[], TaskHandler[T, A]], size: int) -> None:
        self._workers: list[Worker[T, A]] = [Worker(start) for _ in range(size)]
        self._deaths = 0

    def free(self) -> Iterator[int]:
        """Yield the idle first; one that is not started only if all others are busy."""
        loads = [(worker.load, number) for number, worker in enumerate(self._workers)]
        started = [pair for pair in loads if self._workers[pair[1]].is_started]
        yield from (number for load, number in started if load == 0)
        yield from (number for _, number in loads if not self._workers[number].is_started)
        yield from (number for load, number in sorted(started) if 0 < load < AHEAD)

    def give(self, worker: int, group: Sequence[T]) -> None:
        self._workers[worker].give(group)

    def hear(self, timeout: float) -> Iterator[A | T | Lost[T]]:
        workers = {worker.pipe: worker for worker in self._workers if worker.pipe is not None}
        for pipe in wait(list(workers), timeout):
            worker = workers[pipe]  # type: ignore[index]  # only pipes were waited for
            try:
                answers = worker.hear()
            except (EOFError, OSError):
                yield from self._lost(worker)
                continue
            self._deaths = 0
            yield from answers

    def _lost(self, worker: Worker[T, A]) -> Iterator[T | Lost[T]]:
        """Yield the task that the process was at as lost, and its others for another process."""
        lost, left = worker.bury()
        self._deaths += 1
        if self._deaths >= LIMIT_DEATHS:  # none can even start
            yield from (Lost(task, lost.how) for task in left)
        else:
            yield from left
        if lost.task is not None:
            yield Lost(lost.task, lost.how)

    def stop(self) -> None:
        for worker in self._workers:
            worker.kill()

    def close(self) -> None:
        for worker in self._workers:
            if worker.pipe is not None:
                worker.pipe.close()  # all of them see it at once
        for worker in self._workers:
            worker.close()


def spread(workers: Workers[T, A], tasks: Iterable[T], answer: type[A]) -> Iterator[A | Lost[T]]:
    """Yield the answers to tasks as they come; each task is given on its own to a worker that is free.

    An answer is known by its type. The workers are ended by whoever made them.
    """
    waiting, under_way = deque(tasks), 0
    while waiting or under_way:
        for worker in workers.free():
            if waiting:
                workers.give(worker, (waiting.popleft(),))
                under_way += 1
        for heard in workers.hear(1.0):
            under_way -= 1
            if isinstance(heard, answer | Lost):
                yield heard
            else:
                waiting.append(heard)  # type: ignore[arg-type]  # it comes back: its worker was lost


class Worker(Generic[T, A]):
    """One process, started when it is first given something, and again after it was lost.

    For one thread at a time.
    """

    def __init__(self, start: Callable[[], TaskHandler[T, A]]) -> None:
        self._start = start
        self._forget()

    def _forget(self) -> None:
        self.pipe: Connection | None = None
        self._process: Any = None
        self._begun: Any = None
        self._answered = 0
        self._groups: deque[deque[T]] = deque()

    @property
    def is_started(self) -> bool:
        return self.pipe is not None

    @property
    def load(self) -> int:
        """How many groups it holds."""
        return len(self._groups)

    def give(self, group: Sequence[T]) -> None:
        """Hand it tasks, which it does one after the other; with none its process starts, to be ready."""
        pipe = self.pipe or self._run()
        if not group:
            return
        self._groups.append(deque(group))
        with suppress(OSError):  # gone: `hear` will say so
            pipe.send(tuple(group))

    def _run(self) -> Connection:
        context = multiprocessing.get_context("spawn")  # the same everywhere; no threads copied
        self.pipe, theirs = context.Pipe()
        self._begun = context.RawValue("q", 0)  # how many tasks it has begun
        self._process = context.Process(
            target=_serve, args=(theirs, self._begun, self._start), daemon=True
        )
        self._process.start()
        theirs.close()
        return self.pipe

    def hear(self) -> list[A]:
        """Return the next answers, in the order of the tasks. Raises EOFError, OSError if it is gone."""
        if self.pipe is None:
            raise EOFError
        answers: list[A] = self.pipe.recv()
        for _ in answers:
            self._groups[0].popleft()
            if not self._groups[0]:
                self._groups.popleft()
        self._answered += len(answers)
        return answers

    def ask(self, task: T, seconds: float) -> A:
        """Return the answer to one task; only while it has no other.

        Raises TimeoutError after `seconds` (more for its first task), WorkerEnded if its process
        ends. In both cases the process is gone, and the next task starts another.
        """
        limit = seconds if self.is_started else seconds + START_SECONDS
        self.give((task,))
        try:
            answers = self.hear() if self.pipe and self.pipe.poll(limit) else None
        except (EOFError, OSError):
            self.kill()
            raise WorkerEnded from None
        if answers is None:
            self.kill()
            raise TimeoutError
        return answers[0]

    def bury(self) -> tuple[Lost[T | None], list[T]]:
        """Return the task that an ended process was at, if any, and the others that it had."""
        self._process.join(1)
        code = self._process.exitcode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"
        left = [task for group in self._groups for task in group]
        at = self._begun.value - self._answered - 1
        lost = left.pop(at) if 0 <= at < len(left) else None
        self.kill()
        return Lost(lost, how), left

    def kill(self) -> None:
        """End its process at once; another thread may do so at the same time."""
        pipe, process = self.pipe, self._process
        self._forget()
        if pipe is not None and process is not None:
            process.kill()
            process.join(5)
            pipe.close()

    def close(self) -> None:
        """End its process when all is done."""
        if self.pipe is not None:
            self.pipe.close()  # the process sees the end of its pipe, and ends
            self._process.join()
        self._forget()


def _serve(pipe: Connection, begun: Any, start: Callable[[], TaskHandler[Any, Any]]) -> None:
    """Run in a process of its own: answer what comes through the pipe until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first process, which ends this
    threading.Thread(target=_end_with_parent, daemon=True).start()
    handler = start()
    while True:
        try:
            group = pipe.recv()
        except (EOFError, OSError):  # nobody asks any more
            break
        _answer(pipe, begun, handler, group)
    handler.close()


def _answer(
    pipe: Connection, begun: Any, handler: TaskHandler[Any, Any], group: Sequence[Any]
) -> None:
    answers: list[Any] = []
    told = time.monotonic()
    for task in group:
        begun.value += 1
        answers.append(handler.handle(task))
        if time.monotonic() - told > ANSWER_EVERY:
            _send(pipe, answers)
            answers, told = [], time.monotonic()
    if answers:
        _send(pipe, answers)


def _send(pipe: Connection, answers: list[Any]) -> None:
    with suppress(OSError):  # nobody asks any more; the next `recv` says so
        pipe.send(answers)


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, even in the midst of a task."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
