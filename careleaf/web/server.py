"""The server around the app: no log of its own, and no patience for a request that never comes."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from uvicorn.protocols.http.h11_impl import H11Protocol

from careleaf.errors import HandoutError
from careleaf.web.headers import secure
from careleaf.web.middleware import LOG
from careleaf.web.settings import Settings

CONNECTIONS = 512
KEEP_ALIVE = 20  # seconds that an idle browser's connection is kept
GRACE = 5  # seconds for the requests at hand when the server is stopped


def serve(app: FastAPI, settings: Settings, tell: Callable[[str], None]) -> None:
    """Serve until stopped; `tell` hears where. Raises HandoutError where the address cannot be had."""
    log_to(sys.stderr)
    with listening(settings) as listener:
        tell(f"The page is at {settings.address}  (Ctrl-C ends it)")
        server(app, settings).run(sockets=[listener])


def server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """Return the server, not yet started."""
    config = uvicorn.Config(
        app,
        http=impatient(settings),
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # who connects is asked of the connection, not of a header
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
    )
    return uvicorn.Server(config)


def listening(settings: Settings) -> socket.socket:
    """Return the socket to serve at. Raises HandoutError where it cannot be had."""
    host = settings.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, settings.port))
    except OSError as error:
        listener.close()
        raise HandoutError(
            f"{host}, port {settings.port}: {error.strerror or error}",
            "--port",
            "is the page running already? choose another port, or see --host",
            "setting.address-taken",
        ) from None
    return listener


def log_to(stream: Any) -> None:
    """Let the page's log, and nothing of the libraries' but their errors, go to `stream`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    LOG.handlers, LOG.propagate = [handler], False
    LOG.setLevel(logging.INFO)
    server = logging.getLogger("uvicorn")
    server.handlers, server.propagate = [handler], False
    server.setLevel(logging.ERROR)


def bare_answer(status: HTTPStatus, settings: Settings) -> bytes:
    """Return an answer to what never becomes a request, with the headers of every answer."""
    headers = MutableHeaders({"Content-Length": "0", "Connection": "close"})
    secure(headers, settings)
    lines = (f"HTTP/1.1 {status.value} {status.phrase}", *(f"{k}: {v}" for k, v in headers.items()))
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def impatient(settings: Settings) -> type[H11Protocol]:
    """Return uvicorn's protocol with an end to waiting for the head of a first request.

    uvicorn itself waits for ever: a connection that says nothing, or a letter a minute, would stay.
    What uvicorn would answer by itself, without the app, has the headers of every answer here.
    """
    seconds = settings.limits.header_seconds

    class Impatient(H11Protocol):
        _head: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._await_head()
            if len(self.connections) > CONNECTIONS:
                self._end_with(HTTPStatus.SERVICE_UNAVAILABLE)

        def send_400_response(self, msg: str) -> None:
            self._end_with(HTTPStatus.BAD_REQUEST)

        def _end_with(self, status: HTTPStatus) -> None:
            self.transport.write(bare_answer(status, settings))
            self.transport.close()

        def _await_head(self) -> None:
            self._head = self.loop.call_later(seconds, self._give_up)

        def _give_up(self) -> None:
            if self.cycle is None or self.cycle.response_complete:
                self.transport.close()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self._head:
                self._head.cancel()
                self._head = None

        def data_received(self, data: bytes) -> None:
            if self._head is None and (self.cycle is None or self.cycle.response_complete):
                self._await_head()  # the head of a next request has begun
            super().data_received(data)

        def connection_lost(self, exc: Exception | None) -> None:
            if self._head:
                self._head.cancel()
            super().connection_lost(exc)

    return Impatient
