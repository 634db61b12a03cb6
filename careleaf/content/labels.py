"""The words on the sheet that no handout writes: templates/labels.yaml, domain `sheet`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from careleaf.content import yamlfile
from careleaf.content.fields import Model, Name, Note, OneWay, Translatable
from careleaf.content.validating import validate
from careleaf.content.yamlfile import Document


class Label(OneWay):
    """One label: `text`, or `one` and `other` where `{count}` picks the form."""

    ways: ClassVar = (("text",), ("one", "other"))
    otherwise: ClassVar = (
        "label.forms",
        "a label has text, or one and other",
        "give one or the other",
    )

    text: Translatable | None = None
    one: Translatable | None = None
    other: Translatable | None = None
    note: Note | None = None


class LabelFile(Model):
    """The file as it stands."""

    labels: Mapping[Name, Label]


@dataclass(frozen=True, slots=True)
class LabelSource:
    """The English labels of one domain, with the file they came from."""

    domain: str
    labels: Mapping[str, Label]
    document: Document
    path: Path


def load_labels(path: Path, name: str, domain: str) -> LabelSource:
    """Read a labels file. Raises HandoutError or Faults."""
    document = yamlfile.read(path, name)
    return LabelSource(domain, validate(LabelFile, document).labels, document, path)
