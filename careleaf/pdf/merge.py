"""Many sheets -> one PDF to print, tagged and archival as each of them is.

The file is written as the sheets are read, one at a time: what stays in memory is a few bytes an
object (where it lies) and the digests of what sheets share. Typefaces, pictures and colour
profiles that are alike are written once.

What each sheet brings: its pages under a node of their own, its tags as a Part with its language
under the one Document, its row of the parent tree, one bookmark (the id) and page labels.
"""

from __future__ import annotations

import hashlib
import os
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, TypeVar
from xml.sax.saxutils import escape

import pikepdf

from careleaf.errors import HandoutError
from careleaf.pdf.finish import PDFUA_XMP

T = TypeVar("T")

FANOUT = 64  # kids of a node in the trees of pages and of numbers
LEVEL = 6  # of zlib

# A string, a reference, or a key of the parent tree. A string comes first, to be left alone.
_TOKEN = re.compile(
    rb"\((?:[^()\\]|\\.)*\)|<[0-9a-fA-F]*>|(?P<ref>\d+) \d+ R\b|(?P<parent>/StructParents?) (?P<key>\d+)",
    re.DOTALL,
)
_LENGTH = re.compile(rb"/Length (?:\d+ \d+ R|\d+) ")

_XMP = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<pdf:Producer>Careleaf</pdf:Producer>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
</rdf:Description>
{pdfua}</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
"""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A sheet to be merged: its bookmark (the child's id) and its file, or the file's bytes."""

    mark: str
    path: Path | BinaryIO


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of it."""

    sheets: int
    pages: int
    size: int


def merge(
    leaves: Iterable[Leaf],
    target: Path,
    *,
    duplex: bool = False,
    tell: Callable[[int], None] = lambda done: None,
) -> Merged:
    """Write `leaves` as one PDF at `target`, in their order, readable by its owner alone.

    `duplex` ends each sheet on an even page, so that the next begins on a leaf of its own. `tell`
    is called with the number of sheets done. Raises HandoutError if there is no sheet, if one is
    not of this program, or if the file cannot be written.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb", buffering=1 << 18) as file:
            merged = merge_into(file, leaves, duplex=duplex, tell=tell)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise HandoutError(
            f"cannot be written: {error.strerror or error}",
            str(target),
            "choose another place, or make room",
        ) from None
    finally:
        with suppress(OSError):
            part.unlink()
    return merged


def merge_into(
    file: IO[bytes],
    leaves: Iterable[Leaf],
    *,
    duplex: bool = False,
    tell: Callable[[int], None] = lambda done: None,
) -> Merged:
    """Write `leaves` as one PDF to an open file, as `merge` does. Raises HandoutError or OSError."""
    job = _Job(file, duplex)
    for done, leaf in enumerate(leaves, 1):
        job.add(leaf)
        tell(done)
    return job.finish()


# --- a PDF, written from front to back -------------------------------------------------------


class _Output:
    """Objects of a PDF as they are written; numbers may be given out before."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._at = 0
        self._places = bytearray(8)  # of each object: how it lies, where, and at what index
        self._places[6:8] = b"\xff\xff"
        self._digest = hashlib.sha256()
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._at += len(data)

    def number(self) -> int:
        """Return the number of an object that will be written later."""
        self._places += bytes(8)
        return len(self._places) // 8 - 1

    def _place(self, number: int, kind: int, where: int, index: int = 0) -> None:
        place = bytes((kind,)) + where.to_bytes(5, "big") + index.to_bytes(2, "big")
        self._places[8 * number : 8 * number + 8] = place

    def stream(self, dictionary: bytes, data: bytes, number: int = 0) -> int:
        """Write a stream; `dictionary` is what stands between << and >>, without its length."""
        number = number or self.number()
        self._place(number, 1, self._at)
        self._write(b"%d 0 obj\n<<%s/Length %d>>stream\n" % (number, dictionary, len(data)))
        self._write(data)
        self._write(b"\nendstream\nendobj\n")
        return number

    def pack(self, objects: Sequence[tuple[int, bytes]]) -> None:
        """Write objects that are no streams, compressed together."""
        for start in range(0, len(objects), 60_000):
            some = objects[start : start + 60_000]
            holder = self.number()
            heads, at = [], 0
            for index, (number, body) in enumerate(some):
                self._place(number, 2, holder, index)
                heads.append(b"%d %d " % (number, at))
                at += len(body) + 1
            head = b"".join(heads)
            data = zlib.compress(head + b"\n".join(body for _, body in some), LEVEL)
            about = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(some), len(head))
            self.stream(about, data, holder)

    def end(self, root: int) -> int:
        """Write the cross-reference table, and return the size of the file."""
        number, start = self.number(), self._at
        self._place(number, 1, start)
        identity = self._digest.hexdigest()[:32].encode()
        about = b"/Type/XRef/Size %d/W[1 5 2]/Root %d 0 R/ID[<%s><%s>]/Filter/FlateDecode" % (
            len(self._places) // 8,
            root,
            identity,
            identity,
        )
        self.stream(about, zlib.compress(self._places, LEVEL), number)
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)
        return self._at


# --- one sheet, taken apart ------------------------------------------------------------------


class _Copy:
    """One sheet's objects on their way into the merged file, under new numbers."""

    def __init__(
        self, pdf: pikepdf.Pdf, output: _Output, shared: dict[bytes, int], key: int
    ) -> None:
        self._pdf, self._output, self._shared = pdf, output, shared
        self._key = key  # what the sheet's own keys of the parent tree are counted from
        self._numbers: dict[int, int] = {}  # old number -> new
        self._waiting: list[int] = []  # old numbers that have a new one but are not written yet
        self._sharing: set[int] = set()
        self.packed: list[tuple[int, bytes]] = []

    def stand_for(self, old: pikepdf.Object, new: int) -> None:
        """Let references to `old` be to `new`."""
        self._numbers[old.objgen[0]] = new

    def take(self, old: pikepdf.Object) -> int:
        """Return the new number of an object; it is written with `flush`."""
        return self._take(old.objgen[0])

    def _take(self, old: int) -> int:
        if old not in self._numbers:
            self._numbers[old] = self._output.number()
            self._waiting.append(old)
        return self._numbers[old]

    def text(self, value: pikepdf.Object) -> bytes:
        """Return a value as the merged file writes it; what it refers to comes along."""
        return self._renumbered(value.unparse(), self._take)

    def share(self, value: pikepdf.Object) -> bytes:
        """Return a value as the merged file writes it, with all that it refers to shared."""
        return self._renumbered(value.unparse(), self._share)

    def _share(self, old: int) -> int:
        """Return the number of an object of which one copy serves all sheets; written if new."""
        if old in self._numbers:
            return self._numbers[old]
        if old in self._sharing:  # refers to itself: cannot be told by its content
            return self._take(old)
        self._sharing.add(old)
        value = self._pdf.get_object((old, 0))
        data = value.read_raw_bytes() if isinstance(value, pikepdf.Stream) else None
        body = self._renumbered(_body(value), self._share)
        self._sharing.discard(old)
        if old in self._numbers:
            return self._numbers[old]
        digest = hashlib.blake2b(body + b"\0" + (data or b""), digest_size=16).digest()
        number = self._shared.get(digest)
        if number is None:
            number = self._shared[digest] = self._put(body, data, 0)
        self._numbers[old] = number
        return number

    def flush(self) -> None:
        """Write what was taken, and all that it refers to."""
        while self._waiting:
            old = self._waiting.pop()
            value = self._pdf.get_object((old, 0))
            data = value.read_raw_bytes() if isinstance(value, pikepdf.Stream) else None
            self._put(self._renumbered(_body(value), self._take), data, self._numbers[old])

    def _put(self, body: bytes, data: bytes | None, number: int) -> int:
        number = number or self._output.number()
        if data is None:
            self.packed.append((number, body))
        else:
            self._output.stream(body, data, number)
        return number

    def _renumbered(self, text: bytes, number: Callable[[int], int]) -> bytes:
        def renewed(match: re.Match[bytes]) -> bytes:
            if reference := match["ref"]:
                return b"%d 0 R" % number(int(reference))
            if parent := match["parent"]:
                return b"%s %d" % (parent, int(match["key"]) + self._key)
            return match[0]

        return _TOKEN.sub(renewed, text)


def _body(value: pikepdf.Object) -> bytes:
    """Return an object as it is written: of a stream, what stands between << and >> but its length."""
    if not isinstance(value, pikepdf.Stream):
        return value.unparse(resolved=True)
    text = value.stream_dict.unparse(resolved=True)
    return _LENGTH.sub(b"", text.removeprefix(b"<<").removesuffix(b">>"))


# --- the whole -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a sheet begins: its bookmark, its first page's object and number."""

    title: str
    page: int
    index: int


class _Job:
    """A merged file in the making."""

    def __init__(self, file: IO[bytes], duplex: bool) -> None:
        self._output = _Output(file)
        self._duplex = duplex
        self._shared: dict[bytes, int] = {}
        self._document = self._output.number()
        self._pages = _Pages(self._output)
        self._parents = _Numbers(self._output)
        self._parts: list[int] = []
        self._marks: list[_Mark] = []
        self._langs: Counter[str] = Counter()
        self._intents = b""
        self._blank = 0
        self._key = 0

    def add(self, leaf: Leaf) -> None:
        """Write one sheet. Raises HandoutError if it is not one of ours."""
        try:
            with pikepdf.open(leaf.path) as pdf:
                self._add(leaf, pdf)
        except (pikepdf.PdfError, AttributeError, KeyError, OSError) as error:
            raise HandoutError(
                f"cannot be merged: {type(error).__name__}",
                str(leaf.path) if isinstance(leaf.path, Path) else leaf.mark,
                "remove it and run again",
            ) from None

    def _add(self, leaf: Leaf, pdf: pikepdf.Pdf) -> None:
        root, tree = pdf.Root, pdf.Root.StructTreeRoot
        copy = _Copy(pdf, self._output, self._shared, self._key)
        node = self._output.number()
        copy.stand_for(root.Pages, node)
        copy.stand_for(tree, self._document)
        if not self._intents:
            self._intents = copy.share(root.OutputIntents)
        lang = str(root.Lang)
        self._langs[lang] += 1
        pages = [self._page(copy, page.obj) for page in pdf.pages]
        tops = list(tree.K) if isinstance(tree.K, pikepdf.Array) else [tree.K]
        for top in tops:
            top.S = pikepdf.Name.Part
            top.Lang = pikepdf.String(lang)
            self._parts.append(copy.take(top))
        self._take_parents(copy, tree)
        copy.flush()
        self._marks.append(_Mark(leaf.mark, pages[0], self._pages.count))
        if self._duplex and len(pages) % 2:
            pages.append(self._blank_page(copy, pdf.pages[-1].obj, node))
        self._pages.add(node, pages)
        self._output.pack(copy.packed)

    def _page(self, copy: _Copy, page: pikepdf.Object) -> int:
        """Take a page; what it draws with is shared with other sheets."""
        number = copy.take(page)
        copy.share(page.Resources)
        return number

    def _take_parents(self, copy: _Copy, tree: pikepdf.Object) -> None:
        nums = tree.ParentTree.Nums
        keys = [int(nums[index]) for index in range(0, len(nums), 2)]
        rows = [(self._key + key, copy.text(nums[2 * at + 1])) for at, key in enumerate(keys)]
        self._parents.add(rows, copy.packed)
        self._key += max(keys, default=-1) + 1

    def _blank_page(self, copy: _Copy, like: pikepdf.Object, parent: int) -> int:
        """Return an empty back side; there is nothing on it to read out."""
        if not self._blank:
            self._blank = self._output.stream(b"", b"")
        number = self._output.number()
        body = b"<</Type/Page/Parent %d 0 R/MediaBox %s/Resources<<>>/Contents %d 0 R/Tabs/S>>" % (
            parent,
            like.MediaBox.unparse(resolved=True),
            self._blank,
        )
        copy.packed.append((number, body))
        return number

    def finish(self) -> Merged:
        """Write what holds the sheets together."""
        if not self._marks:
            raise HandoutError("there is no sheet to merge", "--merge", "see what was refused")
        packed: list[tuple[int, bytes]] = []
        pages = self._pages.end(packed)
        struct = self._structure(packed)
        outlines = self._outlines(packed)
        labels = _Numbers(self._output)
        for some in _batches(self._marks):
            labels.add([(mark.index, _label(mark.title)) for mark in some], packed)
        lang = self._langs.most_common(1)[0][0]
        title = f"{len(self._marks)} sheets" if len(self._marks) > 1 else "1 sheet"
        pdfua = PDFUA_XMP.format(lang=escape(lang))
        xmp = _XMP.format(title=title, pdfua=pdfua).encode()
        metadata = self._output.stream(b"/Type/Metadata/Subtype/XML", xmp)
        catalogue = self._output.number()
        body = (
            b"<</Type/Catalog/Pages %d 0 R/StructTreeRoot %d 0 R/Outlines %d 0 R/PageLabels %d 0 R"
            b"/Metadata %d 0 R/OutputIntents %s/Lang %s/MarkInfo<</Marked true>>"
            b"/ViewerPreferences<</DisplayDocTitle true>>/PageMode/UseOutlines>>"
        ) % (pages, struct, outlines, labels.end(packed), metadata, self._intents, _string(lang))
        packed.append((catalogue, body))
        self._output.pack(packed)
        return Merged(len(self._marks), self._pages.count, self._output.end(catalogue))

    def _structure(self, packed: list[tuple[int, bytes]]) -> int:
        root, parents = self._output.number(), self._parents.end(packed)
        kids = b" ".join(b"%d 0 R" % part for part in self._parts)
        document = b"<</Type/StructElem/S/Document/P %d 0 R/K[%s]>>" % (root, kids)
        body = b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d>>" % (
            self._document,
            parents,
            self._key,
        )
        packed.extend([(self._document, document), (root, body)])
        return root

    def _outlines(self, packed: list[tuple[int, bytes]]) -> int:
        """Write a bookmark for each child; sheets of one child that follow each other share it."""
        marks = [
            mark
            for before, mark in zip([None, *self._marks], self._marks, strict=False)
            if before is None or before.title != mark.title
        ]
        outlines = self._output.number()
        items = [self._output.number() for _ in marks]
        for at, (mark, item) in enumerate(zip(marks, items, strict=True)):
            before = b"/Prev %d 0 R" % items[at - 1] if at else b""
            after = b"/Next %d 0 R" % items[at + 1] if at + 1 < len(items) else b""
            body = b"<</Title %s/Parent %d 0 R%s%s/Dest[%d 0 R/Fit]>>" % (
                _string(mark.title),
                outlines,
                before,
                after,
                mark.page,
            )
            packed.append((item, body))
        body = b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (
            items[0],
            items[-1],
            len(items),
        )
        packed.append((outlines, body))
        return outlines


class _Pages:
    """The tree of pages: the root, nodes of up to `FANOUT` sheets, a node a sheet, its pages."""

    def __init__(self, output: _Output) -> None:
        self.count = 0
        self._output = output
        self._root = output.number()
        self._groups: list[int] = []
        self._sheets: list[tuple[int, list[int]]] = []

    def add(self, node: int, pages: list[int]) -> None:
        self.count += len(pages)
        self._sheets.append((node, pages))
        if len(self._sheets) == FANOUT:
            self._close_group()

    def _close_group(self) -> None:
        group = self._output.number()
        packed = [(node, _node(pages, group, len(pages))) for node, pages in self._sheets]
        count = sum(len(pages) for _, pages in self._sheets)
        packed.append((group, _node([node for node, _ in self._sheets], self._root, count)))
        self._output.pack(packed)
        self._groups.append(group)
        self._sheets = []

    def end(self, packed: list[tuple[int, bytes]]) -> int:
        """Write the root, and return its number."""
        if self._sheets:
            self._close_group()
        packed.append((self._root, _node(self._groups, 0, self.count)))
        return self._root


def _node(kids: Sequence[int], parent: int, count: int) -> bytes:
    above = b"/Parent %d 0 R" % parent if parent else b""
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    return b"<</Type/Pages%s/Kids[%s]/Count %d>>" % (above, listed, count)


class _Numbers:
    """A number tree that grows at its end."""

    def __init__(self, output: _Output) -> None:
        self._output = output
        self._leaves: list[tuple[int, int, int]] = []  # number, first and last key

    def add(self, rows: Sequence[tuple[int, bytes]], packed: list[tuple[int, bytes]]) -> None:
        """Add a leaf; its keys are above all before."""
        if not rows:
            return
        number = self._output.number()
        listed = b" ".join(b"%d %s" % row for row in rows)
        packed.append((number, b"<</Limits[%d %d]/Nums[%s]>>" % (rows[0][0], rows[-1][0], listed)))
        self._leaves.append((number, rows[0][0], rows[-1][0]))

    def end(self, packed: list[tuple[int, bytes]]) -> int:
        """Write the nodes above the leaves, and return the number of the root."""
        level = self._leaves
        while len(level) > FANOUT:
            above = []
            for some in _batches(level):
                number = self._output.number()
                kids = b" ".join(b"%d 0 R" % kid for kid, _, _ in some)
                limits = (some[0][1], some[-1][2])
                packed.append((number, b"<</Limits[%d %d]/Kids[%s]>>" % (*limits, kids)))
                above.append((number, *limits))
            level = above
        root = self._output.number()
        packed.append((root, b"<</Kids[%s]>>" % b" ".join(b"%d 0 R" % kid for kid, _, _ in level)))
        return root


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), FANOUT):
        yield items[start : start + FANOUT]


def _label(mark: str) -> bytes:
    """Return the label of a sheet's pages: K101-1, K101-2."""
    return b"<</S/D/P %s>>" % _string(f"{mark}-")


def _string(text: str) -> bytes:
    if text.isascii():
        return b"(%s)" % re.sub(rb"([()\\])", rb"\\\1", text.encode())
    return b"<%s>" % (b"\xfe\xff" + text.encode("utf-16-be")).hex().encode()
