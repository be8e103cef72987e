"""Clients of OAuth that speak plain HTTP, beside the phone that confirms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from app_simulator.phone import Phone
from scan_to_login.testing.live import LiveGateway

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
Answer = requests.Response


class Protocol:
    """The endpoints of one gateway; ``client`` is sent in each form."""

    def __init__(self, gateway: LiveGateway) -> None:
        self.gateway = gateway
        self.http = requests.Session()
        self.http.trust_env = False

    def post(self, endpoint: str, fields: Any, **more: Any) -> Answer:
        """A form, as it is given."""
        return self.http.post(f"{self.gateway.url}/oauth/{endpoint}", data=fields, timeout=40, **more)

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
        return self.http.get(f"{self.gateway.url}/oauth/userinfo", headers=headers, timeout=10)

    def introspect(self, token: str) -> dict[str, Any]:
        """What a token is, as the demo's confidential client sees it."""
        answer = self.post("introspect", {"token": token}, auth=("web", "demo-secret"))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def log_in(self, phone: Phone, client_id: str = "desk", scope: str = "openid", **more: Any) -> dict[str, Any]:
        """Tokens by the device flow."""
        started = self.begin(client_id, scope, **more)
        phone.confirm(phone.scan(started["verification_uri_complete"]))
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
