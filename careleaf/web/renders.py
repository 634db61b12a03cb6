"""The processes that make sheets for the page: a few, a queue with an end, and a time limit on each.

A process is told a piece of work through a pipe and answers through it; nothing touches the disk.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.connection import Connection
from typing import Any

from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.model import Blank, Order, Sheet
from careleaf.paths import Root
from careleaf.web.middleware import LOG, busy, origin_of
from careleaf.web.middleware import HttpRefusal as Refused
from careleaf.web.settings import Limits


@dataclass(frozen=True, slots=True)
class Stand:
    """The content as it stood when the work was asked for: a process opens its desk anew for another."""

    root: Root
    today: date
    content: int  # a digest of names, times and sizes of the files
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


class Renders:
    """`seats` processes, and room for `limits.waiting` requests that want them."""

    def __init__(self, seats: int, limits: Limits) -> None:
        self._limits = limits
        self._waiting = 0
        self._lists = 0
        self._threads = ThreadPoolExecutor(seats, "seat")
        self._seats = [_Seat() for _ in range(seats)]
        self._free: asyncio.Queue[_Seat] = asyncio.Queue()
        for seat in self._seats:
            self._free.put_nowait(seat)

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
                made = await asyncio.gather(*(self.make(stand, blank) for _ in self._seats))
                await asyncio.gather(*(self.draw(sheet.pdf, 0, 64) for sheet in made))

    async def _ask(self, work: Make | Draw) -> object:
        seat = await self._free.get()
        loop = asyncio.get_running_loop()
        asked = loop.run_in_executor(self._threads, seat.ask, work, self._limits.sheet_seconds)
        # The seat is free when its process has answered, even if nobody waits for the answer now.
        asked.add_done_callback(lambda _: self._free.put_nowait(seat))
        answer = await asyncio.shield(asked)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def close(self) -> None:
        """End the processes."""
        for seat in self._seats:
            seat.end()
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Seat:
    """One process, started when it is first asked, and again if it was lost."""

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Connection | None = None

    def ask(self, work: Make | Draw, seconds: float) -> object:
        """Return the answer to `work`, or the exception that it ended with."""
        if self._pipe is None:
            self._start()
            seconds += 30  # its imports, and the faces if they were never made
        pipe = self._pipe
        assert pipe is not None  # noqa: S101  started above
        try:
            pipe.send(work)
            if not pipe.poll(seconds):
                self.end()
                LOG.error("a sheet took longer than %.0f s; its process was ended", seconds)
                return Refused(503, "this sheet took too long", "try again", **{"Retry-After": "5"})
            return pipe.recv()
        except (EOFError, OSError):
            self.end()
            return Refused(
                503, "the process that made this sheet ended", "try again", **{"Retry-After": "1"}
            )

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")  # the same everywhere; no threads copied
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join(5)
        self._pipe = self._process = None


def _serve(pipe: Connection) -> None:
    """Work until the pipe ends, which it also does when the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to answer
    desks: dict[Stand, Desk] = {}

    def desk(stand: Stand) -> Desk:
        if stand not in desks:
            desks.clear()
            desks[stand] = stand.open()
        return desks[stand]

    while True:
        try:
            work: Make | Draw = pipe.recv()
        except (EOFError, OSError):
            return
        answer: object
        try:
            answer = work.work(desk)
        except HandoutError as fault:
            answer = fault
        except Exception as error:  # its text may hold a value: only its place crosses the pipe
            answer = RuntimeError(origin_of(error))
        try:
            pipe.send(answer)
        except OSError:
            return
