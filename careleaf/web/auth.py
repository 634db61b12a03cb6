"""Who may come in: anyone at this machine, or whoever shows the token or comes through the proxy."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers

from careleaf.web.settings import Settings, is_loopback

COOKIE = "careleaf"
SESSION_SECONDS = 12 * 3600  # a long shift
LIMIT_SESSIONS = 1000
AFTER = "next"  # the field of the login form that says where to go then
LIMIT_PATH = 4000  # characters

OPEN_PATHS = ("/login", "/assets/", "/fonts/", "/favicon.ico", "/healthz")
LINK_PATHS = ("/infobutton", "/blank/")  # nothing about a child goes in or comes out


class Auth:
    """Tokens, sessions and form keys. All of it lives in memory and ends with the server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secret = secrets.token_bytes(32)
        self._sessions: dict[str, float] = {}  # digest of a session -> when it ends

    @property
    def is_locked(self) -> bool:
        return bool(self._settings.token or self._settings.trusted_header)

    def admits(self, path: str, headers: Headers, client: str) -> bool:
        """Whether this request may be answered with more than the page that asks for the token."""
        return (
            not self.is_locked
            or _is_one_of(path, OPEN_PATHS)
            or (self._settings.open_links and _is_one_of(path, LINK_PATHS))
            or self._through_proxy(headers, client)
            or self._bearer(headers)
            or self._has_session(session_of(headers))
        )

    def _through_proxy(self, headers: Headers, client: str) -> bool:
        name = self._settings.trusted_header
        return bool(name and headers.get(name, "").strip() and is_loopback(client))

    def _bearer(self, headers: Headers) -> bool:
        kind, _, token = headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and self.is_token(token.strip())

    def is_token(self, text: str) -> bool:
        """Whether `text` is the token, compared in constant time."""
        token = self._settings.token
        return bool(token) and hmac.compare_digest(text.encode(), token.encode())

    # --- sessions -------------------------------------------------------------------------

    def open_session(self) -> str:
        """Return the value of a new session's cookie."""
        now = time.monotonic()
        live = {key: end for key, end in self._sessions.items() if end > now}
        self._sessions = dict(list(live.items())[-LIMIT_SESSIONS + 1 :])
        session = secrets.token_urlsafe(32)
        self._sessions[_digest(session)] = now + SESSION_SECONDS
        return session

    def _has_session(self, session: str) -> bool:
        return self._sessions.get(_digest(session), 0) > time.monotonic()

    def cookie(self, session: str) -> str:
        """Return the Set-Cookie header of a session: no script, no other site, gone with the browser."""
        secure = "; Secure" if self._settings.is_https else ""
        return f"{COOKIE}={session}; Path=/; HttpOnly; SameSite=Strict{secure}"

    # --- form keys ------------------------------------------------------------------------

    def form_key(self, headers: Headers) -> str:
        """Return what a form of this visitor must bring back: no other site can read it."""
        return hmac.new(self._secret, session_of(headers).encode(), hashlib.sha256).hexdigest()

    def is_form_key(self, text: str, headers: Headers) -> bool:
        return hmac.compare_digest(text.encode(), self.form_key(headers).encode())


def _is_one_of(path: str, paths: tuple[str, ...]) -> bool:
    return any(path.startswith(each) if each.endswith("/") else path == each for each in paths)


def local_path(text: str) -> str:
    """Return `text` if it is a path of this page, with its query; else the first page.

    Never another site: `//there`, `/\\there` and what a browser would read as such are none.
    """
    is_path = text.startswith("/") and not text.startswith("//") and "\\" not in text
    is_sound = text.isascii() and text.isprintable() and len(text) <= LIMIT_PATH
    return text if is_path and is_sound else "/"


def session_of(headers: Headers) -> str:
    """Return the session that a request brings, or nothing."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _digest(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
