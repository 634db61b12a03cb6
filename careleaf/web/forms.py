"""Reading a form that a browser sent: in memory, whatever its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as slot
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from careleaf.web.auth import Auth
from careleaf.web.middleware import HttpRefusal
from careleaf.web.settings import MB

LIMIT_FIELDS = 6000  # a table of a list: its lines by its columns
LIMIT_FILE = 16 * MB  # above the limit of a body: a file never goes to the disk
KEY = "form_key"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form."""

    suffix: str
    content: bytes = slot(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form: its fields as text, and its file if it has one."""

    fields: Mapping[str, str] = slot(repr=False)
    file: Upload | None = None


class _InMemory(MultiPartParser):
    spool_max_size = LIMIT_FILE
    max_file_size = LIMIT_FILE


async def read_form(request: Request, auth: Auth) -> Sent:
    """Return the form of a request. Raises HttpRefusal (400, 403, 415)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        sent = Sent(_fields(await request.body()))
    elif kind == "multipart/form-data":
        sent = await _parts(request)
    else:
        raise HttpRefusal(415, "a form is wanted here", "application/x-www-form-urlencoded")
    key = sent.fields.get(KEY) or request.headers.get("x-form-key", "")
    if not auth.is_form_key(key, request.headers):
        raise HttpRefusal(
            403,
            "the form is not one of this page, or too old",
            "load the page again",
            "request.form-too-old",
        )
    return sent


def _fields(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=LIMIT_FIELDS,
        )
    except (ValueError, UnicodeError):
        raise _unreadable() from None
    return dict(pairs)


async def _parts(request: Request) -> Sent:
    parser = _InMemory(
        request.headers, request.stream(), max_files=1, max_fields=LIMIT_FIELDS, max_part_size=MB
    )
    try:
        form = await parser.parse()
    except (MultiPartException, FormParserError, KeyError, ValueError, UnicodeError):
        raise _unreadable() from None
    fields: dict[str, str] = {}
    file = None
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields[name] = value
        elif value.filename:
            stem, dot, ending = value.filename.rpartition(".")
            file = Upload(f".{ending.lower()}" if dot and stem else "", await value.read())
    await form.close()
    return Sent(fields, file)


def _unreadable() -> HttpRefusal:
    return HttpRefusal(400, "the form cannot be read")
