"""The renderer's PDF (pydyf) -> the objects of its pages, and what is painted on each."""

from __future__ import annotations

from typing import Any

from careleaf.pdf.objects import number_of


def pages_of(pdf: Any) -> list[Any]:
    """Return the dictionary of each page, in order."""
    return [pdf.objects[number] for number in pdf.pages["Kids"][::3]]


def content_of(pdf: Any, page: Any) -> Any:
    """Return the content stream of a page; its `.stream` is a list of operands and operators."""
    return pdf.objects[number_of(page["Contents"])]
