"""Names for medicines that the clinic has not named yet, so that an unfinished sheet can be looked at."""

from __future__ import annotations

from careleaf.content.clinic import Clinic
from careleaf.language.localize import unnamed


def named(clinic: Clinic, tag: str) -> Clinic:
    """Return the clinic with a name for every medicine in `tag`: where it has none, another language's.

    For looking only: what is printed for a family never takes another language's name.
    """
    if not any(unnamed(clinic, tag)):
        return clinic
    names = {
        key: {**known, tag: known.get(tag, next(iter(known.values()), key))}
        if not isinstance(known, str)
        else known
        for key, known in clinic.medicines.items()
    }
    return clinic.model_copy(update={"medicines": names})
