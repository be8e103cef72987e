"""Authorization requests that are wrong: who is told, and what never comes back (RFC 6749, 7636, 9700)."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.oauth.conftest import CALLBACK, VERIFIER, Browser, challenge_of, reply_of, told

WRONG_REDIRECTS = [
    "http://127.0.0.1:5555/callback/",
    "http://127.0.0.1:5555/callback/../evil",
    "http://127.0.0.1:5555/callback?x=1",
    "http://127.0.0.1:5555/callback#x",
    "http://127.0.0.1:5555/call%62ack",
    "http://127.0.0.1:5555/Callback",
    "http://user@127.0.0.1:5555/callback",
    "http://127.0.0.1:5555@evil.test/callback",
    "http://127.0.0.1.evil.test:5555/callback",
    "http://localhost:5555/callback",
    "https://127.0.0.1:5555/callback",
    "http://127.0.0.1:99999/callback",
    "http://127.0.0.1:5555\\@evil.test/callback",
    "http://127.0.0.1:5555/callback\r\nX: y",
    "//127.0.0.1:5555/callback",
    "javascript:alert(1)",
    "é",
]


@pytest.mark.parametrize("uri", WRONG_REDIRECTS)
def test_a_redirect_uri_that_is_not_registered_gets_nothing(web_browser: Browser, uri: str) -> None:
    """Neither a code nor an error goes there (RFC 9700 section 4.1)."""
    page = web_browser.open(redirect_uri=uri, prompt="none")
    assert page.status_code == 400
    assert "Location" not in page.headers
    assert "redirect_uri" in told(page)["refused"]


WRONG_ELSEWHERE = [
    "https://rp.test:8443/callback",
    "https://rp.test:443/callback",
    "https://rp.test/call",
    "https://rp.test/callback.evil.test",
    "https://rp.test.evil.test/callback",
    "https://evil.test/rp.test/callback",
    "https://RP.test/callback",
    "http://rp.test/callback",
    "https://rp.test/%63allback",
    "https://rp.test/callback?x=1&",
    "https://rp.test/callback%00",
]


def test_off_loopback_only_the_very_address_is_good(gateway: LiveGateway, web_browser: Browser) -> None:
    """Port, scheme, host, prefix and encoding count (RFC 9700 section 4.1.3)."""
    body = {"client_id": "rp", "redirect_uris": ["https://rp.test/callback"]}
    gateway.control.call("POST", "/oauth/clients", body=body)
    for uri in WRONG_ELSEWHERE:
        page = web_browser.open(client_id="rp", redirect_uri=uri, prompt="none")
        assert (page.status_code, "Location" in page.headers) == (400, False), uri
    right = web_browser.open(client_id="rp", redirect_uri="https://rp.test/callback", prompt="none")
    assert right.headers["Location"].startswith("https://rp.test/callback?error=login_required")


@pytest.mark.parametrize("client_id", ["nobody", "Desk", "desk ", "é", "x" * 5000, "desk\0"])
def test_an_unknown_client_is_sent_nowhere(web_browser: Browser, client_id: str) -> None:
    """Its person is told."""
    page = web_browser.open(client_id=client_id, prompt="none")
    assert (page.status_code, "Location" in page.headers) == (400, False)
    assert "client" in told(page)["refused"]


@pytest.mark.parametrize("port", ["", ":1", ":65535"])
def test_on_loopback_any_port_is_good(web_browser: Browser, port: str) -> None:
    """A desktop program listens where it can (RFC 8252 section 7.3)."""
    answer = web_browser.open(redirect_uri=f"http://127.0.0.1{port}/callback", prompt="none")
    assert answer.headers["Location"].startswith(f"http://127.0.0.1{port}/callback?error=login_required")


WRONG_REQUESTS: list[tuple[dict[str, Any], str]] = [
    ({"response_type": None}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unsupported_response_type"),
    ({"response_type": "é"}, "unsupported_response_type"),
    ({"response_mode": "fragment"}, "invalid_request"),
    ({"scope": "openid root"}, "invalid_scope"),
    ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"prompt": "dance"}, "invalid_request"),
    ({"max_age": "-1"}, "invalid_request"),
    ({"max_age": "soon"}, "invalid_request"),
    ({"nonce": "x" * 2001}, "invalid_request"),
    ({"nonce": "\0"}, "invalid_request"),
    ({"request": "e30."}, "request_not_supported"),
    ({"request_uri": "https://evil.test/"}, "request_uri_not_supported"),
    ({"registration": "{}"}, "registration_not_supported"),
]


@pytest.mark.parametrize(("fields", "error"), WRONG_REQUESTS)
def test_a_wrong_request_is_answered_to_its_client(web_browser: Browser, fields: dict[str, Any], error: str) -> None:
    """In the query, with `state` and `iss`."""
    answer = web_browser.open(**fields)
    assert answer.status_code == 303
    reply = reply_of(answer.headers["Location"])
    assert (reply["error"], reply["state"]) == (error, "s")
    assert reply["iss"].endswith("/oauth")
    assert "code" not in reply


@pytest.mark.parametrize(
    "state", [b"%00", b"%ff%fe", b"a%26error%3Dx%23%0d%0aX:%20y", b"%E6%A1%8C", b"+", b"%27%22%3C"]
)
def test_state_comes_back_byte_for_byte(web_browser: Browser, state: bytes) -> None:
    """Whatever its bytes are."""
    fields = {"client_id": "desk", "response_type": "code", "redirect_uri": CALLBACK, "prompt": "none"}
    fields |= {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}
    query = "&".join(f"{name}={value}" for name, value in fields.items()).encode() + b"&state=" + state
    location = web_browser.ask(query).headers["Location"]
    back = location.partition("&state=")[2].partition("&")[0]
    assert unquote_to_bytes(back.replace("+", " ")) == unquote_to_bytes(state.decode().replace("+", " "))
    assert "\r" not in location


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "scope"])
def test_a_parameter_twice_is_refused(web_browser: Browser, name: str) -> None:
    """To the person where the client cannot be told, else to the client."""
    query = [("client_id", "desk"), ("redirect_uri", CALLBACK), ("response_type", "code"), ("state", "s")]
    query += [("scope", "openid"), (name, "x")]
    answer = web_browser.ask(query)
    assert answer.status_code == (400 if name in ("client_id", "redirect_uri") else 303)
