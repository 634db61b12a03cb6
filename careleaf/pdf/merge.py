"""Many sheets -> one PDF to print, tagged and archival as each of them is.

The file is written as the sheets are read, one at a time: what stays in memory is a few bytes an
object (where it lies) and the digests of what sheets share. Typefaces, pictures and colour
profiles that are alike are written once.

What each sheet brings: its pages under a node of their own, its tags as a Part with its language
under the one Document, its row of the parent tree, one bookmark (the id) and page labels.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import pikepdf

from careleaf import files
from careleaf.errors import HandoutError
from careleaf.pdf import xmp
from careleaf.pdf.copying import SheetCopy
from careleaf.pdf.objects import references, text_string
from careleaf.pdf.trees import NumberTree, PageTree, batches
from careleaf.pdf.writer import PdfWriter


@dataclass(frozen=True, slots=True)
class MergeInput:
    """A sheet to be merged: its bookmark (the child's id), and its PDF on disk or in memory."""

    bookmark: str
    file: Path | BinaryIO


@dataclass(frozen=True, slots=True)
class Merged:
    """How many sheets and pages the file holds, and its size in bytes."""

    sheets: int
    pages: int
    size: int


def merge(
    sheets: Iterable[MergeInput],
    target: Path,
    *,
    duplex: bool = False,
    tell: Callable[[int], None] = lambda done: None,
) -> Merged:
    """Write `sheets` as one PDF at `target`, in their order, readable by its owner alone.

    `duplex` ends each sheet on an even page, so that the next begins on a sheet of paper of its own. `tell`
    is called with the number of sheets done. Raises HandoutError if there is no sheet, if one is
    not of this program, or if the file cannot be written.
    """
    with files.written(target):
        files.make_folder(target.parent)
        with files.replacing(target, files.PRIVATE_FILE) as part:
            file = io.BufferedWriter(part, 1 << 18)
            merged = merge_into(file, sheets, duplex=duplex, tell=tell)
            file.flush()
            os.fsync(part.fileno())
            file.detach()
    return merged


def merge_into(
    file: IO[bytes],
    sheets: Iterable[MergeInput],
    *,
    duplex: bool = False,
    tell: Callable[[int], None] = lambda done: None,
) -> Merged:
    """Write `sheets` as one PDF to an open file, as `merge` does. Raises HandoutError or OSError."""
    made = _MergedFile(file, duplex)
    for done, sheet in enumerate(sheets, 1):
        made.add(sheet)
        tell(done)
    return made.finish()


@dataclass(frozen=True, slots=True)
class _SheetStart:
    """Where a sheet begins: its bookmark, its first page's object and number."""

    title: str
    page: int
    index: int


class _MergedFile:
    """The file in the making: sheets are added one by one, then it is finished."""

    def __init__(self, file: IO[bytes], duplex: bool) -> None:
        self._output = PdfWriter(file)
        self._duplex = duplex
        self._shared: dict[bytes, int] = {}
        self._document = self._output.number()
        self._pages = PageTree(self._output)
        self._parents = NumberTree(self._output)
        self._parts: list[int] = []
        self._starts: list[_SheetStart] = []
        self._langs: Counter[str] = Counter()
        self._intents = b""
        self._blank = 0
        self._key = 0

    def add(self, sheet: MergeInput) -> None:
        """Write one sheet. Raises HandoutError if it is not one of ours."""
        try:
            with pikepdf.open(sheet.file) as pdf:
                self._add(sheet, pdf)
        except (pikepdf.PdfError, AttributeError, KeyError, OSError) as error:
            raise HandoutError(
                f"cannot be merged: {type(error).__name__}",
                str(sheet.file) if isinstance(sheet.file, Path) else sheet.bookmark,
                "remove it and run again",
                "merge.not-ours",
            ) from None

    def _add(self, sheet: MergeInput, pdf: pikepdf.Pdf) -> None:
        root, tree = pdf.Root, pdf.Root.StructTreeRoot
        copy = SheetCopy(pdf, self._output, self._shared, self._key)
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
        self._starts.append(_SheetStart(sheet.bookmark, pages[0], self._pages.count))
        if self._duplex and len(pages) % 2:
            pages.append(self._blank_page(copy, pdf.pages[-1].obj, node))
        self._pages.add(node, pages)
        self._output.pack(copy.packed)

    def _page(self, copy: SheetCopy, page: pikepdf.Object) -> int:
        """Take a page; what it draws with is shared with other sheets."""
        number = copy.take(page)
        copy.share(page.Resources)
        return number

    def _take_parents(self, copy: SheetCopy, tree: pikepdf.Object) -> None:
        nums = tree.ParentTree.Nums
        keys = [int(nums[index]) for index in range(0, len(nums), 2)]
        rows = [(self._key + key, copy.text(nums[2 * at + 1])) for at, key in enumerate(keys)]
        self._parents.add(rows, copy.packed)
        self._key += max(keys, default=-1) + 1

    def _blank_page(self, copy: SheetCopy, like: pikepdf.Object, parent: int) -> int:
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
        if not self._starts:
            raise HandoutError(
                "there is no sheet to merge", "--merge", "see what was refused", "merge.no-sheet"
            )
        packed: list[tuple[int, bytes]] = []
        pages = self._pages.end(packed)
        struct = self._structure(packed)
        outlines = self._outlines(packed)
        labels = NumberTree(self._output)
        for some in batches(self._starts):
            labels.add([(start.index, _label(start.title)) for start in some], packed)
        lang = self._langs.most_common(1)[0][0]
        title = f"{len(self._starts)} sheets" if len(self._starts) > 1 else "1 sheet"
        metadata = self._output.stream(b"/Type/Metadata/Subtype/XML", xmp.whole(title, lang))
        catalogue = self._output.number()
        body = (
            b"<</Type/Catalog/Pages %d 0 R/StructTreeRoot %d 0 R/Outlines %d 0 R/PageLabels %d 0 R"
            b"/Metadata %d 0 R/OutputIntents %s/Lang %s/MarkInfo<</Marked true>>"
            b"/ViewerPreferences<</DisplayDocTitle true>>/PageMode/UseOutlines>>"
        ) % (
            pages,
            struct,
            outlines,
            labels.end(packed),
            metadata,
            self._intents,
            text_string(lang),
        )
        packed.append((catalogue, body))
        self._output.pack(packed)
        return Merged(len(self._starts), self._pages.count, self._output.end(catalogue))

    def _structure(self, packed: list[tuple[int, bytes]]) -> int:
        root, parents = self._output.number(), self._parents.end(packed)
        document = b"<</Type/StructElem/S/Document/P %d 0 R/K[%s]>>" % (
            root,
            references(self._parts),
        )
        body = b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d>>" % (
            self._document,
            parents,
            self._key,
        )
        packed.extend([(self._document, document), (root, body)])
        return root

    def _outlines(self, packed: list[tuple[int, bytes]]) -> int:
        """Write a bookmark for each child; sheets of one child that follow each other share it."""
        starts = [
            start
            for before, start in zip([None, *self._starts], self._starts, strict=False)
            if before is None or before.title != start.title
        ]
        outlines = self._output.number()
        items = [self._output.number() for _ in starts]
        for at, (start, item) in enumerate(zip(starts, items, strict=True)):
            before = b"/Prev %d 0 R" % items[at - 1] if at else b""
            after = b"/Next %d 0 R" % items[at + 1] if at + 1 < len(items) else b""
            body = b"<</Title %s/Parent %d 0 R%s%s/Dest[%d 0 R/Fit]>>" % (
                text_string(start.title),
                outlines,
                before,
                after,
                start.page,
            )
            packed.append((item, body))
        body = b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (
            items[0],
            items[-1],
            len(items),
        )
        packed.append((outlines, body))
        return outlines


def _label(bookmark: str) -> bytes:
    """Return the label of a sheet's pages: K101-1, K101-2."""
    return b"<</S/D/P %s>>" % text_string(f"{bookmark}-")
