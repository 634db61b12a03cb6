"""The code of every fault, and what it means: the one table of them.

A code is stable: the JSON API, the manifest and the page's own words go by it. What is before the
dot is the thing at fault, what is behind it what is wrong with that thing.
"""

from __future__ import annotations

from collections.abc import Mapping

FAULTS: Mapping[str, str] = {
    "several": "more than one fault; each has its own code",
    # --- a request: the child, and what is asked for
    # --- a day's list
    # --- FHIR
    # --- a handout, and the clinic's file
    "yaml.syntax": "the file cannot be read as YAML",
    "yaml.tab": "a tab stands where YAML asks for spaces",
    "yaml.control-character": "a control character stands in the file",
    "yaml.empty": "there is nothing in the file",
    "yaml.anchor": "anchors and aliases are not used",
    "yaml.too-deep": "the file is nested deeper than any handout is",
    "yaml.tag": "a YAML tag is not used",
    "yaml.key": "what stands before a colon is no plain name",
    "yaml.key-twice": "a key stands twice in one place",
    "yaml.half-letter": "a lone surrogate stands in the file",
    "yaml.no-such-day": "a date is not in the calendar",
    "field.unknown": "a key is not known in its place",
    "field.missing": "a key is missing",
    "field.choice": "a word is not one of the choices",
    "field.bare-word": "yes, no, on or off stands without quotes and is read as true or false",
    "field.not-a-mapping": "`key: value` lines are wanted",
    "field.not-a-list": "lines that begin with a dash are wanted",
    "field.not-a-number": "a number is wanted",
    "field.not-a-day": "a date is wanted, as YYYY-MM-DD",
    "field.name": "a name or an id is not of the form asked for",
    "field.too-short": "a list has no members",
    "field.too-long": "a text has too many characters",
    "field.out-of-range": "a number is too small, too large or between two steps",
    "field.value": "a value is not accepted for another reason, which the message gives",
    "text.not-text": "text is wanted",
    "text.empty": "a text has no letters",
    "text.invisible": "an invisible character stands in a text",
    "text.space": "a text has a space too many",
    "text.markup": "markup stands in a text",
    "text.digit": "a digit stands in a text",
    "text.brace": "a brace is no part of a placeholder",
    "text.not-one-line": "one line of plain text is wanted",
    "block.unknown": "a block type is not known",
    "quantity.value-or-range": "a quantity has neither value nor range, or both",
    "quantity.order": "a range begins above its end",
    "quantity.unused": "no text names a quantity",
    "quantity.name-taken": "a quantity has the name of a clinic value",
    "placeholder.unknown": "a name in braces has no value",
    "after.one-of": "a time has not exactly one of hours, days, weeks",
    "milestone.point-or-span": "a milestone has neither `after` nor `from` and `to`, or both",
    "milestone.order": "a span of days ends before it begins",
    "timeline.twice": "the timeline stands in two places",
    "timeline.no-milestones": "a timeline block has no milestones to show",
    "section.id-twice": "two sections have one id",
    "handout.id-not-file": "a handout's id is not its file's name",
    "label.forms": "a label has not text, or one and other",
    "clinic.zone": "a time zone is not known",
    "clinic.region": "a region is not known",
    # --- a catalogue, its messages, and their sign-off
    # --- a sheet on its way to paper
    # --- folders and files
    "file.unreadable": "it is not there, or may not be read",
    "file.too-large": "a file has more bytes than any such file needs",
    "file.not-utf8": "a text file is in another encoding than UTF-8",
    # --- the page, and the doors for an EHR
}
