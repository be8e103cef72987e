"""A log that takes no more lines: standard error is a file on a full disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.wire import CLIENT, Wire, eventually

pytestmark = pytest.mark.slow


def test_calls_are_answered_though_no_line_can_be_logged(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-W", "ignore", "-m", "gateway", "serve", "--port", "0", "--sim", "--seed", "demo"]
    command += ["--data-dir", str(tmp_path / "data"), "--ready-file", str(ready)]
    environment = {**os.environ, "PAIRING_LOG_LEVEL": "debug"}  # a line for every call
    with Path("/dev/full").open("w", encoding="ascii") as full:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=full, env=environment)
    try:
        eventually(ready.exists)
        wire = Wire(json.loads(ready.read_text())["url"])
        assert wire.call("POST", "/tickets", json={"client": CLIENT}).status == 201
        assert wire.phone("agent").token
        assert wire.call("GET", "/units").code == "unauthenticated"
    finally:
        process.terminate()
        assert process.wait(20) == 0
