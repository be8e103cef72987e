"""The control plane knows OAuth: clients at run time, faults, the journal, exports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError

from app_simulator.phone import Phone
from scan_to_login.testing.control import ControlRefused
from scan_to_login.testing.live import LiveGateway
from tests.integration.oauth.conftest import Answer, Browser, Protocol, error_of, reply_of
from tests.integration.oauth.test_tokens import claims_of, keys_of


def test_a_client_is_registered_changed_exported_and_removed(gateway: LiveGateway, protocol: Protocol) -> None:
    """At run time; an export starts another gateway with it."""
    body = {"client_id": "mine", "name": "我的应用", "secret": "s", "redirect_uris": ["https://rp.test/cb"]}
    made = gateway.control.call("POST", "/oauth/clients", body=body)
    assert made["confidential"]
    assert "secret" not in made
    gateway.control.call("POST", "/oauth/clients", body={**body, "secret": ""})
    assert protocol.begin("mine")["user_code"]
    exported = {client["client_id"]: client for client in gateway.control.export_seed()["clients"]}
    assert exported["mine"]["redirect_uris"] == ["https://rp.test/cb"]
    assert exported["web"]["secret"] == "demo-secret"
    gateway.control.call("DELETE", "/oauth/clients/mine")
    assert error_of(protocol.post("device_authorization", {"client_id": "mine"})) == "invalid_client"
    with pytest.raises(ControlRefused):
        gateway.control.call("DELETE", "/oauth/clients/mine")


WRONG_CLIENTS: list[dict[str, Any]] = [
    {},
    {"client_id": ""},
    {"client_id": "a b"},
    {"client_id": "x" * 65},
    {"client_id": "x", "redirect_uris": ["/cb"]},
    {"client_id": "x", "redirect_uris": ["https://rp.test/cb#x"]},
    {"client_id": "x", "redirect_uris": ["https://user@rp.test/cb"]},
    {"client_id": "x", "redirect_uris": ["javascript:alert(1)"]},
    {"client_id": "x", "redirect_uris": ["http://rp.test:99999/"]},
    {"client_id": "x", "backchannel_logout_uri": "/logout"},
    {"client_id": "x", "backchannel_logout_uri": "app.test:/logout"},
    {"client_id": "x", "backchannel_logout_uri": "https://rp.test/logout#x"},
    {"client_id": "x", "backchannel_logout_uri": "http://a:b@rp.test/logout"},
    {"client_id": "x", "grant_types": ["password"]},
    {"client_id": "x", "access_token_format": "xml"},
    {"client_id": "x", "secret": "a", "secret_digest": "0" * 64},
]


@pytest.mark.parametrize("body", WRONG_CLIENTS)
def test_a_wrong_client_is_refused_field_by_field(gateway: LiveGateway, body: dict[str, Any]) -> None:
    """As a seed's is."""
    with pytest.raises(ControlRefused) as refused:
        gateway.control.call("POST", "/oauth/clients", body=body)
    assert refused.value.code == "invalid_request"


def test_id_tokens_are_spoiled_by_faults(gateway: LiveGateway, protocol: Protocol, phone: Phone) -> None:
    """A wrong signature, another issuer, a deadline that is past; once each, then all is right."""
    tokens = protocol.log_in(phone)
    for kind in ("id_token_signature", "id_token_issuer", "id_token_expired"):
        gateway.control.faults.add(kind, times=1)
        tokens = protocol.refresh(tokens).json()
        if kind == "id_token_signature":
            with pytest.raises(BadSignatureError):
                jwt.decode(tokens["id_token"], keys_of(protocol), ["ES256"])
            continue
        claims = claims_of(protocol, tokens["id_token"])[1]
        if kind == "id_token_issuer":
            assert claims["iss"] != f"{gateway.url}/oauth"
        else:
            assert claims["exp"] * 1000 < gateway.control.clock.now_ms
    good = claims_of(protocol, protocol.refresh(tokens).json()["id_token"])[1]
    assert good["iss"] == f"{gateway.url}/oauth"


@pytest.mark.parametrize(
    ("persona", "deed", "outcome"),
    [
        ("approves", "confirmed", "id_token"),
        ("rejects", "rejected", "access_denied"),
        ("scans_and_vanishes", "scanned", "authorization_pending"),
    ],
)
def test_a_persona_acts_on_a_device_s_login(
    gateway: LiveGateway, protocol: Protocol, persona: str, deed: str, outcome: str
) -> None:
    """`verification_uri_complete` is a QR like every other."""
    started = protocol.begin()
    held = gateway.control.call("POST", "/phones", body={"persona": persona})["phone_id"]
    gateway.control.call("POST", f"/phones/{held}/watch", body={"payload": started["verification_uri_complete"]})
    deeds = gateway.control.call("GET", f"/phones/{held}/deeds?wait=20")["deeds"]
    assert [one["did"] for one in deeds] == [deed]
    answer = protocol.poll(started).json()
    assert outcome in answer or answer["error"] == outcome


def test_a_persona_acts_on_the_authorize_page_s_qr(
    gateway: LiveGateway, web_browser: Browser, exchange: Callable[..., Answer]
) -> None:
    """And the page goes on to the client."""
    page = web_browser.open()
    ticket = web_browser.step(page, "tickets").json()
    held = gateway.control.call("POST", "/phones", body={"persona": "approves"})["phone_id"]
    gateway.control.call("POST", f"/phones/{held}/watch", body={"payload": ticket["qr"]})
    gateway.control.call("GET", f"/await?ticket={ticket['ticket_id']}&state=confirmed&timeout=20")
    own = {"ticket_id": ticket["ticket_id"], "claim_secret": ticket["claim_secret"]}
    answer = web_browser.step(page, "claim", **own).json()
    assert exchange(reply_of(answer["location"])["code"]).status_code == 200


@pytest.mark.parametrize(("status", "error"), [(400, "invalid_grant"), (503, "temporarily_unavailable")])
def test_the_token_endpoint_fails_in_the_words_of_oauth(
    gateway: LiveGateway, protocol: Protocol, status: int, error: str
) -> None:
    """By the fault `error` on its route."""
    started = protocol.begin()
    gateway.control.faults.add("error", route="POST /oauth/token", status=status, times=1)
    answer = protocol.poll(started)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert error_of(protocol.poll(started)) == "authorization_pending"


def test_the_journal_draws_a_login_and_tells_no_secret(gateway: LiveGateway, protocol: Protocol, phone: Phone) -> None:
    """Each call under its ticket."""
    started = protocol.begin()
    ticket_id = started["device_code"][:22]
    phone.confirm(phone.scan(started["verification_uri_complete"]))
    tokens = protocol.poll(started).json()
    entries = gateway.control.journal.entries()
    told = [entry["name"] for entry in entries if entry.get("ticket_id") == ticket_id]
    assert {"POST /oauth/device_authorization", "POST /oauth/token", "ticket.claim"} <= set(told)
    diagram = gateway.control.journal.mermaid()
    assert "POST /oauth/token" in diagram
    for secret in (started["device_code"], tokens["access_token"], tokens["refresh_token"], tokens["id_token"]):
        assert secret not in str(entries)
        assert secret not in diagram
