"""Questions that take long to their answers: what was asked before comes from the cache, the rest from all processors.

A question is a tuple of words; its answer is a value of JSON. It is kept by a digest of all that it
comes from, so that one that is given again is given word for word.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from types import TracebackType
from typing import Any

from careleaf.desk import memory

Question = tuple[str, ...]
FEW = 6  # so many questions are answered before other processes have started

_KIND = "checked"  # the folder of the cache


@dataclass(frozen=True, slots=True)
class Answer:
    """A value of JSON. `lasts` while what it comes from is the same: not so if something went wrong."""

    value: Any
    lasts: bool = True


Ask = Callable[[Question], Answer]


class Answers:
    """Answers questions by `here` in this process, or in `jobs` others, each with what `start` returns.

    For use in a `with` block, at whose end the processes end.
    """

    def __init__(self, here: Ask, start: Callable[[], Ask], jobs: int) -> None:
        self._here, self._start, self._jobs = here, start, jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Answers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def to(self, questions: Mapping[Question, str]) -> dict[Question, Any]:
        """Return the answer to each question, in their order.

        Each has a digest of what its answer comes from; an answer to one without is not kept.
        """
        known = {q: memory.recall(_KIND, _key(q, digest)) if digest else None
                 for q, digest in questions.items()}  # fmt: skip
        open_ones = [question for question, answer in known.items() if answer is None]
        for question, answer in zip(open_ones, self._asked(open_ones), strict=True):
            known[question] = answer.value
            if answer.lasts and questions[question]:
                memory.remember(_KIND, _key(question, questions[question]), answer.value)
        return known

    def _asked(self, questions: list[Question]) -> Iterator[Answer]:
        if self._jobs == 1 or (self._pool is None and len(questions) <= FEW):
            yield from map(self._here, questions)
            return
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._jobs, get_context("spawn"), _begin, (self._start,)
            )
        yield from self._pool.map(_ask, questions)


def _key(question: Question, digest: str) -> str:
    return "\0".join((*question, digest))


# --- in a process of its own --------------------------------------------------------------------

_asks: list[Ask] = []


def _begin(start: Callable[[], Ask]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first process, which ends this
    _asks.append(start())


def _ask(question: Question) -> Answer:
    return _asks[-1](question)
