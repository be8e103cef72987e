"""One HTTP client for phone and client: the same answers become the same kind of error in both."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app_simulator.errors import PhoneError, phone_error
from client_stub.errors import ClientError, client_error
from scan_to_login.errors import CallError
from scan_to_login.http_client import HttpClient

MAKERS = [phone_error, client_error]


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server that redirects with a JSON object, and the request lines that reach it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.requestline)
            body = json.dumps({"access_token": "stolen"}).encode()
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{serving.server_address[1]}", asked
        serving.shutdown()
        thread.join()


@pytest.mark.parametrize("maker", MAKERS)
def test_a_redirect_is_not_followed_and_its_body_is_no_answer(server: tuple[str, list[str]], maker: object) -> None:
    url, asked = server
    with closing(HttpClient(url, maker)) as http, pytest.raises(CallError) as caught:  # type: ignore[arg-type]
        http.call("GET", "/x")
    assert caught.value.code in ("not_a_gateway", "bad_answer")
    assert len(asked) == 1


@pytest.mark.parametrize("maker", MAKERS)
def test_a_proxy_of_the_environment_gets_no_call(
    server: tuple[str, list[str]], maker: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, asked = server
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, url)
    with closing(HttpClient("http://gateway.invalid", maker)) as http, pytest.raises(CallError):  # type: ignore[arg-type]
        http.call("GET", "/x")
    assert asked == []


@pytest.mark.parametrize("maker", MAKERS)
def test_both_programs_let_a_call_under_way_be_ended(maker: object) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        http = HttpClient(f"http://127.0.0.1:{listener.getsockname()[1]}", maker)  # type: ignore[arg-type]
        caught: list[CallError] = []

        def call() -> None:
            with pytest.raises(CallError) as error:
                http.call("GET", "/x")
            caught.append(error.value)

        thread = threading.Thread(target=call)
        thread.start()
        http.interrupt()
        thread.join(10)
        http.close()
    assert len(caught) == 1
    assert caught[0].code in ("connection_failed", "unreachable")


def test_the_two_exceptions_have_one_form() -> None:
    """Same members, same text: a test suite may catch CallError for both."""
    phone = PhoneError("rate_limited", "Wait.", 429, {"retry_after": 3})
    client = ClientError("rate_limited", "Wait.", 429, {"retry_after": 3})
    assert str(phone) == str(client) == "rate_limited: Wait."
    assert phone.extra == client.extra
    assert phone.retry_after == client.retry_after == 3
    assert phone.passing
    assert client.passing
