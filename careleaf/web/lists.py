"""The page for a list of children: read it, mend it, print it. All of it in memory, none of it kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from careleaf.child import VALUES
from careleaf.errors import HandoutError, codes, each, in_one_line
from careleaf.lists import intake
from careleaf.lists.rows import COLUMNS, OPTIONAL, REQUIRED
from careleaf.web.answers import FrameResponse, pdf_response, refusal, wants_page
from careleaf.web.app_state import AppState, state_of
from careleaf.web.forms import read_form
from careleaf.web.frames import frame
from careleaf.web.list_files import LineResult, merged, zipped
from careleaf.web.list_table import Checked, check, lines_of, said, table_of
from careleaf.web.middleware import HttpRefusal
from careleaf.web.renders import Renders
from careleaf.web.watcher import Snapshot, Words

router = APIRouter(include_in_schema=False)

KINDS = intake.ENDINGS
HEADS = {  # the page's labels over the columns that are not of a child
    "handout": "handout",
    "locale": "language",
    "size": "paper",
    "large_print": "large_print",
    "with": "second",
}


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
            raise HandoutError("the list is empty", "file", "", "list.empty")
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
        checked=[(one, said(one, words)) for one in checked],
        columns=COLUMNS,
        heads={value.column: value.label for value in VALUES} | HEADS,
        required=", ".join(REQUIRED),
        optional=", ".join(OPTIONAL),
        kinds=",".join(KINDS),
        handouts=snapshot.handouts,
        locales=snapshot.desk.content.locales,
        limit=limit,
        fault=_file_fault(fault, words, limit) if fault else (),
        broken=snapshot.faults,
    )


def _file_fault(fault: HandoutError, words: Words, limit: int) -> tuple[str, ...]:
    if fault.code == "list.too-long":
        return (words("list_long", most=str(limit)),)
    if fault.code == "list.empty":
        return (words("list_empty"),)
    return (words("list_unread"), *(str(one) for one in each(fault)))


# --- checking ------------------------------------------------------------------------------------


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
        {"lines": [{"line": one.row.line, "faults": said(one, words)} for one in checked]}
    )


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
        if wants_page(request):
            return await _page(request, state, snapshot, words, checked)
        return refusal(HandoutError(words("list_none"), "", "", "list.nothing-ready"), words)
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
        return _refused(one, *one.faults)
    try:
        return LineResult(one, await pool.make(snapshot.stand, one.order))
    except HandoutError as fault:
        return _refused(one, fault)
    except HttpRefusal as refused:
        return LineResult(one, None, refused.message)


def _refused(one: Checked, *faults: HandoutError) -> LineResult:
    message = "; ".join(in_one_line(fault) for fault in faults)
    return LineResult(one, None, message, " ".join(codes(fault) for fault in faults))
