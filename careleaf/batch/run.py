"""Many sheets: hands tasks to workers, and writes down what became of each line, in roster order.

The roster is read a window ahead, never as a whole. Within the window, tasks of one edition (the
same handout, language and paper) go to the worker that knows it; results wait until it is their
line's turn in the manifest.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from careleaf.batch.interrupt import Interrupt, interruptible
from careleaf.batch.maker import STOPPED, STOPPED_CODE, Result, lost_result
from careleaf.batch.manifest import Manifest, ManifestLine
from careleaf.batch.output_folder import OutputFolder
from careleaf.batch.withdrawn import Earlier, Withdrawn
from careleaf.lists.tasks import Edition, Refusal, Task
from careleaf.pool import Lost, Workers

WINDOW = 4096  # lines between the first that is not finished and the last that was read
READ_AT_ONCE = 256  # lines read between two looks at the workers
GROUP_SECONDS = 0.25  # a group of tasks takes about so long,
LARGEST_GROUP = 64  # and is never larger than this
WAIT = 0.2  # seconds
DRAIN_SECONDS = 0.3  # after Ctrl-C, for writing down the lines that were not reached


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line. `file` is empty where no sheet could be named."""

    line: int
    id: str
    handout: str
    locale: str
    file: str
    result: Result


@dataclass(slots=True)
class Tally:
    """What a run came to. `ways` counts the sheets made by (way, why).

    `withdrawn` are sheets of earlier runs that were moved aside, `left` those that were not touched;
    `unmoved` are the files that should have been moved, and the system did not let it.
    """

    made: int = 0
    kept: int = 0
    refused: int = 0
    withdrawn: int = 0
    left: int = 0
    unmoved: list[str] = field(default_factory=list)
    pages: int = 0
    seconds: float = 0.0
    was_stopped: bool = False
    manifest_fault: str = ""
    ways: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def lines(self) -> int:
        return self.made + self.kept + self.refused

    def add(self, result: Result) -> None:
        """Count a result."""
        self.made += result.status == "made"
        self.kept += result.status == "kept"
        self.refused += result.status == "refused"
        self.pages += result.pages
        if result.status == "made":
            self.ways[result.way, result.why] += 1


def run(
    tasks: Iterator[Task | Refusal],
    workers: Workers[Task, Result],
    folder: OutputFolder,
    tell: Callable[[Outcome], None] = lambda outcome: None,
    withdraw_others: bool = False,
) -> Tally:
    """Make every task's sheet, and the manifest; call `tell` with each outcome in roster order.

    A sheet of an earlier run whose line is refused now is withdrawn; with `withdraw_others` each that
    no line asks for is. A run that is stopped withdraws none, for it cannot know.

    Raises OSError if the manifest cannot be begun. Ctrl-C ends it within a second: what is done
    is in the manifest, what was not reached is refused there.
    """
    began = time.monotonic()
    manifest = Manifest(folder.path)
    with interruptible() as interrupt:
        this = _BatchRun(tasks, workers, folder, manifest, tell, interrupt)
        try:
            this.do()
            withdrawn = list(this.withdraw(withdraw_others))
        except BaseException:
            workers.stop()
            raise
    tally = this.tally
    tally.was_stopped = interrupt.is_set
    folder.settle()
    try:
        manifest.finish()
    except OSError as error:
        tally.manifest_fault = error.strerror or "cannot be written"
    if not tally.manifest_fault:
        this.earlier.forget(withdrawn)
    tally.seconds = time.monotonic() - began
    return tally


class _BatchRun:
    """The state of a run: what was read, what is under way, what waits for its turn."""

    def __init__(
        self,
        tasks: Iterator[Task | Refusal],
        workers: Workers[Task, Result],
        folder: OutputFolder,
        manifest: Manifest,
        tell: Callable[[Outcome], None],
        interrupt: Interrupt,
    ) -> None:
        self.tally = Tally()
        self.earlier = Earlier(folder.path)
        self._tasks, self._is_read = tasks, False
        self._workers, self._folder, self._manifest = workers, folder, manifest
        self._tell, self._interrupt = tell, interrupt
        self._queues = _Queues(workers.share_cache)
        self._waiting: deque[Task | Refusal] = deque()  # read and not yet in the manifest, in order
        self._results: dict[int, Result] = {}  # of those, the finished
        self._pace = _Pace()

    def do(self) -> None:
        """Work until every line has its result, or until interrupted."""
        while not self._interrupt.is_set and (self._read() or self._waiting):
            self._hand_out()
            self._listen()
            self._write_down()
        if self._interrupt.is_set:
            self._workers.stop()
            self._abandon()
        else:
            self._workers.close()

    def withdraw(self, others: bool) -> Iterator[str]:
        """Move aside what is not asked for now, until interrupted; yield the files that were moved."""
        for found in self.earlier.withdraw(others, lambda: self._interrupt.is_set):
            self._record_withdrawn(found)
            if found.is_moved:
                yield found.file
        if not self._interrupt.is_set:
            self.tally.left = self.earlier.left

    def _read(self) -> bool:
        """Read on in the roster while the window has room; return whether there is more."""
        for _ in range(min(READ_AT_ONCE, WINDOW - len(self._waiting))):
            task = next(self._tasks, None)
            if task is None:
                self._is_read = True
                break
            self._waiting.append(task)
            if isinstance(task, Task):
                self._queues.add(task)
        return not self._is_read

    def _hand_out(self) -> None:
        for worker in self._workers.free():
            group = self._queues.take(worker, self._pace.group)
            if not group and not self._queues:
                break
            self._workers.give(worker, group)  # with none it gets ready, for some will come

    def _listen(self) -> None:
        heard: list[Result | Task | Lost[Task]] = []
        is_idle = self._is_read or len(self._waiting) >= WINDOW
        try:
            with self._interrupt.at_once():
                for one in self._workers.hear(WAIT if is_idle else 0.001):
                    heard.append(one)
        except KeyboardInterrupt:
            self._interrupt.is_set = True
        for one in heard:
            self._take(one)
        self._pace.heard(sum(isinstance(one, Result) for one in heard))

    def _take(self, heard: Result | Task | Lost[Task]) -> None:
        if isinstance(heard, Task):
            self._queues.put_back(heard)
        elif isinstance(heard, Lost):
            self._queues.lost(heard.task)
            landed = self._folder.landed([heard.task.file]).get(heard.task.file)
            self._results[heard.task.line] = (
                Result(heard.task.line, "made", landed.pages, landed.sha256)
                if landed
                else lost_result(heard)
            )
        else:
            self._queues.made(heard.line)
            self._results[heard.line] = heard

    def _write_down(self) -> None:
        """Bring into the manifest all whose turn it is."""
        while self._waiting:
            task = self._waiting[0]
            result = self._result(task)
            if result is None:
                return
            self._waiting.popleft()
            self._record(task, result)

    def _result(self, task: Task | Refusal) -> Result | None:
        if isinstance(task, Refusal):
            return Result(task.line, "refused", message=task.message, code=task.code)
        return self._results.pop(task.line, None)

    def _record(self, task: Task | Refusal, result: Result) -> None:
        self.tally.add(result)
        file = task.file if isinstance(task, Task) else ""
        if result.status == "refused":
            self.earlier.refused(task.line, task.id, task.handout, task.locale)
        else:
            self.earlier.asked(file)
        self._list(_manifest_line(task, result))
        self._tell(Outcome(task.line, task.id, task.handout, task.locale, file, result))

    def _record_withdrawn(self, found: Withdrawn) -> None:
        self.tally.withdrawn += found.is_moved
        if not found.is_moved:
            self.tally.unmoved.append(found.file)
        id, handout, locale = found.ids
        told = found.sha256, found.message, found.code
        self._list(ManifestLine(None, id, handout, locale, "withdrawn", 0, *told))

    def _list(self, line: ManifestLine) -> None:
        try:
            self._manifest.add(line)
        except OSError as error:
            self.tally.manifest_fault = error.strerror or "cannot be written"

    def _abandon(self) -> None:
        """Write down what is finished, and as not made what is not; for a while also what is unread."""
        end = time.monotonic() + DRAIN_SECONDS
        unheard = [task for task in self._waiting if isinstance(task, Task)]
        landed = self._folder.landed(task.file for task in unheard)
        for task in self._waiting:
            found = landed.get(task.file) if isinstance(task, Task) else None
            made = Result(task.line, "made", found.pages, found.sha256) if found else None
            self._record(task, self._result(task) or made or _not_reached(task))
        self._waiting.clear()
        for task in self._tasks:
            self._record(task, self._result(task) or _not_reached(task))
            if time.monotonic() > end:
                break


def _manifest_line(task: Task | Refusal, result: Result) -> ManifestLine:
    told = result.sha256, result.message, result.code
    ids = task.id, task.handout, task.locale
    return ManifestLine(task.line, *ids, result.status, result.pages, *told)


def _not_reached(task: Task | Refusal) -> Result:
    return Result(task.line, "refused", message=STOPPED, code=STOPPED_CODE)


class _Queues:
    """Tasks that wait for a worker, those of one edition together.

    A worker keeps to the editions it knows: to learn one costs as much as a hundred sheets. But the
    line that all others wait for goes first, and a worker with nothing of its own takes from others.
    Where workers share a cache, an edition is laid out by one of them alone: the others get its tasks
    once it has made one of them, for then they find its layout.
    """

    def __init__(self, share_cache: bool = True) -> None:
        self._share_cache = share_cache
        self._queues: dict[Edition, deque[Task]] = {}
        self._known: dict[Edition, set[int]] = {}
        self._given: dict[int, Edition] = {}  # by line, what is under way
        self._laid_out: set[Edition] = set()

    def __bool__(self) -> bool:
        """Whether a task waits."""
        return bool(self._queues)

    def add(self, task: Task) -> None:
        self._queues.setdefault(task.edition, deque()).append(task)

    def put_back(self, task: Task) -> None:
        """Take a task back whose process was lost; it is the first to go out again."""
        self._queues.setdefault(task.edition, deque()).appendleft(task)
        self.lost(task)

    def made(self, line: int) -> None:
        """Note that the task of a line is done, well or not: others may have its edition now."""
        if line in self._given:
            self._laid_out.add(self._given.pop(line))

    def lost(self, task: Task) -> None:
        """Note that whoever had a task is gone; its edition may be laid out by another."""
        self._given.pop(task.line, None)
        if task.edition not in self._laid_out:
            self._known.pop(task.edition, None)

    def take(self, worker: int, count: int) -> list[Task]:
        """Return up to `count` tasks of one edition; none if there are none for this worker now."""
        edition = self._pick(worker) if self._queues else None
        if edition is None:
            return []
        self._known.setdefault(edition, set()).add(worker)
        queue = self._queues[edition]
        group = [queue.popleft() for _ in range(min(count, len(queue)))]
        if not queue:
            del self._queues[edition]
        self._given |= {task.line: edition for task in group}
        return group

    def _pick(self, worker: int) -> Edition | None:
        oldest = min(self._queues, key=self._first_line)
        knowing = self._known.get(oldest)
        if not knowing or worker in knowing:
            return oldest
        own = [edition for edition in self._queues if worker in self._known.get(edition, ())]
        new = [edition for edition in self._queues if not self._known.get(edition)]
        if own or new:
            return min(own or new, key=self._first_line)
        ready = [
            edition
            for edition in self._queues
            if edition in self._laid_out or not self._share_cache
        ]
        return max(ready, key=lambda edition: len(self._queues[edition]), default=None)

    def _first_line(self, edition: Edition) -> int:
        return self._queues[edition][0].line


class _Pace:
    """How many tasks make a group: few while sheets are slow, so that the end does not wait for one."""

    def __init__(self) -> None:
        self.group = 4
        self._since, self._count = time.monotonic(), 0

    def heard(self, count: int) -> None:
        self._count += count
        seconds = time.monotonic() - self._since
        if seconds > 0.5 and self._count:
            self.group = max(1, min(LARGEST_GROUP, int(GROUP_SECONDS * self._count / seconds)))
            self._since, self._count = time.monotonic(), 0


__all__ = ["Outcome", "Tally", "run"]
