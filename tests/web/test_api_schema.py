"""The API held against its own description, with whatever schemathesis makes up."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator

import pytest
from web_server import TODAY, Desk, content, running

if not importlib.util.find_spec("schemathesis") and os.environ.get("CI", "").lower() != "true":
    pytest.skip("schemathesis is not installed", allow_module_level=True)

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from careleaf.paths import Root
from careleaf.web.app import create_app
from careleaf.web.settings import Settings

SCHEMA = schemathesis.openapi.from_dict(create_app(Root.at(), Settings(), lambda: TODAY).openapi())
OPERATIONS = {one.ok().label: one.ok() for one in SCHEMA.get_all_operations()}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with running(content(tmp_path_factory.mktemp("clinic"))) as page:
        yield page


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_api_does_as_its_description_says(desk: Desk, name: str) -> None:
    @given(OPERATIONS[name].as_strategy())
    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def holds(case: schemathesis.Case) -> None:
        # No schema says which handouts a clinic has: what fits it may still be refused, with 422.
        case.call_and_validate(base_url=desk.url, excluded_checks=[positive_data_acceptance])

    holds()


def test_every_door_for_a_program_is_described() -> None:
    assert set(OPERATIONS) >= {
        "GET /api/v1/handouts",
        "GET /api/v1/locales",
        "POST /api/v1/validate",
        "POST /api/v1/sheets",
        "GET /infobutton",
    }
