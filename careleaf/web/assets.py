"""Styles, scripts, faces and the clinic's mark: all from here, none from another site."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from careleaf.errors import HandoutError
from careleaf.paths import PROGRAM, Root
from careleaf.sheet import faces
from careleaf.web.app_state import state_of

router = APIRouter(include_in_schema=False)

SCRIPTS = ("desk.js", "list.js", "combobox.js", "page.js")
KEEP = {"Cache-Control": "private, max-age=604800, immutable"}  # its address changes with the faces


@router.get("/assets/web.css")
async def style(request: Request) -> Response:
    """The style of the page."""
    return FileResponse(state_of(request).watcher.part("styles", "web.css"), media_type="text/css")


@router.get("/assets/faces.css")
async def faces_style() -> Response:
    """Where the browser fetches each face."""
    digest = await run_in_threadpool(faces.digest)
    css = faces.font_face_css(lambda face: f"/fonts/{digest[:16]}/{face.path.name}")
    return Response(css, media_type="text/css")


@router.get("/assets/{name}.js")
async def script(request: Request, name: str) -> Response:
    """A script of the page."""
    if f"{name}.js" not in SCRIPTS:
        raise HTTPException(404, "there is no such file")
    path = state_of(request).watcher.part("templates", "web", f"{name}.js")
    return FileResponse(path, media_type="text/javascript")


@router.get("/fonts/{digest}/{name}")
async def font(digest: str, name: str) -> Response:
    """A face."""
    known = {face.path.name: face.path for face in await run_in_threadpool(faces.faces)}
    if name not in known or faces.digest()[:16] != digest:
        raise HTTPException(404, "there is no such file")
    return FileResponse(known[name], media_type="font/ttf", headers=KEEP)


@router.get("/assets/mark.svg")
@router.get("/favicon.ico")
async def mark(request: Request) -> Response:
    """The clinic's logo, or an empty picture."""
    watcher = state_of(request).watcher
    try:
        logo = (await state_of(request).snapshot()).desk.content.clinic.logo
    except HandoutError:
        logo = None
    path = _inside(watcher.root, logo) if logo else None
    content = path.read_bytes() if path else b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
    return Response(content, media_type="image/svg+xml", headers=policy)


def _inside(root: Root, name: str) -> Path | None:
    path = root.part(name).resolve()
    is_inside = any(path.is_relative_to(folder) for folder in (root.folder, PROGRAM))
    return path if path.is_file() and is_inside else None
