"""Some glyphs of a face as the objects that a PDF wants of a font (ISO 32000-1, 9.7)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from careleaf.pdf import objects
from careleaf.sheet import faces
from careleaf.stencil.truetype import Outlines, outlines

OBJECTS = 5  # of each font: the one that pages name, and four under it
WORTH_PACKING = 4096  # bytes; what is smaller costs more time than it saves room


def _stream(entries: bytes, content: bytes, level: int) -> bytes:
    """Return the body of a stream, compressed if that is worth its time."""
    if len(content) < WORTH_PACKING and level < 9:
        return objects.stream(entries, content)
    return objects.packed_stream(entries, content, level)


@dataclass(frozen=True, slots=True)
class FontObjects:
    """The bodies of the five objects of a font, before their numbers are known."""

    name: bytes
    unicode: bytes
    program: bytes
    descriptor: bytes  # with a place for the number of the program
    descendant: bytes  # with a place for the number of the descriptor

    def numbered(self, numbers: Sequence[int]) -> list[bytes]:
        """Return what stands between `obj` and `endobj` of the objects with these numbers."""
        _, descendant, descriptor, unicode, program = numbers
        top = b"<</Type/Font/Subtype/Type0/BaseFont%b/Encoding/Identity-H/ToUnicode %d 0 R/DescendantFonts[%d 0 R]>>"
        return [
            top % (self.name, unicode, descendant),
            self.descendant % descriptor,
            self.descriptor % program,
            self.unicode,
            self.program,
        ]


def whole_font(family: str, weight: int, name: bytes, texts: Mapping[int, str]) -> FontObjects:
    """Return the glyphs of a face that `texts` gives the meaning of, under their own numbers."""
    glyphs = tuple(sorted(texts))
    face = outlines(faces.face(family, weight).path)
    program = face.subset(glyphs, keep_numbers=True)
    return _font(face, family, name, [(glyph, glyph, texts[glyph]) for glyph in glyphs], program, 9)


@lru_cache(maxsize=256)
def small_font(
    family: str, weight: int, glyphs: tuple[int, ...], texts: tuple[str, ...]
) -> FontObjects:
    """Return a font of a few glyphs, numbered 1, 2, 3 ... in the order given."""
    face = outlines(faces.face(family, weight).path)
    program = face.subset(glyphs, keep_numbers=False)
    name = f"/{_tag(program)}+{family.replace(' ', '-')}{'-Bold' if weight == 700 else ''}"
    rows = [(place, *row) for place, row in enumerate(zip(glyphs, texts, strict=True), start=1)]
    return _font(face, family, name.encode(), rows, program, 6)


def _tag(program: bytes) -> str:
    """Return the six capitals that tell one subset of a face from another."""
    digest = hashlib.blake2b(program, digest_size=6).digest()
    return "".join(chr(65 + byte % 26) for byte in digest)


def _font(
    face: Outlines,
    family: str,
    name: bytes,
    rows: Sequence[tuple[int, int, str]],  # number in the PDF, number in the face, text
    program: bytes,
    level: int,
) -> FontObjects:
    widths = [
        (place, round(face.advance(glyph) * 1000 / face.units_per_em)) for place, glyph, _ in rows
    ]
    ascent, descent = (1000 * height // face.units_per_em for height in (face.ascent, face.descent))
    descriptor = (
        b"<</Type/FontDescriptor/FontName%b/FontFamily(%b)/Flags 4/FontBBox[0 %d %d %d]/ItalicAngle 0"
        b"/Ascent %d/Descent %d/CapHeight %d/StemV 80/StemH 80/FontFile2 %%d 0 R>>"
    ) % (name, family.encode(), descent, max(w for _, w in widths), ascent, ascent, descent, ascent)
    descendant = (
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont%b/CIDSystemInfo<</Registry(Adobe)"
        b"/Ordering(Identity)/Supplement 0>>/CIDToGIDMap/Identity/W[%b]/FontDescriptor %%d 0 R>>"
    ) % (name, _width_rows(widths))
    unicode = _stream(b"", objects.unicode_map((place, text) for place, _, text in rows), level)
    file = _stream(b"/Length1 %d" % len(program), program, level)
    return FontObjects(name, unicode, file, descriptor, descendant)


def _width_rows(widths: Iterable[tuple[int, int]]) -> bytes:
    """Return the /W array's content: each stretch of numbers once, with its widths."""
    rows: list[bytes] = []
    last = -2
    for place, width in widths:
        if place != last + 1:
            rows.append(b"%b%d[%d" % (b"]" if rows else b"", place, width))
        else:
            rows.append(b" %d" % width)
        last = place
    return b"".join(rows) + b"]"
