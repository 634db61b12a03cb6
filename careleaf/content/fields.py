"""The kinds of values that a YAML file holds: a text, one line, a name, a number, a day, a picture's name.

Each says once what is accepted: to pydantic by its validator, to editors by its JSON Schema.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError
from typing_extensions import TypeAliasType

from careleaf.text import Text, digits

_MARKUP = r"</?[A-Za-z][^>]*>|&#?\w+;"
_INVISIBLE = ("Cc", "Cf", "Co", "Cn")
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def refused(code: str, message: str, hint: str = "") -> PydanticCustomError:
    """Return an error for a validator to raise: a code of `faults.FAULTS`, the fault and its cure."""
    return PydanticCustomError(
        "careleaf", "{fault}", {"code": code, "fault": message, "hint": hint}
    )


# --- texts ------------------------------------------------------------------------------------


def _translatable(value: object) -> Text:
    """Return wording as Text; refuses all that a translator could get wrong."""
    if isinstance(value, Text):
        return value
    if not isinstance(value, str):
        raise refused("text.not-text", "this must be text", "put it in quotes")
    wording = unicodedata.normalize("NFC", value)
    stray = next((c for c in wording if unicodedata.category(c) in _INVISIBLE), "")
    if stray:
        raise refused(
            "text.invisible",
            f"an invisible character (U+{ord(stray):04X}) stands in the text",
            "remove it",
        )
    if not wording.strip():
        raise refused("text.empty", "this text is empty", "write it, or remove the line")
    if wording != wording.strip() or "  " in wording:
        raise refused("text.space", "a space too many", "one space between words, none at the ends")
    if re.search(_MARKUP, wording):
        raise refused("text.markup", "markup is not used in texts", "use block types for structure")
    found = digits(wording)
    if found:
        raise refused(
            "text.digit",
            f'the digit "{found[0]}" stands in the text',
            "make it a quantity, a milestone or clinic data, and name it here in braces",
        )
    try:
        return Text.parse(wording)
    except ValueError as error:
        hint = "write a placeholder as one word in braces"
        raise refused("text.brace", str(error), hint) from None


# What `_translatable` refuses, as far as a JSON Schema can say it.
_TRANSLATABLE = {
    "type": "string",
    "minLength": 1,
    "description": "Text for translators: no digits, no markup; values by name in braces.",
    "pattern": r"^([^{}\p{Nd}\p{No}]|\{[A-Za-z_][A-Za-z0-9_]*\})*$",
    "not": {"pattern": rf"^\s|\s$|  |{_MARKUP}|[\p{{Cc}}\p{{Cf}}\p{{Co}}\p{{Cn}}]"},
}
Translatable = TypeAliasType(
    "Translatable", Annotated[Text, BeforeValidator(_translatable), WithJsonSchema(_TRANSLATABLE)]
)


def _as_written(value: object) -> object:
    """Return a number as text where a code or a version is meant: 1.0 stays `1.0`."""
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _one_line(value: str) -> str:
    if (
        any(unicodedata.category(char) == "Cc" or char in _BIDI for char in value)
        or not value.strip()
    ):
        raise refused("text.not-one-line", "one line of plain text is wanted here")
    return unicodedata.normalize("NFC", value.strip())


OneLine = TypeAliasType(
    "OneLine",
    Annotated[
        str,
        Field(max_length=200),
        AfterValidator(_one_line),
        BeforeValidator(_as_written),
        WithJsonSchema(
            {
                "type": ["string", "number"],
                "maxLength": 200,
                "description": "One line of plain text; a number stays as it is written.",
                "pattern": r"\S",
                "not": {
                    "type": "string",
                    "pattern": r"[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]",
                },
            }
        ),
    ],
)
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Note = Annotated[str, Field(max_length=500)]

Icon = TypeAliasType(
    "Icon",
    Literal[
        "emergency", "call", "watch", "bandage", "shower", "ice", "rest", "school", "medicine",
        "thermometer", "calendar", "question", "results", "sleep", "needle", "home", "info", "pencil",
    ],
)  # fmt: skip
ICONS: tuple[str, ...] = Icon.__value__.__args__


# --- numbers and days -------------------------------------------------------------------------


def _number(value: object) -> object:
    if isinstance(value, bool | str):
        raise refused("field.not-a-number", "a number is wanted here", "write it without quotes")
    return value


def _day(value: object) -> object:
    if not isinstance(value, date | str):
        raise refused("field.not-a-day", "a date is wanted here, as YYYY-MM-DD")
    return value


IsNumber = BeforeValidator(_number)
Count = Annotated[int, IsNumber]
Amount = Annotated[
    Decimal,
    Field(ge=-1000, le=1_000_000),
    BeforeValidator(_number),
    WithJsonSchema({"type": "number", "minimum": -1000, "maximum": 1_000_000}),
]
Day = Annotated[date, BeforeValidator(_day)]


# --- models -----------------------------------------------------------------------------------


class Model(BaseModel):
    """Frozen and strict: an unknown key is a fault, and a number is never taken for text."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        populate_by_name=True,
        defer_build=True,  # a model within another is built with it, not on its own before
    )


class OneWay(Model):
    """A mapping that is written in exactly one of several `ways`, each a set of keys.

    A subclass gives the ways, and the code, fault and cure for none of them or two.
    """

    ways: ClassVar[tuple[tuple[str, ...], ...]]
    otherwise: ClassVar[tuple[str, str, str]]

    @model_validator(mode="wrap")
    @classmethod
    def _one_way(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        """Refuse two ways and none, together with what is wrong with each key."""
        if not isinstance(data, dict):
            return handler(data)
        written = {key for key, value in data.items() if value is not None}
        keys = {key for way in cls.ways for key in way}
        faults: list[InitErrorDetails] = []
        if written & keys not in [set(way) for way in cls.ways]:
            faults.append(InitErrorDetails(type=refused(*cls.otherwise), input=data))
        try:
            made = handler(data)
        except ValidationError as error:
            for item in error.errors(include_url=False):
                faults.append(_again(item))
        if faults:
            raise ValidationError.from_exception_data(cls.__name__, faults)
        return made

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        schema: dict[str, Any] = handler.resolve_ref_schema(handler(core))
        keys = [key for way in cls.ways for key in way]
        missing = {"type": "null"}
        schema["oneOf"] = [
            {
                "required": list(way),
                "properties": {key: {"not": missing} if key in way else missing for key in keys},
            }
            for way in cls.ways
        ]
        return schema


def _again(item: ErrorDetails) -> InitErrorDetails:
    """Return an error that was caught as one to raise."""
    ctx = item.get("ctx", {})
    kind: Any = item["type"]
    if kind == "careleaf":
        kind = PydanticCustomError("careleaf", "{fault}", ctx)
    return InitErrorDetails(type=kind, loc=item["loc"], input=item["input"], ctx=ctx)
