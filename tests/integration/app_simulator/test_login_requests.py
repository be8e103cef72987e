"""A client asks this phone for a login, without a QR: by both classes, both command lines, and a persona."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import ClientError
from scan_to_login.testing.live import LiveGateway, isolated_environment

PASSWORD = "Demo-2019"


@pytest.mark.parametrize("transport", ["websocket", "poll"])
def test_both_classes(gateway: LiveGateway, transport: Any) -> None:
    with Phone(gateway.url) as phone, Client(gateway.url, device="PC-7", transport=transport) as client:
        phone.login("agent", PASSWORD)
        found: list[Any] = []
        waiting = threading.Thread(target=lambda: found.extend(phone.login_requests(wait=20)))
        waiting.start()
        ticket = client.request_ticket(target="agent")
        assert ticket.qr == ""
        waiting.join(10)
        assert [(one.ticket_id, one.client_device) for one in found] == [(ticket.ticket_id, "PC-7")]
        page = phone.open_request(found[0])
        number = client.wait_for("scanned").number
        assert page.number is None
        with pytest.raises(PhoneError, match="number_mismatch"):
            phone.confirm(page, number=f"{(int(number or 0) + 1) % 100:02}")
        gateway.control.clock.advance(seconds=30)
        phone.confirm(page, number=number)
        assert client.claim().account.login_name == "agent"


def test_a_refreshed_ticket_asks_the_same_account(gateway: LiveGateway) -> None:
    with Phone(gateway.url) as phone, Client(gateway.url) as client:
        phone.login("agent", PASSWORD)
        first = client.request_ticket(target="agent")
        second = client.refresh()
        assert [one.ticket_id for one in phone.login_requests(since=first.ticket_id, wait=20)] == [second.ticket_id]
        with pytest.raises(PhoneError) as refused:
            phone.open_request(first.ticket_id)
        assert refused.value.code == "ticket_cancelled"
        with Client(gateway.url) as other, pytest.raises(ClientError, match="too_many_tickets"):
            other.request_ticket(target="agent")


def test_a_phone_that_is_asked_too_often_blocks_requests(gateway: LiveGateway) -> None:
    with Phone(gateway.url) as phone, Client(gateway.url) as client:
        phone.login("agent", PASSWORD)
        phone.reject(phone.open_request(client.request_ticket(target="agent").ticket_id))
        until = phone.block_requests(10)
        assert until > gateway.control.clock.now_ms
        ticket = client.request_ticket(target="agent")
        assert phone.login_requests() == []
        phone.unblock_requests()
        client.cancel()
        assert client.request_ticket(target="agent").ticket_id != ticket.ticket_id
        assert len(phone.login_requests()) == 1


@pytest.mark.parametrize(("persona", "state"), [("approves", "confirmed"), ("rejects", "rejected")])
def test_personas_act_on_a_watched_client_that_asks_them(gateway: LiveGateway, persona: str, state: str) -> None:
    control = gateway.control
    phone = control.phones.make(persona=persona)
    client = control.clients.make(target="agent")
    assert client.show().qr is None
    phone.watch(client)
    if state == "rejected":
        assert phone.deeds(wait=20).deeds[0].did == "rejected"
        assert client.show().state == "rejected"
    else:
        assert client.wait_for(state, 20).state == state
        assert client.claim().account.login_name == "agent"


def test_a_phone_of_the_control_plane_opens_the_newest(gateway: LiveGateway) -> None:
    phone = gateway.control.phones.make("agent", PASSWORD)
    client = gateway.control.clients.make(ticket=False)
    shown = client.request_ticket(target="agent")
    assert [one.ticket_id for one in phone.requests(wait=20)] == [shown.ticket_id]
    assert phone.open_request().ticket_id == shown.ticket_id
    phone.confirm(number=client.wait_for("scanned").number)
    assert client.wait_for("confirmed").state == "confirmed"


def test_a_remembered_computer_by_both_classes(gateway: LiveGateway) -> None:
    with Phone(gateway.url) as phone, Client(gateway.url, device="PC-7") as client:
        phone.login("agent", PASSWORD)
        phone.confirm(phone.scan(client.request_ticket().qr))
        client.wait_for("confirmed")
        token = client.claim(remember=True).remembered
        [computer] = phone.remembered_computers()
        assert computer.device_name == "PC-7"
        assert client.request_ticket(remembered=token).qr == ""
        gateway.control.clock.advance(seconds=30)
        phone.confirm(phone.open_request(phone.login_requests()[0]), number=client.wait_for("scanned").number)
        client.wait_for("confirmed")
        assert client.claim(remember=True).remembered not in (None, token)
        phone.forget_computer(computer.remembered_id)
        assert phone.remembered_computers() == []
        with pytest.raises(ClientError, match="remembered_invalid"):
            client.request_ticket(remembered=token)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_command_lines(gateway: LiveGateway, tmp_path: Path, language: str) -> None:
    environment = {**isolated_environment(), "PAIRING_STATE_DIR": str(tmp_path), "SCAN_TO_LOGIN_LANGUAGE": language}
    environment["LANG"] = "zh_CN.UTF-8" if language == "zh" else "C.UTF-8"

    def phone(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app_simulator", *arguments]
        return subprocess.run(command, env=environment, text=True, capture_output=True, timeout=60, check=False)

    assert phone("login", "--gateway", gateway.url, "--identifier", "agent", "--password", PASSWORD).returncode == 0
    assert json.loads(phone("requests", "--json").stdout) == {"requests": []}
    refused = phone("requests", "--open", "newest", "--confirm")
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert phone("requests", "--confirm").returncode == 2
    login = ["login", "--gateway", gateway.url, "--target", "agent", "--json", "--unit", "A"]
    client = subprocess.Popen(
        [sys.executable, "-m", "client_stub", *login, "--declaration-password", "Unit-2019"],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
    )
    assert client.stdout is not None
    first = json.loads(client.stdout.readline())
    assert (first["state"], "qr" in first) == ("pending", False)
    listed = json.loads(phone("requests", "--wait", "20", "--json").stdout)["requests"]
    assert [one["ticket_id"] for one in listed] == [first["ticket_id"]]
    wrong = phone("requests", "--open", "newest", "--confirm", "--json")
    assert json.loads(wrong.stdout)["error"]["code"] == "number_required"
    scanned = json.loads(client.stdout.readline())
    done = phone("requests", "--open", first["ticket_id"], "--confirm", "--number", scanned["number"])
    assert done.returncode == 0, done.stderr
    assert client.wait(30) == os.EX_OK
    client.stdout.close()
    assert "2" in phone("requests", "--block", "2").stdout
    kept = tmp_path / "token"
    remembering = ["--remember", str(kept), "--unit", "A", "--declaration-password", "Unit-2019", "--json"]
    for by_qr in (True, False):
        gateway.control.clock.advance(seconds=60)
        phone("requests", "--block", "0")
        client = subprocess.Popen(
            [sys.executable, "-m", "client_stub", "login", "--gateway", gateway.url, *remembering],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
        )
        assert client.stdout is not None
        first = json.loads(client.stdout.readline())
        assert ("qr" in first) is by_qr
        if by_qr:
            assert phone("scan", first["qr"], "--confirm").returncode == 0
        else:
            opened = subprocess.Popen(
                [sys.executable, "-m", "app_simulator", "requests", "--open", first["ticket_id"], "--confirm"],
                env=environment,
                stdin=subprocess.DEVNULL,
            )
            number = json.loads(client.stdout.readline())["number"]
            opened.wait(30)
            done = phone("requests", "--open", first["ticket_id"], "--confirm", "--number", number)
            assert done.returncode == 0, done.stderr
        client.communicate(timeout=30)
        assert client.returncode == os.EX_OK
        assert kept.stat().st_mode & 0o777 == 0o600
    [computer] = json.loads(phone("computers", "--json").stdout)["computers"]
    assert phone("computers", "--forget", computer["remembered_id"]).returncode == 0
    assert phone("computers").stdout.strip()
    assert phone("requests", "--block", "0").returncode == 0
