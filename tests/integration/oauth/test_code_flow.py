"""The code flow from outside: what comes back to the client, and what never does (RFC 6749, 7636, 9207, 9700)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app_simulator.phone import Phone
from scan_to_login.testing.control import ClockOfGateway
from tests.integration.oauth.conftest import (
    CALLBACK,
    VERIFIER,
    Answer,
    Browser,
    Protocol,
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
