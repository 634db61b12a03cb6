"""The door for an EHR: HL7 Infobutton, URL-based."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from careleaf.desk.infobutton import (
    ATOM,
    HTML,
    TYPES,
    UnreadableQuestion,
    answers,
    as_atom,
    as_json,
    question,
)
from careleaf.web.api import REFUSED
from careleaf.web.app_state import state_of

router = APIRouter(tags=["infobutton"])


def _in(*media_types: str) -> dict[str, dict[str, dict[str, str]]]:
    return {media_type: {"schema": {"type": "string"}} for media_type in media_types}


ANSWERS: dict[int | str, dict[str, Any]] = {
    **REFUSED,
    200: {
        "description": "The sheets for this code.",
        "content": _in(*dict.fromkeys(TYPES.values())),
    },
    400: {"description": "A parameter is missing or wrong.", "content": _in("text/plain")},
    415: {"description": "There is no answer of this type.", "content": _in("text/plain")},
}


@router.get("/infobutton", response_class=Response, responses=ANSWERS)
async def infobutton(request: Request) -> Response:
    """The clinic's own sheets for a code: links to blank PDFs, as HTML, Atom, JSON or JSONP."""
    try:
        asked = question(request.query_params)
    except UnreadableQuestion as refused:
        return PlainTextResponse(refused.message, refused.status)
    state = state_of(request)
    desk = (await state.snapshot()).desk
    found = await run_in_threadpool(answers, desk, asked)
    words = state.words(request, asked.language)
    if asked.media_type == HTML:
        return await state.page(
            request, "infobutton.html.j2", words, found=found, clinic=desk.content.clinic, home="/"
        )
    write = as_atom if asked.media_type == ATOM else as_json
    base = str(request.base_url).rstrip("/")
    body = write(asked, found, desk.content.clinic.name, base, words.lang)
    return Response(body, media_type=asked.media_type)
