"""Scan-to-login in a project that is checked with `mypy --strict`: each name has its type."""

from datetime import UTC, datetime

import pytest

from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import ClientError
from scan_to_login.protocol import Stage, TicketState
from scan_to_login.testing import ClientMaker, Control, ControlRefused, LiveGateway, PhoneMaker
from scan_to_login.testing.control import ClockOfGateway, JournalOfGateway, SmsOutbox
from scan_to_login.testing.control.faults import FaultsOfGateway


def test_both_sides(pairing_phone: Phone, pairing_client: Client) -> None:
    ticket = pairing_client.request_ticket()
    page = pairing_phone.scan(ticket.qr)
    pairing_phone.confirm(page)
    update = pairing_client.wait_for(TicketState.CONFIRMED)
    assert update.state is TicketState.CONFIRMED
    login = pairing_client.claim()
    session = pairing_client.verify_unit(login.units[0].taxpayer_id, "Unit-2019")
    assert session.stage is Stage.UNIT_VERIFIED


def test_several_of_each(pairing_phones: PhoneMaker, pairing_clients: ClientMaker) -> None:
    client = pairing_clients(transport="poll")
    page = pairing_phones("single").scan(client.request_ticket().qr)
    assert page.ticket_id == client.wait_for("scanned").ticket_id


def test_the_control_plane(
    pairing_gateway: LiveGateway,
    pairing_clock: ClockOfGateway,
    pairing_sms: SmsOutbox,
    pairing_faults: FaultsOfGateway,
    pairing_journal: JournalOfGateway,
    pairing_client: Client,
) -> None:
    control: Control = pairing_gateway.control
    pairing_clock.set(datetime(2026, 11, 30, 9, 0, tzinfo=UTC), frozen=True)
    assert [message.code for message in pairing_sms.messages()] == []
    with pairing_faults.push_drop(state="scanned", times=1) as fault:
        ticket = pairing_client.request_ticket()
        assert fault.fired == 0
    assert control.await_ticket(ticket.ticket_id, TicketState.PENDING)["version"] == 1
    pairing_client.cancel()
    assert pairing_journal.wait_for(kind="push", ticket=ticket.ticket_id)["lane_to"] == "client"
    with pytest.raises(ClientError) as ended:
        pairing_client.claim()
    assert ended.value.code == "ticket_cancelled"
    with pytest.raises(ControlRefused) as refused:
        control.hall.disable("nobody")
    assert refused.value.code == "not_found"


def test_phones_and_clients_of_the_gateway(pairing_gateway: LiveGateway) -> None:
    """At its own port: a page, or a test in another language, reaches the same ones."""
    client = pairing_gateway.control.clients.make(name="mine")
    phone = pairing_gateway.control.phones.make(persona="approves")
    phone.watch(client)
    assert client.wait_for("confirmed").state is TicketState.CONFIRMED
    assert [deed.did for deed in phone.deeds(wait=10).deeds] == ["confirmed"]
    client.claim()
    assert client.verify_unit("A", "Unit-2019").stage is Stage.UNIT_VERIFIED
