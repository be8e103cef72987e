"""Short names of this repository's own tests for the fixtures of the plugin (``scan_to_login.testing.plugin``)."""

from __future__ import annotations

import os

import hypothesis
import pytest

from scan_to_login.testing.live import LiveGateway

# A loaded machine is slow: no test fails for the time of one example.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

# Of the machine's own collector, if it has one: the gateways of these tests send it nothing.
for variable in [name for name in os.environ if name.startswith("OTEL_")]:
    del os.environ[variable]

pytest_plugins = ["scan_to_login.testing.short_names"]


@pytest.fixture(scope="session")
def live_gateway(pairing_gateway_process: LiveGateway) -> LiveGateway:
    """One gateway process for all tests of this worker; a test asks for `gateway`, which starts it over."""
    return pairing_gateway_process


@pytest.fixture
def gateway(pairing_gateway: LiveGateway) -> LiveGateway:
    """A real gateway with the demo seed and nothing else in it."""
    return pairing_gateway


@pytest.fixture
def gateway_url(gateway: LiveGateway) -> str:
    """Its address."""
    return gateway.url
