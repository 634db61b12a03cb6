"""Plural rules: what a PO file's header says, what CLDR says, and whether the one serves the other."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from babel import Locale
from babel.messages.plurals import get_plural
from babel.plural import to_gettext

# Whole numbers that a message may count: hours, days and weeks of a handout (60 weeks in days).
MOST = 420
_COUNTED = range(1, MOST + 1)
_ORDER = ("zero", "one", "two", "few", "many", "other")

# Babel's own table puts "other" before "many"; this is CLDR's order.
_BY_HAND = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
    "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
}

# What editors write by default although CLDR sorts some numbers, or orders the forms, otherwise.
_IN_USE = {
    "mk": "n%10==1 ? 0 : 1",
    "mt": "n==1 ? 0 : n==0 || (n%100>1 && n%100<11) ? 1 : (n%100>10 && n%100<20) ? 2 : 3",
    "ro": "n==1 ? 0 : n==0 || (n%100>=2 && n%100<=19) ? 1 : 2",
    "sl": "n%100==1 ? 1 : n%100==2 ? 2 : n%100==3 || n%100==4 ? 3 : 0",
}


@dataclass(frozen=True, slots=True)
class PluralRule:
    """The rule of a Plural-Forms header: how many forms there are, and which one a number takes.

    `reached` are the forms that a number of ours takes: a form for millions, or for fractions,
    stands in many headers and is never printed.
    """

    count: int
    expression: str
    pick: Callable[[int], int] = field(repr=False, compare=False)
    reached: frozenset[int] = field(repr=False, compare=False)

    @classmethod
    def of(cls, count: int, expression: str) -> PluralRule:
        """Return the rule that `plural=expression` writes. Raises ValueError for one that is none."""
        return _rule(count, expression)

    def examples(self, index: int) -> tuple[int, ...]:
        """Return the numbers that take a form, the smallest first."""
        return tuple(count for count in range(202) if self.pick(count) == index)


@lru_cache(maxsize=256)
def _rule(count: int, expression: str) -> PluralRule:
    pick = gettext.c2py(expression)
    try:
        reached = frozenset(map(pick, range(MOST + 1)))
    except ZeroDivisionError:
        raise ValueError("the rule divides by nothing") from None
    if not all(0 <= index < count for index in reached):
        raise ValueError("the rule picks a form that there is not")
    return PluralRule(count, expression, pick, reached)


ENGLISH = PluralRule.of(2, "n != 1")


def serves(rule: PluralRule, tag: str) -> bool:
    """Whether a header's rule may stand in a file of this language.

    It is one that gettext and the editors write for it, or CLDR explains it: no form mixes numbers
    of two CLDR classes, and the forms stand in CLDR's order. One class may be cut into several.
    """
    locale = Locale.parse(tag)
    usual = get_plural(locale)
    in_use = [usual.plural_expr, *filter(None, [_IN_USE.get(locale.language)])]
    if any(_is_alike(rule.pick, gettext.c2py(one)) for one in in_use):
        return True
    classes: dict[int, set[int]] = {}
    for count in _COUNTED:
        category = _ORDER.index(locale.plural_form(count))
        classes.setdefault(rule.pick(count), set()).add(category)
    order = [max(classes[index]) for index in sorted(classes)]
    return all(len(found) == 1 for found in classes.values()) and order == sorted(order)


def _is_alike(one: Callable[[int], int], other: Callable[[int], int]) -> bool:
    return all(one(count) == other(count) for count in _COUNTED)


def plural_categories(tag: str) -> tuple[str, ...]:
    """Return the plural forms that whole numbers take, in CLDR's order: `("one", "few", "many")`."""
    rule = Locale.parse(tag).plural_form
    taken = {rule(count) for count in range(MOST + 1)}
    return tuple(category for category in _ORDER if category in taken)


def plural_count(tag: str) -> int:
    return len(plural_categories(tag))


@lru_cache(maxsize=64)
def plural_forms(tag: str) -> str:
    """Return the Plural-Forms header of a new file: CLDR's forms for whole numbers, in its order."""
    locale, names = Locale.parse(tag), plural_categories(tag)
    if locale.language in _BY_HAND:
        return _BY_HAND[locale.language]
    usual = get_plural(locale)
    pick = gettext.c2py(usual.plural_expr)
    if usual.num_plurals == len(names) and all(
        names[pick(count)] == locale.plural_form(count) for count in _COUNTED
    ):
        return f"nplurals={usual.num_plurals}; plural={usual.plural_expr};"
    for plain in ("n != 1", "n > 1"):
        if len(names) == 2 and all(
            gettext.c2py(plain)(count) == (locale.plural_form(count) != names[0])
            for count in range(MOST + 1)
        ):
            return f"nplurals=2; plural=({plain});"
    return str(to_gettext(locale.plural_form))
