"""How long a preview takes with 1, 8 and 64 nurses typing at once, and what the 65th is told.

    .venv/bin/python benchmarks/web_load.py [--seconds 10] [--url http://127.0.0.1:8765]

Without --url it starts a page of its own. Each client asks for a preview, with another name each
time, as soon as it has its last one: no one types so fast, so the figures are the worst there are.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import quantiles

import httpx

ROOT = Path(__file__).resolve().parent.parent
CROWDS = (1, 8, 64)
FORM = {"handout": "bone-biopsy", "locale": "en", "date": "2026-11-23", "width": "640"}


@contextmanager
def page() -> Iterator[str]:
    """Start a page, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "generate.py"), "serve", "--port", str(port)],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "CARELEAF_TODAY": FORM["date"]},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                httpx.get(url)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def form_key(url: str) -> str:
    found = re.search(r'name="form_key" value="(\w+)"', httpx.get(url, timeout=60).text)
    assert found, "is this the page at the desk?"
    return found[1]


async def crowd(
    url: str, key: str, clients: int, seconds: float
) -> tuple[list[float], Counter[int]]:
    """Return how long each preview took, in milliseconds, and the answers by status."""
    took: list[float] = []
    answers: Counter[int] = Counter()
    names = count()
    end = time.perf_counter() + seconds

    async def nurse(client: httpx.AsyncClient) -> None:
        while time.perf_counter() < end:
            begun = time.perf_counter()
            data = {"form_key": key, "name": f"Child {next(names)}", **FORM}
            answer = await client.post(f"{url}/preview", data=data)
            answers[answer.status_code] += 1
            if answer.status_code == 200:
                took.append((time.perf_counter() - begun) * 1000)
            else:
                await asyncio.sleep(float(answer.headers.get("retry-after", 1)))

    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(timeout=120, limits=limits) as client:
        await asyncio.gather(*(nurse(client) for _ in range(clients)))
    return took, answers


async def one_too_many(url: str, key: str) -> list[tuple[int, str, float]]:
    """Return what each of 65 who come in the same moment is told: status, Retry-After, milliseconds."""

    async def ask(client: httpx.AsyncClient, number: int) -> tuple[int, str, float]:
        begun = time.perf_counter()
        data = {"form_key": key, "name": f"Child {number}", **FORM}
        answer = await client.post(f"{url}/preview", data=data)
        took = (time.perf_counter() - begun) * 1000
        return answer.status_code, answer.headers.get("retry-after", ""), took

    limits = httpx.Limits(max_connections=CROWDS[-1] + 1)
    async with httpx.AsyncClient(timeout=120, limits=limits) as client:
        return list(
            await asyncio.gather(*(ask(client, number) for number in range(CROWDS[-1] + 1)))
        )


def report(url: str, seconds: float) -> None:
    key = form_key(url)
    for _ in range(8):  # every process has its first sheet behind it
        data = {"form_key": key, "name": "Child", **FORM}
        httpx.post(f"{url}/preview", data=data, timeout=120)
    print(f"{'clients':>8}{'previews':>10}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}  answers")
    for clients in CROWDS:
        took, answers = asyncio.run(crowd(url, key, clients, seconds))
        cuts = quantiles(took, n=100) if len(took) > 1 else took * 99
        told = ", ".join(f"{status}: {number}" for status, number in sorted(answers.items()))
        print(
            f"{clients:>8}{len(took):>10}{len(took) / seconds:>10.1f}{cuts[49]:>9.0f}{cuts[98]:>9.0f}  {told}"
        )
    results = asyncio.run(one_too_many(url, key))
    refused = [result for result in results if result[0] != 200]
    print(
        f"65 in the same moment: {len(results) - len(refused)} served, {len(refused)} told to wait"
    )
    for status, again, ms in refused:
        print(f"  {status}, Retry-After: {again}, after {ms:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10, help="for each crowd")
    parser.add_argument("--url", help="a page that runs already")
    chosen = parser.parse_args()
    if chosen.url:
        report(chosen.url.rstrip("/"), chosen.seconds)
        return
    with page() as url:
        report(url, chosen.seconds)


if __name__ == "__main__":
    main()
