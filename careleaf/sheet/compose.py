"""Edition + slot values -> HTML. All structure is in templates/, all wording in the edition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import repeat
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup, escape

from careleaf.content.handout import Section
from careleaf.content.pictures import must_be_modest
from careleaf.errors import HandoutError
from careleaf.language import cldr
from careleaf.model import Form
from careleaf.sheet import measure
from careleaf.sheet.edition import Edition, Wording
from careleaf.sheet.fit import Density
from careleaf.text import FSI, PDI, Placeholder, Text, Value, isolate

TWO_PARTS = re.compile(r"([^:：]+[:：])\s*([^:：]+)")


def compose(
    edition: Edition,
    values: Mapping[str, str],
    *,
    templates: Path,
    density: Density = "normal",
) -> str:
    """Return the sheet as one HTML document.

    `values` gives what stands in the slots (`personalize.slots`); a slot without a value is a line
    to write on. `density` is `fit.fit`'s. Raises HandoutError if a template fails or a picture is missing.
    """
    try:
        page = _environment(templates).get_template("page.html.j2")
        return page.render(
            edition=edition,
            clinic=edition.clinic,
            form=edition.form,
            first=edition.first,
            second=edition.second,
            look=" ".join((*look(edition.form), density)),
            digits=cldr.format_locale(
                edition.first.tag, edition.first.region
            ).default_numbering_system,
            slot=partial(_slot, values, edition.form),
            has=partial(_has, values),
            strip=partial(_strip, edition),
            logo=_logo(edition),
            picture=partial(_picture, edition),
            qr=_qr(edition),
        )
    except TemplateError as error:
        place = getattr(error, "filename", None) or "templates"
        line = getattr(error, "lineno", None)
        where = f"{place}:{line}" if line else str(place)
        raise HandoutError(str(error), where, "mend the template", "template.failed") from error


def look(form: Form) -> Iterator[str]:
    """Yield the classes that the styles tell a form by."""
    yield form.size
    yield "pair" if form.second else "large" if form.large_print else "side"
    if form.second and form.large_print:
        yield "large"
    if form.blank:
        yield "blank"


@lru_cache(maxsize=8)
def _environment(templates: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,  # detection by file name skips .html.j2
        optimized=False,  # folding constants takes longer than what it saves on so few pages
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "t": show,
        "title": title,
        "isolated": isolate,
        "words": lambda plain: Text((plain,)),
    }
    environment.globals |= {"both": both, "page_of": _page_of, "shape": _shape}
    return environment


def show(text: Text) -> Markup:
    """Return a text as HTML: each value isolated, and kept on one line where it is short."""
    return Markup("").join(
        _part(part) if isinstance(part, Value) else escape(str(part)) for part in text.parts
    )


def _part(value: Value) -> Markup:
    """Return a value, isolated; a short one of several words stays on one line.

    The outer isolate keeps the space before the value from being the last character of its box:
    WeasyPrint 70 breaks such a line after its first word when only that space is too much.
    """
    if not value.keep_together or " " not in value.shown:
        return escape(str(value))
    return Markup('{}<span class="value">{}</span>{}').format(FSI, str(value), PDI)


def title(text: Text) -> Markup:
    """Return a title with what follows its colon on a line of its own."""
    match = TWO_PARTS.fullmatch(str(text))
    if match is None:
        return show(text)
    return Markup('{} <span class="subtitle">{}</span>').format(*match.groups())


def both(first: Sequence[Any], second: Sequence[Any] | None) -> Iterator[tuple[Any, Any]]:
    """Yield the members of the first language beside those of the second, or beside None."""
    yield from zip(first, second, strict=True) if second is not None else zip(first, repeat(None))


def _shape(section: Section) -> str:
    """Return the classes of a section.

    `stacked`: its first block needs the room beside the heading. `whole`: it has warning signs,
    which never turn the page.
    """
    classes = (
        ("stacked", section.blocks[0].fills_the_width),
        ("whole", any(block.stays_whole for block in section.blocks)),
    )
    return " ".join(name for name, holds in classes if holds)


def _strip(edition: Edition) -> Markup:
    """Return the draft notice in the language of the sheet and in English."""
    sides = [(edition.first.tag, edition.first.labels), ("en", edition.english)]
    said = {str(labels("draft")): tag for tag, labels in reversed(sides)}
    return Markup(" · ").join(
        Markup('<span lang="{}" dir="{}">{}</span>').format(
            cldr.bcp47(tag), cldr.direction(tag), words
        )
        for words, tag in reversed(said.items())
    )


def _page_of(side: Wording) -> Markup:
    """Return "Page 1 of 2" with places for the two numbers, which the styles count."""
    label = Text.parse(side.labels.entries["page"].form(1))
    names = {"page": "page-now", "pages": "page-all"}
    return Markup("").join(
        Markup('<span class="{}"></span>').format(names[part.name])
        if isinstance(part, Placeholder)
        else escape(str(part))
        for part in label.parts
    )


# --- the child's places -------------------------------------------------------------------------


def _slot(values: Mapping[str, str], form: Form, name: str, place: str) -> Markup:
    """Return the place for a child's value: the value, isolated, or a line to write on."""
    if name not in values:
        return Markup('<span class="write-in write-in-{}"></span>').format(name)
    value = values[name]
    size = measure.setting(value, name, place, large_print=form.large_print)
    classes = " ".join(filter(None, ("slot", f"slot-{name}", size)))
    return Markup('<span class="{}" data-slot="{}" data-place="{}">{}</span>').format(
        classes, name, place, isolate(value) if value else ""
    )


def _has(values: Mapping[str, str], name: str) -> bool:
    """Whether a slot shows something: a row that is there for some children only asks this."""
    return name not in values or bool(values[name])


# --- pictures -----------------------------------------------------------------------------------


def _logo(edition: Edition) -> str:
    """Return the clinic's logo as a file URL, or nothing."""
    if edition.clinic.logo is None:
        return ""
    path = edition.assets.part(edition.clinic.logo)
    if not path.is_file():
        raise HandoutError(
            f"the logo {edition.clinic.logo} does not exist",
            "clinic.yaml",
            "check `logo:`",
            "clinic.logo-missing",
        )
    must_be_modest(path, edition.clinic.logo)
    return path.as_uri()


def _picture(edition: Edition, file: str) -> str:
    """Return a handout's own picture as a file URL."""
    path = edition.assets.handouts / file
    if not path.is_file():
        raise HandoutError(
            f"the picture {file} does not exist",
            f"handouts/{edition.handout.id}.yaml",
            "put it beside the handout",
            "handout.picture-missing",
        )
    must_be_modest(path, f"handouts/{file}")
    return path.as_uri()


def _qr(edition: Edition) -> Markup:
    """Return the clinic's address as a QR code with its description, if the handout asks for one."""
    if not any(block.wants_qr for block in edition.handout.blocks):
        return Markup("")
    address = edition.clinic.web_address
    words = edition.first.labels("qr", web_address=address).plain
    size, path = _modules(address)
    return Markup(
        '<svg viewBox="0 0 {0} {0}" aria-label="{1}"><path d="{2}" fill="#000"/></svg>'
    ).format(size, words, path)


@lru_cache(maxsize=64)
def _modules(address: str) -> tuple[int, str]:
    """Return the side of a QR code (ISO/IEC 18004, level M) in modules, margin included, and its path."""
    code = segno.make(address, error="m", micro=False)
    rows = tuple(code.matrix_iter(scale=1, border=4))
    drawn = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return len(rows), drawn


__all__ = ["compose", "show"]
