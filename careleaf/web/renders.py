"""The processes that make sheets for the page: a few, a queue with an end, and a time limit on each.

A process is told a piece of work through a pipe and answers through it; nothing touches the disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date

from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError, Unsure
from careleaf.model import Blank, Order, Sheet
from careleaf.paths import Root
from careleaf.pool import Worker, WorkerEnded
from careleaf.web.middleware import LOG, busy, origin_of
from careleaf.web.middleware import HttpRefusal as Refused
from careleaf.web.settings import Limits

IDLE_SECONDS = 1.0  # between two looks whether nobody wants a sheet


@dataclass(frozen=True, slots=True)
class Stand:
    """The content as it stood when the work was asked for: a process opens its desk anew for another."""

    root: Root
    today: date
    content: str  # what tells of a change of its files
    use_stencil: bool = True

    def open(self) -> Desk:
        return Desk.at(self.root, self.today, self.use_stencil)


@dataclass(frozen=True, slots=True)
class Make:
    """One sheet."""

    stand: Stand
    order: Order | Blank

    def work(self, desk: Callable[[Stand], Desk]) -> Sheet:
        order = self.order
        if isinstance(order, Blank):
            return desk(self.stand).blank(order.handout, order.locale, order.form)
        return desk(self.stand).make(order)


@dataclass(frozen=True, slots=True)
class Warm:
    """One edition laid out ahead."""

    stand: Stand
    edition: Blank

    def work(self, desk: Callable[[Stand], Desk]) -> bool:
        edition = self.edition
        try:
            return desk(self.stand).warm(edition.handout, edition.locale, edition.form)
        except Unsure:  # its sheets come from the press
            return False


@dataclass(frozen=True, slots=True)
class Draw:
    """A picture of one page, `width` pixels wide."""

    pdf: bytes = field(repr=False)
    page: int
    width: int

    def work(self, desk: Callable[[Stand], Desk]) -> Picture:
        from careleaf.web.pictures import picture

        return Picture(*picture(self.pdf, self.page, self.width))


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a PNG, and its size in pixels."""

    png: bytes = field(repr=False)
    width: int
    height: int


_Work = Make | Warm | Draw
_Worker = Worker[_Work, object]


class Renders:
    """`size` processes, and room for `limits.waiting` requests that want them."""

    def __init__(self, size: int, limits: Limits) -> None:
        self._limits = limits
        self._waiting = 0
        self._lists = 0
        self._threads = ThreadPoolExecutor(size, "render")
        self._workers: list[_Worker] = [Worker(_Renderer) for _ in range(size)]
        self._free: asyncio.Queue[_Worker] = asyncio.Queue()
        for worker in self._workers:
            self._free.put_nowait(worker)

    @asynccontextmanager
    async def place(self, *, is_list: bool = False) -> AsyncIterator[Renders]:
        """Hold a place in the queue. Raises Refused (503) when there is none: nobody piles up."""
        if self._waiting >= self._limits.waiting or (is_list and self._lists >= self._limits.lists):
            raise busy()
        self._waiting += 1
        self._lists += is_list
        try:
            yield self
        finally:
            self._waiting -= 1
            self._lists -= is_list

    async def make(self, stand: Stand, order: Order | Blank) -> Sheet:
        """Return a sheet. Raises HandoutError, or Refused where the process failed."""
        made = await self._ask(Make(stand, order))
        assert isinstance(made, Sheet)  # noqa: S101  what Make.work returns
        return made

    async def draw(self, pdf: bytes, page: int, width: int) -> Picture:
        """Return the picture of one page, counted from 0."""
        drawn = await self._ask(Draw(pdf, page, width))
        assert isinstance(drawn, Picture)  # noqa: S101  what Draw.work returns
        return drawn

    async def warm_up(self, stand: Stand) -> None:
        """Let every process make a first sheet, so that the first nurse does not wait for it."""
        desk = stand.open()
        for handout in desk.content.handouts[:1]:
            with suppress(HandoutError, Refused):
                blank = Blank(handout, desk.content.locale(""), desk.form())
                made = await asyncio.gather(*(self.make(stand, blank) for _ in self._workers))
                await asyncio.gather(*(self.draw(sheet.pdf, 0, 64) for sheet in made))

    async def lay_out_ahead(self, stand: Stand) -> None:
        """Lay out every handout in every language on the clinic's paper, while nobody wants a sheet."""
        if not stand.use_stencil:
            return
        desk = await asyncio.to_thread(stand.open)
        content, form = desk.content, desk.form()
        first = content.locale("")
        for tag in sorted(content.locales, key=lambda tag: tag != first):
            for handout in content.handouts:
                while self._waiting or self._free.qsize() < len(self._workers):
                    await asyncio.sleep(IDLE_SECONDS)
                with suppress(HandoutError, Refused, RuntimeError):  # told to whoever asks for it
                    await self._ask(Warm(stand, Blank(handout, tag, form)))

    async def _ask(self, work: _Work) -> object:
        worker = await self._free.get()
        loop = asyncio.get_running_loop()
        asked = loop.run_in_executor(self._threads, _ask, worker, work, self._limits.sheet_seconds)
        # The worker is free when its process has answered, even if nobody waits for the answer now.
        asked.add_done_callback(lambda _: self._free.put_nowait(worker))
        answer = await asyncio.shield(asked)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers:
            worker.kill()
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Renderer:
    """What a process does with its work: the desk of the content as it stands stays open."""

    def __init__(self) -> None:
        self._desks: dict[Stand, Desk] = {}

    def handle(self, task: _Work) -> object:
        """Return what `task` makes, or the exception that it ended with."""
        try:
            return task.work(self._desk)
        except HandoutError as fault:
            return fault
        except Exception as error:  # its text may hold a value: only its place crosses the pipe
            return RuntimeError(origin_of(error))

    def _desk(self, stand: Stand) -> Desk:
        if stand not in self._desks:
            self._desks.clear()
            self._desks[stand] = stand.open()
        return self._desks[stand]

    def close(self) -> None:
        """Nothing is held that must be let go of."""


def _ask(worker: _Worker, work: _Work, seconds: float) -> object:
    """Return the answer to `work`, or the exception that it ended with."""
    try:
        return worker.ask(work, seconds)
    except TimeoutError:
        LOG.error("a sheet took longer than %.0f s; its process was ended", seconds)
        return Refused(503, "this sheet took too long", "try again", **{"Retry-After": "5"})
    except WorkerEnded:
        return Refused(
            503, "the process that made this sheet ended", "try again", **{"Retry-After": "1"}
        )
