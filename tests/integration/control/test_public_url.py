"""The gateway's address for clients and phones: the one that they call, or the setting."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import requests
import websocket

from app_simulator.phone import Phone
from client_stub.client import Client
from gateway.commands.running import Addresses
from gateway.config import Settings
from scan_to_login.testing import LiveGateway, scan_to_login
from scan_to_login.testing.control import ControlRefused
from tests.integration.forwarder import Forwarder
from tests.integration.wire import CLIENT, Wire

TOKEN = "of-the-container"


@pytest.fixture
def mapped(gateway: LiveGateway) -> Iterator[int]:
    """Another port that leads to the gateway."""
    with Forwarder(gateway.url) as forwarder:
        yield forwarder.port


def told(url: str, **headers: str) -> str:
    """The origin in the QR of a ticket that is requested at ``url``."""
    answer = requests.post(f"{url}/api/v1/tickets", json={"client": CLIENT}, headers=headers, timeout=10)
    return str(answer.json()["qr"]).partition("/q/")[0]


def handshake(url: str, origin: str, host: str | None = None) -> bool:
    """True if a page of ``origin`` may open a WebSocket."""
    try:
        websocket.create_connection(
            url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket", timeout=10, origin=origin, host=host
        ).close()
    except websocket.WebSocketBadStatusException:
        return False
    return True


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_login_through_a_mapped_port(gateway: LiveGateway, mapped: int, name: str) -> None:
    """The QR, over Socket.IO, names the port that client and phone have called."""
    url = f"http://{name}:{mapped}"
    with Phone(url) as phone, Client(url) as client:
        phone.login("agent", gateway.password_of("agent"))
        unit = gateway.unit("A").taxpayer_id
        ticket = client.request_ticket()
        assert ticket.qr.startswith(f"{url}/q/")
        page = phone.scan(ticket.qr)
        phone.confirm(page)
        client.wait_for("confirmed", 10)
        client.claim()
        assert client.reset_offer(unit).link.startswith(f"{url}/web/")


def test_phone_and_client_may_call_this_machine_by_two_names(gateway: LiveGateway, mapped: int) -> None:
    with Phone(f"http://127.0.0.1:{mapped}") as phone, Client(f"http://localhost:{mapped}") as client:
        phone.login("agent", gateway.password_of("agent"))
        assert scan_to_login(phone, client, gateway.unit("A").taxpayer_id, "Unit-2019").stage == "unit_verified"


def test_every_text_and_picture_names_the_address_that_was_called(gateway: LiveGateway, mapped: int) -> None:
    url = f"http://127.0.0.1:{mapped}"
    assert told(url) == url
    assert told(gateway.url) == gateway.url
    page = requests.get(f"{url}/client/", timeout=10).text
    assert f"&quot;public_url&quot;: &quot;{url}&quot;" in page
    ticket = requests.post(f"{url}/api/v1/tickets", json={"client": CLIENT}, timeout=10).json()["ticket_id"]
    drawn = [requests.get(f"{at}/api/v1/tickets/{ticket}/qr.svg", timeout=10).text for at in (url, gateway.url)]
    assert drawn[0] != drawn[1]


def test_a_page_at_a_mapped_port_may_connect(gateway: LiveGateway, mapped: int) -> None:
    url = f"http://127.0.0.1:{mapped}"
    assert handshake(url, url)
    assert not handshake(url, "http://127.0.0.1:1")
    assert not handshake(url, f"http://evil.example:{mapped}")


def test_without_a_token_the_address_is_no_name(gateway: LiveGateway) -> None:
    """A foreign name server may have made it ours: DNS rebinding."""
    for host in ("rebound.example", "gateway:8080", "127.0.0.1.evil.example"):
        assert told(gateway.url, Host=host) == gateway.url
    assert not handshake(gateway.url, "http://rebound.example", host="rebound.example")


def test_with_a_token_any_name_is_the_address_and_opens() -> None:
    """As in a container: its name is known to the other containers alone."""
    with LiveGateway(environment={"PAIRING_SIM_TOKEN": TOKEN}) as gateway:
        port = gateway.url.rsplit(":", 1)[1]
        there = {"Host": f"gateway:{port}"}
        assert told(gateway.url, **there) == f"http://gateway:{port}"
        sim = f"{gateway.url}/sim/v1/public-url"
        assert requests.get(sim, headers=there, timeout=10).status_code == 401
        answer = requests.get(sim, headers={**there, "Authorization": f"Bearer {TOKEN}"}, timeout=10)
        assert answer.json() == {"public_url": f"http://gateway:{port}", "fixed": False}


def test_a_forwarded_address_counts_from_a_trusted_proxy_alone(gateway: LiveGateway) -> None:
    forwarded = {"X-Forwarded-Host": "10.1.2.3:8443", "X-Forwarded-Proto": "https"}
    assert told(gateway.url, **forwarded) == gateway.url
    with LiveGateway(environment={"PAIRING_TRUSTED_PROXIES": "1"}) as trusting:
        assert told(trusting.url, **forwarded) == "https://10.1.2.3:8443"


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_control_plane_sets_the_address_on_every_worker_until_the_reset(workers: int) -> None:
    url = "http://192.168.1.5:32768/pairing"
    with LiveGateway(workers=workers) as gateway:
        control = gateway.control
        control.journal.begin()
        assert control.set_public_url(f"{url}/") == url
        assert {told(gateway.url) for _ in range(8)} == {url}
        assert control.journal.wait_for(name="the public URL was set")["body"] == {"url": url}
        assert handshake(gateway.url, "http://192.168.1.5:32768")
        assert control.set_public_url(None) == gateway.url
        control.set_public_url(url)
        control.reset()
        assert {told(gateway.url) for _ in range(8)} == {gateway.url}


@pytest.mark.parametrize("wrong", ["nonsense", "ftp://a.example", "http://a.example/?q=1", "http://a b/", ""])
def test_an_address_that_is_none_is_refused(gateway: LiveGateway, wrong: str) -> None:
    with pytest.raises(ControlRefused) as refused:
        gateway.control.set_public_url(wrong)
    assert refused.value.status == 422
    assert refused.value.body["errors"][0]["rule"] == "address_form"


def test_the_setting_is_the_address_for_every_caller() -> None:
    with LiveGateway(environment={"PAIRING_PUBLIC_URL": "https://login.example/"}) as gateway:
        here = gateway.ready["listening"]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", here)
        assert gateway.url == gateway.ready["public_url"] == "https://login.example"
        assert told(here, Host="10.0.0.1") == "https://login.example"


def test_without_the_simulation_the_address_is_one_of_this_machine() -> None:
    with LiveGateway(sim=False, seed="") as gateway:
        port = gateway.url.rsplit(":", 1)[1]
        assert told(gateway.url, Host=f"127.0.0.2:{port}") == f"http://127.0.0.2:{port}"
        assert told(gateway.url, Host=f"203.0.113.7:{port}") == gateway.url
        assert told(gateway.url, Host="evil.example") == gateway.url


@pytest.mark.parametrize(
    ("settings", "url", "listening"),
    [
        ({}, "http://127.0.0.1:80", "http://127.0.0.1:80"),
        ({"host": "0.0.0.0"}, "http://127.0.0.1:80", "http://0.0.0.0:80"),  # noqa: S104
        ({"host": "::"}, "http://[::1]:80", "http://[::]:80"),
        ({"host": "10.0.0.9"}, "http://10.0.0.9:80", "http://10.0.0.9:80"),
        ({"host": "0.0.0.0", "public_url": "https://a.example"}, "https://a.example", "http://0.0.0.0:80"),  # noqa: S104
    ],
)
def test_the_addresses_of_a_listener(settings: dict[str, str], url: str, listening: str) -> None:
    """Not started: no test listens beyond this machine."""
    found = Addresses.of(Settings(**settings), 80)  # type: ignore[arg-type]
    assert (found.url, found.listening) == (url, listening)


def test_the_ready_line_tells_the_addresses_apart(live_gateway: LiveGateway) -> None:
    ready = live_gateway.ready
    assert ready["url"] == ready["listening"] == ready["public_url"]
    assert json.dumps(ready).startswith('{"url": "http://127.0.0.1:')


def test_the_document_describes_the_calls(gateway: LiveGateway) -> None:
    paths = Wire(gateway.url).call("GET", "/sim/v1/openapi.json").body["paths"]
    assert set(paths["/sim/v1/public-url"]) >= {"get", "put"}
