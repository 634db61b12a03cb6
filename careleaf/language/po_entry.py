"""One message of a PO file with all that stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from babel.messages import Message as BabelMessage

from careleaf.language.plurals import ENGLISH, PluralRule

Key = tuple[str, str]  # msgctxt and msgid


@dataclass(frozen=True, slots=True, kw_only=True)
class PoEntry:
    """One message as translated: one string, or one for each plural form.

    `previous` is what the English said when a fuzzy one was translated: msgid, or both forms.
    `file` and `line` are where it stands; empty and 1 for one that is in no file yet.
    """

    context: str
    msgid: str
    plural: str = ""
    strings: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()  # "# ...": the translator's
    notes: tuple[str, ...] = ()  # "#. ...": the author's
    places: tuple[str, ...] = ()  # "#: ...": the file where the English stands
    flags: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    previous_context: str = ""
    file: str = ""
    line: int = 1
    rule: PluralRule = field(default=ENGLISH, repr=False, compare=False)

    @property
    def key(self) -> Key:
        return self.context, self.msgid

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def fuzzy(self) -> bool:
        return "fuzzy" in self.flags

    @property
    def untouched(self) -> bool:
        """Whether nobody has begun to translate it: then a catalogue further along may serve."""
        return not any(self.strings)

    @property
    def missing(self) -> bool:
        """Whether a form that is printed is not translated."""
        return not self.strings or any(self.is_needed(i) and not s.strip() for i, s in self.forms)

    @property
    def forms(self) -> tuple[tuple[int, str], ...]:
        """The strings, each with its index among the plural forms."""
        return tuple(enumerate(self.strings))

    def is_needed(self, index: int) -> bool:
        """Whether some number of ours takes this form."""
        return not self.plural or index in self.rule.reached

    def form(self, count: int) -> str:
        """Return the string for `count`, by the catalogue's own plural rule."""
        return self.strings[self.rule.pick(count)] if self.plural else self.strings[0]


def of_babel(message: BabelMessage, name: str = "", rule: PluralRule = ENGLISH) -> PoEntry:
    """Return Babel's message as ours; `name` is the file's, `rule` the catalogue's."""
    one, *more = map(str, message.id if isinstance(message.id, list | tuple) else (message.id,))
    strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
    old = _previous(line[1:].strip() for line in message.user_comments if line.startswith("|"))
    return PoEntry(
        context=message.context or "",
        msgid=one,
        plural=more[0] if more else "",
        strings=tuple(map(str, strings)),
        comments=tuple(line for line in message.user_comments if not line.startswith("|")),
        notes=tuple(message.auto_comments),
        places=tuple(dict.fromkeys(str(file) for file, _ in message.locations)),
        flags=tuple(sorted(flag for flag in message.flags if flag)),
        previous=tuple(old[name] for name in ("msgid", "msgid_plural") if name in old),
        previous_context=old.get("msgctxt", ""),
        file=name,
        line=message.lineno or 1,
        rule=rule,
    )


def _previous(lines: Iterable[str]) -> dict[str, str]:
    """Return the fields of `#| msgid "..."` lines, which Babel takes for comments."""
    found: dict[str, str] = {}
    current = ""
    for line in lines:
        match = re.match(r'(?:(msgctxt|msgid_plural|msgid)\s+)?"(.*)"$', line)
        if match:
            current = match[1] or current
            found[current] = found.get(current, "") + _unescaped(match[2])
    return found


def _unescaped(text: str) -> str:
    names = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(r"\\(.)", lambda m: names.get(m[1], m[1]), text)
