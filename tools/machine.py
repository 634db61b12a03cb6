"""Get this machine ready: system libraries, a venv from a lock, the faces. `make setup` runs it.

    python3 -I tools/machine.py [setup | setup-dev | lock] [--yes]

`setup` installs what running needs, `setup-dev` what the tests need as well. System packages are
installed only by leave: --yes, SETUP=yes or CI=true in the environment, or a yes on a terminal.

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
LOCK, DEV_LOCK = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
READY, DEV_READY = (
    VENV / "ready",
    VENV / "ready-dev",
)  # newer than all it was made from: nothing to do
ALWAYS = (ROOT / "pyproject.toml", Path(__file__))

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
LIBRARY_COMMANDS = (
    ("Debian, Ubuntu", f"sudo apt-get install {' '.join(DEBIAN)}"),
    ("Fedora", "sudo dnf install pango harfbuzz"),
    ("macOS", "brew install pango harfbuzz"),
    ("Windows", "in an MSYS2 shell: pacman -S mingw-w64-ucrt-x86_64-pango"),
)
NEWEST, OLDEST = 14, 11  # of Python 3
PYTHON_COMMANDS = (
    ("Ubuntu 22.04", "sudo apt-get install python3.11 python3.11-venv", "python3.11"),
    ("Fedora, RHEL 9", "sudo dnf install python3.12", "python3.12"),
    ("macOS", "brew install python@3.13", "python3.13"),
)
LIBRARY_FOLDERS = (
    "/opt/homebrew/lib",
    "/usr/local/lib",
)  # Homebrew's, which ctypes does not search


class Trouble(Exception):
    """What keeps this machine from being ready, and the cure, in words."""


def main(arguments: list[str]) -> int:
    """Do what is asked; return 0, or 2 after one message that says what to do."""
    words = [word for word in arguments if word != "--yes"]
    if "--yes" in arguments:
        os.environ["SETUP"] = "yes"
    works = {"setup": setup, "setup-dev": setup_dev, "lock": lock}
    try:
        if len(words) > 1 or not {*words} <= {*works}:
            raise Trouble("use: tools/machine.py [setup | setup-dev | lock] [--yes]")
        works[words[0] if words else "setup"]()
    except Trouble as trouble:
        print(f"setup: {trouble}", file=sys.stderr)
        return 2
    return 0


def setup() -> None:
    """Install what running needs."""
    if not is_ready(READY, LOCK):
        install(LOCK)
        say("making the faces")
        run([str(python()), "-c", "from careleaf.sheet.faces import faces; faces()"])
        READY.touch()
        say("ready")


def setup_dev() -> None:
    """Install what the tests need as well; its lock holds all that the other holds."""
    setup()
    if not is_ready(DEV_READY, DEV_LOCK):
        install(DEV_LOCK)
        DEV_READY.touch()
        say("ready for tests")


def install(lock: Path) -> None:
    """Install the packages of a lock and careleaf itself; first what is missing below them."""
    need_python()
    need_libraries()
    make_venv()
    say(f"installing the packages of {lock.name}")
    pip("install", "--requirement", str(lock))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def lock() -> None:
    """Renew both locks: the newest versions that pyproject.toml allows, for Python 3.11 up.

    uv alone writes one lock for every system and Python; it stays in a folder of its own.
    """
    folder = ROOT / ".cache" / "uv"
    if not folder.exists():
        run([sys.executable, "-m", "venv", str(folder)])
        run([str(python(folder)), "-m", "pip", "install", "-qq", "uv"])
    uv = python(folder).with_name("uv" + python(folder).suffix)
    # No headers, no index: a lock names packages and versions, and no place to get them from.
    plain = ("--quiet", "--no-header", "--no-annotate", "--upgrade")
    common = (str(uv), "pip", "compile", *plain, "--universal", "--python-version", "3.11")
    run([*common, "--extra", "build", "--output-file", LOCK.name, "pyproject.toml"])
    same = ("--all-extras", "--constraint", LOCK.name)
    run([*common, *same, "--output-file", DEV_LOCK.name, "pyproject.toml"])


def is_ready(ready: Path, lock: Path) -> bool:
    """Return whether what a lock asks for was installed after the lock last changed."""
    return ready.exists() and all(
        ready.stat().st_mtime >= made_from.stat().st_mtime for made_from in (lock, *ALWAYS)
    )


def need_python() -> None:
    """Raise Trouble for a Python that is too old, with the commands that get a newer one."""
    if sys.version_info[:2] >= (3, OLDEST):
        return
    found = ".".join(map(str, sys.version_info[:2]))
    fault = f"Python {found} is too old: Careleaf needs 3.{OLDEST} or later\n"
    newer = [f"python3.{minor}" for minor in range(NEWEST, OLDEST - 1, -1)]
    for name in filter(starts, newer):
        raise Trouble(f"{fault}  {name} is on this machine: make setup PYTHON={name}")
    lines = (
        f"    {system:14}  {command} && make setup PYTHON={name}"
        for system, command, name in PYTHON_COMMANDS
    )
    raise Trouble(fault + "  install one, and name it:\n" + "\n".join(lines))


def starts(name: str) -> bool:
    """Return whether a Python of this name is here and starts."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return bool(shutil.which(name)) and not subprocess.call([name, "-c", ""], **quiet)


def need_libraries() -> None:
    """Install the libraries that do not load, where apt-get can and may; else say how."""
    if not missing_libraries():
        return
    if apt_get(*DEBIAN) and not missing_libraries():
        return
    width = max(len(system) for system, _ in LIBRARY_COMMANDS)
    commands = "\n".join(f"    {system:{width}}  {command}" for system, command in LIBRARY_COMMANDS)
    raise Trouble(
        f"a library is missing: {', '.join(missing_libraries())}\n"
        f"  install it, then run `make setup` again:\n{commands}\n"
        "  on Debian and Ubuntu `make setup SETUP=yes` does that by itself"
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


def apt_get(*packages: str) -> bool:
    """Install Debian packages, if there is leave to; return whether that was done."""
    command = shutil.which("apt-get")
    if not command or not may_install(f"apt-get install {' '.join(packages)}"):
        return False
    as_root = root_command()
    if as_root is None:
        return False
    say(f"installing {', '.join(packages)} with apt-get")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["install", "--yes", "--no-install-recommends", *packages]
    for words in (["update"], install):
        call = [*as_root, "apt-get", "-qq", *words]
        if subprocess.call(call, env=quiet, stdout=subprocess.DEVNULL):
            return False
    return True


def may_install(command: str) -> bool:
    """Return whether the user lets this machine be changed: said beforehand, or now on a terminal."""
    if os.environ.get("SETUP") == "yes" or os.environ.get("CI") == "true":
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    print(f"setup: may this be run as root: {command} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def root_command() -> list[str] | None:
    """Return what makes a command root's, or None: a password is asked for on a terminal alone."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if sys.stdin.isatty():
        return ["sudo"]
    return (
        None
        if subprocess.call(["sudo", "-n", "true"], stderr=subprocess.DEVNULL)
        else ["sudo", "-n"]
    )


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
    if not apt_get(package) or subprocess.call(command):
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
