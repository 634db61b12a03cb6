"""Which resource another one means, and which of its versions counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from careleaf.lists.fhir.faults import Unmapped
from careleaf.lists.fhir.files import Entry, Identity, content_of
from careleaf.lists.fhir.moments import moment

T = TypeVar("T")

_SEARCH = re.compile(r"(?P<kind>[A-Z][A-Za-z]+)\?identifier=(?P<identifier>[^&]+)\Z")


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of a resource this is: by its clock, by its number, and by what it holds."""

    updated: datetime | None
    number: int | None
    content: bytes
    entry: int

    @classmethod
    def of(cls, entry: Entry) -> Version:
        """Return the version of an entry's resource. Raises Unmapped for a time that is none."""
        meta = entry.resource.get("meta")
        meta = meta if isinstance(meta, dict) else {}
        updated = meta.get("lastUpdated") or entry.changed
        number = meta.get("versionId")
        return cls(
            moment(updated) if updated else None,
            int(number) if isinstance(number, str) and number.isdecimal() else None,
            content_of(entry.resource),
            entry.number,
        )

    def is_after(self, other: Version) -> bool | None:
        """Whether this one is newer; None where the two do not tell, or contradict each other."""
        told: set[bool] = set()
        if self.updated and other.updated and self.updated != other.updated:
            told.add(self.updated > other.updated)
        if self.number and other.number and self.number != other.number:
            told.add(self.number > other.number)
        return told.pop() if len(told) == 1 else None


class Versions:
    """The newest version of each resource, by identity."""

    def __init__(self) -> None:
        self._newest: dict[Identity, Version] = {}
        self._unclear: set[Identity] = set()

    def add(self, entry: Entry) -> bool:
        """Note a version; return whether it is the newest so far.

        Where the versions do not tell which is newer, none counts: `counts` says so.
        """
        name = entry.identity
        try:
            version = Version.of(entry)
        except Unmapped:  # a time that cannot be read
            self._unclear.add(name)
            return True
        known = self._newest.get(name)
        if known is None:
            self._newest[name] = version
            return True
        if known.content == version.content:
            return False
        after = version.is_after(known)
        if after is None:
            self._unclear.add(name)
        elif after:
            self._newest[name] = version
        return bool(after)

    def need_clear(self, identity: Identity, whose: str = "") -> None:
        """Raise Unmapped where it is not known which version of a resource counts."""
        if identity in self._unclear:
            raise Unmapped(
                f"{whose}stands here in two versions, and nothing says which is newer",
                "send one, or both with meta.lastUpdated",
                "fhir.two-versions",
            )

    def counts(self, entry: Entry) -> bool:
        """Whether this entry is the version that counts. Raises Unmapped where that is not known."""
        self.need_clear(entry.identity)
        newest = self._newest.get(entry.identity)
        return newest is None or newest.entry == entry.number


class Index(Generic[T]):
    """What is kept of the resources of one type, found by the references of others.

    FHIR R5 2.1.3 (references) and 3.2.1 (references in a Bundle). `what` is how a fault calls one.
    """

    def __init__(self, kind: str, what: str) -> None:
        self._kind, self._what = kind, what
        self._versions = Versions()
        self._kept: dict[Identity, T] = {}
        self._named: dict[str, set[Identity]] = {}

    def add(self, entry: Entry, keep: Callable[[Entry], T]) -> None:
        """Keep something of an entry, if it is the newest of its resource."""
        if self._versions.add(entry):
            self._kept[entry.identity] = keep(entry)
        identifiers = _identifiers(entry.resource.get("identifier"))
        for name in (*entry.identities, *map(_as_search, identifiers)):
            self._named.setdefault(name, set()).add(entry.identity)

    def find(self, reference: object, source: Entry) -> tuple[Identity, T]:
        """Return the resource that a Reference of `source` means, and what is kept of it.

        An absolute reference is a fullUrl as it stands; a relative one is of the same server as
        the resource that holds it. Raises Unmapped where it means none, or more than one.
        """
        meant = self._meant(reference, source)
        if len(meant) == 1:
            (identity,) = meant
            self._versions.need_clear(identity, f"its {self._what} ")
            return identity, self._kept[identity]
        if meant:
            raise Unmapped(
                f"its {self._what} may be one of two",
                "name it by its whole address",
                "fhir.reference",
            )
        raise Unmapped(
            f"its {self._what} is not in the file",
            f"send {self._kind} and {source.kind} together",
            "fhir.reference",
        )

    def _meant(self, reference: object, source: Entry) -> set[Identity]:
        if not isinstance(reference, dict):
            return set()
        address = reference.get("reference")
        if address is None:  # a logical reference
            named = [_as_search(name) for name in _identifiers([reference.get("identifier")])]
            return set().union(*(self._named.get(name, set()) for name in named))
        if not isinstance(address, str):
            return set()
        if match := _SEARCH.match(address):
            name = _as_search(match["identifier"])
            return self._named.get(name, set()) if match["kind"] == self._kind else set()
        plain = address.split("/_history/")[0]
        absolute = "://" in plain or plain.startswith("urn:")
        return self._named.get(plain if absolute else source.base + plain, set())


def _as_search(identifier: str) -> str:
    return f"?{identifier}"


def _identifiers(listed: object) -> Iterator[str]:
    """Yield identifiers as a search writes them: `system|value`."""
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("value"), str) and one["value"]:
            system: Any = one.get("system")
            yield f"{system if isinstance(system, str) else ''}|{one['value']}"
