"""How a slot is set."""

from __future__ import annotations

from dataclasses import dataclass

UNITS = 1024  # of Pango and of HarfBuzz in a CSS pixel


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """What the press found in the styles for one slot. Lengths are CSS pixels.

    `size` is in 1/1024 pixel; `baseline` is that of an empty line, from its top; `wraps` tells
    whether a value may take several lines; `script` is ISO 15924 of the language.
    """

    families: tuple[str, ...]
    weight: int
    size: int
    language: str
    script: str
    is_rtl: bool
    wraps: bool
    line_height: float
    baseline: float
