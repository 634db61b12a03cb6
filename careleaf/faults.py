"""The code of every fault, and what it means: the one table of them.

A code is stable: the JSON API, the manifest and the page's own words go by it. What is before the
dot is the thing at fault, what is behind it what is wrong with that thing.
"""

from __future__ import annotations

from collections.abc import Mapping

from careleaf.child import fault_codes

FAULTS: Mapping[str, str] = {
    "several": "more than one fault; each has its own code",
    # --- a request: the child, and what is asked for
    **fault_codes(),  # name.empty, date.far, id.unusable ...: what each value's kind can have
    "time.unclear": "the hour of the procedure is not written as HH:MM",
    "handout.missing": "no handout is named",
    "handout.unknown": "there is no handout of this id",
    "locale.missing": "no locale is named where each child needs one",
    "locale.unknown": "no catalogue serves this locale",
    "locale.not-ready": "the handout cannot be printed in this locale: the message says why",
    "size.unknown": "the paper is none of those that sheets are made for",
    "with.unknown": "no catalogue serves the second locale",
    "with.same-language": "the second language is the first",
    "yes-no.unclear": "a word that should say yes or no says neither",
    # --- a day's list
    # --- FHIR
    # --- a handout, and the clinic's file
    # --- a catalogue, its messages, and their sign-off
    # --- a sheet on its way to paper
    # --- folders and files
    # --- the page, and the doors for an EHR
}
