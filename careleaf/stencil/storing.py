"""Stencils on disk: plain JSON and bytes under a checksum, by the digest of all they come from.

A file that is damaged, of another program or of another version counts as none and is made again.
Nothing in one is about a child.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from careleaf import files
from careleaf.errors import HandoutError
from careleaf.fingerprint import here
from careleaf.model import Offset, When
from careleaf.paths import cache_folder
from careleaf.stencil.days import Days
from careleaf.stencil.model import BaseFont, Hole, NoStencil, Stencil, ValueFormat
from careleaf.stencil.style import TypeStyle

MAGIC = b"careleaf stencil 2\n"
LIMIT = 256 * 2**20  # bytes of all stencils together; the ones not used for longest go first
_SUM = 32
_SUFFIX = ".stencil"


def folder() -> Path:
    """Return where stencils lie; it may not exist yet."""
    return cache_folder() / "stencils"


@lru_cache(maxsize=256)
def address(edition: str, without: tuple[str, ...]) -> str:
    """Return the name of the stencil of an edition, for children without a value in some slots.

    `edition` is the digest of its content; the program's own files count beside it.
    """
    parts = (edition, here(), *without)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def load(digest: str) -> Stencil | NoStencil | None:
    """Return the stencil at an address, or None where there is none that can be trusted."""
    path = folder() / f"{digest}{_SUFFIX}"
    try:
        data = path.read_bytes()
        found = _unpacked(data, digest)
        os.utime(path)  # it was used now
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
    return found


def save(stencil: Stencil | NoStencil) -> None:
    """Keep a stencil. That it cannot be kept is no fault: the next process makes it again."""
    with suppress(HandoutError, OSError):
        files.write_private(folder() / f"{stencil.digest}{_SUFFIX}", _packed(stencil))
        _prune()


def _prune() -> None:
    """Remove the stencils not used for longest while all together are too large."""
    entries = [
        (stat.st_mtime, stat.st_size, entry.path)
        for entry in os.scandir(folder())
        if entry.name.endswith(_SUFFIX) and (stat := entry.stat())
    ]
    total = sum(size for _, size, _ in entries)
    for _, size, path in sorted(entries):
        if total <= LIMIT:
            return
        with suppress(OSError):
            Path(path).unlink()
        total -= size


# ---- the form on disk --------------------------------------------------------------------------


def _packed(stencil: Stencil | NoStencil) -> bytes:
    if isinstance(stencil, NoStencil):
        header, body = {"digest": stencil.digest, "refused": stencil.reason}, b""
    else:
        header, body = _header(stencil), stencil.table + stencil.head
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    content = len(text).to_bytes(4) + text + body
    return MAGIC + hashlib.sha256(content).digest() + content


def _unpacked(data: bytes, digest: str) -> Stencil | NoStencil:
    """Raise ValueError (or its like) for what is no stencil, or another one."""
    start = len(MAGIC) + _SUM
    content = memoryview(data)[start:]
    if data[: len(MAGIC)] != MAGIC or data[len(MAGIC) : start] != hashlib.sha256(content).digest():
        raise ValueError("damaged")
    end = 4 + int.from_bytes(content[:4])
    header = json.loads(bytes(content[4:end]))
    if header["digest"] != digest:
        raise ValueError("another stencil")
    if "refused" in header:
        return NoStencil(digest, header["refused"])
    return _stencil(header, bytes(content[end:]))


def _header(stencil: Stencil) -> dict[str, Any]:
    styles = list(dict.fromkeys(style for hole in stencil.holes for style in hole.styles.values()))
    days = stencil.value_format.days
    return {
        "digest": stencil.digest,
        "pages": stencil.pages,
        "large_print": stencil.large_print,
        "first": stencil.first,
        "trailer": stencil.trailer.decode("ascii"),
        "table": len(stencil.table),
        "styles": [[getattr(style, name) for name in TypeStyle.__slots__] for style in styles],
        "holes": [
            [getattr(hole, name) for name in Hole.__slots__[:-1]]
            + [{setting: styles.index(style) for setting, style in hole.styles.items()}]
            for hole in stencil.holes
        ],
        "fonts": [
            [
                family,
                weight,
                font.resource.decode(),
                font.number,
                list(font.fixed.items()),
                list(font.texts),
                list(font.texts.values()),
            ]
            for (family, weight), font in stencil.fonts.items()
        ],
        "whens": [
            [_offset(when.start), when.end and _offset(when.end), when.relative, when.span]
            for when in stencil.value_format.whens
        ],
        "days": [days.tag, days.region, days.pattern, days.names, days.digits],
    }


def _offset(offset: Offset) -> list[int | None]:
    return [offset.hours, offset.days, offset.weeks]


def _stencil(header: Mapping[str, Any], body: bytes) -> Stencil:
    styles = [TypeStyle(tuple(families), *rest) for families, *rest in header["styles"]]
    tag, region, pattern, names, digits = header["days"]
    named = {field: tuple(values) for field, values in names.items()}
    return Stencil(
        digest=header["digest"],
        pages=header["pages"],
        large_print=header["large_print"],
        holes=tuple(
            Hole(
                slot,
                place,
                x,
                y,
                width,
                side,
                {setting: styles[index] for setting, index in settings.items()},
            )
            for slot, place, x, y, width, side, settings in header["holes"]
        ),
        fonts={
            (family, weight): BaseFont(
                resource.encode(), number, dict(zip(glyphs, texts, strict=True)), dict(fixed)
            )
            for family, weight, resource, number, fixed, glyphs, texts in header["fonts"]
        },
        value_format=ValueFormat(
            tuple(
                When(Offset(*start), end and Offset(*end), relative, span)
                for start, end, relative, span in header["whens"]
            ),
            Days(tag, region, tuple(pattern), named, digits),
        ),
        first=header["first"],
        trailer=header["trailer"].encode("ascii"),
        table=body[: header["table"]],
        head=body[header["table"] :],
    )
