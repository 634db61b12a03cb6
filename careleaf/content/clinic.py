"""clinic.yaml: who prints, and what differs from place to place."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from careleaf.content.fields import Model, Name, OneLine, refused
from careleaf.content.quantities import Unit

NamesByLocale = OneLine | Mapping[str, OneLine]


def _zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise refused(
            "clinic.zone", f'the time zone "{name}" is not known', "as in Europe/Amsterdam"
        )
    return name


def _region(code: str) -> str:
    from babel.core import get_global

    if code not in get_global("territory_currencies"):  # CLDR has every region there
        raise refused(
            "clinic.region", f'the region "{code}" is not known', "two letters, as in CA, NL, GB"
        )
    return code


Region = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(_region)]
TimeZone = Annotated[OneLine, AfterValidator(_zone)]


class Clinic(Model):
    """Who prints: what differs from place to place and so is never written into a sentence.

    `units` overrides what CLDR says of the region: the units a temperature or a length is
    shown in, first one first. `medicines` gives a medicine's name here, one for all languages
    or one for each locale. `record_number_system` is the namespace of the clinic's record numbers
    in FHIR (Identifier.system), where a child may have several.
    """

    name: OneLine
    address: OneLine | None = None
    logo: Annotated[str, Field(pattern=r"^[\w./-]+\.svg$", max_length=200)] | None = None
    ward_phone: OneLine
    nurse_line: OneLine
    emergency_phone: OneLine
    web_address: OneLine
    region: Region
    paper: Literal["a4", "letter"] | None = None
    locale: OneLine = "en"
    time_zone: TimeZone | None = None
    record_number_system: OneLine | None = None
    units: Mapping[Literal["temperature", "length"], tuple[Unit, ...]] = {}
    medicines: Mapping[Name, NamesByLocale] = {}
    unsigned: Literal["mark", "refuse"] = "mark"
    print_queue: OneLine | None = None
    trusted_header: OneLine | None = None


CLINIC_VALUES = ("clinic_name", "ward_phone", "nurse_line", "emergency_phone", "web_address")
