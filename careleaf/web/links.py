"""What an EHR links to: Infobutton answers, blank sheets, and whether the page is up. No child in any."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from careleaf.content.codes import by_code, system
from careleaf.desk.desk import Desk
from careleaf.desk.infobutton import (
    ATOM,
    DISCHARGE,
    HTML,
    JSON,
    LANGUAGE,
    Feed,
    LinkedSheet,
    Question,
    UnreadableQuestion,
    as_atom,
    as_medlineplus_json,
    question,
)
from careleaf.errors import HandoutError
from careleaf.web import fields, openapi
from careleaf.web.answers import as_pdf, asked_as_bytes, faults_json
from careleaf.web.app_state import state_of

router = APIRouter(tags=["links"])


# --- Infobutton ---------------------------------------------------------------------------------


@router.get(
    "/infobutton",
    operation_id="infobutton",
    summary="Find the sheets for a code",
    response_class=Response,
    responses={**openapi.REFUSED, **openapi.INFOBUTTON_ANSWERS},
    openapi_extra=openapi.INFOBUTTON,
)
async def infobutton(request: Request) -> Response:
    """The clinic's own sheets for codes: links to blank PDFs, as HTML, Atom or JSON."""
    try:
        asked = question(request.query_params.multi_items(), request.headers.get("accept", ""))
    except UnreadableQuestion as unreadable:
        lines = (unreadable.message, unreadable.hint)
        return PlainTextResponse("\n".join(filter(None, lines)), unreadable.status)
    state = state_of(request)
    snapshot = await state.snapshot()
    desk = snapshot.desk
    if not asked.language and not snapshot.own_locale:
        return PlainTextResponse(f"{LANGUAGE} is missing, and clinic.yaml states no language", 400)
    found = await run_in_threadpool(answers, desk, asked)
    words = state.words(request, asked.language)
    if asked.media_type == HTML:
        return await state.page(
            request, "infobutton.html.j2", words, found=found, clinic=desk.content.clinic, home="/"
        )
    write = {ATOM: as_atom, JSON: as_medlineplus_json}[asked.media_type]
    base = state.settings.public_url or str(request.base_url).rstrip("/")
    feed = Feed(asked, found, desk.content.clinic.name, base, words.lang)
    return Response(write(feed), media_type=asked.media_type)


def answers(desk: Desk, asked: Question) -> tuple[LinkedSheet, ...]:
    """Return the clinic's sheets for a question; none where a code or the language is not served.

    In the order of the codes; for a discharge (DISCHINSTE) what to do at home comes first.
    """
    try:
        locale = desk.content.locale(asked.language)
    except HandoutError:
        return ()
    handouts = [desk.content.source(each).handout for each in desk.content.handouts]
    listed = by_code(handouts)
    ids: dict[str, None] = {}
    for one in asked.codes:
        known = system(one.system)
        if known:
            ids |= dict.fromkeys(listed.get((known.key, one.code), ()))
    ordered = list(ids)
    if asked.task == DISCHARGE:
        kinds = {handout.id: handout.kind for handout in handouts}
        ordered.sort(key=lambda each: kinds[each] != "home-care")
    found = (_linked(desk, handout, locale) for handout in ordered)
    return tuple(each for each in found if each is not None)


def _linked(desk: Desk, handout: str, locale: str) -> LinkedSheet | None:
    try:
        said = desk.content.wording(handout, locale).handout
    except HandoutError:
        return None  # not translated whole: there is no such sheet
    summary = said.key_message.plain if said.key_message else ""
    return LinkedSheet(handout, locale, said.title.plain, summary, said.reviewed, said.code)


# --- blank sheets -------------------------------------------------------------------------------

NO_SHEET: dict[int | str, dict[str, Any]] = {404: openapi.says("There is no such sheet.")}


@router.get(
    "/blank/{name}.pdf",
    operation_id="blank",
    summary="Get a sheet without a child",
    response_class=Response,
    responses={**openapi.REFUSED, **openapi.PDF, **NO_SHEET},
    openapi_extra=openapi.BLANK,
)
async def blank(request: Request) -> Response:
    """A sheet with lines to write on: /blank/<handout>.<locale>.pdf."""
    state = state_of(request)
    handout, _, locale = request.path_params["name"].rpartition(".")
    snapshot = await state.snapshot()
    wished = {"handout": handout, "locale": locale or "?"}
    wished |= {name: request.query_params.get(name, "") for name in ("size", "large_print")}
    try:
        order = fields.blank(snapshot.desk, fields.read(wished))
        async with state.pool.place() as pool:
            made = await pool.make(snapshot.stand, order)
    except HandoutError as fault:
        return JSONResponse({"faults": faults_json(fault)}, 404)
    return as_pdf(made, order, as_bytes=asked_as_bytes(request))


# --- whether the page is up ---------------------------------------------------------------------


@router.get(
    "/healthz",
    operation_id="healthz",
    summary="Ask whether sheets can be made",
    response_class=PlainTextResponse,
    responses={503: {"description": "A file of the clinic has a fault.", "content": openapi.TEXT}},
)
async def healthz(request: Request) -> Response:
    """`ok`, or 503 while clinic.yaml cannot be used. It says nothing else, and anyone may ask."""
    try:
        await state_of(request).snapshot()
    except HandoutError:
        return PlainTextResponse("a file of the clinic has a fault", 503)
    return PlainTextResponse("ok")
