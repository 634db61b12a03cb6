"""YAML -> Handout, Clinic and Labels: every fault at once, each with its line and the nearest cure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from careleaf.content import yamlfile
from careleaf.content.schema import BLOCK_TYPES, CLINIC_VALUES, Clinic, Handout, texts
from careleaf.content.yamlfile import Document, Loc
from careleaf.errors import HandoutError, nearest, raise_all

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Source:
    """A handout with the file it came from, so that every message can name its line."""

    handout: Handout
    document: Document
    path: Path


def load_handout(path: Path, name: str, medicines: frozenset[str]) -> Source:
    """Read one handout; `name` is the file as messages call it, `medicines` the clinic's names.

    Raises HandoutError or Faults: all that is wrong, each as `file:line:column`.
    """
    document = yamlfile.read(path, name)
    handout = validate(Handout, document)
    raise_all((*_name(handout, document, path), *_faults(handout, document, medicines)))
    return Source(handout, document, path)


def load_clinic(path: Path, name: str) -> Clinic:
    """Read clinic.yaml. Raises HandoutError or Faults."""
    return validate(Clinic, yamlfile.read(path, name))


def validate(model: type[M], document: Document) -> M:
    """Return the document's data as `model`. Raises HandoutError or Faults."""
    if not isinstance(document.data, dict):
        raise HandoutError("a list of `key: value` lines is wanted here", document.where(()))
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raw = error.errors(include_url=False)
        locs = [_real(item["loc"], document) for item in raw]
        kept = [
            _explain(item, loc, model, document)
            for item, loc in zip(raw, locs, strict=True)
            if not (item["type"] == "too_short" and _covers(loc, locs))
        ]
        raise_all(sorted(kept, key=_place))
        raise AssertionError("pydantic refused without a fault") from error


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


def _explain(
    item: ErrorDetails, loc: Loc, model: type[BaseModel], document: Document
) -> HandoutError:
    kind, last = item["type"], loc[-1] if loc else ""
    ctx = item.get("ctx") or {}
    if kind == "extra_forbidden":
        known = _known_keys(model, loc[:-1], document)
        return HandoutError(
            f'"{last}" is not known here', document.where(loc, key=True), nearest(str(last), known)
        )
    if kind == "missing":
        return HandoutError(
            f'"{last}" is missing', document.where(loc[:-1]), f"add a line `{last}: ...`"
        )
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        tag = document.raw.get((*loc, "type"), "")
        fault = f'block type "{tag}" is not known' if tag else 'a block begins with "type:"'
        return HandoutError(fault, document.where((*loc, "type")), nearest(tag, BLOCK_TYPES))
    where, raw = document.where(loc), document.raw.get(loc, "")
    if isinstance(item["input"], bool):
        return HandoutError(
            f"`{raw}` without quotes reads as {str(item['input']).lower()}",
            where,
            "put it in quotes",
        )
    if kind == "careleaf":
        return HandoutError(item["msg"].replace("{{", "{"), where, ctx.get("hint", ""))
    if kind == "literal_error":
        choices = [word.strip("' ") for word in ctx["expected"].replace(" or ", ", ").split(",")]
        return HandoutError(f'"{raw}" is not one of the choices', where, nearest(raw, choices))
    return HandoutError(f"{_plain_words(kind, item['msg'])}{_named(last)}", where, "")


def _named(last: int | str) -> str:
    return f' ("{last}")' if isinstance(last, str) else ""


def _plain_words(kind: str, message: str) -> str:
    words = {
        "string_type": "this must be text, in quotes if it looks like a number",
        "tuple_type": "a list is wanted here: lines that begin with a dash",
        "mapping_type": "a list of `key: value` lines is wanted here",
        "model_type": "a list of `key: value` lines is wanted here",
        "dict_type": "a list of `key: value` lines is wanted here",
        "decimal_type": "a number is wanted here",
        "decimal_parsing": "a number is wanted here",
        "int_type": "a whole number is wanted here",
        "int_parsing": "a whole number is wanted here",
        "date_type": "a date is wanted here, as YYYY-MM-DD",
        "date_from_datetime_parsing": "a date is wanted here, as YYYY-MM-DD",
        "string_pattern_mismatch": "this name may hold small letters, digits and dashes only",
    }
    return words.get(kind, message[0].lower() + message[1:])


def _known_keys(model: type[BaseModel], loc: Loc, document: Document) -> tuple[str, ...]:
    """Return the keys that the mapping at `loc` may have, by walking the JSON Schema."""
    schema = model.model_json_schema(by_alias=True)
    node, data = schema, document.data
    for part in loc:
        node = _step(_resolve(node, schema, data), part)
        data = data[part]
    resolved = _resolve(node, schema, data)
    return tuple(resolved.get("properties", {}))


def _resolve(node: dict, schema: dict, data: object) -> dict:  # type: ignore[type-arg]
    """Follow references; of a choice take the branch that the data's `type` names, or the mapping."""
    if "$ref" in node:
        return _resolve(schema["$defs"][node["$ref"].rsplit("/", 1)[1]], schema, data)
    branches = [_resolve(b, schema, data) for b in node.get("oneOf", []) + node.get("anyOf", [])]
    tag = data.get("type") if isinstance(data, dict) else None
    tagged = [b for b in branches if b.get("properties", {}).get("type", {}).get("const") == tag]
    wanted = "properties" if isinstance(data, dict) else "items"
    shaped = [b for b in branches if wanted in b or "additionalProperties" in b]
    return next(iter((tagged if tag else []) + shaped), node)


def _step(node: dict, part: int | str) -> dict:  # type: ignore[type-arg]
    if isinstance(part, int):
        return node.get("items") or {}
    named = node.get("properties", {}).get(part)
    others = [node.get("additionalProperties"), *node.get("patternProperties", {}).values()]
    return next((found for found in (named, *others) if isinstance(found, dict)), {})


# --- what the shape alone cannot tell ---------------------------------------------------------


def known_values(handout: Handout, medicines: frozenset[str]) -> tuple[str, ...]:
    """Return every name that a text of this handout may use in braces."""
    return (*handout.quantities, *CLINIC_VALUES, "code", *sorted(medicines))


def _faults(
    handout: Handout, document: Document, medicines: frozenset[str]
) -> Iterator[HandoutError]:
    known = known_values(handout, medicines)
    used: set[str] = set()
    for loc, text, _ in texts(handout):
        for name in text.placeholders:
            used.add(name)
            if name not in known:
                yield HandoutError(
                    f"{{{name}}} has no quantity and no clinic value",
                    document.where(loc),
                    nearest(name, known),
                )
    for name in handout.quantities:
        if name not in used:
            yield HandoutError(
                f'the quantity "{name}" is not used in any text',
                document.where(("quantities", name), key=True),
                f"write {{{name}}} where it belongs, or remove it",
            )
        if name in CLINIC_VALUES or name == "code" or name in medicines:
            yield HandoutError(
                f'the quantity "{name}" has the name of a clinic value',
                document.where(("quantities", name), key=True),
                "give it another name",
            )
    yield from _ids(handout, document)
    yield from _places(handout, document)


def _name(handout: Handout, document: Document, path: Path) -> Iterator[HandoutError]:
    if path.stem == handout.id:
        return
    other = path.with_stem(handout.id)
    fault = f'the id "{handout.id}" is not the file\'s name'
    if other.is_file():
        fault = f'the id "{handout.id}" is that of {other.name}'
    cure = f"name the file {handout.id}.yaml, or the handout {path.stem}"
    yield HandoutError(fault, document.where(("id",)), cure)


def _ids(handout: Handout, document: Document) -> Iterator[HandoutError]:
    counts = Counter(section.id for section in handout.sections)
    for index, section in enumerate(handout.sections):
        if counts[section.id] > 1:
            yield HandoutError(
                f'two sections have the id "{section.id}"',
                document.where(("sections", index, "id")),
                "translations hang on the id: give each its own",
            )


def _places(handout: Handout, document: Document) -> Iterator[HandoutError]:
    kinds = [block.type for block in handout.blocks]
    if kinds.count("timeline") > 1:
        yield HandoutError(
            "the timeline stands in two places", document.where(("sections",)), "keep one"
        )
    if "timeline" in kinds and not handout.timeline:
        yield HandoutError(
            "a timeline block, but no milestones", document.where(("sections",)), "add `timeline:`"
        )
