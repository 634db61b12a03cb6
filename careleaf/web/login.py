"""Signing in: the form that asks for the access key, and the session it opens."""

from __future__ import annotations

import asyncio
import contextlib

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from careleaf.web.app_state import state_of
from careleaf.web.auth import AFTER, local_path
from careleaf.web.forms import read_form

router = APIRouter(include_in_schema=False)

PAUSE = 1.0  # seconds that a wrong key costs


@router.get("/login")
async def login_page(request: Request) -> Response:
    """The form that asks for the access key."""
    state = state_of(request)
    after = local_path(request.query_params.get(AFTER, ""))
    return await state.page(
        request, "login.html.j2", state.words(request), is_wrong=False, after=after
    )


@router.post("/login")
async def login(request: Request) -> Response:
    """Open a session for whoever has the key, and go where they wanted to go."""
    state = state_of(request)
    form = (await read_form(request, state.auth)).fields
    words = state.words(request, form.get("ui", ""))
    after = local_path(form.get(AFTER, ""))
    if not state.auth.is_token(form.get("token", "")):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(PAUSE)
        return await state.page(
            request, "login.html.j2", words, 403, is_wrong=True, home="/login", after=after
        )
    answer = RedirectResponse(after, 303)
    answer.headers["Set-Cookie"] = state.auth.cookie(state.auth.open_session())
    return answer
