"""Plain YAML values -> a model, or every fault of the file: place, fault, cure and code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from careleaf.content.blocks import BLOCK_TYPES
from careleaf.content.json_schema import schema
from careleaf.content.yamlfile import Document, Loc
from careleaf.errors import HandoutError, nearest, raise_all

M = TypeVar("M", bound=BaseModel)

_A_MAPPING = ("field.not-a-mapping", "a list of `key: value` lines is wanted here")
_A_NUMBER = ("field.not-a-number", "a number is wanted here")
_A_WHOLE_NUMBER = ("field.not-a-number", "a whole number is wanted here")
_A_DAY = ("field.not-a-day", "a date is wanted here, as YYYY-MM-DD")
_IN_PLAIN_WORDS: Mapping[str, tuple[str, str]] = {  # pydantic's kind of fault -> code and words
    "string_type": (
        "text.not-text",
        "this must be text, in quotes if it looks like a number",
    ),
    "tuple_type": ("field.not-a-list", "a list is wanted here: lines that begin with a dash"),
    "mapping_type": _A_MAPPING,
    "model_type": _A_MAPPING,
    "model_attributes_type": _A_MAPPING,
    "dict_type": _A_MAPPING,
    "decimal_type": _A_NUMBER,
    "decimal_parsing": _A_NUMBER,
    "int_type": _A_WHOLE_NUMBER,
    "int_parsing": _A_WHOLE_NUMBER,
    "int_from_float": _A_WHOLE_NUMBER,
    "date_type": _A_DAY,
    "date_parsing": _A_DAY,
    "date_from_datetime_parsing": _A_DAY,
    "string_pattern_mismatch": (
        "field.name",
        "this name may hold small letters, digits and dashes only",
    ),
    "none_required": ("field.unknown", "this block has no words, so nobody would read a note"),
    "too_short": ("field.too-short", "this list is empty"),
    "string_too_long": ("field.too-long", ""),
    "multiple_of": ("field.out-of-range", ""),
    "greater_than_equal": ("field.out-of-range", ""),
    "less_than_equal": ("field.out-of-range", ""),
}


def validate(model: type[M], document: Document) -> M:
    """Return the document's data as `model`. Raises HandoutError or Faults."""
    made, found = attempt(model, document)
    raise_all(found)
    assert made is not None  # noqa: S101  there is a fault or a model
    return made


def attempt(model: type[M], document: Document) -> tuple[M | None, tuple[HandoutError, ...]]:
    """Return the document's data as `model`, or None; and every fault, in the order of the lines."""
    if not isinstance(document.data, dict):
        code, words = _A_MAPPING
        return None, (HandoutError(words, document.where(()), "see docs/writing.md", code),)
    try:
        return model.model_validate(document.data), document.faults
    except ValidationError as error:
        raw = error.errors(include_url=False)
        locs = [_real(item["loc"], document) for item in raw]
        kept = (
            _explain(item, loc, model, document)
            for item, loc in zip(raw, locs, strict=True)
            if not (item["type"] == "too_short" and _covers(loc, locs))
        )
        return None, in_order((*document.faults, *kept))


def in_order(faults: Iterable[HandoutError]) -> tuple[HandoutError, ...]:
    """Return the faults of one file by line and column.

    What is wrong with a scalar as YAML is told alone: what it then lacks as a value says no more.
    """
    found = tuple(faults)
    broken = {
        fault.where
        for fault in found
        if fault.code in ("yaml.no-such-day", "yaml.tag", "yaml.half-letter")
    }
    kept = (f for f in found if f.where not in broken or f.code.startswith("yaml."))
    return tuple(sorted(kept, key=_place))


def _real(loc: tuple[int | str, ...], document: Document) -> Loc:
    """Drop what pydantic adds to a path (the tag of a union, the name of a branch)."""
    real: Loc = ()
    for part in loc:
        longer = (*real, part)
        if longer in document.values or part is loc[-1]:
            real = longer
    return real


def _covers(loc: Loc, others: list[Loc]) -> bool:
    """Whether a fault lies below `loc`, so that "too short" only says the same again."""
    return any(len(other) > len(loc) and other[: len(loc)] == loc for other in others)


def _place(fault: HandoutError) -> tuple[int, ...]:
    return tuple(int(part) for part in fault.where.rsplit(":", 2)[1:])


# --- one fault --------------------------------------------------------------------------------


def _explain(
    item: ErrorDetails, loc: Loc, model: type[BaseModel], document: Document
) -> HandoutError:
    kind, ctx = item["type"], item.get("ctx") or {}
    where, raw = document.where(loc), document.raw.get(loc, "")
    if kind == "extra_forbidden":
        return _unknown_key(loc, model, document)
    if kind == "missing":
        hint = f"add a line `{loc[-1]}: ...`"
        return HandoutError(
            f'"{loc[-1]}" is missing', document.where(loc[:-1]), hint, "field.missing"
        )
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        tag = document.raw.get((*loc, "type"), "")
        words = f'block type "{tag}" is not known' if tag else 'a block begins with "type:"'
        place = document.where((*loc, "type"))
        return HandoutError(words, place, nearest(tag, BLOCK_TYPES), "block.unknown")
    if isinstance(item["input"], bool):
        words = f"`{raw}` without quotes reads as {str(item['input']).lower()}"
        return HandoutError(words, where, "put it in quotes", "field.bare-word")
    if kind == "careleaf":
        return HandoutError(ctx["fault"], where, ctx["hint"], ctx["code"])
    if kind == "literal_error":
        choices = [word.strip("' ") for word in ctx["expected"].replace(" or ", ", ").split(",")]
        words = f'"{raw}" is not one of the choices'
        return HandoutError(words, where, nearest(raw, choices), "field.choice")
    code, words = _IN_PLAIN_WORDS.get(kind, ("field.value", ""))
    named = f' ("{loc[-1]}")' if loc and isinstance(loc[-1], str) else ""
    said = words or item["msg"][0].lower() + item["msg"][1:]
    return HandoutError(f"{said}{named}", where, "see docs/writing.md", code)


def _unknown_key(loc: Loc, model: type[BaseModel], document: Document) -> HandoutError:
    """Return what to say of a key that has no place here, and where it has one."""
    key = str(loc[-1])
    cure = nearest(key, _known_keys(model, loc[:-1], document))
    owners = [
        _in_words(name) for name, each in schema(model)["$defs"].items() if key in _keys(each)
    ]
    if owners:
        cure = f"{cure}; it belongs to {', '.join(owners)}"
    place = document.where(loc, key=True)
    return HandoutError(f'"{key}" is not known here', place, cure, "field.unknown")


def _in_words(definition: str) -> str:
    """Return the name of a part of a file as authors know it."""
    return "a block" if definition.endswith("Block") else f"{definition.lower()}"


def _keys(node: dict[str, Any]) -> set[str]:
    branches = [node, *node.get("anyOf", ())]
    return {key for branch in branches for key in branch.get("properties", ())}


# --- walking the JSON Schema ------------------------------------------------------------------


def written_texts(model: type[BaseModel], document: Document) -> Iterator[tuple[Loc, str]]:
    """Yield what stands where a text for translators belongs, also in a file that has faults."""
    yield from _written(schema(model), schema(model), document.data, ())


def _written(
    node: dict[str, Any], root: dict[str, Any], data: object, loc: Loc
) -> Iterator[tuple[Loc, str]]:
    if isinstance(data, str) and _is_translatable(node, root):
        yield loc, data
    parts: Iterable[tuple[int | str, object]] = ()
    if isinstance(data, dict):
        parts = data.items()
    elif isinstance(data, list):
        parts = enumerate(data)
    resolved = _resolve(node, root, data)
    for part, child in parts:
        yield from _written(_step(resolved, part), root, child, (*loc, part))


def _is_translatable(node: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether a text for translators may stand at a node."""
    name = node.get("$ref", "").rpartition("/")[2]
    if name == "Translatable":
        return True
    target = root["$defs"][name] if name else node
    return any(_is_translatable(branch, root) for branch in target.get("anyOf", ()))


def _known_keys(model: type[BaseModel], loc: Loc, document: Document) -> tuple[str, ...]:
    """Return the keys that the mapping at `loc` may have."""
    root = schema(model)
    node, data = root, document.data
    for part in loc:
        node = _step(_resolve(node, root, data), part)
        data = data[part]
    return tuple(_resolve(node, root, data).get("properties", {}))


def _resolve(node: dict[str, Any], root: dict[str, Any], data: object) -> dict[str, Any]:
    """Follow references; of a choice take the branch that the data's `type` names, or the mapping."""
    if "$ref" in node:
        return _resolve(root["$defs"][node["$ref"].rsplit("/", 1)[1]], root, data)
    if "properties" in node:
        return node
    branches = [_resolve(b, root, data) for b in node.get("oneOf", []) + node.get("anyOf", [])]
    tag = data.get("type") if isinstance(data, dict) else None
    tagged = [b for b in branches if b.get("properties", {}).get("type", {}).get("const") == tag]
    wanted = "properties" if isinstance(data, dict) else "items"
    shaped = [b for b in branches if wanted in b or "additionalProperties" in b]
    return next(iter((tagged if tag else []) + shaped), node)


def _step(node: dict[str, Any], part: int | str) -> dict[str, Any]:
    if isinstance(part, int):
        return node.get("items") or {}
    named = node.get("properties", {}).get(part)
    others = [node.get("additionalProperties"), *node.get("patternProperties", {}).values()]
    return next((found for found in (named, *others) if isinstance(found, dict)), {})
