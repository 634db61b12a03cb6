"""The headers of every answer: what a browser may do with it, who may frame it, who may read it."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders

from careleaf.web.settings import Settings

# What programs and other sites' pages ask for; the rest is for the page itself.
PROGRAM_PATHS = ("/api/", "/blank/", "/infobutton", "/openapi.json", "/healthz")

_PAGE_POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src blob:",  # the sheet itself, on its way to the printer,
    "object-src blob:",  # which Chromium shows in a plug-in
    "form-action 'self'",
    "base-uri 'none'",
))  # fmt: skip

_HEADERS = {
    "Content-Security-Policy": _PAGE_POLICY,
    "Cache-Control": "no-store",
    # Not `no-referrer`: a browser would then send `Origin: null` with our own forms. No address of
    # ours holds anything about a child, and none is sent to another site.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}

_CORS_METHODS = "GET, HEAD, POST"
_CORS_REQUEST_HEADERS = "authorization, content-type"
_CORS_READABLE = "content-disposition, x-sheet-pages, x-sheet-way"
_CORS_SECONDS = "600"


def secure(headers: MutableHeaders, settings: Settings) -> None:
    """Add every header that keeps an answer to itself; a policy of the route's own is kept."""
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    frames = " ".join(settings.allow_frames) or "'none'"
    policy = headers["Content-Security-Policy"]
    headers["Content-Security-Policy"] = f"{policy}; frame-ancestors {frames}"
    if not settings.allow_frames:
        headers.setdefault(
            "X-Frame-Options", "DENY"
        )  # it cannot name a site, so it is that or nothing
    if settings.is_https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def may_read(path: str, origin: str | None, settings: Settings) -> bool:
    """Whether the pages of `origin` may ask for this path and read the answer."""
    return (
        origin is not None
        and origin.lower() in settings.allow_origins
        and path.startswith(PROGRAM_PATHS)
    )


def share(headers: MutableHeaders, origin: str | None, path: str, settings: Settings) -> None:
    """Let the pages of an allowed origin read an answer. No cookie of ours goes along."""
    if not settings.allow_origins:
        return
    headers.add_vary_header("Origin")
    if origin and may_read(path, origin, settings):
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = _CORS_READABLE


def preflight(headers: Headers) -> dict[str, str]:
    """Return what a browser is told that asks, for an allowed origin, whether it may ask."""
    told = {
        "Access-Control-Allow-Methods": _CORS_METHODS,
        "Access-Control-Allow-Headers": _CORS_REQUEST_HEADERS,
        "Access-Control-Max-Age": _CORS_SECONDS,
    }
    if headers.get("access-control-request-private-network") == "true":  # a public site's page
        told["Access-Control-Allow-Private-Network"] = "true"
    return told
