"""What the checks of a handout look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from careleaf.content.clinic import Clinic
from careleaf.content.handout import Handout
from careleaf.content.loading import HandoutSource
from careleaf.content.yamlfile import Loc
from careleaf.language.rules import Finding


@dataclass(frozen=True, slots=True)
class HandoutSubject:
    """A handout as it was written, the same in English with its values filled in, and what it is among.

    `others` are the other handouts of the folder, as far as they can be read.
    """

    source: HandoutSource
    english: Handout
    today: date
    clinic: Clinic
    others: tuple[Handout, ...] = ()

    @property
    def handout(self) -> Handout:
        return self.source.handout


AtPlace = tuple[Loc, Finding]
