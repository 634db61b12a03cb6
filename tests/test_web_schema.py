"""The API held against its own description, with whatever schemathesis makes up."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator

import pytest
from web_server import Desk, content, running

if not importlib.util.find_spec("schemathesis") and os.environ.get("CI", "").lower() != "true":
    pytest.skip("schemathesis is not installed", allow_module_level=True)

import schemathesis
from hypothesis import HealthCheck, settings


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running(content(tmp_path_factory.mktemp("clinic"))) as page:
        yield page


@pytest.fixture
def described(desk: Desk) -> object:
    return schemathesis.openapi.from_url(f"{desk.url}/openapi.json")


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_api_does_as_its_description_says(case: schemathesis.Case) -> None:
    case.call_and_validate()
