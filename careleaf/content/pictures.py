"""An SVG's bytes -> nothing, or the fault that keeps it from being drawn: a picture has a budget.

A few lines of SVG can ask for a million copies of a shape, so what is counted is what is drawn once
every `use`, pattern and marker is put in its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from careleaf import safe_xml
from careleaf.errors import HandoutError

LIMIT_BYTES = 1024 * 1024
LIMIT_DRAWN = (
    20_000  # elements, with those that others repeat; two hundred letters of a path are one
)
LIMIT_DEPTH = 40  # of elements in elements, and of patterns in patterns
LIMIT_GRADIENTS = 200
LIMIT_SIDE = 100_000.0  # of a viewBox, a width or a height

_URL = re.compile(r"url\(\s*['\"]?\s*([^'\")\s]*)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_RASTER = re.compile(r"data:image/(?:png|jpeg);", re.IGNORECASE)
_COUNTED = frozenset({"linearGradient", "radialGradient"})
_SVG = re.compile(rb"<(?:\w+:)?svg\b")
_FILE = "file "  # before a name that is no id
_CURE = "simplify the picture, or save it as plain SVG"


class _Refused(Exception):
    def __init__(self, message: str, line: int, code: str) -> None:
        super().__init__(message)
        self.message, self.line, self.code = message, line, code


def is_svg(content: bytes) -> bool:
    """Whether the renderer would take bytes for an SVG, whatever their file is called."""
    return _SVG.search(content, 0, 4096) is not None


def must_be_modest(path: Path, where: str) -> None:
    """Refuse an SVG that is too large to draw, or names anything that is no file near it.

    A picture that it names counts too, and may name none itself. `where` is the file as messages
    call it. Raises HandoutError, at the line; OSError.
    """
    content = path.read_bytes()
    found = _measured(content, ())
    if not found.fault and found.files:
        costs = tuple((name, _cost(path.parent / name, where)) for name in found.files)
        found = _measured(content, costs)
    found.check(where)


def _cost(path: Path, where: str) -> int:
    """Return what a picture within a picture draws. Raises HandoutError."""
    try:
        content = path.read_bytes()
    except OSError:
        return 1  # whoever draws says that it is not there
    if not is_svg(content):
        return 1
    found = _measured(content, ())
    found.check(f"{where} > {path.name}")
    if found.files:
        raise HandoutError(
            "the picture that this one names, names others", where, _CURE, "picture.reaches-out"
        )
    return found.drawn


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a picture draws, the files it names, and what is wrong with it: message, line, code."""

    drawn: int = 0
    files: tuple[str, ...] = ()
    fault: tuple[str, int, str] | None = None

    def check(self, where: str) -> None:
        """Raise HandoutError if anything is wrong."""
        if self.fault:
            message, line, code = self.fault
            raise HandoutError(message, f"{where}:{line}", _CURE, code)


@lru_cache(maxsize=128)
def _measured(content: bytes, costs: tuple[tuple[str, int], ...]) -> _Measured:
    """Count a picture; `costs` are those of the files that it names."""
    try:
        return _count(content, dict(costs))
    except safe_xml.UnsafeXml as fault:
        return _Measured(fault=(f"the picture is {fault.message}", fault.line, "picture.not-svg"))
    except _Refused as fault:
        return _Measured(fault=(fault.message, fault.line, fault.code))


@dataclass(slots=True)
class _Element:
    """One element: what it costs to draw, and what it draws besides, each so many times."""

    line: int
    cost: int = 1
    draws: list[tuple[str, int]] = field(default_factory=list)  # ids
    inner: list[_Element] = field(default_factory=list)


def _count(content: bytes, costs: dict[str, int]) -> _Measured:
    reading = _Reading()
    chunks = (content[at : at + 65536] for at in range(0, len(content), 65536))
    safe_xml.parse(
        chunks,
        reading.start,
        reading.end,
        reading.text,
        limit_bytes=LIMIT_BYTES,
        limit_depth=LIMIT_DEPTH,
    )
    if reading.root is None:
        raise _Refused("the picture is not an SVG", 1, "picture.not-svg")
    for name in reading.files:
        reading.by_id[_FILE + name] = _Element(1, costs.get(name, 1))
    drawn = _Counting(reading.by_id).drawn(reading.root, 0)
    return _Measured(drawn, tuple(reading.files))


class _Reading:
    """An SVG, element by element."""

    def __init__(self) -> None:
        self.root: _Element | None = None
        self.by_id: dict[str, _Element] = {}
        self.files: dict[str, None] = {}
        self._open: list[_Element] = []
        self._gradients = self._line = 0
        self._is_style = False

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        element = _Element(line)
        if self.root is None:
            if name != "svg":
                raise _Refused("the picture is not an SVG", line, "picture.not-svg")
            self.root = element
        if self._open:
            self._open[-1].inner.append(element)
        self._open.append(element)
        self._is_style, self._line = name == "style", line
        self.by_id.setdefault(attributes.get("id", ""), element)
        self._gradients += name in _COUNTED
        if self._gradients > LIMIT_GRADIENTS:
            message = f"the picture has more than {LIMIT_GRADIENTS} gradients"
            raise _Refused(message, line, "picture.too-much")
        _sizes(attributes, line)
        path = attributes.get("d", "") + attributes.get("points", "")
        element.cost += len(path) // 200
        corners = len(_NUMBER.findall(path)) if path else 1
        for key, value in attributes.items():
            is_address = key.rpartition(" ")[2] == "href" and name != "a"
            for address in [value] if is_address else _URL.findall(value):
                times = corners if "marker" in key or "marker" in value else 1
                element.draws.append((self._named(address, line), times))
        element.draws = [(id, times) for id, times in element.draws if id]

    def _named(self, address: str, line: int) -> str:
        """Return the id that an address means, or the file; none for pixels that it carries."""
        address = address.strip()
        if address.startswith("#"):
            return address[1:]
        if not address or _RASTER.match(address):
            return ""
        name = unquote(address.partition("#")[0])
        if ":" in name or "\\" in name or "\0" in name or name.startswith("/"):
            message = "the picture names something far from it"
            raise _Refused(message, line, "picture.reaches-out")
        self.files[name] = None
        return _FILE + name

    def end(self, name: str) -> None:
        self._open.pop()
        self._is_style = False

    def text(self, text: str) -> None:
        if self._is_style and ("url(" in text.lower() or "@import" in text.lower()):
            message = "a style in the picture names something else"
            raise _Refused(message, self._line, "picture.reaches-out")


def _sizes(attributes: dict[str, str], line: int) -> None:
    for key in ("viewBox", "width", "height"):
        text = attributes.get(key, "")
        sides = [float(number) for number in _NUMBER.findall(text)]
        if any(abs(side) > LIMIT_SIDE for side in sides) or re.search(r"nan|inf", text, re.I):
            message = f"{key} is larger than any sheet of paper"
            raise _Refused(message, line, "picture.too-much")
    if attributes.get("spreadMethod", "pad") != "pad":  # drawn as often as it fits: it may be tiny
        raise _Refused("a gradient that repeats itself", line, "picture.too-much")


class _Counting:
    """How many elements are drawn in all."""

    def __init__(self, by_id: dict[str, _Element]) -> None:
        self._by_id = by_id
        self._known: dict[int, int] = {}
        self._under_way: set[int] = set()

    def drawn(self, element: _Element, depth: int) -> int:
        """Return what an element draws. Raises _Refused."""
        mark = id(element)
        if mark in self._known:
            return self._known[mark]
        if mark in self._under_way:
            raise _Refused(
                "something in the picture draws itself", element.line, "picture.too-much"
            )
        if depth > 2 * LIMIT_DEPTH:
            raise _Refused("the picture repeats things too deep", element.line, "picture.too-much")
        self._under_way.add(mark)
        total = element.cost + sum(self.drawn(inner, depth + 1) for inner in element.inner)
        for name, times in element.draws:
            if name in self._by_id:
                total += times * self.drawn(self._by_id[name], depth + 1)
        self._under_way.remove(mark)
        if total > LIMIT_DRAWN:
            message = f"the picture draws more than {LIMIT_DRAWN:,} elements"
            raise _Refused(message, element.line, "picture.too-much")
        self._known[mark] = total
        return total
