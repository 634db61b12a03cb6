"""The part of a sheet that no child changes -> the bytes that a stencil begins with.

The renderer's objects get new numbers: first what is constant, then the places of what is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pydyf

from careleaf.pdf import objects
from careleaf.pdf.objects import number_of
from careleaf.pdf.page_objects import content_of, pages_of
from careleaf.pdf.press import Rendered, RenderedFont
from careleaf.stencil import fonts
from careleaf.stencil.checking import NotUnderstood, glyphs_shown
from careleaf.stencil.filling import WIDTH
from careleaf.stencil.model import (
    BaseFont,
    Face,
    FoundHole,
    Stencil,
    ValueFormat,
    distinct,
    place_of,
)
from careleaf.stencil.shaping import Glyph
from careleaf.stencil.typesetting import glyphs_of

# What names are written with in most of the world; the constant part has these, and the days.
BASIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,'’-_\u00a0\u202f"


class ConstantPart:
    """Numbers the objects anew and writes all that is constant.

    `found` are the holes on every page; `words` are texts whose letters values are likely to have.
    """

    def __init__(
        self, rendered: Rendered, found: Sequence[FoundHole], words: Sequence[str]
    ) -> None:
        self.rendered, self.found, self.words = rendered, found, words
        self.holes = distinct(found)
        self.pdf = rendered.objects
        self.pages = pages_of(self.pdf)
        self.own: dict[int, bytes] = {}  # objects written here, by number
        self.streams: set[int] = set()  # those of `own` that cannot lie in an object stream

    def stencil(self, digest: str, value_format: ValueFormat, *, large_print: bool) -> Stencil:
        """Return the stencil, to be kept under `digest`. Raises NotUnderstood."""
        names = self._font_names()
        dropped = self._dropped(names)
        self.free = [number for number in sorted(dropped) if number]
        self.next = len(self.pdf.objects)
        base = {face: self._base_font(face, font) for face, font in self._fonts().items()}
        chunks = [self._chunks(page) for page in range(len(self.pages))]
        packed = self._take()
        first = self.next
        self._set_contents(chunks, first)
        self._set_font_names(names, first + len(self.holes))
        head, table = self._head(dropped, packed, first)
        return Stencil(
            digest=digest,
            pages=len(self.pages),
            large_print=large_print,
            holes=self.holes,
            fonts=base,
            value_format=value_format,
            first=first,
            trailer=self._trailer(),
            table=table,
            head=head,
        )

    def _take(self) -> int:
        """Return a number for an object: one that has become free, or the next."""
        if self.free:
            return self.free.pop(0)
        self.next += 1
        return self.next - 1

    def _add(self, content: bytes, *, stream: bool = False) -> int:
        taken = self._take()
        self.own[taken] = content
        if stream:
            self.streams.add(taken)
        return taken

    # -- fonts

    def _font_names(self) -> int:
        """Return the number of the dictionary of fonts by name, which all pages share."""
        names = {self.pdf.objects[number_of(page["Resources"])]["Font"] for page in self.pages}
        (reference,) = names
        return number_of(reference)

    def _dropped(self, names: int) -> set[int]:
        """Return the numbers of all objects that are written anew, or not at all."""
        dropped = {names, 0}
        for reference in self.pdf.objects[names].values():
            font = self.pdf.objects[number_of(reference)]
            descendant = self.pdf.objects[number_of(font["DescendantFonts"][0])]
            descriptor = self.pdf.objects[number_of(descendant["FontDescriptor"])]
            dropped |= {font.number, descendant.number, descriptor.number}
            dropped |= {number_of(font["ToUnicode"]), number_of(descriptor["FontFile2"])}
        dropped |= {number_of(page["Contents"]) for page in self.pages}
        for each in self.pdf.objects:
            if isinstance(each, pydyf.Stream) and each.extra.get("Type") in ("/ObjStm", "/XRef"):
                dropped.add(each.number)
        return dropped

    def _fonts(self) -> dict[Face, RenderedFont]:
        """Return the press's font of each face that constant text or a slot is set in."""
        made: dict[Face, RenderedFont] = {}
        for font in self.rendered.fonts:
            if not font.is_plain:
                raise NotUnderstood("a font of another kind")
            made[font.family, font.weight] = font
        return made

    def _base_font(self, face: Face, font: RenderedFont) -> BaseFont:
        fixed = self._fixed_glyphs(font.resource)
        texts = {glyph: font.texts[glyph] for glyph in fixed}
        for glyph in self._likely_glyphs(face):
            texts.setdefault(glyph.number, glyph.text)
        if not texts:
            return BaseFont(font.resource.encode(), 0, {}, {})
        whole = fonts.whole_font(*face, font.name, texts)
        numbers = [self._take() for _ in range(fonts.OBJECTS)]
        for place, content in zip(numbers, whole.numbered(numbers), strict=True):
            self.own[place] = content
        self.streams.update(numbers[3:])
        return BaseFont(font.resource.encode(), numbers[0], texts, fixed)

    def _fixed_glyphs(self, resource: str) -> dict[int, int]:
        """Return the glyphs that constant text shows in a font, and how many holes come before."""
        found: dict[int, int] = {}
        passed = 0
        places = [place_of(hole) for hole in self.holes]
        for number, page in enumerate(self.pages):
            content, start = content_of(self.pdf, page).stream, 0
            for each in [*self._on(number), None]:
                end = each.spans[0][0] if each else len(content)
                for glyph in glyphs_shown(content[start:end], resource):
                    found.setdefault(glyph, passed)
                if each:
                    start = each.spans[-1][1]
                    passed = max(passed, places.index(place_of(each.hole)) + 1)
        return found

    def _likely_glyphs(self, face: Face) -> Iterator[Glyph]:
        """Yield the glyphs that values set in a face will want."""
        styles = {style for each in self.found for style in each.hole.styles.values()}
        for style in styles:
            if style.weight == face[1]:
                for text in (*self.words, *BASIC):
                    yield from (one for one in glyphs_of(text, style) if one.family == face[0])

    # -- pages

    def _chunks(self, page: int) -> list[int]:
        """Write what lies around the holes of a page; return the numbers of these streams."""
        content = content_of(self.pdf, self.pages[page]).stream
        spans = ((each.spans[0][0], each.spans[-1][1]) for each in self._on(page))
        edges = [0, *(edge for span in spans for edge in span), len(content)]
        return [
            self._add(pydyf.Stream(content[start:end], compress=True).data, stream=True)
            for start, end in zip(edges[::2], edges[1::2], strict=True)
        ]

    def _on(self, page: int) -> list[FoundHole]:
        """Return the holes of a page in the order of its stream."""
        return sorted((each for each in self.found if each.page == page), key=lambda one: one.spans)

    def _set_contents(self, chunks: Sequence[Sequence[int]], first: int) -> None:
        places = [place_of(hole) for hole in self.holes]
        for page, constant in enumerate(chunks):
            order = [constant[0]]
            for each, chunk in zip(self._on(page), constant[1:], strict=True):
                order += [first + places.index(place_of(each.hole)), chunk]
            self.pages[page]["Contents"] = pydyf.Array([f"{one} 0 R".encode() for one in order])

    def _set_font_names(self, names: int, number: int) -> None:
        """Let every dictionary that names the fonts look for them among the personal objects."""
        old, new = f"{names} 0 R".encode(), f"{number} 0 R".encode()
        for each in self.pdf.objects:
            if isinstance(each, pydyf.Dictionary) and each.get("Font") == old:
                each["Font"] = new

    # -- the file

    def _head(self, dropped: set[int], packed: int, first: int) -> tuple[bytes, bytes]:
        """Return the file up to the personal objects, and the table's rows of what is in it."""
        plain: dict[int, bytes] = {}
        inside: dict[int, bytes] = {}
        for each in self.pdf.objects:
            if each.number not in dropped:
                (inside if each.compressible else plain)[each.number] = each.data
        for one, content in self.own.items():
            (plain if one in self.streams else inside)[one] = content
        plain[packed] = objects.stream(*objects.object_stream(inside.items(), 9))
        rows: dict[int, tuple[int, int, int]] = {
            one: (2, packed, index) for index, one in enumerate(inside)
        }
        version = self.rendered.pressed.pdf
        parts = [version[: version.index(b"\n", version.index(b"\n") + 1) + 1]]
        position = len(parts[0])
        for one, content in plain.items():
            rows[one] = (1, position, 0)
            parts.append(objects.indirect(one, content))
            position += len(parts[-1])
        table = b"".join(
            objects.row(*rows.get(one, objects.FREE), width=WIDTH) for one in range(first)
        )
        return b"".join(parts), table

    def _trailer(self) -> bytes:
        root = b"/Root %b" % self.pdf.catalog.reference
        return root + (b"/Info %b" % self.pdf.info.reference if self.pdf.info else b"")
