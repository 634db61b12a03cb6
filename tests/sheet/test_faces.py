"""The faces: made once, the same for everyone, and known character by character."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import uharfbuzz
from fontTools.ttLib import TTFont

from careleaf.errors import HandoutError
from careleaf.sheet import face_making, faces
from careleaf.sheet.face_making import PLANES


@pytest.fixture
def an_empty_cache(tmp_path, monkeypatch):
    """A cache folder with no faces in it; what the module remembers of the other is forgotten."""
    remembered = (faces.faces, faces.home, faces._coverage, faces.covers, faces.family_of)
    monkeypatch.setattr(face_making, "cache_folder", lambda: tmp_path)
    for function in remembered:
        function.cache_clear()
    yield tmp_path
    for function in remembered:
        function.cache_clear()


def shaped(text: str, family: str = "Careleaf Sans", language: str = "en") -> list[int]:
    """Return the glyph ids of `text` in the regular face of `family`."""
    font = uharfbuzz.Font(uharfbuzz.Face(faces.face(family, 400).path.read_bytes()))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.language = language
    uharfbuzz.shape(font, buffer)
    return [info.codepoint for info in buffer.glyph_infos]


def in_a_new_process(code: str, cache: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "CARELEAF_CACHE": str(cache)}
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, text=True, stdout=subprocess.PIPE
    )


# ---- what they are


@pytest.mark.parametrize("face", faces.faces(), ids=lambda face: face.path.stem)
def test_a_face_is_static_truetype_under_our_own_name_and_weight(face):
    font = TTFont(face.path, lazy=True)

    assert "glyf" in font and "fvar" not in font
    assert font["name"].getDebugName(1) == face.family
    assert font["OS/2"].usWeightClass == face.weight


@pytest.mark.parametrize("family", faces.FAMILIES)
def test_a_family_comes_with_its_licence_and_its_makers_named(family):
    path = faces.face(family, 400).path
    licence = (path.parent.parent / "licences" / f"{family}.txt").read_text("utf-8")

    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert TTFont(path, lazy=True)["name"].getDebugName(0).startswith(("Copyright", "(c)", "©"))


def test_an_accented_latin_letter_is_one_glyph():
    glyphs = shaped("Thị Ngọc Ẹṣ")

    assert len(glyphs) == len("Thị Ngọc Ẹṣ")


# ---- which characters they have


@pytest.mark.parametrize(
    "text",
    [
        "O’Brien “quoted” – — … • · ° × − ½ → ≥",
        "Nguyễn Thị Ánh, Łukasz Żółć, Þórður, Çağrı, Ștefan, Māris",
        "Ольга Ґанна Їжак ў",
        "Γιώργος Παπαδόπουλος",
        "محمد ۱۲۳ گچپژ ٹڈڑےں ښځڅ ڕڵۆێ ،؛؟",
        "שלום",
        "ሰላም",
        "हिन्दी বাংলা தமிழ் తెలుగు",
        "ไทย ລາວ ខ្មែរ မြန်မာ",
        "李小龙 請立即打電話 さくら カタカナ 김민준 ,。“”",
    ],
    ids="punctuation latin cyrillic greek arabic hebrew ethiopic indic south-east-asian han".split(),
)
def test_these_scripts_are_covered(text):
    assert faces.uncovered(text) == ()


def test_a_character_without_a_glyph_is_named_once_in_the_order_of_the_text():
    assert faces.uncovered("A 😀 ქ B 😀") == ("😀", "ქ")


def test_characters_that_are_never_drawn_need_no_glyph():
    assert faces.uncovered("\u2068name\u2069\n\u200d\ufe0f") == ()


def test_a_character_beyond_every_table_is_uncovered():
    assert faces.uncovered("\U0010fffd") == ("\U0010fffd",)


@pytest.mark.parametrize(
    ("language", "script", "family"),
    [
        ("en", "", "Careleaf Chinese"),
        ("zh", "Hans", "Careleaf Chinese"),
        ("zh", "Hant", "Careleaf Chinese Traditional"),
        ("ja", "", "Careleaf Japanese"),
        ("ko", "", "Careleaf Korean"),
    ],
)
def test_a_han_character_is_drawn_as_the_language_of_the_sheet_draws_it(language, script, family):
    order = faces.families(language, script)

    assert faces.family_of("直", order) == family
    assert sorted(order) == sorted(faces.FAMILIES)


def test_coverage_is_what_the_fonts_say():
    for family in ("Careleaf Sans", "Careleaf Arabic"):
        codes = set(TTFont(faces.face(family, 700).path, lazy=True).getBestCmap())

        covered = {code for code in range(PLANES) if faces.covers(family, chr(code))}

        assert covered == codes


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "O’Brien Łukasz Żółć Þórður Çağrı Ștefan office fjord"),
        ("vi", "Nguyễn Thị Ánh ẹ ọ ụ"),
        ("uk", "Їжак Ґанна"),
        ("el", "Γιώργος ά"),
        ("ar", "محمد عبد الله الأم لا إله"),
        ("ur", "ٹیلی ڑںے گچپژ"),
        ("he", "שלום"),
        ("am", "ሰላም"),
        ("zh-Hans", "李小龙"),
        ("zh-Hant", "請龍"),
        ("ja", "さくら"),
        ("ko", "김민준"),
    ],
)
def test_text_comes_out_of_a_pdf_with_every_letter_and_with_our_faces_only(language, text):
    """In Arabic, readers swap letters inside a ligature: letters are compared a word, sorted."""
    faces.isolate_fontconfig()
    import pikepdf
    import pypdfium2
    from weasyprint import HTML

    names = ", ".join(f'"{family}"' for family in faces.families())
    pdf = HTML(string=f"<p lang={language} style='font-family: {names}'>{text}").write_pdf()

    out = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert list(map(sorted, out.split())) == list(map(sorted, text.split()))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fonts = list(opened.pages[0].Resources.Font.values())
        assert all("+Careleaf" in str(font.BaseFont) for font in fonts)
        assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)


# ---- how they are made


@pytest.mark.slow
def test_faces_made_twice_at_once_are_whole_and_the_same(tmp_path):
    code = "from careleaf.sheet import faces; faces.faces(); print(faces.digest())"

    digests = {p.communicate()[0].strip() for p in [in_a_new_process(code, tmp_path) for _ in "ab"]}

    assert digests == {faces.digest()}
    assert [path.name[:6] for path in (tmp_path / "faces").iterdir()] != ["making"]
    assert len(list((tmp_path / "faces").iterdir())) == 1


def test_a_missing_font_package_is_named_with_the_cure(an_empty_cache, monkeypatch):
    monkeypatch.setattr(face_making, "find_spec", lambda name: None)

    with pytest.raises(HandoutError, match="fontpkg-noto-sans is not installed") as failure:
        faces.faces()

    assert "make setup" in str(failure.value)
    assert not list(an_empty_cache.rglob("*.ttf"))


def test_a_making_that_fails_leaves_nothing_behind(an_empty_cache, monkeypatch):
    def full_disk(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(face_making, "write", full_disk)

    with pytest.raises(OSError, match="no space left"):
        faces.faces()

    assert not list((an_empty_cache / "faces").iterdir())


def test_the_module_is_imported_without_the_libraries_it_makes_faces_with():
    code = "import careleaf.sheet.faces, sys; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()

    assert not {"uharfbuzz", "fontTools", "weasyprint", "pydantic"} & set(loaded)


# ---- who sees them


def test_fontconfig_sees_our_faces_and_no_font_of_the_system():
    code = """
from careleaf.sheet import face_making, faces
from careleaf.sheet.face_making import PLANES
faces.isolate_fontconfig()
from weasyprint.text.ffi import ffi, fontconfig
found = fontconfig.FcConfigGetFonts(fontconfig.FcInitLoadConfigAndFonts(), fontconfig.FcSetSystem)
name = ffi.new("FcChar8 **")
for i in range(found.nfont):
    fontconfig.FcPatternGetString(found.fonts[i], b"file", 0, name)
    print(ffi.string(name[0]).decode())
"""
    seen = subprocess.check_output([sys.executable, "-c", code], text=True).split("\n")

    assert sorted(filter(None, seen)) == sorted(str(face.path) for face in faces.faces())


def test_isolation_after_weasyprint_was_imported_is_refused(monkeypatch):
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    monkeypatch.setitem(sys.modules, "weasyprint", sys)

    with pytest.raises(RuntimeError, match="must come before"):
        faces.isolate_fontconfig()


def test_a_browser_gets_a_rule_a_face_with_addresses_of_its_own():
    css = faces.font_face_css(lambda face: f"/faces/{face.path.name}")

    assert css.count("@font-face") == len(faces.faces())
    assert 'url("/faces/CareleafArabic-Bold.ttf")' in css
