"""One print job: every page, every tag, every language, and one bookmark a child."""

from __future__ import annotations

import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from builders import a_request

from careleaf.errors import HandoutError
from careleaf.pdf import verify
from careleaf.pdf.merge import Merged, MergeInput, merge

ROOT = Path(__file__).resolve().parents[2]
CHILDREN = (
    ("K1", "Zoë Quill", "bone-biopsy", "en"),
    ("K2", "محمد الحسيني", "bone-marrow-biopsy-at-home", "ar"),
    ("K3", "Łukasz", "bone-biopsy", "en"),
)


@pytest.fixture(scope="module")
def leaves(tmp_path_factory: pytest.TempPathFactory) -> list[MergeInput]:
    """Three sheets as the desk makes them, in two languages."""
    from careleaf.desk.desk import Desk
    from careleaf.paths import Root

    folder = tmp_path_factory.mktemp("sheets")
    desk = Desk.at(Root.at(), date(2026, 11, 23))
    made = []
    for id, name, handout, locale in CHILDREN:
        order = desk.order(a_request(handout, name=name, date="2026-11-24", locale=locale, id=id))
        path = folder / f"{id}.pdf"
        path.write_bytes(desk.make(order).pdf)
        made.append(MergeInput(id, path))
    return made


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "day.pdf"


def texts(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def pictures(path: Path) -> list[bytes]:
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.render(scale=0.5).to_pil().tobytes() for page in pdf]


def outline(path: Path) -> list[tuple[str, int]]:
    """Return (title, page from 0) of each bookmark."""
    with pypdfium2.PdfDocument(path) as pdf:
        return [(mark.get_title(), mark.get_dest().get_index()) for mark in pdf.get_toc()]


def tag_tree(element: pikepdf.Object) -> object:
    """Return an element's type and those of what is in it; marks and links as they are."""
    if not isinstance(element, pikepdf.Dictionary):
        return int(element)
    if "/S" not in element:
        return str(element.get("/Type"))
    kids = element.get("/K", pikepdf.Array())
    kids = kids if isinstance(kids, pikepdf.Array) else [kids]
    return str(element.S), [tag_tree(kid) for kid in kids]


def test_every_page_is_there_in_order_with_its_text_and_its_look(leaves, target):
    merged = merge(leaves, target)

    expected = [text for leaf in leaves for text in texts(leaf.file)]
    assert texts(target) == expected
    assert pictures(target) == [picture for leaf in leaves for picture in pictures(leaf.file)]
    assert merged == Merged(3, len(expected), target.stat().st_size)


def test_the_print_job_is_as_accessible_and_archival_as_each_sheet(leaves, target):
    if lacking := verify.missing_tool():
        pytest.skip(lacking)
    merge(leaves, target, duplex=True)

    (verdict,) = verify.verify([target])

    assert verdict.is_good, [str(failing) for failing in verdict.failing]


def test_each_sheet_keeps_its_tags_and_its_language(leaves, target):
    merge(leaves, target)

    with pikepdf.open(target) as pdf:
        (document,) = pdf.Root.StructTreeRoot.K
        parts = list(document.K)
        assert str(document.S) == "/Document"
        assert [str(part.Lang) for part in parts] == ["en", "ar", "en"]
        for part, leaf in zip(parts, leaves, strict=True):
            with pikepdf.open(leaf.file) as sheet:
                (top,) = sheet.Root.StructTreeRoot.K
                assert tag_tree(part)[1] == tag_tree(top)[1]


def test_every_mark_on_a_page_leads_to_its_tag(leaves, target):
    """The parent tree: what a reader asks for when it is pointed at a word."""
    merge(leaves, target)

    with pikepdf.open(target) as pdf:
        tree = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
        for page in pdf.pages:
            owners = [owner for owner in tree[int(page.obj.StructParents)] if owner is not None]
            assert owners and all(str(owner.Type) == "/StructElem" for owner in owners)
        assert int(pdf.Root.StructTreeRoot.ParentTreeNextKey) == max(tree) + 1


def test_there_is_one_bookmark_a_child_by_id(leaves, target):
    first, second, third = leaves
    merge([first, MergeInput("K1", second.file), third], target)

    pages = [len(texts(leaf.file)) for leaf in leaves]
    assert outline(target) == [("K1", 0), ("K3", pages[0] + pages[1])]


def test_pages_are_labelled_by_id(leaves, target):
    merge(leaves, target, duplex=True)

    with pikepdf.open(target) as pdf:
        labels = [page.label for page in pdf.pages]
    assert labels[:2] == ["K1-1", "K1-2"]
    assert {label.split("-")[0] for label in labels} == {"K1", "K2", "K3"}


def test_duplex_begins_each_sheet_on_a_leaf_of_its_own(leaves, target):
    merged = merge(leaves, target, duplex=True)

    assert all(page % 2 == 0 for _, page in outline(target))
    expected = sum(count + count % 2 for count in (len(texts(leaf.file)) for leaf in leaves))
    assert merged.pages == expected


def test_a_sheet_of_an_odd_number_of_pages_gets_an_empty_one(leaves, target, tmp_path):
    short = tmp_path / "short.pdf"
    with pikepdf.open(leaves[0].file) as pdf:
        while len(pdf.pages) > 1:
            del pdf.pages[-1]
        pdf.save(short)

    merged = merge([MergeInput("K1", short), MergeInput("K2", short)], target, duplex=True)

    found = texts(target)
    assert merged.pages == 4
    assert [bool(text.strip()) for text in found] == [True, False, True, False]
    with pikepdf.open(target) as pdf:
        assert pdf.pages[1].obj.MediaBox == pdf.pages[0].obj.MediaBox
        assert "/StructParents" not in pdf.pages[1].obj


def test_without_duplex_a_sheet_of_an_odd_number_of_pages_stays_as_it_is(leaves, target, tmp_path):
    short = tmp_path / "short.pdf"
    with pikepdf.open(leaves[0].file) as pdf:
        while len(pdf.pages) > 1:
            del pdf.pages[-1]
        pdf.save(short)

    merged = merge([MergeInput("K1", short), leaves[1], MergeInput("K3", short)], target)

    found = texts(target)
    assert [page for _, page in outline(target)] == [0, 1, merged.pages - 1]
    assert merged.pages == len(found) == 2 + len(texts(leaves[1].file))
    assert all(text.strip() for text in found)


def test_what_sheets_share_is_in_the_file_once(leaves, target):
    merge([leaves[0]] * 20, target)

    with pikepdf.open(target) as pdf:
        faces = [
            one
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and "/FontFile2" in one
        ]
        alone = leaves[0].file.stat().st_size
    with pikepdf.open(leaves[0].file) as pdf:
        expected = [
            one
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and "/FontFile2" in one
        ]
    assert len(faces) == len(expected)
    assert target.stat().st_size < 20 * alone * 0.75


def test_the_file_says_nothing_of_the_children(leaves, target):
    merge(leaves, target)

    with pikepdf.open(target) as pdf:
        metadata = pdf.Root.Metadata.read_bytes().decode()
        assert "3 sheets" in metadata
        assert not any(name in metadata for _, name, _, _ in CHILDREN)
        assert "/Info" not in pdf.trailer


def test_it_is_readable_by_its_owner_alone_and_leaves_nothing_beside_it(leaves, target):
    merge(leaves, target)

    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["day.pdf"]


def test_the_same_sheets_give_the_same_bytes(leaves, target, tmp_path):
    merge(leaves, target)
    merge(leaves, tmp_path / "again.pdf")

    assert target.read_bytes() == (tmp_path / "again.pdf").read_bytes()


def test_a_file_that_is_no_sheet_is_named_and_the_old_print_job_stays(leaves, target, tmp_path):
    target.write_bytes(b"old")
    (tmp_path / "K9.pdf").write_bytes(b"no PDF")

    with pytest.raises(HandoutError, match=r"K9\.pdf: cannot be merged"):
        merge([leaves[0], MergeInput("K9", tmp_path / "K9.pdf")], target)

    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["K9.pdf", "day.pdf"]


def test_no_sheets_make_no_file(target):
    with pytest.raises(HandoutError, match="there is no sheet to merge"):
        merge([], target)

    assert not target.exists()


PROGRAM = r"""
import re, sys
from pathlib import Path
from careleaf.pdf.merge import MergeInput, merge
sheet, target = Path(sys.argv[1]), Path(sys.argv[2])
def peak(count):
    merge((MergeInput(f"K{n}", sheet) for n in range(count)), target)
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
print(peak(100), peak(1000))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_long_day_needs_hardly_more_memory_than_a_short_one(leaves, target):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, leaves[0].file, target],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip

    short, long = map(int, done.stdout.split())
    assert long - short < 12_000  # kilobytes for 900 sheets more
    assert long < 120_000
