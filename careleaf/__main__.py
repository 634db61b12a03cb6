"""`careleaf` and `python -m careleaf`: the command, for the clinic's folder that it is started in."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = "CARELEAF_ROOT"


def main() -> None:
    """Run the command; where clinic.yaml stands in the current folder, that is the default of --root.

    generate.py differs in this alone: its default is the folder it stands in.
    """
    if ROOT not in os.environ and Path("clinic.yaml").is_file():
        os.environ[ROOT] = str(Path.cwd())
    from careleaf.cli.main import main as command

    command("careleaf")


if __name__ == "__main__":
    main()
