"""Get this machine ready: system libraries, a venv from the lock, the faces. `make setup` runs it.

    python3 -I tools/machine.py [setup | lock]

It runs before anything is installed, so it is one file, of the standard library alone, and says
what is wrong even to a Python that is too old for the rest of the program. (-I keeps the modules beside
it from being taken for those of the standard library.)
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
READY = VENV / "ready"  # newer than all it was made from: nothing to do
LOCK = ROOT / "requirements.lock"
MADE_FROM = (LOCK, ROOT / "pyproject.toml", Path(__file__))

# What WeasyPrint loads; the names are those under which it looks for them.
LIBRARIES = {
    "Pango": ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
    "PangoFT2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll"),
    "HarfBuzz subset": (
        "libharfbuzz-subset.so.0",
        "libharfbuzz-subset.0.dylib",
        "libharfbuzz-subset-0.dll",
    ),
}
DEBIAN = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
COMMANDS = (
    ("Debian, Ubuntu", f"sudo apt-get install {' '.join(DEBIAN)}"),
    ("Fedora", "sudo dnf install pango harfbuzz"),
    ("macOS", "brew install pango harfbuzz"),
    ("Windows", "in an MSYS2 shell: pacman -S mingw-w64-ucrt-x86_64-pango"),
)
LIBRARY_FOLDERS = (
    "/opt/homebrew/lib",
    "/usr/local/lib",
)  # Homebrew's, which ctypes does not search


class Trouble(Exception):
    """What keeps this machine from being ready, and the cure, in words."""


def main(arguments: list[str]) -> int:
    """Do what is asked; return 0, or 2 after one message that says what to do."""
    work = lock if arguments == ["lock"] else setup
    try:
        work()
    except Trouble as trouble:
        print(f"setup: {trouble}", file=sys.stderr)
        return 2
    return 0


def setup() -> None:
    """Make everything that is missing, in the order in which it is needed."""
    if is_ready():
        return
    need_python()
    need_libraries()
    make_venv()
    say("installing the packages of requirements.lock")
    pip("install", "--requirement", str(LOCK))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    say("making the faces")
    run([str(python()), "-c", "from careleaf.faces import faces; faces()"])
    READY.touch()
    say("ready")


def lock() -> None:
    """Renew requirements.lock: the newest versions that pyproject.toml allows, for Python 3.11 up.

    uv alone writes one lock for every system and Python; it stays in a folder of its own.
    """
    folder = ROOT / ".cache" / "uv"
    if not folder.exists():
        run([sys.executable, "-m", "venv", str(folder)])
        run([str(python(folder)), "-m", "pip", "install", "-qq", "uv"])
    uv = python(folder).with_name("uv" + python(folder).suffix)
    # No headers, no index: the lock names packages and versions, and no place to get them from.
    plain = ("--quiet", "--no-header", "--no-annotate", "--upgrade")
    wide = ("--universal", "--all-extras", "--python-version", "3.11")
    run([str(uv), "pip", "compile", *plain, *wide, "--output-file", LOCK.name, "pyproject.toml"])


def is_ready() -> bool:
    return READY.exists() and all(
        READY.stat().st_mtime >= made_from.stat().st_mtime for made_from in MADE_FROM
    )


def need_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - this file runs on any Python, to say so
        found = ".".join(map(str, sys.version_info[:2]))
        raise Trouble(
            f"Python {found} is too old: Careleaf needs 3.11 or later\n"
            "  install one and name it: make setup PYTHON=python3.12"
        )


def need_libraries() -> None:
    """Install the libraries that do not load, where apt-get may; else say how."""
    if not missing_libraries():
        return
    say(f"installing {', '.join(missing_libraries())} with apt-get")
    if apt_get("install", "--yes", "--no-install-recommends", *DEBIAN) and not missing_libraries():
        return
    width = max(len(system) for system, _ in COMMANDS)
    commands = "\n".join(f"    {system:{width}}  {command}" for system, command in COMMANDS)
    raise Trouble(
        f"a library is missing: {', '.join(missing_libraries())}\n"
        f"  install it, then run `make setup` again:\n{commands}"
    )


def missing_libraries() -> list[str]:
    return [name for name, files in LIBRARIES.items() if not any(map(loads, files))]


def loads(library: str) -> bool:
    for place in (library, *(f"{folder}/{library}" for folder in LIBRARY_FOLDERS)):
        try:
            ctypes.CDLL(place)
        except OSError:
            continue
        return True
    return False


def apt_get(*words: str) -> bool:
    """Run apt-get, as root or by a sudo that asks nothing; return whether it did its work."""
    if not shutil.which("apt-get"):
        return False
    as_root: list[str] = []
    if os.geteuid() != 0:
        if not shutil.which("sudo") or subprocess.call(
            ["sudo", "-n", "true"], stderr=subprocess.DEVNULL
        ):
            return False
        as_root = ["sudo", "-n"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", *words]):
        if subprocess.call([*as_root, *command], env=quiet, stdout=subprocess.DEVNULL):
            return False
    return True


def make_venv() -> None:
    if python().exists() and same_python():
        return
    say(f"making {VENV.name}")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    package = f"python{version}-venv"
    if not subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        return
    # Debian keeps the venv module in a package of its own.
    if not apt_get("install", "--yes", package) or subprocess.call(command):
        raise Trouble(
            f"{sys.executable} cannot make a venv\n  Debian, Ubuntu: sudo apt-get install {package}"
        )


def same_python() -> bool:
    """Return whether the venv was made by a Python of this version; an upgrade leaves it behind."""
    wanted = f"{sys.version_info.major}.{sys.version_info.minor}"
    code = "import sys; print(f'{sys.version_info.major}.{sys.version_info.minor}')"
    try:
        return subprocess.check_output([str(python()), "-c", code], text=True).strip() == wanted
    except (OSError, subprocess.CalledProcessError):
        return False


def python(venv: Path = VENV) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip(*words: str) -> None:
    """Run pip in the venv; its own settings (a mirror, wheels on a disk) are the user's affair."""
    run([str(python()), "-m", "pip", "-qq", "--disable-pip-version-check", *words])


def run(command: list[str]) -> None:
    if subprocess.call(command, cwd=ROOT):
        raise Trouble(f"this failed, for the reason above: {' '.join(command)}")


def say(what: str) -> None:
    print(f"setup: {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
