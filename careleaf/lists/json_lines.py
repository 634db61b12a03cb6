"""JSON lines -> rows: one object a line, its keys being the columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from careleaf.errors import HandoutError
from careleaf.lists.json_text import TwiceNamed, once
from careleaf.lists.rows import (
    COLUMNS,
    LIMIT_CELL,
    LIMIT_LINE,
    REQUIRED,
    Row,
    Warn,
    bad_row,
    is_broken,
    not_text,
    row,
    takes,
    warn_of_unused,
)
from careleaf.lists.text_lines import Lines, open_text


def read_json_lines(path: Path, warn: Warn) -> Iterator[Row]:
    """Read one JSON object a line, its keys being the columns."""
    lines = Lines(open_text(path))
    return _json_rows(lines, path, warn)


def _json_rows(lines: Lines, path: Path, warn: Warn) -> Iterator[Row]:
    has_warned = False
    for number, line in lines:
        if not line.strip():
            continue
        try:
            value = _json_object(line)
        except HandoutError as fault:
            yield bad_row(number, fault.message, fault.hint, fault.code)
            continue
        try:
            found = _json_cells(value)
        except HandoutError as fault:
            names = {key: _text(one) for key, one in value.items() if _is_sound(key, one)}
            yield bad_row(number, fault.message, fault.hint, fault.code, names)
            continue
        has_warned = has_warned or warn_of_unused(found, f"{path}:{number}", warn)
        yield row(number, found)


def _is_text(column: str, value: object) -> bool:
    """Whether a value may stand in a column: text, or a number that names, or a yes or no."""
    if value is None or isinstance(value, str):
        return True
    if isinstance(value, bool):
        return takes(column, "bool")
    return isinstance(value, int) and takes(column, "number")


def _text(value: object) -> str:
    """Return a value that may stand in its column as it would be typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()


def _is_sound(column: str, value: object) -> bool:
    return column in COLUMNS and _is_text(column, value) and len(_text(value)) <= LIMIT_CELL


def _json_object(line: str) -> dict[str, Any]:
    if len(line) >= LIMIT_LINE:
        raise HandoutError(
            f"longer than {LIMIT_LINE} characters", "", "shorten it", "line.too-long"
        )
    if is_broken((line,)):
        raise HandoutError("not UTF-8", "", "save the file in UTF-8", "line.not-utf8")
    try:
        value = json.loads(line, object_pairs_hook=once)
    except TwiceNamed:
        raise HandoutError("a name stands twice", "", "keep one", "line.name-twice") from None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise HandoutError(
            "not a JSON object", "", 'write {"id": ..., "name": ..., ...}', "line.not-object"
        )
    return value


def _json_cells(value: Mapping[str, Any]) -> dict[str, str]:
    missing = [column for column in REQUIRED if column not in value]
    if missing:
        raise HandoutError(
            f'there is no "{missing[0]}"',
            "",
            f"each line has {', '.join(REQUIRED)}",
            "list.column-missing",
        )
    wrong = [key for key in COLUMNS if not _is_text(key, value.get(key))]
    if wrong:
        raise not_text(wrong[0], "is no text", "write it in quotes")
    found = {key: _text(one) if key in COLUMNS else "" for key, one in value.items()}
    if is_broken(found.values()) or any(len(one) > LIMIT_CELL for one in found.values()):
        raise HandoutError(
            f"a value has more than {LIMIT_CELL} characters or half a letter",
            "",
            "mend it",
            "line.not-text",
        )
    return found
