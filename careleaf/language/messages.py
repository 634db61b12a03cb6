"""What a translator gets: one message for each text, with its context, its note and its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from careleaf.content.blocks import Tier
from careleaf.content.labels import LabelSource
from careleaf.content.loading import HandoutSource
from careleaf.content.walk import texts
from careleaf.content.yamlfile import Loc


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a catalogue. `plural` is empty where there is one form.

    `notes` are the translator comments, `file:line` the place of the source text. `tier` says how
    urgent it is, for a text of a call block and for the label over one; empty for all others.
    """

    context: str
    msgid: str
    plural: str
    notes: tuple[str, ...]
    file: str
    line: int
    tier: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What a catalogue finds it by: msgctxt and msgid."""
        return self.context, self.msgid

    @property
    def sources(self) -> tuple[str, ...]:
        """The English forms: one, or singular and plural."""
        return (self.msgid, self.plural) if self.plural else (self.msgid,)


def context(handout: str, section: str) -> str:
    """Return the msgctxt of a text: the handout and the section it stands in."""
    return f"{handout}/{section}"


def section_of(source: HandoutSource, loc: Loc) -> str:
    """Return the section that the text at `loc` stands in; `title` and `timeline` are their own."""
    if loc[0] == "sections":
        return source.handout.sections[int(loc[1])].id
    return str(loc[0])


def _tier(source: HandoutSource, loc: Loc) -> str:
    if loc[0] != "sections" or "blocks" not in loc:
        return ""
    block = source.handout.sections[int(loc[1])].blocks[int(loc[3])]
    return str(getattr(block, "tier", ""))


def of_handout(source: HandoutSource) -> Iterator[Message]:
    """Yield a message for each text of a handout, in reading order, repeats kept."""
    for loc, text, note in texts(source.handout):
        yield Message(
            context(source.handout.id, section_of(source, loc)),
            str(text),
            "",
            (note,) if note else (),
            source.document.name,
            source.document.place(loc)[0],
            _tier(source, loc),
        )


def of_labels(source: LabelSource) -> Iterator[Message]:
    """Yield a message for each label of a domain (`sheet`, `web`)."""
    for key, label in source.labels.items():
        line = source.document.place(("labels", key), key=True)[0]
        notes = (label.note,) if label.note else ()
        yield Message(
            context(source.domain, key),
            str(label.text or label.one),
            str(label.other or ""),
            notes,
            source.document.name,
            line,
            key if key in get_args(Tier) else "",
        )


def unique(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Return the messages with repeats of one context and msgid left out."""
    return tuple({message.key: message for message in reversed(tuple(messages))}.values())[::-1]
