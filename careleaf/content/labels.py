"""The words on the sheet that no handout writes: templates/labels.yaml, domain `sheet`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import model_validator

from careleaf.content import yamlfile
from careleaf.content.loading import validate
from careleaf.content.schema import Model, Name, Note, Wording, fault
from careleaf.content.yamlfile import Document


class Label(Model):
    """One label: `text`, or `one` and `other` where `{count}` picks the form."""

    text: Wording | None = None
    one: Wording | None = None
    other: Wording | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Label:
        if (self.text is None) != (self.one is not None and self.other is not None):
            raise fault("label", "a label has text, or one and other", "")
        return self


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
