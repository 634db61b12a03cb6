"""The critical checks for `pybabel compile` and others that ask Babel: entry point `babel.checkers`."""

from __future__ import annotations

import re

from babel.messages.catalog import Catalog, TranslationError
from babel.messages.catalog import Message as BabelMessage

from careleaf.language.critical import critical
from careleaf.language.locale_tags import SOURCE_LANGUAGE, parse_tag
from careleaf.language.messages import Message
from careleaf.language.plurals import ENGLISH, PluralRule
from careleaf.language.po_entry import of_babel

_OURS = re.compile(r"[a-z0-9-]+/[a-z0-9_-]+")  # the msgctxt of our messages: where they stand


def check(catalog: Catalog | None, message: BabelMessage) -> None:
    """Raise TranslationError for a translation that could mislead a family.

    Babel asks this of every catalogue on the machine: what is not ours, and what is not translated
    yet, passes.
    """
    if not _OURS.fullmatch(message.context or ""):
        return
    entry = of_babel(message, rule=_rule(catalog))
    if entry.untouched:
        return
    ours = Message(entry.context, entry.msgid, entry.plural, (), "", entry.line)
    tag = parse_tag(str(catalog.locale)) if catalog is not None and catalog.locale else None
    for finding in critical(ours, entry, tag or SOURCE_LANGUAGE):
        raise TranslationError(finding.message)


def _rule(catalog: Catalog | None) -> PluralRule:
    try:
        return PluralRule.of(catalog.num_plurals, catalog.plural_expr) if catalog else ENGLISH
    except ValueError:
        raise TranslationError("the header's Plural-Forms cannot be read") from None
