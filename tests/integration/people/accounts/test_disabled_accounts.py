"""An account that is disabled: everything it has under way ends, and nothing begins (SECURITY.md 7)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import ClientError
from scan_to_login.protocol import TicketState
from scan_to_login.testing import ControlRefused, LiveGateway, scan_to_login

Clients = Callable[..., Client]


def code(answer: requests.Response) -> str:
    return "ok" if answer.ok else str(answer.json()["code"])


def test_a_disabled_account_is_not_logged_in_between_confirm_and_claim(
    gateway: LiveGateway, phone: Phone, clients: Clients
) -> None:
    client = clients()
    phone.confirm(phone.scan(client.request_ticket().qr))
    client.wait_for(TicketState.CONFIRMED)
    gateway.control.hall.disable("agent")
    with pytest.raises(ClientError) as refused:
        client.claim()
    assert refused.value.code == "ticket_rejected"


def test_a_waiting_client_gets_the_push(gateway: LiveGateway, phone: Phone, clients: Clients) -> None:
    client = clients()
    phone.scan(client.request_ticket().qr)
    gateway.control.hall.disable("agent")
    with pytest.raises(ClientError) as ended:
        client.wait_for(TicketState.CONFIRMED, timeout=5)
    assert ended.value.code == "ticket_rejected"


def test_a_disabled_account_is_logged_out_on_every_channel(
    gateway: LiveGateway, outside: Any, phone: Phone, clients: Clients
) -> None:
    client = clients()
    scan_to_login(phone, client, "A", "Unit-2019")
    web = outside.token("agent", channel="web")
    gateway.control.hall.disable("agent")
    assert code(outside.get("/session", str(client.access_token))) == "unauthenticated"
    assert code(outside.get("/web/session", web)) == "unauthenticated"
    with pytest.raises(PhoneError) as refused:
        phone.whoami()
    assert refused.value.code == "unauthenticated"


def test_only_the_right_password_shows_that_the_account_is_disabled(gateway: LiveGateway, outside: Any) -> None:
    gateway.control.hall.disable("agent")
    gateway.control.hall.disable("agent")
    for channel in ("phone", "client", "web"):
        assert code(outside.login("agent", channel=channel)) == "account_disabled"
    assert code(outside.login("agent", "Wrong-1234")) == "invalid_credentials"
    exported = gateway.control.export_seed()["accounts"]
    assert [account["login_name"] for account in exported if account["disabled"]] == ["agent"]
    gateway.control.hall.enable("agent")
    phone = outside.token("agent")
    steps = [event["action"] for event in outside.get("/account/events", phone).json()["events"]]
    assert steps.count("account.disable") == 2
    assert steps.count("account.enable") == 1
    devices = outside.get("/app/devices", phone).json()["devices"]
    assert [device["revoked_at"] is None for device in devices] == [True]


def test_disabling_an_account_during_a_login_leaves_no_session(gateway: LiveGateway, outside: Any) -> None:
    with ThreadPoolExecutor(5) as pool:
        logins = [pool.submit(outside.login, "agent") for _ in range(4)]
        pool.submit(gateway.control.hall.disable, "agent").result()
        answers = [login.result() for login in logins]
    for token in [answer.json()["access_token"] for answer in answers if answer.ok]:
        assert code(outside.get("/app/session", token)) == "unauthenticated"


def test_an_account_that_there_is_not(gateway: LiveGateway) -> None:
    with pytest.raises(ControlRefused) as refused:
        gateway.control.hall.disable("nobody/at all")
    assert refused.value.code == "not_found"


def test_without_the_simulation_the_route_does_not_exist() -> None:
    with LiveGateway(sim=False) as plain:
        answer = requests.put(f"{plain.url}/sim/v1/hall/accounts/agent", json={"disabled": True}, timeout=10)
        assert answer.status_code == 404
