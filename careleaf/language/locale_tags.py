"""Locale tags as people and programs write them -> the tags that folders have, and where each looks.

A tag is a language with a script and a territory where they matter: `fr_CA`, `zh_Hans`. What is
deprecated or another name for the same (`iw`, `tl`, `cmn`, `en_UK`) is replaced by CLDR's
supplemental alias data; nothing is added that the writer did not say.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global, parse_locale

SOURCE_LANGUAGE = "en"

# What gettext writes behind an @: a script, or a variant that leaves language and script as they are.
_MODIFIERS = {"latin": "Latn", "cyrillic": "Cyrl", "euro": "", "valencia": ""}

# ISO 639-2: undetermined, no linguistic content, several languages, none of those with a code.
_NO_LANGUAGES = frozenset(("und", "zxx", "mul", "mis", "root"))  # the last is CLDR's own

Parts = tuple[str, str, str]  # language, script, territory; what is not said is empty


def names_no_language(text: str) -> bool:
    """Whether a tag says that the language is not known (`und`), or is none, or several."""
    return text.strip().replace("_", "-").partition("-")[0].lower() in _NO_LANGUAGES


@lru_cache(maxsize=512)
def parse_tag(text: str) -> str | None:
    """Return a locale tag as the folders write it (`fr_CA`, `zh_Hans`), or None if CLDR has none."""
    plain, _, modifier = text.strip().replace("-", "_").partition("@")
    script_of_modifier = _MODIFIERS.get(modifier.lower(), "") if modifier else ""
    if modifier and modifier.lower() not in _MODIFIERS:
        return None
    try:
        language, territory, script, *_ = parse_locale(plain, sep="_")
    except (ValueError, TypeError):
        return None
    parts = _canonical((language, script or script_of_modifier, territory or ""))
    return next((_joined(found) for found in _spellings(parts) if _is_known(found)), None)


def _canonical(parts: Parts) -> Parts:
    """Return language, script and territory with CLDR's alias data applied."""
    language, script, territory = parts
    replaced = str(get_global("language_aliases").get(language, language))
    language, territory_meant, script_meant, *_ = parse_locale(replaced)
    script = script or script_meant or ""
    territory = territory or territory_meant or ""
    heirs = get_global("territory_aliases").get(territory, ())
    if heirs:  # of several, the one that the language is mostly written in
        likely = _likely(language)[2]
        territory = str(likely if likely in heirs else heirs[0])
    return language, script, territory


def _spellings(parts: Parts) -> Iterator[Parts]:
    """Yield ways to say the same locale: as it is, with its likely script, without its likely place."""
    language, script, territory = parts
    yield parts
    if not script and territory:
        yield language, _likely(f"{language}_{territory}")[1] or _likely(language)[1], territory
    if territory == _likely(language)[2]:
        yield language, script, ""


def _is_known(parts: Parts) -> bool:
    if names_no_language(parts[0]):
        return False
    try:
        Locale.parse(_joined(parts), resolve_likely_subtags=False)
    except (ValueError, UnknownLocaleError):
        return False
    return True


def _joined(parts: Parts) -> str:
    return "_".join(part for part in parts if part)


def _likely(tag: str) -> Parts:
    """Return what CLDR's likely subtags say of a tag; empty parts where they say nothing."""
    found = get_global("likely_subtags").get(tag)
    if not found:
        return "", "", ""
    language, territory, script, *_ = parse_locale(found)
    return language, script or "", territory or ""


@lru_cache(maxsize=512)
def chain(tag: str) -> tuple[str, ...]:
    """Return the tags to look under, nearest first: `fr_CA` -> (`fr_CA`, `fr`).

    A script is never given up for another: `zh_TW` is written in Hant (CLDR's likely
    subtags), so it reaches `zh_Hant` and never `zh_Hans`.
    """
    locale = Locale.parse(tag)
    script = likely_script(tag)
    usual = _likely(locale.language)[1]
    parts = [tag]
    if script and locale.territory:
        parts += [f"{locale.language}_{script}_{locale.territory}"]
    if script:
        parts.append(f"{locale.language}_{script}")
    if script == usual or not script:
        if locale.territory:
            parts.append(f"{locale.language}_{locale.territory}")
        parts.append(locale.language)
    return tuple(dict.fromkeys(parts))


def likely_script(tag: str) -> str:
    """Return the script a locale is written in, as ISO 15924 has it; empty where CLDR has none."""
    locale = Locale.parse(tag)
    return locale.script or _likely(tag)[1] or _likely(locale.language)[1]


def is_source(tag: str) -> bool:
    """Whether `tag` is English: its missing messages are the source's own words."""
    return tag.split("_")[0] == SOURCE_LANGUAGE


def available(locales: Path) -> tuple[str, ...]:
    """Return the tags that have a folder, and `en`, which needs none; English first, then by tag."""
    folders = locales.iterdir() if locales.is_dir() else ()
    tags = {folder.name for folder in folders if (folder / "LC_MESSAGES").is_dir()}
    return tuple(sorted(tags | {SOURCE_LANGUAGE}, key=lambda tag: (not is_source(tag), tag)))


def nearest_folder(locales: Path, tag: str) -> str:
    """Return the tag whose folder serves `tag`: the first of its chain that there is, else its own."""
    steps = chain(tag)
    return next((step for step in steps if (locales / step).is_dir()), steps[0])
