"""Short names of this repository's own tests for the fixtures of the plugin (``gateway.testing.plugin``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.testing.live import LiveGateway

TESTS = Path(__file__).parent
# Begun first, so that no process is left with one of them at the end; the pages' in parts that several may share.
LONG = ("e2e/pages", "integration/identity", "integration/client_stub", "integration/units", "e2e/testing", "examples")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several test processes, a folder's tests share one, and with it the gateways that they start."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        shared = item.path if item.path.parent == TESTS / LONG[0] else item.path.parent
        item.add_marker(pytest.mark.xdist_group(shared.relative_to(TESTS).as_posix()))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.path.parent.relative_to(TESTS).as_posix()
    return LONG.index(folder) if folder in LONG else len(LONG)


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
