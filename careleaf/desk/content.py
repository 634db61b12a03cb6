"""What a folder of content holds, read once: handouts, catalogues, the clinic, and the editions made of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING

from careleaf.desk import cache as kept
from careleaf.desk.cache import Facts
from careleaf.errors import HandoutError, nearest
from careleaf.model import Approval, Form
from careleaf.paths import PROGRAM, Root
from careleaf.paths import SHEET as SHEET
from careleaf.sheet.typed import Here

if TYPE_CHECKING:  # a desk whose stencil is at hand needs none of these
    from careleaf.content.clinic import Clinic
    from careleaf.content.labels import LabelSource
    from careleaf.content.loading import HandoutSource
    from careleaf.language.localize import Translations
    from careleaf.language.messages import Message
    from careleaf.language.signoff import Signable, Standing
    from careleaf.sheet.edition import Edition, Wording

REVIEW_MONTHS = 24


class Content:
    """One folder of content, read once: a snapshot. Make a new one when a file has changed.

    `today` is what a date of a procedure is checked against.
    """

    def __init__(self, root: Root, today: date) -> None:
        self.root = root
        self.today = today

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
                "file.unreadable",
            ) from None
        return tuple(sorted(path.stem for path in found if path.suffix == ".yaml"))

    @cached_property
    def locales(self) -> tuple[str, ...]:
        """Tags of the locales that have a folder, English first."""
        from careleaf.language import locale_tags

        return locale_tags.available(self.root.locales)

    @cached_property
    def facts(self) -> Facts:
        """What orders are checked against. Raises HandoutError or Faults where clinic.yaml is at fault."""
        return kept.facts(self.root.clinic_file, self.root.locales, self._read_facts)

    def _read_facts(self) -> Facts:
        from careleaf.language import locale_tags

        clinic = self.clinic
        wishes = {*self.locales, *(tag.replace("_", "-") for tag in self.locales), clinic.locale}
        tags = {wish: tag for wish in wishes if (tag := self._served(wish))}
        chains = {tag: locale_tags.chain(tag) for tag in sorted({*tags.values(), "en"})}
        return Facts(
            region=clinic.region,
            paper=clinic.paper or "",
            locale=clinic.locale,
            logo=clinic.logo or "",
            time_zone=clinic.time_zone or "",
            tags=tags,
            chains=chains,
        )

    @property
    def here(self) -> Here:
        """What a date is read by."""
        return Here(self.today, self.facts.time_zone)

    @cached_property
    def clinic(self) -> Clinic:
        """The clinic. Raises HandoutError or Faults."""
        from careleaf.content.loading import load_clinic

        return load_clinic(self.root.clinic_file, self.root.short(self.root.clinic_file))

    @cache  # noqa: B019  it lives as long as its process
    def pictures(self, handout: str) -> tuple[str, ...]:
        """Return the pictures beside a handout that it names.

        Raises HandoutError or Faults for a handout with a fault, OSError for one that is gone.
        """
        return kept.pictures(
            self.root.handouts / f"{handout}.yaml", lambda: self._read_pictures(handout)
        )

    def _read_pictures(self, handout: str) -> tuple[str, ...]:
        blocks = self.source(handout).handout.blocks
        return tuple(dict.fromkeys(name for block in blocks for name in block.pictures))

    @cached_property
    def labels(self) -> LabelSource:
        """The English labels of the sheet."""
        from careleaf.content.labels import load_labels

        path = self.root.templates / "labels.yaml"
        return load_labels(path, self.root.short(path), SHEET)

    @cache  # noqa: B019  it lives as long as its process
    def source(self, handout: str) -> HandoutSource:
        """Return a handout in English. Raises HandoutError or Faults."""
        from careleaf.content.loading import load_handout

        if handout not in self.handouts:
            raise HandoutError(
                f'there is no handout "{handout}"',
                "HANDOUT",
                nearest(handout, self.handouts),
                "handout.unknown",
            )
        path = self.root.handouts / f"{handout}.yaml"
        return load_handout(path, self.root.short(path), frozenset(self.clinic.medicines))

    @cache  # noqa: B019
    def translations(self, tag: str, domain: str) -> Translations:
        """Return the catalogues of a domain; for labels the program's own stand behind the clinic's."""
        from careleaf.language import localize

        own = localize.translations(self.root.locales, tag, domain)
        if domain == SHEET and self.root.locales != PROGRAM / "locales":
            shipped = localize.translations(PROGRAM / "locales", tag, domain)
            own = localize.overlay(own, shipped)
        return own.beside(self._messages(domain))

    def _messages(self, domain: str) -> Iterator[Message]:
        """Yield the English of a domain; nothing for a handout whose own faults are told elsewhere."""
        from careleaf.language.messages import of_handout, of_labels

        if domain == SHEET:
            yield from of_labels(self.labels)
        elif domain in self.handouts:
            with suppress(HandoutError):
                yield from of_handout(self.source(domain))

    def locale(self, text: str) -> str:
        """Return the tag to print in for a wish such as `fr-CA`; the clinic's own for an empty one.

        Raises HandoutError when no catalogue serves it: English is never taken instead.
        """
        wish = text.strip() or self.facts.locale
        tag = self.facts.tags.get(wish) or self._served(wish)
        if not tag:
            shown = wish if len(wish) <= 20 and wish.isprintable() else "this"
            place = "--locale" if text.strip() else self.root.short(self.root.clinic_file)
            raise HandoutError(
                f'there is no locale "{shown}"',
                place,
                nearest(shown, list(self.locales)),
                "locale.unknown",
            )
        return tag

    def _served(self, wish: str) -> str:
        """Return the tag that a wish is printed in, or nothing."""
        from careleaf.language import locale_tags

        tag = locale_tags.parse_tag(wish)
        served = tag is not None and (
            locale_tags.is_source(tag)
            or any(step in self.locales for step in locale_tags.chain(tag))
        )
        return tag if tag and served else ""

    def chain(self, tag: str) -> tuple[str, ...]:
        """Return the folders that a language reads, nearest first."""
        known = None
        with suppress(HandoutError):  # a fault in clinic.yaml changes no chain
            known = self.facts.chains.get(tag)
        if known is None:
            from careleaf.language import locale_tags

            known = locale_tags.chain(tag)
        return known

    # --- editions -------------------------------------------------------------------------

    @cache  # noqa: B019
    def wording(self, handout: str, tag: str) -> Wording:
        """Return a handout in one language. Raises HandoutError or Faults."""
        from careleaf.sheet.edition import wording

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
        edition = self.any_edition(handout, tag, form)
        if self.clinic.unsigned == "refuse" and edition.approval is None:
            from careleaf.language.signoff import sign_first

            drafts = [t for t in (tag, form.second) if t and not self.standing(handout, t).holds]
            raise sign_first(drafts[0], handout)
        return edition

    @cache  # noqa: B019
    def any_edition(self, handout: str, tag: str, form: Form) -> Edition:
        """Return an edition to look at, not to give away: drafts too. Raises HandoutError or Faults."""
        from careleaf.language.localize import localize_labels
        from careleaf.sheet.edition import Edition, add_months

        first = self.wording(handout, tag)
        reviewed = first.handout.reviewed
        return Edition(
            first=first,
            second=self.wording(handout, form.second) if form.second else None,
            english=localize_labels(self.labels, self.translations("en", SHEET)),
            clinic=self.clinic,
            form=form,
            approval=self._approval(handout, tag, form.second),
            assets=self.root,
            review_by=first.handout.review_by or add_months(reviewed, REVIEW_MONTHS),
        )

    @cache  # noqa: B019
    def standing(self, handout: str, tag: str) -> Standing:
        """Return who approved this wording, or what changed since. Raises HandoutError or Faults."""
        from careleaf.language import signoff

        return signoff.standing(self.root.locales, tag, self.signable(handout, tag))

    def signable(self, handout: str, tag: str) -> Signable:
        """Return what a signature covers: all the wording of a handout in one language.

        Raises HandoutError or Faults where a message cannot be printed.
        """
        from careleaf.language import signoff

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
