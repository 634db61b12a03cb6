"""How an answer is written: a sheet, its faults, or frames that follow one another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from careleaf.errors import HandoutError, each
from careleaf.model import Blank, Order, Sheet
from careleaf.web import frames
from careleaf.web.fields import say
from careleaf.web.watcher import Words

BYTES = "application/octet-stream"


def wants_page(request: Request) -> bool:
    """Whether a person waits for a page, not a script for an answer."""
    return "text/html" in request.headers.get("accept", "")


# --- faults -------------------------------------------------------------------------------------


def faults_json(fault: HandoutError) -> list[dict[str, str]]:
    """Return faults as the API tells them: the field (or the file and line), fault, cure and code."""
    return [
        {"field": one.where, "message": one.message, "hint": one.hint, "code": one.code}
        for one in each(fault)
    ]


def told(fault: HandoutError, words: Words) -> dict[str, list[dict[str, str]]]:
    """Return faults for the page's script: as for the API, and what the page says there."""
    said = [say(one, words) for one in each(fault)]
    return {
        "faults": [
            {**one, "said": text} for one, text in zip(faults_json(fault), said, strict=True)
        ]
    }


def refusal(fault: HandoutError, words: Words) -> JSONResponse:
    """Return the answer to a form that cannot be used."""
    return JSONResponse(told(fault, words), 422)


# --- sheets -------------------------------------------------------------------------------------


def asked_as_bytes(request: Request) -> bool:
    """Whether a program asks for bytes of no type, as some do that do not know PDF."""
    return request.headers.get("accept", "").strip().lower() == BYTES


def as_pdf(
    sheet: Sheet, order: Order | Blank, *, is_download: bool = False, as_bytes: bool = False
) -> Response:
    """Return a sheet as an answer; the file's name holds no child's."""
    mark = "" if isinstance(order, Blank) else order.patient.id
    name = ".".join(part for part in (mark, order.handout, order.locale) if part)
    answer = pdf_response(
        sheet.pdf, name, is_download=is_download, pages=sheet.pages, way=sheet.way
    )
    if as_bytes:
        answer.headers["Content-Type"] = BYTES
    return answer


def pdf_response(
    pdf: bytes, name: str, *, is_download: bool = False, pages: int = 0, way: str = ""
) -> Response:
    """Return a PDF as an answer."""
    headers = {
        "Content-Disposition": f'{"attachment" if is_download else "inline"}; filename="{name}.pdf"',
        # A browser shows a PDF in a page of its own making, which has styles and pictures inline.
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    headers |= {"X-Sheet-Pages": str(pages), "X-Sheet-Way": way} if pages else {}
    return Response(pdf, media_type="application/pdf", headers=headers)


# --- frames -------------------------------------------------------------------------------------


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
        async with aclosing(self._make()) as made:  # type: ignore[type-var]
            while True:
                try:
                    part = await anext(made, b"")
                except HandoutError as fault:
                    part = frames.frame(told(fault, self._words))
                if not begun:  # not before: until then a refusal can still be the whole answer
                    await send({"type": "http.response.start", "status": 200, "headers": headers})
                    begun = True
                await send({"type": "http.response.body", "body": part, "more_body": bool(part)})
                if not part:
                    return
