"""What tells of a change in what a preview is made of: another stamp means another page."""

from __future__ import annotations

from careleaf.desk import inputs
from careleaf.desk.desk import Desk
from careleaf.language.locale_tags import SOURCE_LANGUAGE
from careleaf.model import Form


def sources(desk: Desk) -> str:
    """Return what tells of a change in what the English sheets come from."""
    return inputs.stamp(_inputs(desk, SOURCE_LANGUAGE))


def translations(desk: Desk, tag: str) -> str:
    """Return what tells of a change in what the sheets in a language, and their checks, come from."""
    glossary = inputs.Input("locales/glossary.yaml", desk.content.root.locales / "glossary.yaml")
    return inputs.stamp((*_inputs(desk, tag), glossary))


def _inputs(desk: Desk, tag: str) -> list[inputs.Input]:
    found = (inputs.of_edition(desk.content, each, tag, Form()) for each in desk.content.handouts)
    return sorted({one for each in found for one in each})
