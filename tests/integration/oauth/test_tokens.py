"""Tokens from outside: what they tell, how they are renewed, and what ends them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from app_simulator.phone import Phone
from scan_to_login.testing.control import ClockOfGateway
from scan_to_login.testing.live import LiveGateway
from tests.integration.oauth.conftest import Answer, Protocol, error_of


def keys_of(protocol: Protocol) -> KeySet:
    """The published keys."""
    return KeySet.import_key_set(protocol.http.get(f"{protocol.gateway.url}/oauth/jwks", timeout=20).json())


def claims_of(protocol: Protocol, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a JWT whose signature fits."""
    decoded = jwt.decode(token, keys_of(protocol), ["ES256", "RS256"])
    return dict(decoded.header), dict(decoded.claims)


def test_an_id_token_tells_by_the_gateway_s_clock_who_has_logged_in(
    protocol: Protocol, phone: Phone, clock: ClockOfGateway
) -> None:
    """Issuer, audience, deadline, and how (OpenID Connect Core section 2, RFC 8176)."""
    clock.advance(days=30)
    before = clock.now_ms // 1000
    phone.login("agent", "Demo-2019")
    header, claims = claims_of(protocol, protocol.log_in(phone, scope="openid profile")["id_token"])
    assert header["alg"] == "ES256"
    assert claims["iss"] == f"{protocol.gateway.url}/oauth"
    assert (claims["aud"], claims["sub"]) == ("desk", phone.account.account_id)
    assert before <= claims["auth_time"] <= claims["iat"] <= before + 120
    assert claims["exp"] == claims["iat"] + 600
    assert claims["amr"] == ["swk", "otp", "mca"]
    assert claims["acr"] == "urn:scan-to-login:logged_in"


def test_a_jwt_access_token_opens_userinfo_until_its_session_ends(protocol: Protocol, phone: Phone) -> None:
    """RFC 9068 in form; what it names is a session all the same."""
    protocol.gateway.control.call("POST", "/oauth/clients", body={"client_id": "api", "access_token_format": "jwt"})
    tokens = protocol.log_in(phone, "api")
    header, claims = claims_of(protocol, tokens["access_token"])
    assert header["typ"] == "at+jwt"
    assert {"iss", "aud", "sub", "client_id", "iat", "exp", "jti", "scope"} <= set(claims)
    assert protocol.userinfo(tokens).json()["sub"] == phone.account.account_id
    assert protocol.introspect(tokens["access_token"])["client_id"] == "api"
    forged = dict(tokens, access_token=tokens["access_token"][:-6] + "AAAAAA")
    assert error_of(protocol.userinfo(forged)) == "invalid_token"
    assert error_of(protocol.userinfo({"access_token": tokens["id_token"]})) == "invalid_token"
    protocol.post("revoke", {"client_id": "api", "token": tokens["access_token"]})
    assert error_of(protocol.userinfo(tokens)) == "invalid_token"


def test_a_token_of_another_issuer_opens_nothing(protocol: Protocol, phone: Phone) -> None:
    """However like ours it looks: only its signature is another's. Nor does it log anybody out."""
    body = {"client_id": "api", "access_token_format": "jwt", "id_token_signed_response_alg": "ES256"}
    protocol.gateway.control.call("POST", "/oauth/clients", body=body)
    tokens = protocol.log_in(phone, "api")
    foreign = ECKey.generate_key("P-256")
    forged = {
        name: jwt.encode(header, claims, foreign, ["ES256"])
        for name in ("access_token", "id_token")
        for header, claims in [claims_of(protocol, tokens[name])]
    }
    assert error_of(protocol.userinfo(forged)) == "invalid_token"
    assert protocol.introspect(forged["access_token"]) == {"active": False}
    assert protocol.post("revoke", {"client_id": "api", "token": forged["access_token"]}).status_code == 200
    by_the_client(protocol, phone, forged)
    assert protocol.userinfo(tokens).status_code == 200


def test_a_token_that_nobody_has_signed_opens_nothing(protocol: Protocol) -> None:
    """Nor one of an algorithm that the keys are not for."""
    for header in ({"alg": "none"}, {"alg": "HS256"}):
        parts = [
            base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
            for part in (header, {"iss": "x", "jti": "0" * 64})
        ]
        token = ".".join([*parts, ""])
        assert error_of(protocol.userinfo({"access_token": token})) == "invalid_token"
        assert protocol.introspect(token) == {"active": False}


def test_keys_rotate_and_earlier_tokens_still_verify(protocol: Protocol, phone: Phone, clock: ClockOfGateway) -> None:
    """For a day."""
    first = protocol.log_in(phone)["id_token"]
    protocol.gateway.control.call("POST", "/oauth/keys")
    phone.login("agent", "Demo-2019")
    second = protocol.log_in(phone)["id_token"]
    assert claims_of(protocol, first)[0]["kid"] != claims_of(protocol, second)[0]["kid"]
    clock.advance(days=1, minutes=1)
    published = {key.kid for key in keys_of(protocol).keys}
    assert json.loads(base64.urlsafe_b64decode(first.split(".")[0] + "=="))["kid"] not in published


def test_a_refresh_ends_the_token_before(protocol: Protocol, phone: Phone) -> None:
    """The family goes on under the new ones."""
    first = protocol.log_in(phone)
    second = protocol.refresh(first).json()
    assert error_of(protocol.userinfo(first)) == "invalid_token"
    assert protocol.userinfo(second).status_code == 200
    third = protocol.refresh(second).json()
    assert protocol.userinfo(third).status_code == 200


def test_a_refresh_token_used_twice_ends_all(protocol: Protocol, phone: Phone) -> None:
    """One of the two has stolen it (RFC 9700 section 4.14.2)."""
    first = protocol.log_in(phone)
    second = protocol.refresh(first).json()
    assert error_of(protocol.refresh(first)) == "invalid_grant"
    assert error_of(protocol.userinfo(second)) == "invalid_token"
    assert error_of(protocol.refresh(second)) == "invalid_grant"


def test_of_two_refreshes_at_once_one_wins_at_most(protocol: Protocol, phone: Phone) -> None:
    """Whoever is second has used it twice."""
    first = protocol.log_in(phone)
    answers: list[Answer] = []
    racing = [threading.Thread(target=lambda: answers.append(protocol.refresh(first))) for _ in range(4)]
    for one in racing:
        one.start()
    for one in racing:
        one.join()
    assert sum(answer.status_code == 200 for answer in answers) <= 1
    assert {answer.status_code for answer in answers} <= {200, 400}


def test_a_refresh_may_ask_for_less_and_later_for_all_again(protocol: Protocol, phone: Phone) -> None:
    """The narrower scope is the access token's alone; the refresh token keeps what was granted (RFC 6749 section 6)."""
    tokens = protocol.log_in(phone, scope="openid profile phone")
    less = protocol.refresh(tokens, scope="phone openid").json()
    assert less["scope"] == "openid phone"
    assert set(protocol.userinfo(less).json()) == {"sub", "phone_number", "phone_number_verified"}
    assert "name" not in claims_of(protocol, less["id_token"])[1]
    assert protocol.introspect(less["access_token"])["scope"] == "openid phone"
    assert protocol.introspect(less["refresh_token"])["scope"] == "openid profile phone"
    least = protocol.refresh(less, scope="phone").json()
    assert "id_token" not in least
    assert protocol.userinfo(least).status_code == 403
    all_again = protocol.refresh(least).json()
    assert all_again["scope"] == "openid profile phone"
    assert "name" in protocol.userinfo(all_again).json()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"refresh_token": ""}, "invalid_request"),
        ({"refresh_token": "x"}, "invalid_grant"),
        ({"refresh_token": "A" * 22 + ".0." + "B" * 43}, "invalid_grant"),
        ({"client_id": "web", "client_secret": "demo-secret"}, "invalid_grant"),
        ({"scope": "openid phone"}, "invalid_scope"),
    ],
)
def test_a_wrong_refresh_gives_nothing_and_ends_nothing(
    protocol: Protocol, phone: Phone, change: dict[str, str], error: str
) -> None:
    """Guesses, another client, a wider scope."""
    tokens = protocol.log_in(phone)
    assert error_of(protocol.refresh(tokens, **change)) == error
    assert protocol.refresh(tokens).status_code == 200


def test_a_refresh_token_outlives_its_session_and_not_its_own_deadline(
    protocol: Protocol, phone: Phone, clock: ClockOfGateway
) -> None:
    """A session is over after twelve hours at the most, a grant after thirty days without use."""
    tokens = protocol.log_in(phone)
    clock.advance(days=29)
    assert error_of(protocol.userinfo(tokens)) == "invalid_token"
    again = protocol.refresh(tokens).json()
    assert protocol.userinfo(again).status_code == 200
    clock.advance(days=31)
    assert error_of(protocol.refresh(again)) == "invalid_grant"


def by_revocation(protocol: Protocol, _phone: Phone, tokens: dict[str, Any]) -> None:
    protocol.post("revoke", {"client_id": "desk", "token": tokens["refresh_token"]})


def by_logout_on_our_wire(protocol: Protocol, _phone: Phone, tokens: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    requests.delete(f"{protocol.gateway.url}/api/v1/session", headers=headers, timeout=10)


def by_disabling_the_account(protocol: Protocol, _phone: Phone, _tokens: dict[str, Any]) -> None:
    protocol.gateway.control.hall.disable("agent")


def by_a_password_reset(protocol: Protocol, _phone: Phone, _tokens: dict[str, Any]) -> None:
    owner = protocol.gateway.account("agent")
    protocol.gateway.control.hall.reset_password(owner.name, owner.id_number, "Other-2019")


def by_the_client(protocol: Protocol, _phone: Phone, tokens: dict[str, Any]) -> None:
    hint = {"id_token_hint": tokens["id_token"]}
    protocol.http.get(f"{protocol.gateway.url}/oauth/logout", params=hint, timeout=10)


def by_a_new_declaration_password(protocol: Protocol, _phone: Phone, tokens: dict[str, Any]) -> None:
    unit = protocol.gateway.unit("A")
    answer = requests.post(
        f"{protocol.gateway.url}/api/v1/units/{unit.taxpayer_id}/verification",
        json={"declaration_password": unit.declaration_password},
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text
    protocol.gateway.control.hall.reset_declaration_password(unit.taxpayer_id, "Other-2019")


ENDS = [
    by_a_new_declaration_password,
    by_revocation,
    by_logout_on_our_wire,
    by_disabling_the_account,
    by_a_password_reset,
    by_the_client,
]


@pytest.mark.parametrize("end", ENDS)
def test_the_end_of_a_session_ends_its_tokens_on_the_next_call(
    protocol: Protocol, phone: Phone, end: Callable[[Protocol, Phone, dict[str, Any]], None]
) -> None:
    """Whatever has ended it; its refresh token with it."""
    tokens = protocol.log_in(phone)
    end(protocol, phone, tokens)
    assert error_of(protocol.userinfo(tokens)) == "invalid_token"
    assert protocol.introspect(tokens["access_token"]) == {"active": False}
    assert error_of(protocol.refresh(tokens)) in ("invalid_grant", "access_denied")


def test_only_its_client_revokes_a_token(protocol: Protocol, phone: Phone) -> None:
    """An unknown one is revoked already (RFC 7009)."""
    tokens = protocol.log_in(phone)
    foreign = protocol.post("revoke", {"token": tokens["access_token"]}, auth=("web", "demo-secret"))
    assert error_of(foreign) == "invalid_grant"
    assert protocol.userinfo(tokens).status_code == 200
    assert protocol.post("revoke", {"client_id": "desk", "token": "unknown"}).status_code == 200


def test_introspection_is_for_clients_with_a_secret(protocol: Protocol, phone: Phone) -> None:
    """Of any client's tokens, access and refresh alike."""
    tokens = protocol.log_in(phone)
    assert error_of(protocol.post("introspect", {"client_id": "desk", "token": "x"})) == "invalid_client"
    assert protocol.introspect(tokens["refresh_token"])["active"]
    assert protocol.introspect("x" * 5000) == {"active": False}


def test_a_session_of_our_own_wire_is_no_client_s_token(protocol: Protocol, client: Any, phone: Phone) -> None:
    """It was granted to nobody."""
    issued = requests.post(
        f"{protocol.gateway.url}/api/v1/sessions",
        json={
            "identifier": "agent",
            "password": "Demo-2019",
            "client": {"name": "x", "version": "1", "device": "y"},
        },
        timeout=10,
    ).json()
    assert error_of(protocol.userinfo(issued)) == "invalid_token"


def test_pages_of_any_origin_may_ask_without_cookies(gateway: LiveGateway) -> None:
    """A single-page application reads metadata and tokens (Fetch Standard, CORS)."""
    for path in ("token", "userinfo", "jwks", ".well-known/openid-configuration", "revoke"):
        answer = requests.options(f"{gateway.url}/oauth/{path}", headers={"Origin": "https://spa.test"}, timeout=10)
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
