"""All checks over a folder: what must be mended in its handouts and translations, with the place of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
from typing import Any

from careleaf.authoring.answers import Answer, Answers, Ask, Question
from careleaf.authoring.checked import Digests
from careleaf.authoring.reviewer import Diagnostic, Reviewer, faults
from careleaf.checks import grade
from careleaf.desk.content import SHEET
from careleaf.desk.desk import Desk
from careleaf.errors import HandoutError, nearest
from careleaf.language.rules import Level
from careleaf.paths import Root


@dataclass(frozen=True, slots=True)
class Report:
    """What a review found, in the order of files and lines, and the reading figures by handout and tag."""

    problems: tuple[Diagnostic, ...]
    handouts: tuple[str, ...]
    tags: tuple[str, ...]
    readings: Mapping[tuple[str, str], grade.Reading] = field(default_factory=dict)

    @property
    def failing(self) -> int:
        return sum(problem.fails for problem in self.problems)

    def count(self, level: Level) -> int:
        return sum(problem.level == level for problem in self.problems)


def review(
    desk: Desk,
    handouts: Iterable[str] = (),
    tags: Iterable[str] = (),
    *,
    printing: bool = True,
    jobs: int = 1,
    remembering: bool = False,
) -> Report:
    """Check these handouts (default: all) in these locales (default: all) and on paper.

    A handout with faults is reported like anything else. `jobs` processes do it; with
    `remembering`, what was checked before and has not changed is not checked again. Raises
    HandoutError for a handout or a locale that there is not.
    """
    names = tuple(_known(desk, name) for name in handouts) or desk.content.handouts
    chosen = tuple(desk.content.locale(tag) for tag in tags) or desk.content.locales
    reviewer = Reviewer(desk)
    try:
        _ = desk.content.clinic, desk.content.labels, reviewer.web_labels, reviewer.glossary
    except HandoutError as error:
        return Report(tuple(faults(error, "error", "file")), names, chosen)
    start = partial(_start, desk.content.root, desk.content.today, names)
    with Answers(_asker(reviewer, names), start, jobs) as answers:
        digests = Digests(desk, names) if remembering else None

        def asked(questions: Iterable[Question]) -> dict[Question, Any]:
            return answers.to({q: digests.of(q) if digests else "" for q in questions})

        told = asked([*(("handout", name) for name in names), *(("locale", tag) for tag in chosen)])
        problems = [Diagnostic(**each) for answer in told.values() for each in answer]
        sheets = _printable(problems, names, chosen)
        looked_at = [("printed", *sheet) for sheet in sheets] if printing else []
        told = asked([*looked_at, *(("reading", *sheet) for sheet in sheets)])
    readings: dict[tuple[str, str], grade.Reading] = {}
    for question, answer in told.items():
        if isinstance(answer, dict):
            readings[question[1], question[2]] = grade.Reading(**answer)
        else:
            problems += (Diagnostic(**each) for each in answer)
    return Report(tuple(_sorted(problems)), names, chosen, readings)


def _printable(
    problems: Iterable[Diagnostic], names: Iterable[str], tags: Iterable[str]
) -> list[tuple[str, str]]:
    """Return the sheets, by handout and tag, that nothing found so far keeps from being printed."""
    unusable = {p.domain for p in problems if p.rule == "file"}
    stopped = {(p.domain, p.tag) for p in problems if p.level == "critical"}
    whole = {tag for domain, tag in stopped if domain in (SHEET, "")}
    return [
        (name, tag)
        for name in names
        for tag in tags
        if not (name in unusable or tag in whole or (name, tag) in stopped)
    ]


def _start(root: Root, today: date, names: tuple[str, ...]) -> Ask:
    """Return what answers the questions of a review in a process of its own."""
    return _asker(Reviewer(Desk.at(root, today)), names)


def _asker(reviewer: Reviewer, names: tuple[str, ...]) -> Ask:
    def ask(question: Question) -> Answer:
        kind, *about = question
        if kind == "reading":
            return _reading(reviewer, question)
        if kind == "handout":
            found = reviewer.handout(*about)
        elif kind == "locale":
            found = reviewer.locale(about[0], names)
        else:
            found = reviewer.printed(*about)
        problems = [asdict(problem) for problem in found]
        return Answer(question, problems, not any(p["rule"] == "print" for p in problems))

    return ask


def _reading(reviewer: Reviewer, question: Question) -> Answer:
    """Return the reading figure, an empty list where there is none, or what is wrong."""
    _, name, tag = question
    try:
        figure = reviewer.reading(name, tag)
    except HandoutError as error:
        told = [asdict(problem) for problem in faults(error, "error", "values", name, tag)]
        return Answer(question, told, lasts=False)
    return Answer(question, asdict(figure) if figure else [])


def _known(desk: Desk, name: str) -> str:
    if name in desk.content.handouts:
        return name
    raise HandoutError(
        f'there is no handout "{name[:60]}"',
        "HANDOUT",
        nearest(name, desk.content.handouts),
        "handout.unknown",
    )


def _sorted(problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each once (a fallback's fault shows in every locale that leans on it), by file and line."""
    once = {(p.file, p.line, p.message): p for p in reversed(list(problems))}
    return sorted(once.values(), key=lambda p: (p.file, p.line, p.level, p.message))
