"""A sheet from the press -> a stencil: everything that no child changes, with holes for the rest.

The press sets stand-ins into the slots. Each is set again here, by `typesetting`, and must come
out the same glyph for glyph: a sheet that is not understood to the last number makes no stencil.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pydyf

from careleaf.errors import Unsure
from careleaf.pdf import objects
from careleaf.pdf.objects import number, number_of
from careleaf.pdf.press import Proof, Room
from careleaf.pdf.tags import Drawn
from careleaf.sheet import measure
from careleaf.stencil import fonts
from careleaf.stencil.filling import WIDTH, left
from careleaf.stencil.model import BaseFont, Face, Hole, Recipe, Stencil
from careleaf.stencil.typesetting import UNITS, Glyph, Line, Type, glyphs_of, lines

# What names are written with in most of the world; the constant part has these, and the days.
BASIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,'’-_\u00a0\u202f"
_NEAR = 0.001  # CSS pixels


class NotUnderstood(Exception):
    """The press set a stand-in otherwise than this module would have: there is no stencil."""


def cut(
    proof: Proof, standins: Mapping[str, str], digest: str, recipe: Recipe, *, large_print: bool
) -> Stencil:
    """Return the stencil of a sheet that was set with `standins`, to be kept under `digest`.

    Raises NotUnderstood.
    """
    found = list(_found(proof, standins, large_print=large_print))
    cutter = _Cutter(proof, found, recipe.days.words())
    return cutter.stencil(digest, recipe, large_print=large_print)


def learn(stencil: Stencil, proof: Proof, standins: Mapping[str, str]) -> Stencil:
    """Return `stencil` with the settings of the stand-ins added, of which `proof` is the sheet.

    Raises NotUnderstood if any place has moved.
    """
    holes = _holes(_found(proof, standins, large_print=stencil.large_print))
    if len(holes) != len(stencil.holes):
        raise NotUnderstood("a place that comes and goes")
    return replace(
        stencil,
        holes=tuple(_joined(old, new) for old, new in zip(stencil.holes, holes, strict=True)),
    )


def _joined(old: Hole, new: Hole) -> Hole:
    if _place(old) != _place(new):
        raise NotUnderstood("a place that a value moves")
    return replace(old, kinds={**old.kinds, **new.kinds})


def _place(hole: Hole) -> tuple[object, ...]:
    lengths = (round(length, 3) for length in (hole.x, hole.y, hole.width))
    return (hole.slot, hole.place, hole.side, *lengths)


def _holes(found: Iterable[_Found]) -> tuple[Hole, ...]:
    """Return every hole once: a running footer's are at the same place of each page."""
    holes: dict[tuple[object, ...], Hole] = {}
    for each in found:
        holes.setdefault(_place(each.hole), each.hole)
    return tuple(holes.values())


# ---- the holes ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """A hole, and where the stand-in's operators stand in the page's stream: after BT, up to ET."""

    page: int
    hole: Hole
    spans: tuple[tuple[int, int], ...]


def _found(proof: Proof, standins: Mapping[str, str], *, large_print: bool) -> Iterator[_Found]:
    """Yield the holes in the order of the streams. Raises NotUnderstood."""
    rooms = {(room.page, room.element): room for room in proof.rooms("data-slot")}
    resources = {(font.family, font.weight): font.hash for font in proof.document.fonts.values()}
    for page, content in enumerate(_contents(proof)):
        marked = _marked(content)
        drawn = [piece for piece in proof.drawn if piece.page == page]
        kept = sorted(_kept(drawn, proof), key=lambda piece: piece.mark)
        if len(kept) != len(marked):
            raise NotUnderstood("marks that do not match what was drawn")
        pieces: dict[Any, list[tuple[int, int]]] = {}
        for piece, span in zip(kept, marked, strict=True):
            if piece.element.get("data-slot"):
                pieces.setdefault(piece.element, []).append(span)
        for element, spans in pieces.items():
            room = rooms[page, element]
            value = standins[element.get("data-slot")]
            hole = _hole(room, value, large_print=large_print)
            texts = tuple(_text_object(content, span) for span in spans)
            _check(hole, value, [content[start:end] for start, end in texts], resources)
            yield _Found(page, hole, texts)


def _contents(proof: Proof) -> list[list[Any]]:
    pdf = proof.objects
    pages = [pdf.objects[number] for number in pdf.pages["Kids"][::3]]
    return [pdf.objects[int(page["Contents"].split()[0])].stream for page in pages]


def _marked(content: Sequence[Any]) -> list[tuple[int, int]]:
    """Return where each piece of content with a property list lies: after BDC, up to EMC."""
    spans: dict[int, int] = {}
    opened: list[int | None] = []
    for index, item in enumerate(content):
        if item == b"BDC":
            opened.append(index + 1)
        elif item == b"BMC":
            opened.append(None)
        elif item == b"EMC" and (start := opened.pop()) is not None:
            spans[start] = index
    return sorted(spans.items())


def _kept(drawn: Iterable[Drawn], proof: Proof) -> Iterator[Drawn]:
    """Yield the pieces whose marks the finisher kept: all but decoration without ink."""
    decoration = set(map(id, proof.tagged.decoration))
    for piece in drawn:
        if id(piece) not in decoration or piece.is_picture or piece.text.strip():
            yield piece


def _hole(room: Room, value: str, *, large_print: bool) -> Hole:
    x, y, width, _ = room.area
    slot, place = str(room.element.get("data-slot")), str(room.element.get("data-place"))
    setting = measure.setting(value, slot, place, large_print=large_print)
    kinds = {setting: _type(room)}
    return Hole(slot, place, x, y, width, _side(room.align, room.direction), kinds)


def _side(align: str, direction: str) -> str:
    if align in ("start", "end"):
        return "left" if (align == "start") == (direction == "ltr") else "right"
    if align not in ("left", "right", "center"):
        raise NotUnderstood(f"text-align: {align} in a place")
    return align


def _type(room: Room) -> Type:
    style = room.style
    plain: dict[str, tuple[object, ...]] = {
        "letter_spacing": ("normal", 0),
        "word_spacing": (0,),
        "font_style": ("normal",),
        "font_variant_caps": ("normal",),
        "font_feature_settings": ("normal",),
        "text_transform": ("none",),
        "text_indent": (0,),
        "text_decoration_line": ("none", set(), frozenset()),
    }
    for name, values in plain.items():
        if style[name] not in values and getattr(style[name], "value", None) != 0:
            raise NotUnderstood(f"{name.replace('_', '-')} in a place")
    language = style["lang"] or ""
    return Type(
        families=tuple(style["font_family"]),
        weight=style["font_weight"],
        size=int(style["font_size"] * UNITS),
        language=language,
        script=_script_of(language),
        is_rtl=room.direction == "rtl",
        wraps=style["white_space"] == "normal",
        line_height=room.line_height,
        baseline=room.baseline,
    )


def _script_of(language: str) -> str:
    from careleaf.language import locale_tags

    tag = locale_tags.parse_tag(language)
    return locale_tags.likely_script(tag) if tag else ""


def _text_object(content: Sequence[Any], span: tuple[int, int]) -> tuple[int, int]:
    """Return what lies between BT and ET within marked content."""
    start, end = span
    begins = [index for index in range(start, end) if content[index] == b"BT"]
    ends = [index for index in range(start, end) if content[index] == b"ET"]
    if len(begins) != 1 or len(ends) != 1:
        raise NotUnderstood("a place with more than text in it")
    return begins[0] + 1, ends[0]


# ---- the press's own operators, to compare -----------------------------------------------------

_MATRIX = re.compile(rb"1 0 0 -1 (\S+) (\S+) Tm")
_PART = re.compile(rb"<([0-9a-f]*)>|(-?[0-9.]+)")


def _check(
    hole: Hole, value: str, texts: Sequence[Sequence[Any]], resources: Mapping[Face, str]
) -> None:
    """Raise NotUnderstood unless the press set the stand-in as it is to be set here."""
    ((_, kind),) = hole.kinds.items()
    try:
        expected = lines(value, kind, hole.width)
    except Unsure as unsure:
        raise NotUnderstood(str(unsure)) from None
    if len(expected) != len(texts):
        raise NotUnderstood("a value broken into other lines")
    top = hole.y
    for line, operators in zip(expected, texts, strict=True):
        matrix = next(
            filter(None, (_MATRIX.fullmatch(one) for one in operators if isinstance(one, bytes)))
        )
        place = (left(hole, line), top + line.drop)
        if any(
            abs(float(one) - other) > _NEAR
            for one, other in zip(matrix.groups(), place, strict=True)
        ):
            raise NotUnderstood(f"the {hole.slot} in another place")
        glyphs = list(_expected(line, kind, resources))
        if list(_shown(operators)) != (glyphs if line is expected[-1] else glyphs[:-1]):
            raise NotUnderstood(f"the {hole.slot} set otherwise")
        top += line.height


def _shown(operators: Sequence[Any]) -> Iterator[tuple[str, object]]:
    """Yield glyphs with their fonts, shifts and rises as the operators of one line have them."""
    font = ""
    for operator in operators:
        if operator.endswith(b" Tf"):
            font = operator.decode()
        elif operator.endswith(b" Ts"):
            yield "rise", float(operator.split()[0])
        elif operator.endswith(b" TJ"):
            for glyphs, shift in _PART.findall(operator[1:-4]):
                for index in range(0, len(glyphs), 4):
                    yield font, int(glyphs[index : index + 4], 16)
                if shift:
                    yield "shift", float(shift)


def _glyphs(items: Sequence[Any], resource: str) -> Iterator[int]:
    """Yield the glyphs that a stretch of a content stream shows in a font."""
    name = f"/{resource} "
    text = [one for one in items if isinstance(one, bytes) and one.endswith((b" Tf", b" TJ"))]
    for font, glyph in _shown(text):
        if font.startswith(name) and isinstance(glyph, int):
            yield glyph


def _expected(
    line: Line, kind: Type, resources: Mapping[Face, str]
) -> Iterator[tuple[str, object]]:
    size = number(kind.size / UNITS).decode()
    for token in line.tokens:
        if isinstance(token, Glyph):
            yield f"/{resources.get((token.family, kind.weight), '?')} {size} Tf", token.number
        elif isinstance(token, bytes):
            yield "shift", float(token)
        else:
            yield "rise", round(token, 6)


# ---- the constant part -------------------------------------------------------------------------


class _Cutter:
    """Numbers the objects anew and writes all that is constant."""

    def __init__(self, proof: Proof, found: Sequence[_Found], words: Sequence[str]) -> None:
        self.proof, self.found, self.words = proof, found, words
        self.holes = _holes(found)
        self.pdf = proof.objects
        self.pages = [self.pdf.objects[number] for number in self.pdf.pages["Kids"][::3]]
        self.own: dict[int, bytes] = {}  # objects written here, by number
        self.streams: set[int] = set()  # those of `own` that cannot lie in an object stream

    def stencil(self, digest: str, recipe: Recipe, *, large_print: bool) -> Stencil:
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
            recipe=recipe,
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

    def _fonts(self) -> dict[Face, Any]:
        """Return the press's font of each face that constant text or a slot is set in."""
        made: dict[Face, Any] = {}
        for font in self.proof.document.fonts.values():
            if font.missing or font.bitmap or font.used_in_forms:
                raise NotUnderstood("a font of another kind")
            made[font.family, font.weight] = font
        return made

    def _base_font(self, face: Face, font: Any) -> BaseFont:
        fixed = self._fixed_glyphs(font.hash)
        texts = {glyph: font.to_unicode[glyph] for glyph in fixed}
        for glyph in self._likely_glyphs(face):
            texts.setdefault(glyph.number, glyph.text)
        if not texts:
            return BaseFont(font.hash.encode(), 0, {}, {})
        whole = fonts.whole_font(*face, font.name, texts)
        numbers = [self._take() for _ in range(fonts.OBJECTS)]
        for place, content in zip(numbers, whole.numbered(numbers), strict=True):
            self.own[place] = content
        self.streams.update(numbers[3:])
        return BaseFont(font.hash.encode(), numbers[0], texts, fixed)

    def _fixed_glyphs(self, resource: str) -> dict[int, int]:
        """Return the glyphs that constant text shows in a font, and how many holes come before."""
        found: dict[int, int] = {}
        passed = 0
        places = [_place(hole) for hole in self.holes]
        for page, content in enumerate(_contents(self.proof)):
            start = 0
            for each in [*self._on(page), None]:
                end = each.spans[0][0] if each else len(content)
                for glyph in _glyphs(content[start:end], resource):
                    found.setdefault(glyph, passed)
                if each:
                    start = each.spans[-1][1]
                    passed = max(passed, places.index(_place(each.hole)) + 1)
        return found

    def _likely_glyphs(self, face: Face) -> Iterator[Glyph]:
        """Yield the glyphs that values set in a face will want."""
        kinds = {kind for each in self.found for kind in each.hole.kinds.values()}
        for kind in kinds:
            if kind.weight == face[1]:
                for text in (*self.words, *BASIC):
                    yield from (one for one in glyphs_of(text, kind) if one.family == face[0])

    # -- pages

    def _chunks(self, page: int) -> list[int]:
        """Write what lies around the holes of a page; return the numbers of these streams."""
        content = _contents(self.proof)[page]
        spans = ((each.spans[0][0], each.spans[-1][1]) for each in self._on(page))
        edges = [0, *(edge for span in spans for edge in span), len(content)]
        return [
            self._add(pydyf.Stream(content[start:end], compress=True).data, stream=True)
            for start, end in zip(edges[::2], edges[1::2], strict=True)
        ]

    def _on(self, page: int) -> list[_Found]:
        """Return the holes of a page in the order of its stream."""
        return sorted((each for each in self.found if each.page == page), key=lambda one: one.spans)

    def _set_contents(self, chunks: Sequence[Sequence[int]], first: int) -> None:
        places = [_place(hole) for hole in self.holes]
        for page, constant in enumerate(chunks):
            order = [constant[0]]
            for each, chunk in zip(self._on(page), constant[1:], strict=True):
                order += [first + places.index(_place(each.hole)), chunk]
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
        version = self.proof.pressed.pdf
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


__all__ = ["NotUnderstood", "cut", "learn"]
