"""The shape of a handout and of clinic.yaml, checked by pydantic; the JSON Schemas come from here."""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from careleaf.content.yamlfile import Loc
from careleaf.text import Text, digits

# --- scalars ----------------------------------------------------------------------------------

_MARKUP = re.compile(r"</?[A-Za-z][^>]*>|&#?\w+;")
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def fault(kind: str, message: str, hint: str = "") -> PydanticCustomError:
    """Return an error for a validator to raise; `hint` is the cure that the message ends with."""
    return PydanticCustomError("careleaf", message.replace("{", "{{"), {"kind": kind, "hint": hint})


def _wording(value: object) -> Text:
    """Return translatable wording as Text; refuses all that a translator could get wrong."""
    if isinstance(value, Text):
        return value
    if not isinstance(value, str):
        raise fault("string", "this must be text", "put it in quotes")
    wording = unicodedata.normalize("NFC", value)
    stray = next((c for c in wording if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn")), "")
    if stray:
        raise fault(
            "control",
            f"an invisible character (U+{ord(stray):04X}) stands in the text",
            "remove it",
        )
    if not wording.strip():
        raise fault("empty", "this text is empty", "write it, or remove the line")
    if wording != wording.strip() or "  " in wording:
        raise fault("space", "a space too many", "one space between words, none at the ends")
    if _MARKUP.search(wording):
        raise fault("markup", "markup is not used in texts", "use block types for structure")
    found = digits(wording)
    if found:
        raise fault(
            "digit",
            f'the digit "{found[0]}" stands in the text',
            "make it a quantity, a milestone or clinic data, and name it here in braces",
        )
    try:
        return Text.parse(wording)
    except ValueError as error:
        raise fault("brace", str(error), "write a placeholder as one word in braces") from None


def _plain(value: object) -> object:
    """A number where a code or version is meant keeps its written form: 1.0 stays `1.0`."""
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _one_line(value: str) -> str:
    if (
        any(unicodedata.category(char) == "Cc" or char in _BIDI for char in value)
        or not value.strip()
    ):
        raise fault("line", "one line of plain text is wanted here", "")
    return unicodedata.normalize("NFC", value.strip())


Wording = Annotated[
    Text, BeforeValidator(_wording), WithJsonSchema({"type": "string", "minLength": 1})
]
Line = Annotated[str, Field(max_length=200), AfterValidator(_one_line), BeforeValidator(_plain)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Note = Annotated[str, Field(max_length=500)]
Amount = Annotated[Decimal, Field(ge=-1000, le=1_000_000)]


class Model(BaseModel):
    """Frozen and strict: an unknown key is a fault, and a number is never taken for text."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True
    )


# --- quantities and milestones ----------------------------------------------------------------

UNITS: Mapping[str, str] = {  # the word in the YAML -> the CLDR unit
    "second": "duration-second",
    "minute": "duration-minute",
    "hour": "duration-hour",
    "day": "duration-day",
    "week": "duration-week",
    "month": "duration-month",
    "year": "duration-year",
    "celsius": "temperature-celsius",
    "fahrenheit": "temperature-fahrenheit",
    "millimetre": "length-millimeter",
    "millimeter": "length-millimeter",
    "centimetre": "length-centimeter",
    "centimeter": "length-centimeter",
    "metre": "length-meter",
    "meter": "length-meter",
    "inch": "length-inch",
    "microgram": "mass-microgram",
    "milligram": "mass-milligram",
    "gram": "mass-gram",
    "kilogram": "mass-kilogram",
    "millilitre": "volume-milliliter",
    "milliliter": "volume-milliliter",
    "litre": "volume-liter",
    "liter": "volume-liter",
    "percent": "concentr-percent",
}
Unit = Literal[
    "second", "minute", "hour", "day", "week", "month", "year",
    "celsius", "fahrenheit",
    "millimetre", "millimeter", "centimetre", "centimeter", "metre", "meter", "inch",
    "microgram", "milligram", "gram", "kilogram",
    "millilitre", "milliliter", "litre", "liter",
    "percent",
]  # fmt: skip


class Quantity(Model):
    """A number with its unit, or a range of one; a sentence names it in braces."""

    value: Amount | None = None
    low: Amount | None = Field(None, alias="from")
    high: Amount | None = Field(None, alias="to")
    unit: Unit | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _one_or_range(self) -> Quantity:
        ends = (self.low is not None, self.high is not None)
        if (self.value is not None) == any(ends) or any(ends) != all(ends):
            raise fault(
                "quantity", "a quantity has a value, or from and to", "give one or the other"
            )
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise fault("quantity", "from must be smaller than to", "swap them?")
        return self


class After(Model):
    """Time counted from the procedure: one of hours, days, weeks."""

    hours: int | None = Field(None, ge=1, le=240)
    days: int | None = Field(None, ge=0, le=400)
    weeks: int | None = Field(None, ge=1, le=60)

    @model_validator(mode="after")
    def _one(self) -> After:
        if sum(part is not None for part in (self.hours, self.days, self.weeks)) != 1:
            raise fault("after", "give one of hours, days, weeks", "for example {days: 1}")
        return self


Icon = Literal[
    "emergency", "call", "watch", "bandage", "shower", "ice", "rest", "school", "medicine",
    "thermometer", "calendar", "question", "results", "sleep", "needle", "home", "info", "pencil",
]  # fmt: skip


class Milestone(Model):
    """One line of the timeline. `after`, or `from` and `to` for a stretch of days."""

    after: After | None = None
    start: After | None = Field(None, alias="from")
    end: After | None = Field(None, alias="to")
    text: Wording
    icon: Icon | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _point_or_range(self) -> Milestone:
        ends = (self.start is not None, self.end is not None)
        if (self.after is not None) == any(ends) or any(ends) != all(ends):
            raise fault(
                "milestone", "a milestone has after, or from and to", "give one or the other"
            )
        if self.start and self.end:
            order = [(e.hours, (e.days or 0) + 7 * (e.weeks or 0)) for e in (self.start, self.end)]
            if (order[0][0] is None) != (order[1][0] is None) or (
                order[0][0] or 0,
                order[0][1],
            ) >= (
                order[1][0] or 0,
                order[1][1],
            ):
                raise fault(
                    "milestone", "from must come before to, both in hours or both in days", ""
                )
        return self


# --- blocks -----------------------------------------------------------------------------------


class Item(Model):
    """One line of a list; in the YAML a plain text, or {text, icon, note}."""

    text: Wording
    icon: Icon | None = None
    note: Note | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, value: object) -> object:
        return value if isinstance(value, dict | Item) else {"text": value}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(core)]}


Items = Annotated[tuple[Item, ...], Field(min_length=1)]


class Block(Model):
    """What all blocks may have: a note for the translator, and a picture beside it."""

    note: Note | None = None
    icon: Icon | None = None


class Key(Block):
    """The key message: what this is and the one thing to remember. First on the sheet."""

    type: Literal["key"]
    text: Wording


class Paragraph(Block):
    """A few sentences."""

    type: Literal["text"]
    text: Wording


class Tip(Block):
    """A few sentences set apart from the rest."""

    type: Literal["tip"]
    text: Wording


class Term(Block):
    """A medical word and what it means."""

    type: Literal["term"]
    term: Wording
    means: Wording


class List(Block):
    """Points in no order."""

    type: Literal["list"]
    intro: Wording | None = None
    items: Items


class Steps(Block):
    """Things done one after the other, numbered."""

    type: Literal["steps"]
    intro: Wording | None = None
    items: Items


class Todo(Block):
    """Things to do, each with a box to tick."""

    type: Literal["todo"]
    intro: Wording | None = None
    items: Items


Tier = Literal["emergency", "now", "watch"]
TIERS: tuple[Tier, ...] = ("emergency", "now", "watch")


class Call(Block):
    """Warning signs of one tier, what to do first."""

    type: Literal["call"]
    tier: Tier
    do: Wording
    signs: Items


class Timeline(Block):
    """Where the dated milestones stand; without it they follow the first section."""

    type: Literal["timeline"]


class Medicines(Block):
    """A table to fill in: medicine, how much, when, next dose."""

    type: Literal["medicines"]
    intro: Wording | None = None
    rows: int = Field(3, ge=1, le=12)


class Contacts(Block):
    """The clinic's phone numbers, large and in one place."""

    type: Literal["contacts"]
    intro: Wording | None = None


class TeachBack(Block):
    """A question the family answers in its own words, with lines to write on."""

    type: Literal["teach-back"]
    ask: Wording
    lines: int = Field(2, ge=1, le=8)


class Notes(Block):
    """Empty lines for the family's own notes."""

    type: Literal["notes"]
    intro: Wording | None = None
    lines: int = Field(3, ge=1, le=20)


class LearnMore(Block):
    """The web address and the code to look up, with a QR code."""

    type: Literal["learn-more"]
    text: Wording


class Picture(Block):
    """An SVG picture from the folder of the handout, with its text alternative."""

    type: Literal["picture"]
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*\.svg$", max_length=80)]
    alt: Wording
    width_mm: int = Field(80, ge=10, le=170)


AnyBlock = (
    Key | Paragraph | Tip | Term | List | Steps | Todo | Call | Timeline | Medicines | Contacts
    | TeachBack | Notes | LearnMore | Picture
)  # fmt: skip


def block_type(block: type[Block]) -> str:
    """Return the word that `type:` takes for this block."""
    return str(get_args(block.model_fields["type"].annotation)[0])


ByType = Annotated[AnyBlock, Field(discriminator="type")]
BLOCK_TYPES: tuple[str, ...] = tuple(block_type(block) for block in get_args(AnyBlock))


# --- the handout ------------------------------------------------------------------------------


class Section(Model):
    """A heading and its blocks. Known ids tell `check` which part of the sheet it is."""

    id: Slug
    title: Wording
    icon: Icon | None = None
    note: Note | None = None
    blocks: Annotated[tuple[ByType, ...], Field(min_length=1)]


class Codes(Model):
    """Procedure codes by system; numbers only, as the systems' owners ask."""

    snomed: tuple[Line, ...] = ()
    cpt: tuple[Line, ...] = ()
    icd10pcs: tuple[Line, ...] = ()


class Procedure(Model):
    """What was done, for finding the handout from a record."""

    codes: Codes = Codes()


Kind = Literal["procedure", "home-care"]


class Handout(Model):
    """One handout: the English source, or the same in another language (see `localize`)."""

    id: Slug
    title: Wording
    code: Line
    kind: Kind
    version: Line
    reviewed: date
    review_by: date | None = None
    pages: int = Field(2, ge=1, le=20)
    sources: tuple[Line, ...] = ()
    procedure: Procedure = Procedure()
    quantities: Mapping[Name, Quantity] = {}
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    timeline: tuple[Milestone, ...] = ()
    note: Note | None = None

    @property
    def blocks(self) -> tuple[AnyBlock, ...]:
        """Every block in reading order."""
        return tuple(block for section in self.sections for block in section.blocks)


# --- the clinic -------------------------------------------------------------------------------

NamesByLocale = Line | Mapping[str, Line]


def _zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise fault("zone", f'the time zone "{name}" is not known', "as in Europe/Amsterdam")
    return name


def _region(code: str) -> str:
    from babel.core import get_global

    if code not in get_global("territory_currencies"):  # CLDR has every region there
        raise fault("region", f'the region "{code}" is not known', "two letters, as in CA, NL, GB")
    return code


Region = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(_region)]
TimeZone = Annotated[Line, AfterValidator(_zone)]


class Clinic(Model):
    """Who prints: what differs from place to place and so is never written into a sentence.

    `units` overrides what CLDR says of the region: the units a temperature or a length is
    shown in, first one first. `medicines` gives a medicine's name here, one for all languages
    or one for each locale.
    """

    name: Line
    address: Line | None = None
    logo: Annotated[str, Field(pattern=r"^[\w./-]+\.svg$", max_length=200)] | None = None
    ward_phone: Line
    nurse_line: Line
    emergency_phone: Line
    web_address: Line
    region: Region
    paper: Literal["a4", "letter"] | None = None
    locale: Line = "en"
    time_zone: TimeZone | None = None
    units: Mapping[Literal["temperature", "length"], tuple[Unit, ...]] = {}
    medicines: Mapping[Name, NamesByLocale] = {}
    unsigned: Literal["mark", "refuse"] = "mark"
    print_queue: Line | None = None
    trusted_header: Line | None = None


CLINIC_VALUES = ("clinic_name", "ward_phone", "nurse_line", "emergency_phone", "web_address")


# --- walking over the wording -----------------------------------------------------------------

M = TypeVar("M", bound=Model)


def texts(node: object, loc: Loc = ()) -> Iterator[tuple[Loc, Text, str]]:
    """Yield every translatable text below `node` in reading order: its path, itself, its note."""
    yield from _texts(node, loc, "")


def _texts(node: object, loc: Loc, note: str) -> Iterator[tuple[Loc, Text, str]]:
    if isinstance(node, Text):
        yield loc, node, note
    elif isinstance(node, Model):
        note = getattr(node, "note", None) or note
        for field, info in type(node).model_fields.items():
            yield from _texts(getattr(node, field), (*loc, info.alias or field), note)
    elif isinstance(node, tuple):
        for index, child in enumerate(node):
            yield from _texts(child, (*loc, index), note)


def map_texts(node: M, change: Callable[[Loc, Text], Text]) -> M:
    """Return `node` with every translatable text replaced by what `change` makes of it."""
    return cast(M, _map(node, (), change))


def _map(node: object, loc: Loc, change: Callable[[Loc, Text], Text]) -> object:
    if isinstance(node, Text):
        return change(loc, node)
    if isinstance(node, Model):
        fields = type(node).model_fields.items()
        return node.model_copy(
            update={f: _map(getattr(node, f), (*loc, i.alias or f), change) for f, i in fields}
        )
    if isinstance(node, tuple):
        return tuple(_map(child, (*loc, index), change) for index, child in enumerate(node))
    return node
