"""A handout: its sections of blocks, its timeline, its quantities, and what it is found by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from careleaf.content.blocks import AnyBlock
from careleaf.content.fields import Count, Day, Icon, Model, Name, Note, OneLine, Slug, Translatable
from careleaf.content.quantities import Milestone, Quantity
from careleaf.text import Text


class Section(Model):
    """A heading and its blocks. Known ids tell `check` which part of the sheet it is."""

    id: Slug
    title: Translatable
    icon: Icon | None = None
    note: Note | None = None
    blocks: Annotated[tuple[AnyBlock, ...], Field(min_length=1)]


class Codes(Model):
    """Procedure codes by system; numbers only, as the systems' owners ask."""

    snomed: tuple[OneLine, ...] = ()
    cpt: tuple[OneLine, ...] = ()
    icd10pcs: tuple[OneLine, ...] = ()


class Procedure(Model):
    """What was done, for finding the handout from a record."""

    codes: Codes = Codes()


Kind = Literal["procedure", "home-care"]


class Handout(Model):
    """One handout: the English source, or the same in another language (see `localize`)."""

    id: Slug
    title: Translatable
    code: OneLine
    kind: Kind
    version: OneLine
    reviewed: Day
    review_by: Day | None = None
    pages: Count = Field(2, ge=1, le=20)
    sources: tuple[OneLine, ...] = ()
    procedure: Procedure = Procedure()
    quantities: Mapping[Name, Quantity] = {}
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    timeline: tuple[Milestone, ...] = ()
    note: Note | None = None

    @property
    def blocks(self) -> tuple[AnyBlock, ...]:
        """Every block in reading order."""
        return tuple(block for section in self.sections for block in section.blocks)

    @property
    def key_message(self) -> Text | None:
        """The one thing to remember; None where no block says it."""
        said = (block.key_message for block in self.blocks)
        return next((text for text in said if text is not None), None)
