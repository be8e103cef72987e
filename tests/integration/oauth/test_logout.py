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
from tests.integration.oauth.conftest import Answer, Browser, Protocol, error_of
from tests.integration.oauth.test_tokens import (
    by_disabling_the_account,
    by_logout_on_our_wire,
    by_the_client,
    claims_of,
)


class Backchannel:
    """A client's endpoint for logout tokens."""

    def __init__(self) -> None:
        self.heard: Queue[str] = Queue()
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send_response(200)
                self.end_headers()
                heard.put(parse_qs(body)["logout_token"][0])

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self._server.server_address[1]}/backchannel"
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
    registered = {"client_id": "told", "backchannel_logout_uri": backchannel.uri}
    protocol.gateway.control.call("POST", "/oauth/clients", body=registered)
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
