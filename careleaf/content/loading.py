"""YAML files -> handouts and the clinic: every fault of a file at once, each with its line and its cure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from careleaf.content import yamlfile
from careleaf.content.clinic import Clinic
from careleaf.content.handout import Handout
from careleaf.content.references import reference_faults
from careleaf.content.validating import attempt, in_order, validate, written_texts
from careleaf.content.walk import texts
from careleaf.content.yamlfile import Document
from careleaf.errors import raise_all


@dataclass(frozen=True, slots=True)
class HandoutSource:
    """A handout with the file it came from, so that every message can name its line."""

    handout: Handout
    document: Document
    path: Path


def load_handout(path: Path, name: str, medicines: frozenset[str]) -> HandoutSource:
    """Read one handout; `name` is the file as messages call it, `medicines` the clinic's names.

    Raises HandoutError or Faults: all that is wrong, each as `file:line:column`.
    """
    document = yamlfile.read(path, name)
    handout, faults = attempt(Handout, document)
    if not isinstance(document.data, dict):
        raise_all(faults)
    written = (
        written_texts(Handout, document)
        if handout is None
        else ((loc, str(text)) for loc, text, _ in texts(handout))
    )
    raise_all(in_order((*faults, *reference_faults(document, path, written, medicines))))
    assert handout is not None  # noqa: S101  there is a fault or a handout
    return HandoutSource(handout, document, path)


def load_clinic(path: Path, name: str) -> Clinic:
    """Read clinic.yaml. Raises HandoutError or Faults."""
    return validate(Clinic, yamlfile.read(path, name))
