"""The critical checks for `pybabel compile` and others that ask Babel: entry point `babel.checkers`."""

from __future__ import annotations

import re

from babel.messages.catalog import Catalog, TranslationError
from babel.messages.catalog import Message as BabelMessage

from careleaf.language.catalogue import Entry
from careleaf.language.critical import critical
from careleaf.language.locale_tags import SOURCE_LANGUAGE, parse_tag
from careleaf.language.messages import Message

_OURS = re.compile(r"[a-z0-9-]+/[a-z0-9_-]+")  # the msgctxt of our messages: where they stand


def check(catalog: Catalog | None, message: BabelMessage) -> None:
    """Raise TranslationError for a translation that could mislead a family.

    Babel asks this of every catalogue on the machine: what is not ours, and what is not translated
    yet, passes.
    """
    if not _OURS.fullmatch(message.context or ""):
        return
    ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
    strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
    if not any(strings):
        return
    one, *more = (str(text) for text in ids)
    plural = more[0] if more else ""
    context = message.context or ""
    ours = Message(context, one, plural, (), "", message.lineno or 1)
    entry = Entry(context, one, plural, tuple(map(str, strings)), False, message.lineno or 1)
    tag = parse_tag(str(catalog.locale)) if catalog is not None and catalog.locale else None
    for finding in critical(ours, entry, tag or SOURCE_LANGUAGE):
        raise TranslationError(finding.message)
