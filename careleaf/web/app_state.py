"""What every route needs, held by the app: content watcher, worker pool, auth, settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from careleaf.paths import PROGRAM
from careleaf.text import isolate
from careleaf.web.auth import Auth
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
