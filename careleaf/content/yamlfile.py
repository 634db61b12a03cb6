"""Safe YAML in which every value knows its line and column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from careleaf.errors import HandoutError

LIMIT_BYTES = 1024 * 1024  # the longest handout so far is under 10 KB
LIMIT_DEPTH = 24

Loc = tuple[str | int, ...]
Place = tuple[int, int]  # line and column, from 1

_TAG = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")  # Python reads no number of 5000 digits
_HALF = re.compile("[\ud800-\udfff]")  # "\\ud83e" in quotes is half an emoji
_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+\Z")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as plain values: dict, list, str, int, Decimal, date, bool, None.

    `values` and `keys` give the place of each value and of each mapping key by its path;
    `raw` the scalar as it was written, for messages. `faults` is what is wrong with the YAML itself
    and left the rest readable (a key that stands twice): `validate` raises it with its own.
    """

    name: str
    data: Any
    values: Mapping[Loc, Place]
    keys: Mapping[Loc, Place]
    raw: Mapping[Loc, str]
    faults: tuple[HandoutError, ...] = ()

    def where(self, loc: Loc, *, key: bool = False) -> str:
        """Return `file:line:column` of the value at `loc`, or of its nearest parent that exists."""
        line, column = self.place(loc, key=key)
        return f"{self.name}:{line}:{column}"

    def place(self, loc: Loc, *, key: bool = False) -> Place:
        """Return the line and column of the value at `loc`, or of its nearest parent that exists."""
        if key and loc in self.keys:
            return self.keys[loc]
        while loc and loc not in self.values:
            loc = loc[:-1]
        return self.values.get(loc, (1, 1))


def read(path: Path, name: str | None = None) -> Document:
    """Read one YAML file; `name` is how messages call it. Raises HandoutError."""
    shown = name or str(path)
    return parse(read_text(path, shown), shown)


def read_text(path: Path, shown: str, limit: int = LIMIT_BYTES) -> str:
    """Return a UTF-8 text file (a byte-order mark dropped) no longer than `limit` bytes.

    Raises HandoutError.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise HandoutError(
            f"cannot be read: {error.strerror}",
            shown,
            "check the name and that you may read it",
            "file.unreadable",
        ) from None
    if len(raw) > limit:
        raise HandoutError(
            f"is larger than {limit // 1024} KB",
            shown,
            "this is not a file we can use",
            "file.too-large",
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        raise HandoutError(
            "is not UTF-8 text",
            f"{shown}:{line}:{column}",
            "save the file as UTF-8 in your editor",
            "file.not-utf8",
        ) from None


def parse(source: str, name: str) -> Document:
    """Parse YAML text. Raises HandoutError where nothing can be read; see `Document.faults`."""
    loader = _loader(source, name)
    try:
        node = loader.get_single_node()
    except _Unsafe as unsafe:
        place = _mark(name, unsafe.mark)
        raise HandoutError(unsafe.fault, place, unsafe.cure, unsafe.code) from None
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, source, name) from None
    finally:
        loader.dispose()
    if node is None:
        hint = "write what belongs in it, or remove the file"
        raise HandoutError("is empty", name, hint, "yaml.empty")
    builder = _Builder(name)
    data = builder.build(node, ())
    return Document(name, data, builder.values, builder.keys, builder.raw, tuple(builder.faults))


class _Unsafe(Exception):
    """YAML that is well formed and not read here."""

    def __init__(self, code: str, fault: str, mark: yaml.Mark, cure: str) -> None:
        super().__init__(fault)
        self.code, self.fault, self.mark, self.cure = code, fault, mark, cure


class _Loader(yaml.SafeLoader):
    """SafeLoader that refuses anchors (nobody at a ward can read them; bombs are made of them)."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Unsafe(
                "yaml.anchor",
                "anchors and aliases are not used here",
                event.start_mark,
                "write it out",
            )
        self.depth += 1
        if self.depth > LIMIT_DEPTH:
            raise _Unsafe(
                "yaml.too-deep",
                "is nested too deep",
                event.start_mark,
                "see docs/writing.md for the shape",
            )
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def _loader(source: str, name: str) -> _Loader:
    try:
        return _Loader(source)
    except yaml.reader.ReaderError as error:
        line = source.count("\n", 0, error.position) + 1
        raise HandoutError(
            f"holds the control character U+{ord(source[error.position]):04X}",
            f"{name}:{line}",
            "remove it",
            "yaml.control-character",
        ) from None


def _mark(name: str, mark: yaml.Mark | None) -> str:
    return f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name


def _syntax(error: yaml.MarkedYAMLError, source: str, name: str) -> HandoutError:
    mark = error.problem_mark or error.context_mark
    lines = source.split("\n")  # a fault at the end of the file stands below its last line
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "\t" in line[: (mark.column + 1) if mark else 0]:
        return HandoutError(
            "a tab stands here",
            _mark(name, mark),
            "indent with spaces, as YAML asks",
            "yaml.tab",
        )
    problem = error.problem or "cannot be read as YAML"
    hint = "look at this line and the one above: a missing quote, colon, or space?"
    if ": " in line and "mapping values are not allowed" in problem:
        hint = 'a text with ": " in it needs quotes around it'
    return HandoutError(problem, _mark(name, mark), hint, "yaml.syntax")


class _Builder:
    """Turns nodes into values and notes where each stood."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.values: dict[Loc, Place] = {}
        self.keys: dict[Loc, Place] = {}
        self.raw: dict[Loc, str] = {}
        self.faults: list[HandoutError] = []

    def build(self, node: yaml.Node, loc: Loc) -> Any:
        self.values[loc] = _place(node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, loc)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*loc, index)) for index, child in enumerate(node.value)]
        self.raw[loc] = node.value
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            if not key or key == "<<" or _HALF.search(key):
                self._fault(
                    "yaml.key",
                    "only plain names can stand before the colon",
                    key_node,
                    "no merges, no lists",
                )
                continue
            if key in found:
                self._fault(
                    "yaml.key-twice", f'"{key}" stands here twice', key_node, "keep one of the two"
                )
                continue
            self.keys[*loc, key] = _place(key_node)
            found[key] = self.build(value_node, (*loc, key))
        return found

    def _scalar(self, node: yaml.Node) -> Any:
        kind, raw = node.tag.removeprefix(_TAG), node.value
        if _HALF.search(raw):
            self._fault(
                "yaml.half-letter",
                "half a letter (a lone surrogate) stands here",
                node,
                "write it whole",
            )
            return ""
        if kind == "str":
            return raw
        if kind == "null":
            return None
        if kind == "bool":
            return raw.lower() in ("yes", "true", "on")
        if kind == "int":
            return int(raw) if _INTEGER.match(raw) else raw
        if kind == "float":
            return Decimal(raw) if _DECIMAL.match(raw) else raw
        if kind == "timestamp":
            return self._date(node)
        self._fault("yaml.tag", f"the tag {node.tag} is not used here", node, "write plain values")
        return raw

    def _date(self, node: yaml.Node) -> date | str:
        if not _ISO_DATE.match(node.value):
            return str(node.value)
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            self._fault(
                "yaml.no-such-day",
                f"{node.value} is no day in the calendar",
                node,
                "write it as YYYY-MM-DD",
            )
            return str(node.value)

    def _fault(self, code: str, message: str, node: yaml.Node, hint: str) -> None:
        line, column = _place(node)
        self.faults.append(HandoutError(message, f"{self.name}:{line}:{column}", hint, code))


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1
