"""XML from outside -> calls for its elements: no entities, a limit for bytes and one for depth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.parsers import expat

# An element's name without its namespace, its attributes ("namespace name" where they have one), and
# the line it stands on.
Start = Callable[[str, dict[str, str], int], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def nothing(name: str) -> None:
    """Do nothing at an element's end."""


class UnsafeXml(ValueError):
    """XML that is not read: it is broken, too large or too deep, or it declares entities."""

    def __init__(self, message: str, line: int, *, is_too_large: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.is_too_large = is_too_large


def parse(
    chunks: Iterable[bytes],
    start: Start,
    end: End = nothing,
    text: Text | None = None,
    *,
    limit_bytes: int,
    limit_depth: int = 100,
) -> int:
    """Call `start` (name, attributes, line) and `end` for each element, `text` for what is between.

    Returns the bytes read. Raises UnsafeXml,
    and whatever the calls raise.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > limit_depth:
            raise UnsafeXml(f"nested more than {limit_depth} deep", parser.CurrentLineNumber)
        start(name.rpartition(" ")[2], attributes, parser.CurrentLineNumber)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition(" ")[2])

    def refuse(*what: object) -> None:
        raise UnsafeXml("it declares entities of its own", parser.CurrentLineNumber)

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = refuse
    size = 0
    try:
        for chunk in chunks:
            size += len(chunk)
            if size > limit_bytes:
                message = f"larger than {limit_bytes:,} bytes"
                raise UnsafeXml(message, parser.CurrentLineNumber, is_too_large=True)
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnsafeXml("not sound XML", error.lineno) from None
    except UnsafeXml:
        raise
    except (LookupError, ValueError):  # an encoding that Python lacks, a number that is none
        raise UnsafeXml("not sound XML", max(parser.CurrentLineNumber, 1)) from None
    return size
