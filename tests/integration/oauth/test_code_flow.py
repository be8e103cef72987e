"""The code flow from outside: what comes back to the client, and what never does (RFC 6749, 7636, 9207, 9700)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from app_simulator.phone import Phone
from scan_to_login.testing.control import ClockOfGateway
from tests.integration.oauth.conftest import (
    CALLBACK,
    VERIFIER,
    Answer,
    Browser,
    Protocol,
    challenge_of,
    error_of,
    reply_of,
    told,
)

Exchange = Callable[..., Answer]


def test_a_scan_leads_back_to_the_client_with_a_code(
    web_browser: Browser, phone: Phone, exchange: Exchange, protocol: Protocol
) -> None:
    """With `state` and the issuer; the code is good for tokens of the person who scanned."""
    page = web_browser.open(scope="openid profile")
    assert told(page)["client_name"] == "演示桌面应用"
    reply = reply_of(web_browser.scan(page, phone).json()["location"])
    assert (reply["state"], reply["iss"]) == ("s", f"{protocol.gateway.url}/oauth")
    tokens = exchange(reply["code"]).json()
    assert protocol.userinfo(tokens).json()["preferred_username"] == phone.account.login_name


def test_a_password_leads_back_too(web_browser: Browser, gateway: Any, exchange: Exchange) -> None:
    """A wrong one stays on the page with the gateway's own refusal."""
    page = web_browser.open()
    refused = web_browser.step(page, "password", identifier="agent", password="Wrong-2019")
    assert refused.json()["code"] == "invalid_credentials"
    entered = web_browser.step(page, "password", identifier="single", password=gateway.password_of("single"))
    assert exchange(reply_of(entered.json()["location"])["code"]).status_code == 200


def test_a_login_serves_the_next_client_without_another_scan(
    web_browser: Browser, phone: Phone, clock: ClockOfGateway
) -> None:
    """Until it is too old, or a login is asked for anew."""
    web_browser.code(phone)
    again = web_browser.open(client_id="web", code_challenge=None, code_challenge_method=None, state="t")
    assert again.status_code == 303
    assert reply_of(again.headers["Location"])["state"] == "t"
    assert web_browser.open(prompt="none").status_code == 303
    assert "request" in told(web_browser.open(prompt="login"))
    clock.advance(61)
    assert "request" in told(web_browser.open(max_age="60"))
    assert web_browser.open(max_age="600").status_code == 303


def test_prompt_none_without_a_login_is_login_required(web_browser: Browser) -> None:
    """At once, to the client."""
    assert reply_of(web_browser.open(prompt="none").headers["Location"])["error"] == "login_required"


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_a_rejection_leads_back_to_the_client_as_access_denied(web_browser: Browser, phone: Phone, mode: str) -> None:
    """In the mode that it asked for (RFC 6749 section 4.1.2.1); the browser is not logged in."""
    answer = web_browser.scan(web_browser.open(response_mode=mode), phone, reject=True).json()
    posted = {field["name"]: field["value"] for field in answer.get("fields", [])}
    reply = posted or reply_of(answer["location"])
    assert (reply["error"], reply["state"]) == ("access_denied", "s")
    assert reply["iss"].endswith("/oauth")
    assert "code" not in reply
    assert reply_of(web_browser.open(prompt="none").headers["Location"])["error"] == "login_required"


def test_an_expired_code_keeps_the_page_which_takes_another(
    web_browser: Browser, phone: Phone, clock: ClockOfGateway
) -> None:
    """Nothing goes to the client."""
    page = web_browser.open()
    ticket = web_browser.step(page, "tickets").json()
    clock.advance(121)
    own = {"ticket_id": ticket["ticket_id"], "claim_secret": ticket["claim_secret"]}
    assert web_browser.step(page, "claim", **own).json()["code"] == "ticket_expired"
    assert "location" in web_browser.scan(page, phone).json()


def test_unit_verification_comes_before_the_code(
    web_browser: Browser, phone: Phone, gateway: Any, exchange: Exchange, protocol: Protocol
) -> None:
    """`acr_values` asks for it; a login that is there is stepped up (RFC 9470)."""
    verified = "urn:scan-to-login:unit_verified"
    web_browser.code(phone)
    silent = web_browser.open(acr_values=verified, prompt="none")
    assert reply_of(silent.headers["Location"])["error"] == "interaction_required"
    page = web_browser.open(acr_values=verified, scope="openid unit")
    assert {unit["taxpayer_id"] for unit in told(page)["step"]["units"]} >= {gateway.unit("A").taxpayer_id}
    unit = gateway.unit("A")
    wrong = web_browser.step(page, "unit", taxpayer_id=unit.taxpayer_id, declaration_password="Wrong-2019")
    assert wrong.json()["code"] == "declaration_password_invalid"
    captcha = wrong.json().get("captcha")
    assert captcha is None
    answer = web_browser.step(
        web_browser.open(acr_values=verified, scope="openid unit"),
        "unit",
        taxpayer_id=gateway.unit("B").taxpayer_id,
        declaration_password=gateway.unit("B").declaration_password,
    )
    tokens = exchange(reply_of(answer.json()["location"])["code"]).json()
    assert protocol.userinfo(tokens).json()["unit"]["taxpayer_id"] == gateway.unit("B").taxpayer_id
    assert protocol.introspect(tokens["access_token"])["acr"] == verified


def test_another_browser_cannot_go_on_with_the_ticket(web_browser: Browser, phone: Phone, gateway: Any) -> None:
    """A login that somebody else has begun is no use to a browser that is made to open it (login CSRF)."""
    page = web_browser.open()
    ticket = web_browser.step(page, "tickets").json()
    phone.confirm(phone.scan(ticket["qr"]))
    own = {"ticket_id": ticket["ticket_id"], "claim_secret": ticket["claim_secret"]}
    other = Browser(gateway)
    assert other.step(page, "claim", **own).json()["code"] == "forbidden"
    assert other.step(other.open(), "claim", **own).json()["code"] == "ticket_not_found"
    assert "location" in web_browser.step(page, "claim", **own).json()


def test_a_ticket_of_our_own_wire_is_none_of_the_page(web_browser: Browser, gateway: Any, client: Any) -> None:
    """Nor a device's."""
    page = web_browser.open()
    device = Protocol(gateway).begin()["device_code"]
    refused = web_browser.step(page, "claim", ticket_id=device[:22], claim_secret=device[22:])
    assert refused.json()["code"] == "ticket_not_found"


def test_a_code_used_twice_ends_what_it_gave(
    web_browser: Browser, phone: Phone, exchange: Exchange, protocol: Protocol
) -> None:
    """Access and refresh token alike (RFC 6749 section 4.1.2)."""
    code = web_browser.code(phone)
    tokens = exchange(code).json()
    assert protocol.userinfo(tokens).status_code == 200
    assert error_of(exchange(code)) == "invalid_grant"
    assert error_of(protocol.userinfo(tokens)) == "invalid_token"
    assert error_of(protocol.refresh(tokens)) == "invalid_grant"


WRONG_EXCHANGES: list[tuple[dict[str, Any], str]] = [
    ({"code_verifier": None}, "invalid_request"),
    ({"code_verifier": VERIFIER + "x"}, "invalid_grant"),
    ({"code_verifier": "short"}, "invalid_request"),
    ({"redirect_uri": None}, "invalid_request"),
    ({"redirect_uri": "http://127.0.0.1:5556/callback"}, "invalid_grant"),
    ({"client_id": "web", "client_secret": "demo-secret"}, "invalid_grant"),
    ({"client_id": "nobody"}, "invalid_client"),
    ({"code": "x" * 43}, "invalid_grant"),
    ({"code": None}, "invalid_request"),
]


def test_a_wrong_exchange_gives_nothing_and_spends_nothing(
    web_browser: Browser, phone: Phone, exchange: Exchange
) -> None:
    """PKCE missing and wrong, another redirect URI, another client: the right exchange still works afterwards."""
    code = web_browser.code(phone)
    for fields, error in WRONG_EXCHANGES:
        assert error_of(exchange(**{"code": code, **fields})) == error, fields
    assert exchange(code).status_code == 200


def test_pkce_cannot_be_added_to_a_code_without(web_browser: Browser, phone: Phone, exchange: Exchange) -> None:
    """A downgrade that RFC 9700 section 4.8 describes."""
    web = {"client_id": "web", "client_secret": "demo-secret"}
    code = web_browser.code(phone, client_id="web", code_challenge=None, code_challenge_method=None)
    assert error_of(exchange(code, **web)) == "invalid_request"
    assert exchange(code, **web, code_verifier=None).status_code == 200


def test_a_code_expires_by_the_clock(
    web_browser: Browser, phone: Phone, exchange: Exchange, clock: ClockOfGateway
) -> None:
    """After a minute."""
    code = web_browser.code(phone)
    clock.advance(60)
    assert error_of(exchange(code)) == "invalid_grant"


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


def test_form_post_lets_the_browser_post_the_answer(web_browser: Browser, phone: Phone, exchange: Exchange) -> None:
    """No code in an address (OAuth 2.0 Form Post Response Mode)."""
    page = web_browser.open(response_mode="form_post")
    assert "form-action 'self' http://127.0.0.1:5555;" in page.headers["Content-Security-Policy"]
    answer = web_browser.scan(page, phone).json()
    fields = {field["name"]: field["value"] for field in answer["fields"]}
    assert answer["location"] == CALLBACK
    assert fields["state"] == "s"
    assert exchange(fields["code"]).status_code == 200
    refused = told(web_browser.open(response_mode="form_post", scope="root"))
    assert {"name": "error", "value": "invalid_scope"} in refused["fields"]


def test_the_login_s_cookies_are_for_no_script_and_no_other_site(web_browser: Browser, phone: Phone) -> None:
    """HttpOnly, SameSite=Lax, for these paths alone."""
    page = web_browser.open()
    entered = web_browser.scan(page, phone)
    for cookie in (page.headers["Set-Cookie"], entered.headers["Set-Cookie"]):
        assert {"HttpOnly", "SameSite=Lax", "Path=/oauth"} <= set(cookie.split("; "))
    assert "access_token" not in entered.text
