"""A small server for one translator on one machine: 127.0.0.1 and nothing else."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from careleaf.authoring.preview.side_by_side import RenderedSheet, SideBySide, english, scene
from careleaf.authoring.preview.stamps import sources, translations
from careleaf.desk.desk import Desk
from careleaf.errors import Faults, HandoutError

HOST = "127.0.0.1"
LOOK_EVERY = 0.3  # seconds between two looks at the files
STILL_HERE = 15.0  # seconds after which a page that waits is told that we live

_FILES = Path(__file__).parent
_STATIC = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}


@dataclass(frozen=True, slots=True)
class PreviewState:
    """What the browser is shown: the pages if there are any, and the fault if there is one."""

    stamp: str = ""
    scene: SideBySide | None = None
    fault: str = ""


class LivePreview:
    """Lays the pages out anew as files change. After a fault the last good ones stay, with the fault."""

    def __init__(self, open_desk: Callable[[], Desk], tag: str) -> None:
        self.open_desk = open_desk
        desk = open_desk()
        self.tag = desk.content.locale(tag)
        self.handouts = desk.content.handouts
        self._lock = threading.Lock()
        self._seen: dict[str, PreviewState] = {}
        self._english: dict[str, tuple[str, RenderedSheet]] = {}

    def stamp(self) -> str:
        """Return a word that is another one as soon as a file has changed."""
        desk = self.open_desk()
        return _digest((sources(desk), translations(desk, self.tag)))

    def look(self, handout: str) -> PreviewState:
        """Return the newest scene that could be made, and what is wrong now."""
        with self._lock:
            stamp = self.stamp()
            old = self._seen.get(handout, PreviewState())
            if old.stamp != stamp:
                try:
                    self._seen[handout] = PreviewState(stamp, self._scene(handout))
                except HandoutError as error:
                    self._seen[handout] = PreviewState(stamp, old.scene, _told(error))
            return self._seen[handout]

    def _scene(self, handout: str) -> SideBySide:
        desk = self.open_desk()
        stamp = sources(desk)
        known, drawn = self._english.get(handout, ("", None))
        if drawn is None or known != stamp:
            drawn = english(desk, handout)
            self._english[handout] = (stamp, drawn)
        last = self._seen.get(handout, PreviewState()).scene
        density = last.density if last else None
        return scene(desk, handout, self.tag, drawn, density, whole=last is not None)

    def state(self, handout: str) -> dict[str, Any]:
        seen = self.look(handout)
        return {
            "stamp": seen.stamp,
            "fault": seen.fault or "\n".join(seen.scene.work if seen.scene else ()),
            "handouts": list(self.handouts),
            "direction": _direction(self.tag),
            "scene": seen.scene.as_json() if seen.scene else None,
        }

    def picture(self, handout: str, side: str, page: int) -> bytes | None:
        shown = self._seen.get(handout, PreviewState()).scene
        pictures = getattr(shown, side).pictures if shown else ()
        return pictures[page] if 0 <= page < len(pictures) else None


def _digest(stamps: object) -> str:
    return hashlib.sha256(repr(stamps).encode()).hexdigest()[:16]


def _told(error: HandoutError) -> str:
    faults = error.faults if isinstance(error, Faults) else (error,)
    return "\n".join(str(fault) for fault in faults[:8])


def _direction(tag: str) -> str:
    from careleaf.language import cldr

    return cldr.direction(tag)


class _Handler(BaseHTTPRequestHandler):
    studio: LivePreview
    server_version = "Careleaf"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.headers.get("Host", "").rsplit(":", 1)[0] not in (HOST, "localhost"):
            self.send_error(HTTPStatus.FORBIDDEN)  # a page from elsewhere that has us as its name
            return
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        handout = query.get("handout", "")
        if url.path in _STATIC:
            name, kind = _STATIC[url.path]
            self._answer((_FILES / name).read_bytes(), kind)
        elif url.path == "/favicon.ico":
            self._answer(b"", "image/x-icon")
        elif url.path == "/events":
            self._events()
        elif handout not in self.studio.handouts:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif url.path == "/state":
            self._answer(json.dumps(self.studio.state(handout)).encode(), "application/json")
        elif url.path == "/picture":
            self._picture(handout, query)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _picture(self, handout: str, query: dict[str, str]) -> None:
        side, page = query.get("side", ""), query.get("page", "")
        known = side in ("english", "translated") and page.isdecimal()
        picture = self.studio.picture(handout, side, int(page)) if known else None
        if picture is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            self._answer(picture, "image/png")

    def _answer(self, body: bytes, kind: str) -> None:
        with suppress(ConnectionError):  # a page that was closed meanwhile
            self.send_response(HTTPStatus.OK)
            self._headers(kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def _headers(self, kind: str) -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")

    def _events(self) -> None:
        """Tell the page whenever a file has changed (server-sent events)."""
        self.send_response(HTTPStatus.OK)
        self._headers("text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        last, told = "", time.monotonic()
        try:
            while True:
                stamp = self.studio.stamp()
                if stamp != last or time.monotonic() - told > STILL_HERE:
                    self.wfile.write(f"data: {stamp}\n\n".encode())
                    self.wfile.flush()
                    last, told = stamp, time.monotonic()
                time.sleep(LOOK_EVERY)
        except OSError:  # the page was closed
            return

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal belongs to the translator."""


def server(studio: LivePreview, port: int) -> ThreadingHTTPServer:
    """Return the server, not yet running. Raises HandoutError if the port is taken."""
    handler = type("Handler", (_Handler,), {"studio": studio})
    try:
        made = ThreadingHTTPServer((HOST, port), handler)
    except OSError as error:
        raise HandoutError(
            f"port {port} cannot be used: {error.strerror}",
            "--port",
            "choose another with --port",
            "setting.address-taken",
        ) from None
    made.daemon_threads = True
    return made


def serve(
    open_desk: Callable[[], Desk], tag: str, handout: str, port: int, *, browser: bool
) -> None:
    """Show the preview until Ctrl-C. Raises HandoutError for an unknown locale or handout."""
    studio = LivePreview(open_desk, tag)
    chosen = handout or next(iter(studio.handouts), "")
    if chosen not in studio.handouts:
        open_desk().content.source(chosen)  # says which there are
    running = server(studio, port)
    threading.Thread(target=studio.look, args=(chosen,), daemon=True).start()
    address = f"http://{HOST}:{running.server_port}/?handout={chosen}"
    print(f"{address}\nCtrl-C ends it. Save the PO file, and the page follows.", flush=True)
    if browser:
        webbrowser.open(address)
    try:
        running.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        running.server_close()


__all__ = ["LivePreview", "serve", "server"]
