"""What may touch a value in a sentence, by script and by language: marks, and affixes that are written on.

A value is a number, a date, a phone number, a name. A sign or a letter written on to it makes another
value of it, so everything that is not listed here is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from careleaf.language.locale_tags import likely_script

# --- marks ------------------------------------------------------------------------------------

_OPENING = frozenset("([（［〔【《〈「『﹁﹃“‘„‚«‹»›\"'¿¡")
_CLOSING = frozenset(")]）］〕】》〉」』﹂﹄”’“‘»›«‹\"'")

# A full stop, comma, colon, question mark ... of every script; a point or a comma never stands before.
_AFTER = frozenset(".,;:!?…،؛؟۔。，、；：！？．।॥։՝՞՜።፣፤፥፦፧།༎។៕၊။·\u0387")
_BEFORE = frozenset("。，、；：！？،؛")  # scripts that write no space behind them, and Arabic's

# Between the two ends of a range: dashes and the wave that Chinese and Japanese write.
_JOINING = frozenset("-–—－～〜")
RANGES = (("low", "high"), ("start", "end"), ("first", "count"))
_TOTALS = (("page", "pages"), ("done", "total"))

# Read as a part of the number though a space stands between.
_SIGN_BEFORE = re.compile(r"(?:^|.*[\s(])?[-−‐‑﹣－+＋±∓<>≤≥=~≈×÷*/|^√]\s+", re.DOTALL)
_SIGN_AFTER = re.compile(r"\s+(?:[%‰‱٪％°º℃℉×÷*/^²³½]|(?:[CFK]|[cmk]m|m?cg|[mk]g|[md]l|mL)(?!\w))")


def may_stand_before(text: str, tag: str) -> bool:
    """Whether a value may follow `text`, which ends right before it and begins behind the last one."""
    if not text:
        return True
    last = text[-1]
    if last.isspace():
        return not _SIGN_BEFORE.fullmatch(text)
    if last in _OPENING | _BEFORE or (last == ":" and len(text) > 1):
        return True
    prefix = _tail(text)
    if prefix in _prefixes(tag):
        return True
    return _is_unspaced(last, tag) and not text.endswith(_POWERS.get(likely_script(tag), ()))


def may_stand_after(text: str, tag: str) -> bool:
    """Whether `text`, which ends before the next value, may follow a value."""
    if not text:
        return True
    first = text[0]
    if first.isspace():
        return not _SIGN_AFTER.match(text)
    if first in _CLOSING and not _suffix_of(text, tag):
        return first not in "'’" or not text[1:2].isalpha()
    if _suffix_of(text, tag):
        return True
    if first in _AFTER:
        return first != ":" or not text[1:2].isalpha()
    return _is_unspaced(first, tag) and not text.startswith(_POWERS.get(likely_script(tag), ()))


def joins(text: str, one: str, other: str) -> bool:
    """Whether `text` may stand between two values: a dash in a range, a stroke before a total."""
    mark = text.strip()
    return (mark in _JOINING and (one, other) in RANGES) or (
        mark == "/" and (one, other) in _TOTALS
    )


# --- scripts without spaces -------------------------------------------------------------------

_UNSPACED: Mapping[str, tuple[str, ...]] = {  # ISO 15924: how Unicode calls the letters
    "Hans": ("CJK UNIFIED",),
    "Hant": ("CJK UNIFIED", "BOPOMOFO"),
    "Jpan": ("CJK UNIFIED", "HIRAGANA", "KATAKANA"),
    "Thai": ("THAI",),
    "Laoo": ("LAO",),
    "Khmr": ("KHMER",),
    "Mymr": ("MYANMAR",),
    "Tibt": ("TIBETAN",),
}

_HAN = tuple(
    "〇一二三四五六七八九十百千万萬亿億兆零两兩廿卅卌半多余餘几幾数數负負壹贰叁肆伍陆柒捌玖拾佰仟"
)
# Words for powers of ten, which make another number of the one beside them; and for minus.
_POWERS: Mapping[str, tuple[str, ...]] = {
    "Hans": (*_HAN, "零下"),
    "Hant": (*_HAN, "零下"),
    "Jpan": (*_HAN, "零下", "マイナス", "数"),
    "Thai": tuple("สิบ ร้อย พัน หมื่น แสน ล้าน ลบ ครึ่ง".split()),
    "Laoo": tuple("ສິບ ຮ້ອຍ ພັນ ໝື່ນ ແສນ ລ້ານ ລົບ".split()),
    "Khmr": tuple("ដប់ រយ ពាន់ ម៉ឺន សែន លាន ដក".split()),
    "Mymr": tuple("ဆယ် ရာ ထောင် သောင်း သိန်း သန်း အနှုတ်".split()),
}


def _is_unspaced(char: str, tag: str) -> bool:
    """Whether a character is a letter of the language's script, and that script has no spaces."""
    names = _UNSPACED.get(likely_script(tag), ())
    return bool(names) and unicodedata.name(char, "").startswith(names)


# --- affixes ----------------------------------------------------------------------------------

_TURKIC = (
    "ı i u ü yı yi yu yü nı ni nu nü ın in un ün nın nin nun nün a e ya ye na ne da de ta te dan den"
    " tan ten la le yla yle nda nde ndan nden sı si su sü lık lik luk lük"
)
_HUNGARIAN = (
    "ra re ba be ban ben ból ből ról ről tól től hoz hez höz nál nél ig ért val vel cal cel kor nak"
    " nek on en ön n os es ös as t ot et öt at i ai ei ként"
)
_KOREAN = (
    "을 를 이 가 은 는 와 과 로 으로 에 에서 에게 의 도 만 까지 부터 보다 이나 나 마다 이상 이하 이내 동안 정도 쯤 씩"
    " 일 일간 일이 일에 일의 일은 일을 일부터 일까지 일마다 일동안 주 주간 주가 주에 주의 주는 주를 주부터 주까지"
    " 시간 시간이 시간에 시간은 시간을 시간의 시간마다 시간동안 분 분간 분이 분을 분에 분마다 회 번 번째 개 명 쪽 페이지"
    " 이고 이며 이면 입니다 라고 이라고 로부터 으로부터"
)
_ARABIC = "و ف ب ل ك بـ لـ كـ وب ول وك فب فل وبـ ولـ وكـ فبـ فلـ الـ والـ بالـ للـ كالـ وـ فـ"
_HEBREW = "ב ל מ ה ו ש כ וב ול ומ וה וש וכ שב של שמ שה מה בה לה כש"
_ITALIAN = "l d un all dall dell nell sull quell dev"
_FRENCH = "l d qu s n j m t c lorsqu jusqu puisqu"

# By language, each with the marks that join it to the value. An empty mark: written on directly.
_SUFFIXES: Mapping[str, tuple[str, str]] = {
    "tr": ("'’", _TURKIC),
    "az": ("'’-", _TURKIC.replace("e", "ə") + " " + _TURKIC),
    "hu": ("-‑", _HUNGARIAN),
    "ko": ("", _KOREAN),
    "bn": ("", "টি টা টির টার জন টিতে এর র তে কে টায়"),
    "as": ("", "টা টি জন ৰ ত"),
    "am": ("", "ን ና ም"),
}
_PREFIXES: Mapping[str, tuple[str, str]] = {
    "ar": ("", _ARABIC),
    "he": ("\0-‑־", _HEBREW),
    "fr": ("'’", _FRENCH),
    "ca": ("'’", "l d s n m t"),
    "oc": ("'’", "l d s n m t"),
    "it": ("'’", _ITALIAN),
    "ga": ("'’", "d m b"),
    "mt": ("-", "il l bil fil mill tal sal għall lill bħall"),
    "am": ("", "በ ከ ለ የ እስከ ስለ እንደ"),
    "ti": ("", "ብ ን ናይ ካብ ክሳብ"),
    "fil": ("-", "ika pang"),
    "id": ("-", "ke se"),
    "ms": ("-", "ke se"),
    "ko": ("", "제 총 약"),
}

# Languages that join any ending of their own, in small letters, with a hyphen or a colon.
_ENDINGS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys("ru uk be bg mk sr kk ky mn tg tt ba".split(), ("-‑", "CYRILLIC SMALL")),
    **dict.fromkeys("ka".split(), ("-‑", "GEORGIAN")),
    **dict.fromkeys("hy".split(), ("-‑֊", "ARMENIAN SMALL")),
    **dict.fromkeys("fi sv".split(), (":", "LATIN SMALL")),
    **dict.fromkeys("et eu lt lv sq".split(), ("-‑", "LATIN SMALL")),
    **dict.fromkeys("ta".split(), ("-", "TAMIL")),
    **dict.fromkeys("te".split(), ("-", "TELUGU")),
    **dict.fromkeys("ml".split(), ("-", "MALAYALAM")),
    **dict.fromkeys("kn".split(), ("-", "KANNADA")),
}
LONGEST_ENDING = 6


def _word(text: str, start: int) -> str:
    """Return the letters of `text` from `start` on, with their marks."""
    length = next(
        (at for at, char in enumerate(text[start:]) if unicodedata.category(char)[0] not in "LM"),
        len(text) - start,
    )
    return text[start : start + length]


@lru_cache(maxsize=64)
def _prefixes(tag: str) -> frozenset[str]:
    marks, words = _PREFIXES.get(_language(tag), ("", ""))
    joined = {word + mark.strip("\0") for word in words.split() for mark in marks or ("",)}
    return frozenset(joined | {word.capitalize() for word in joined})


def _suffix_of(text: str, tag: str) -> bool:
    """Whether `text` begins with an affix that the language writes on to a value."""
    language = _language(tag)
    marks, words = _SUFFIXES.get(language, ("", ""))
    mark = text[0] if marks else ""
    if words and (not marks or mark in marks) and _word(text, len(mark)) in words.split():
        return True
    marks, letters = _ENDINGS.get(language, ("", ""))
    word = _word(text, 1)
    return (
        text[0] in marks
        and 0 < len(word) <= LONGEST_ENDING
        and all(unicodedata.name(char, "").startswith(letters) for char in word)
    )


def _tail(text: str) -> str:
    """Return what touches the end of `text`: everything since the last space or opening mark."""
    return re.split(r"[\s(\[“‘„«\"]", text)[-1]


def _language(tag: str) -> str:
    return tag.split("_")[0]
