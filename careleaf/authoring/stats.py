"""How each translation stands: translated, fuzzy, missing, to mend, signed off by whom and when."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from html import escape
from io import StringIO

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from careleaf.authoring.review import review
from careleaf.authoring.reviewer import Diagnostic, Reviewer
from careleaf.desk.content import SHEET
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError
from careleaf.language.locale_tags import is_source
from careleaf.language.signoff import Standing

WIDTH = 110  # columns of a table that goes to a file


@dataclass(frozen=True, slots=True)
class Progress:
    """One handout (or the labels, `sheet`) in one language.

    The counts of messages add up to `messages`: what is both translated and critical counts as
    translated. `signed` is who and when, `stale` what changed since.
    """

    locale: str
    domain: str
    messages: int
    translated: int
    fuzzy: int
    missing: int
    critical: int
    warnings: int
    signed: str = ""
    stale: tuple[str, ...] = ()

    @property
    def standing(self) -> str:
        if self.domain == SHEET:
            return ""
        if self.stale:
            return f"stale ({len(self.stale)} changed), was {self.signed}"
        return self.signed or "draft"


def stats(desk: Desk, tags: Iterable[str] = ()) -> tuple[Progress, ...]:
    """Return a row for each locale and domain. Raises HandoutError where nothing can be read."""
    chosen = tuple(desk.content.locale(tag) for tag in tags) or desk.content.locales
    problems = review(desk, (), chosen, printing=False).problems
    reviewer = Reviewer(desk)
    return tuple(
        _row(reviewer, tag, domain, problems)
        for tag in chosen
        for domain in reviewer.domains(tag, desk.content.handouts)
    )


def _row(reviewer: Reviewer, tag: str, domain: str, problems: Iterable[Diagnostic]) -> Progress:
    try:
        messages = reviewer.messages(domain)
    except HandoutError:  # a handout with faults has no messages; the review names them
        messages = ()
    found = reviewer.desk.content.translations(tag, domain)
    entries = [found.entries.get(message.key) for message in messages]
    fuzzy = sum(entry is not None and entry.fuzzy for entry in entries)
    done = [e for e in entries if e is not None and not e.missing and not e.fuzzy]
    translated = len(messages) - fuzzy if is_source(tag) else len(done)
    mine = [p for p in problems if (p.domain, p.tag) == (domain, tag)]
    standing = _standing(reviewer.desk, domain, tag)
    record = standing.record
    return Progress(
        tag,
        domain,
        len(messages),
        translated,
        fuzzy,
        len(messages) - translated - fuzzy,
        sum(p.level == "critical" for p in mine),
        sum(p.level == "warning" for p in mine),
        f"{record.role}, {record.on.isoformat()} ({record.by})" if record else "",
        standing.changes,
    )


def _standing(desk: Desk, domain: str, tag: str) -> Standing:
    """Return who signed; wording that cannot be printed is not what was signed."""
    if domain not in desk.content.handouts:
        return Standing(None)
    try:
        return desk.content.standing(domain, tag)
    except HandoutError as fault:
        from careleaf.language.signoff import load

        try:
            record = load(desk.content.root.locales, tag).get(domain)
        except HandoutError:
            return Standing(None)
        return Standing(record, tag, (fault.message.split("\n")[0],) if record else ())


# --- the ways to show it ----------------------------------------------------------------------


def _table(rows: Iterable[Progress]) -> Table:
    table = Table(box=SIMPLE, pad_edge=False)
    for heading in ("locale", "what"):
        table.add_column(heading, no_wrap=True)
    for heading in ("texts", "translated", "fuzzy", "missing", "critical", "warnings"):
        table.add_column(heading, justify="right")
    table.add_column("signed off", overflow="fold")
    last = ""
    for row in rows:
        if last and row.locale != last:
            table.add_section()
        counts = (row.messages, row.translated, row.fuzzy, row.missing, row.critical, row.warnings)
        shown = [str(count) if count else "·" for count in counts]
        shown[2:5] = [f"[bold red]{text}[/]" if text != "·" else text for text in shown[2:5]]
        table.add_row(row.locale, row.domain, *shown, _coloured(row))
        last = row.locale
    return table


def _coloured(row: Progress) -> str:
    from rich.markup import escape as plain

    if row.stale:
        return f"[yellow]{plain(row.standing)}[/]"
    return f"[green]{plain(row.standing)}[/]" if row.signed else plain(row.standing)


def _changes(rows: Iterable[Progress]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        if row.stale:
            lines.append(f"{row.locale}, {row.domain}: changed since it was signed")
            lines += [f"  {change}" for change in row.stale]
    return lines


def as_text(rows: tuple[Progress, ...]) -> str:
    """Return a table for a terminal, and below it what changed where a sign-off went stale."""
    console = Console(file=StringIO(), width=WIDTH, force_terminal=_is_terminal())
    console.print(_table(rows))
    for line in _changes(rows):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def _is_terminal() -> bool:
    import sys

    return sys.stdout.isatty()


def as_json(rows: tuple[Progress, ...]) -> str:
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2)


_BAR, _HIGH, _LEFT, _GAP = 260, 20, 190, 8
_COLOURS = {"translated": "#2e7d4f", "fuzzy": "#c98a1b", "missing": "#b3402f"}


def as_svg(rows: tuple[Progress, ...]) -> str:
    """Return a picture for a README: a bar for each language and handout, and who signed it."""
    height = (len(rows) + 1) * (_HIGH + _GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 {height}" role="img"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        "<title>Translations: how far each one is, and who has signed it off</title>",
        f'<rect width="860" height="{height}" fill="#fff"/>',
    ]
    for index, row in enumerate(rows):
        parts += _bar(row, _GAP + index * (_HIGH + _GAP))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bar(row: Progress, top: int) -> list[str]:
    base = top + 15
    label = f"{row.locale}  {row.domain}"
    parts = [
        f'<text x="{_LEFT + 60}" y="{base}" text-anchor="end" fill="#222">{escape(label)}</text>'
    ]
    left = float(_LEFT + 70)
    for name, colour in _COLOURS.items():
        width = _BAR * getattr(row, name) / max(row.messages, 1)
        if width:
            parts.append(
                f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_HIGH}" fill="{colour}">'
                f"<title>{name}: {getattr(row, name)} of {row.messages}</title></rect>"
            )
        left += width
    note = row.standing + (f", {row.critical} critical" if row.critical else "")
    parts.append(f'<text x="{_LEFT + 80 + _BAR}" y="{base}" fill="#444">{escape(note[:60])}</text>')
    return parts


def as_html(rows: tuple[Progress, ...]) -> str:
    """Return a page for an intranet: the table, with what changed since a sign-off."""
    heads = ("language", "what", "texts", "translated", "fuzzy", "missing", "critical", "warnings")
    lines = [
        "<!doctype html>",
        '<html lang="en"><meta charset="utf-8"><title>Translations</title>',
        "<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color:#222;background:#fff}"
        "table{border-collapse:collapse}th,td{padding:.3rem .7rem;border-bottom:1px solid #ccc;"
        "text-align:start}td.n{text-align:end}.bad{color:#a02418;font-weight:600}</style>",
        "<h1>Translations</h1>",
        "<table><thead><tr>",
        *(f'<th scope="col">{head}</th>' for head in (*heads, "signed off")),
        "</tr></thead><tbody>",
        *map(_html_row, rows),
        "</tbody></table>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _html_row(row: Progress) -> str:
    counts = [(row.messages, ""), (row.translated, "")]
    counts += [(count, " bad" if count else "") for count in (row.fuzzy, row.missing, row.critical)]
    counts.append((row.warnings, ""))
    cells = "".join(f'<td class="n{bad}">{count}</td>' for count, bad in counts)
    changed = "".join(f"<li>{escape(change)}</li>" for change in row.stale)
    signed = escape(row.standing) + (f"<ul>{changed}</ul>" if changed else "")
    heads = f'<th scope="row">{row.locale}</th><td>{escape(row.domain)}</td>'
    return f"<tr>{heads}{cells}<td>{signed}</td></tr>"
