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
    # --- folders and files
    # --- the page, and the doors for an EHR
    "page.busy": "as many sheets are being made as can be; a moment later there is room",
    "page.fault-in-program": "the program has a fault; its log says where",
    "page.missing": "there is nothing at this address",
    "page.sign-in-first": "the page wants a token, and the request brought none",
    "print.no-queue": "clinic.yaml names no queue to print to",
    "print.refused": "CUPS did not take the sheet",
    "request.form-too-old": "the form is not one of this page, or is older than its server",
    "request.from-another-site": "another site's page sent the request, and no setting allows it",
    "request.host-unknown": "the Host header does not name this server",
    "request.method-unknown": "the address does not answer to this HTTP method",
    "request.too-large": "the body of the request is larger than the limit",
    "request.too-slow": "the body of the request took longer than the limit",
    "request.type-unknown": "the body is of a type that is not read here",
    "request.unreadable": "the request cannot be read",
    "setting.address-taken": "the page cannot listen at this address and port",
    "setting.not-a-site": "the setting wants the address of a site, and this is none",
    "setting.open-to-anyone": "the page would be open to anyone on the network",
    "setting.port-unknown": "there is no such port",
    "setting.token-weak": "the token is short enough to guess, or has odd characters",
}
