"""The blocks that a section is made of. What the program must know of a type stands on its model.

A new type is a model here (its facts included), a macro in templates/blocks/<type>.html.j2, and an
example in `tests/builders.a_sheet_of_every_block`; README.md has the whole list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Union, get_args

from pydantic import Field, model_validator

from careleaf.content.fields import Count, Icon, Model, Note, Translatable
from careleaf.text import Text


class Item(Model):
    """One line of a list; in the YAML a plain text, or {text, icon, note}."""

    text: Translatable
    icon: Icon | None = None
    note: Note | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, value: object) -> object:
        return value if isinstance(value, dict | Item) else {"text": value}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        full = handler.resolve_ref_schema(handler(core))
        return {"anyOf": [full["properties"]["text"], full]}


Items = Annotated[tuple[Item, ...], Field(min_length=1)]


class Block(Model):
    """What all blocks have: a type, a note for the translator, and the facts of the type."""

    fills_the_width: ClassVar[bool] = False  # uses the room beside the text too
    stays_whole: ClassVar[bool] = False  # its section never turns the page
    holds_timeline: ClassVar[bool] = False  # the dated milestones stand here
    wants_qr: ClassVar[bool] = False  # the sheet shows the web address as a QR code
    tool: ClassVar[str] = ""  # what a family acts with, in words; empty for what is only read
    tool_of_every_sheet: ClassVar[bool] = False  # `check` warns where it is not used
    lone_words: ClassVar[frozenset[str]] = frozenset()  # fields that are no sentences
    spoken: ClassVar[frozenset[str]] = frozenset()  # fields that are read aloud, not printed

    type: str
    note: Note | None = None

    @property
    def lines_of_list(self) -> tuple[Item, ...]:
        """The lines of a block that is a list."""
        return ()

    @property
    def key_message(self) -> Text | None:
        """The one thing to remember, where the block says it."""
        return None

    @property
    def pictures(self) -> tuple[str, ...]:
        """The names of the picture files that the block shows, beside the handout's file."""
        return ()


class KeyBlock(Block):
    """The key message: what this is and the one thing to remember. First on the sheet."""

    type: Literal["key"]
    text: Translatable

    @property
    def key_message(self) -> Text:
        return self.text


class TextBlock(Block):
    """A few sentences."""

    type: Literal["text"]
    text: Translatable


class TipBlock(Block):
    """A few sentences set apart from the rest."""

    type: Literal["tip"]
    text: Translatable


class TermBlock(Block):
    """A medical word and what it means."""

    lone_words: ClassVar = frozenset({"term"})

    type: Literal["term"]
    term: Translatable
    means: Translatable


class ListBlock(Block):
    """Points in no order."""

    type: Literal["list"]
    intro: Translatable | None = None
    items: Items

    @property
    def lines_of_list(self) -> tuple[Item, ...]:
        return self.items


class StepsBlock(Block):
    """Things done one after the other, numbered."""

    type: Literal["steps"]
    intro: Translatable | None = None
    items: Items

    @property
    def lines_of_list(self) -> tuple[Item, ...]:
        return self.items


class TodoBlock(Block):
    """Things to do, each with a box to tick."""

    tool: ClassVar = "boxes to tick"
    tool_of_every_sheet: ClassVar = True

    type: Literal["todo"]
    intro: Translatable | None = None
    items: Items

    @property
    def lines_of_list(self) -> tuple[Item, ...]:
        return self.items


Tier = Literal["emergency", "now", "watch"]
TIERS: tuple[Tier, ...] = ("emergency", "now", "watch")


class CallBlock(Block):
    """Warning signs of one tier, what to do first."""

    fills_the_width: ClassVar = True
    stays_whole: ClassVar = True

    type: Literal["call"]
    tier: Tier
    do: Translatable
    signs: Items

    @property
    def lines_of_list(self) -> tuple[Item, ...]:
        return self.signs


class TimelineBlock(Block):
    """Where the dated milestones stand; without it they follow the first section."""

    holds_timeline: ClassVar = True

    type: Literal["timeline"]
    note: None = None  # it has no words of its own to note anything on


class MedicinesBlock(Block):
    """A table to fill in: medicine, how much, when, next dose."""

    tool: ClassVar = "a table of medicines"
    tool_of_every_sheet: ClassVar = True

    type: Literal["medicines"]
    intro: Translatable | None = None
    rows: Count = Field(3, ge=1, le=12)


class ContactsBlock(Block):
    """The clinic's phone numbers, large and in one place."""

    tool: ClassVar = "the phone numbers in one place"
    tool_of_every_sheet: ClassVar = True

    type: Literal["contacts"]
    intro: Translatable | None = None


class TeachBackBlock(Block):
    """A question the family answers in its own words, with lines to write on."""

    tool: ClassVar = "a question to answer in one's own words"
    tool_of_every_sheet: ClassVar = True

    type: Literal["teach-back"]
    ask: Translatable
    lines: Count = Field(2, ge=1, le=8)


class NotesBlock(Block):
    """Empty lines for the family's own notes."""

    type: Literal["notes"]
    intro: Translatable | None = None
    lines: Count = Field(3, ge=1, le=20)


class LearnMoreBlock(Block):
    """The web address and the code to look up, with a QR code."""

    wants_qr: ClassVar = True

    type: Literal["learn-more"]
    text: Translatable


class PictureBlock(Block):
    """An SVG picture from the folder of the handout, with its text alternative."""

    spoken: ClassVar = frozenset({"alt"})

    type: Literal["picture"]
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*\.svg$", max_length=80)]
    alt: Translatable
    width_mm: Count = Field(80, ge=10, le=170, multiple_of=5)

    @property
    def pictures(self) -> tuple[str, ...]:
        return (self.file,)


def block_type(block: type[Block]) -> str:
    """Return the word that `type:` takes for this block."""
    return str(get_args(block.model_fields["type"].annotation)[0])


BLOCKS: tuple[type[Block], ...] = tuple(Block.__subclasses__())
BLOCK_TYPES: tuple[str, ...] = tuple(map(block_type, BLOCKS))

if TYPE_CHECKING:
    AnyBlock = Block
else:
    AnyBlock = Annotated[Union[BLOCKS], Field(discriminator="type")]  # noqa: UP007
