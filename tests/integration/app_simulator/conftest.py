"""Fixtures: a client and a phone at a real gateway with a movable clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests

from app_simulator.phone import Phone

from .desktop import Client


@pytest.fixture
def client(gateway_url: str) -> Client:
    return Client(gateway_url)


@pytest.fixture
def phone(gateway_url: str) -> Iterator[Phone]:
    """The tax agent's phone."""
    with Phone(gateway_url) as phone:
        phone.login("agent", "Demo-2019", device_name="Pixel")
        yield phone


@pytest.fixture
def advance(gateway_url: str) -> Callable[[float], None]:
    """Move the gateway's clock on, by seconds."""

    def move(seconds: float) -> None:
        requests.post(f"{gateway_url}/sim/v1/clock/advance", json={"seconds": seconds}, timeout=10).raise_for_status()

    return move
