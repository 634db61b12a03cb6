"""A page at the desk for tests: content of its own, served in this process or as people start it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import httpx

from careleaf.paths import PROGRAM, Root
from careleaf.web.app import create_app
from careleaf.web.server import listening, server
from careleaf.web.settings import Limits, Settings

TODAY = date(2026, 11, 23)
SHEET = {"handout": "bone-biopsy", "locale": "en", "name": "Anna Lee", "date": "2026-11-23"}
PAGE = {"Accept": "text/html"}


def content(folder: Path, clinic: str = "") -> Path:
    """Copy the content that ships into `folder`; `clinic` is added to clinic.yaml."""
    for part in ("handouts", "locales"):
        shutil.copytree(PROGRAM / part, folder / part)
    (folder / "clinic.yaml").write_text(
        (PROGRAM / "clinic.yaml").read_text("utf-8").replace("logo: styles/logo.svg\n", "")
        + clinic,
        "utf-8",
    )
    return folder


@dataclass
class Desk:
    """A running page."""

    url: str
    port: int
    client: httpx.Client

    def key(self, path: str = "/") -> str:
        """The key that a form brings back."""
        found = re.search(r'name="form_key" value="(\w+)"', self.client.get(path).text)
        assert found
        return found[1]

    def send(self, path: str, _accept: str = "application/json", **fields: str) -> httpx.Response:
        """Send a form as the page does."""
        form = {"form_key": self.key("/list" if path.startswith("/list") else "/"), **fields}
        return self.client.post(path, data=form, headers={"Accept": _accept})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(root: Path, limits: Limits | None = None, **settings: object) -> Iterator[Desk]:
    """Serve `root` in this process."""
    chosen = replace(
        Settings(port=free_port(), workers=2, limits=limits or Limits()),
        **settings,  # type: ignore[arg-type]
    )
    app = create_app(Root.at(root), chosen, lambda: TODAY)
    one = server(app, chosen)
    with listening(chosen) as listener:
        thread = threading.Thread(target=one.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        with httpx.Client(base_url=f"http://127.0.0.1:{chosen.port}", timeout=60) as client:
            wait_for(lambda: one.started)
            yield Desk(str(client.base_url), chosen.port, client)
        one.should_exit = True
        thread.join(20)


@contextmanager
def started(root: Path, log: Path, *arguments: str, **environment: str) -> Iterator[Desk]:
    """Serve `root` as a person does, standard error going to `log`."""
    port = free_port()
    command = [sys.executable, str(PROGRAM / "generate.py"), "serve", "--root", str(root)]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*command, "--port", str(port), *arguments],
            stderr=stream,
            stdout=stream,
            cwd=root,
            env={**os.environ, "CARELEAF_TODAY": TODAY.isoformat(), **environment},
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                wait_for(lambda: _answers(client) or process.poll() is not None)
                assert process.poll() is None, log.read_text()
                yield Desk(str(client.base_url), port, client)
        finally:
            process.terminate()
            process.wait(20)


def _answers(client: httpx.Client) -> bool:
    try:
        client.get("/assets/web.css")
    except httpx.TransportError:
        return False
    return True


def wait_for(is_so: object, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
