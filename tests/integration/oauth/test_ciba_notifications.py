"""CIBA by ping and by push: the gateway tells the client the outcome (OpenID Connect CIBA Core section 10)."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, Queue
from typing import Any

import pytest
import redis

from app_simulator.phone import Phone
from scan_to_login.testing.control import ClockOfGateway
from scan_to_login.testing.live import LiveGateway
from tests.integration.oauth.conftest import Answer, Protocol, error_of
from tests.integration.oauth.test_ciba import poll
from tests.integration.oauth.test_tokens import claims_of
from tests.integration.wire import eventually

pytestmark = pytest.mark.slow

TOKEN = "notification-token-of-this-request-alone"
CLIENT = ("told", "s3cret")
NUMBER = "42"


class Endpoint:
    """A client's notification endpoint; it answers with each of ``statuses`` once, then 204."""

    def __init__(self) -> None:
        self.heard: Queue[tuple[str, dict[str, Any]]] = Queue()
        self.statuses: list[int] = []
        heard, statuses = self.heard, self.statuses

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(statuses.pop(0) if statuses else 204)
                self.end_headers()
                heard.put((self.headers["Authorization"], body))

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.uri = f"http://127.0.0.1:{self._server.server_address[1]}/told"

    def next(self) -> dict[str, Any]:
        """The body of the next notification, which has the request's bearer token."""
        authorization, body = self.heard.get(timeout=20)
        assert authorization == f"Bearer {TOKEN}"
        return body

    def close(self) -> None:
        """Hear no more."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A client that is told."""
    listening = Endpoint()
    yield listening
    listening.close()


def ask(protocol: Protocol, endpoint: Endpoint, mode: str, **fields: Any) -> Answer:
    """A request of a client that is registered for this mode; None leaves a field out."""
    client = {
        "client_id": CLIENT[0],
        "secret": CLIENT[1],
        "backchannel_token_delivery_mode": mode,
        "backchannel_client_notification_endpoint": endpoint.uri,
    }
    protocol.gateway.control.call("POST", "/oauth/clients", body=client)
    wish = {"scope": "openid", "login_hint": "agent", "binding_message": NUMBER, "client_notification_token": TOKEN}
    given = {name: value for name, value in {**wish, **fields}.items() if value is not None}
    return protocol.post("bc-authorize", given, auth=CLIENT)


def asked(protocol: Protocol, endpoint: Endpoint, mode: str, **fields: Any) -> dict[str, Any]:
    """The acknowledgement."""
    answer = ask(protocol, endpoint, mode, **fields)
    assert answer.status_code == 200, answer.text
    acknowledged: dict[str, Any] = answer.json()
    return acknowledged


def confirm(phone: Phone) -> None:
    """Open the newest request and confirm it."""
    phone.confirm(phone.open_request(phone.login_requests(wait=20)[0]), number=NUMBER)


def test_a_ping_tells_that_there_is_an_outcome_and_the_client_fetches_it(
    protocol: Protocol, phone: Phone, endpoint: Endpoint
) -> None:
    acknowledged = asked(protocol, endpoint, "ping")
    assert "interval" in acknowledged
    confirm(phone)
    assert endpoint.next() == {"auth_req_id": acknowledged["auth_req_id"]}
    tokens = poll(protocol, acknowledged, auth=CLIENT).json()
    assert protocol.userinfo(tokens).json()["sub"] == phone.account.account_id


def test_a_push_brings_tokens_that_are_bound_to_the_request(
    protocol: Protocol, phone: Phone, endpoint: Endpoint
) -> None:
    acknowledged = asked(protocol, endpoint, "push")
    assert "interval" not in acknowledged
    assert error_of(poll(protocol, acknowledged, auth=CLIENT)) == "unauthorized_client"
    confirm(phone)
    pushed = endpoint.next()
    assert pushed["auth_req_id"] == acknowledged["auth_req_id"]
    assert protocol.userinfo(pushed).json()["sub"] == phone.account.account_id
    _, claims = claims_of(protocol, pushed["id_token"])
    assert claims["urn:openid:params:jwt:claim:auth_req_id"] == acknowledged["auth_req_id"]
    half = hashlib.sha256(pushed["refresh_token"].encode()).digest()[:16]
    expected = base64.urlsafe_b64encode(half).decode().rstrip("=")
    assert claims["urn:openid:params:jwt:claim:rt_hash"] == expected
    with pytest.raises(Empty):
        endpoint.heard.get(timeout=2.5)  # two rounds of the gateway: nothing is told twice


@pytest.mark.parametrize("mode", ["ping", "push"])
def test_a_rejection_is_told(protocol: Protocol, phone: Phone, endpoint: Endpoint, mode: str) -> None:
    acknowledged = asked(protocol, endpoint, mode)
    phone.reject(phone.open_request(phone.login_requests(wait=20)[0]))
    told = endpoint.next()
    assert told["auth_req_id"] == acknowledged["auth_req_id"]
    assert told.get("error") == (None if mode == "ping" else "access_denied")


def test_the_end_of_its_time_is_told_also_for_nobody(
    protocol: Protocol, endpoint: Endpoint, clock: ClockOfGateway
) -> None:
    asked(protocol, endpoint, "push", login_hint="nobody_has_this", requested_expiry="60")
    clock.advance(61)
    assert endpoint.next()["error"] == "expired_token"


def test_a_client_that_fails_is_told_again_the_same(
    protocol: Protocol, phone: Phone, endpoint: Endpoint, clock: ClockOfGateway
) -> None:
    endpoint.statuses.append(503)
    asked(protocol, endpoint, "push")
    confirm(phone)
    first = endpoint.next()
    eventually(lambda: "again_in" in json.dumps(protocol.gateway.control.journal.entries()))
    clock.advance(2)
    assert endpoint.next()["access_token"] == first["access_token"]


def test_tokens_that_a_client_refuses_end(protocol: Protocol, phone: Phone, endpoint: Endpoint) -> None:
    endpoint.statuses.append(400)
    asked(protocol, endpoint, "push")
    confirm(phone)
    pushed = endpoint.next()
    eventually(lambda: protocol.userinfo(pushed).status_code == 401)


@pytest.mark.parametrize("token", [None, "short", "has a blank in it, and is long enough", "é" * 30])
def test_a_request_needs_a_bearer_token(protocol: Protocol, endpoint: Endpoint, token: str | None) -> None:
    refused = ask(protocol, endpoint, "ping", client_notification_token=token)
    assert error_of(refused) == "invalid_request"


def test_redis_holds_no_token_of_a_client(gateway: LiveGateway, protocol: Protocol, endpoint: Endpoint) -> None:
    acknowledged = asked(protocol, endpoint, "push")
    client = redis.Redis.from_url(gateway.ready["redis"]["url"], decode_responses=True)
    [key] = client.keys(f"*ticket:{acknowledged['auth_req_id'][:22]}")
    kept = json.dumps(client.hgetall(key))
    client.close()
    assert TOKEN not in kept
    assert acknowledged["auth_req_id"][22:] not in kept


def test_a_client_that_is_told_registers_where(protocol: Protocol) -> None:
    body: dict[str, Any] = {"backchannel_token_delivery_mode": "push", "grant_types": []}
    refused = protocol.http.post(f"{protocol.url}/oauth/register", json=body, timeout=10)
    assert refused.json()["error"] == "invalid_client_metadata"
    body["backchannel_client_notification_endpoint"] = "https://rp.test/told"
    made = protocol.http.post(f"{protocol.url}/oauth/register", json=body, timeout=10).json()
    assert made["backchannel_token_delivery_mode"] == "push"
