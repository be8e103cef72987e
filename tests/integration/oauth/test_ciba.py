"""CIBA from outside: a client asks the phones of a person, and waits (OpenID Connect CIBA Core 1.0)."""

from __future__ import annotations

from typing import Any

import pytest

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from scan_to_login.testing.control import ClockOfGateway
from tests.integration.oauth.conftest import Answer, Protocol, error_of

CIBA_GRANT = "urn:openid:params:grant-type:ciba"
WEB = ("web", "demo-secret")
NUMBER = "42"


def ask(protocol: Protocol, **fields: Any) -> Answer:
    """A backchannel authentication request of the demo's confidential client; None leaves a field out."""
    wish = {"scope": "openid profile", "login_hint": "agent", "binding_message": NUMBER, **fields}
    return protocol.post("bc-authorize", {name: value for name, value in wish.items() if value is not None}, auth=WEB)


def asked(protocol: Protocol, **fields: Any) -> dict[str, Any]:
    """The acknowledgement of one that is accepted."""
    answer = ask(protocol, **fields)
    assert answer.status_code == 200, answer.text
    acknowledged: dict[str, Any] = answer.json()
    return acknowledged


def poll(protocol: Protocol, acknowledged: dict[str, Any], *, wait: int = 0, **more: Any) -> Answer:
    """A poll for the outcome."""
    fields = {"grant_type": CIBA_GRANT, "auth_req_id": acknowledged["auth_req_id"]}
    return protocol.post("token", fields, headers={"Prefer": f"wait={wait}"} if wait else {}, **{"auth": WEB, **more})


def test_the_named_persons_phone_logs_the_client_in(protocol: Protocol, phone: Phone) -> None:
    """By the number that the client has chosen; the phone shows who asks, and that it has shown its secret."""
    acknowledged = asked(protocol)
    assert set(acknowledged) == {"auth_req_id", "expires_in", "interval"}
    assert error_of(poll(protocol, acknowledged)) == "authorization_pending"
    [request] = phone.login_requests()
    page = phone.open_request(request)
    assert not page.client_unverified
    assert (page.client_device, page.number_matching, page.number) == ("web", "require", None)
    with pytest.raises(PhoneError, match="number_mismatch"):
        phone.confirm(page, number="24")
    protocol.gateway.control.clock.advance(30)
    phone.confirm(page, number=NUMBER)
    tokens = poll(protocol, acknowledged, wait=20).json()
    told = protocol.userinfo(tokens).json()
    assert (told["sub"], told["preferred_username"]) == (phone.account.account_id, "agent")
    again = poll(protocol, acknowledged).json()
    assert again["access_token"] == tokens["access_token"]
    assert protocol.refresh(tokens, "web", client_secret="demo-secret").status_code == 200


def test_a_poll_that_waits_is_answered_by_a_rejection(protocol: Protocol, phone: Phone) -> None:
    acknowledged = asked(protocol)
    phone.reject(phone.open_request(phone.login_requests(wait=20)[0]))
    assert error_of(poll(protocol, acknowledged, wait=20)) == "access_denied"


def test_it_expires_when_it_was_told_to(protocol: Protocol, phone: Phone, clock: ClockOfGateway) -> None:
    """`requested_expiry` shortens it, and no scan does."""
    clock.freeze()
    acknowledged = asked(protocol, requested_expiry="100")
    assert acknowledged["expires_in"] == 100
    phone.open_request(phone.login_requests()[0])
    clock.advance(99)
    assert error_of(poll(protocol, acknowledged)) == "authorization_pending"
    clock.advance(1)
    assert error_of(poll(protocol, acknowledged)) == "expired_token"
    assert asked(protocol, requested_expiry="999999")["expires_in"] == 300


def test_polling_too_soon_is_slowed_down(protocol: Protocol) -> None:
    acknowledged = asked(protocol)
    assert error_of(poll(protocol, acknowledged)) == "authorization_pending"
    assert error_of(poll(protocol, acknowledged)) == "slow_down"


def test_nobody_and_somebody_are_answered_alike(protocol: Protocol) -> None:
    """No `unknown_user_id`: it would tell who has an account."""
    known, unknown = asked(protocol), asked(protocol, login_hint="nobody_has_this")
    assert known["expires_in"] == unknown["expires_in"]
    assert error_of(poll(protocol, known)) == error_of(poll(protocol, unknown)) == "authorization_pending"
    again = [ask(protocol, login_hint=name) for name in ("agent", "nobody_has_this")]
    assert [(one.status_code, error_of(one)) for one in again] == [(429, "temporarily_unavailable")] * 2


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"scope": None}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid email"}, "invalid_scope"),
        ({"login_hint": None}, "invalid_request"),
        ({"login_hint": "x" * 65}, "invalid_request"),
        ({"id_token_hint": "a.b.c"}, "invalid_request"),
        ({"login_hint": None, "login_hint_token": "a.b.c"}, "invalid_request"),
        ({"login_hint": None, "id_token_hint": "a.b.c"}, "invalid_request"),
        ({"request": "a.b.c"}, "invalid_request"),
        ({"user_code": "1234"}, "invalid_request"),
        ({"binding_message": None}, "invalid_binding_message"),
        ({"binding_message": "W4SCT"}, "invalid_binding_message"),
        ({"binding_message": "4２"}, "invalid_binding_message"),
        ({"requested_expiry": "0"}, "invalid_request"),
        ({"requested_expiry": "-5"}, "invalid_request"),
        ({"requested_expiry": "soon"}, "invalid_request"),
    ],
)
def test_a_wrong_request_is_refused(protocol: Protocol, phone: Phone, fields: dict[str, Any], error: str) -> None:
    assert error_of(ask(protocol, **fields)) == error
    assert phone.login_requests() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"login_hint": None, "id_token_hint": "a.b.c"}, "login_hint"),
        ({"login_hint": None, "request": "a.b.c"}, "Signed requests"),
        ({"user_code": "1234"}, "user_code"),
    ],
)
def test_a_refusal_names_what_is_not_supported(protocol: Protocol, fields: dict[str, Any], said: str) -> None:
    assert said in ask(protocol, **fields).json()["error_description"]


def test_only_a_client_with_a_secret_and_the_grant_may_ask(protocol: Protocol) -> None:
    fields = {"scope": "openid", "login_hint": "agent", "binding_message": NUMBER}
    assert error_of(protocol.post("bc-authorize", {**fields, "client_id": "desk"})) == "unauthorized_client"
    wrong = protocol.post("bc-authorize", fields, auth=("web", "wrong"))
    assert (wrong.status_code, error_of(wrong)) == (401, "invalid_client")
    client = {"client_id": "no-ciba", "secret": "s", "grant_types": ["authorization_code"]}
    protocol.gateway.control.call("POST", "/oauth/clients", body=client)
    assert error_of(protocol.post("bc-authorize", fields, auth=("no-ciba", "s"))) == "unauthorized_client"


def test_a_request_is_its_clients_alone_and_no_device_code(protocol: Protocol, phone: Phone) -> None:
    acknowledged = asked(protocol)
    client = {"client_id": "other", "secret": "s"}
    protocol.gateway.control.call("POST", "/oauth/clients", body=client)
    phone.confirm(phone.open_request(phone.login_requests()[0]), number=NUMBER)
    assert error_of(poll(protocol, acknowledged, auth=("other", "s"))) == "invalid_grant"
    as_device = {"device_code": acknowledged["auth_req_id"]}
    assert error_of(protocol.poll(as_device, "web", client_secret="demo-secret")) == "invalid_grant"
    device = protocol.begin("web", client_secret="demo-secret")
    assert error_of(poll(protocol, {"auth_req_id": device["device_code"]})) == "invalid_grant"
    assert poll(protocol, acknowledged).status_code == 200


@pytest.mark.parametrize("guess", ["", "x", "A" * 65, "é" * 65, "A" * 129])
def test_a_guessed_request_is_refused(protocol: Protocol, guess: str) -> None:
    refused = error_of(poll(protocol, {"auth_req_id": guess}))
    assert refused == ("invalid_grant" if guess else "invalid_request")


def test_the_metadata_tells_of_it(protocol: Protocol) -> None:
    told = protocol.http.get(f"{protocol.url}/oauth/.well-known/openid-configuration", timeout=10).json()
    assert told["backchannel_authentication_endpoint"] == f"{protocol.url}/oauth/bc-authorize"
    assert "poll" in told["backchannel_token_delivery_modes_supported"]
    assert told["backchannel_user_code_parameter_supported"] is False
    assert "backchannel_authentication_request_signing_alg_values_supported" not in told  # CIBA Core section 4: none
    assert told["request_parameter_supported"] is False
    assert CIBA_GRANT in told["grant_types_supported"]
