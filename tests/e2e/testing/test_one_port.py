"""Phones and clients at the gateway's own port: `/sim/v1/phones` and `/sim/v1/clients`."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from scan_to_login.actor_wire.calls import MOST_ACTORS
from scan_to_login.actor_wire.clients import CLIENT_CALLS
from scan_to_login.actor_wire.phones import PHONE_CALLS
from scan_to_login.testing import LiveGateway
from tests.integration.wire import eventually

TOKEN = "of-this-test"


class OnePort:
    """Calls to a gateway's control plane, each over a connection of its own, so that any worker may answer."""

    def __init__(self, gateway: LiveGateway, token: str = "") -> None:
        self.url = f"{gateway.url}/sim/v1"
        self.headers = {"Connection": "close", **({"Authorization": f"Bearer {token}"} if token else {})}

    def call(self, method: str, path: str, expect: int = 200, body: Any = None, **options: Any) -> Any:
        """One call, which must be answered with ``expect``."""
        headers = {**self.headers, **options.pop("headers", {})}
        answer = requests.request(method, f"{self.url}{path}", json=body, timeout=60, headers=headers, **options)
        assert answer.status_code == expect, answer.text
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.content


@pytest.fixture
def port(gateway: LiveGateway) -> OnePort:
    """The shared gateway's."""
    return OnePort(gateway)


def log_in(port: OnePort) -> None:
    """A whole login by both sides, over pictures."""
    client = port.call("POST", "/clients", 201, {"name": "mine"})
    phone = port.call("POST", "/phones", 201, {"identifier": "agent", "password": "Demo-2019"})
    at, to = f"/phones/{phone['phone_id']}", f"/clients/{client['client_id']}"
    image = port.call("GET", f"{to}/qr.png")
    page = port.call("POST", f"{at}/scan", data=image, headers={"Content-Type": "image/png"})
    assert page["client_name"] == "mine"
    assert port.call("GET", f"{to}/state", params={"is": "scanned", "wait": 5})["number"] == page["number"]
    assert port.call("POST", f"{at}/confirm")["state"] == "confirmed"
    port.call("GET", f"{to}/state", params={"is": "confirmed", "wait": 5})
    port.call("POST", f"{to}/claim")
    wish = {"unit": "A", "declaration_password": "Unit-2019"}
    assert port.call("POST", f"{to}/verification", body=wish)["stage"] == "unit_verified"


def test_a_whole_login_at_one_port(port: OnePort) -> None:
    log_in(port)


def test_a_persona_watches_a_client_of_the_same_server(port: OnePort) -> None:
    client = port.call("POST", "/clients", 201, {"ticket": False})
    phone = port.call("POST", "/phones", 201, {"persona": "rejects"})
    at, to = f"/phones/{phone['phone_id']}", f"/clients/{client['client_id']}"
    port.call("POST", f"{at}/watch", 404, {"client_id": "none"})
    port.call("POST", f"{at}/watch", 202, {"client_id": client["client_id"]})
    port.call("POST", f"{to}/ticket", 201)
    actions = port.call("GET", f"{at}/deeds", params={"wait": 10})["deeds"]
    assert [action["did"] for action in actions] == ["rejected"]
    refused = port.call("GET", f"{to}/state", 410, params={"is": "confirmed", "wait": 5})
    assert refused["code"] == "ticket_rejected"


def test_a_reset_removes_phones_and_clients(gateway: LiveGateway, port: OnePort) -> None:
    phone = port.call("POST", "/phones", 201, {})
    port.call("POST", "/clients", 201)
    port.call("POST", "/reset", 204)
    assert port.call("GET", "/phones") == {"phones": []}
    assert port.call("GET", "/clients") == {"clients": []}
    assert port.call("GET", f"/phones/{phone['phone_id']}", 404)["code"] == "not_found"


def test_there_is_a_limit(port: OnePort) -> None:
    for _ in range(MOST_ACTORS):
        port.call("POST", "/phones", 201, {})
    assert port.call("POST", "/phones", 429, {})["code"] == "too_many_actors"
    port.call("DELETE", "/phones", 204)
    port.call("POST", "/phones", 201, {})


def test_a_large_picture_is_taken_and_a_larger_one_refused(port: OnePort) -> None:
    at = f"/phones/{port.call('POST', '/phones', 201, {})['phone_id']}"
    picture = {"Content-Type": "image/png"}
    assert port.call("POST", f"{at}/scan", 422, data=b"x" * 1_000_000, headers=picture)["code"] == "qr_not_an_image"
    assert port.call("POST", f"{at}/scan", 413, data=b"x" * 9_000_000, headers=picture)["code"] == "body_too_large"
    assert port.call("POST", f"{at}/confirm", 413, data=b"x" * 200_000)["code"] == "body_too_large"


def test_refusals_are_those_of_the_actors_own_servers(port: OnePort) -> None:
    assert port.call("POST", "/phones", 422, {"persona": "nice"})["code"] == "invalid_request"
    assert port.call("POST", "/phones", 400, data=b"{")["code"] == "malformed_request"
    assert port.call("GET", "/phones/none", 404)["code"] == "not_found"
    assert port.call("PUT", "/phones", 405)["code"] == "method_not_allowed"
    assert port.call("GET", "/clients/none/nothing", 404)["code"] == "not_found"
    phone = port.call("POST", "/phones", 201, {})
    foreign = {"payload": "http://127.0.0.1:9/q/AAAAAAAAAAAAAAAAAAAAAA"}
    refused = port.call("POST", f"/phones/{phone['phone_id']}/scan", 422, foreign)
    assert refused["code"] == "qr_foreign_origin"


def test_every_call_is_in_the_openapi_document(port: OnePort) -> None:
    paths = port.call("GET", "/openapi.json")["paths"]
    for call in (*PHONE_CALLS, *CLIENT_CALLS):
        shown = "/sim/v1" + call.rule.replace("<", "{").replace(">", "}")
        assert paths[shown][call.method.lower()]["operationId"] == call.name


@pytest.fixture(scope="module")
def several() -> Iterator[LiveGateway]:
    """Two workers, a token, and a public address that is not the gateway's own."""
    environment = {"PAIRING_SIM_TOKEN": TOKEN, "PAIRING_PUBLIC_URL": "https://login.example"}
    with LiveGateway(workers=2, environment=environment) as gateway:
        # Its public address does not exist here.
        gateway.ready["url"] = _listening(gateway)
        yield gateway


@pytest.mark.slow
def test_whichever_worker_is_asked(several: LiveGateway) -> None:
    port = OnePort(several, TOKEN)
    for _ in range(3):
        log_in(port)


@pytest.mark.slow
def test_only_with_the_token(several: LiveGateway) -> None:
    for path in ("/phones", "/clients"):
        assert OnePort(several).call("GET", path, 401)["code"] == "unauthenticated"


@pytest.mark.slow
def test_killed_and_replaced_workers_leave_them_alone(several: LiveGateway) -> None:
    port = OnePort(several, TOKEN)
    phone = port.call("POST", "/phones", 201, {"persona": "approves"})
    before = _workers(several)
    os.kill(before[0], signal.SIGKILL)
    eventually(lambda: before[0] not in _workers(several))
    os.kill(several.pid, signal.SIGHUP)
    eventually(lambda: not set(before) & set(_workers(several)))
    shown = eventually(lambda: port.call("GET", f"/phones/{phone['phone_id']}"))
    assert shown["account"]["login_name"] == "agent"


@pytest.mark.slow
def test_a_killed_process_is_followed_by_another(several: LiveGateway) -> None:
    port = OnePort(several, TOKEN)
    port.call("POST", "/phones", 201, {})
    marker = several.data_dir / "gateway.actors.pid"
    pid = int(marker.read_text("ascii"))
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not marker.exists() or int(marker.read_text("ascii") or pid) != pid)
    assert port.call("GET", "/phones") == {"phones": []}
    log_in(port)


@pytest.mark.slow
def test_a_call_that_waits_when_the_process_ends_is_answered_by_the_next(several: LiveGateway) -> None:
    port = OnePort(several, TOKEN)
    port.call("POST", "/phones", 201, {})
    address = several.data_dir / "gateway.actors"
    pid = int(Path(f"{address}.pid").read_text("ascii"))
    os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(port.call, "GET", "/phones")
        eventually(lambda: _unaccepted(address))  # it has nobody to answer it
        os.kill(pid, signal.SIGKILL)
        assert waiting.result() == {"phones": []}


@pytest.mark.slow
def test_the_process_starts_with_the_first_call_and_ends_with_the_gateway(tmp_path: Path) -> None:
    with LiveGateway(data_dir=tmp_path) as gateway:
        gateway.reset()
        marker = tmp_path / "gateway.actors.pid"
        assert not marker.exists()
        OnePort(gateway).call("POST", "/phones", 201, {})
        pid = int(marker.read_text("ascii"))
        os.kill(gateway.pid, signal.SIGKILL)
        eventually(lambda: not Path(f"/proc/{pid}").exists())


def _unaccepted(address: Path) -> int:
    """The connections at a Unix socket that wait for somebody to accept them (state 02 is "connecting")."""
    sockets = (line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:])
    return sum(each[5] == "02" and each[-1] == str(address) for each in sockets)


def _listening(gateway: LiveGateway) -> str:
    """Its port on this machine, from its socket: its ready object has its public address."""
    inodes = set()
    for descriptor in Path(f"/proc/{gateway.pid}/fd").iterdir():
        target = str(descriptor.readlink())
        if target.startswith("socket:"):
            inodes.add(target[8:-1])
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        fields = line.split()
        if fields[9] in inodes and fields[3] == "0A":
            return f"http://127.0.0.1:{int(fields[1].split(':')[1], 16)}"
    raise AssertionError("the gateway listens nowhere")


def _workers(gateway: LiveGateway) -> list[int]:
    workers: list[int] = json.loads((gateway.data_dir.parent / "ready.json").read_text("utf-8"))["workers"]
    return workers
