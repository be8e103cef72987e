"""The two actors as processes of their own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from scan_to_login.testing import LiveGateway


@dataclass
class Actor:
    """An actor's REST routes."""

    url: str
    pid: int
    http: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, expect: int = 200, body: Any = None, **options: Any) -> Any:
        """One call, which must be answered with ``expect``."""
        answer = self.http.request(method, f"{self.url}{path}", json=body, timeout=30, **options)
        assert answer.status_code == expect, answer.text
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.content


@contextmanager
def actor(module: str, gateway_url: str) -> Iterator[Actor]:
    """``python -m module serve`` until the end of the block."""
    command = [sys.executable, "-m", module, "serve", "--gateway", gateway_url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield Actor(ready["url"], ready["pid"])
    finally:
        process.terminate()
        assert process.wait(10) == 0
        with contextlib.suppress(AttributeError):
            process.stdout.close()  # type: ignore[union-attr]


@pytest.fixture(scope="session")
def phones_process(live_gateway: LiveGateway) -> Iterator[Actor]:
    """``app-simulator serve``."""
    with actor("app_simulator", live_gateway.url) as running:
        yield running


@pytest.fixture(scope="session")
def clients_process(live_gateway: LiveGateway) -> Iterator[Actor]:
    """``client-stub serve``."""
    with actor("client_stub", live_gateway.url) as running:
        yield running
