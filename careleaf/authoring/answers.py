"""Questions that take long to their answers: what was asked before comes from the cache, the rest from all processors.

A question is a tuple of words; its answer is a value of JSON. It is kept by a digest of all that it
comes from, so that one that is given again is given word for word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any

from careleaf.desk import memory
from careleaf.pool import Lost, Pool, spread

Question = tuple[str, ...]
FEW = 6  # so many questions are answered before other processes have started

_KIND = "checked"  # the folder of the cache


@dataclass(frozen=True, slots=True)
class Answer:
    """A value of JSON. `lasts` while what it comes from is the same: not so if something went wrong."""

    question: Question
    value: Any
    lasts: bool = True


Ask = Callable[[Question], Answer]


class Answers:
    """Answers questions by `here` in this process, or in `jobs` others, each with what `start` returns.

    For use in a `with` block, at whose end the processes end.
    """

    def __init__(self, here: Ask, start: Callable[[], Ask], jobs: int) -> None:
        self._here, self._start, self._jobs = here, start, jobs
        self._pool: Pool[Question, Answer] | None = None

    def __enter__(self) -> Answers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.stop()

    def to(self, questions: Mapping[Question, str]) -> dict[Question, Any]:
        """Return the answer to each question, in their order.

        Each has a digest of what its answer comes from; an answer to one without is not kept.
        """
        known = {
            question: memory.recall(_KIND, _key(question, digest)) if digest else None
            for question, digest in questions.items()
        }
        for answer in self._asked([each for each, value in known.items() if value is None]):
            known[answer.question] = answer.value
            digest = questions[answer.question]
            if answer.lasts and digest:
                memory.remember(_KIND, _key(answer.question, digest), answer.value)
        return known

    def _asked(self, questions: list[Question]) -> Iterator[Answer]:
        if self._jobs == 1 or (self._pool is None and len(questions) <= FEW):
            yield from map(self._here, questions)
            return
        if self._pool is None:
            self._pool = Pool(partial(_Asked, self._start), self._jobs)
        for answer in spread(self._pool, questions, Answer):
            yield self._here(answer.task) if isinstance(answer, Lost) else answer


def _key(question: Question, digest: str) -> str:
    return "\0".join((*question, digest))


class _Asked:
    """What a process of its own does with questions."""

    def __init__(self, start: Callable[[], Ask]) -> None:
        self._ask = start()

    def handle(self, task: Question) -> Answer:
        return self._ask(task)

    def close(self) -> None:
        """It holds nothing."""
