"""The process with the phones and clients, where it cannot start."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.server.actor_process import actor_process


def test_callers_are_told_at_once_where_it_ends_before_it_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with actor_process(Settings(data_dir=tmp_path, sim=True)) as process:
        assert process is not None
        process.begin("http://127.0.0.1:9", "")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
            caller.settimeout(10)
            caller.connect(process.address)
            assert caller.recv(1) == b""
