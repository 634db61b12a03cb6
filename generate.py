#!/usr/bin/env python3
"""Make discharge sheets: `generate.py --help`, or plain `make` for the whole workflow."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))


def in_venv() -> None:
    """Go on in the Python of .venv: `python3 generate.py` works whichever Python that is."""
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV) or not os.path.exists(PYTHON):
        return
    command = [PYTHON, os.path.abspath(__file__), *sys.argv[1:]]
    if os.name == "nt":  # execv would leave the prompt in front of the program
        import subprocess

        sys.exit(subprocess.call(command))
    os.execv(PYTHON, command)


if __name__ == "__main__":
    in_venv()
    try:
        from careleaf.cli.main import main
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] == "careleaf":
            raise
        print(
            f"generate.py: the package {missing.name} is not installed\n"
            "  run `make setup` first, or use .venv/bin/python",
            file=sys.stderr,
        )
        sys.exit(2)
    main()
