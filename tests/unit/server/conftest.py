"""Fixtures of several tests of the server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.foundation import background
from gateway.server.redis import multiplexed
from tests.unit.server.lines import eventlet


@pytest.fixture
def redis_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One of this module's own; and the keeper's pauses are the hub's, as in a gateway that serves, but shorter."""
    eventlet.hubs.use_hub()
    monkeypatch.setattr(multiplexed, "STEADY_SECONDS", 0.01)
    monkeypatch.setattr(background, "threading", eventlet.import_patched("threading"))
    yield
    eventlet.hubs.use_hub()
