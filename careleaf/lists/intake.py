"""A day's list in whatever form it comes: a roster of lines, or FHIR resources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from careleaf.content.codes import by_code
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.lists import fhir, roster
from careleaf.lists.roster import Reader, Row, Warn

_JSON = (".json", ".ndjson", ".jsonl")
ENDINGS = tuple(dict.fromkeys((*roster.READERS, *_JSON)))


def read(path: Path, warn: Warn, desk: Desk) -> Iterator[Row]:
    """Return the rows of a list, read as they are asked for.

    Raises HandoutError when the file as a whole cannot be used.
    """
    try:
        return reader(path, path.suffix.lower(), desk)(path, warn)
    except OSError as error:
        fault = f"cannot be read: {error.strerror}"
        raise HandoutError(fault, str(path), "check the path") from None


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
    if suffix in roster.READERS:
        return roster.READERS[suffix]
    fault = f'a list cannot be a "{suffix}" file' if suffix else "the file's name has no ending"
    raise HandoutError(fault, str(path), f"save it as one of {', '.join(ENDINGS)}")
