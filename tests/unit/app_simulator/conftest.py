"""Fixtures: the gateway of the phone's size, a phone at it, and a command line with or without a person."""

from __future__ import annotations

import io
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from app_simulator import cli
from app_simulator.phone import Phone
from scan_to_login.qr_payload import login_qr
from scan_to_login.terminal.exit_codes import Exit

from .fake_gateway import TICKET, FakeGateway, Handler, Waiting, png, qr_image


@pytest.fixture
def fake() -> Iterator[FakeGateway]:
    """A FakeGateway that listens on a port of its own."""
    gateway = FakeGateway()
    handler = type("Bound", (Handler,), {"gateway": gateway})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield gateway
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def unused_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def waiting(fake: FakeGateway) -> Waiting:
    return Waiting(fake)


@pytest.fixture
def phone(fake: FakeGateway, waiting: Waiting) -> Iterator[Phone]:
    with Phone(fake.url, sleep=waiting.sleep, monotonic=waiting.monotonic) as phone:
        phone.login("agent", "Demo-2019", device_name="Pixel")
        yield phone


class Keyboard(io.StringIO):
    """A terminal's standard input, with the text that a person types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No terminal, no language and no login of this machine's own."""
    for name in ("PAIRING_LANG", "LC_ALL", "LANG", "PAIRING_PASSWORD", "PAIRING_GATEWAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PAIRING_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sit a person down at the keyboard."""
    return lambda keys: monkeypatch.setattr(sys, "stdin", Keyboard(keys))


@pytest.fixture
def logged_in(fake: FakeGateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> FakeGateway:
    """A gateway at which the command line is logged in."""
    monkeypatch.setenv("PAIRING_PASSWORD", "Demo-2019")
    assert cli.run(["login", "--gateway", fake.url, "--identifier", "agent"]) == Exit.DONE
    assert capsys.readouterr().out == f"Logged in: *三, at {fake.url}.\n"
    return fake


@pytest.fixture
def image(logged_in: FakeGateway, tmp_path: Path) -> str:
    """The file of a login QR."""
    file = tmp_path / "q.png"
    file.write_bytes(png(qr_image(login_qr(logged_in.url, TICKET))))
    return str(file)
