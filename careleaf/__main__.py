"""`careleaf` and `python -m careleaf`: the command, for the clinic's folder that it is started in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = "CARELEAF_ROOT"
_PRINTING = frozenset(("sheet", "blank", "batch", "serve"))
_INVENTED = """\
no clinic.yaml here: these are the sheets of the invented clinic that comes with Careleaf
  start this in your clinic's folder, or name it with --root; `careleaf new DIR` makes one"""


def main() -> None:
    """Run the command; where clinic.yaml stands in the current folder, that is the default of --root.

    generate.py differs in this alone: its default is the folder it stands in.
    """
    if ROOT not in os.environ:
        if Path("clinic.yaml").is_file():
            os.environ[ROOT] = str(Path.cwd())
        elif _prints_for_nobody(sys.argv[1:]):
            print(_INVENTED, file=sys.stderr)
    from careleaf.cli.main import main as command

    command("careleaf")


def _prints_for_nobody(words: list[str]) -> bool:
    is_rooted = any(
        word.partition("=")[0] in ("--root", "--clinic", "--help", "-h") for word in words
    )
    return bool(words) and words[0] in _PRINTING and not is_rooted


if __name__ == "__main__":
    main()
