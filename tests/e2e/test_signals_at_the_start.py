"""A signal before a program has printed anything: it ends with 128 + the signal's number, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.machine import alive, descendants
from tests.integration.wire import eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]

SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM], ids=lambda one: one.name)
GATEWAYS = {
    "demo": ["gateway", "demo", "--port", "0"],
    "demo once": ["gateway", "demo", "--port", "0", "--once"],
    "exec": ["gateway", "exec", "--", "sleep", "600"],
    "serve": ["gateway", "serve", "--port", "0", "--sim", "--seed", "demo"],
    "serve several": ["gateway", "serve", "--port", "0", "--sim", "--workers", "2"],
}
ACTORS = {
    "client-stub": ["client_stub", "login", "--identifier", "agent", "--password", "Demo-2019"],
    "client-stub by QR": ["client_stub", "login"],
    "app-simulator": ["app_simulator", "login", "--identifier", "agent", "--password", "Demo-2019"],
}


@contextlib.contextmanager
def started(tmp_path: Path, words: list[str], **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A program whose folders for temporary files, data and state are the test's."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PAIRING_")}
    own = {
        "TMPDIR": str(folder),
        "PAIRING_DATA_DIR": str(tmp_path / "data"),
        "PAIRING_STATE_DIR": str(tmp_path / "state"),
        "PAIRING_LAME_DUCK_SECONDS": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        env={**kept, **own, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ends_in_order(process: subprocess.Popen[str], number: signal.Signals, tmp_path: Path) -> int:
    """Send the signal; returns the exit code after having looked at what is left."""
    family = descendants(process.pid)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors, errors
    assert "Exception ignored" not in errors, errors
    eventually(lambda: [pid for pid in family if alive(pid)] == [])
    assert sorted(path.name for path in (tmp_path / "tmp").iterdir()) == []
    assert not list((tmp_path / "data").glob("**/*.sock"))
    return process.returncode


@SIGNALS
@pytest.mark.parametrize("name", GATEWAYS)
def test_while_the_gateways_redis_starts(tmp_path: Path, name: str, number: signal.Signals) -> None:
    with started(tmp_path, GATEWAYS[name]) as process:
        eventually(lambda: descendants(process.pid))
        code = ends_in_order(process, number, tmp_path)
    # A server that is told to end does so, and that is no failure.
    assert code in {128 + number, *((0, -number) if name.startswith("serve") else ())}


@SIGNALS
@pytest.mark.parametrize("name", ACTORS)
def test_while_an_actor_waits_for_the_gateways_first_answer(tmp_path: Path, name: str, number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        gateway = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with started(tmp_path, [*ACTORS[name], "--gateway", gateway]) as process:
            silent.settimeout(60)
            line, _ = silent.accept()
            with line:
                assert ends_in_order(process, number, tmp_path) == 128 + number
