"""Pages, and values by number -> the balanced trees that a PDF keeps them in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from careleaf.pdf.objects import references
from careleaf.pdf.writer import PdfWriter

T = TypeVar("T")

FANOUT = 64  # kids of a node


class PageTree:
    """The tree of pages: the root, nodes of up to `FANOUT` sheets, a node a sheet, its pages."""

    def __init__(self, output: PdfWriter) -> None:
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
    return b"<</Type/Pages%s/Kids[%s]/Count %d>>" % (above, references(kids), count)


class NumberTree:
    """A number tree that grows at its end."""

    def __init__(self, output: PdfWriter) -> None:
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
            for some in batches(level):
                number = self._output.number()
                kids = references(kid for kid, _, _ in some)
                limits = (some[0][1], some[-1][2])
                packed.append((number, b"<</Limits[%d %d]/Kids[%s]>>" % (*limits, kids)))
                above.append((number, *limits))
            level = above
        root = self._output.number()
        packed.append((root, b"<</Kids[%s]>>" % references(kid for kid, _, _ in level)))
        return root


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), FANOUT):
        yield items[start : start + FANOUT]
