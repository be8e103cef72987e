"""What strangers on the same machine send to an actor's HTTP server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from scan_to_login.testing import LiveGateway
from tests.integration.machine import memory_kib
from tests.integration.wire import eventually

HALF_REQUESTS = 300


@pytest.mark.parametrize("since", ["²", "٣", "-1", "1e3", "1" * 10, "x"])
def test_a_count_that_is_no_number_is_refused(phones_process: Any, clients_process: Any, since: str) -> None:
    phone = phones_process.call("POST", "/phones", 201, {})["phone_id"]
    client = clients_process.call("POST", "/clients", 201, {"ticket": False})["client_id"]
    for actor, path in ((phones_process, f"/phones/{phone}/deeds"), (clients_process, f"/clients/{client}/screen")):
        assert actor.call("GET", path, 422, params={"since": since})["code"] == "invalid_request"


def test_connections_that_send_half_a_request_hold_no_thread_each(phones_process: Any, clients_process: Any) -> None:
    """Hundreds of them, and the actor answers everybody else; its threads stay as many as they were."""
    for actor in (phones_process, clients_process):
        pid = actor.pid
        before = _threads(pid)
        with ExitStack() as open_sockets:
            for _ in range(HALF_REQUESTS):
                at = urlsplit(actor.url)
                half = open_sockets.enter_context(socket.create_connection((at.hostname, at.port), timeout=10))
                half.sendall(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n1")
            assert actor.call("GET", "/")["actor"]
            assert _threads(pid) <= before + 1
            assert memory_kib(pid) < 400_000


def test_a_phone_that_watches_a_client_is_not_sent_elsewhere(gateway: LiveGateway, phones_process: Any) -> None:
    """A redirect is an answer that is no screen: nothing else is asked."""
    asked: list[str] = []
    with _redirecting(asked) as url:
        phone = phones_process.call("POST", "/phones", 201, {"persona": "approves"})["phone_id"]
        phones_process.call("POST", f"/phones/{phone}/watch", 202, {"client": f"{url}/clients/1"})
        actions = eventually(lambda: phones_process.call("GET", f"/phones/{phone}/deeds", params={"wait": 10})["deeds"])
    assert actions[0]["code"] == "client_gone"
    assert [path.partition("?")[0] for path in asked] == ["/clients/1/screen"]


def _threads(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:  # noqa: PTH123
        return next(int(line.split()[1]) for line in status if line.startswith("Threads:"))


@contextmanager
def _redirecting(asked: list[str]) -> Iterator[str]:
    """A server that sends every caller on to another path of its own."""

    class Redirect(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Redirect) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
