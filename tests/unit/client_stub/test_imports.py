"""Modules that the command's start does not import: imports are the larger part of a short command."""

from __future__ import annotations

import subprocess
import sys

NOBODY = "http://127.0.0.1:9"  # the discard port, without a listener


def test_a_login_does_not_import_socket_io_servers() -> None:
    words = [sys.executable, "-X", "importtime", "-m", "client_stub", "login", "--gateway", NOBODY, "--json"]
    told = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    imported = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
    assert "unreachable" in told.stdout
    assert {"socketio.client", "websocket"} <= imported
    assert not {"redis.client", "valkey.client", "aiohttp.client"} & imported
