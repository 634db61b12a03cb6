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
    # --- a sheet on its way to paper
    "print.file-out-of-reach": "a picture or style that is missing, or outside the folders a sheet may use",
    "print.renderer-complained": "HTML or CSS that the renderer would have left out",
    "print.no-glyph": "a character that no typeface has",
    "print.text-lost": "text that is on no page",
    "print.off-the-page": "something that runs off the edge of a page",
    "print.in-a-see-through-group": "text or a picture where it cannot be tagged",
    "print.link-without-words": "a link that cannot be read out",
    "print.picture-without-description": "a picture that cannot be read out",
    "print.no-language": "a page that does not say its language",
    "print.no-title": "a page without a title",
    "merge.no-sheet": "no sheet to print in one file",
    "merge.not-ours": "a file that is no sheet of this program, or is damaged",
    "verify.no-pdf": "no PDF at a place that is to be checked",
    "verify.tool-missing": "Java or veraPDF's engine is not on this machine",
    "verify.stopped": "veraPDF ended before it had read all files",
    # --- folders and files
    "file.not-writable": "a file that cannot be written: its place, or no room",
    # --- the page, and the doors for an EHR
}
