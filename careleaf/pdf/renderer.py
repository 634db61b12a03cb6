"""WeasyPrint, imported as a sheet needs it: with the program's own fonts alone, and quickly.

The one module that imports it: whoever in this folder needs something of it, takes it from here.
"""

from __future__ import annotations

import ctypes.util
import logging
import sys

from careleaf.sheet import faces

# The renderer reads the font configuration once, when it is imported.
faces.isolate_fontconfig()

if sys.platform.startswith("linux"):
    # For each library the renderer tries several names before the right one, and for each wrong
    # one Python asks the compiler, in a process of its own: half of the time of the import.
    _find_library, ctypes.util.find_library = ctypes.util.find_library, lambda name: None
import weasyprint  # noqa: E402

if sys.platform.startswith("linux"):
    ctypes.util.find_library = _find_library

from weasyprint import CSS, HTML  # noqa: E402
from weasyprint.css.counters import CounterStyle  # noqa: E402
from weasyprint.text.fonts import FontConfiguration  # noqa: E402
from weasyprint.text.line_break import strut  # noqa: E402
from weasyprint.urls import FatalURLFetchingError, URLFetcher  # noqa: E402

LOG = logging.getLogger("weasyprint")
LOG.setLevel(logging.WARNING)
LOG.propagate = False  # it may quote a letter of a name; what it says becomes an error

__all__ = [
    "CSS",
    "HTML",
    "LOG",
    "CounterStyle",
    "FatalURLFetchingError",
    "FontConfiguration",
    "URLFetcher",
    "strut",
    "weasyprint",
]
