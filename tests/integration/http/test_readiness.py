"""The probes from outside: part by part, in time, also with a hanging part."""

from __future__ import annotations

import os
import signal
import time

import requests

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import eventually

SCAN = {"redis", "redis_write", "push", "draining"}


def test_each_part_is_named_and_a_purpose_has_its_own() -> None:
    """Both are ready. An unknown purpose gets the known ones. A hanging Redis is reported in time."""
    with LiveGateway() as gateway:
        url = gateway.url
        login, scan = (requests.get(f"{url}/readyz{query}", timeout=10) for query in ("", "?for=scan"))
        assert login.json() == {"status": "ready", "parts": dict.fromkeys({*SCAN, "database", "background"}, "ok")}
        assert scan.json() == {"status": "ready", "parts": dict.fromkeys(SCAN, "ok")}
        refused = requests.get(f"{url}/readyz?for=tea", timeout=10)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "for")

        server = gateway.ready["redis"]["pid"]
        os.kill(server, signal.SIGSTOP)
        try:
            began = time.monotonic()
            answer = requests.get(f"{url}/readyz?for=scan", timeout=30)
            assert time.monotonic() - began < 15  # a limit of 3 s, on a machine that does other things too
            assert answer.status_code == 503
            assert {"redis", "redis_write"} <= set(answer.json()["missing"])
            assert answer.headers["Retry-After"] == "1"
            for name in answer.json()["missing"]:
                assert answer.json()["parts"][name] != "ok"
                assert f"{name}: " in answer.json()["detail"]
            assert requests.get(f"{url}/healthz", timeout=10).ok
        finally:
            os.kill(server, signal.SIGCONT)
        eventually(lambda: requests.get(f"{url}/readyz", timeout=10).ok, within=20)
