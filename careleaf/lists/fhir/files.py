"""Files of FHIR JSON -> their resources, one after the other, each with its place and its version."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from careleaf.errors import HandoutError
from careleaf.lists.json_text import TwiceNamed, once

LIMIT_BUNDLE = 64 * 1024 * 1024  # bytes: a bundle is parsed whole
LIMIT_RESOURCE = 1024 * 1024  # characters of one NDJSON line

# FHIR R5 2.1.3.1: what a RESTful address of a resource looks like; what is before it is the base.
_RESTFUL = re.compile(r"(?P<base>.*/)?(?P<kind>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9.-]{1,64})\Z")

Resource = Mapping[str, Any]
Identity = (
    str  # `https://server/fhir/Patient/1`, `Patient/1` where no server is known, `urn:uuid:...`
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource with its place: the line in NDJSON, the number of the entry in a Bundle.

    `url` is Bundle.entry.fullUrl. `deleted` is the type and id of a resource that a history says
    was deleted; there is no resource then. `fault` says why there is none otherwise.
    """

    number: int
    resource: Resource = field(repr=False)
    url: str = ""
    deleted: str = ""
    changed: str = ""  # Bundle.entry.response.lastModified
    fault: str = ""

    @property
    def kind(self) -> str:
        """The resource's type, or nothing where it is none."""
        kind = self.resource.get("resourceType")
        return kind if isinstance(kind, str) else self.deleted.partition("/")[0]

    @property
    def base(self) -> str:
        """The server that the resource is of, ending in a slash; empty where none is told."""
        match = _RESTFUL.match(self.url)
        return (match["base"] or "") if match and not self.url.startswith("urn:") else ""

    @property
    def identity(self) -> Identity:
        """What tells this resource from another: two versions of one resource share it."""
        if self.url and not self.base:  # urn:uuid:..., urn:oid:...
            return self.url
        id = self.resource.get("id")
        local = self.deleted or (f"{self.kind}/{id}" if isinstance(id, str) and id else "")
        return self.base + local if local else self.url

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Every way in which another resource may name this one.

        A resource that is known by its URN is named by its type and id too where no server is told.
        """
        id = self.resource.get("id")
        local = f"{self.kind}/{id}" if isinstance(id, str) and id and not self.base else ""
        return tuple(dict.fromkeys(name for name in (self.identity, self.url, local) if name))


def is_fhir(path: Path) -> bool:
    """Whether a JSON file holds FHIR resources: the first object says a resourceType."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return '"resourceType"' in file.read(64 * 1024)


def entries(paths: Sequence[Path]) -> Iterator[Entry]:
    """Yield the resources of several files as one list, numbered on from file to file.

    Raises HandoutError where a file as a whole cannot be read.
    """
    passed = 0
    for path in paths:
        number = 0
        for entry in _of_file(path):
            number = entry.number
            yield _moved(entry, passed) if passed else entry
        passed += number


def next_page(path: Path) -> bool:
    """Whether a Bundle says that there is another page of it (Bundle.link, relation `next`)."""
    found = _whole(path)
    links = found.get("link") if found else None
    return any(
        isinstance(link, dict) and link.get("relation") == "next"
        for link in (links if isinstance(links, list) else ())
    )


def of_bundle(bundle: Resource) -> Iterator[Entry]:
    """Yield the entries of a Bundle, numbered from 1."""
    listed = bundle.get("entry")
    for number, entry in enumerate(listed if isinstance(listed, list) else (), 1):
        yield _of_entry(number, entry if isinstance(entry, dict) else {})


def loaded(text: str) -> dict[str, Any]:
    """Return the JSON object that a text holds.

    Raises ValueError for what is none, and for a name that stands twice in one object: two readers
    would take two different values.
    """
    try:
        found = json.loads(text, object_pairs_hook=once)
    except RecursionError:
        raise ValueError("is nested too deep") from None
    if not isinstance(found, dict):
        raise ValueError("is no JSON object")
    return found


def _moved(entry: Entry, by: int) -> Entry:
    return Entry(
        entry.number + by, entry.resource, entry.url, entry.deleted, entry.changed, entry.fault
    )


def _of_file(path: Path) -> Iterator[Entry]:
    if (bundle := _whole(path)) is not None:
        yield from of_bundle(bundle)
        return
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
            yield from _of_lines(file)
    except OSError as error:
        raise _unreadable(path, error) from None


def _of_lines(file: Iterable[str]) -> Iterator[Entry]:
    for number, line in enumerate(file, 1):
        if line.strip():
            yield _of_line(number, line)


def _of_line(number: int, line: str) -> Entry:
    if len(line) > LIMIT_RESOURCE:
        return Entry(number, {}, fault=f"is longer than {LIMIT_RESOURCE} characters")
    if any("\ud800" <= letter <= "\udfff" for letter in line):
        return Entry(number, {}, fault="is not UTF-8")
    try:
        return Entry(number, loaded(line))
    except TwiceNamed as fault:
        return Entry(number, {}, fault=str(fault))
    except ValueError:
        return Entry(number, {}, fault="is no JSON object")


def _whole(path: Path) -> dict[str, Any] | None:
    """Return a file's one Bundle; None where it holds resources line by line."""
    try:
        with path.open("rb") as file:
            first = file.readline(LIMIT_RESOURCE + 1)
            with_more = any(line.strip() for line in file)
        kind = _kind_of(first)
        if with_more and kind:  # the first line is whole by itself: NDJSON
            return None
        if path.stat().st_size > LIMIT_BUNDLE:
            raise HandoutError(
                f"the bundle is larger than {LIMIT_BUNDLE // 1024 // 1024} MB",
                str(path),
                "export it as NDJSON, which is read line by line",
                "fhir.too-large",
            )
        found = loaded(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _unreadable(path, error) from None
    except UnicodeDecodeError:
        raise HandoutError(
            "is not UTF-8 text", str(path), "FHIR's JSON is UTF-8", "fhir.not-utf8"
        ) from None
    except ValueError as fault:
        if not isinstance(fault, TwiceNamed):
            fault = ValueError("is neither a FHIR Bundle nor NDJSON")
        raise HandoutError(
            str(fault), str(path), "one Bundle, or one resource a line", "fhir.not-json"
        ) from None
    return found if found.get("resourceType") == "Bundle" else None


def _kind_of(line: bytes) -> str:
    """Return the resourceType of a line that is a whole resource by itself."""
    try:
        return str(loaded(line.decode("utf-8-sig", "replace")).get("resourceType") or "")
    except ValueError:
        return ""


def _of_entry(number: int, entry: Mapping[str, Any]) -> Entry:
    inner, url = entry.get("resource"), entry.get("fullUrl")
    url = url if isinstance(url, str) else ""
    response = entry.get("response")
    changed = response.get("lastModified") if isinstance(response, dict) else None
    return Entry(
        number,
        inner if isinstance(inner, dict) else {},
        url,
        "" if isinstance(inner, dict) else _deleted(entry.get("request")),
        changed if isinstance(changed, str) else "",
    )


def _deleted(request: object) -> str:
    """Return the type and id of what a history's entry says was deleted (FHIR 3.1.0.13)."""
    if not isinstance(request, dict) or request.get("method") != "DELETE":
        return ""
    match = _RESTFUL.match(str(request.get("url") or "").split("/_history/")[0])
    return f"{match['kind']}/{match['id']}" if match else ""


def _unreadable(path: Path, error: OSError) -> HandoutError:
    return HandoutError(
        f"cannot be read: {error.strerror}", str(path), "check the path", "list.unreadable"
    )


def content_of(resource: Resource) -> bytes:
    """Return what tells two copies of a resource from two different versions of it."""
    text = json.dumps(resource, sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
