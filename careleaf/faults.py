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
    "list.unreadable": "the file cannot be read",
    "list.wrong-kind": "the file is not of a kind that lists come in",
    "list.empty": "the list has no line",
    "list.too-large": "the workbook unpacks to more than can be held",
    "list.too-long": "the list has more lines than the page takes",
    "list.not-utf8": "the file is not UTF-8",
    "list.no-columns": "the first line does not name the columns",
    "list.column-missing": "a column that every list needs is not there",
    "list.column-twice": "a column stands twice",
    "list.nothing-ready": "no line of the list is ready",
    "line.cells": "a line has more cells than the header",
    "line.too-long": "a line, or one of its cells, is too long",
    "line.not-utf8": "a line is not UTF-8",
    "line.quote": "a quote is left open, or stands where none can",
    "line.not-object": "a line is no JSON object",
    "line.not-text": "a value of a line is no text",
    "line.twice": "another line asks for the same sheet",
    "run.stopped": "the run was stopped before this line",
    "run.process-lost": "the system ended the process that made this sheet",
    "run.cannot-write": "the sheet's file cannot be written",
    "run.no-memory": "the process ran out of memory",
    "run.program-fault": "the program has a fault; the message says where",
    "run.no-worker": "no worker of the cluster could make this sheet",
    # --- FHIR
    "fhir.too-large": "the Bundle is larger than can be parsed whole",
    "fhir.not-utf8": "the file is not UTF-8",
    "fhir.not-json": "the file is neither a Bundle nor NDJSON",
    "fhir.entry": "an entry is no resource",
    "fhir.nothing": "nothing in the files is for a sheet",
    "fhir.wrong-type": "an element is not of the type that FHIR gives it",
    "fhir.rules": "implicitRules that are not known here",
    "fhir.modifier": "a modifierExtension that is not known here",
    "fhir.reference": "a reference that means no resource, or more than one",
    "fhir.two-versions": "two versions of a resource, and nothing says which is newer",
    "fhir.deleted": "the record was deleted",
    "fhir.deceased": "the patient is recorded as deceased",
    "fhir.inactive": "the patient's record is not active",
    "fhir.replaced": "the patient's record was replaced by another",
    "fhir.record-number": "no record number of the clinic's, or more than one",
    "fhir.no-name": "no name that is current, usual or official, and whole",
    "fhir.language": "a language without one BCP 47 code that is a language",
    "fhir.status": "the procedure was not done, or not yet",
    "fhir.no-date": "no date",
    "fhir.date-unusable": "a date that is no whole day",
    "fhir.no-time-zone": "a moment, and the clinic's time zone is not known",
    "fhir.period": "a period that ends before it starts",
    "fhir.two-days": "one child's sheet is asked for on two days",
    # --- a handout, and the clinic's file
    # --- a catalogue, its messages, and their sign-off
    # --- a sheet on its way to paper
    # --- folders and files
    # --- the page, and the doors for an EHR
}
