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
    # --- a catalogue, its messages, and their sign-off
    "catalogue.charset-not-utf8": "the header of a PO file does not say charset=UTF-8",
    "catalogue.control-character": "a control character stands in a PO file",
    "catalogue.escape-unknown": "a backslash in a PO file stands before a letter that it cannot",
    "catalogue.header-broken": "the header of a PO file cannot be read",
    "catalogue.header-fuzzy": "the header of a PO file is marked fuzzy",
    "catalogue.header-missing": "a PO file has no header",
    "catalogue.language-wrong": "the header of a PO file names another language than its folder",
    "catalogue.line-broken": "a line of a PO file is no line of a PO file",
    "catalogue.message-broken": "a message of a PO file is not whole",
    "catalogue.message-twice": "a message stands in a PO file twice",
    "catalogue.plural-forms-unreadable": "the plural rule of a PO file cannot be read",
    "catalogue.plural-forms-wrong": "the plural rule of a PO file is not that of its language",
    # --- a sheet on its way to paper
    # --- folders and files
    # --- the page, and the doors for an EHR
}
