"""Edition + slot values -> HTML. All structure is in templates/, all wording in the edition."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup, escape

from careleaf import cldr
from careleaf.edition import Edition, Wording
from careleaf.errors import HandoutError
from careleaf.text import Text, Value, is_right_to_left, isolate


def compose(edition: Edition, values: Mapping[str, str], *, templates: Path) -> str:
    """Return the sheet as one HTML document.

    `values` gives what stands in the slots (`personalize.slots`); a slot without a value is a line
    to write on. Raises HandoutError if a template fails.
    """
    try:
        page = _environment(templates).get_template("page.html.j2")
        return page.render(
            edition=edition,
            clinic=edition.clinic,
            form=edition.form,
            first=edition.first,
            second=edition.second,
            english=edition.english,
            slot=lambda name: _slot(name, values),
            logo=_logo(edition),
            qr=_qr(edition.clinic.web_address),
        )
    except TemplateError as error:
        place = getattr(error, "filename", None) or "templates"
        line = getattr(error, "lineno", None)
        raise HandoutError(str(error), f"{place}:{line}" if line else str(place)) from error


@lru_cache(maxsize=8)
def _environment(templates: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,  # detection by file name skips .html.j2
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["t"] = show
    environment.globals["bcp47"] = cldr.bcp47
    return environment


def show(text: Text) -> Markup:
    """Return a text as HTML: each value isolated, and kept on one line where it is short."""
    return Markup("").join(_part(part) if isinstance(part, Value) else escape(str(part)) for part in text.parts)


def _part(value: Value) -> Markup:
    kind = "value" if value.keep_together else "value long"
    return Markup('<span class="{}">{}</span>').format(kind, str(value))


def _slot(name: str, values: Mapping[str, str]) -> Markup:
    """Return the place for a child's value: the value, isolated, or a line to write on."""
    if name not in values:
        return Markup('<span class="write-in slot-{}"></span>').format(name)
    value = values[name]
    direction = "rtl" if is_right_to_left(value) else "ltr"
    return Markup('<span class="slot slot-{}" dir="{}">{}</span>').format(name, direction, isolate(value))


def _logo(edition: Edition) -> str:
    """Return the clinic's logo as a file URL, or nothing."""
    if edition.clinic.logo is None:
        return ""
    path = edition.assets / edition.clinic.logo
    if not path.is_file():
        raise HandoutError(f"the logo {edition.clinic.logo} does not exist", "clinic.yaml", "check `logo:`")
    return path.as_uri()


@lru_cache(maxsize=64)
def _qr(address: str) -> Markup:
    """Return the clinic's address as an inline SVG path of a QR code (ISO/IEC 18004, level M)."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(scale=1, border=4, omitsize=True, svgclass=None, lineclass=None))


__all__ = ["Wording", "compose", "show"]
