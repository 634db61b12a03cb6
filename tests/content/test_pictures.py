"""Pictures have a budget: what a few lines of SVG can ask for is counted before it is drawn."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from careleaf.content.pictures import must_be_modest
from careleaf.errors import HandoutError, PressError
from careleaf.pdf.press import press

ROOT = Path(__file__).resolve().parents[2]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'


def picture(inside: str) -> bytes:
    return f"{SVG}\n{inside}</svg>".encode()


def doubling(count: int, tag: str = "use") -> str:
    """Return things of which each draws the one before it twice."""
    if tag == "use":
        more = '<g id="a{0}"><use href="#a{1}"/><use x:href="#a{1}"/></g>'
    else:
        more = (
            '<pattern id="a{0}" width="1" height="1"><rect width="9" height="9" fill="url(#a{1})"/>'
            '<rect width="9" height="9" fill="url(#a{1})"/></pattern>'
        )
    steps = "".join(more.format(n, n - 1) for n in range(1, count))
    return f'<defs><g id="a0"><path d="M0 0h9"/></g>{steps}</defs><use href="#a{count - 1}"/>'


HARMFUL = {
    "uses of uses": (picture(doubling(30)), "picture.too-much"),
    "patterns of patterns": (picture(doubling(30, "pattern")), "picture.too-much"),
    "a shape that draws itself": (picture('<g id="a"><use href="#a"/></g>'), "picture.too-much"),
    "a viewBox without end": (
        picture("").replace(b"0 0 9 9", b"0 0 1e9 1e9"),
        "picture.too-much",
    ),
    "a size that is no number": (
        picture('<rect width="inf" height="nan"/>'),
        "picture.too-much",
    ),
    "thousands of gradients": (picture("<linearGradient/>" * 2000), "picture.too-much"),
    "a gradient that repeats": (
        picture('<linearGradient spreadMethod="repeat" x2="1e-9"/>'),
        "picture.too-much",
    ),
    "markers on each corner": (
        picture(
            f'<marker id="m">{"<g/>" * 100}</marker>'
            f'<path marker-mid="url(#m)" d="M0 0{"h1" * 2000}"/>'
        ),
        "picture.too-much",
    ),
    "elements nested deep": (picture("<g>" * 2000 + "</g>" * 2000), "picture.not-svg"),
    "entities": (
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + picture("<text>&b;</text>"),
        "picture.not-svg",
    ),
    "an entity from a file": (
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + picture("<text>&a;</text>"),
        "picture.not-svg",
    ),
    "a file": (picture('<image href="file:///etc/passwd"/>'), "picture.reaches-out"),
    "an address": (picture('<use x:href="http://a.example/b#c"/>'), "picture.reaches-out"),
    "an address in a style": (
        picture('<g style="fill:url(http://a.example)"/>'),
        "picture.reaches-out",
    ),
    "a style sheet": (picture("<style>@import 'a.css'</style>"), "picture.reaches-out"),
    "a picture in a picture": (
        picture('<image href="data:image/svg+xml;base64,AAAA"/>'),
        "picture.reaches-out",
    ),
    "a million bytes": (picture("<!--" + "-a" * 600_000 + "-->"), "picture.not-svg"),
    "no SVG": (b"<html/>", "picture.not-svg"),
    "no XML": (b"\x89PNG", "picture.not-svg"),
    "nothing": (b"", "picture.not-svg"),
}


@pytest.mark.parametrize("harm", HARMFUL)
def test_a_picture_beyond_its_budget_is_a_fault_with_file_and_line_at_once(tmp_path, harm):
    content, code = HARMFUL[harm]
    path = tmp_path / "hip.svg"
    path.write_bytes(content)
    began = time.monotonic()

    with pytest.raises(HandoutError) as error:
        must_be_modest(path, "handouts/hip.svg")

    assert error.value.code == code
    assert error.value.where.startswith("handouts/hip.svg:")
    assert error.value.hint
    assert time.monotonic() - began < 2


def test_a_picture_that_a_picture_names_counts_each_time(tmp_path):
    (tmp_path / "inner.svg").write_bytes(picture("<g/>" * 5000))
    (tmp_path / "three.svg").write_bytes(picture('<image href="inner.svg"/>' * 3))
    (tmp_path / "nine.svg").write_bytes(picture('<image href="inner.svg"/>' * 9))
    (tmp_path / "outer.svg").write_bytes(picture('<image href="three.svg"/>'))

    must_be_modest(tmp_path / "three.svg", "three.svg")
    with pytest.raises(HandoutError) as too_much:
        must_be_modest(tmp_path / "nine.svg", "nine.svg")
    with pytest.raises(HandoutError) as too_deep:
        must_be_modest(tmp_path / "outer.svg", "outer.svg")

    assert too_much.value.code == "picture.too-much"
    assert too_deep.value.code == "picture.reaches-out"


def test_what_a_drawing_program_saves_is_within_the_budget(tmp_path):
    shapes = '<linearGradient id="a"/><symbol id="b"><path d="M0 0h9"/></symbol>'
    doctype = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
    used = '<use href="#b"/><rect fill="url(#a)"/>' * 1000

    (tmp_path / "hip.svg").write_bytes(doctype + picture(shapes + used))

    must_be_modest(tmp_path / "hip.svg", "handouts/hip.svg")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "styles").rglob("*.svg")), ids=lambda path: path.stem
)
def test_the_programs_own_pictures_are_within_the_budget(path: Path):
    must_be_modest(path, path.name)


@pytest.mark.parametrize("name", ["bomb.svg", "bomb.png"])
def test_the_press_refuses_such_a_picture_wherever_it_is_named(tmp_path, name):
    (tmp_path / name).write_bytes(picture(doubling(30)))
    html = (
        "<html lang='en'><head><title>A</title></head><body>"
        f"<p style='background-image: url({name})'>One.</p></body></html>"
    )

    with pytest.raises(PressError) as error:
        press(html, base=tmp_path)

    assert (error.value.code, error.value.where.partition(":")[0]) == ("picture.too-much", name)
