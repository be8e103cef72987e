"""The documented proxies: nginx runs for real in front of two gateways that share Redis and database."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from app_simulator.phone import Phone
from client_stub.client import Client
from gateway.server.redis.private import PrivateRedis
from scan_to_login.testing.live import LiveGateway
from tests.integration.scale.logins import Logins
from tests.integration.scale.proxies import DOCUMENTED, Haproxy, Nginx, find_haproxy, find_nginx
from tests.integration.scale.servers import HOST, free_ports

Stack = tuple[Nginx, list[LiveGateway]]
# A command that runs another with the limit of open files that most systems give a service or a shell.
USUAL_LIMIT = [
    sys.executable,
    "-c",
    (
        "import os, resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024)); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    ),
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """nginx, and behind it two gateways as on two machines: own folders, one Redis, one database, one server key."""
    if find_nginx() is None:
        pytest.skip("nginx is not installed here: its configuration is checked by reading alone")
    folder = tmp_path_factory.mktemp("nginx")
    redis = PrivateRedis(folder / "redis")
    redis.start()
    ports = free_ports(2)
    nginx = Nginx(folder, ports)
    environment = {
        "PAIRING_REDIS_URL": redis.url,
        "PAIRING_DATABASE_URL": f"sqlite:///{folder / 'shared.sqlite3'}",
        "PAIRING_SERVER_KEY": "one key for both, of thirty-two bytes and more",
        "PAIRING_PUBLIC_URL": nginx.url,
        "PAIRING_TRUSTED_PROXIES": "1",
    }
    gateways = [LiveGateway(port=port, environment=environment).start() for port in ports]
    yield nginx, gateways
    for gateway in gateways:
        gateway.stop()
    nginx.stop()
    redis.stop()


@pytest.mark.slow
def test_logins_go_through_nginx_and_do_not_mind_which_machine_serves_them(stack: Stack) -> None:
    """WebSockets, long polls and REST; the number of each is above that of the machines."""
    for transport in ("websocket", "poll"):
        logins = Logins(stack[0].url, threads=2, phones=2, transport=transport)
        logins.start()
        logins.wait_for(4)
        logins.stop()
        assert logins.lost == []
        assert logins.violations(healed_at=0) == []


@pytest.mark.slow
def test_a_forged_forwarding_header_is_not_believed(stack: Stack) -> None:
    """The phone is shown the address that nginx saw."""
    url = stack[0].url
    ticket = requests.post(
        f"{url}/api/v1/tickets",
        json={"client": {"name": "test", "version": "1", "device": "here"}},
        headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "X-Real-IP": "203.0.113.9"},
        timeout=5,
    ).json()
    assert ticket["qr"].startswith(url)
    with Phone(url) as phone:
        phone.login("agent", "Demo-2019")
        assert phone.scan(ticket["qr"]).address == HOST


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/sim/v1/clock", "/sim/v1/reset"])
def test_operators_routes_are_not_reachable_from_outside(stack: Stack, path: str) -> None:
    """nginx answers itself."""
    assert requests.get(f"{stack[0].url}{path}", timeout=5).status_code == 404


@pytest.mark.slow
def test_a_client_moves_to_the_other_machine_when_its_own_goes(stack: Stack) -> None:
    """Its ticket is where it was, and so is its login."""
    nginx, gateways = stack
    with Client(nginx.url) as client, Phone(nginx.url) as phone:
        phone.login("agent", "Demo-2019")
        ticket = client.request_ticket()
        gateways[0].stop()
        page = phone.scan(ticket.qr)
        phone.confirm(page)
        client.wait_for("confirmed", 15)
        assert client.claim().account.login_name == "agent"


def test_the_documented_configurations_keep_what_the_gateway_relies_on() -> None:
    """Read, not run: this is checked where neither proxy is installed, too."""
    nginx = re.sub(r"#.*", "", (DOCUMENTED / "nginx.conf").read_text("utf-8"))
    assert nginx.count("{") == nginx.count("}")
    for needed in (
        "proxy_http_version 1.1;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header Upgrade $http_upgrade;",
        "proxy_buffering off;",
        "location /sim/ { return 404; }",
    ):
        assert needed in nginx
    assert "non_idempotent" not in nginx
    assert "proxy_add_x_forwarded_for" not in nginx
    seconds = re.search(r"proxy_read_timeout (\d+)s;", nginx)
    assert seconds
    assert int(seconds[1]) > 60
    haproxy = (DOCUMENTED / "haproxy.cfg").read_text("utf-8")
    assert "http-request set-header X-Forwarded-For %[src]" in haproxy
    assert "retry-on conn-failure\n" in haproxy
    assert "option httpchk GET /readyz?for=scan\n" in haproxy


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Nginx, Haproxy])
def test_a_proxy_starts_at_the_usual_limit_of_open_files(kind: type[Nginx | Haproxy], tmp_path: Path) -> None:
    """It listens; a number of connections that the limit does not allow would end it."""
    if (find_nginx if kind is Nginx else find_haproxy)() is None:
        pytest.skip(f"{kind.__name__.lower()} is not installed here")
    proxy = kind(tmp_path, free_ports(2), before=USUAL_LIMIT)
    try:
        assert requests.get(proxy.url, timeout=30).status_code in (502, 503)  # there is no gateway behind it
    finally:
        proxy.stop()


@pytest.mark.skipif(shutil.which("haproxy") is None, reason="haproxy is not installed here: read alone")
def test_haproxy_takes_its_configuration(tmp_path: Path) -> None:
    """By its own check."""
    import subprocess

    from gateway.demo.lan import make_certificate

    certificate, key = make_certificate(tmp_path, HOST)
    pem = tmp_path / "both.pem"
    pem.write_text(Path(certificate).read_text() + Path(key).read_text())
    text = (DOCUMENTED / "haproxy.cfg").read_text("utf-8").replace("/etc/ssl/login.example.com.pem", str(pem))
    (tmp_path / "haproxy.cfg").write_text(text)
    done = subprocess.run(
        ["haproxy", "-c", "-f", str(tmp_path / "haproxy.cfg")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
