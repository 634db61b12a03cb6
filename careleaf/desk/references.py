"""A style, a picture or a template to the files that it names.

What is read is only what the renderer would fetch: `url(...)` and `@import` of a style, `href` and
`src` of a picture or a template, and the templates that a template includes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from pathlib import Path

LIMIT_BYTES = 4 * 1024 * 1024  # of a text that is looked into

_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_ANY_ESCAPE = r"\\(?:[0-9a-f]{1,6}[ \t\r\n\f]?|.)"
_QUOTED = rf"""(?:"((?:[^"\\]|{_ANY_ESCAPE})*)"|'((?:[^'\\]|{_ANY_ESCAPE})*)')"""
_URL = re.compile(rf"""url\(\s*(?:{_QUOTED}|((?:[^\s"'()\\]|{_ANY_ESCAPE})*))\s*\)""", re.I | re.S)
_IMPORT = re.compile(rf"@import\s+{_QUOTED}", re.I | re.S)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})[ \t\r\n\f]?|(.))", re.I | re.S)
_LINK = re.compile(r"""\b(?:href|src)\s*=\s*(?:"([^"{}]*)"|'([^'{}]*)')""", re.I)
_INCLUDE = re.compile(r"""\{%-?\s*(?:include|import|from|extends)\s+(?:"([^"]+)"|'([^']+)')""")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def of(path: Path, base: Path, templates: Path) -> Iterator[Path]:
    """Yield the files that a file names, whether or not they are there.

    A style's and a picture's addresses start at their own folder; those of a template at `base`,
    the folder of the content, and what it includes at `templates`.
    """
    kind = path.suffix.lower()
    if kind not in (".css", ".svg", ".j2"):
        return
    is_template = kind == ".j2"
    for address in _addresses(path, kind, _stamp(path)):
        yield from _place(address, base if is_template else path.parent)
    if is_template:
        for name in _included(path, _stamp(path)):
            yield Path(os.path.normpath(templates / name))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1024)
def _addresses(path: Path, kind: str, stamp: tuple[int, int] | None) -> tuple[str, ...]:
    text = _COMMENT.sub(" ", _text(path, stamp))
    found = [
        _CSS_ESCAPE.sub(_plain, "".join(filter(None, match.groups())))
        for pattern in (_URL, _IMPORT)
        for match in pattern.finditer(text)
    ]
    if kind != ".css":
        found = [unescape(address) for address in found]
        found += [unescape("".join(filter(None, match.groups()))) for match in _LINK.finditer(text)]
    return tuple(dict.fromkeys(address for address in found if address))


@lru_cache(maxsize=1024)
def _included(path: Path, stamp: tuple[int, int] | None) -> tuple[str, ...]:
    return tuple(a or b for a, b in _INCLUDE.findall(_text(path, stamp)))


def _text(path: Path, stamp: tuple[int, int] | None) -> str:
    if stamp is None or stamp[1] > LIMIT_BYTES:
        return ""
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _plain(escape: re.Match[str]) -> str:
    """Return the letter that a CSS escape stands for; none for the end of a line."""
    code, letter = escape.groups()
    if code:
        number = int(code, 16)
        return chr(number) if 0 < number < 0x110000 else "\ufffd"
    return "" if letter in "\r\n\f" else str(letter)


def _place(address: str, base: Path) -> Iterator[Path]:
    """Yield the file at an address, unless it is within the same file, or no file."""
    path = address.strip().partition("#")[0].partition("?")[0]
    if path.lower().startswith("file:///"):
        path = path[7:]
    if not path or _SCHEME.match(path):
        return
    if "%" in path:
        from urllib.parse import unquote

        path = unquote(path)
    if "\0" not in path:
        yield Path(os.path.normpath(base / path))
