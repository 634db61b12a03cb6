"""Nothing is left out in silence: what the renderer cannot fetch, draw or understand is a fault."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from careleaf.content.pictures import is_svg, must_be_modest
from careleaf.errors import HandoutError, PressError
from careleaf.pdf.renderer import FatalURLFetchingError, URLFetcher, URLFetcherResponse

LOG = logging.getLogger("weasyprint")
LOG.setLevel(logging.WARNING)
LOG.propagate = False  # it may quote a letter of a name; what it says becomes an error


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Reads files of the given folders, and data: addresses; nothing else, nothing from afar.

    `refused` says why each fetch that failed did: the renderer passes over some in silence.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(allowed_protocols=("file", "data"), fail_on_errors=True)
        self._folders = tuple(folder.resolve() for folder in folders)
        self.refused: list[str] = []
        self.fault: HandoutError | None = None  # what is wrong with a picture

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Return what `url` holds; raises ValueError where it is out of bounds."""
        try:
            parts = urlsplit(url)
            if parts.scheme != "file":
                if parts.scheme == "data":
                    _must_be_pixels(url)
                return super().fetch(url, headers)
            path = Path(url2pathname(unquote(parts.path))).resolve()
            self._check(path, parts.netloc)
            kind = guess_type(path.name)[0] or "application/octet-stream"
            content = path.read_bytes()
            if "svg" in kind or is_svg(content):
                must_be_modest(path, path.name)
            return URLFetcherResponse(url, content, {"Content-Type": kind})
        except HandoutError as fault:
            self.fault = self.fault or fault
            raise
        except Exception as error:
            self.refused.append(str(error))
            raise

    def _check(self, path: Path, host: str) -> None:
        if host or not any(path.is_relative_to(folder) for folder in self._folders):
            raise ValueError(f"{path} is outside the folders that a sheet may use")


def _must_be_pixels(url: str) -> None:
    """Refuse a data: address that may be an SVG, whose budget nobody would look at."""
    kind = url[:200].partition(",")[0].lower()
    if kind.startswith("data:image/") and "svg" not in kind:
        return
    if not kind.startswith("data:font/"):
        raise ValueError("a data: address is for pixels and fonts alone")


@contextmanager
def strictly(fetcher: AssetFetcher) -> Iterator[None]:
    """Raise PressError at the end if a fetch failed or the renderer complained meanwhile."""
    listener = _Listener()
    fetcher.refused.clear()
    fetcher.fault = None
    LOG.addHandler(listener)
    try:
        with suppress(FatalURLFetchingError):  # it is in `refused`
            yield
    finally:
        LOG.removeHandler(listener)
    if fetcher.fault:
        fault = fetcher.fault
        raise PressError(fault.message, fault.where, fault.hint, fault.code)
    if fetcher.refused:
        raise PressError(
            f"a sheet cannot use this: {fetcher.refused[0]}",
            "templates, styles",
            "put the file into the program's or the clinic's own folders",
            "print.file-out-of-reach",
        )
    if listener.missing:
        raise _no_glyph(listener.missing)
    if listener.heard:
        raise PressError(
            "the renderer would have left something out: " + "; ".join(listener.heard[:5]),
            "templates, styles",
            "mend the HTML or CSS named here",
            "print.renderer-complained",
        )


class _Listener(logging.Handler):
    """Collects what the renderer complains of; the characters without a glyph apart."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []
        self.missing: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith(".notdef glyph") and isinstance(record.args, tuple):
            self.missing[str(record.args[0])] = None
        else:
            self.heard.append(record.getMessage())


def _no_glyph(characters: Iterable[str]) -> PressError:
    named = ", ".join(
        f"{character} (U+{ord(character):04X} {unicodedata.name(character, 'no name')})"
        for character in characters
    )
    return PressError(
        f"no typeface has a glyph for {named}",
        hint="write it another way, or add a typeface that covers it",
        code="print.no-glyph",
    )
