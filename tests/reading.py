"""Reads a PDF aloud: its tags and their text, in order, the way a screen reader goes through it.

Knows nothing of how the file was made. Text is taken from the page's content streams through each
typeface's ToUnicode map, so what is heard here is what the file says.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Name


@dataclass
class Heard:
    """One tag: its name, own and inherited language, what is said in place of it, its kids."""

    tag: str
    lang: str
    alt: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    kids: list[Heard | str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text under the tag; lines joined by a space, words broken by a hyphen made whole."""
        words = " ".join(kid if isinstance(kid, str) else kid.text for kid in self.kids)
        return " ".join(words.replace("\u00ad ", "").split())

    def walk(self) -> Iterator[Heard]:
        yield self
        for kid in self.kids:
            if isinstance(kid, Heard):
                yield from kid.walk()

    def all(self, tag: str) -> list[Heard]:
        return [heard for heard in self.walk() if heard.tag == tag]

    def outline(self, depth: int = 0) -> str:
        """The tags as indented lines, text beside those that hold it."""
        own = " ".join(kid for kid in self.kids if isinstance(kid, str))
        line = f"{'  ' * depth}{self.tag}" + (f" {' '.join(own.split())}" if own else "")
        inner = [kid.outline(depth + 1) for kid in self.kids if isinstance(kid, Heard)]
        return "\n".join([line, *inner])


def read_aloud(pdf: bytes) -> Heard:
    """Return the document's tag with everything under it."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        lang = str(file.Root.get("/Lang", ""))
        pages = {page.objgen: _marked_text(page) for page in file.pages}
        return _heard(file.Root.StructTreeRoot.K[0], lang, pages, None)


def artifacts(pdf: bytes) -> list[tuple[str, str]]:
    """Return what is drawn but not read, as (subtype, text), page after page."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as file:
        for page in file.pages:
            found += [
                (mark.removeprefix("artifact "), text)
                for mark, text in _marked_text(page).items()
                if isinstance(mark, str) and text
            ]
    return [(re.sub(r"\d+$", "", subtype).strip(), text) for subtype, text in found]


def _heard(element, lang, pages, page) -> Heard:
    lang = str(element.get("/Lang", lang))
    page = element.get("/Pg", page)
    heard = Heard(str(element.S).removeprefix("/"), lang, str(element.get("/Alt", "")))
    for key, value in (element.get("/A") or {}).items():
        heard.attributes[key.removeprefix("/")] = str(value).removeprefix("/")
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list | pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            heard.kids.append(pages[page.objgen][kid])
        elif kid.get("/Type") == Name.MCR:
            heard.kids.append(pages[kid.Pg.objgen][int(kid.MCID)])
        elif kid.get("/Type") == Name.OBJR:
            heard.links.append(str(kid.Obj.get("/Contents", "")))
        else:
            assert kid.P.objgen == element.objgen, "a tag names another tag as its parent"
            heard.kids.append(_heard(kid, lang, pages, page))
    return heard


def _marked_text(page) -> dict[int | str, str]:
    """Return the text of each marked content: by its number, artifacts by 'artifact ...'."""
    fonts = {name: _unicode(font) for name, font in page.Resources.Font.items()}
    texts: dict[int | str, str] = {}
    marks: list[int | str] = []
    glyphs: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            mark = _mark(operands, len(texts))
            assert mark not in texts, "a number is used for two marks"
            marks.append(mark)
            texts[mark] = ""
        elif name == "EMC":
            marks.pop()
        elif name == "Tf":
            glyphs = fonts[str(operands[0])]
        elif name in ("TJ", "Tj"):
            assert marks, "text outside of any mark"
            strings = operands[0] if name == "TJ" else operands
            codes = b"".join(bytes(s) for s in strings if isinstance(s, pikepdf.String))
            for code in zip(codes[::2], codes[1::2], strict=True):
                texts[marks[-1]] += glyphs[int.from_bytes(bytes(code))]
    return texts


def _mark(operands, number) -> int | str:
    if str(operands[0]) == "/Artifact":
        properties = operands[1] if len(operands) > 1 else {}
        return f"artifact {str(properties.get('/Subtype', '')).removeprefix('/')}{number}"
    return int(operands[1].MCID)


def _unicode(font) -> dict[int, str]:
    cmap = font.ToUnicode.read_bytes().decode()
    pairs = re.findall(r"<([0-9a-f]{4})> <([0-9a-f]*)>", cmap)
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}
