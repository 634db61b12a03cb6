"""Breaks the modules that matter for safety, one small break at a time, and tells which no test sees.

    python tests/mutants [--module NAME] [--sample N] [--seed N] [--floor PERCENT] [--jobs N]

Each break is written into a copy of the project, and only the test files of that module are run.
mutmut and cosmic-ray were looked at: the one leaves tables outside functions alone, the other runs
one command for all modules; neither takes a sample by a seed. So this is ours, and small.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import watched
from breaks import Break, breaks_of, chosen

ROOT = Path(__file__).resolve().parents[2]
HARMLESS = Path(__file__).with_name("harmless.txt")
# Imported once, before each run of the tests is forked from here. Never a module of ours.
# (WeasyPrint is not among them: it reads its fonts when it is imported, and they are ours.)
HEAVY = """pytest hypothesis babel.messages.pofile babel.dates pydantic pikepdf uharfbuzz fontTools.ttLib
tinycss2 cssselect2 tinyhtml5 pydyf cffi PIL.Image jinja2 yaml segno fastapi starlette.testclient"""


@dataclass(frozen=True, slots=True)
class Trial:
    """A break of a module, the module as it was, the tests that must see it, and how long they may take."""

    module: str
    whole: str
    one: Break
    tests: tuple[str, ...]
    seconds: float


@dataclass(slots=True)
class Running:
    trial: Trial
    folder: Path
    until: float


def main() -> int:
    options = read_options()
    modules = {name: tests for name, tests in watched.MODULES.items() if options.module in name}
    if not modules:
        print(f"no such module; known: {', '.join(watched.MODULES)}")
        return 2
    harmless = read_harmless(HARMLESS)
    with warnings.catch_warnings(action="ignore"):
        for name in HEAVY.split():
            __import__(name)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        first = Path(folder) / "0"
        copy_project(first)
        taken = timed(modules, first)
        if isinstance(taken, str):
            print(taken)
            return 2
        trials = [
            Trial(module, (first / module).read_text("utf-8"), one, tests, 20 + 6 * taken[tests])
            for module, tests in modules.items()
            for one in picked(module, harmless, options)
        ]
        return report(trials, tried(trials, first, options.jobs), options.floor)


def read_options() -> argparse.Namespace:
    """Read the options; `make mutants MODULE=... SAMPLE=... SEED=...` gives them in the environment."""
    given = {name: os.environ.pop(f"CARELEAF_{name}", "") for name in ("MODULE", "SAMPLE", "SEED")}
    parser = argparse.ArgumentParser(prog="tests/mutants", description=__doc__)
    parser.add_argument("--module", default=given["MODULE"], help="part of a module's path")
    parser.add_argument(
        "--sample", type=int, default=given["SAMPLE"] or 0, help="breaks of each module; 0: all"
    )
    parser.add_argument("--seed", type=int, default=given["SEED"] or 1, help="chooses the sample")
    parser.add_argument("--floor", type=int, default=95, help="per cent that must be caught in all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


# --- which breaks -----------------------------------------------------------------------------


def picked(module: str, harmless: set[str], options: argparse.Namespace) -> list[Break]:
    """Return the breaks of a module to try: a sample of those that are not harmless."""
    places = breaks_of((ROOT / module).read_text("utf-8"))
    matter = [[one for one in here if key(module, one) not in harmless] for here in places]
    return chosen([here for here in matter if here], options.sample, f"{options.seed} {module}")


def key(module: str, one: Break) -> str:
    return f"{module} {one.function or '-'}: {one.change}"


def read_harmless(path: Path) -> set[str]:
    """Return the breaks that change nothing: each line that does not begin with # or a space."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {line.rstrip() for line in lines if line and line[0] not in "# "}


# --- a copy to break --------------------------------------------------------------------------


def copy_project(folder: Path) -> None:
    """Copy what is under version control, and the faces, which take long to make."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    if (ROOT / ".cache").exists():
        shutil.copytree(ROOT / ".cache" / "faces", folder / ".cache" / "faces")
    (folder / ".venv").symlink_to(ROOT / ".venv")


def timed(modules: dict[str, tuple[str, ...]], folder: Path) -> dict[tuple[str, ...], float] | str:
    """Return how long the tests of each module take while nothing is broken, or what is red already."""
    taken: dict[tuple[str, ...], float] = {}
    for tests in dict.fromkeys(modules.values()):
        began = time.monotonic()
        _, status = os.waitpid(start(folder, tests, keep=True), 0)
        if status:
            return (folder / "log").read_text("utf-8", "replace")
        taken[tests] = time.monotonic() - began
    return taken


def start(folder: Path, tests: tuple[str, ...], keep: bool = False) -> int:
    """Run tests in a copy of the project, in a process of its own; return its id."""
    child = os.fork()
    if child:
        return child
    os.setsid()
    os.chdir(folder)
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.path[:] = [str(folder), *(path for path in sys.path if path != str(ROOT / "tests/mutants"))]
    sys.modules.pop("breaks", None)
    os.environ["PYTHONPATH"] = str(folder)
    if not keep:  # no compiled file of a broken module stays
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    import pytest

    code = pytest.main(["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow",
                        f"--hypothesis-seed={0}", *tests])  # fmt: skip
    import careleaf

    assert str(careleaf.__file__).startswith(str(folder)), "the copy must be what is tested"
    os._exit(int(code))


# --- trying -----------------------------------------------------------------------------------


def tried(trials: list[Trial], first: Path, jobs: int) -> Iterator[tuple[Trial, bool]]:
    """Yield each trial, and whether a test saw the break; a run that never ends counts as seen."""
    free = [first]
    for number in range(1, min(jobs, len(trials))):
        shutil.copytree(first, first.parent / str(number), symlinks=True)
        free.append(first.parent / str(number))
    queue = list(reversed(trials))
    running: dict[int, Running] = {}
    while queue or running:
        while queue and free:
            trial, folder = queue.pop(), free.pop()
            put(folder / trial.module, trial.one.source)
            child = start(folder, trial.tests)
            running[child] = Running(trial, folder, time.monotonic() + trial.seconds)
        for child, one in list(running.items()):
            found, status = os.waitpid(child, os.WNOHANG)
            is_late = time.monotonic() > one.until
            if not found and not is_late:
                continue
            end_group(child)
            if not found:
                os.waitpid(child, 0)
            put(one.folder / one.trial.module, one.trial.whole)
            free.append(one.folder)
            del running[child]
            yield one.trial, bool(is_late or status)
        time.sleep(0.02)


def put(path: Path, text: str) -> None:
    """Write a module, and take away what was compiled of it."""
    path.write_text(text, "utf-8")
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        compiled.unlink()


def end_group(child: int) -> None:
    """End what a run of tests started and left behind."""
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        return


# --- telling ----------------------------------------------------------------------------------


def report(trials: list[Trial], results: Iterator[tuple[Trial, bool]], floor: int) -> int:
    """Print what was not caught, and the share of each module. Return the exit status."""
    tally = {trial.module: [0, 0] for trial in trials}
    for trial, is_caught in results:
        tally[trial.module][0] += is_caught
        tally[trial.module][1] += 1
        if not is_caught:
            print(
                f"{trial.module}:{trial.one.line} not caught in {key('', trial.one).strip()}",
                flush=True,
            )
    print()
    for module, (caught, count) in tally.items():
        print(f"{100 * caught / count:5.1f} % of {count:4} caught  {module}")
    caught, count = (sum(column) for column in zip(*tally.values(), strict=True))
    share = 100 * caught / count
    print(f"{share:5.1f} % of {count:4} caught in all; {floor} % is asked")
    return 0 if share >= floor else 1


if __name__ == "__main__":
    sys.exit(main())
