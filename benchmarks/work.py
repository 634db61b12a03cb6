"""What is measured in processes of its own: `python -m benchmarks.work NAME ...` prints one line of JSON."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import psutil

from benchmarks.peers import Task, plain_script

TODAY = date(2026, 11, 23)
HANDOUT, LOCALE = "bone-biopsy", "en"
FIRST = (
    "Ana Łukasz Ngọc محمد 小明 Ольга Νίκος Zoë Eva Tomás Søren فاطمة 王芳 Đặng Олена Ελένη".split()
)
LAST = "Müller Żółć Nguyễn الحسن 王 Петренко Παππάς de-Vries O’Neill Peña Ødegård حداد 李 Trần Шевченко Çelik".split()


def name(number: int) -> str:
    """Return one of 16 x 16 names, each with a letter of its own: no name comes twice in a day.

    No child has a Chinese and an Arabic name in one, with a Latin letter behind: such a sheet is
    one for the press, and the benchmark would measure that.
    """
    own = "".join("abcdefghij"[int(digit)] for digit in str(number))
    first, last = FIRST[number % 16], LAST[number // 16 % 16]
    if first in ("小明", "王芳") and last in ("الحسن", "حداد"):
        last = "王"
    return f"{first} {last} {own.capitalize()}"


def desk(use_stencil: bool = True):
    from careleaf.desk.desk import Desk
    from careleaf.paths import Root

    return Desk.at(Root.at(), TODAY, use_stencil)


def order(at, number: int, handout: str = HANDOUT, locale: str = LOCALE):
    from careleaf.model import Request

    day = TODAY + timedelta(days=number % 5)
    child = {"name": name(number), "date": str(day), "id": f"B{number:06}"}
    wished = {"handout": handout, "locale": locale, "size": "letter"}
    return at.order(Request.read({**child, **wished}))


def task(folder: Path) -> Task:
    """Return the sheet as the peers get it, its page written by the desk."""
    from careleaf.model import Form
    from careleaf.sheet import faces

    at = desk()
    edition = at.content.edition(HANDOUT, LOCALE, Form("letter"))
    slots = {slot: f"{{{{ {slot.replace('-', '_')} }}}}" for slot in edition.slots}
    return Task(at.html(edition, slots), folder, at.stylesheets, faces.faces()[0].path.parent)


def values(at, number: int) -> dict[str, str]:
    from careleaf.sheet import personalize

    one = order(at, number)
    whens = at.content.edition(HANDOUT, LOCALE, one.form).whens
    made = personalize.slots(whens, LOCALE, at.content.clinic.region, one.patient)
    return {slot.replace("-", "_"): value for slot, value in made.items()}


def sheets(count: int, folder: Path) -> None:
    """Make `count` sheets of one handout from a cold start, written to files."""
    at = desk()
    ways: dict[str, int] = {}
    for number in range(count):
        sheet = at.make(order(at, number))
        ways[sheet.way] = ways.get(sheet.way, 0) + 1
        (folder / f"{number}.pdf").write_bytes(sheet.pdf)
    say(ways=ways)


def plain(count: int, folder: Path) -> None:
    """Make `count` sheets by the plain script from a cold start; its page lies in `folder`."""
    from careleaf.sheet import faces

    faces.isolate_fontconfig()
    kept = json.loads((folder / "task.json").read_text())
    styles = tuple(map(Path, kept["styles"]))
    make = plain_script(Task(kept["html"], folder, styles, Path(kept["faces"])))
    for number in range(count):
        (folder / f"{number}.pdf").write_bytes(make({**kept["values"], "name": name(number)}))
    say()


def roster(first: int, last: int, folder: Path) -> None:
    """Make the sheets of a mixed roster: two handouts, five languages, names of six scripts."""
    at = desk()
    editions = [
        (handout, locale)
        for handout in at.content.handouts[:2]
        for locale in ("en", "fr", "vi", "ar", "zh_Hans")
    ]
    process, times, memory, ways = psutil.Process(), [], [], {}
    began = time.perf_counter()
    for number in range(first, last):
        handout, locale = editions[number % len(editions)]
        sheet = at.make(order(at, number, handout, locale))
        key = sheet.way + (f": {sheet.why}" if sheet.why else "")
        ways[key] = ways.get(key, 0) + 1
        (folder / f"{number}.pdf").write_bytes(sheet.pdf)
        (folder / f"{number - 1000}.pdf").unlink(missing_ok=True)
        if (number - first) % 1000 == 999:
            times.append(time.perf_counter() - began)
            memory.append(process.memory_info().rss // 2**20)
            began = time.perf_counter()
    say(times=times, memory=memory, ways=ways)


def say(**figures: object) -> None:
    print(json.dumps(figures))


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        given = Path(os.environ.get("BENCH_FOLDER") or place)
        {"sheets": sheets, "plain": plain, "roster": roster}[what](*map(int, numbers), given)
