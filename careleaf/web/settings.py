"""Where the page is served, who may ask, and how much: fixed when the server starts."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from careleaf.errors import HandoutError

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")  # as a Host header has them
SHORTEST_TOKEN = 16  # characters; a guess at a time, a second each, never gets there

_SITE = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?", re.ASCII | re.IGNORECASE)

KB = 1024
MB = 1024 * KB


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request, and all of them together, may take."""

    body: int = 64 * KB
    list_body: int = 5 * MB  # a roster, or its table sent back
    body_seconds: float = 10
    list_body_seconds: float = 30
    header_seconds: float = 10
    sheet_seconds: float = 30  # for one piece of work of a process, waiting not counted
    at_once: int = 192  # requests of every kind that are being answered
    waiting: int = 64  # requests that make sheets, those being made counted in
    lists: int = 4  # of those, lists of children
    lines: int = 500  # of one list
    drain: int = 256 * MB  # of a body that is too large, read past so that the answer is heard


@dataclass(frozen=True, slots=True)
class Settings:
    """`token` and `trusted_header` are empty where anyone at this machine may use the page.

    Pages of `allow_origins` may read what programs ask for, those of `allow_frames` may show ours
    in a frame. With `open_links`, links to blank sheets need no token.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    public_url: str = ""
    token: str = ""
    trusted_header: str = ""
    workers: int = 2
    limits: Limits = Limits()
    allow_origins: frozenset[str] = frozenset()
    allow_frames: tuple[str, ...] = ()
    open_links: bool = True

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)

    @property
    def is_https(self) -> bool:
        """Whether people reach the page through TLS (of a reverse proxy)."""
        return self.public_url.startswith("https:")

    @property
    def address(self) -> str:
        """Where people find the page."""
        host = f"[{self.host.strip('[]')}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    def knows_host(self, host: str) -> bool:
        """Whether a Host header names this server.

        A page elsewhere can point a name of its own at this machine (DNS rebinding); it cannot
        make the browser send a name or an address of ours.
        """
        host = host.lower()
        if self.public_url and host == urlsplit(self.public_url).netloc.lower():
            return True
        name, port = _parted(host)
        if port != str(self.port):
            return False
        if name in LOOPBACK_NAMES or _same_name(name, self.host):
            return True
        return not self.is_loopback and (name in _own_names() or _is_address(name))

    def knows_origin(self, origin: str, host: str) -> bool:
        """Whether an Origin (or the start of a Referer) is the page that `host` serves."""
        parts = urlsplit(origin)
        if self.public_url and host.lower() == urlsplit(self.public_url).netloc.lower():
            return origin.lower().rstrip("/") == self.public_url.lower().rstrip("/")
        return parts.scheme == "http" and parts.netloc.lower() == host.lower()


def is_loopback(host: str) -> bool:
    """Whether an address (or `localhost`) can be reached from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _parted(host: str) -> tuple[str, str]:
    """Return the name and the port of a Host header; a browser leaves port 80 out."""
    found = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]+)(?::(\d{1,5}))?", host, re.ASCII)
    return (found[1], found[2] or "80") if found else ("", "")


def _same_name(name: str, host: str) -> bool:
    try:
        return ipaddress.ip_address(name.strip("[]")) == ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return name == host.lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _own_names() -> frozenset[str]:
    return frozenset((socket.gethostname().lower(), socket.getfqdn().lower()))


def settings(
    *,
    host: str,
    port: int,
    token: str,
    trusted_header: str,
    public_url: str,
    jobs: int,
    allow_origins: Sequence[str] = (),
    allow_frames: Sequence[str] = (),
    open_links: bool = True,
) -> Settings:
    """Return checked settings. Raises HandoutError where the page would stand open to anyone."""
    if not is_loopback(host) and not token and not trusted_header:
        raise HandoutError(
            f"{host} can be reached from other machines",
            "--host",
            "give --token, or set trusted_header in clinic.yaml; or leave --host out",
            "setting.open-to-anyone",
        )
    if token and (len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable()):
        raise HandoutError(
            f"the token is not {SHORTEST_TOKEN} plain characters or longer",
            "--token",
            'make one: python3 -c "import secrets; print(secrets.token_urlsafe())"',
            "setting.token-weak",
        )
    if not 0 < port < 65536:
        raise HandoutError(
            "there is no such port", "--port", "between 1 and 65535", "setting.port-unknown"
        )
    return Settings(
        host,
        port,
        _site(public_url, "--public-url") if public_url else "",
        token,
        trusted_header,
        jobs or usual_workers(),
        allow_origins=frozenset(_site(one, "--allow-origin") for one in allow_origins),
        allow_frames=tuple(_site(one, "--allow-frame") for one in allow_frames),
        open_links=open_links,
    )


def _site(text: str, option: str) -> str:
    """Return a site's address without what is behind its port, in small letters.

    Raises HandoutError for anything that names another thing, or every site (`*`).
    """
    parts = urlsplit(text.strip())
    site = f"{parts.scheme}://{parts.netloc}".lower()
    if (
        parts.scheme not in ("http", "https")
        or not _SITE.fullmatch(parts.netloc)
        or text.strip().rstrip("/").lower() != site
    ):
        raise HandoutError(
            "this is not the address of a site",
            option,
            "such as https://handouts.example.org",
            "setting.not-a-site",
        )
    return site


def usual_workers() -> int:
    """Return how many processes make sheets: one a processor, four at most."""
    return max(1, min(4, os.cpu_count() or 1))
