"""The font packages -> static faces, made once: each variable font pinned to two weights by HarfBuzz.

A static face sets three times as fast as a variable one and gives the same bytes in every run. Each
carries a name of our own, as the Open Font License asks of a changed font; the licences are copied
beside the faces.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from careleaf import files
from careleaf.errors import HandoutError
from careleaf.paths import cache_folder

RECIPE = "2"  # raise it when the making below changes, so that faces are made anew
WEIGHTS = (400, 700)
PLANES = 4 * 0x10000  # as far as any of the fonts goes
BITMAP = PLANES // 8  # bytes a family in coverage.bits, one bit a character


@dataclass(frozen=True, slots=True)
class Source:
    """Where a family comes from: a file a weight in a font package, or one variable file for both."""

    family: str
    package: str
    files: tuple[str, ...]
    axes: dict[str, float] = field(default_factory=dict, compare=False)  # pinned beside the weight

    def file(self, weight: int) -> str:
        return self.files[WEIGHTS.index(weight) % len(self.files)]


def _noto(family: str, pack: str, folder: str, file: str, **axes: float) -> Source:
    return Source(family, f"justmytype_intl_{pack}", (f"fonts/ofl/{folder}/{file}",), axes)


def _noto_small(script: str, pack: str) -> Source:
    file = f"NotoSans{script}[wdth,wght].ttf"
    return _noto(f"Careleaf {script}", pack, f"notosans{script.lower()}", file, wdth=100)


# In the order in which a character looks for its face. Noto Sans has Latin, Vietnamese, Greek,
# Cyrillic and Devanagari. Arabic is IBM Plex: with Noto's Arabic of today, whose dots are glyphs
# of their own, text cannot be copied out of the PDF.
SOURCES = (
    Source("Careleaf Sans", "fontpkg_noto_sans", ("files/NotoSans[wdth,wght].ttf",), {"wdth": 100}),
    Source(
        "Careleaf Arabic",
        "fontpkg_ibm_plex_sans_arabic",
        ("files/IBMPlexSansArabic-Regular.ttf", "files/IBMPlexSansArabic-Bold.ttf"),
    ),
    _noto_small("Hebrew", "rtl"),
    _noto_small("Ethiopic", "africa"),
    _noto_small("Bengali", "south_asia"),
    _noto_small("Tamil", "south_asia"),
    _noto_small("Telugu", "south_asia"),
    _noto_small("Thai", "sea"),
    _noto_small("Lao", "sea"),
    _noto_small("Khmer", "sea"),
    _noto_small("Myanmar", "sea"),
    _noto("Careleaf Chinese", "cjk", "notosanssc", "NotoSansSC[wght].ttf"),
    _noto("Careleaf Chinese Traditional", "cjk", "notosanstc", "NotoSansTC[wght].ttf"),
    _noto("Careleaf Japanese", "cjk", "notosansjp", "NotoSansJP[wght].ttf"),
    _noto("Careleaf Korean", "cjk", "notosanskr", "NotoSansKR[wght].ttf"),
)
FAMILIES = tuple(source.family for source in SOURCES)


@cache
def home() -> Path:
    """Return the folder of the faces as made from the fonts installed now; makes it if missing."""
    home = cache_folder() / "faces" / _recipe()
    if not (home / "faces.json").exists():
        _make(home)
    return home


def _recipe() -> str:
    """Return a digest of what the faces are made from, by the checksum inside each font file."""
    key = hashlib.sha256(RECIPE.encode())
    for source in SOURCES:
        for file in source.files:
            key.update(
                f"\n{source.family}/{file}".encode() + _font_checksum(_installed(source, file))
            )
    return key.hexdigest()[:16]


def _installed(source: Source, file: str) -> Path:
    spec = find_spec(source.package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / file
        if path.exists():
            return path
    raise HandoutError(
        f"the font package {source.package.replace('_', '-')} is not installed, or lacks {file}",
        source.family,
        "run `make setup`",
        "face.missing",
    )


def _font_checksum(path: Path) -> bytes:
    """Return the 4 bytes in which a TrueType file keeps a checksum over all of itself."""
    with path.open("rb") as file:
        header = file.read(12)
        tables = file.read(16 * int.from_bytes(header[4:6]))
        for record in (tables[i : i + 16] for i in range(0, len(tables), 16)):
            if record[:4] == b"head":
                file.seek(int.from_bytes(record[8:12]) + 8)
                return file.read(4)
    raise HandoutError(
        "this is not a TrueType font", str(path), "run `make setup`", "face.unusable"
    )


def file_name(family: str, weight: int) -> str:
    return f"{family.replace(' ', '')}-{'Bold' if weight == 700 else 'Regular'}.ttf"


def _make(home: Path) -> None:
    """Make every face in a folder of this process's own and rename that to `home`, whole.

    Processes that start together may each make one: the first rename wins, the same bytes anyway.
    """
    import shutil
    import tempfile

    home.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="making-", dir=home.parent))
    try:
        _fill(draft)
        with suppress(OSError):  # another process was first
            draft.rename(home)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if not (home / "faces.json").exists():
        raise HandoutError(
            f"the faces cannot be put into {home}",
            "CARELEAF_CACHE",
            "remove that folder",
            "file.not-writable",
        )


def _fill(folder: Path) -> None:
    (folder / "static").mkdir()
    (folder / "licences").mkdir()
    coverage = bytearray()
    key = hashlib.sha256()
    for source in SOURCES:
        made = [_static(source, weight) for weight in WEIGHTS]
        for weight, (data, _) in zip(WEIGHTS, made, strict=True):
            write(folder / "static" / file_name(source.family, weight), data)
            key.update(hashlib.sha256(data).digest())
        coverage += _bitmap(frozenset.intersection(*(codes for _, codes in made)))
        write(folder / "licences" / f"{source.family}.txt", _licence(source))
    write(folder / "coverage.bits", bytes(coverage))
    write(folder / "faces.json", json.dumps({"digest": key.hexdigest()}).encode())
    folder.chmod(0o755)  # mkdtemp's 0700 would hide the faces from other users of a shared cache


def _static(source: Source, weight: int) -> tuple[bytes, frozenset[int]]:
    """Return one face as TrueType bytes, and the code points that it has glyphs for."""
    import uharfbuzz

    file = source.file(weight)
    font = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(_installed(source, file)))
    order = uharfbuzz.SubsetInput()
    order.keep_everything()
    order.flags |= uharfbuzz.SubsetFlags.NO_HINTING  # of use on old screens only
    if "[" in file:  # a variable font names its axes in its file name
        for axis, value in {**source.axes, "wght": weight}.items():
            order.pin_axis_location(font, axis, value)
    static = uharfbuzz.subset(font, order)
    return _named(bytes(static.blob.data), source.family, weight), frozenset(font.unicodes)


def _named(data: bytes, family: str, weight: int) -> bytes:
    """Return the font `data` under the name `family`, marked as `weight`, its licence kept."""
    from io import BytesIO

    from fontTools.ttLib import TTFont

    font: Any = TTFont(BytesIO(data), recalcTimestamp=False, recalcBBoxes=False, lazy=True)
    style = "Bold" if weight == 700 else "Regular"
    post_script = f"{family.replace(' ', '')}-{style}"
    kept = {record.nameID: record.toUnicode() for record in font["name"].names}
    names = {key: kept[key] for key in (0, 5, 13, 14) if key in kept}
    names |= {1: family, 2: style, 3: f"{post_script};{kept.get(3, '')}", 6: post_script}
    names[4] = f"{family} {style}"
    font["name"].names = []
    for key, text in names.items():
        font["name"].setName(text, key, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x61 | (0x20 if weight == 700 else 0x40)
    font["head"].macStyle = 1 if weight == 700 else 0
    if "STAT" in font:  # it tells of axes that are pinned now
        del font["STAT"]
    _keep_letters_whole(font)
    out = BytesIO()
    font.save(out, reorderTables=False)
    return out.getvalue()


def _keep_letters_whole(font: Any) -> None:
    """Let an accented Latin letter stay one glyph, so that it comes out of the PDF as one letter.

    Noto Sans takes a few apart (ẹ ị ọ ụ, which Vietnamese is full of) though it has them whole,
    and a glyph in a PDF stands for one text only: "Thị" was read back as "Thi ị".
    """
    if "GSUB" not in font:
        return
    letters = {glyph for code, glyph in font.getBestCmap().items() if _is_accented_latin(code)}
    table = font["GSUB"].table
    features = table.FeatureList.FeatureRecord
    for index in {
        i for each in features if each.FeatureTag == "ccmp" for i in each.Feature.LookupListIndex
    }:
        for part in table.LookupList.Lookup[index].SubTable:
            rules = getattr(part, "ExtSubTable", part)
            if rules.LookupType == 2:  # one glyph into several
                rules.mapping = {k: v for k, v in rules.mapping.items() if k not in letters}


def _is_accented_latin(code: int) -> bool:
    character = chr(code)
    latin = unicodedata.name(character, "").startswith("LATIN ")
    return latin and unicodedata.normalize("NFD", character) != character


def _bitmap(codes: Iterable[int]) -> bytes:
    bits = bytearray(BITMAP)
    for code in codes:
        bits[code >> 3] |= 1 << (code & 7)
    return bytes(bits)


def _licence(source: Source) -> bytes:
    def places() -> Iterator[Path]:
        folder = _installed(source, source.files[0]).parent
        yield from (folder / "OFL.txt", folder.parent / "LICENSE")

    return next(path for path in places() if path.exists()).read_bytes()


def write(path: Path, data: bytes) -> None:
    """Write `path` whole or not at all."""
    with files.replacing(path, 0o644) as file:
        files.write_all(file, data)
