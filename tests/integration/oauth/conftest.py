"""Clients of OAuth that speak plain HTTP, beside the phone that confirms."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from app_simulator.phone import Phone
from scan_to_login.testing.control import ClockOfGateway
from scan_to_login.testing.live import LiveGateway
from tests.integration.oauth.programs import npm

__all__ = ["npm"]

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
Answer = requests.Response
Browse = Callable[[str], str]


class Protocol:
    """The endpoints of one gateway at its address, or at ``url``."""

    def __init__(self, gateway: LiveGateway, url: str = "") -> None:
        self.gateway = gateway
        self.url = url or gateway.url
        self.http = requests.Session()
        self.http.trust_env = False

    def post(self, endpoint: str, fields: Any, **more: Any) -> Answer:
        """A form, as it is given."""
        return self.http.post(f"{self.url}/oauth/{endpoint}", data=fields, timeout=40, **more)

    def begin(self, client_id: str = "desk", scope: str = "openid", **more: Any) -> dict[str, Any]:
        """A device authorization."""
        answer = self.post("device_authorization", {"client_id": client_id, "scope": scope, **more})
        assert answer.status_code == 200, answer.text
        started: dict[str, Any] = answer.json()
        return started

    def poll(self, started: dict[str, Any], client_id: str = "desk", *, wait: int = 0, **more: Any) -> Answer:
        """A device's poll."""
        fields = {"client_id": client_id, "grant_type": DEVICE_GRANT, "device_code": started["device_code"], **more}
        return self.post("token", fields, headers={"Prefer": f"wait={wait}"} if wait else {})

    def refresh(self, tokens: dict[str, Any], client_id: str = "desk", **more: Any) -> Answer:
        """The next tokens."""
        fields = {"client_id": client_id, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        return self.post("token", {**fields, **more})

    def userinfo(self, tokens: dict[str, Any]) -> Answer:
        """The person behind an access token."""
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        return self.http.get(f"{self.url}/oauth/userinfo", headers=headers, timeout=10)

    def introspect(self, token: str) -> dict[str, Any]:
        """What a token is, as the demo's confidential client sees it."""
        answer = self.post("introspect", {"token": token}, auth=("web", "demo-secret"))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def log_in(self, phone: Phone, client_id: str = "desk", scope: str = "openid", **more: Any) -> dict[str, Any]:
        """Tokens by the device flow."""
        started = self.begin(client_id, scope, **more)
        phone.confirm(phone.scan(as_known(phone, started["verification_uri_complete"])))
        answer = self.poll(started, client_id, **more)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens


def error_of(answer: Answer) -> str:
    """The error of a refusal, which has the form of RFC 6749."""
    body = answer.json()
    assert 400 <= answer.status_code < 500, answer.text
    assert set(body) == {"error", "error_description"}
    return str(body["error"])


@pytest.fixture
def protocol(gateway: LiveGateway) -> Iterator[Protocol]:
    """The endpoints of the shared gateway; it must not have failed at the end."""
    spoken = Protocol(gateway)
    yield spoken
    spoken.http.close()
    assert "Traceback" not in gateway.log, gateway.log


VERIFIER = "a-code-verifier-that-is-long-enough-to-be-one-0123456789"
CALLBACK = "http://127.0.0.1:5555/callback"


def challenge_of(verifier: str) -> str:
    """PKCE's S256 (RFC 7636 section 4.2)."""
    hashed = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(hashed).decode().rstrip("=")


class Browser:
    """A browser with cookies that follows no redirect by itself: it does what the authorize page does."""

    def __init__(self, gateway: LiveGateway, url: str = "") -> None:
        self.url = f"{url or gateway.url}/oauth/authorize"
        self.http = requests.Session()
        self.http.trust_env = False

    def open(self, **fields: Any) -> Answer:
        """An authorization request of `desk` with PKCE, but for what is given; None leaves a field out."""
        asked = {
            "client_id": "desk",
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": "s",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            **fields,
        }
        return self.ask({name: value for name, value in asked.items() if value is not None})

    def ask(self, query: Any) -> Answer:
        """An authorization request, as it is given."""
        return self.http.get(self.url, params=query, timeout=10, allow_redirects=False)

    def visit(self, address: str) -> Answer:
        """An address that a client has made."""
        return self.http.get(address, timeout=10, allow_redirects=False)

    def step(self, page: Answer, name: str, **body: Any) -> Answer:
        """A step of the page."""
        url = f"{page.url.partition('?')[0]}/{name}"
        return self.http.post(url, json={"request": told(page)["request"], **body}, timeout=10)

    def scan(self, page: Answer, phone: Phone, *, reject: bool = False) -> Answer:
        """The phone scans the page's QR and confirms, or rejects; the page goes on."""
        ticket = self.step(page, "tickets").json()
        assert ticket["qr"] == page.url.partition("/oauth/")[0] + f"/q/{ticket['ticket_id']}"
        seen = phone.scan(as_known(phone, ticket["qr"]))
        if reject:
            phone.reject(seen)
        else:
            phone.confirm(seen)
        return self.step(page, "claim", ticket_id=ticket["ticket_id"], claim_secret=ticket["claim_secret"])

    def code(self, phone: Phone, **fields: Any) -> str:
        """A code, by a scan."""
        answer = self.scan(self.open(**fields), phone)
        assert answer.status_code == 200, answer.text
        return reply_of(answer.json()["location"])["code"]


def as_known(phone: Phone, qr: str) -> str:
    """A QR of another of the gateway's addresses, as a phone reads it that knows the gateway by its own."""
    return phone.gateway_url + qr[qr.index("/q/") :]


def told(page: Answer) -> dict[str, Any]:
    """What the gateway tells the authorize page."""
    assert page.headers["Content-Type"].startswith("text/html")
    found = re.search(r'name="pairing-config" content="([^"]*)"', page.text)
    assert found, "the pages are not built"
    config: dict[str, Any] = json.loads(html.unescape(found[1]))["authorize"]
    return config


def reply_of(location: str) -> dict[str, str]:
    """What comes back to the client."""
    assert location.startswith(CALLBACK)
    return dict(parse_qsl(urlsplit(location).query, strict_parsing=True))


@pytest.fixture
def web_browser(gateway: LiveGateway) -> Iterator[Browser]:
    """A browser of its own."""
    opened = Browser(gateway)
    yield opened
    opened.http.close()


class Person:
    """Somebody with a browser and a phone: each way of theirs from a client's address to the one that comes back."""

    def __init__(self, browser: Browser, phone: Phone, clock: ClockOfGateway) -> None:
        self.browser = browser
        self.phone = phone
        self._clock = clock
        self._used = ""

    def confirm(self, address: str) -> str:
        """Scan the QR that the browser shows, and confirm."""
        self._used = self._scan(address)
        return self._used

    def reject(self, address: str) -> str:
        """Scan it and reject."""
        return self._scan(address, reject=True)

    def dawdle(self, address: str) -> str:
        """Come back after the code has expired."""
        answer = self._scan(address)
        self._clock.advance(61)
        return answer

    def replay(self, address: str) -> str:
        """Come back with the code that was used last, as if it answered this request."""
        asked = dict(parse_qsl(urlsplit(address).query))
        answer = {**dict(parse_qsl(urlsplit(self._used).query)), "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def _scan(self, address: str, *, reject: bool = False) -> str:
        self.browser.http.cookies.clear()  # a login before would do
        page = self.browser.visit(address)
        return str(self.browser.scan(page, self.phone, reject=reject).json()["location"])


@pytest.fixture
def person(web_browser: Browser, phone: Phone, clock: ClockOfGateway) -> Person:
    """Somebody."""
    return Person(web_browser, phone, clock)


@pytest.fixture
def npm_folder(request: pytest.FixtureRequest) -> Callable[[], Path]:
    """The folder of the programs, which is made where it is asked for."""
    return lambda: request.getfixturevalue("npm")


@pytest.fixture
def exchange(protocol: Protocol) -> Callable[..., Answer]:
    """Exchanges a code."""

    def send(code: str, **fields: Any) -> Answer:
        form = {
            "client_id": "desk",
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            **fields,
        }
        return protocol.post("token", {name: value for name, value in form.items() if value is not None})

    return send
