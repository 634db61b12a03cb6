"""The sheets of a list as one file: a PDF to print, or a zip with the manifest."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from careleaf.batch.manifest import HEADER, MANIFEST, plain_cell
from careleaf.errors import HandoutError
from careleaf.lists.tasks import safe_id
from careleaf.model import Sheet, sheet_file
from careleaf.pdf.merge import MergeInput, merge_into
from careleaf.web.list_table import Checked


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of a line; `code` is that of each fault, with spaces between."""

    one: Checked
    sheet: Sheet | None
    message: str = ""
    code: str = ""


def merged(results: Sequence[LineResult], *, duplex: bool) -> bytes:
    """Return all the sheets as one PDF. Raises HandoutError if there is none."""
    leaves = [
        MergeInput(result.one.order.patient.id, io.BytesIO(result.sheet.pdf))
        for result in results
        if result.sheet and result.one.order
    ]
    file = io.BytesIO()
    merge_into(file, leaves, duplex=duplex)
    return file.getvalue()


def zipped(results: Sequence[LineResult]) -> bytes:
    """Return the sheets and the manifest as a zip file, as `batch` names and writes them."""
    content = io.BytesIO()
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(HEADER)
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for result in results:
            digest = ""
            if result.sheet:
                archive.writestr(_file_name(result), result.sheet.pdf)
                digest = hashlib.sha256(result.sheet.pdf).hexdigest()
            writer.writerow(_manifest_line(result, digest))
        archive.writestr(MANIFEST, table.getvalue().encode())
    return content.getvalue()


def _file_name(result: LineResult) -> str:
    order = result.one.order
    return sheet_file(order.patient.id, order.handout, order.locale) if order else ""


def _manifest_line(result: LineResult, digest: str) -> tuple[object, ...]:
    order, row = result.one.order, result.one.row
    message = plain_cell(result.message)
    if order is None:
        asked = (_sound_id(row.request.id), "", "")
    else:
        asked = (order.patient.id, order.handout, order.locale)
    pages = result.sheet.pages if result.sheet else ""
    status = "made" if result.sheet else "refused"
    return row.line, *asked, status, pages, digest, message, result.code


def _sound_id(text: str) -> str:
    try:
        return safe_id(text)
    except HandoutError:
        return ""
