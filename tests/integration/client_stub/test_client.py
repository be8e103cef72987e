"""The client's class against the real gateway, waiting by WebSocket and by long poll alike."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import requests

from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import ClientError, LocalCode
from client_stub.model import Update
from client_stub.ticket_watcher import Signal
from scan_to_login.protocol import Code, NextStep, Stage, TicketState

LogIn = Callable[[str], Phone]
Advance = Callable[[float], None]


def states(client: Client) -> list[str]:
    return [str(update.state) for update in client.states()]


def test_a_whole_login_ends_at_a_verified_unit(client: Client, phone: Phone) -> None:
    ticket = client.request_ticket()
    page = phone.scan(ticket.qr)
    scanned = client.wait_for("scanned", timeout=10)
    assert scanned.scanned_by is not None
    assert scanned.scanned_by.display_name == "*三"
    assert scanned.number == page.number
    phone.confirm(page)
    client.wait_for("confirmed", timeout=10)
    login = client.claim()
    assert login.next == NextStep.VERIFY_UNIT
    assert {unit.name for unit in login.units} == {unit.name for unit in client.units()}
    session = client.verify_unit("A", "Unit-2019")
    assert session.stage is Stage.UNIT_VERIFIED
    assert session.unit is not None
    assert session.unit.taxpayer_id == client.taxpayer_id("A")
    assert client.session() == session
    assert states(client) == ["pending", "scanned", "confirmed", "claimed"]
    client.logout()
    with pytest.raises(ClientError) as refused:
        client.session()
    assert refused.value.code == LocalCode.NO_SESSION


def test_the_phone_shows_the_clients_claims_about_itself(gateway_url: str, transport: str, phone: Phone) -> None:
    with Client(gateway_url, name="扣缴客户端", version="3.1", device="FINANCE-07", transport=transport) as client:  # type: ignore[arg-type]
        page = phone.scan(client.request_ticket().qr)
    assert (page.client_name, page.client_version, page.client_device) == ("扣缴客户端", "3.1", "FINANCE-07")


def test_a_reject_ends_every_wait_at_once(client: Client, phone: Phone) -> None:
    ticket = client.request_ticket()
    caught: list[str] = []

    def wait() -> None:
        try:
            client.wait_for("confirmed", timeout=30)
        except ClientError as error:
            caught.append(error.code)

    thread = threading.Thread(target=wait)
    thread.start()
    phone.reject(phone.scan(ticket.qr))
    thread.join(10)
    assert caught == [Code.TICKET_REJECTED]
    assert states(client)[-1] == "rejected"


def test_an_expiry_is_pushed(client: Client, advance: Advance) -> None:
    client.request_ticket()
    advance(121)
    assert client.wait_for("expired", timeout=10).state is TicketState.EXPIRED
    assert client.remaining is None


def test_an_expired_ticket_is_refreshed_by_a_new_one(client: Client, phone: Phone, advance: Advance) -> None:
    first = client.request_ticket()
    advance(121)
    client.wait_for("expired", timeout=10)
    second = client.refresh()
    assert second.ticket_id != first.ticket_id
    phone.scan(second.qr)
    assert client.wait_for("scanned", timeout=10).ticket_id == second.ticket_id


def test_a_refresh_kills_the_old_ticket(client: Client, phone: Phone) -> None:
    first = client.request_ticket()
    heard: list[Signal] = []
    client.subscribe(heard.append)
    second = client.refresh()
    with pytest.raises(Exception, match=r".") as refused:
        phone.scan(first.qr)
    assert getattr(refused.value, "code", None) == Code.TICKET_CANCELLED
    phone.scan(second.qr)
    client.wait_for("scanned", timeout=10)
    # The end of the old one is not the end of the login: it is never told.
    assert [(u.ticket_id, str(u.state)) for u in heard if isinstance(u, Update)] == [
        (second.ticket_id, "pending"),
        (second.ticket_id, "scanned"),
    ]


def test_a_cancelled_ticket_cannot_be_scanned(client: Client, phone: Phone) -> None:
    ticket = client.request_ticket()
    assert client.cancel().state is TicketState.CANCELLED
    with pytest.raises(Exception, match=r".") as refused:
        phone.scan(ticket.qr)
    assert getattr(refused.value, "code", None) == Code.TICKET_CANCELLED
    assert states(client) == ["pending", "cancelled"]


def test_a_claim_before_the_confirm_is_refused_and_changes_nothing(client: Client, phone: Phone) -> None:
    ticket = client.request_ticket()
    page = phone.scan(ticket.qr)
    client.wait_for("scanned", timeout=10)
    with pytest.raises(ClientError) as refused:
        client.claim()
    assert (refused.value.code, refused.value.status) == (Code.TICKET_NOT_CONFIRMED, 409)
    phone.confirm(page)
    client.wait_for("confirmed", timeout=10)
    client.claim()


def test_a_second_claim_gets_the_same_session_with_the_same_key_alone(client: Client, phone: Phone) -> None:
    ticket = client.request_ticket()
    phone.confirm(phone.scan(ticket.qr))
    client.wait_for("confirmed", timeout=10)
    assert client.claim().access_token == client.claim().access_token
    with pytest.raises(ClientError) as refused:
        client.claim(idempotency_key="another")
    assert (refused.value.code, refused.value.status) == (Code.TICKET_SPENT, 410)


def test_another_clients_secret_is_needed_to_resume(client: Client, gateway_url: str, transport: str) -> None:
    ticket = client.request_ticket()
    stranger = type(ticket)(ticket.ticket_id, "not-the-secret", ticket.qr, 1, 120, 0)
    with Client(gateway_url, transport=transport) as other, pytest.raises(ClientError) as refused:  # type: ignore[arg-type]
        other.resume(stranger)
    assert refused.value.code == Code.TICKET_NOT_FOUND


def test_a_restarted_client_continues_with_the_ticket(gateway_url: str, transport: str, phone: Phone) -> None:
    with Client(gateway_url, transport=transport) as first:  # type: ignore[arg-type]
        ticket = first.request_ticket()
        page = phone.scan(ticket.qr)
    phone.confirm(page)
    with Client(gateway_url, transport=transport) as second:  # type: ignore[arg-type]
        assert second.resume(ticket).state is TicketState.CONFIRMED
        second.claim()
        assert second.verify_unit("B", "Unit-2019").stage is Stage.UNIT_VERIFIED


def test_a_ticket_that_the_gateway_forgot_ends_the_wait(client: Client, gateway_url: str) -> None:
    client.request_ticket()
    requests.post(f"{gateway_url}/sim/v1/reset", timeout=10).raise_for_status()
    client.cut()
    with pytest.raises(ClientError) as refused:
        client.wait_for("scanned", timeout=10)
    assert refused.value.code == Code.TICKET_NOT_FOUND


def test_authorization_needs_no_declaration_password(client: Client, log_in_phone: LogIn) -> None:
    phone = log_in_phone("authorized")
    phone.confirm(phone.scan(client.request_ticket().qr))
    client.wait_for("confirmed", timeout=10)
    (unit,) = client.claim().units
    assert not unit.password_required
    assert client.verify_unit(unit.taxpayer_id).stage is Stage.UNIT_VERIFIED


@pytest.mark.parametrize(
    ("unit", "password", "code"),
    [
        ("A", "Wrong-2019", Code.DECLARATION_PASSWORD_INVALID),
        ("A", None, Code.DECLARATION_PASSWORD_REQUIRED),
        ("C", "Unit-2019", Code.UNIT_NOT_FOUND),
        ("nowhere", "Unit-2019", LocalCode.UNKNOWN_ALIAS),
    ],
)
def test_a_unit_that_is_refused_leaves_the_session_logged_in(
    gateway_url: str, unit: str, password: str | None, code: str
) -> None:
    with Client(gateway_url) as client:
        client.login("agent", "Demo-2019")
        with pytest.raises(ClientError) as refused:
            client.verify_unit(unit, password)
        assert refused.value.code == code
        assert client.session().stage is Stage.LOGGED_IN


def test_a_login_by_password_leads_to_the_same_session(gateway_url: str) -> None:
    with Client(gateway_url) as client:
        assert client.login("13800000004", "Demo-2019").account.login_name == "single"
        assert client.verify_unit("A", "Unit-2019").stage is Stage.UNIT_VERIFIED


def test_a_wrong_password_is_refused(gateway_url: str) -> None:
    with Client(gateway_url) as client:
        with pytest.raises(ClientError) as refused:
            client.login("agent", "Wrong-2019")
        assert refused.value.code == Code.INVALID_CREDENTIALS
        assert client.access_token is None


def test_a_callback_may_close_the_client(gateway_url: str, transport: str, phone: Phone) -> None:
    client = Client(gateway_url, transport=transport)  # type: ignore[arg-type]
    ticket = client.request_ticket()
    closed = threading.Event()

    def close(signal: Signal) -> None:
        if isinstance(signal, Update) and signal.state is TicketState.SCANNED:
            client.close()
            closed.set()

    client.subscribe(close)
    phone.scan(ticket.qr)
    assert closed.wait(10)
    for thread in threading.enumerate():
        if thread.name.startswith("client-stub"):
            thread.join(10)
            assert not thread.is_alive()


def test_many_clients_wait_side_by_side(gateway_url: str, transport: str, log_in_phone: LogIn) -> None:
    clients = [Client(gateway_url, transport=transport) for _ in range(10)]  # type: ignore[arg-type]
    tickets = [client.request_ticket() for client in clients]
    phone = log_in_phone("agent")
    for ticket in tickets:
        phone.reject(phone.scan(ticket.qr))
    for client in clients:
        assert client.wait_for("rejected", timeout=10).state is TicketState.REJECTED
        client.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("client-stub")] == []
