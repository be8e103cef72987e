"""The device flow (RFC 8628) from outside: each outcome of a ticket in the words of OAuth."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from gateway.oauth.model import USER_CODE_LETTERS
from scan_to_login.testing.control import ClockOfGateway
from tests.integration.oauth.conftest import DEVICE_GRANT, Protocol, error_of


def test_a_scan_logs_a_device_in(protocol: Protocol, phone: Phone) -> None:
    """The scanned QR is the ticket's own; the tokens tell who has confirmed."""
    started = protocol.begin(scope="openid profile phone")
    assert started["verification_uri_complete"].startswith(f"{protocol.gateway.url}/q/")
    assert started["verification_uri"] == f"{protocol.gateway.url}/device"
    page = phone.scan(started["verification_uri_complete"])
    assert page.client_name == "演示桌面应用"
    assert page.client_unverified
    phone.confirm(page)
    tokens = protocol.poll(started).json()
    told = protocol.userinfo(tokens).json()
    owner = protocol.gateway.account(phone.account.login_name)
    assert (told["name"], told["preferred_username"]) == (owner.name, owner.login_name)
    assert told["phone_number"] == f"+86{owner.phone}"
    assert told["sub"] == phone.account.account_id


def test_only_a_client_with_a_secret_is_shown_as_verified(protocol: Protocol, phone: Phone) -> None:
    """A public client's id is anybody's; a secret is not."""
    started = protocol.begin("web", client_secret="demo-secret")
    assert not phone.scan(started["verification_uri_complete"]).client_unverified


def test_a_person_may_type_the_user_code(protocol: Protocol, phone: Phone) -> None:
    """In small letters, without the hyphen: what the phone gets is the ticket of the QR."""
    started = protocol.begin()
    typed = started["user_code"].replace("-", " ").lower()
    ticket_id = phone.call("POST", "/app/user-codes", body={"user_code": typed})["ticket_id"]
    assert started["verification_uri_complete"].endswith(f"/q/{ticket_id}")


def test_a_rejection_is_access_denied(protocol: Protocol, phone: Phone) -> None:
    """And stays so."""
    started = protocol.begin()
    phone.reject(phone.scan(started["verification_uri_complete"]))
    assert error_of(protocol.poll(started)) == "access_denied"
    assert error_of(protocol.poll(started)) == "access_denied"


def test_expires_in_is_true_whoever_scans_when(protocol: Protocol, phone: Phone, clock: ClockOfGateway) -> None:
    """A scan does not shorten the life that the device was promised; its end is its end."""
    clock.freeze()
    started = protocol.begin()
    phone.scan(started["verification_uri_complete"])
    clock.advance(started["expires_in"] - 1)
    assert error_of(protocol.poll(started)) == "authorization_pending"
    clock.advance(1)
    assert error_of(protocol.poll(started)) == "expired_token"


def test_polling_too_soon_is_slowed_down_and_polling_in_time_is_not(protocol: Protocol) -> None:
    """Each time too soon adds 5 s to what is expected."""
    started = protocol.begin()
    assert error_of(protocol.poll(started)) == "authorization_pending"
    assert error_of(protocol.poll(started)) == "slow_down"
    # With 6 s expected now, a poll that waits 2 s is too soon again; none of this ends the login.
    assert error_of(protocol.poll(started, wait=2)) == "slow_down"


def test_a_poll_that_waits_is_answered_by_the_outcome(protocol: Protocol, phone: Phone) -> None:
    """`Prefer: wait` holds the poll through the scan, until the confirm (RFC 7240)."""
    started = protocol.begin()
    answers: list[requests.Response] = []
    waiting = threading.Thread(target=lambda: answers.append(protocol.poll(started, wait=30)))
    waiting.start()
    phone.confirm(phone.scan(started["verification_uri_complete"]))
    waiting.join(20)
    assert answers[0].status_code == 200
    assert answers[0].headers["Preference-Applied"] == "wait=30"


def test_a_lost_answer_is_repeated_and_a_late_repeat_is_refused(
    protocol: Protocol, phone: Phone, clock: ClockOfGateway
) -> None:
    """The same tokens within the window of a claim; after it the code is spent."""
    started = protocol.begin()
    phone.confirm(phone.scan(started["verification_uri_complete"]))
    first, again = protocol.poll(started).json(), protocol.poll(started).json()
    assert again["access_token"] == first["access_token"]
    assert again["refresh_token"] == first["refresh_token"]
    clock.advance(31)
    assert error_of(protocol.poll(started)) == "invalid_grant"


def test_another_client_cannot_use_the_device_code(protocol: Protocol, phone: Phone) -> None:
    """Neither before nor after the confirm; its owner still can."""
    started = protocol.begin()
    assert error_of(protocol.poll(started, "web", client_secret="demo-secret")) == "invalid_grant"
    phone.confirm(phone.scan(started["verification_uri_complete"]))
    assert error_of(protocol.poll(started, "web", client_secret="demo-secret")) == "invalid_grant"
    assert protocol.poll(started).status_code == 200


@pytest.mark.parametrize("guess", ["", "x", "0" * 65, "é" * 65, "A" * 129, "A" * 21 + "." + "B" * 43])
def test_a_guessed_device_code_is_refused(protocol: Protocol, guess: str) -> None:
    """Whatever its form."""
    refused = error_of(protocol.poll({"device_code": guess}))
    assert refused == ("invalid_grant" if guess else "invalid_request")


def test_many_guesses_are_stopped(protocol: Protocol, clock: ClockOfGateway) -> None:
    """By the limit on unknown tickets of one address."""
    clock.freeze()  # within one minute
    statuses = [protocol.poll({"device_code": f"{n:022d}{'x' * 43}"}).status_code for n in range(101)]
    assert set(statuses[:-1]) == {400}
    assert statuses[-1] == 429


def test_a_flood_of_polls_does_no_harm(protocol: Protocol, phone: Phone) -> None:
    """Each is refused by itself, however many come at once; the login goes on."""
    started = protocol.begin()

    def flood() -> list[str]:
        own = Protocol(protocol.gateway)
        return [error_of(own.poll(started)) for _ in range(10)]

    with ThreadPoolExecutor(8) as pool:
        told = [error for errors in pool.map(lambda _: flood(), range(8)) for error in errors]
    assert set(told) == {"authorization_pending", "slow_down"}
    assert told.count("authorization_pending") == 1
    phone.confirm(phone.scan(started["verification_uri_complete"]))
    assert protocol.poll(started).status_code == 200


def test_a_guessed_user_code_is_refused_and_many_are_stopped(
    protocol: Protocol, phone: Phone, clock: ClockOfGateway
) -> None:
    """They count with guessed tickets (RFC 8628 section 5.1)."""
    clock.freeze()  # within one minute
    protocol.begin()

    def guess(code: str) -> str:
        with pytest.raises(PhoneError) as refused:
            phone.call("POST", "/app/user-codes", body={"user_code": code})
        return refused.value.code

    for code in ("AAAA-AAAA", "BCDF", "\uff22CDF-GHJK", "BCDF-GHJ\u202e", "\U0001f511"):
        assert guess(code) == "ticket_not_found"
    told = {guess(f"BBBB-{one}{two}BB") for one in USER_CODE_LETTERS for two in USER_CODE_LETTERS[:6]}
    assert told == {"ticket_not_found", "rate_limited"}


def test_the_session_is_the_gateway_s_own(protocol: Protocol, phone: Phone) -> None:
    """Its access token opens the client's calls too, up to unit verification, which the tokens then tell."""
    tokens = protocol.log_in(phone, scope="openid unit")
    http = {"Authorization": f"Bearer {tokens['access_token']}"}
    url, unit = f"{protocol.gateway.url}/api/v1", protocol.gateway.unit("A")
    assert protocol.introspect(tokens["access_token"])["acr"] == "urn:scan-to-login:logged_in"
    answer = requests.post(
        f"{url}/units/{unit.taxpayer_id}/verification",
        json={"declaration_password": unit.declaration_password},
        headers=http,
        timeout=10,
    )
    assert answer.status_code == 200, answer.text
    told = protocol.userinfo(tokens).json()
    assert (told["stage"], told["unit"]["taxpayer_id"]) == ("unit_verified", unit.taxpayer_id)
    assert protocol.introspect(tokens["access_token"])["acr"] == "urn:scan-to-login:unit_verified"
    assert protocol.userinfo(protocol.refresh(tokens).json()).json()["unit"]["taxpayer_id"] == unit.taxpayer_id


WRONG_CLIENTS: list[tuple[dict[str, str], Any, str]] = [
    ({"client_id": "nobody"}, None, "invalid_client"),
    ({}, None, "invalid_client"),
    ({"client_id": "web"}, None, "invalid_client"),
    ({"client_id": "web", "client_secret": "wrong"}, None, "invalid_client"),
    ({"client_id": "desk", "client_secret": "any"}, None, "invalid_client"),
    ({}, ("web", "wrong"), "invalid_client"),
    ({"client_id": "desk"}, ("web", "demo-secret"), "invalid_request"),
    ({"client_secret": "demo-secret"}, ("web", "demo-secret"), "invalid_request"),
    ({"client_id": "desk", "scope": "openid root"}, None, "invalid_scope"),
    ({"client_id": "desk", "scope": "openid\0"}, None, "invalid_request"),
]


@pytest.mark.parametrize(("fields", "auth", "error"), WRONG_CLIENTS)
def test_a_wrong_client_begins_nothing(protocol: Protocol, fields: dict[str, str], auth: Any, error: str) -> None:
    """Unknown, without its secret, with a wrong one, or with two."""
    assert error_of(protocol.post("device_authorization", fields, auth=auth)) == error


WRONG_FORMS: list[tuple[bytes, dict[str, str]]] = [
    (b"client_id=desk&client_id=desk", {}),
    (b"client_id=desk&scope=openid" * 2, {}),
    (b"client_id=%ff", {}),
    ("client_id=桌".encode(), {}),
    (b"&".join(b"a%d=1" % n for n in range(100)), {}),
    (b'{"client_id": "desk"}', {"Content-Type": "application/json"}),
    (b"client_id=desk", {"Content-Type": "text/plain"}),
]


@pytest.mark.parametrize(("body", "headers"), WRONG_FORMS)
@pytest.mark.parametrize("endpoint", ["device_authorization", "token", "introspect", "revoke"])
def test_a_form_that_is_none_is_refused(
    protocol: Protocol, endpoint: str, body: bytes, headers: dict[str, str]
) -> None:
    """Repeated fields, no text, too many, another type."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    assert error_of(protocol.post(endpoint, body, headers=headers)) == "invalid_request"


@pytest.mark.parametrize("basic", ["Basic", "Basic !!!", "Basic /////w==", "Basic ZGVzaw==", "Basic ADph"])
def test_a_basic_header_that_cannot_be_read_is_refused(protocol: Protocol, basic: str) -> None:
    """As a client that has not authenticated."""
    answer = protocol.post("token", {"grant_type": DEVICE_GRANT}, headers={"Authorization": basic})
    assert error_of(answer) == "invalid_client"
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_grant_type_that_nobody_knows_is_refused_by_name(protocol: Protocol) -> None:
    """The password grant among them (RFC 9700 section 2.4)."""
    for grant_type in ("password", "client_credentials", "é", "x" * 500):
        answer = protocol.post("token", {"client_id": "desk", "grant_type": grant_type})
        assert error_of(answer) == "unsupported_grant_type"
