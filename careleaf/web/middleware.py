"""What stands before every route: hosts, origins, sizes, times, and a log without names."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import traceback
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from careleaf.web.auth import AFTER, Auth, local_path
from careleaf.web.headers import may_read, preflight, secure, share
from careleaf.web.settings import Settings

LOG = logging.getLogger("careleaf.web")
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
LIST_PATHS = ("/list",)  # their bodies are files of many children

# The code of a refusal by its HTTP status.
CODES = {
    303: "page.sign-in-first",
    400: "request.unreadable",
    401: "page.sign-in-first",
    403: "request.from-another-site",
    404: "page.missing",
    405: "request.method-unknown",
    408: "request.too-slow",
    413: "request.too-large",
    415: "request.type-unknown",
    421: "request.host-unknown",
    422: "request.unreadable",
    500: "page.fault-in-program",
    501: "request.method-unknown",
    503: "page.busy",
}


class HttpRefusal(Exception):
    """A request that is not answered: `status`, and the reason for whoever sent it.

    `code` is one of `faults.FAULTS`; where none is given it is the status's own.
    """

    def __init__(
        self, status: int, message: str, hint: str = "", code: str = "", **headers: str
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.hint, self.headers = status, message, hint, headers
        self.code = code or CODES[status]


@dataclass(slots=True)
class _Tally:
    """What the log tells of one request."""

    started: float = field(default_factory=time.perf_counter)
    status: int = 0
    sent: int = 0


class WebMiddleware:
    """An ASGI app around another. Nothing that goes wrong inside reaches the log with a value in it."""

    def __init__(self, app: ASGIApp, settings: Settings, auth: Auth) -> None:
        self._app, self._settings, self._auth = app, settings, auth
        self._limits = settings.limits
        self._at_once = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        tally = _Tally()
        answer = self._finished(scope, send, tally)
        self._at_once += 1
        try:
            await self._answer(scope, receive, answer)
        except HttpRefusal as refused:
            if not tally.status:
                await _refuse(scope, answer, refused)
        except Exception as error:  # its text may hold a value: the log gets the place alone
            LOG.error("fault in the program: %s", origin_of(error))
            if not tally.status:
                await _refuse(
                    scope, answer, HttpRefusal(500, "a fault in the program", "see its log")
                )
        finally:
            self._at_once -= 1
            self._log(scope, tally)
        return None

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        self._check_host(headers)
        if self._at_once > self._limits.at_once:
            raise busy()
        if scope["method"] not in METHODS:
            raise HttpRefusal(501, "this method is not known here")
        allowed = may_read(scope["path"], headers.get("origin"), self._settings)
        if allowed and _is_preflight(scope, headers):
            return await _send(send, 204, preflight(headers))
        if not allowed:
            self._check_origin(scope["method"], headers)
        client = (scope.get("client") or ("", 0))[0]
        if not self._auth.admits(scope["path"], headers, client):
            raise _locked(scope, headers)
        body = await self._body(scope["path"], headers, receive)
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        await _while_heard(self._app, inner, body, receive, send)
        scope["route"] = inner.get("route")
        return None

    def _check_host(self, headers: Headers) -> None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._settings.knows_host(hosts[0]):
            raise HttpRefusal(421, "the Host header does not name this server")

    def _check_origin(self, method: str, headers: Headers) -> None:
        """Refuse what another site's page sends: it could only guess, but it must not even ask."""
        if method in SAFE:
            return
        site = headers.get("sec-fetch-site")
        if site not in (None, "same-origin", "none"):
            raise HttpRefusal(403, "this came from another site's page")
        origin = headers.get("origin")
        if origin is None and site is None and (referer := headers.get("referer")):
            parts = urlsplit(referer)
            origin = f"{parts.scheme}://{parts.netloc}"
        if origin is not None and not self._settings.knows_origin(origin, headers["host"]):
            raise HttpRefusal(403, "this came from another site's page")

    async def _body(self, path: str, headers: Headers, receive: Receive) -> bytes:
        """Return the whole body. Raises HttpRefusal where it is too large or too slow."""
        is_list = path.startswith(LIST_PATHS)
        limit = self._limits.list_body if is_list else self._limits.body
        seconds = self._limits.list_body_seconds if is_list else self._limits.body_seconds
        too_large = HttpRefusal(
            413, "the body is too large", f"at most {limit // 1024} KB", Connection="close"
        )
        claimed = headers.get("content-length", "0")
        is_over = claimed.isdecimal() and int(claimed) > limit
        if is_over and "expect" in headers:  # it waits for our word before it sends
            raise too_large
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(seconds):
                async for part in _parts(receive):
                    size += len(part)
                    if is_over or size > limit:
                        is_over = True
                        parts.clear()
                        if size > self._limits.drain:
                            break
                    else:
                        parts.append(part)
        except TimeoutError:
            if not is_over:
                raise HttpRefusal(408, "the body came too slowly", Connection="close") from None
        if is_over:
            raise too_large
        return b"".join(parts)

    def _finished(self, scope: Scope, send: Send, tally: _Tally) -> Send:
        """Return a `send` that adds the headers of every answer, counts it, and keeps HEAD short."""
        origin = Headers(scope=scope).get("origin")
        is_head = scope["method"] == "HEAD"

        async def finished(message: Message) -> None:
            if message["type"] == "http.response.start":
                tally.status = message["status"]
                headers = MutableHeaders(scope=message)
                secure(headers, self._settings)
                share(headers, origin, scope["path"], self._settings)
            elif message["type"] == "http.response.body":
                if is_head:
                    message = {**message, "body": b""}
                tally.sent += len(message.get("body", b""))
            await send(message)

        return finished

    def _log(self, scope: Scope, tally: _Tally) -> None:
        """One line a request; the path as the program knows it, so that none typed in is kept."""
        route = getattr(scope.get("route"), "path", None) or "-"
        method = scope["method"] if scope["method"] in METHODS else "?"
        took = (time.perf_counter() - tally.started) * 1000
        LOG.info("%s %s %s %.0fms %dB", method, route, tally.status or "gone", took, tally.sent)


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HttpRefusal(400, "the client went away")
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


async def _while_heard(
    app: ASGIApp, scope: Scope, body: bytes, receive: Receive, send: Send
) -> None:
    """Run `app` for as long as the client listens: work for someone who left only delays the next."""
    gone = asyncio.Event()
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def heard() -> Message:
        if messages:
            return messages.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    work = asyncio.ensure_future(app(scope, heard, send))
    watcher = asyncio.create_task(watch())
    try:
        await asyncio.wait({work, watcher}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            gone.set()
            work.cancel()
        await asyncio.gather(work, return_exceptions=False)
    except asyncio.CancelledError:
        work.cancel()
        if not gone.is_set():
            raise
    finally:
        watcher.cancel()


def _locked(scope: Scope, headers: Headers) -> HttpRefusal:
    if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
        return HttpRefusal(303, "sign in first", Location=_login_address(scope))
    return HttpRefusal(
        401,
        "sign in first",
        "send the header Authorization: Bearer ...",
        **{"WWW-Authenticate": "Bearer"},
    )


def _login_address(scope: Scope) -> str:
    """Return where to sign in; from there one gets to what was asked for."""
    query = scope.get("query_string", b"").decode("latin-1")
    asked = quote(scope["path"]) + (f"?{query}" if query else "")
    return f"/login?{urlencode({AFTER: asked})}" if local_path(asked) != "/" else "/login"


def busy() -> HttpRefusal:
    """Return the answer for whoever comes when all is taken."""
    return HttpRefusal(
        503, "too many sheets are being made", "try again in a second", **{"Retry-After": "1"}
    )


async def _refuse(scope: Scope, send: Send, refused: HttpRefusal) -> None:
    """Answer in JSON, which the page's script, an integrator and a person can all read."""
    fault = {
        "field": "",
        "message": refused.message,
        "hint": refused.hint,
        "code": refused.code,
    }
    headers = {"Content-Type": "application/json", **refused.headers}
    await _send(send, refused.status, headers, json.dumps({"faults": [fault]}).encode())


async def _send(send: Send, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    if status != 204:
        lines.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    return scope["method"] == "OPTIONS" and "access-control-request-method" in headers


def origin_of(error: BaseException) -> str:
    """Return the kind of an error and where it was raised, and nothing of what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "careleaf" in frame.filename] or list(frames)
    where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(ours[-4:]))
    return f"{type(error).__name__} at {where or '?'}"
