"""What a cluster costs: `python -m benchmarks.cluster` starts workers on this machine and measures.

Two runs for each number of workers: the real sheets, and sheets that take the workers no time,
which shows what the scheduler, the wire and the one writer can take at most.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from careleaf.batch import run as batch
from careleaf.batch.cluster import Cluster
from careleaf.batch.maker import Plan, workers
from careleaf.batch.output_folder import OutputFolder
from careleaf.batch.parcel import Parcel, parcel
from careleaf.desk.desk import Desk
from careleaf.lists import intake
from careleaf.lists.rows import REQUIRED
from careleaf.lists.tasks import tasks as tasks_of
from careleaf.model import Order, Sheet
from careleaf.paths import PROGRAM, Root

TODAY = date(2026, 11, 23)
SIZE = 45_000  # bytes of a sheet


class NoWork(Desk):
    """A desk whose sheets are ready: as large as real ones, and none like another."""

    def make(self, order: Order) -> Sheet:
        return Sheet(os.urandom(SIZE), 2, "stencil")


@dataclass(frozen=True, slots=True)
class NoWorkParcel(Parcel):
    """Opens that desk on a worker."""

    def open(self) -> NoWork:
        return NoWork(Root.at(), self.today)


@contextmanager
def machines(workers: int, folder: Path) -> Iterator[str]:
    """Start a scheduler and workers, each a process; yield the scheduler's address."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{one.getsockname()[1]}"
    command = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "PYTHONPATH": str(PROGRAM)}
    port = address.rpartition(":")[2]
    started = [
        subprocess.Popen(
            [*command, "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"],
            env=environment,
            **quiet,
        )
    ]
    started += [
        subprocess.Popen(
            [*command, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
             "--local-directory", str(folder)],
            env=environment, **quiet,
        )
        for _ in range(workers)
    ]  # fmt: skip
    try:
        yield address
    finally:
        for process in started:
            process.kill()
            process.wait()


def a_day(path: Path, count: int) -> Path:
    lines = (f"K{n},Zoë Quill,2026-11-24,bone-biopsy,nl\n" for n in range(count))
    path.write_text(",".join(REQUIRED) + "\n" + "".join(lines), encoding="utf-8")
    return path


def rate(day: Path, out: Path, address: str, goods: Parcel) -> float:
    """Return sheets a second, first result to last, and so without the start of the workers."""
    desk = Desk.at(Root.at(), TODAY)
    plan = Plan(partial(Desk.at, Root.at(), TODAY), out)
    told: list[float] = []
    with OutputFolder(out) as folder:
        made_by = Cluster(address, plan, goods, print) if address else workers(plan, 1)
        tasks = tasks_of(intake.read((day,), print, desk.content), desk.content)
        tally = batch.run(tasks, made_by, folder, lambda outcome: told.append(time.monotonic()))
    if tally.refused:
        raise SystemExit(f"{tally.refused} sheets were refused")
    skip = len(told) // 5  # the first fifth: workers learn the edition
    return (len(told) - skip) / (told[-1] - told[skip])


def main() -> None:
    """Print the table."""
    real = parcel(Root.at(), TODAY, True)
    ready = NoWorkParcel(b"", TODAY, True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        day = a_day(folder / "day.csv", int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
        print(f"this process alone: {rate(day, folder / 'alone', '', real):.0f} sheets a second")
        for workers in (1, 2, 4):
            with machines(workers, folder) as address:
                time.sleep(5)
                figures = [
                    rate(day, folder / f"{workers}-{kind}", address, goods)
                    for kind, goods in (("real", real), ("ready", ready))
                ]
            print(
                f"{workers} workers: {figures[0]:.0f} sheets a second, {figures[1]:.0f} without work"
            )


if __name__ == "__main__":
    main()
