"""What each language writes where English writes . ? ! : , ; with the source of every line."""

from __future__ import annotations

from collections.abc import Mapping

# A kind of mark (the English sign) and the signs a language may end a text of that kind with.
Marks = Mapping[str, str]

ENGLISH: Marks = {".": ".", "?": "?", "!": "!", ":": ":", ";": ";", ",": ",", "…": "…"}

# CLDR, exemplar characters (punctuation) of each language; Unicode core specification for the
# scripts' own marks (chapter 9 Arabic, 12 Devanagari danda, 17 Ethiopic, 16 Khmer and Myanmar).
_ARABIC = {"?": "؟", ";": "؛", ",": "،"}
_HAN = {".": "。", "?": "？", "!": "！", ":": "：", ";": "；", ",": "，、", "…": "…"}
_DANDA = {".": "।."}
_OWN: Mapping[str, Marks] = {
    "ar": _ARABIC, "ckb": _ARABIC, "fa": _ARABIC, "ps": {**_ARABIC, ".": ".۔"},
    "sd": {**_ARABIC, ".": ".۔"}, "ug": _ARABIC, "ur": {**_ARABIC, ".": "۔"},
    "zh": _HAN, "yue": _HAN, "ja": _HAN,
    "as": _DANDA, "bn": _DANDA, "hi": _DANDA, "ne": _DANDA, "or": _DANDA, "pa": _DANDA,
    "sa": _DANDA, "mai": _DANDA,
    "am": {".": "።", "?": "?፧", ":": "፦፡:", ";": "፤", ",": "፣"},
    "ti": {".": "።", "?": "?፧", ":": "፦፡:", ";": "፤", ",": "፣"},
    "el": {"?": ";\u037e", ";": "·\u0387"},
    "hy": {".": "։:", ":": "․.՝:", "?": "?՞։:", "!": "!՜։:"},
    "km": {".": "។", ":": "៖:"},
    "my": {".": "။", ",": "၊"},
}  # fmt: skip

# Sentences end in a space or in nothing there (Unicode core specification, 16.1 and 16.2).
NO_FULL_STOP = frozenset({"th", "lo"})

KIND: Mapping[str, str] = {
    **{
        sign: kind for marks in (*_OWN.values(),) for kind, signs in marks.items() for sign in signs
    },
    **{sign: kind for kind, signs in ENGLISH.items() for sign in signs},
}

CLOSERS = "\"')]}»”’」』）】›"

# A word that grammar may put twice in a row; None: doubling is how the language builds words.
DOUBLES: Mapping[str, frozenset[str] | None] = {
    "en": frozenset({"had", "that"}),
    "fr": frozenset({"nous", "vous"}),
    "de": frozenset({"die", "der", "das", "sie", "den"}),
    "nl": frozenset({"die", "dat", "je", "ze"}),
    "vi": None, "tr": None, "id": None, "ms": None, "tl": None, "fil": None, "hi": None,
    "ur": None, "bn": None, "so": None, "sw": None, "am": None, "ti": None,
}  # fmt: skip

# The Imprimerie nationale's Lexique for French; the Office québécois de la langue française for
# Canada, where only the colon has its space.
NBSP, NNBSP = "\u00a0", "\u202f"
FRENCH: Mapping[str, Mapping[str, str]] = {
    "fr": {":": NBSP + NNBSP, ";": NNBSP + NBSP, "!": NNBSP + NBSP, "?": NNBSP + NBSP},
    "fr_CA": {":": NBSP + NNBSP},
}

# Real Academia Española, Ortografía: a question and an exclamation open with a mark of their own.
OPENERS: Mapping[str, Mapping[str, str]] = {
    "es": {"?": "¿", "!": "¡"},
    "ast": {"?": "¿", "!": "¡"},
}

# ISO 15924 scripts by the word that begins their letters' Unicode names.
SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "Latn": ("LATIN",), "Cyrl": ("CYRILLIC",), "Grek": ("GREEK",), "Arab": ("ARABIC",),
    "Hebr": ("HEBREW",), "Deva": ("DEVANAGARI",), "Beng": ("BENGALI",), "Guru": ("GURMUKHI",),
    "Gujr": ("GUJARATI",), "Taml": ("TAMIL",), "Telu": ("TELUGU",), "Ethi": ("ETHIOPIC",),
    "Thai": ("THAI",), "Laoo": ("LAO",), "Khmr": ("KHMER",), "Mymr": ("MYANMAR",),
    "Armn": ("ARMENIAN",), "Geor": ("GEORGIAN",), "Hans": ("CJK",), "Hant": ("CJK",),
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"), "Kore": ("HANGUL",),
}  # fmt: skip


def language(tag: str) -> str:
    return tag.split("_")[0]


def marks(tag: str) -> Marks:
    """Return the signs a language ends a text with, by the English sign."""
    return {**ENGLISH, **_OWN.get(language(tag), {})}
