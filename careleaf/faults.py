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
    "list.unreadable": "the file cannot be read",
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
    "handout.picture-missing": "a picture that the handout names is not there",
    "clinic.logo-missing": "the logo that clinic.yaml names is not there",
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
    # --- the command line
    "command.unknown": "there is no command of that name",
    "command.option-unknown": "the command has no option of that name",
    "command.value-missing": "the command lacks a value",
    "command.value-unusable": "an option's value cannot be used",
    "command.unusable": "the command line cannot be read",
    # --- folders and files
    "new.exists": "the folder for a new clinic is there already",
    "new.not-writable": "the folder for a new clinic cannot be written",
    "root.missing": "the folder that --root names does not exist",
    "root.empty": "the folder that --root names has neither clinic.yaml nor handouts/",
    "root.locales-not-own": "a translation would be written into the program's own folder",
    "cache.not-writable": "no folder can be written for what is kept between runs",
    # --- the page, and the doors for an EHR
}
