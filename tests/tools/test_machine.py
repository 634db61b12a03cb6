"""Getting a machine ready: each thing that can be missing is said once, with the cure."""

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
    monkeypatch.setattr(machine, "is_ready", lambda: False)
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

    with pytest.raises(machine.Trouble, match=r"Python 3\.9 is too old.*\n.*PYTHON=python3\.12"):
        machine.need_python()


def test_a_user_without_root_or_sudo_is_not_asked_for_a_password(monkeypatch):
    asked = []
    monkeypatch.setattr(machine.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(machine.subprocess, "call", lambda command, **_: asked.append(command) or 1)

    assert machine.apt_get("install", "something") is False
    assert asked == [["sudo", "-n", "true"]]


def test_setup_is_done_again_when_the_lock_changes(a_bare_copy, monkeypatch):
    lock, ready = a_bare_copy / "requirements.lock", a_bare_copy / "ready"
    monkeypatch.setattr(machine, "MADE_FROM", (lock,))
    monkeypatch.setattr(machine, "READY", ready)
    os.utime(lock, (1000, 1000))
    assert not machine.is_ready()

    ready.touch()
    assert machine.is_ready()

    os.utime(lock, (ready.stat().st_mtime + 1, ready.stat().st_mtime + 1))
    assert not machine.is_ready()


def test_the_lock_names_versions_and_no_place():
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()

    assert all("==" in line for line in lines)
    assert not [line for line in lines if "/" in line or "@" in line or line.startswith("-")]


def test_the_lock_holds_every_package_that_the_program_asks_for():
    from importlib.metadata import requires

    from packaging.requirements import Requirement

    locked = {}
    for line in map(Requirement, (ROOT / "requirements.lock").read_text("utf-8").splitlines()):
        if line.marker is None or line.marker.evaluate():
            locked[line.name.lower().replace("_", "-")] = str(line.specifier).removeprefix("==")

    for asked in map(Requirement, requires("careleaf") or ()):
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
