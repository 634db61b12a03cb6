"""A day's list in whatever form it comes: a roster of lines, or FHIR resources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from careleaf.content.codes import by_code
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.lists import fhir
from careleaf.lists.delimited import read_csv
from careleaf.lists.json_lines import read_json_lines
from careleaf.lists.rows import Reader, Row, Warn
from careleaf.lists.workbook import read_workbook

_CSV = (".csv", ".tsv", ".txt")
_JSON = (".json", ".ndjson", ".jsonl")
_READERS: dict[str, Reader] = {
    **dict.fromkeys(_CSV, read_csv),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), read_workbook),
    **dict.fromkeys((".jsonl", ".ndjson"), read_json_lines),
}
ENDINGS = tuple(dict.fromkeys((*_READERS, *_JSON)))


def read(path: Path, warn: Warn, desk: Desk) -> Iterator[Row]:
    """Return the rows of a list, read as they are asked for.

    Raises HandoutError when the file as a whole cannot be used.
    """
    try:
        return reader(path, path.suffix.lower(), desk)(path, warn)
    except OSError as error:
        fault = f"cannot be read: {error.strerror}"
        raise HandoutError(fault, str(path), "check the path", "list.unreadable") from None


def reader(path: Path, suffix: str, desk: Desk) -> Reader:
    """Return what reads the file at `path`, whose name ends in `suffix`.

    JSON that names a resourceType is FHIR: its codes are looked up in the desk's handouts, its
    moments in the clinic's time zone. Raises HandoutError for a kind of file that is no list.
    """
    if suffix in _JSON and fhir.is_fhir(path):
        handouts = by_code(
            desk.content.source(handout).handout for handout in desk.content.handouts
        )
        zone = desk.content.clinic.time_zone
        return fhir.reader(
            fhir.Reading(handouts, ZoneInfo(zone) if zone else None, desk.content.today)
        )
    if suffix in _READERS:
        return _READERS[suffix]
    fault = f'a list cannot be a "{suffix}" file' if suffix else "the file's name has no ending"
    cure = f"save it as one of {', '.join(ENDINGS)}"
    raise HandoutError(fault, str(path), cure, "list.wrong-kind")


def estimate(path: Path) -> int | None:
    """Return about how many lines a list of text has; None where counting is not cheap."""
    suffix = path.suffix.lower()
    if _READERS.get(suffix) not in (read_csv, read_json_lines) or not path.is_file():
        return None
    with path.open("rb") as file:
        lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    return max(lines - (suffix in _CSV), 0)
