"""The renderer (WeasyPrint), imported in less than half of its time; no other module imports it.

Half of the import goes into finding libraries by asking a compiler, a quarter of the rest into a
font subsetter in Python that is a last resort where HarfBuzz's is missing: it is imported when it
is first called. Python's collector of circles rests meanwhile, as nothing made here is let go.
"""

from __future__ import annotations

import ctypes.util
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

from careleaf.language import hyphens
from careleaf.sheet import faces

# What the renderer takes from modules that it calls on rare occasions: module, name, is it a module?
_RARE = (
    ("fontTools.subset", ""),
    ("fontTools.varLib.instancer", "instantiateVariableFont"),
)


class _Later(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system asks for these
            raise AttributeError(name)
        return getattr(_real(self.__name__), name)


def _real(name: str) -> ModuleType:
    if isinstance(sys.modules.get(name), _Later):
        del sys.modules[name]
    return import_module(name)


def _called_later(module: str, name: str) -> Any:
    def call(*arguments: Any, **named: Any) -> Any:
        return getattr(_real(module), name)(*arguments, **named)

    return call


@contextmanager
def _rare_ones_later() -> Iterator[None]:
    """Let `import` find stand-ins for the modules of `_RARE` that nobody has imported yet."""
    stood_in = {}
    for module, name in _RARE:
        if module not in sys.modules:
            stand_in = _Later(module)
            if name:
                setattr(stand_in, name, _called_later(module, name))
            sys.modules[module] = stood_in[module] = stand_in
    try:
        yield
    finally:
        for module, stand_in in stood_in.items():
            if sys.modules.get(module) is stand_in:
                del sys.modules[module]  # who imports it from now on gets the real one


@contextmanager
def _no_library_search() -> Iterator[None]:
    """Let ctypes find no library by its short name on Linux.

    For each library the renderer tries several names before the right one, and for each wrong one
    Python asks the compiler, in a process of its own.
    """
    find = ctypes.util.find_library
    if sys.platform.startswith("linux"):
        ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = find


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let the collector of circles rest, and pass over all that is here now for good."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


hyphens.read_lazily()
faces.isolate_fontconfig()  # the renderer reads the font configuration once, when it is imported
with _no_collection(), _no_library_search(), _rare_ones_later():
    import weasyprint
    from weasyprint.css.counters import CounterStyle
    from weasyprint.images import RasterImage
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.text.line_break import strut
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

__all__ = [
    "CounterStyle",
    "FatalURLFetchingError",
    "FontConfiguration",
    "RasterImage",
    "URLFetcher",
    "URLFetcherResponse",
    "strut",
    "weasyprint",
]
