"""A worker's process: lost, too slow, or ended by two threads at once."""

from __future__ import annotations

import threading
import time

import pytest

from careleaf.pool import Worker, WorkerEnded


class Echo:
    """Answers each task with itself; a task of seconds takes so long, and "end" ends the process."""

    def handle(self, task: float | str) -> float | str:
        if task == "end":
            raise SystemExit(3)
        time.sleep(float(task))
        return task

    def close(self) -> None:
        """Nothing to let go of."""


@pytest.fixture
def worker():
    found = Worker(Echo)
    yield found
    found.kill()


def test_a_task_is_answered(worker):
    assert worker.ask(0.0, 5) == 0.0


def test_a_task_that_takes_too_long_is_ended_and_the_next_is_answered(worker):
    worker.ask(0.0, 5)  # its process has started

    with pytest.raises(TimeoutError):
        worker.ask(30.0, 0.1)

    assert worker.ask(0.0, 5) == 0.0


def test_a_process_that_ends_is_said_and_the_next_task_starts_another(worker):
    with pytest.raises(WorkerEnded):
        worker.ask("end", 5)

    assert worker.ask(0.0, 5) == 0.0


def test_a_worker_that_two_threads_end_is_ended_once_and_without_a_fault(worker):
    faults: list[BaseException] = []

    def end() -> None:
        try:
            worker.kill()
        except BaseException as fault:
            faults.append(fault)

    for _ in range(3):
        worker.ask(0.0, 5)
        threads = [threading.Thread(target=end) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert faults == []
    assert not worker.is_started
