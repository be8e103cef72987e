"""Dynamic registration from outside (RFC 7591): what is given, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from app_simulator.phone import Phone
from scan_to_login.testing.live import LiveGateway
from tests.integration.oauth.conftest import CALLBACK, Answer, Browser, Protocol, error_of


def register(protocol: Protocol, **metadata: Any) -> Answer:
    """Register a client with this metadata."""
    told = protocol.http.get(f"{protocol.url}/oauth/.well-known/openid-configuration", timeout=10).json()
    return protocol.http.post(told["registration_endpoint"], json=metadata, timeout=10)


def test_a_registered_client_logs_in(
    protocol: Protocol, phone: Phone, web_browser: Browser, exchange: Any, gateway: LiveGateway
) -> None:
    """With the defaults of the RFC: a secret, and the code flow; metadata that nobody knows is ignored."""
    answer = register(
        protocol, redirect_uris=[CALLBACK], client_name="我的应用", software_id="x", contacts=["a@rp.test"]
    )
    assert answer.status_code == 201
    client = answer.json()
    assert client["token_endpoint_auth_method"] == "client_secret_basic"
    assert client["grant_types"] == ["authorization_code"]
    assert client["client_secret_expires_at"] == 0
    own = {"client_id": client["client_id"], "client_secret": client["client_secret"]}
    code = web_browser.code(phone, client_id=client["client_id"])
    assert exchange(code, **own).json()["id_token"]
    device = protocol.post("device_authorization", own)
    assert error_of(device) == "unauthorized_client"
    assert client["client_secret"] not in str(gateway.control.journal.entries())


def test_a_public_client_has_no_secret(protocol: Protocol, phone: Phone) -> None:
    """A program without a browser."""
    grants = ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"]
    client = register(protocol, token_endpoint_auth_method="none", grant_types=grants).json()
    assert "client_secret" not in client
    assert client["client_name"] == client["client_id"]
    assert protocol.log_in(phone, client["client_id"])["refresh_token"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "invalid_redirect_uri"),
    ({"redirect_uris": []}, "invalid_redirect_uri"),
    ({"redirect_uris": ["/callback"]}, "invalid_redirect_uri"),
    ({"redirect_uris": ["https://rp.test/#x"]}, "invalid_redirect_uri"),
    ({"redirect_uris": ["https://a:b@rp.test/"]}, "invalid_redirect_uri"),
    ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
    ({"redirect_uris": "https://rp.test/"}, "invalid_redirect_uri"),
    ({"redirect_uris": [CALLBACK], "grant_types": ["implicit"]}, "invalid_client_metadata"),
    ({"redirect_uris": [CALLBACK], "response_types": ["token"]}, "invalid_client_metadata"),
    ({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
    ({"redirect_uris": [CALLBACK], "client_name": "a\u202eb"}, "invalid_client_metadata"),
    ({"redirect_uris": [CALLBACK], "client_name": "x" * 65}, "invalid_client_metadata"),
    ({"redirect_uris": [CALLBACK], "backchannel_logout_uri": "nowhere"}, "invalid_client_metadata"),
    ({"redirect_uris": [CALLBACK], "backchannel_logout_uri": "app.test:/logout"}, "invalid_client_metadata"),
]


@pytest.mark.parametrize(("metadata", "error"), WRONG)
def test_wrong_metadata_registers_nothing(protocol: Protocol, metadata: dict[str, Any], error: str) -> None:
    """In the words of section 3.2.2."""
    before = protocol.gateway.control.call("GET", "/oauth/clients")
    assert error_of(register(protocol, **metadata)) == error
    assert protocol.gateway.control.call("GET", "/oauth/clients") == before


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"[]", "application/json"), (b"{", "application/json"), (b"", "application/json"), (b"a=b", "text/plain")],
)
def test_a_body_that_is_no_object_is_refused(protocol: Protocol, body: bytes, kind: str) -> None:
    """In the same words."""
    answer = protocol.post("register", body, headers={"Content-Type": kind})
    assert error_of(answer) == "invalid_client_metadata"


@pytest.mark.slow
def test_without_the_simulation_nobody_registers() -> None:
    """The metadata does not name what is not served."""
    with LiveGateway(sim=False, seed="") as gateway:
        told = requests.get(f"{gateway.url}/oauth/.well-known/openid-configuration", timeout=10).json()
        assert "registration_endpoint" not in told
        assert requests.post(f"{gateway.url}/oauth/register", json={}, timeout=10).status_code == 404
