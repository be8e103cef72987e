"""QR login switched off at run time: each side is told, and an ordinary login does not notice the switch."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import ClientError
from client_stub.model import Availability
from scan_to_login.protocol import Code, TicketReason
from scan_to_login.testing import LiveGateway, scan_to_login
from scan_to_login.testing.control import ControlRefused
from tests.integration.wire import CLIENT

UNAVAILABLE = Code.LOGIN_UNAVAILABLE.value


@pytest.fixture
def phone(gateway: LiveGateway) -> Iterator[Phone]:
    with Phone(gateway.url) as phone:
        phone.login("agent", gateway.password_of("agent"))
        yield phone


@pytest.fixture
def client(gateway: LiveGateway) -> Iterator[Client]:
    with Client(gateway.url) as client:
        yield client


def availability(client: Client) -> queue.SimpleQueue[bool]:
    """The availability that the client is told from now on."""
    told: queue.SimpleQueue[bool] = queue.SimpleQueue()
    client.subscribe(lambda signal: told.put(signal.available) if isinstance(signal, Availability) else None)
    return told


def test_off_for_all_cancels_tells_and_refuses_until_it_is_on(
    gateway: LiveGateway, phone: Phone, client: Client
) -> None:
    """The gateway cancels a scanned ticket and an unscanned one, and pushes both changes to the waiting client."""
    told = availability(client)
    ticket = client.request_ticket()
    phone.scan(ticket.qr)
    client.wait_for("scanned", 10)
    with Client(gateway.url, transport="poll") as second:
        other = second.request_ticket()

        gateway.control.qr_login.off()

        for waiting in (client, second):
            with pytest.raises(ClientError) as ended:
                waiting.wait_for("confirmed", 10)
            assert ended.value.code == UNAVAILABLE
            assert waiting.state is not None
            assert (waiting.state.state, waiting.state.reason) == ("cancelled", TicketReason.LOGIN_UNAVAILABLE)
    assert told.get(timeout=10) is False
    for refused in (lambda: phone.scan(other.qr), lambda: phone.confirm(ticket.ticket_id)):
        with pytest.raises(PhoneError) as refusal:
            refused()
        assert (refusal.value.code, refusal.value.status) == (UNAVAILABLE, 403)
    with pytest.raises(ClientError) as no_ticket:
        client.request_ticket()
    assert no_ticket.value.code == UNAVAILABLE
    assert client.login("agent", gateway.password_of("agent")).next == "verify_unit"  # the password still opens

    gateway.control.qr_login.on()

    assert told.get(timeout=10) is True
    assert scan_to_login(phone, client, gateway.unit("A").taxpayer_id, "Unit-2019").stage == "unit_verified"


def test_off_for_one_client_leaves_the_others_alone(gateway: LiveGateway, phone: Phone, client: Client) -> None:
    with Client(gateway.url, name="Payroll") as payroll:
        told, told_other = availability(payroll), availability(client)
        payroll.request_ticket()
        ticket = client.request_ticket()
        with gateway.control.qr_login.off(clients=["Payroll"]):
            with pytest.raises(ClientError) as ended:
                payroll.wait_for("confirmed", 10)
            assert ended.value.code == UNAVAILABLE
            assert (told.get(timeout=10), told_other.get(timeout=10)) == (False, True)
            with pytest.raises(ClientError) as refused:
                payroll.request_ticket()
            assert refused.value.code == UNAVAILABLE
            phone.confirm(phone.scan(ticket.qr))
            client.wait_for("confirmed", 10)
        assert payroll.request_ticket().qr


def test_off_for_one_account_refuses_its_phones_alone(gateway: LiveGateway, phone: Phone, client: Client) -> None:
    """The ticket that it has confirmed is cancelled; another person may scan what it may not."""
    confirmed = client.request_ticket()
    phone.confirm(phone.scan(confirmed.qr))
    client.wait_for("confirmed", 10)
    with gateway.control.qr_login.off(accounts=[gateway.account("agent").phone]):
        with pytest.raises(ClientError) as ended:
            client.claim()
        assert ended.value.code in (UNAVAILABLE, Code.TICKET_CANCELLED)
        ticket = client.request_ticket()
        with pytest.raises(PhoneError) as refused:
            phone.scan(ticket.qr)
        assert refused.value.code == UNAVAILABLE
        assert client.state is not None
        assert client.state.state == "pending"
        with Phone(gateway.url) as second:
            second.login("single", gateway.password_of("single"))
            assert scan_to_login(second, client, gateway.unit("A").taxpayer_id, "Unit-2019").stage == "unit_verified"


def test_both_workers_and_a_reset(two_workers: LiveGateway) -> None:
    """Every connection is refused, whichever worker has it, until the reset."""

    def request() -> requests.Response:
        return requests.post(f"{two_workers.url}/api/v1/tickets", json={"client": CLIENT}, timeout=10)

    two_workers.control.qr_login.off()
    for _ in range(8):
        answer = request()
        assert (answer.status_code, answer.json()["code"]) == (403, UNAVAILABLE)
    two_workers.reset()
    for _ in range(8):
        assert request().status_code == 201


@pytest.mark.parametrize("body", [{"off_for_accounts": ["nobody"]}, {"off_for_all": 1}, {"off_for_clients": [""]}])
def test_what_nobody_can_mean_is_refused(gateway: LiveGateway, body: dict[str, Any]) -> None:
    with pytest.raises(ControlRefused) as refused:
        gateway.control.call("PUT", "/qr-login", body=body)
    assert refused.value.status in (404, 422)
    assert gateway.control.call("GET", "/qr-login") == {
        "off_for_all": False,
        "off_for_clients": [],
        "off_for_accounts": [],
    }
