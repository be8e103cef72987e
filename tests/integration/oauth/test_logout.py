"""Logout from outside: asked for by a client, and told to clients (OpenID Connect)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any
from urllib.parse import parse_qs

import pytest

from app_simulator.phone import Phone
from scan_to_login.testing.control import ClockOfGateway
from tests.integration.oauth.conftest import DEVICE_GRANT, Answer, Browser, Protocol, error_of
from tests.integration.oauth.test_tokens import (
    by_disabling_the_account,
    by_logout_on_our_wire,
    by_the_client,
    claims_of,
)
from tests.integration.wire import eventually

SENT = "POST backchannel_logout_uri"


class Backchannel:
    """A client's endpoint for logout tokens; it answers with each of ``statuses`` once, then 200."""

    def __init__(self) -> None:
        self.heard: Queue[str] = Queue()
        self.statuses: list[int] = []
        heard, statuses = self.heard, self.statuses

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send_response(statuses.pop(0) if statuses else 200)
                self.end_headers()
                heard.put(parse_qs(body)["logout_token"][0])

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._handler = Handler
        self._port = 0
        self.open()
        self.uri = f"http://127.0.0.1:{self._port}/backchannel"

    def open(self) -> None:
        """Listen, at the same port as before."""
        self._server = HTTPServer(("127.0.0.1", self._port), self._handler)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Hear no more."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def backchannel() -> Iterator[Backchannel]:
    """A client that wants to hear of logouts."""
    listening = Backchannel()
    yield listening
    listening.close()


@pytest.mark.parametrize("end", [by_logout_on_our_wire, by_disabling_the_account, by_the_client])
def test_a_client_is_told_of_each_end(
    protocol: Protocol,
    phone: Phone,
    backchannel: Backchannel,
    end: Callable[[Protocol, Phone, dict[str, Any]], None],
) -> None:
    """By a logout token (OpenID Connect Back-Channel Logout section 2.4), and a refresh is no end."""
    registered(protocol, backchannel)
    first = protocol.log_in(phone, "told")
    tokens = protocol.refresh(first, "told").json()
    end(protocol, phone, tokens)
    header, claims = claims_of(protocol, backchannel.heard.get(timeout=20))
    assert header["typ"] == "logout+jwt"
    assert claims["sid"] == claims_of(protocol, tokens["id_token"])[1]["sid"]
    assert claims["aud"] == "told"
    assert "http://schemas.openid.net/event/backchannel-logout" in claims["events"]
    assert "nonce" not in claims
    assert backchannel.heard.empty()


def registered(protocol: Protocol, backchannel: Backchannel, *grant_types: str) -> None:
    """Register the client `told`, with all grants or with some."""
    body: dict[str, Any] = {"client_id": "told", "backchannel_logout_uri": backchannel.uri}
    protocol.gateway.control.call(
        "POST", "/oauth/clients", body={**body, **({"grant_types": grant_types} if grant_types else {})}
    )


def attempts(protocol: Protocol, count: int) -> list[dict[str, Any]]:
    """The answers of clients to logout tokens, as the journal has them, once there are so many."""
    found: list[dict[str, Any]] = []

    def enough() -> bool:
        entries = protocol.gateway.control.journal.entries()
        found[:] = [one for one in entries if one["name"] == SENT and one["kind"] == "answer"]
        return len(found) >= count

    eventually(enough)
    return found


def test_a_session_that_runs_out_is_told_too(
    protocol: Protocol, phone: Phone, backchannel: Backchannel, clock: ClockOfGateway
) -> None:
    """Half an hour after its last call, if no refresh token can renew it."""
    registered(protocol, backchannel, DEVICE_GRANT)
    tokens = protocol.log_in(phone, "told")
    clock.advance(minutes=29)
    assert protocol.userinfo(tokens).status_code == 200
    clock.advance(minutes=29)
    assert protocol.userinfo(tokens).status_code == 200
    assert backchannel.heard.empty()
    clock.advance(minutes=31)
    claims = claims_of(protocol, backchannel.heard.get(timeout=20))[1]
    assert claims["sid"] == claims_of(protocol, tokens["id_token"])[1]["sid"]


def test_a_login_that_can_be_renewed_lasts_as_long_as_its_refresh_token(
    protocol: Protocol, phone: Phone, backchannel: Backchannel, clock: ClockOfGateway
) -> None:
    """The end of its session is none of the client's login: it may refresh, and is not told to log out."""
    registered(protocol, backchannel)
    tokens = protocol.log_in(phone, "told")
    clock.advance(days=29)
    assert protocol.refresh(tokens, "told").status_code == 200
    assert backchannel.heard.empty()
    clock.advance(days=31)
    claims = claims_of(protocol, backchannel.heard.get(timeout=20))[1]
    assert claims["sid"] == claims_of(protocol, tokens["id_token"])[1]["sid"]
    assert backchannel.heard.empty()


def test_a_client_that_fails_is_told_again(
    protocol: Protocol, phone: Phone, backchannel: Backchannel, clock: ClockOfGateway
) -> None:
    """Later each time, in another token each time; the journal has every attempt, and draws it."""
    backchannel.statuses[:] = [503, 429]
    registered(protocol, backchannel)
    tokens = protocol.log_in(phone, "told")
    by_logout_on_our_wire(protocol, phone, tokens)
    for number in (1, 2):
        attempts(protocol, number)
        clock.advance(4)
    heard = [claims_of(protocol, backchannel.heard.get(timeout=20))[1] for _ in range(3)]
    assert len({claims["sid"] for claims in heard}) == 1
    assert len({claims["jti"] for claims in heard}) == 3
    told = [(one["status"], one["body"]["again_in"]) for one in attempts(protocol, 3)]
    assert told == [(503, 1), (429, 4), (200, None)]
    assert "gateway->>client: POST backchannel_logout_uri" in protocol.gateway.control.journal.mermaid()


def test_a_client_that_is_away_is_told_when_it_is_back(
    protocol: Protocol, phone: Phone, backchannel: Backchannel, clock: ClockOfGateway
) -> None:
    """A refused connection is no answer."""
    registered(protocol, backchannel)
    tokens = protocol.log_in(phone, "told")
    backchannel.close()
    by_logout_on_our_wire(protocol, phone, tokens)
    assert attempts(protocol, 1)[0]["body"] == {"error": "ConnectionError", "again_in": 1}
    backchannel.open()
    clock.advance(1)
    backchannel.heard.get(timeout=20)


def test_a_client_that_refuses_the_token_is_left_alone(
    protocol: Protocol, phone: Phone, backchannel: Backchannel
) -> None:
    """It would refuse the next one too (section 2.8)."""
    backchannel.statuses[:] = [400]
    registered(protocol, backchannel)
    by_logout_on_our_wire(protocol, phone, protocol.log_in(phone, "told"))
    refused = attempts(protocol, 1)[0]
    assert (refused["status"], refused["body"]["again_in"]) == (400, None)


def test_a_logout_ends_all_that_one_login_has_led_to(
    protocol: Protocol, phone: Phone, web_browser: Browser, exchange: Callable[..., Answer]
) -> None:
    """Both clients' tokens, and the browser's own login; then the browser goes where it may."""
    web = {"client_id": "web", "client_secret": "demo-secret"}
    one = exchange(web_browser.code(phone)).json()
    silent = web_browser.open(client_id="web", code_challenge=None, code_challenge_method=None)
    code = parse_qs(silent.headers["Location"].partition("?")[2])["code"][0]
    two = exchange(code, **web, code_verifier=None).json()
    ask = {"id_token_hint": one["id_token"], "post_logout_redirect_uri": "http://127.0.0.1:5555/", "state": "x"}
    url = f"{protocol.gateway.url}/oauth/logout"
    evil = web_browser.http.get(
        url, params={**ask, "post_logout_redirect_uri": "http://evil.test/"}, timeout=10, allow_redirects=False
    )
    assert evil.status_code == 400
    assert protocol.userinfo(one).status_code == 200
    answer = web_browser.http.get(url, params=ask, timeout=10, allow_redirects=False)
    assert answer.headers["Location"] == "http://127.0.0.1:5555/?state=x"
    assert error_of(protocol.userinfo(one)) == "invalid_token"
    assert error_of(protocol.userinfo(two)) == "invalid_token"
    assert "login_required" in web_browser.open(prompt="none").headers["Location"]
