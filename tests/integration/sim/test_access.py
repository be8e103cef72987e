"""The control plane answers its token's holder and this machine; no page of another site, no forged name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from gateway.testing import LiveGateway


@pytest.fixture(scope="module")
def guarded() -> Iterator[LiveGateway]:
    """A gateway whose control plane has a token, behind one proxy."""
    with LiveGateway(environment={"PAIRING_SIM_TOKEN": "let-me-in-please", "PAIRING_TRUSTED_PROXIES": "1"}) as gateway:
        yield gateway


def status(gateway: LiveGateway, **headers: Any) -> int:
    """How the clock's door answers."""
    return requests.get(f"{gateway.url}/sim/v1/clock", headers=headers, timeout=10).status_code


FAR = "203.0.113.7"


def test_who_is_elsewhere_needs_the_token(guarded: LiveGateway) -> None:
    assert status(guarded, **{"X-Forwarded-For": FAR}) == 403
    assert status(guarded, **{"X-Forwarded-For": FAR, "Authorization": "Bearer let-me-in-please"}) == 200
    assert status(guarded, **{"X-Forwarded-For": FAR, "Authorization": "Bearer let-me-out"}) == 401
    assert status(guarded, **{"X-Forwarded-For": "127.0.0.1"}) == 200


def test_behind_a_proxy_that_is_not_configured_nobody_is_here(gateway: LiveGateway) -> None:
    assert status(gateway) == 200
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert status(gateway, **{name: "127.0.0.1"}) == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_site_is_refused(gateway: LiveGateway, origin: str) -> None:
    assert status(gateway, Origin=origin) == 403
    assert status(gateway, Origin=gateway.url) == 200


def test_a_name_that_dns_may_have_made_ours_is_refused(gateway: LiveGateway) -> None:
    port = gateway.url.rsplit(":", 1)[1]
    assert status(gateway, Host=f"rebound.example:{port}", Origin=f"http://rebound.example:{port}") == 403
    assert status(gateway, Host=f"localhost:{port}") == 200


def test_the_openapi_document_is_guarded_too(guarded: LiveGateway) -> None:
    answer = requests.get(f"{guarded.url}/sim/v1/openapi.json", headers={"X-Forwarded-For": FAR}, timeout=10)
    assert answer.status_code == 403
