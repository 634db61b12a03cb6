"""The page for a list of children: read it, mend it, print it. All of it in memory, none of it kept."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from dataclasses import field as slot
from functools import partial
from pathlib import Path

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from careleaf.batch.manifest import HEADER, MANIFEST, plain_cell
from careleaf.desk.desk import Desk
from careleaf.errors import Faults, HandoutError, each
from careleaf.lists import intake, roster
from careleaf.model import Order, Sheet, sheet_file
from careleaf.pdf.merge import MergeInput, merge_into
from careleaf.web.answers import FrameResponse, pdf_response, refusal, wants_page
from careleaf.web.app_state import AppState, state_of
from careleaf.web.fields import Fields, say
from careleaf.web.forms import Upload, read_form
from careleaf.web.frames import frame
from careleaf.web.middleware import HttpRefusal
from careleaf.web.renders import Renders
from careleaf.web.watcher import Snapshot, Words

router = APIRouter(include_in_schema=False)

THE_LIST = "list"  # what a message calls the file: its own name may hold anything
KINDS = intake.ENDINGS


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of the table, as it was written or mended."""

    line: int
    id: str = ""
    name: str = slot(default="", repr=False)
    procedure_date: str = slot(default="", repr=False)
    handout: str = ""
    locale: str = ""
    size: str = ""
    large_print: str = ""
    second: str = ""

    @property
    def cells(self) -> dict[str, str]:
        """The cells by the roster's column."""
        return {column: getattr(self, _slot_of(column)) for column in roster.COLUMNS}


@dataclass(frozen=True, slots=True)
class Checked:
    """A line with its order, or with its faults by column."""

    line: ListLine
    order: Order | None
    faults: tuple[HandoutError, ...] = ()


def _slot_of(column: str) -> str:
    return "second" if column == "with" else column


# --- reading ----------------------------------------------------------------------------------


@router.get("/list")
async def empty(request: Request) -> Response:
    """Where a list is brought."""
    state = state_of(request)
    words = state.words(request)
    return await _page(request, state, await state.snapshot(), words, ())


@router.post("/list")
async def read(request: Request) -> Response:
    """The list as a table, with what is wrong with each line."""
    state = state_of(request)
    sent = await read_form(request, state.auth)
    words = state.words(request, sent.fields.get("ui", ""))
    snapshot = await state.snapshot()
    limit = state.settings.limits.lines
    try:
        lines = (
            await run_in_threadpool(lines_of, sent.file, snapshot.desk, limit)
            if sent.file and (sent.file.content or sent.file.suffix)
            else table_of(sent.fields, limit)
        )
        if not lines:
            raise HandoutError("the list is empty", "file")
    except HandoutError as fault:
        return await _page(request, state, snapshot, words, (), fault)
    return await _page(
        request, state, snapshot, words, await run_in_threadpool(check, snapshot.desk, lines)
    )


async def _page(
    request: Request,
    state: AppState,
    snapshot: Snapshot,
    words: Words,
    checked: Sequence[Checked],
    fault: HandoutError | None = None,
) -> Response:
    limit = state.settings.limits.lines
    return await state.page(
        request,
        "list.html.j2",
        words,
        422 if fault else 200,
        home="/list",
        clinic=snapshot.desk.content.clinic,
        checked=[(one, _said(one, words)) for one in checked],
        columns=roster.COLUMNS,
        required=", ".join(roster.REQUIRED),
        optional=", ".join(roster.OPTIONAL),
        kinds=",".join(KINDS),
        handouts=snapshot.handouts,
        locales=snapshot.desk.content.locales,
        limit=limit,
        fault=_file_fault(fault, words, limit) if fault else (),
        broken=snapshot.faults,
    )


def _file_fault(fault: HandoutError, words: Words, limit: int) -> tuple[str, ...]:
    if fault.where == "lines":
        return (words("list_long", most=str(limit)),)
    if fault.where == "file":
        return (words("list_empty"),)
    return (words("list_unread"), *(str(one) for one in each(fault)))


def lines_of(file: Upload, desk: Desk, limit: int) -> tuple[ListLine, ...]:
    """Return the lines of a file. Raises HandoutError when it is no list, or a longer one."""
    with _as_path(file) as path:
        try:
            rows = list(
                _bounded(intake.reader(path, file.suffix, desk)(path, lambda text: None), limit)
            )
        except (Faults, HandoutError) as fault:
            where = fault.where.replace(str(path), THE_LIST)
            raise HandoutError(fault.message, where, fault.hint) from None
        except OSError:
            raise HandoutError("cannot be read", THE_LIST) from None
    return tuple(_line(row) for row in rows)


def _bounded(rows: Iterator[roster.Row], limit: int) -> Iterator[roster.Row]:
    for count, row in enumerate(rows, 1):
        if count > limit:
            raise HandoutError("the list is too long", "lines")
        yield row


def _line(row: roster.Row) -> ListLine:
    line = ListLine(
        row.line, row.id, row.name, row.procedure_date, row.handout, row.locale,
        row.size, row.large_print, row.second,
    )  # fmt: skip
    return replace(line, id=UNREAD + roster.said(row.fault)) if row.fault else line


UNREAD = "\0"  # before the reason why a line could not be read, instead of its id


@contextmanager
def _as_path(file: Upload) -> Iterator[Path]:
    """Give the bytes a path for the readers: of memory where the system has such, else a private file."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("list")
        try:
            with os.fdopen(os.dup(handle), "wb") as memory:
                memory.write(file.content)
            yield Path(f"/proc/self/fd/{handle}")
        finally:
            os.close(handle)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "list")
            path.write_bytes(file.content)
            path.chmod(0o600)
            yield path


def table_of(form: Mapping[str, str], limit: int) -> tuple[ListLine, ...]:
    """Return the lines of the table that the page sent back: fields `3.name`, 3 being the line.

    Raises HandoutError.
    """
    found: dict[int, dict[str, str]] = {}
    for name, value in form.items():
        number, _, column = name.partition(".")
        if column in roster.COLUMNS and number.isascii() and number.isdecimal() and len(number) < 9:
            found.setdefault(int(number), {})[_slot_of(column)] = value[: roster.LIMIT_CELL]
    if len(found) > limit:
        raise HandoutError("the list is too long", "lines")
    return tuple(ListLine(number, **cells) for number, cells in sorted(found.items()))


# --- checking ---------------------------------------------------------------------------------


@router.post("/list/check")
async def check_table(request: Request) -> Response:
    """What is wrong with each line of the table, as the page's script asks while it is mended."""
    state = state_of(request)
    form = (await read_form(request, state.auth)).fields
    words = state.words(request, form.get("ui", ""))
    snapshot = await state.snapshot()
    lines = table_of(form, state.settings.limits.lines)
    checked = await run_in_threadpool(check, snapshot.desk, lines)
    return JSONResponse(
        {"lines": [{"line": one.line.line, "faults": _said(one, words)} for one in checked]}
    )


def check(desk: Desk, lines: Sequence[ListLine]) -> tuple[Checked, ...]:
    """Return each line with its order or its faults; a sheet that is asked for twice is a fault."""
    seen: dict[tuple[str, str, str], int] = {}
    checked = []
    for line in lines:
        one = _check(desk, line)
        if one.order:
            order = one.order
            key = (order.patient.id.lower(), order.handout, order.locale)
            first = seen.setdefault(key, line.line)
            if first != line.line:
                fault = HandoutError(f"line {first} asks for the same sheet", "twice")
                one = Checked(line, None, (fault,))
        checked.append(one)
    return tuple(checked)


def _check(desk: Desk, line: ListLine) -> Checked:
    if line.id.startswith(UNREAD):
        empty_line = ListLine(line.line)
        return Checked(empty_line, None, (HandoutError(line.id[1:], "line"),))
    faults: list[HandoutError] = []
    order = None
    yes = line.large_print.strip().lower()
    if yes not in YES | NO:
        faults.append(
            HandoutError("neither yes nor no", "large_print", "write yes, no, or nothing")
        )
    try:
        roster.safe_id(line.id)
    except HandoutError as fault:
        faults.append(HandoutError(fault.message, "id", fault.hint))
    wish = Fields(
        line.handout.strip(), line.locale, line.name, line.procedure_date, "", line.id,
        line.size, yes in YES, line.second,
    )  # fmt: skip
    if not line.locale.strip():  # the clinic's own language is never taken for a child's
        faults.append(HandoutError("the locale is missing", "locale"))
    try:
        order = wish.order(desk)
    except HandoutError as fault:
        known = {one.where for one in faults}
        faults += [one for one in each(fault) if one.where not in known]
    if not faults and order:
        try:
            desk.content.edition(order.handout, order.locale, order.form)
        except HandoutError as fault:
            faults.append(HandoutError(roster.said(fault), "locale"))
            order = None
    return Checked(line, None if faults else order, tuple(faults))


YES = frozenset(("1", "yes", "y", "true", "x"))
NO = frozenset(("", "0", "no", "n", "false"))


def _said(one: Checked, words: Words) -> list[dict[str, str]]:
    """Return what the page says of a line: the column, and the words."""
    said = []
    for fault in one.faults:
        column = {"date": "procedure_date"}.get(fault.where, fault.where)
        if fault.where == "twice":
            said.append({"column": "id", "said": words("line_twice")})
        elif fault.where == "line":
            said.append({"column": "", "said": f"{words('line_unread')} {fault.message}"})
        elif fault.where == "locale" and "translat" in fault.message:
            said.append({"column": column, "said": f"{words('no_translation')}: {fault.message}"})
        else:
            said.append({"column": column, "said": say(fault, words)})
    return said


# --- making -----------------------------------------------------------------------------------


@router.post("/list/make")
async def make(request: Request) -> Response:
    """The sheets of every line that is ready: `do=pdf` as one PDF, `do=zip` with the manifest.

    The page's script gets a line of progress a sheet first; a browser without it the file alone.
    """
    state = state_of(request)
    form = (await read_form(request, state.auth)).fields
    words = state.words(request, form.get("ui", ""))
    snapshot = await state.snapshot()
    checked = await run_in_threadpool(
        check, snapshot.desk, table_of(form, state.settings.limits.lines)
    )
    if not any(one.order for one in checked):
        fault = HandoutError("no line is ready", "file")
        if wants_page(request):
            return await _page(request, state, snapshot, words, checked)
        return refusal(HandoutError(words("list_none"), fault.where), words)
    as_zip = form.get("do") == "zip"
    work = partial(
        _file_of, state, snapshot, checked, as_zip=as_zip, duplex=bool(form.get("duplex"))
    )
    if not wants_page(request):
        return FrameResponse(lambda: _told(work), words)
    content = b""
    async for piece in work():
        content = piece if isinstance(piece, bytes) else content
    if as_zip:
        headers = {"Content-Disposition": 'attachment; filename="sheets.zip"'}
        return Response(content, media_type="application/zip", headers=headers)
    return pdf_response(content, "sheets")


@dataclass(frozen=True, slots=True)
class Told:
    """How far a list is."""

    done: int
    total: int
    made: int


async def _told(work: Callable[[], AsyncIterator[Told | bytes]]) -> AsyncIterator[bytes]:
    last = Told(0, 0, 0)
    async for piece in work():
        if isinstance(piece, bytes):
            yield frame({"made": last.made, "refused": last.total - last.made}, piece)
        else:
            last = piece
            yield frame({field.name: getattr(piece, field.name) for field in fields(piece)})


async def _file_of(
    state: AppState, snapshot: Snapshot, checked: Sequence[Checked], *, as_zip: bool, duplex: bool
) -> AsyncIterator[Told | bytes]:
    """Yield how far it is after each line, and the file at the end."""
    async with state.pool.place(is_list=True) as pool:
        results: list[LineResult] = []
        made = 0
        yield Told(0, len(checked), 0)
        async for result in _results(pool, snapshot, checked, state.settings.workers):
            results.append(result)
            made += result.sheet is not None
            yield Told(len(results), len(checked), made)
        for result in results:
            if result.sheet and result.one.order:
                state.watcher.used(result.one.order.locale)
        yield await run_in_threadpool(zipped if as_zip else partial(merged, duplex=duplex), results)


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of a line."""

    one: Checked
    sheet: Sheet | None
    message: str = ""


async def _results(
    pool: Renders, snapshot: Snapshot, checked: Sequence[Checked], workers: int
) -> AsyncIterator[LineResult]:
    """Yield the results in the order of the list; no more is asked for than there are processes.

    So a nurse who wants one sheet meanwhile waits for one other, not for the whole list.
    """
    tasks: list[asyncio.Task[LineResult]] = []
    try:
        for at, _ in enumerate(checked):
            for ahead in checked[len(tasks) : at + workers]:
                tasks.append(asyncio.create_task(_result(pool, snapshot, ahead)))
            yield await tasks[at]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _result(pool: Renders, snapshot: Snapshot, one: Checked) -> LineResult:
    if one.order is None:
        return LineResult(one, None, "; ".join(roster.said(fault) for fault in one.faults))
    try:
        return LineResult(one, await pool.make(snapshot.stand, one.order))
    except HandoutError as fault:
        return LineResult(one, None, roster.said(fault))
    except HttpRefusal as refused:
        return LineResult(one, None, refused.message)


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
            name = _file_name(result)
            digest = ""
            if result.sheet:
                archive.writestr(name, result.sheet.pdf)
                digest = hashlib.sha256(result.sheet.pdf).hexdigest()
            writer.writerow(_manifest_line(result, digest))
        archive.writestr(MANIFEST, table.getvalue().encode())
    return content.getvalue()


def _file_name(result: LineResult) -> str:
    order = result.one.order
    return sheet_file(order.patient.id, order.handout, order.locale) if order else ""


def _manifest_line(result: LineResult, digest: str) -> tuple[object, ...]:
    order, line = result.one.order, result.one.line.line
    message = plain_cell(result.message)
    if order is None:
        return line, _sound_id(result.one.line.id), "", "", "refused", "", "", message
    pages = result.sheet.pages if result.sheet else ""
    status = "made" if result.sheet else "refused"
    return line, order.patient.id, order.handout, order.locale, status, pages, digest, message


def _sound_id(text: str) -> str:
    try:
        return roster.safe_id(text)
    except HandoutError:
        return ""


__all__ = ["Checked", "ListLine", "check", "lines_of", "merged", "router", "table_of", "zipped"]
