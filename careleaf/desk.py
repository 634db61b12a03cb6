"""The desk: from a folder of content and an order to a finished sheet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from careleaf import __version__, faces, personalize
from careleaf.errors import Faults, HandoutError, Unsure, raise_all
from careleaf.facts import Facts, facts, libraries
from careleaf.model import SIZES, Approval, Form, Order, Patient, Sheet, Size
from careleaf.paths import PROGRAM, Root, po_path

if TYPE_CHECKING:  # a desk whose stencil is at hand needs none of these
    from careleaf.content import Source
    from careleaf.edition import Edition, Wording
    from careleaf.fit import Density
    from careleaf.labels import LabelSource
    from careleaf.localize import Translations
    from careleaf.press import Press, Proof
    from careleaf.schema import Clinic
    from careleaf.signoff import Signable, Standing
    from careleaf.stencil import Shelf

T = TypeVar("T")

SHEET = "sheet"  # the domain of the labels
REVIEW_MONTHS = 24
MANY_PAGES = 99  # large print and two languages take what they need

# CLDR supplemental data, paperSize: the territories that print on US Letter.
_LETTER = frozenset(
    ["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"]
)


class Desk:
    """One folder of content, read once: a snapshot. Make a new desk when a file has changed.

    `today` is what a date of a procedure is checked against.
    """

    def __init__(self, root: Root, today: date, use_stencil: bool = True) -> None:
        self.root = root
        self.today = today
        self.use_stencil = use_stencil

    # --- what there is --------------------------------------------------------------------

    @cached_property
    def handouts(self) -> tuple[str, ...]:
        """Ids of the handouts, by name of their files."""
        try:
            found = list(self.root.handouts.iterdir())
        except OSError as error:
            raise HandoutError(
                f"cannot be read: {error.strerror}",
                str(self.root.handouts),
                "check its permissions",
            ) from None
        return tuple(sorted(path.stem for path in found if path.suffix == ".yaml"))

    @cached_property
    def locales(self) -> tuple[str, ...]:
        """Tags of the locales that have a folder, English first."""
        from careleaf import catalogue

        return catalogue.available(self.root.locales)

    @cached_property
    def facts(self) -> Facts:
        """What orders are checked against. Raises HandoutError or Faults where clinic.yaml is at fault."""
        return facts(self.root.clinic_file, self.root.locales, self._read_facts)

    def _read_facts(self) -> Facts:
        from careleaf import catalogue

        clinic = self.clinic
        wishes = {*self.locales, *(tag.replace("_", "-") for tag in self.locales), clinic.locale}
        tags = {wish: tag for wish in wishes if (tag := self._served(wish))}
        chains = {tag: catalogue.chain(tag) for tag in sorted({*tags.values(), "en"})}
        return Facts(clinic.region, clinic.paper or "", clinic.locale, tags, chains)

    @cached_property
    def clinic(self) -> Clinic:
        """The clinic. Raises HandoutError or Faults."""
        from careleaf.content import load_clinic

        return load_clinic(self.root.clinic_file, self.root.short(self.root.clinic_file))

    @cached_property
    def labels(self) -> LabelSource:
        """The English labels of the sheet."""
        from careleaf.labels import load_labels

        path = self.root.templates / "labels.yaml"
        return load_labels(path, self.root.short(path), SHEET)

    @cache  # noqa: B019  a desk lives as long as its process
    def source(self, handout: str) -> Source:
        """Return a handout in English. Raises HandoutError or Faults."""
        from careleaf.content import load_handout, nearest

        if handout not in self.handouts:
            raise HandoutError(
                f'there is no handout "{handout}"', "--handout", nearest(handout, self.handouts)
            )
        path = self.root.handouts / f"{handout}.yaml"
        return load_handout(path, self.root.short(path), frozenset(self.clinic.medicines))

    @cache  # noqa: B019
    def translations(self, tag: str, domain: str) -> Translations:
        """Return the catalogues of a domain; for labels the program's own stand behind the clinic's."""
        from careleaf import localize

        own = localize.translations(self.root.locales, tag, domain)
        if domain != SHEET or self.root.locales == PROGRAM / "locales":
            return own
        shipped = localize.translations(PROGRAM / "locales", tag, domain)
        return localize.overlay(own, shipped)

    def locale(self, text: str) -> str:
        """Return the tag to print in for a wish such as `fr-CA`; the clinic's own for an empty one.

        Raises HandoutError when no catalogue serves it: English is never taken instead.
        """
        wish = text.strip() or self.facts.locale
        tag = self.facts.tags.get(wish) or self._served(wish)
        if not tag:
            from careleaf.content import nearest

            shown = wish if len(wish) <= 20 and wish.isprintable() else "this"
            place = "--locale" if text.strip() else self.root.short(self.root.clinic_file)
            raise HandoutError(
                f'there is no locale "{shown}"', place, nearest(shown, list(self.locales))
            )
        return tag

    def _served(self, wish: str) -> str:
        """Return the tag that a wish is printed in, or nothing."""
        from careleaf import catalogue

        tag = catalogue.parse_tag(wish)
        served = tag is not None and (
            catalogue.is_source(tag) or any(step in self.locales for step in catalogue.chain(tag))
        )
        return tag if tag and served else ""

    def _chain(self, tag: str) -> tuple[str, ...]:
        known = self.facts.chains.get(tag)
        if known is None:
            from careleaf import catalogue

            known = catalogue.chain(tag)
        return known

    # --- editions -------------------------------------------------------------------------

    @cache  # noqa: B019
    def wording(self, handout: str, tag: str) -> Wording:
        """Return a handout in one language. Raises HandoutError or Faults."""
        from careleaf.edition import wording

        return wording(
            self.source(handout),
            self.labels,
            tag,
            self.clinic,
            self.translations(tag, handout),
            self.translations(tag, SHEET),
        )

    def edition(self, handout: str, tag: str, form: Form) -> Edition:
        """Return all that a sheet shows but the child, ready to be given to a family.

        Raises HandoutError or Faults; a draft is one, at a clinic that prints none.
        """
        edition = self.proof(handout, tag, form)
        if self.clinic.unsigned == "refuse" and edition.approval is None:
            from careleaf.signoff import sign_first

            drafts = [t for t in (tag, form.second) if t and not self.standing(handout, t).holds]
            raise sign_first(drafts[0], handout)
        return edition

    @cache  # noqa: B019
    def proof(self, handout: str, tag: str, form: Form) -> Edition:
        """Return an edition to look at, not to give away: drafts too. Raises HandoutError or Faults."""
        from careleaf.edition import Edition, add_months
        from careleaf.localize import localize_labels

        first = self.wording(handout, tag)
        reviewed = first.handout.reviewed
        return Edition(
            first=first,
            second=self.wording(handout, form.second) if form.second else None,
            english=localize_labels(self.labels, self.translations("en", SHEET)),
            clinic=self.clinic,
            form=form,
            approval=self._approval(handout, tag, form.second),
            assets=self.root.folder,
            review_by=first.handout.review_by or add_months(reviewed, REVIEW_MONTHS),
        )

    @cache  # noqa: B019
    def standing(self, handout: str, tag: str) -> Standing:
        """Return who approved this wording, or what changed since. Raises HandoutError or Faults."""
        from careleaf import signoff

        return signoff.standing(self.root.locales, tag, self.signable(handout, tag))

    def signable(self, handout: str, tag: str) -> Signable:
        """Return what a signature covers: all the wording of a handout in one language.

        Raises HandoutError or Faults where a message cannot be printed.
        """
        from careleaf import signoff

        return signoff.signable(
            self.source(handout),
            self.labels,
            self.translations(tag, handout),
            self.translations(tag, SHEET),
        )

    def _approval(self, handout: str, tag: str, second: str) -> Approval | None:
        """Return the first language's approval; a sheet in two languages needs both."""
        if second and not self.standing(handout, second).holds:
            return None
        return self.standing(handout, tag).approval

    def form(
        self, size: str = "", *, large_print: bool = False, second: str = "", blank: bool = False
    ) -> Form:
        """Return a form; an empty size is the clinic's paper, or its region's. Raises HandoutError."""
        return Form(
            self._size(size), large_print, self.locale(second) if second.strip() else "", blank
        )

    def _size(self, text: str) -> Size:
        wish = text.strip().lower() or self.facts.paper or self._regional_paper
        for size in SIZES:
            if wish == size:
                return size
        raise HandoutError("the size is not known", "--size", f"known: {', '.join(SIZES)}")

    @property
    def _regional_paper(self) -> Size:
        return "letter" if self.facts.region in _LETTER else "a4"

    # --- orders ---------------------------------------------------------------------------

    def order(
        self,
        *,
        name: str,
        date: str,
        handout: str,
        locale: str = "",
        id: str = "",
        size: str = "",
        large_print: bool = False,
        second: str = "",
    ) -> Order:
        """Return an order from text as people type it. Raises HandoutError or Faults (all at once).

        No message holds the name or the date.
        """
        faults: list[HandoutError] = []
        if not locale.strip():
            self.locale("")  # a fault in clinic.yaml is the clinic's, not the request's
        _ = self.facts

        def take(place: str, read: Callable[[], T], otherwise: T) -> T:
            try:
                return read()
            except Faults as several:
                faults.extend(several.faults)
            except HandoutError as fault:
                faults.append(HandoutError(fault.message, place, fault.hint))
            return otherwise

        patient = Patient(
            take("--name", lambda: personalize.clean_name(name), ""),
            take("--date", lambda: personalize.parse_date(date, self.today), self.today),
            take("--id", lambda: personalize.clean_id(id), ""),
        )
        known = take("HANDOUT", lambda: self._known(handout), handout)
        tag = take("--locale", lambda: self.locale(locale), "en")
        paper = take("--size", lambda: self._size(size), SIZES[0])
        beside = take("--with", lambda: self._second(second, tag), "")
        take("--name", lambda: _printable(patient.name), None)
        raise_all(faults)
        return Order(patient, known, tag, Form(paper, large_print, beside))

    def _known(self, handout: str) -> str:
        if handout in self.handouts:
            return handout
        from careleaf.content import nearest

        shown = handout if len(handout) <= 60 and handout.isprintable() else "this"
        raise HandoutError(f'there is no handout "{shown}"', "", nearest(shown, self.handouts))

    def _second(self, text: str, first: str) -> str:
        if not text.strip():
            return ""
        tag = self.locale(text)
        if tag == first:
            raise HandoutError(
                f"the sheet is in {tag} already", "", "name another language, or none"
            )
        return tag

    # --- sheets ---------------------------------------------------------------------------

    def make(self, order: Order) -> Sheet:
        """Return the sheet for an order. Raises HandoutError or PressError: none is better than a wrong one."""
        if not self.use_stencil:
            return self._pressed(order, "")
        try:
            return shelf().make(
                self.edition_digest(order.handout, order.locale, order.form),
                order.patient,
                lambda: _Layout(self, self.edition(order.handout, order.locale, order.form)),
            )
        except Unsure as unsure:
            return self._pressed(order, unsure.reason)

    def _pressed(self, order: Order, why: str) -> Sheet:
        edition = self.edition(order.handout, order.locale, order.form)
        values = personalize.slots(edition.whens, order.locale, self.clinic.region, order.patient)
        return replace(self._press(edition, values), why=why)

    def blank(self, handout: str, tag: str, form: Form) -> Sheet:
        """Return a sheet with lines to write on, for the day the computers are down."""
        return self._press(self.edition(handout, tag, replace(form, blank=True)), {})

    def _press(self, edition: Edition, values: personalize.Slots) -> Sheet:
        pressed = self.press.press(self.html(edition, values), dated=edition.handout.reviewed)
        return Sheet(pressed.pdf, pressed.pages, "press")

    def html(self, edition: Edition, values: personalize.Slots) -> str:
        """Return a sheet as HTML, set as closely as it must be to keep to its pages."""
        from careleaf.compose import compose

        density = self.density(edition.handout.id, edition.first.tag, edition.form)
        return compose(edition, values, templates=self.root.templates, density=density)

    @cache  # noqa: B019  one trial an edition: no child's value moves anything
    def density(self, handout: str, tag: str, form: Form) -> Density:
        """Return how closely a sheet is set; lays it out a few times."""
        return self.density_of(self.proof(handout, tag, form))

    def density_of(self, edition: Edition) -> Density:
        """Return how closely an edition is set, be it this desk's or one to look at alone."""
        from careleaf.compose import compose
        from careleaf.fit import fit

        form = edition.form
        values = {} if form.blank else self._standins(edition)
        single = not (form.large_print or form.second)
        return fit(
            lambda density: self.press.layout(
                compose(edition, values, templates=self.root.templates, density=density)
            ),
            edition.handout.pages if single else MANY_PAGES,
        )

    def _standins(self, edition: Edition) -> personalize.Slots:
        """Return what stands in the slots while a sheet is tried: the trial that fits is then cut."""
        from careleaf.stencil import standins_for

        return standins_for(edition.first.tag, edition.first.region, edition.whens)

    @property
    def press(self) -> Press:
        """The process's press with the styles of this folder."""
        from careleaf.press import press_for

        folders = (self.root.styles, self.root.handouts)
        return press_for(self.root.folder, folders, self.stylesheets)

    @cached_property
    def stylesheets(self) -> tuple[Path, ...]:
        """The styles of a sheet: tokens first, then by name; those of the web page are not its."""
        found = (path for path in self.root.styles.glob("*.css") if path.stem != "web")
        return tuple(sorted(found, key=lambda path: (path.stem != "tokens", path.name)))

    # --- digests --------------------------------------------------------------------------

    @cache  # noqa: B019
    def edition_digest(self, handout: str, tag: str, form: Form) -> str:
        """Return a SHA-256 over everything an edition comes from, read as bytes: nothing is parsed."""
        root = self.root
        files = [root.clinic_file, root.handouts / f"{handout}.yaml"]
        files += root.handouts.glob("*.svg")
        for step in dict.fromkeys(s for t in (tag, form.second, "en") if t for s in self._chain(t)):
            for locales in dict.fromkeys((root.locales, PROGRAM / "locales")):
                files += [po_path(locales, step, d) for d in (handout, SHEET)]
                files.append(locales / step / "signoff.yaml")
        for folder in (root.templates, root.styles):
            files += sorted(path for path in folder.rglob("*") if path.is_file())
        head = (
            __version__,
            libraries(),
            faces.digest(),
            root.folder.as_posix(),
            handout,
            tag,
            repr(form),
        )
        return _digest(head, files)

    def digest(self, order: Order) -> str:
        """Return a SHA-256 over the edition and the child's values; never store it unkeyed."""
        patient = order.patient
        parts = (
            self.edition_digest(order.handout, order.locale, order.form),
            patient.name,
            patient.procedure.isoformat(),
            patient.id,
        )
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def shelf() -> Shelf:
    """Return the stencils of this process: they are found by digest, whichever desk asks."""
    from careleaf.stencil import Shelf

    return Shelf()


class _Layout:
    """An edition as the stencil needs it, when it must be laid out."""

    def __init__(self, desk: Desk, edition: Edition) -> None:
        self._desk, self._edition = desk, edition
        self.tag, self.region = edition.first.tag, edition.first.region
        self.whens = edition.whens
        self.large_print = edition.form.large_print

    def proof(self, values: Mapping[str, str]) -> Proof:
        """Return the sheet with these values, as the press makes it."""
        html = self._desk.html(self._edition, dict(values))
        return self._desk.press.proof(html, dated=self._edition.handout.reviewed)


def _printable(name: str) -> None:
    missing = faces.uncovered(name)
    if missing:
        raise HandoutError(
            f"the name has a character that no face can print (U+{ord(missing[0]):04X})",
            hint="write the name in letters",
        )


def _digest(head: Iterable[str], files: Iterable[Path]) -> str:
    """Digest names and contents; a file that is not there counts as empty."""
    total = hashlib.sha256("\0".join(head).encode())
    for path in files:
        content = path.read_bytes() if path.is_file() else b""
        total.update(f"\0{path.name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()
