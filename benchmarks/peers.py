"""The same sheet by other means: what anyone would write, and the fastest of what there is.

Each peer is a function that is given a `Task` and returns a function from a child's values to the
bytes of a PDF. All set the words of one handout; none is asked for the layout to the millimetre.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Make = Callable[[Mapping[str, str]], bytes]


@dataclass(frozen=True)
class Task:
    """A handout to print: its page as HTML with {{ slot }} where values go, and its styles."""

    html: str
    base: Path
    styles: tuple[Path, ...]
    faces: Path

    def blocks(self) -> list[tuple[str, str]]:
        """Return the text of the page: for each block its tag and its words."""
        from weasyprint import HTML

        tags = {"h1", "h2", "h3", "p", "li", "dt", "dd", "td", "th", "caption"}
        found = []
        for element in HTML(string=self.html).etree_element.iter():
            inner = {kid.tag for kid in element.iter() if kid is not element}
            words = " ".join("".join(element.itertext()).split())
            if element.tag in tags and words and not inner & tags:
                found.append((str(element.tag), re.sub("[\u2068\u2069]", "", words)))
        return found


def plain_script(task: Task, variant: str | None = "pdf/ua-1") -> Make:
    """Jinja2 and WeasyPrint in a loop, as in their manuals."""
    from jinja2 import Environment
    from weasyprint import HTML

    template = Environment(autoescape=True).from_string(task.html)

    def make(values: Mapping[str, str]) -> bytes:
        page = HTML(string=template.render(**values), base_url=str(task.base))
        return bytes(
            page.write_pdf(stylesheets=[str(path) for path in task.styles], pdf_variant=variant)
        )

    return make


def typst(task: Task) -> Make:
    """Typst with PDF/UA-1: the compiler is kept, only its inputs change."""
    import typst as module

    source = task.base / "sheet.typ"
    compiler = module.Compiler(
        root=str(task.base), font_paths=[str(task.faces)], ignore_system_fonts=True
    )
    source.write_text(_typst(task), "utf-8")

    def make(values: Mapping[str, str]) -> bytes:
        return bytes(
            compiler.compile(
                input=str(source), format="pdf", sys_inputs=dict(values), pdf_standards=["ua-1"]
            )
        )

    return make


def _typst(task: Task) -> str:
    lines = [
        '#set document(title: "Handout")',
        '#set text(font: "Careleaf Sans", size: 11pt, lang: "en")',
        "#set par(spacing: 0.7em)",  # two pages, as the others take
        '#set page(paper: "us-letter", margin: 17mm, footer: [#sys.inputs.name #h(1fr) #sys.inputs.date])',
    ]
    for tag, words in task.blocks():
        text = re.sub(r"([\\#$*_`<>@\[\]~/=+-])", r"\\\1", words)
        text = re.sub(r"\{\{ (\w+) \}\}", r"#sys.inputs.\1 ", text)
        start = {"h1": "= ", "h2": "== ", "h3": "=== ", "li": "- "}.get(tag, "")
        lines.append(f"{start}{text}\n")
    return "\n".join(lines)


def reportlab(task: Task) -> Make:
    """reportlab's flowables: without tags, so no accessible PDF."""
    from reportlab.lib.pagesizes import letter
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(TTFont("Sans", str(task.faces / "CareleafSans-Regular.ttf")))
    pdfmetrics.registerFont(TTFont("Bold", str(task.faces / "CareleafSans-Bold.ttf")))
    body = ParagraphStyle("body", fontName="Sans", fontSize=12, leading=16.5, spaceAfter=3)
    heading = ParagraphStyle("heading", body, fontName="Bold", fontSize=13)
    blocks = task.blocks()

    def make(values: Mapping[str, str]) -> bytes:
        out = io.BytesIO()
        story = [
            Paragraph(_filled(words, values), heading if tag in ("h1", "h2", "h3") else body)
            for tag, words in blocks
        ]
        SimpleDocTemplate(out, pagesize=letter).build(story)
        return out.getvalue()

    return make


def _filled(words: str, values: Mapping[str, str]) -> str:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"\{\{ (\w+) \}\}", lambda slot: values[slot[1]], escaped)


def chromium(task: Task) -> Make:
    """Headless Chromium, one page kept open, tagged PDF."""
    from playwright.sync_api import sync_playwright

    browser = (
        sync_playwright()
        .start()
        .chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
    )
    page = browser.new_page()
    css = "\n".join(path.read_text("utf-8") for path in task.styles)

    def make(values: Mapping[str, str]) -> bytes:
        html = re.sub(r"\{\{ (\w+) \}\}", lambda slot: values[slot[1]], task.html)
        page.set_content(html.replace("</head>", f"<style>{css}</style></head>"))
        return bytes(page.pdf(tagged=True, prefer_css_page_size=True))

    return make


def _chromium() -> str:
    import shutil

    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise ImportError("there is no Chromium on this machine")


PEERS: Mapping[str, Callable[[Task], Make]] = {
    "Jinja2 + WeasyPrint, plain script": plain_script,
    "Typst, PDF/UA-1": typst,
    "reportlab, untagged": reportlab,
    "Chromium, warm page": chromium,
}
