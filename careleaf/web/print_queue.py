"""Sending a sheet straight to a queue of CUPS. It goes through a pipe, under the handout's name."""

from __future__ import annotations

import subprocess

from careleaf.errors import HandoutError
from careleaf.model import Blank, Order, Sheet

SECONDS = 20
MEDIA = {"a4": "A4", "letter": "Letter"}


def send(queue: str, order: Order | Blank, sheet: Sheet) -> None:
    """Print a sheet. Raises HandoutError if CUPS does not take it."""
    command = [
        "lp", "-s", "-d", queue, "-t", f"{order.handout}.{order.locale}",
        "-o", f"media={MEDIA[order.form.size]}", "-",
    ]  # fmt: skip
    try:
        ran = subprocess.run(
            command, input=sheet.pdf, capture_output=True, timeout=SECONDS, check=False
        )
    except FileNotFoundError:
        raise _failed("the command lp is not installed", "install CUPS on this machine") from None
    except subprocess.TimeoutExpired:
        raise _failed("CUPS does not answer", "see `lpstat -t`") from None
    if ran.returncode:
        raise _failed("CUPS does not take the sheet", f"see `lpstat -p {queue}`")


def _failed(message: str, hint: str) -> HandoutError:
    return HandoutError(message, "print_queue", hint, "print.refused")
