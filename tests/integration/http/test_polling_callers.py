"""A session by polling is its caller's: its id, which stands in addresses and logs, is not enough (SECURITY.md 59)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
import socketio
import websocket

from scan_to_login.testing.live import LiveGateway
from tests.integration.polling import Polling
from tests.integration.wire import CLIENT, TIMEOUT

COOKIE = "pairing_polling"


@pytest.fixture(scope="module")
def proxied() -> Iterator[str]:
    """A gateway behind a proxy, so that a test chooses each caller's address."""
    with LiveGateway(
        environment={"PAIRING_TRUSTED_PROXIES": "1", "PAIRING_ALLOWED_ORIGINS": "https://app.example"}
    ) as g:
        yield g.url


def from_(address: str) -> dict[str, dict[str, str]]:
    """Headers of a request from an address."""
    return {"headers": {"X-Forwarded-For": address}}


def test_the_handshake_gives_a_cookie_that_no_script_and_no_other_site_can_use(steady: LiveGateway) -> None:
    given = Polling(steady.url).opened.headers["set-cookie"]
    assert given.startswith(f"{COOKIE}=")
    assert {part.strip() for part in given.split(";")[1:]} == {"Path=/", "HttpOnly", "SameSite=Strict"}


def test_over_https_the_cookie_is_for_https_alone(proxied: str) -> None:
    answer = requests.get(
        f"{proxied}/socket.io/?EIO=4&transport=polling", headers={"X-Forwarded-Proto": "https"}, timeout=TIMEOUT
    )
    assert answer.headers["set-cookie"].endswith("; Secure")


def test_after_the_cookie_came_back_the_session_id_alone_is_refused(steady: LiveGateway) -> None:
    """Not from the same address either: neither polls, nor posts, nor an upgrade; and the caller does not notice."""
    client = Polling.joined(steady.url)
    client.post('42/pairing,1["nothing",{}]')
    for cookies in ({}, {COOKIE: "A" * 22}, {COOKIE: ""}, {"io": client.handshake["sid"]}):
        assert client.get(cookies=cookies).status_code == 400
        assert client.request("POST", "1", cookies=cookies).status_code == 400
    with pytest.raises(websocket.WebSocketBadStatusException):
        client.websocket(cookie=None)
    assert client.packets()[0].startswith("43/pairing,1[")


def test_a_client_without_cookies_is_recognized_by_its_address(proxied: str) -> None:
    """As socket.io-client in Node keeps none: another address reads nothing, and takes nothing over."""
    client = Polling(proxied, cookies=False)  # its handshake came from here
    assert client.request("POST", "40/pairing,", **from_("203.0.113.7")).status_code == 400
    client.post("40/pairing,")
    assert client.get(**from_("203.0.113.7")).status_code == 400
    with pytest.raises(websocket.WebSocketBadStatusException):
        client.websocket(header=from_("203.0.113.7")["headers"])
    assert client.packets()[0].startswith("40/pairing,{")
    assert client.ticket()["state"] == "pending"


def test_with_the_cookie_the_address_may_change(proxied: str) -> None:
    """A phone leaves the Wi-Fi, or a proxy has several addresses."""
    client = Polling(proxied)
    assert client.request("POST", "40/pairing,", **from_("203.0.113.7")).status_code == 200
    assert client.get(**from_("203.0.113.8")).text.startswith("40/pairing,{")


def test_two_sessions_of_one_browser_share_its_cookie(steady: LiveGateway) -> None:
    """Two tabs: the second handshake brings the cookie and is given no other, so that the first goes on."""
    first = Polling(steady.url)
    second = Polling.joined(steady.url, brought=first.cookies)
    assert "set-cookie" not in second.opened.headers
    first.post("40/pairing,")
    assert first.packets()[0].startswith("40/pairing,{")
    assert first.ticket()["state"] == second.ticket()["state"] == "pending"


def test_a_cookie_that_a_caller_made_is_replaced(steady: LiveGateway) -> None:
    """It would be the session's secret, and others might know it."""
    for brought in ("x", "", "A" * 21, "A" * 23, '"; Path=/x'):
        assert COOKIE in Polling(steady.url, brought={COOKIE: brought}).opened.cookies


def test_an_allowed_origin_may_send_the_cookie(proxied: str) -> None:
    """Pages of another origin say `withCredentials`; the answers let their browser send it and read them."""
    headers = {"Origin": "https://app.example"}
    opened = requests.get(f"{proxied}/socket.io/?EIO=4&transport=polling", headers=headers, timeout=TIMEOUT)
    assert opened.headers["access-control-allow-origin"] == "https://app.example"
    assert opened.headers["access-control-allow-credentials"] == "true"
    preflight = requests.options(
        f"{proxied}/socket.io/?EIO=4&transport=polling",
        headers={**headers, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"},
        timeout=TIMEOUT,
    )
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]


@pytest.mark.parametrize("transports", [["polling"], ["polling", "websocket"], ["websocket"]], ids="-".join)
def test_the_python_client_gets_its_answers(steady: LiveGateway, transports: list[str]) -> None:
    """The client of python-socketio, which keeps cookies."""
    client = socketio.Client(reconnection=False)
    client.connect(steady.url, namespaces=["/pairing"], transports=transports, wait_timeout=int(TIMEOUT))
    try:
        issued = client.call("request_ticket", {"client": CLIENT}, namespace="/pairing", timeout=int(TIMEOUT))
        assert issued["state"] == "pending"
        assert client.transport() == transports[-1]
    finally:
        client.disconnect()
