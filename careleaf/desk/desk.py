"""The desk: from a request to a finished sheet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from careleaf.child import absent
from careleaf.desk import inputs, memory, requests
from careleaf.desk.content import Content
from careleaf.errors import Unsure
from careleaf.model import Blank, Form, Order, Request, Sheet
from careleaf.paths import Root
from careleaf.sheet import personalize
from careleaf.sheet.typed import sample

if TYPE_CHECKING:  # a desk whose stencil is at hand needs none of these
    from careleaf.pdf.press import Press, Rendered
    from careleaf.sheet.edition import Edition
    from careleaf.sheet.fit import Density
    from careleaf.stencil.stencil_cache import StencilCache

MANY_PAGES = 99  # large print and two languages take what they need


class Desk:
    """Makes the sheets of one folder's content."""

    def __init__(self, content: Content, use_stencil: bool = True) -> None:
        self.content = content
        self.use_stencil = use_stencil and _has_stencil()

    @classmethod
    def at(cls, root: Root, today: date, use_stencil: bool = True) -> Desk:
        """Return a desk over the content of a folder as it is now."""
        return cls(Content(root, today), use_stencil)

    # --- requests -------------------------------------------------------------------------

    def order(self, request: Request) -> Order:
        """Return the order that a request is for; see `requests.read_order`."""
        return requests.read_order(self.content, request)

    def blank_order(self, request: Request) -> Blank:
        """Return the sheet without a child that a request is for; see `requests.read_blank`."""
        return requests.read_blank(self.content, request)

    def form(self) -> Form:
        """Return the form of a sheet where nothing is wished for."""
        return requests.standard_form(self.content)

    # --- sheets ---------------------------------------------------------------------------

    def make(self, order: Order) -> Sheet:
        """Return the sheet for an order. Raises HandoutError or PressError: none is better than a wrong one."""
        if not self.use_stencil:
            return self._pressed(order, "")
        try:
            return stencil_cache().make(
                self.edition_digest(order.handout, order.locale, order.form),
                order.patient,
                self._layout(order.handout, order.locale, order.form),
            )
        except Unsure as unsure:
            return self._pressed(order, unsure.reason)

    def warm(self, handout: str, tag: str, form: Form) -> bool:
        """Cut the stencil of an edition ahead, so that no child waits for it; return whether it was missing.

        Raises Unsure where the press makes its sheets, HandoutError or PressError where none can
        be given away.
        """
        digest = self.edition_digest(handout, tag, form)
        return stencil_cache().warm(digest, self._layout(handout, tag, form))

    def _layout(self, handout: str, tag: str, form: Form) -> Callable[[], _Layout]:
        return lambda: _Layout(self, self.content.edition(handout, tag, form))

    def _pressed(self, order: Order, why: str) -> Sheet:
        edition = self.content.edition(order.handout, order.locale, order.form)
        values = personalize.slots(
            edition.whens, order.locale, self.content.clinic.region, order.patient
        )
        return replace(self._press(edition, values), why=why)

    def blank(self, handout: str, tag: str, form: Form) -> Sheet:
        """Return a sheet with lines to write on, for the day the computers are down."""
        return self._press(self.content.edition(handout, tag, replace(form, blank=True)), {})

    def _press(self, edition: Edition, values: personalize.Slots) -> Sheet:
        pressed = self.press.press(self.html(edition, values), dated=edition.handout.reviewed)
        return Sheet(pressed.pdf, pressed.pages, "press")

    def html(self, edition: Edition, values: personalize.Slots) -> str:
        """Return a sheet as HTML, set as closely as it must be to keep to its pages."""
        from careleaf.sheet.compose import compose

        density = self.density(edition.handout.id, edition.first.tag, edition.form, absent(values))
        return compose(edition, values, templates=self.content.root.templates, density=density)

    @cache  # noqa: B019  one trial an edition: no value moves anything, but one may be absent
    def density(self, handout: str, tag: str, form: Form, without: tuple[str, ...]) -> Density:
        """Return how closely a sheet is set for children without some values.

        It is laid out a few times for that, unless the cache knows.
        """
        from careleaf.sheet.fit import DENSITIES

        key = "\0".join((self.edition_digest(handout, tag, form), *without))
        known = memory.recall("densities", key)
        for density in DENSITIES:
            if density == known:
                return density
        found = self.density_of(self.content.any_edition(handout, tag, form), without)
        memory.remember("densities", key, found)
        return found

    def density_of(
        self,
        edition: Edition,
        without: tuple[str, ...] = (),
        values: personalize.Slots | None = None,
    ) -> Density:
        """Return how closely an edition is set, be it this desk's or one to look at alone.

        It is tried with stand-ins, or with `values`: the trial that fits is then at hand for the
        press, which need not lay out that HTML again.
        """
        from careleaf.sheet.compose import compose
        from careleaf.sheet.estimate import expected
        from careleaf.sheet.fit import fit

        form = edition.form
        if values is None:
            values = self._standins(edition, without)
        if form.blank:
            values = {}
        single = not (form.large_print or form.second)
        return fit(
            lambda density: self.press.layout(
                compose(edition, values, templates=self.content.root.templates, density=density)
            ),
            edition.handout.pages if single else MANY_PAGES,
            expected(edition),
        )

    def _standins(self, edition: Edition, without: tuple[str, ...]) -> personalize.Slots:
        """Return what stands in the slots while a sheet is tried: the trial that fits is then cut."""
        tag, region, whens = edition.first.tag, edition.first.region, edition.whens
        if not _has_stencil():
            tried = personalize.slots(whens, tag, region, sample())
            return {key: value for key, value in tried.items() if key not in without}
        from careleaf.stencil.stencil_cache import standins_for

        return standins_for(tag, region, whens, without)

    @property
    def press(self) -> Press:
        """The process's press with the styles of this folder."""
        from careleaf.pdf.press import press_for

        root, logo = self.content.root, self.content.clinic.logo
        folders = (root.styles, root.handouts, *((root.part(logo).parent,) if logo else ()))
        return press_for(root.folder, folders, self.stylesheets)

    @cached_property
    def stylesheets(self) -> tuple[Path, ...]:
        """The styles of a sheet."""
        return inputs.stylesheets(self.content.root)

    # --- digests --------------------------------------------------------------------------

    @cache  # noqa: B019
    def edition_digest(self, handout: str, tag: str, form: Form) -> str:
        """Return a digest of all that an edition comes from; see `inputs`."""
        return inputs.edition_digest(self.content, handout, tag, form)

    def digest(self, order: Order) -> str:
        """Return a SHA-256 over the edition and the child's values; never store it unkeyed."""
        edition = self.edition_digest(order.handout, order.locale, order.form)
        parts = (edition, *order.patient.written)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _has_stencil() -> bool:
    """Whether the program has its stencil: without that folder it works, slower."""
    return (Path(__file__).parent.parent / "stencil" / "stencil_cache.py").is_file()


@cache
def stencil_cache() -> StencilCache:
    """Return the stencils of this process: they are found by digest, whichever desk asks."""
    from careleaf.stencil.stencil_cache import StencilCache

    return StencilCache()


class _Layout:
    """An edition as the stencil needs it, when it must be laid out."""

    def __init__(self, desk: Desk, edition: Edition) -> None:
        self._desk, self._edition = desk, edition
        self.tag, self.region = edition.first.tag, edition.first.region
        self.whens = edition.whens
        self.large_print = edition.form.large_print

    def render(self, values: Mapping[str, str]) -> Rendered:
        """Return the sheet with these values, as the press makes it."""
        html = self._desk.html(self._edition, dict(values))
        return self._desk.press.render(html, dated=self._edition.handout.reviewed)
