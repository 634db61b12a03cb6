"""Ctrl-C, or a polite kill -> a run that ends in order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


class Interrupt:
    """Whether the run is to end. Raises KeyboardInterrupt only where nothing can be torn by it."""

    def __init__(self) -> None:
        self.is_set = False
        self._may_raise = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.is_set = True
        if self._may_raise:
            self._may_raise = False
            raise KeyboardInterrupt

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Let an interrupt through while waiting for the workers."""
        self._may_raise = not self.is_set
        try:
            yield
        finally:
            self._may_raise = False


@contextmanager
def interruptible() -> Iterator[Interrupt]:
    """Catch Ctrl-C and a polite kill for the time of a run."""
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    before = {
        number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            with suppress(TypeError, ValueError):
                signal.signal(number, handler)
