"""The whole control plane under Schemathesis: answers to any request fit its own OpenAPI document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from scan_to_login.testing import LiveGateway

ACTORS = ("/sim/v1/phones", "/sim/v1/clients")
LONGEST_WAIT = 0.02  # seconds; other tests cover the waits


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[LiveGateway]:
    """A separate gateway: the test changes its clock and its people."""
    with LiveGateway() as gateway:
        yield gateway


def do_not_wait(case: Any) -> None:
    """Shorten the wait of a case, and the default wait."""
    for parameter in case.operation.query:
        value = (case.query or {}).get(parameter.name, math.inf)
        if parameter.name in ("wait", "timeout") and isinstance(value, int | float) and value > LONGEST_WAIT:
            case.query = {**(case.query or {}), parameter.name: LONGEST_WAIT}


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_every_answer_of_the_control_plane_fits_its_document(
    elsewhere: LiveGateway, mode: GenerationMode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # Schemathesis keeps notes where it runs
    schema = schemathesis.openapi.from_url(f"{elsewhere.url}/sim/v1/openapi.json")
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
            continue  # nothing to get wrong

        @settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers_fit(case: Any) -> None:
            do_not_wait(case)
            # Fields that exclude each other (a route and an event, a password and its hash) are no JSON schema's.
            excluded = [positive_data_acceptance]
            if case.operation.path.startswith(ACTORS):
                excluded.append(not_a_server_error)  # of the gateway that they call, or of a fault set before
            response = case.call(timeout=30)
            if response.status_code == 413:
                excluded.append(negative_data_rejection)  # which does not know that this is a refusal too
            case.validate_response(response, excluded_checks=excluded)

        answers_fit()
        tried += 1
    assert tried >= (25 if mode is GenerationMode.POSITIVE else 10)
    assert "Traceback" not in elsewhere.log


def test_the_control_plane_is_no_part_of_the_products_document(gateway: LiveGateway) -> None:
    product = requests.get(f"{gateway.url}/openapi.json", timeout=10).json()
    control = requests.get(f"{gateway.url}/sim/v1/openapi.json", timeout=10).json()
    assert not [path for path in product["paths"] if path.startswith("/sim")]
    assert all(path.startswith("/sim/v1/") for path in control["paths"])
