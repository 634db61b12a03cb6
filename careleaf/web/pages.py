"""The page for one child: the form, its preview, the sheet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from careleaf.errors import HandoutError, each, raise_all
from careleaf.model import SIZES, Order, Sheet
from careleaf.web import print_queue
from careleaf.web.answers import FrameResponse, as_pdf, faults_json, refusal, told, wants_page
from careleaf.web.app_state import AppState, state_of
from careleaf.web.fields import Fields, place_on_page, say
from careleaf.web.forms import read_form
from careleaf.web.frames import CONTENT_TYPE, frame
from careleaf.web.renders import Blank
from careleaf.web.watcher import Snapshot, Words, is_draft

router = APIRouter(include_in_schema=False)

PAPERS = {"a4": "A4", "letter": "Letter"}  # names of papers, the same in every language
WIDTH, WIDEST = 900, 1600  # pixels of a preview


@router.get("/")
async def form(request: Request) -> Response:
    """The empty form."""
    state = state_of(request)
    words = state.words(request)
    snapshot = await state.snapshot()
    return await _form(
        request, state, snapshot, words, Fields(date=snapshot.desk.content.today.isoformat())
    )


@router.post("/")
async def kept_form(request: Request) -> Response:
    """The form as it was, in another language of the page."""
    state = state_of(request)
    form = (await read_form(request, state.auth)).fields
    words = state.words(request, form.get("ui", ""))
    return await _form(request, state, await state.snapshot(), words, Fields.read(form))


async def _form(
    request: Request,
    state: AppState,
    snapshot: Snapshot,
    words: Words,
    fields: Fields,
    fault: HandoutError | None = None,
    sent: str = "",
) -> Response:
    desk = snapshot.desk
    locales = await run_in_threadpool(state.watcher.locales, desk, words)
    recent = [choice for tag in state.watcher.recent for choice in locales if choice.tag == tag]
    values: dict[str, Any] = {
        "clinic": desk.content.clinic,
        "handouts": sorted(snapshot.handouts, key=lambda one: one.title(words.tag).casefold()),
        "locales": locales,
        "recent": recent,
        "chosen_locale": fields.locale if fault else fields.locale or _usual(snapshot),
        "fields": fields,
        "papers": PAPERS,
        "paper": fields.size if fields.size in SIZES else desk.form().size,
        "said": {one.where: say(one, words) for one in each(fault)} if fault else {},
        "broken": snapshot.faults,
        "sent": sent,
        "today": desk.content.today,
    }
    return await state.page(request, "desk.html.j2", words, 422 if fault else 200, **values)


def _usual(snapshot: Snapshot) -> str:
    """Return the locale that stands in an empty form: the clinic's own, if it states one.

    Of the list, the nearest to it; nothing where the list has none.
    """
    content = snapshot.desk.content
    if not snapshot.own_locale:
        return ""
    try:
        steps = content.chain(content.locale(snapshot.own_locale))
    except HandoutError:
        return ""
    return next((step for step in steps if step in content.locales), "")


def _read(fields: Fields, snapshot: Snapshot, *, blank: bool = False) -> Order | Blank:
    """Return what the form asks for, in a language from its list and no other.

    Raises HandoutError or Faults, `where` being a field's name.
    """
    faults = list(_language_faults(fields, snapshot))
    order: Order | Blank | None = None
    try:
        order = fields.blank(snapshot.desk) if blank else fields.order(snapshot.desk)
    except HandoutError as fault:
        told_already = {one.where for one in faults}
        faults += [one for one in each(fault) if one.where not in told_already]
    raise_all(sorted(faults, key=place_on_page))
    assert order is not None  # noqa: S101  no fault, so there is one
    return order


def _language_faults(fields: Fields, snapshot: Snapshot) -> Iterator[HandoutError]:
    handout = next((one for one in snapshot.handouts if one.id == fields.handout), None)
    for place, tag in (("locale", fields.locale), ("with", fields.second)):
        if place == "with" and not tag:
            continue
        if tag not in snapshot.desk.content.locales:
            yield HandoutError(
                "the language is none of the list", place, "choose one", "locale.not-listed"
            )
        elif handout and not handout.is_in(tag):
            yield HandoutError(
                "the handout has no such translation", place, "choose another", "locale.lacking"
            )


# --- the preview ------------------------------------------------------------------------------


@router.post("/preview")
async def preview(request: Request) -> Response:
    """The pages of the sheet as pictures: a line about the sheet, then one frame a page."""
    state = state_of(request)
    form = (await read_form(request, state.auth)).fields
    words = state.words(request, form.get("ui", ""))
    snapshot = await state.snapshot()
    fields = Fields.read(form)
    width = form.get("width", "")
    try:
        order = _read(fields, snapshot, blank=not fields.has_child)
    except HandoutError as fault:  # not a failure: the form is not filled in yet
        return Response(frame(told(fault, words)), media_type=CONTENT_TYPE)
    pixels = min(int(width), WIDEST) if width.isdecimal() and len(width) < 6 else WIDTH
    return FrameResponse(partial(_pictures, state, snapshot, order, pixels), words)


async def _pictures(
    state: AppState, snapshot: Snapshot, order: Order | Blank, width: int
) -> AsyncIterator[bytes]:
    async with state.pool.place() as pool:
        sheet = await pool.make(snapshot.stand, order)
        draft = await run_in_threadpool(is_draft, snapshot.desk, order.handout, order.locale)
        yield frame(
            {
                "pages": sheet.pages,
                "way": sheet.way,
                "draft": draft,
                "blank": isinstance(order, Blank),
            }
        )
        drawing = [
            asyncio.create_task(pool.draw(sheet.pdf, page, width)) for page in range(sheet.pages)
        ]
        try:
            for page, task in enumerate(drawing, 1):
                drawn = await task
                yield frame({"page": page, "width": drawn.width, "height": drawn.height}, drawn.png)
        finally:
            for task in drawing:
                task.cancel()
            await asyncio.gather(*drawing, return_exceptions=True)


# --- the sheet --------------------------------------------------------------------------------


@router.post("/sheet")
async def sheet(request: Request) -> Response:
    """The sheet, to look at and print; with `do=download` to save, with `do=blank` without a child."""
    state = state_of(request)
    form = (await read_form(request, state.auth)).fields
    words = state.words(request, form.get("ui", ""))
    snapshot = await state.snapshot()
    fields = Fields.read(form)
    what = form.get("do", "")
    try:
        order = _read(fields, snapshot, blank=what == "blank")
        made = await _made(state, snapshot, order)
    except HandoutError as fault:
        if wants_page(request):
            return await _form(request, state, snapshot, words, fields, fault)
        return refusal(fault, words)
    return as_pdf(made, order, is_download=what == "download")


@router.post("/print")
async def print_sheet(request: Request) -> Response:
    """The sheet straight to the clinic's queue."""
    state = state_of(request)
    form = (await read_form(request, state.auth)).fields
    words = state.words(request, form.get("ui", ""))
    snapshot = await state.snapshot()
    fields = Fields.read(form)
    queue = snapshot.desk.content.clinic.print_queue
    try:
        if not queue:
            raise HandoutError(
                "no queue is set", "print_queue", "name one in clinic.yaml", "print.no-queue"
            )
        order = _read(fields, snapshot, blank=form.get("do") == "blank")
        made = await _made(state, snapshot, order)
        await run_in_threadpool(print_queue.send, queue, order, made)
    except HandoutError as fault:
        if wants_page(request):
            return await _form(request, state, snapshot, words, fields, fault)
        return refusal(fault, words)
    said = words("sent", queue=queue)
    if wants_page(request):
        return await _form(
            request,
            state,
            snapshot,
            words,
            Fields(date=snapshot.desk.content.today.isoformat()),
            sent=said,
        )
    return JSONResponse({"said": said})


async def _made(state: AppState, snapshot: Snapshot, order: Order | Blank) -> Sheet:
    async with state.pool.place() as pool:
        made = await pool.make(snapshot.stand, order)
    state.watcher.used(order.locale)
    return made


# --- a clinic.yaml that cannot be used ---------------------------------------------------------


async def broken(request: Request, fault: HandoutError) -> Response:
    """What is answered while clinic.yaml, or the page's own words, cannot be used: file and line."""
    state = state_of(request)
    if not wants_page(request):
        return JSONResponse({"faults": faults_json(fault)}, 500)
    words = state.words(request)
    return await state.page(request, "broken.html.j2", words, 500, faults=each(fault), home="/")
