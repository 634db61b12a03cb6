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
    "handout.picture-missing": "a picture that the handout names is not there",
    "clinic.logo-missing": "the logo that clinic.yaml names is not there",
    # --- a catalogue, its messages, and their sign-off
    # --- a sheet on its way to paper
    # --- folders and files
    "root.missing": "the folder that --root names does not exist",
    "root.empty": "the folder that --root names has neither clinic.yaml nor handouts/",
    "root.locales-not-own": "a translation would be written into the program's own folder",
    "cache.not-writable": "no folder can be written for what is kept between runs",
    # --- the page, and the doors for an EHR
}
