"""The control plane answers its token's holder, or without one this machine; no other site's page, no forged name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from app_simulator.phone import Phone
from app_simulator.portal_client import PortalClient
from client_stub.client import Client
from client_stub.errors import ClientError
from gateway.config import Settings
from gateway.control.access import exposure
from scan_to_login.testing import LiveGateway

TOKEN = "let-me-in-please"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
FAR = "203.0.113.7"


@pytest.fixture(scope="module")
def guarded() -> Iterator[LiveGateway]:
    """A gateway with a token of its control plane, behind one proxy."""
    with LiveGateway(environment={"PAIRING_SIM_TOKEN": TOKEN, "PAIRING_TRUSTED_PROXIES": "1"}) as gateway:
        yield gateway


def status(gateway: LiveGateway, **headers: Any) -> int:
    """The status of the clock's route."""
    return requests.get(f"{gateway.url}/sim/v1/clock", headers=headers, timeout=10).status_code


def test_a_token_alone_opens_wherever_the_caller_is(guarded: LiveGateway) -> None:
    """Neither this machine's address nor a trusted proxy's header replaces the token."""
    for by in ({}, {"X-Forwarded-For": FAR}, {"X-Forwarded-For": "127.0.0.1"}, {"Host": "tests.example"}):
        assert status(guarded, **by) == 401
        assert status(guarded, **by, Authorization="Bearer let-me-out") == 401
        assert status(guarded, **by, Authorization=f"Basic {TOKEN}") == 401
        assert status(guarded, **by, **BEARER) == 200


def test_our_programs_send_the_token_of_their_environment(
    guarded: LiveGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seed's aliases and a phone's messages are the control plane's."""
    with Client(guarded.url) as client, Phone(guarded.url) as phone:
        client.login("agent", guarded.password_of("agent"))
        with pytest.raises(ClientError) as refused:
            client.verify_unit("A", "Unit-2019")
        assert refused.value.status == 401
        monkeypatch.setenv("PAIRING_SIM_TOKEN", TOKEN)
        phone.login("agent", guarded.password_of("agent"))
        assert phone.taxpayer_id("A") == guarded.unit("A").taxpayer_id
        assert client.verify_unit("A", "Unit-2019").unit
    with PortalClient(guarded.url) as portal:
        portal.look_at_inbox("13800000001")


@pytest.mark.parametrize("trusted", ["0", "1"])
def test_without_a_token_no_header_of_a_proxy_opens(trusted: str) -> None:
    """A caller behind a proxy is not on this machine, with any header."""
    with LiveGateway(environment={"PAIRING_TRUSTED_PROXIES": trusted}) as gateway:
        assert status(gateway) == 200
        for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Proto", "CF-Connecting-IP"):
            assert status(gateway, **{name: "127.0.0.1"}) == 403


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "a forwarder's too"),
        ({"PAIRING_SIM_OPEN": "true"}, "everybody can use the control plane"),
        ({"PAIRING_SIM_TOKEN": TOKEN}, "only the holder of PAIRING_SIM_TOKEN"),
    ],
)
def test_a_reachable_gateway_warns_of_its_exposure(settings: dict[str, str], words: str) -> None:
    with LiveGateway(environment={"PAIRING_TRUSTED_PROXIES": "1", **settings}) as gateway:
        said = [line for line in gateway.log.splitlines() if "The simulation listens on" in line]
        assert len(said) == 1
        assert words in said[0]
        assert "whose passwords are published" in said[0]
        assert TOKEN not in gateway.log


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"host": "0.0.0.0"}, True),  # noqa: S104
        ({"host": "::"}, True),
        ({"public_url": "https://login.example"}, True),
        ({"host": "::1"}, False),
        ({"host": "localhost", "public_url": "http://127.0.0.1:8080"}, False),
        ({"host": "0.0.0.0", "sim": False}, False),  # noqa: S104
    ],
)
def test_host_and_public_url_decide_the_exposure(settings: dict[str, Any], said: bool) -> None:
    """Not started: no test listens beyond this machine."""
    assert bool(exposure(Settings(**{"sim": True, "seed": "demo", **settings}))) is said


def test_a_gateway_for_this_machine_alone_gives_no_warning(live_gateway: LiveGateway) -> None:
    assert "The simulation listens" not in live_gateway.log


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_site_is_refused(gateway: LiveGateway, origin: str) -> None:
    assert status(gateway, Origin=origin) == 403
    assert status(gateway, Origin=gateway.url) == 200


def test_an_origin_that_was_set_is_the_same_for_sockets_and_the_control_plane() -> None:
    """However its setting spells it."""
    with LiveGateway(environment={"PAIRING_ALLOWED_ORIGINS": "HTTPS://Example.com:443/"}) as gateway:
        shake = f"{gateway.url}/socket.io/?EIO=4&transport=polling"
        for origin, sim, socket in (("https://example.com", 200, 200), ("https://example.org", 403, 400)):
            assert status(gateway, Origin=origin) == sim
            assert requests.get(shake, headers={"Origin": origin}, timeout=10).status_code == socket


def test_a_name_that_dns_may_have_made_ours_is_refused(gateway: LiveGateway) -> None:
    port = gateway.url.rsplit(":", 1)[1]
    assert status(gateway, Host=f"rebound.example:{port}", Origin=f"http://rebound.example:{port}") == 403
    assert status(gateway, Host=f"localhost:{port}") == 200


def test_the_openapi_document_is_guarded_too(guarded: LiveGateway) -> None:
    path = f"{guarded.url}/sim/v1/openapi.json"
    assert requests.get(path, timeout=10).status_code == 401
    assert requests.get(path, headers=BEARER, timeout=10).status_code == 200
