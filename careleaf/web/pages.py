"""The page for one child: the form, its preview, the sheet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as slot
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from careleaf.child import VALUES
from careleaf.errors import HandoutError, each, raise_all
from careleaf.model import SIZES, Blank, Order, Sheet
from careleaf.web import fields, print_queue
from careleaf.web.answers import FrameResponse, as_pdf, faults_json, refusal, told, wants_page
from careleaf.web.app_state import AppState, state_of
from careleaf.web.forms import read_form
from careleaf.web.frames import CONTENT_TYPE, frame
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
    return await _form(request, FormPost(state, words, snapshot, _empty(snapshot)))


@router.post("/")
async def kept_form(request: Request) -> Response:
    """The form as it was, in another language of the page."""
    return await _form(request, await _posted(request))


def _empty(snapshot: Snapshot) -> dict[str, str]:
    return {fields.DAY: snapshot.desk.content.today.isoformat()}


@dataclass(frozen=True, slots=True)
class FormPost:
    """A form as it was sent, and what it is answered with."""

    state: AppState
    words: Words
    snapshot: Snapshot
    form: Mapping[str, str] = slot(repr=False)

    @property
    def what(self) -> str:
        """What the button that was pressed asks for."""
        return self.form.get("do", "")

    def wished(self, *, is_blank: bool) -> Order | Blank:
        """Return the sheet that is wished for. Raises HandoutError or Faults at the form's fields."""
        desk, asked = self.snapshot.desk, fields.read(self.form)
        faults = list(_language_faults(self.form, self.snapshot))
        order: Order | Blank | None = None
        try:
            order = (
                fields.blank(desk, asked)
                if is_blank
                else fields.order(desk, asked, hour_at=fields.HOUR)
            )
        except HandoutError as fault:
            told_already = {one.where for one in faults}
            faults += [one for one in each(fault) if one.where not in told_already]
        raise_all(sorted(faults, key=fields.place_on_page))
        assert order is not None  # noqa: S101  no fault, so there is one
        return order


async def _posted(request: Request) -> FormPost:
    state = state_of(request)
    form = (await read_form(request, state.auth)).fields
    words = state.words(request, form.get("ui", ""))
    return FormPost(state, words, await state.snapshot(), form)


async def _form(
    request: Request, post: FormPost, fault: HandoutError | None = None, sent: str = ""
) -> Response:
    state, words, snapshot = post.state, post.words, post.snapshot
    typed = fields.typed(post.form)
    desk = snapshot.desk
    locales = await run_in_threadpool(state.watcher.locales, desk, words)
    recent = [choice for tag in state.watcher.recent for choice in locales if choice.tag == tag]
    values: dict[str, Any] = {
        "clinic": desk.content.clinic,
        "handouts": sorted(snapshot.handouts, key=lambda one: one.title(words.tag).casefold()),
        "locales": locales,
        "recent": recent,
        "chosen_locale": typed["locale"] if fault else typed["locale"] or _usual(snapshot),
        "child": VALUES,
        "typed": typed,
        "papers": PAPERS,
        "paper": typed["size"] if typed["size"] in SIZES else desk.form().size,
        "said": {one.where: fields.say(one, words) for one in each(fault)} if fault else {},
        "broken": snapshot.faults,
        "sent": sent,
        "today": desk.content.today,
    }
    behind = {*fields.FIELDS} - {"handout", "locale", *(v.key for v in VALUES if v.needed)}
    values["options_open"] = bool(
        behind & values["said"].keys() or typed["with"] or typed["large_print"]
    )
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


def _language_faults(form: Mapping[str, str], snapshot: Snapshot) -> Iterator[HandoutError]:
    """Yield what is wrong with the form's languages: each is one of its list, or it is a fault."""
    handout = next((one for one in snapshot.handouts if one.id == form.get("handout")), None)
    for field, tag in ((name, form.get(name, "")) for name in ("locale", "with")):
        if field == "with" and not tag:
            continue
        if tag not in snapshot.desk.content.locales:
            yield HandoutError(
                "the language is none of the list", field, "choose one", "locale.not-listed"
            )
        elif handout and not handout.is_in(tag):
            yield HandoutError(
                "the handout has no such translation", field, "choose another", "locale.lacking"
            )


# --- the preview ------------------------------------------------------------------------------


@router.post("/preview")
async def preview(request: Request) -> Response:
    """The pages of the sheet as pictures: a line about the sheet, then one frame a page."""
    post = await _posted(request)
    width = post.form.get("width", "")
    try:
        order = post.wished(is_blank=not post.form.get("name", "").strip())
    except HandoutError as fault:  # not a failure: the form is not filled in yet
        return Response(frame(told(fault, post.words)), media_type=CONTENT_TYPE)
    pixels = min(int(width), WIDEST) if width.isdecimal() and len(width) < 6 else WIDTH
    return FrameResponse(partial(_pictures, post.state, post.snapshot, order, pixels), post.words)


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
    post = await _posted(request)
    try:
        order = post.wished(is_blank=post.what == "blank")
        made = await _made(post, order)
    except HandoutError as fault:
        return await _refused(request, post, fault)
    return as_pdf(made, order, is_download=post.what == "download")


@router.post("/print")
async def print_sheet(request: Request) -> Response:
    """The sheet straight to the clinic's queue."""
    post = await _posted(request)
    queue = post.snapshot.desk.content.clinic.print_queue
    try:
        if not queue:
            raise HandoutError(
                "no queue is set", "print_queue", "name one in clinic.yaml", "print.no-queue"
            )
        order = post.wished(is_blank=post.what == "blank")
        made = await _made(post, order)
        await run_in_threadpool(print_queue.send, queue, order, made)
    except HandoutError as fault:
        return await _refused(request, post, fault)
    said = post.words("sent", queue=queue)
    if wants_page(request):
        return await _form(request, replace(post, form=_empty(post.snapshot)), sent=said)
    return JSONResponse({"said": said})


async def _refused(request: Request, post: FormPost, fault: HandoutError) -> Response:
    """Return the form with what is wrong in it, to a person or to the page's script."""
    if wants_page(request):
        return await _form(request, post, fault)
    return refusal(fault, post.words)


async def _made(post: FormPost, order: Order | Blank) -> Sheet:
    async with post.state.pool.place() as pool:
        made = await pool.make(post.snapshot.stand, order)
    post.state.watcher.used(order.locale)
    return made


# --- a clinic.yaml that cannot be used ---------------------------------------------------------


async def broken(request: Request, fault: HandoutError) -> Response:
    """What is answered while clinic.yaml, or the page's own words, cannot be used: file and line."""
    state = state_of(request)
    if not wants_page(request):
        return JSONResponse({"faults": faults_json(fault)}, 500)
    words = state.words(request)
    return await state.page(request, "broken.html.j2", words, 500, faults=each(fault), home="/")
