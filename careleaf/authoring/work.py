"""What is still to do before a language can be printed, told in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from careleaf.authoring.review import review
from careleaf.authoring.reviewer import Diagnostic
from careleaf.desk.desk import Desk

_TO_DO = {"missing": "to translate", "fuzzy": "marked fuzzy"}


def left(desk: Desk, tag: str) -> tuple[str, ...]:
    """Return what must be done in a language, a line each; empty where nothing must.

    Raises HandoutError for a locale that there is not.
    """
    found = review(desk, (), [tag], printing=False).problems
    return tuple(_lines(problem for problem in found if problem.fails and problem.tag == tag))


def _lines(problems: Iterable[Diagnostic]) -> Iterator[str]:
    counts: Counter[tuple[str, str]] = Counter()
    for problem in problems:
        if problem.rule in ("medicine", "untranslated-file", "locale"):
            yield f"{problem.file}: {problem.message}; {problem.hint}"
        else:
            counts[problem.file, _TO_DO.get(problem.rule, "to mend")] += 1
    for (file, what), count in sorted(counts.items()):
        yield f"{file}: {count} {'text' if count == 1 else 'texts'} {what}"
