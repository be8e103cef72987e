"""Checks from a machine with an address in a network; ``test_in_a_network`` runs them in a separate network.

``python -m tests.integration.control.network_visits NAME`` ends with 0 if everything was as it must be.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import requests
import websocket

from app_simulator.phone import Phone
from client_stub.client import Client
from scan_to_login.testing import LiveGateway, scan_to_login
from tests.integration.network import ADDRESS
from tests.integration.wire import CLIENT

TOKEN = "of-this-network"
EVERYWHERE = {"PAIRING_HOST": "0.0.0.0"}  # noqa: S104 - in a network of its own
LAN_PORT = 8443


def port_of(gateway: LiveGateway) -> str:
    return gateway.url.rpartition(":")[2]


def handshake(url: str, origin: str, **options: object) -> bool:
    """True if a page of ``origin`` may open a WebSocket."""
    address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    try:
        websocket.create_connection(address, timeout=10, origin=origin, **options).close()
    except websocket.WebSocketBadStatusException:
        return False
    return True


def everywhere() -> None:
    """Phones, clients and pages at the machine's address; the control plane by its token."""
    with LiveGateway(environment={**EVERYWHERE, "PAIRING_SIM_TOKEN": TOKEN}) as gateway:
        seen = f"http://{ADDRESS}:{port_of(gateway)}"
        assert gateway.ready["listening"] == f"http://0.0.0.0:{port_of(gateway)}", gateway.ready
        assert gateway.ready["public_url"] == seen, gateway.ready
        os.environ["PAIRING_SIM_TOKEN"] = TOKEN
        with Phone(seen) as phone, Client(seen) as client:
            phone.login("agent", gateway.password_of("agent"))
            assert client.request_ticket().qr.startswith(f"{seen}/q/")
            # The unit's alias is the control plane's.
            assert scan_to_login(phone, client, "A", "Unit-2019").stage == "unit_verified"
        assert handshake(seen, seen)
        assert handshake(gateway.url, gateway.url)
        assert not handshake(seen, "http://192.168.77.6:8080")
        assert f"{seen}&quot;" in requests.get(f"{seen}/app/", timeout=10).text


def without_a_token() -> None:
    """Without a token the control plane answers loopback addresses alone."""
    with LiveGateway(environment=EVERYWHERE) as gateway:
        clock = f":{port_of(gateway)}/sim/v1/clock"
        assert requests.get(f"http://127.0.0.1{clock}", timeout=10).status_code == 200
        assert requests.get(f"http://127.0.0.2{clock}", timeout=10).status_code == 200
        refused = requests.get(f"http://{ADDRESS}{clock}", timeout=10)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert "PAIRING_SIM_TOKEN" in refused.json()["detail"]


def without_the_simulation() -> None:
    """A real gateway tells the address of this machine that was called, and no other."""
    with LiveGateway(sim=False, seed="", environment=EVERYWHERE) as gateway:
        seen = f"http://{ADDRESS}:{port_of(gateway)}"
        for host, told in ((None, seen), ("203.0.113.7:80", gateway.url), ("evil.example", gateway.url)):
            headers = {"Host": host} if host else {}
            answer = requests.post(f"{seen}/api/v1/tickets", json={"client": CLIENT}, headers=headers, timeout=10)
            assert answer.json()["qr"].startswith(f"{told}/q/"), answer.text
        assert handshake(seen, seen)


def doctor() -> None:
    """``gateway doctor`` says what phones will see."""
    command = [sys.executable, "-m", "gateway", "doctor", "--port", "8080"]
    for options, said in (
        (("--host", "0.0.0.0"), f"the address that they call; in this network http://{ADDRESS}:8080"),  # noqa: S104
        ((), "only this machine reaches http://127.0.0.1:8080; for phones: --host 0.0.0.0, or PAIRING_PUBLIC_URL"),
    ):
        out = subprocess.run([*command, *options], capture_output=True, text=True, timeout=60, check=False).stdout
        assert said in out, out


@contextlib.contextmanager
def _demo() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running ``gateway demo --lan``, and its output."""
    command = [
        sys.executable,
        "-m",
        "gateway",
        "demo",
        "--lan",
        "--port",
        str(LAN_PORT),
        "--no-browser",
        "--lang",
        "en",
    ]
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        said = ""
        for line in demo.stdout:
            said += line
            if "^C stops everything" in line:
                break
        try:
            yield demo, said
        finally:
            demo.terminate()


def demo() -> None:
    """``gateway demo --lan`` plays its login over HTTPS at the machine's address, and stays up for phones."""
    seen = f"https://{ADDRESS}:{LAN_PORT}"
    with _demo() as (process, said):
        assert "unit_verified" in said, said + process.communicate(timeout=30)[1]
        assert f"open {seen}/app/" in said, said
        found = re.search(r"REQUESTS_CA_BUNDLE=(\S+)", said)
        assert found, said
        trusted = found[1]
        assert requests.get(f"{seen}/readyz", verify=trusted, timeout=10).status_code == 200
        assert requests.get(f"https://localhost:{LAN_PORT}/readyz", verify=trusted, timeout=10).status_code == 200
        # A phone reads its messages from the control plane.
        assert requests.get(f"{seen}/sim/v1/clock", verify=trusted, timeout=10).status_code == 200
        for name in (ADDRESS, "localhost"):
            page = f"https://{name}:{LAN_PORT}"
            assert handshake(page, page, sslopt={"ca_certs": trusted})
        plain = requests.get(seen.replace("https", "http"), timeout=10)
        assert plain.status_code == 400
        assert plain.text.startswith("This port speaks HTTPS: use https:// instead of http://.")
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        assert process.stderr is not None
        rest, errors = process.stdout.read(), process.stderr.read()
        assert process.wait(30) == 0, errors
        assert "nothing is left behind" in rest
        assert errors == ""


VISITS: dict[str, Callable[[], None]] = {
    visit.__name__: visit for visit in (everywhere, without_a_token, without_the_simulation, doctor, demo)
}

if __name__ == "__main__":
    VISITS[sys.argv[1]]()
