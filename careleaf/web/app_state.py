"""What every route needs, held by the app: content watcher, worker pool, auth, settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from careleaf.errors import HandoutError, each
from careleaf.paths import PROGRAM
from careleaf.text import isolate
from careleaf.web import frames
from careleaf.web.auth import Auth
from careleaf.web.fields import say
from careleaf.web.renders import Renders
from careleaf.web.settings import Settings
from careleaf.web.watcher import ContentWatcher, Snapshot, Words

T = TypeVar("T")


@dataclass
class AppState:
    """The parts of a running page."""

    watcher: ContentWatcher
    settings: Settings
    auth: Auth
    pool: Renders

    @cached_property
    def environment(self) -> Environment:
        """Templates of the page: the clinic's own first, then the program's."""
        folders = dict.fromkeys(
            (self.watcher.root.templates / "web", PROGRAM / "templates" / "web")
        )
        environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals["isolate"] = isolate  # a name in another script, amid a line
        return environment

    async def snapshot(self) -> Snapshot:
        """Return what there is now. Raises HandoutError."""
        return await run_in_threadpool(self.watcher.snapshot)

    def words(self, request: Request, wish: str = "") -> Words:
        """Return the page's words: as the address or the form wishes, else as the browser does."""
        wish = wish or request.query_params.get("ui", "")
        return self.watcher.words(wish, request.headers.get("accept-language", ""))

    async def page(
        self, request: Request, name: str, words: Words, status: int = 200, **values: Any
    ) -> Response:
        """Return a page of HTML."""
        tags = await run_in_threadpool(lambda: self.watcher.page_tags)
        html = self.environment.get_template(name).render(
            t=words,
            page_locales=_named(tags),
            form_key=self.auth.form_key(request.headers),
            path=request.url.path if request.method == "GET" else values.get("home", "/"),
            has_login=bool(self.settings.token),
            **values,
        )
        return HTMLResponse(html, status)


def _named(tags: tuple[str, ...]) -> list[tuple[str, str]]:
    from babel import Locale

    named = [(tag, str(Locale.parse(tag).get_display_name(tag) or tag)) for tag in tags]
    return sorted(
        ((tag, name[:1].upper() + name[1:]) for tag, name in named),
        key=lambda pair: pair[1].casefold(),
    )


def state_of(request: Request) -> AppState:
    """Return the parts of the page that a request came to."""
    return cast(AppState, request.app.state.careleaf)


def wants_page(request: Request) -> bool:
    """Whether a person waits for a page, not a script for an answer."""
    return "text/html" in request.headers.get("accept", "")


def told(fault: HandoutError, words: Words) -> dict[str, list[dict[str, str]]]:
    """Return faults for the page's script: the field, and what the page says there."""
    return {
        "faults": [
            {"field": one.where, "message": one.message, "hint": one.hint, "said": say(one, words)}
            for one in each(fault)
        ]
    }


def refusal(fault: HandoutError, words: Words) -> JSONResponse:
    """Return the answer to a form that cannot be used."""
    return JSONResponse(told(fault, words), 422)


class FrameResponse(Response):
    """An answer in frames, made while it is sent; a fault is a frame too.

    Nothing runs unless somebody listens, and it ends when they leave.
    """

    def __init__(self, make: Callable[[], AsyncIterator[bytes]], words: Words) -> None:
        super().__init__(media_type=frames.CONTENT_TYPE)
        self._make, self._words = make, words

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", frames.CONTENT_TYPE.encode())]
        begun = False
        async with aclosing(self._make()) as pieces:  # type: ignore[type-var]
            while True:
                try:
                    piece = await anext(pieces, b"")
                except HandoutError as fault:
                    piece = frames.frame(told(fault, self._words))
                if not begun:  # not before: until then a refusal can still be the whole answer
                    await send({"type": "http.response.start", "status": 200, "headers": headers})
                    begun = True
                await send({"type": "http.response.body", "body": piece, "more_body": bool(piece)})
                if not piece:
                    return
