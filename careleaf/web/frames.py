"""Answers that come in pieces: a line of JSON, and after a line that has "size", so many bytes.

A preview is a line and then a picture a page; a list is a line a sheet and then the PDF.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

CONTENT_TYPE = "application/x-careleaf-frames"


def frame(facts: Mapping[str, object], data: bytes | None = None) -> bytes:
    """Return one piece."""
    facts = facts if data is None else {**facts, "size": len(data)}
    return json.dumps(facts, ensure_ascii=False).encode() + b"\n" + (data or b"")
