"""Install the wheel in a venv of its own and work with it as a clinic does, outside the checkout.

    python3 -I tools/try_wheel.py [WHEEL]

Without WHEEL, the newest in dist/ (`make build` makes it). A new clinic's folder is written, then a
sheet, a day's list and the page at the desk are made from it, and from a folder that has nothing but
its clinic.yaml. Stops at the first thing that is wrong; leaves nothing behind. Standard library alone.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HANDOUT = "bone-marrow-biopsy-at-home"


def main(words: list[str]) -> int:
    """Try a wheel; return 0, or 1 after saying what is wrong."""
    wheels = [Path(word).resolve() for word in words] or newest()
    if not wheels:
        print("try_wheel: there is no wheel in dist/\n  run `make build` first", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="careleaf-wheel-") as folder:
        place = Path(folder)
        command = installed(wheels[0], place)
        try_clinic(command, place)
        try_clinic_file_alone(command, place)
    say(f"{wheels[0].name} works")
    return 0


def newest() -> list[Path]:
    found = (ROOT / "dist").glob("*.whl")
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def installed(wheel: Path, place: Path) -> str:
    """Return the command `careleaf` of a fresh venv that holds the wheel and the pins."""
    say("installing it in a fresh venv")
    venv = place / "venv"
    run([sys.executable, "-m", "venv", str(venv)], place)
    folder = venv / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(folder / "python"), "-m", "pip", "-qq", "--disable-pip-version-check", "install"]
    run([*pip, "--requirement", str(ROOT / "requirements.lock")], place)
    run([*pip, "--no-deps", str(wheel)], place)
    return str(folder / "careleaf")


def try_clinic(command: str, place: Path) -> None:
    """Make a new clinic's folder, and in it a sheet, a list, and a page."""
    say("a new clinic: a sheet, a list, the page")
    run([command, "new", "my-clinic"], place)
    clinic = place / "my-clinic"
    sheet = ("sheet", HANDOUT, "--name", "Maya Lindqvist", "--date", date.today().isoformat())  # noqa: DTZ011
    run([command, *sheet, "--locale", "ar", "--root", "my-clinic", "-o", "one.pdf"], place)
    need_pdf(place / "one.pdf")
    if make := shutil.which("make"):
        run([make, f"CARELEAF={command}"], clinic)
    else:
        run([command, "batch", "roster.csv", "-o", "output/sheets"], clinic)
    for reference, tag in (("W201", "en"), ("W202", "fr"), ("W203", "ar"), ("W204", "zh_Hans")):
        need_pdf(clinic / "output" / "sheets" / f"{reference}.{HANDOUT}.{tag}.pdf")
    run([command, "check", "--locale", "nl", "--no-print"], clinic)
    need_page(command, clinic)


def try_clinic_file_alone(command: str, place: Path) -> None:
    """Make a sheet where clinic.yaml was copied, and nothing else."""
    say("a folder with clinic.yaml alone")
    alone = place / "alone"
    alone.mkdir()
    text = (ROOT / "clinic.yaml").read_text("utf-8")
    (alone / "clinic.yaml").write_text(text.replace("Maple River", "Birch Hill"), "utf-8")
    run([command, "blank", "bone-biopsy", "--locale", "nl", "-o", "blanks"], alone)
    need_pdf(alone / "blanks" / "bone-biopsy.nl.pdf")


def need_page(command: str, clinic: Path) -> None:
    """Start the page, and want its form and that it says it is well."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = subprocess.Popen([command, "serve", "--port", str(port)], cwd=clinic, env=environment())
    try:
        health = answer(f"http://127.0.0.1:{port}/healthz", page)
        form = answer(f"http://127.0.0.1:{port}/", page)
        if health != "ok" or "Willow Bay" not in form:
            raise SystemExit("try_wheel: the page does not show the clinic")
    finally:
        page.terminate()
        page.wait(20)


def answer(address: str, page: subprocess.Popen[bytes]) -> str:
    """Return what the page answers; it may take half a minute to start."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, timeout=30) as response:
                return str(response.read().decode())
        except OSError:
            if page.poll() is not None:
                break
            time.sleep(0.5)
    raise SystemExit(f"try_wheel: {address} does not answer")


def need_pdf(path: Path) -> None:
    if not path.is_file() or not path.read_bytes().startswith(b"%PDF-"):
        raise SystemExit(f"try_wheel: {path.name} was not made")


def environment() -> dict[str, str]:
    """Return the environment without the checkout's own values."""
    ours = ("CARELEAF_", "PYTHON", "MAKE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def run(command: list[str], folder: Path) -> None:
    if subprocess.call(command, cwd=folder, env=environment()):
        raise SystemExit(f"try_wheel: this failed: {' '.join(command)}")


def say(what: str) -> None:
    print(f"try_wheel: {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
