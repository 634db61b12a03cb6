"""The app: its parts, its routes, and how faults are answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from careleaf import __version__
from careleaf.errors import HandoutError
from careleaf.paths import Root
from careleaf.web import api, assets, links, lists, login, openapi, pages
from careleaf.web.app_state import AppState
from careleaf.web.auth import Auth
from careleaf.web.middleware import CODES, WebMiddleware
from careleaf.web.renders import Renders
from careleaf.web.settings import Settings
from careleaf.web.watcher import ContentWatcher

ROUTERS: tuple[APIRouter, ...] = (
    pages.router,
    lists.router,
    api.router,
    assets.router,
    links.router,
    login.router,
)

ABOUT = """Handouts for families, as PDFs with a child's name and real dates.

Values about a child travel in request bodies only, and nothing of them is kept."""


def create_app(
    root: Root, settings: Settings, today: Callable[[], date], *, use_stencil: bool = True
) -> FastAPI:
    """Return the whole app; its processes are started as they are needed and end with it."""
    state = AppState(
        ContentWatcher(root, today, use_stencil),
        settings,
        Auth(settings),
        Renders(settings.workers, settings.limits),
    )
    app = FastAPI(
        title="Careleaf",
        version=__version__,
        description=ABOUT,
        docs_url=None,  # both would load scripts from afar
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
    )
    app.state.careleaf = state
    app.add_middleware(WebMiddleware, settings=settings, auth=state.auth)
    app.add_exception_handler(HandoutError, _handout_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    for router in ROUTERS:
        app.include_router(router)
    openapi.describe(app, settings)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state: AppState = app.state.careleaf
    warming = asyncio.create_task(_warm_up(state))
    try:
        yield
    finally:
        warming.cancel()
        state.pool.close()


async def _warm_up(state: AppState) -> None:
    with suppress(HandoutError):  # a broken file is told to whoever asks
        stand = (await state.snapshot()).stand
        await state.pool.warm_up(stand)
        await state.pool.lay_out_ahead(stand)


async def _handout_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HandoutError)  # noqa: S101  registered for it
    return await pages.broken(request, error)


async def _validation_error(request: Request, error: Exception) -> Response:
    """The field and the fault; never the value, which FastAPI would repeat."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for it
    faults = [
        {
            "field": ".".join(str(part) for part in item["loc"][1:]),
            "message": str(item["msg"]),
            "hint": "",
            "code": CODES[422],
        }
        for item in error.errors()[:20]
    ]
    return JSONResponse({"faults": faults}, 422)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for it
    code = CODES.get(error.status_code, CODES[400])
    fault = {"field": "", "message": str(error.detail), "hint": "", "code": code}
    return JSONResponse({"faults": [fault]}, error.status_code, headers=error.headers)
