"""Workers on other machines: an existing Dask cluster makes the sheets, this process writes them.

What travels to a worker: once, the clinic's folder as a zip (wording, styles, no child); with each
group, the orders (names and dates), from the process that reads the roster; what comes back are
the PDFs. Nothing of a child is in a task's name, in what a worker logs, or on its disk.

Each group is bound to one worker. When that worker is gone, the group is handed out anew here;
Dask's own retries are off, so that a sheet that brings down its worker is found and refused.
"""

from __future__ import annotations

import ipaddress
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, cast
from urllib.parse import urlsplit

from careleaf.batch.maker import Plan, Result, refused
from careleaf.batch.parcel import Parcel
from careleaf.batch.remote import Sealed, WorkerAnswer, differences, fingerprint, work
from careleaf.batch.writer import SheetWriter
from careleaf.errors import HandoutError
from careleaf.lists.tasks import Task
from careleaf.model import Order
from careleaf.pool import AHEAD, Lost

LOOK_EVERY = 0.5  # seconds between two looks at which workers there are
PATIENCE = 30.0  # seconds without any worker, after which the rest is refused
CONNECT = 10.0  # seconds to reach the scheduler, and for the first worker to be there
LIMIT_LOSSES = 3  # times that a sheet, alone on its worker, may bring it down


class _RemoteWorker:
    """One worker of the cluster: what was sent there, and what must wait until it is alone there."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.flying: dict[Any, tuple[Task, ...]] = {}  # by future
        self.waiting: deque[Task] = deque()
        self.is_alone = False  # one sheet is there by itself, for it may bring down the worker

    @property
    def load(self) -> int:
        """How many groups it holds; full while a sheet is to be alone there."""
        return AHEAD if self.is_alone else len(self.flying) + len(self.waiting)


class Cluster:
    """The `pool.Workers` of a Dask cluster. Sheets that still hold are found here and not sent at all.

    Raises HandoutError if the scheduler is not reached, or if no worker is like this program.
    """

    share_cache = False  # each machine has its own

    def __init__(
        self, address: str, plan: Plan, goods: Parcel, warn: Callable[[str], None]
    ) -> None:
        self._warn = warn
        self._desk = plan.open_desk()
        self._goods, self._facts = goods, fingerprint()
        self._ready: deque[Result | Task | Lost[Task]] = deque()
        self._finished: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._checked: dict[int, tuple[Order, str]] = {}  # line -> order, what it is made from
        self._losses: Counter[int] = Counter()
        self._workers: dict[int, _RemoteWorker] = {}
        self._new_number = count()
        self._judged: dict[str, bool] = {}  # worker -> whether it is used
        self._looked = self._seen = time.monotonic()
        self._client = _connected(address, warn)
        try:
            self._look()
            if not self._workers:
                raise HandoutError(
                    "no worker of this cluster can be used",
                    address,
                    "start workers with this version: docs/cluster.md",
                    code="cluster.no-worker-like-this",
                )
            self._parcel = self._client.submit(_same, goods, key=f"careleaf-content-{goods.digest}")
            self._writer = SheetWriter(plan.folder)
        except BaseException:
            self._client.close()
            raise

    # --- what workers do ------------------------------------------------------------------

    def free(self) -> Iterator[int]:
        if not self._workers and time.monotonic() - self._seen > PATIENCE:
            yield -1  # whatever is given to it, is refused
        yield from sorted(
            (number for number, one in self._workers.items() if one.load < AHEAD),
            key=lambda number: self._workers[number].load,
        )

    def give(self, worker: int, group: Sequence[Task]) -> None:
        if worker not in self._workers:
            self._ready.extend(Lost(task, "no worker is left") for task in group)
            return
        wanted = [task for task in group if self._is_wanted(task)]
        self._workers[worker].waiting.extend(task for task in wanted if self._losses[task.line])
        clean = tuple(task for task in wanted if not self._losses[task.line])
        if clean:
            self._send(worker, clean)
        self._send_suspect(worker)

    def hear(self, timeout: float) -> Iterator[Result | Task | Lost[Task]]:
        if time.monotonic() - self._looked > LOOK_EVERY:
            self._look()
        yield from self._take_ready()
        if finished := self._wait(timeout):
            yield from self._take(finished)
            yield from self._take_ready()

    def stop(self) -> None:
        self._end()

    def close(self) -> None:
        self._end()

    def _end(self) -> None:
        futures = [future for one in self._workers.values() for future in one.flying]
        if futures:
            self._client.cancel(futures, force=True)
        self._client.close(timeout=0.5)
        self._writer.close()

    # --- sending --------------------------------------------------------------------------

    def _is_wanted(self, task: Task) -> bool:
        """Check an order and whether its sheet is there already; if so, or if not, that is a result."""
        try:
            order = self._desk.order(task.request)
            made_from = self._desk.digest(order)
        except Exception as error:
            self._refuse(refused(task.line, error), task)
            return False
        if landed := self._writer.kept(task.file, made_from):
            self._ready.append(Result(task.line, "kept", landed.pages, landed.sha256))
            return False
        self._checked[task.line] = order, made_from
        return True

    def _send(self, number: int, group: tuple[Task, ...]) -> None:
        one = self._workers[number]
        orders = Sealed(tuple((task.line, self._checked[task.line][0]) for task in group))
        future = self._client.submit(
            work,
            self._parcel,
            self._facts,
            orders,
            key=f"careleaf-{os.urandom(8).hex()}",
            workers=[one.address],
            pure=False,
        )
        one.flying[future] = group
        future.add_done_callback(partial(_tell, self._finished, number))

    def _send_suspect(self, number: int) -> None:
        """Send a sheet that was lost with its worker by itself, to learn whether it is to blame."""
        one = self._workers[number]
        if not one.flying:
            one.is_alone = bool(one.waiting)
            if one.waiting:
                self._send(number, (one.waiting.popleft(),))

    # --- receiving ------------------------------------------------------------------------

    def _take_ready(self) -> Iterator[Result | Task | Lost[Task]]:
        while self._ready:
            yield self._ready.popleft()

    def _wait(self, timeout: float) -> list[tuple[int, Any]]:
        """Return what is finished: waits for one, then takes all there are."""
        found = []
        try:
            found.append(self._finished.get(timeout=timeout))
            while True:
                found.append(self._finished.get_nowait())
        except Empty:
            return found

    def _take(self, finished: Sequence[tuple[int, Any]]) -> Iterator[Result | Task | Lost[Task]]:
        ours = [(number, future) for number, future in finished if self._is_flying(number, future)]
        for number, future in ours:
            one = self._workers[number]
            group = one.flying.pop(future)
            answer = self._fetched(future, one.address)
            if isinstance(answer, str):  # not like us, or no longer
                self._dismiss(one.address, answer)
                self._ready.extend(group)
            elif answer is None:
                self._lose(group)
            else:
                yield from self._written(group, answer)
            if number in self._workers:
                self._send_suspect(number)

    def _is_flying(self, number: int, future: Any) -> bool:
        return number in self._workers and future in self._workers[number].flying

    def _fetched(self, future: Any, worker: str) -> list[WorkerAnswer] | str | None:
        """Fetch a result; None if its worker went away with it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                answers: list[WorkerAnswer] | str = future.result(timeout=LOOK_EVERY)
                return answers
            except TimeoutError:
                if worker not in self._threads():
                    return None
            except Exception:  # whatever Dask made of the loss, the group goes out again
                return None
        return None

    def _written(
        self, group: tuple[Task, ...], answers: Sequence[WorkerAnswer]
    ) -> Iterator[Result]:
        for task, answer in zip(group, answers, strict=True):
            _, made_from = self._checked.pop(task.line)
            if answer.message:
                self._writer.withdraw(task.file)
                yield Result(task.line, "refused", message=answer.message, code=answer.code)
                continue
            try:
                landed = self._writer.write(task.file, made_from, answer.pdf, answer.pages)
            except OSError as error:
                self._writer.withdraw(task.file)
                yield refused(task.line, error)
                continue
            yield Result(task.line, "made", landed.pages, landed.sha256, "", answer.way, answer.why)

    def _refuse(self, result: Result, task: Task) -> None:
        self._writer.withdraw(task.file)
        self._ready.append(result)

    def _lose(self, group: Sequence[Task]) -> None:
        """Take a group back whose worker was lost; what was alone there too often is refused."""
        for task in group:
            self._losses[task.line] += len(group) == 1
            if self._losses[task.line] > LIMIT_LOSSES:
                self._checked.pop(task.line, None)
                self._ready.append(Lost(task, "it brought down its worker each time"))
                continue
            self._losses[task.line] = max(self._losses[task.line], 1)
            self._ready.append(task)

    # --- workers --------------------------------------------------------------------------

    def _look(self) -> None:
        """See which workers there are: take on the new ones, and take back what the gone ones had."""
        self._looked = time.monotonic()
        threads = self._threads()
        for number, one in list(self._workers.items()):
            if one.address not in threads:
                self._leave(number)
        self._judge([worker for worker in threads if worker not in self._judged])
        known = Counter(one.address for one in self._workers.values())
        for worker in threads:
            if self._judged.get(worker) and not known[worker]:
                self._workers[next(self._new_number)] = _RemoteWorker(worker)
        if self._workers:
            self._seen = time.monotonic()

    def _threads(self) -> Mapping[str, int]:
        """Return the workers there are; none while the scheduler is away, until Dask reconnects."""
        try:
            threads: Mapping[str, int] = self._client.nthreads()
        except Exception:
            return {}
        return threads

    def _judge(self, workers: list[str]) -> None:
        if not workers:
            return
        try:
            found = self._client.run(fingerprint, workers=workers, on_error="return")
        except Exception:  # gone again meanwhile
            return
        for worker, facts in found.items():
            if isinstance(facts, dict):
                differing = differences(self._facts, facts)
            else:
                differing = f"careleaf cannot be loaded there ({type(facts).__name__})"
            self._judged[worker] = not differing
            if differing:
                self._say_why(worker, differing)

    def _dismiss(self, worker: str, why: str) -> None:
        if self._judged.get(worker):
            self._judged[worker] = False
            self._say_why(worker, why)
        for number, one in list(self._workers.items()):
            if one.address == worker:
                self._leave(number)

    def _say_why(self, worker: str, why: str) -> None:
        self._warn(f"{worker}: this worker is not used: {why}")

    def _leave(self, number: int) -> None:
        """Give up a worker; what it had goes out again."""
        one = self._workers.pop(number)
        if self._judged.get(one.address):
            del self._judged[one.address]  # should it come back, it is looked at again
        self._client.cancel(list(one.flying), force=True)
        for group in one.flying.values():
            self._lose(group)
        self._ready.extend(one.waiting)


def _tell(finished: SimpleQueue[tuple[int, Any]], worker: int, future: Any) -> None:
    finished.put((worker, future))


def _same(goods: Parcel) -> Parcel:
    """Be a task of its own, so that Dask can make it again on any worker, and never loses it."""
    return goods


def _connected(address: str, warn: Callable[[str], None]) -> Any:
    """Return a client of the scheduler, its first worker at hand. Raises HandoutError."""
    try:
        from distributed import Client
    except ImportError:
        raise HandoutError(
            "Dask is not installed",
            "--cluster",
            "pip install 'careleaf[cluster]'",
            code="cluster.not-installed",
        ) from None
    parts = urlsplit(address)
    if parts.scheme not in ("tcp", "tls", "ws", "wss") or not parts.hostname:
        raise HandoutError(
            "not the address of a scheduler",
            "--cluster",
            "write it as tls://host:8786",
            code="cluster.address",
        )
    if parts.scheme in ("tcp", "ws") and not _is_here(parts.hostname):
        warn(f"{address}: names and dates travel unencrypted; use tls:// (docs/cluster.md)")
    try:
        client: Any = cast(Any, Client)(
            address, timeout=CONNECT, set_as_default=False, name="careleaf"
        )
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise HandoutError(
            f"the scheduler is not reached: {type(error).__name__}",
            address,
            "is it running there, and of the same Dask version? for tls:// set Dask's distributed.comm.tls",
            code="cluster.not-reached",
        ) from None
    try:
        client.wait_for_workers(1, timeout=CONNECT)
    except TimeoutError:
        client.close()
        raise HandoutError(
            "the cluster has no worker",
            address,
            "start some: docs/cluster.md",
            code="cluster.no-worker",
        ) from None
    return client


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
