"""`make bench`: how fast the sheets come, beside other ways to make them, all in one run.

Contenders take turns, so that what else the machine does hits all alike; ratios are of medians.
Prints a table, writes output/bench.json, and says what it could not run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from careleaf.sheet import faces

FRESH = dict(os.environ)  # for processes of their own, which find the faces themselves
faces.isolate_fontconfig()

from benchmarks import work  # noqa: E402
from benchmarks.peers import PEERS  # noqa: E402
from careleaf.paths import PROGRAM, cache_folder  # noqa: E402

PLAIN, TYPST = [*PEERS][:2]
STENCIL, MIXED, PRESS = "careleaf, stencil", "careleaf, stencil, every script", "careleaf, press"
Figures = dict[str, object]


def main() -> None:
    """Run all measurements that the machine allows."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="turns of each contender")
    parser.add_argument("--children", type=int, default=10_000, help="lines of the mixed roster")
    parser.add_argument("--only", nargs="*", help="these alone: warm cold whole commands many")
    parser.add_argument("--whole", type=int, default=500, help="sheets of a whole process")
    asked = parser.parse_args()
    (PROGRAM / "output").mkdir(exist_ok=True)
    figures: Figures = {"machine": machine(), "could not run": {}}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        kept = task_on_disk(folder)
        parts: dict[str, Callable[[], None]] = {
            "warm": lambda: warm(figures, folder, asked.rounds),
            "cold": lambda: cold(figures, folder, asked.rounds),
            "whole": lambda: whole(figures, folder, asked.whole, asked.rounds),
            "commands": lambda: commands(figures, folder, asked.rounds),
            "many": lambda: many(figures, folder, asked.children),
        }
        for name in asked.only or parts:
            parts[name]()
        del kept
    path = PROGRAM / "output" / "bench.json"
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    print(f"\n{path.relative_to(PROGRAM)}")
    for name, why in figures["could not run"].items():  # type: ignore[attr-defined]
        print(f"not measured: {name}: {why}")


def machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def task_on_disk(folder: Path) -> Figures:
    """Write what the plain script needs in a process of its own."""
    task = work.task(folder)
    kept = {
        "html": task.html,
        "styles": list(map(str, task.styles)),
        "faces": str(task.faces),
        "values": work.values(work.desk(), 0),
    }
    (folder / "task.json").write_text(json.dumps(kept))
    return kept


# ---- warm, one core ----------------------------------------------------------------------------


def warm(figures: Figures, folder: Path, rounds: int) -> None:
    """Measure sheets a second of each contender, in turns."""
    at, press = work.desk(), work.desk(use_stencil=False)
    numbers = iter(range(10**9))
    latin = [
        number
        for number in range(4096)
        if work.name(number).isascii() or number % 16 in (1, 7, 8, 9, 10)
    ]
    contenders: dict[str, tuple[int, Callable[[int], int]]] = {
        STENCIL: (400, lambda n: len(at.make(work.order(at, latin[n % len(latin)])).pdf)),
        MIXED: (400, lambda n: len(at.make(work.order(at, n)).pdf)),
        PRESS: (2, lambda n: len(press.make(work.order(press, n)).pdf)),
    }
    task = work.task(folder)
    given = [work.values(at, number) for number in range(50)]
    for name, peer in PEERS.items():
        try:
            make = peer(task)
            make(given[0])
        except Exception as error:  # a peer that is not here, or does not run here
            figures["could not run"][name] = f"{type(error).__name__}: {error}"[:200]  # type: ignore[index]
            print(f"not measured: {name}: {type(error).__name__}: {error}", flush=True)
            continue
        contenders[name] = (2 if "Weasy" in name else 5, lambda n, m=make: len(m(given[n % 50])))
    for _, one in contenders.values():
        one(next(numbers))
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    sizes: dict[str, int] = {}
    for _ in range(rounds):
        for name, (count, one) in contenders.items():
            began = time.perf_counter()
            for _ in range(count):
                sizes[name] = one(next(numbers))
            seconds[name].append((time.perf_counter() - began) / count)
    rates = {name: 1 / median(taken) for name, taken in seconds.items()}
    table(
        f"{'Warm, one core':36} {'sheets/s':>9} {'x plain':>8} {'x Typst':>8} {'KB':>6}",
        *(
            f"{name:36} {rate:9.1f} {rate / rates[PLAIN]:8.1f} "
            f"{rate / rates[TYPST] if TYPST in rates else 0:8.1f} {sizes[name] / 1000:6.1f}"
            for name, rate in rates.items()
        ),
    )
    figures["warm"] = {"sheets a second": rates, "bytes": sizes}


# ---- whole processes ---------------------------------------------------------------------------


def whole(figures: Figures, folder: Path, count: int, rounds: int) -> None:
    """Measure `count` sheets from start to end of a process: nothing cached, then cached.

    The plain script makes a few, and what each more takes is counted on.
    """
    few, plain = max(10, count // 25), {"BENCH_FOLDER": str(folder)}
    seconds: dict[str, list[float]] = {"one": [], "few": [], "first run": [], "cached": []}
    for _ in range(max(1, rounds // 2)):
        seconds["one"].append(timed("plain", 1, env=plain))
        with fresh_cache() as env:
            seconds["first run"].append(timed("sheets", count, env=env))
            seconds["few"].append(timed("plain", few, env=plain))
            seconds["cached"].append(timed("sheets", count, env=env))
    taken = {name: median(times) for name, times in seconds.items()}
    each = (taken.pop("few") - taken["one"]) / (few - 1)
    taken["plain"] = taken.pop("one") + each * (count - 1)
    table(
        f"{f'{count} sheets, whole process':36} {'seconds':>9} {'x plain':>8}",
        f"{'plain script (from ' + str(few) + ')':36} {taken['plain']:9.1f} {1:8.1f}",
        *(
            f"{'careleaf, ' + name:36} {taken[name]:9.2f} {taken['plain'] / taken[name]:8.1f}"
            for name in ("first run", "cached")
        ),
    )
    figures["whole process"] = {"sheets": count, **taken}


def cold(figures: Figures, folder: Path, rounds: int) -> None:
    """Measure one sheet from the shell, cached and not, in turns with the plain script."""
    sheet = [
        "sheet", work.HANDOUT, "--name", "Ana Müller", "--date", f"{work.TODAY}", "--id", "A1",
        "--size", "letter", "-o", str(folder / "cold.pdf"),
    ]  # fmt: skip
    seconds: dict[str, list[float]] = {"plain": [], "nothing cached": [], "cached": []}
    for _ in range(rounds):
        seconds["plain"].append(timed("plain", 1, env={"BENCH_FOLDER": str(folder)}))
        with fresh_cache() as env:
            seconds["nothing cached"].append(command(*sheet, env=env))
            seconds["cached"].append(command(*sheet, env=env))
    taken = {name: median(times) for name, times in seconds.items()}
    table(
        f"{'One sheet from the shell':36} {'seconds':>9} {'/ plain':>8}",
        *(f"{name:36} {time:9.3f} {time / taken['plain']:8.2f}" for name, time in taken.items()),
    )
    figures["one sheet from the shell"] = taken


def commands(figures: Figures, folder: Path, rounds: int) -> None:
    """Measure what a clinic runs, from an empty cache and again, in turns with the plain script."""
    roster = str(PROGRAM / "examples" / "roster.csv")
    plain, nothing, again = "plain script, one sheet", "nothing cached", "again, nothing changed"
    seconds: dict[str, list[float]] = {}

    def note(name: str, time: float) -> None:
        seconds.setdefault(name, []).append(time)

    for _ in range(max(1, rounds // 2)):
        note(plain, timed("plain", 1, env={"BENCH_FOLDER": str(folder)}))
        with fresh_cache() as env:
            for state in (nothing, again):
                out = str(folder / state.replace(" ", "-"))
                note(f"demo, {state}", command("batch", roster, "-o", out, env=env))
                shutil.rmtree(out)
        for asked in ("check", "warm"):
            with fresh_cache() as env:
                for state in (nothing, again):
                    note(f"{asked}, {state}", command(asked, env=env))
    taken = {name: median(times) for name, times in seconds.items()}
    table(
        f"{'Whole commands, all processors':36} {'seconds':>9} {'/ plain':>8}",
        *(f"{name:36} {time:9.2f} {time / taken[plain]:8.2f}" for name, time in taken.items()),
    )
    figures["commands"] = taken


def many(figures: Figures, folder: Path, count: int) -> None:
    """Measure a mixed roster: does it slow down, does it grow, does a second process help?"""
    finished(started("roster", 0, 100))  # the stencils: how long these take is measured above
    began = time.perf_counter()
    said = finished(started("roster", 0, count))
    one = time.perf_counter() - began
    with fresh_cache() as env:
        cutting = max(finished(started("roster", 0, 1000, env=env))["memory"])
    began = time.perf_counter()
    halves = [started("roster", 0, count // 2), started("roster", count // 2, count)]
    for half in halves:
        finished(half)
    two = time.perf_counter() - began
    times, memory = said["times"], said["memory"]
    by_press = sum(number for way, number in said["ways"].items() if way.startswith("press"))
    table(
        f"{count} children, 2 handouts, 5 languages, one process: {one:.1f} s",
        f"  last thousand at {times[0] / times[-1]:.2f} times the speed of the first, "
        f"{min(times[1:] or times) / times[-1]:.2f} of the best",
        f"  memory: {memory[0]} MB after the first thousand, {memory[-1]} MB after the last; "
        f"{cutting} MB where the stencils are cut too",
        f"  by the stencil: {100 * (count - by_press) / count:.2f} % {said['ways']}",
        f"  two processes: {two:.1f} s, {one / two:.2f} times as fast",
    )
    figures["many"] = {**said, "one process": one, "two processes": two}


# ---- processes ---------------------------------------------------------------------------------


class fresh_cache:
    """A cache folder with the faces and nothing else, as the environment for a process."""

    def __enter__(self) -> Mapping[str, str]:
        self._place = tempfile.TemporaryDirectory(dir=PROGRAM / "output")
        faces_here = Path(self._place.name) / "faces"
        shutil.copytree(cache_folder() / "faces", faces_here, copy_function=os.link)
        for config in faces_here.glob("*/fonts.conf"):
            config.unlink()  # it names the folder that it is in
        return {"CARELEAF_CACHE": self._place.name}

    def __exit__(self, *_: object) -> None:
        self._place.cleanup()


def timed(*arguments: object, env: Mapping[str, str]) -> float:
    return run([sys.executable, "-m", "benchmarks.work", *map(str, arguments)], env)


def command(*arguments: str, env: Mapping[str, str]) -> float:
    """Return how many seconds a command of ours took, on the benchmark's day."""
    ours = [sys.executable, str(PROGRAM / "generate.py"), *arguments]
    return run(ours, {**env, "CARELEAF_TODAY": f"{work.TODAY}"})


def run(line: list[str], env: Mapping[str, str]) -> float:
    """Return how many seconds a command line took. Raises CalledProcessError."""
    began = time.perf_counter()
    subprocess.run(line, check=True, cwd=PROGRAM, env={**FRESH, **env}, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def started(*arguments: object, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.work", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=PROGRAM, env={**FRESH, **(env or {})}, stdout=subprocess.PIPE, text=True
    )


def finished(process: subprocess.Popen[str]) -> dict:
    said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(process.returncode)
    return json.loads(said)


def table(*lines: str) -> None:
    print(*lines, "", sep="\n", flush=True)


if __name__ == "__main__":
    main()
