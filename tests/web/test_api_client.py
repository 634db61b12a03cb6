"""A client that openapi-python-client writes from the description: it must get the PDF's bytes."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_server import SHEET, Desk, content, running

if not importlib.util.find_spec("openapi_python_client") and (
    os.environ.get("CI", "").lower() != "true"
):
    pytest.skip("openapi-python-client is not installed", allow_module_level=True)

TOKEN = "a-token-that-is-long-enough"

USE = """
import sys
from client import AuthenticatedClient
from client.api.links import blank, healthz, infobutton
from client.api.sheets import handouts, make_sheet
from client.models import FaultsOut, SheetIn

url, token = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=token)
assert healthz.sync(client=client) == "ok"
assert handouts.sync(client=client).handouts
body = SheetIn.from_dict(%s)
assert make_sheet.sync(client=client, body=body).payload.read(5) == b"%%PDF-"
faults = make_sheet.sync(client=client, body=SheetIn.from_dict({**body.to_dict(), "name": ""}))
assert isinstance(faults, FaultsOut) and faults.faults[0].field == "name"
assert blank.sync(client=client, name="bone-biopsy.nl").payload.read(5) == b"%%PDF-"
feed = infobutton.sync(
    client=client,
    main_search_criteria_v_c=["38221"],
    main_search_criteria_v_cs=["2.16.840.1.113883.6.12"],
)
assert "/blank/" in feed
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running(content(tmp_path_factory.mktemp("clinic")), token=TOKEN) as page:
        yield page


@pytest.mark.slow
def test_a_generated_client_gets_sheets_faults_and_feeds(desk: Desk, tmp_path: Path) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    described = desk.client.get("/openapi.json", headers=bearer).json()
    (tmp_path / "openapi.json").write_text(json.dumps(described), "utf-8")
    (tmp_path / "config.yaml").write_text("post_hooks: []\n", "utf-8")

    run(
        tmp_path, "-m", "openapi_python_client", "generate", "--path", "openapi.json",
        "--output-path", "client", "--meta", "none", "--config", "config.yaml", "--fail-on-warning",
    )  # fmt: skip
    run(tmp_path, "-c", USE % json.dumps(SHEET), desk.url, TOKEN)


def run(folder: Path, *arguments: str) -> None:
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
