"""What every test shares: the project's own cache, and nothing of the person who runs them."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# `make golden` renews the stored pictures; CI proves the stencil in every variant; `make fuzz`.
OURS = ("CARELEAF_GOLDEN", "CARELEAF_FULL", "CARELEAF_FUZZ", "CARELEAF_MINUTES")
for name in [name for name in os.environ if name.startswith(("CARELEAF_", "MAKE"))]:
    if name not in OURS:
        del os.environ[name]
os.environ["CARELEAF_CACHE"] = str(ROOT / ".cache")
os.environ["TZ"] = "UTC"
os.environ["LC_ALL"] = "C.UTF-8"
