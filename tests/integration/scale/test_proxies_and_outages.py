"""The database is away: both documented proxies still bring scan and confirm to the gateways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import pytest
import requests

from app_simulator.phone import Phone
from client_stub.client import Client
from gateway.server.redis.private import PrivateRedis
from scan_to_login.testing.live import LiveGateway
from tests.integration.scale.postgres import Postgres
from tests.integration.scale.proxies import Haproxy, Nginx, find_haproxy, find_nginx
from tests.integration.scale.servers import free_ports, until

pytestmark = pytest.mark.slow
Proxy = Nginx | Haproxy


class Stack:
    """Two gateways on one Redis and one PostgreSQL, whose database a test can close, and a proxy in front."""

    def __init__(self, proxy: Proxy, gateways: list[LiveGateway], server: Postgres) -> None:
        self.proxy = proxy
        self.gateways = gateways
        self._server = server

    def close_database(self) -> None:
        """Refuse new connections, and end the present ones."""
        with self._server.connect() as connection:
            connection.execute("ALTER DATABASE shared WITH ALLOW_CONNECTIONS false")
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shared'")

    def open_database(self) -> None:
        """As before."""
        with self._server.connect() as connection:
            connection.execute("ALTER DATABASE shared WITH ALLOW_CONNECTIONS true")


@pytest.fixture(params=["nginx", "haproxy"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Everything is started for the test and ended after it."""
    if (find_nginx if request.param == "nginx" else find_haproxy)() is None:
        pytest.skip(f"{request.param} is not installed here: its configuration is checked by reading alone")
    folder = tmp_path_factory.mktemp(request.param)
    redis = PrivateRedis(folder / "redis")
    redis.start()
    server = Postgres()
    ports = free_ports(2)
    proxy: Proxy = Nginx(folder, ports) if request.param == "nginx" else Haproxy(folder, ports)
    environment = {
        "PAIRING_REDIS_URL": redis.url,
        "PAIRING_DATABASE_URL": server.new_database("shared"),
        "PAIRING_SERVER_KEY": "one key for both, of thirty-two bytes and more",
        "PAIRING_PUBLIC_URL": proxy.url,
        "PAIRING_TRUSTED_PROXIES": "1",
    }
    gateways = [LiveGateway(port=port, environment=environment).start() for port in ports]
    yield Stack(proxy, gateways, server)
    proxy.stop()
    for gateway in gateways:
        gateway.stop()
    server.stop()
    redis.stop()


def _ready(address: str) -> bool:
    return requests.get(f"{address}/readyz", timeout=10).ok


def _checked(gateway: LiveGateway) -> float:
    """The number of probes of readiness with a positive answer."""
    text = requests.get(f"{gateway.url}/metrics", timeout=10).text
    found = re.findall(r'^pairing_requests_total\{route="operations\.readyz",status="200"\} ([0-9.]+)', text, re.M)
    return sum(float(number) for number in found)


def test_scan_and_confirm_go_through_the_proxy_while_the_database_is_away(stack: Stack) -> None:
    """`/readyz` is 503 and names it, `/readyz?for=scan` is 200; with the database the claim goes through."""
    url, local = stack.proxy.url, [f"http://127.0.0.1:{gateway._port}" for gateway in stack.gateways]
    for gateway, address in zip(stack.gateways, local, strict=True):
        gateway.ready["url"] = address  # its own; its public one is the proxy's
    if isinstance(stack.proxy, Haproxy):
        proxy = stack.proxy
        until("both are up", lambda: set(proxy.states().values()) == {"UP"})
    with Client(url) as client, Phone(url) as phone:
        phone.login("agent", "Demo-2019")
        stack.close_database()
        for address in local:
            answer = requests.get(f"{address}/readyz", timeout=10)
            assert answer.status_code == 503
            assert "database" in answer.json()["missing"]
            assert answer.json()["parts"]["database"] != "ok"
            assert requests.get(f"{address}/readyz?for=scan", timeout=10).status_code == 200
        if isinstance(stack.proxy, Haproxy):
            before = [_checked(gateway) for gateway in stack.gateways]
            until(
                "HAProxy has asked again and again",
                lambda: all(_checked(one) >= was + 4 for one, was in zip(stack.gateways, before, strict=True)),
            )
            assert stack.proxy.states() == {"one": "UP", "two": "UP"}
        ticket = client.request_ticket()
        phone.confirm(phone.scan(ticket.qr), wait=False)
        client.wait_for("confirmed", 20)
        assert requests.get(f"{local[0]}/readyz", timeout=10).status_code == 503
        stack.open_database()
        for address in local:
            until("it is ready again", partial(_ready, address))
        assert client.claim().account.login_name == "agent"
