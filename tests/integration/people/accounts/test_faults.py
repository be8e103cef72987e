"""A person's account while Redis does not answer: refused as 503, and nothing is counted (SECURITY.md I6, I7)."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import pytest


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop and continue a process")
def test_while_redis_hangs_everything_is_503_and_afterwards_nothing_was_counted(outside: Any) -> None:
    live = type(outside.gateway)
    with live(environment={"PAIRING_REDIS_TIMEOUT_SECONDS": "0.3"}) as gateway:
        there = type(outside)(gateway)
        token = there.token("agent")
        person = there.person("agent")
        there.lock("single")
        os.kill(gateway.ready["redis"]["pid"], signal.SIGSTOP)
        try:
            for answer in (
                there.login("agent", "Wrong-1234"),
                there.login("agent"),
                there.post("/captchas", identifier="agent"),
                there.post("/password-resets", **person),
                there.get("/account/sessions", token),
                there.get("/app/session", token),
            ):
                assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
                assert "Retry-After" in answer.headers
        finally:
            os.kill(gateway.ready["redis"]["pid"], signal.SIGCONT)
        assert there.login("agent").status_code == 201
        assert there.get("/app/session", token).status_code == 200
        assert there.login("single", captcha=True).json()["code"] == "account_locked"
