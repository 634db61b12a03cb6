"""Who approved which wording: locales/<tag>/signoff.yaml, bound to a digest of exactly what was approved.

Approved is what a family reads and a translator or an author wrote: the handout's structure in its
order, the English, the translation, the labels of the sheet, quantities, milestones, kind, code,
version, pictures. Not the clinic's own data (names, phones), nor the day of the review.
One changed word, number or place, and the wording is a draft again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field

from careleaf.content import yamlfile
from careleaf.content.fields import Model, OneLine
from careleaf.content.labels import LabelSource
from careleaf.content.loading import HandoutSource
from careleaf.content.validating import validate
from careleaf.errors import HandoutError
from careleaf.files import write_file
from careleaf.language.locale_tags import chain
from careleaf.language.localize import Translate
from careleaf.language.messages import Message, of_handout, of_labels
from careleaf.model import Approval
from careleaf.text import Text

FILE = "signoff.yaml"

# Of a handout, what is no wording: the words around the work, and what the sheet does not show.
_NOT_SIGNED = frozenset({"reviewed", "review_by", "sources", "procedure", "pages", "note"})

Json = str | int | bool | list["Json"] | dict[str, "Json"] | None


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is approved: where it stands, a few words of it, and its digest."""

    place: str
    words: str
    digest: str


@dataclass(frozen=True, slots=True)
class Signable:
    """Everything that one signature covers, and the digest over all of it in order."""

    handout: str
    version: str
    parts: tuple[Part, ...]
    sha256: str


class Record(Model):
    """One signature as it stands in the file. `approved` names each part with its digest."""

    by: OneLine
    role: OneLine
    on: date
    version: OneLine
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    approved: tuple[OneLine, ...] = ()


class SignoffFile(Model):
    """The file: a signature for each handout."""

    signed: Mapping[str, Record] = {}


# --- what is approved -------------------------------------------------------------------------


def signable(
    source: HandoutSource, labels: LabelSource, translate: Translate, translate_labels: Translate
) -> Signable:
    """Return what a signature of this handout in this language covers.

    Raises HandoutError where a message cannot be printed: such wording cannot be signed.
    """
    handout = source.handout
    parts = [
        *(_text(message, translate) for message in of_handout(source)),
        *(_data(f"quantity/{name}", _shape(q)) for name, q in handout.quantities.items()),
        *(
            _data(f"milestone/{index + 1}", _shape(milestone))
            for index, milestone in enumerate(handout.timeline)
        ),
        *(_data(f"picture/{name}", digest) for name, digest in _pictures(source)),
        *(_text(message, translate_labels) for message in of_labels(labels)),
    ]
    shape = {
        field: _shape(getattr(handout, field))
        for field in type(handout).model_fields
        if field not in _NOT_SIGNED
    }
    whole = [shape, [[part.place, part.digest] for part in parts]]
    return Signable(handout.id, handout.version, tuple(parts), _sha256(whole))


def _text(message: Message, translate: Translate) -> Part:
    strings = translate(message).strings
    digest = _sha256([message.context, list(message.sources), list(strings)])
    return Part(message.context, message.msgid, digest)


def _data(place: str, shape: Json) -> Part:
    return Part(place, "", _sha256([place, shape]))


def _pictures(source: HandoutSource) -> Iterator[tuple[str, str]]:
    for block in source.handout.blocks:
        for name in block.pictures:
            path = source.path.parent / name
            if path.is_file():
                yield path.name, hashlib.sha256(path.read_bytes()).hexdigest()


def _shape(node: object) -> Json:
    """Return a value as JSON knows it; what was left out, and notes to translators, are not in it."""
    if isinstance(node, Model):
        fields = {
            name: getattr(node, name)
            for name, info in type(node).model_fields.items()
            if name != "note" and getattr(node, name) != info.get_default()
        }
        return {name: _shape(value) for name, value in fields.items()}
    if isinstance(node, Mapping):
        return {str(key): _shape(value) for key, value in node.items()}
    if isinstance(node, tuple | list):
        return [_shape(value) for value in node]
    if isinstance(node, Decimal):
        return f"{node.normalize():f}"
    return str(node) if isinstance(node, Text | date) else node  # type: ignore[return-value]


def _sha256(value: object) -> str:
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


# --- the file ---------------------------------------------------------------------------------


def signoff_path(locales: Path, tag: str) -> Path:
    return locales / tag / FILE


def load(locales: Path, tag: str) -> Mapping[str, Record]:
    """Return the signatures of one locale, by handout. Raises HandoutError or Faults."""
    path = signoff_path(locales, tag)
    if not path.is_file():
        return {}
    document = yamlfile.read(path, f"{locales.name}/{tag}/{FILE}")
    return validate(SignoffFile, document).signed


def sign(locales: Path, tag: str, wording: Signable, approval: Approval) -> Path:
    """Write a signature, in place of an earlier one of this handout; return the file."""
    record = Record(
        by=approval.by,
        role=approval.role,
        on=approval.on,
        version=wording.version,
        sha256=wording.sha256,
        approved=tuple(f"{part.place} {part.digest[:16]}" for part in wording.parts),
    )
    signed = {**load(locales, tag), wording.handout: record}
    content = {
        handout: {**signed[handout].model_dump(), "approved": list(signed[handout].approved)}
        for handout in sorted(signed)
    }
    head = f"# Who approved the wording in {tag}. Written by `generate.py sign`, for the record.\n"
    text = head + yaml.safe_dump(
        {"signed": content}, sort_keys=False, allow_unicode=True, width=1000
    )
    path = signoff_path(locales, tag)
    write_file(path, text.encode())
    return path


# --- does it still hold? ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """How a handout stands in one language: never signed, signed, or signed for other wording.

    `changes` says in words what differs from what was signed.
    """

    record: Record | None
    tag: str = ""
    changes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.record is not None and not self.changes

    @property
    def approval(self) -> Approval | None:
        """Who approved exactly this wording, or None: it is a draft."""
        if self.record is None or self.changes:
            return None
        return Approval(self.record.by, self.record.role, self.record.on)


def standing(locales: Path, tag: str, now: Signable) -> Standing:
    """Return whether a signature covers the wording as it is now.

    A signature for `fr` covers a sheet in `fr_CA` that has the very same wording.
    Raises HandoutError for a sign-off file that cannot be read.
    """
    stale = Standing(None)
    for step in chain(tag):
        record = load(locales, step).get(now.handout)
        if record is None:
            continue
        if record.sha256 == now.sha256:
            return Standing(record, step)
        if stale.record is None and step == tag:
            stale = Standing(record, step, changes(record, now))
    return stale


def changes(record: Record, now: Signable) -> tuple[str, ...]:
    """Return what differs between what was signed and what is there now, a line each."""
    signed = Counter(record.approved)
    present = Counter(f"{part.place} {part.digest[:16]}" for part in now.parts)
    new = [part for part in now.parts if f"{part.place} {part.digest[:16]}" in present - signed]
    gone = [line.rsplit(" ", 1)[0] for line in signed - present]
    told = [f"{part.place}: {_quoted(part)}is new or changed" for part in new]
    told += [f"{place}: what was approved is gone" for place in _minus(gone, new)]
    if record.version != now.version:
        told.append(f"the version was {record.version}, it is {now.version}")
    return tuple(dict.fromkeys(told)) or ("the order, the kind or the structure changed",)


def _quoted(part: Part) -> str:
    words = part.words if len(part.words) <= 50 else part.words[:47] + "..."
    return f'"{words}" ' if words else ""


def _minus(gone: list[str], new: list[Part]) -> Iterator[str]:
    """Yield the places where something is gone for which nothing new came."""
    came = Counter(part.place for part in new)
    for place in gone:
        if came[place]:
            came[place] -= 1
        else:
            yield place


def sign_first(tag: str, handout: str) -> HandoutError:
    """Return the fault of a sheet whose wording nobody has approved, where the clinic refuses those."""
    return HandoutError(
        f"nobody has approved the wording of {handout} in {tag}, and this clinic prints no drafts",
        "clinic.yaml: unsigned",
        f"have it read, then: generate.py sign {handout} --locale {tag} --by NAME --role ROLE",
        "wording.not-approved",
    )


__all__ = [
    "Signable",
    "Standing",
    "changes",
    "load",
    "sign",
    "sign_first",
    "signable",
    "standing",
]
