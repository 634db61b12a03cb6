"""Getting a machine ready: each thing that can be missing is said once, with the cure."""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import machine  # noqa: E402


@pytest.fixture
def no_apt_get(monkeypatch):
    """A machine on which nothing can be installed for the user."""
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)


@pytest.fixture
def apt_get_calls(monkeypatch):
    """A machine of which we are root, with apt-get, and no leave given; returns what is run on it."""
    called = []
    for name in ("CI", "SETUP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(machine.os, "geteuid", lambda: 0)
    monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(
        machine.subprocess, "call", lambda command, **_: called.append(command) or 0
    )
    monkeypatch.setattr(machine.sys, "stdin", Answer(""))
    monkeypatch.setattr(machine.sys, "stderr", Answer(""))
    return called


class Answer(io.StringIO):
    """A terminal with somebody who types this."""

    is_terminal = False

    def isatty(self) -> bool:
        return self.is_terminal


class Typed(Answer):
    is_terminal = True


@pytest.fixture
def a_bare_copy(tmp_path):
    """The files that setup starts from, and no venv."""
    for name in ("generate.py", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("careleaf/__init__.py", "careleaf/cli/__init__.py", "tools/machine.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_this_machine_has_the_libraries():
    assert machine.missing_libraries() == []


def test_a_missing_library_is_one_message_with_the_command_for_each_system(
    no_apt_get, monkeypatch, capsys
):
    monkeypatch.setattr(machine, "is_ready", lambda ready, lock: False)
    monkeypatch.setattr(machine, "loads", lambda library: "subset" not in library)

    status = machine.main([])

    message = capsys.readouterr().err
    assert status == 2
    assert "a library is missing: HarfBuzz subset\n" in message
    assert "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0\n" in message
    for system in ("Fedora", "macOS", "Windows"):
        assert system in message


def test_a_python_that_is_too_old_is_told_how_to_name_another(monkeypatch):
    monkeypatch.setattr(machine.sys, "version_info", (3, 9, 2))

    monkeypatch.setattr(machine, "starts", lambda name: False)

    with pytest.raises(machine.Trouble, match=r"Python 3\.9 is too old.*\n.*install one") as told:
        machine.need_python()

    ubuntu = "sudo apt-get install python3.11 python3.11-venv && make setup PYTHON=python3.11\n"
    assert ubuntu in str(told.value)


def test_a_newer_python_that_is_there_is_named(monkeypatch):
    monkeypatch.setattr(machine.sys, "version_info", (3, 10, 12))
    monkeypatch.setattr(machine, "starts", lambda name: name in ("python3.11", "python3.12"))

    with pytest.raises(machine.Trouble, match=r"\n.*make setup PYTHON=python3\.12$"):
        machine.need_python()


def test_a_user_without_root_or_sudo_is_not_asked_for_a_password(monkeypatch):
    asked = []
    monkeypatch.setattr(machine.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(machine.subprocess, "call", lambda command, **_: asked.append(command) or 1)

    monkeypatch.setenv("SETUP", "yes")
    monkeypatch.setattr(machine.sys, "stdin", Answer(""))

    assert machine.apt_get("something") is False
    assert asked == [["sudo", "-n", "true"]]


def test_setup_is_done_again_when_the_lock_changes(a_bare_copy, monkeypatch):
    lock, ready = a_bare_copy / "requirements.lock", a_bare_copy / "ready"
    monkeypatch.setattr(machine, "ALWAYS", ())
    os.utime(lock, (1000, 1000))
    assert not machine.is_ready(ready, lock)

    ready.touch()
    assert machine.is_ready(ready, lock)

    os.utime(lock, (ready.stat().st_mtime + 1, ready.stat().st_mtime + 1))
    assert not machine.is_ready(ready, lock)


@pytest.mark.parametrize(
    ("words", "installed"),
    [
        ([], ["requirements.lock"]),
        (["setup"], ["requirements.lock"]),
        (["setup-dev"], ["requirements.lock", "requirements-dev.lock"]),
    ],
    ids=" ".join,
)
def test_what_running_and_what_testing_needs_part(tmp_path, monkeypatch, words, installed):
    done = []
    monkeypatch.setattr(machine, "install", lambda lock: done.append(lock.name))
    monkeypatch.setattr(machine, "run", lambda command: None)
    monkeypatch.setattr(machine, "READY", tmp_path / "ready")
    monkeypatch.setattr(machine, "DEV_READY", tmp_path / "ready-dev")

    assert machine.main(words) == 0
    assert machine.main(words) == 0

    assert done == installed
    assert (tmp_path / "ready-dev").exists() == ("setup-dev" in words)


def test_a_word_that_is_not_known_changes_nothing(monkeypatch, capsys):
    monkeypatch.setattr(machine, "install", lambda lock: pytest.fail("installed"))

    assert machine.main(["setupp"]) == 2
    assert "[setup | setup-dev | lock] [--yes]" in capsys.readouterr().err


# ---- leave to change the machine


def test_nothing_is_installed_unasked(apt_get_calls):
    assert machine.apt_get("libpango-1.0-0") is False
    assert apt_get_calls == []


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("SETUP", "yes")])
def test_leave_may_be_given_beforehand(apt_get_calls, monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    assert machine.apt_get("libpango-1.0-0") is True
    assert [call[2] for call in apt_get_calls] == ["update", "install"]


@pytest.mark.parametrize(
    ("typed", "is_done"),
    [("y\n", True), ("yes\n", True), ("\n", False), ("n\n", False), ("", False)],
)
def test_on_a_terminal_it_is_asked_first(apt_get_calls, monkeypatch, typed, is_done):
    said = Typed("")
    monkeypatch.setattr(machine.sys, "stdin", Typed(typed))
    monkeypatch.setattr(machine.sys, "stderr", said)

    assert machine.apt_get("libpango-1.0-0") is is_done
    assert "may this be run as root: apt-get install libpango-1.0-0 [y/N]" in said.getvalue()
    assert bool(apt_get_calls) is is_done


# ---- the locks


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return {line: line.partition("==")[0] for line in lines}


def test_the_lock_for_tests_holds_every_pin_of_the_lock_for_running():
    assert pins("requirements.lock").keys() < pins("requirements-dev.lock").keys()


def test_running_needs_nothing_of_the_tests():
    running = set(pins("requirements.lock").values())

    for name in ("pytest", "playwright", "ruff", "mypy", "schemathesis", "opendataloader-pdf"):
        assert name not in running
        assert name in pins("requirements-dev.lock").values()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_versions_and_no_place(name):
    lines = (ROOT / name).read_text("utf-8").splitlines()

    assert all("==" in line for line in lines)
    assert not [line for line in lines if "/" in line or "@" in line or line.startswith("-")]


@pytest.mark.parametrize(
    ("name", "extras"),
    [
        ("requirements.lock", ("", "build")),
        ("requirements-dev.lock", ("", "build", "cluster", "verify", "bench", "dev")),
    ],
    ids=["running", "tests"],
)
def test_a_lock_holds_every_package_that_is_asked_for(name, extras):
    import tomllib

    from packaging.requirements import Requirement

    locked = {}
    for line in map(Requirement, (ROOT / name).read_text("utf-8").splitlines()):
        if line.marker is None or line.marker.evaluate():
            locked[line.name.lower().replace("_", "-")] = str(line.specifier).removeprefix("==")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {"": project["dependencies"], **project["optional-dependencies"]}

    assert set(extras) <= set(wanted)
    for asked in (Requirement(text) for extra in extras for text in wanted[extra]):
        version = locked.get(asked.name.lower().replace("_", "-"), "none")
        assert version != "none" and asked.specifier.contains(version), f"{asked}: run `make lock`"


def test_the_command_without_its_packages_says_so_in_one_message(a_bare_copy):
    (a_bare_copy / "careleaf" / "cli" / "main.py").write_text(
        "import a_package_that_is_not_there\n"
    )

    result = subprocess.run(
        [sys.executable, "-S", a_bare_copy / "generate.py", "list"], capture_output=True, text=True
    )

    assert result.returncode == 2
    assert result.stderr == (
        "generate.py: the package a_package_that_is_not_there is not installed\n"
        "  run `make setup` first, or use .venv/bin/python\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="a venv has no bin/ there")
def test_the_command_goes_on_in_the_python_of_the_venv(a_bare_copy):
    python = a_bare_copy / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)

    result = subprocess.run(
        [sys.executable, a_bare_copy / "generate.py", "list", "two words"],
        capture_output=True,
        text=True,
    )

    assert result.stdout == f"{a_bare_copy / 'generate.py'} list two words\n"
