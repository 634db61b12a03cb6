"""The type that every sheet is set in: static faces, made once from the font packages.

WeasyPrint sees these faces and no others (`isolate_fontconfig`), so a sheet looks the same on
every machine, and a character that no face has is known beforehand (`uncovered`).
`face_making` makes them.
"""

from __future__ import annotations

import html
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from careleaf.sheet.face_making import BITMAP, FAMILIES, PLANES, WEIGHTS, file_name, home, write


@dataclass(frozen=True, slots=True)
class Face:
    """One static TrueType face. `weight` is 400 or 700."""

    family: str
    weight: int
    path: Path


# The same Han character is drawn differently in these; a sheet's own language comes first.
HAN = {
    "zh_Hant": "Careleaf Chinese Traditional",
    "ja": "Careleaf Japanese",
    "ko": "Careleaf Korean",
}


def families(language: str = "", script: str = "") -> tuple[str, ...]:
    """Return every family, in the order in which a sheet in `language` looks for a character.

    The order differs only among the faces with Han characters. `script` is an ISO 15924 code.
    """
    first = HAN.get(f"{language}_{script}" if script else language)
    if first is None:
        return FAMILIES
    han = FAMILIES.index("Careleaf Chinese")
    rest = (family for family in FAMILIES[han:] if family != first)
    return (*FAMILIES[:han], first, *rest)


@cache
def faces() -> tuple[Face, ...]:
    """Return every face, regular and bold of each family; makes them (a few seconds) if missing.

    Raises HandoutError if a font package is not installed.
    """
    folder = home() / "static"
    return tuple(Face(f, w, folder / file_name(f, w)) for f in FAMILIES for w in WEIGHTS)


def face(family: str, weight: int) -> Face:
    """Return the face of `family` in `weight`, which is 400 or 700."""
    return next(each for each in faces() if (each.family, each.weight) == (family, weight))


def digest() -> str:
    """Return a SHA-256 over the bytes of all faces as they were made; reads one small file."""
    return str(json.loads((home() / "faces.json").read_bytes())["digest"])


def isolate_fontconfig() -> None:
    """Let fontconfig, and so WeasyPrint, know these faces and no font of the system.

    Call it before WeasyPrint is imported: fontconfig reads its configuration once.
    """
    place = home()
    config = place / "fonts.conf"
    if os.environ.get("FONTCONFIG_FILE") == str(config):
        return
    if "weasyprint" in sys.modules:
        raise RuntimeError("isolate_fontconfig() must come before the import of weasyprint")
    text = FONTS_CONF.format(
        fonts=html.escape(str(place / "static")), cache=html.escape(str(place / "fc"))
    )
    if not config.exists() or config.read_text("utf-8") != text:
        write(config, text.encode())
    os.environ["FONTCONFIG_FILE"] = str(config)
    os.environ.pop("FONTCONFIG_SYSROOT", None)
    if sys.platform == "darwin":  # where Homebrew puts Pango, and Python does not look
        os.environ.setdefault("DYLD_FALLBACK_LIBRARY_PATH", "/opt/homebrew/lib:/usr/local/lib")


FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <config><rescan><int>0</int></rescan></config>
</fontconfig>
"""


def font_face_css(url: Callable[[Face], str] = lambda face: face.path.as_uri()) -> str:
    """Return an @font-face rule a face, for a browser; `url` says where it fetches a face.

    WeasyPrint does not need it: it finds the faces by name, and so reads only those it uses.
    """
    return "\n".join(
        f'@font-face {{ font-family: "{each.family}"; font-weight: {each.weight}; '
        f'font-display: swap; src: url("{url(each)}") format("truetype"); }}'
        for each in faces()
    )


# ---- which characters have a glyph -------------------------------------------------------------

# Never drawn: line ends, and Unicode's Default_Ignorable_Code_Point (direction isolates, joiners,
# variation selectors and the like).
UNDRAWN = re.compile(
    "[\t\n\r\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)


@cache
def _coverage() -> dict[str, bytes]:
    data = (home() / "coverage.bits").read_bytes()
    return {family: data[i * BITMAP : (i + 1) * BITMAP] for i, family in enumerate(FAMILIES)}


@cache
def covers(family: str, character: str) -> bool:
    """Return whether both faces of `family` have a glyph for `character`."""
    code = ord(character)
    return code < PLANES and bool(_coverage()[family][code >> 3] >> (code & 7) & 1)


@cache
def family_of(character: str, among: tuple[str, ...] = FAMILIES) -> str | None:
    """Return the first family of `among` that has a glyph for `character`, or None."""
    return next((family for family in among if covers(family, character)), None)


def uncovered(text: str) -> tuple[str, ...]:
    """Return the characters of `text` that no face has a glyph for, each once, in their order.

    Characters that are never drawn (direction isolates, joiners, line ends) do not count.
    """
    drawn = UNDRAWN.sub("", text)
    return tuple(each for each in dict.fromkeys(drawn) if family_of(each) is None)
