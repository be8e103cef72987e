"""The plugin's fixtures, used as another project's tests would use them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import ClientError
from scan_to_login.protocol import Stage, TicketState
from scan_to_login.testing import ControlRefused, LiveGateway, scan_to_login
from scan_to_login.testing.control import ClockOfGateway, JournalOfGateway, SmsOutbox
from scan_to_login.testing.control.faults import FaultsOfGateway


def test_a_whole_login(pairing_gateway: LiveGateway, phone: Phone, client: Client, journal: JournalOfGateway) -> None:
    session = scan_to_login(phone, client, "A", "Unit-2019")

    assert session.stage is Stage.UNIT_VERIFIED
    states = [entry["body"]["state"] for entry in journal.entries(kind="push")]
    assert states[:2] == ["scanned", "confirmed"]
    assert pairing_gateway.control.await_session("agent", Stage.UNIT_VERIFIED)["via"] == "binding"


@pytest.mark.pairing_account("authorized")
def test_a_marker_chooses_the_account_of_the_phone(phone: Phone, client: Client) -> None:
    assert phone.account.login_name == "authorized"
    assert scan_to_login(phone, client, "A").stage is Stage.UNIT_VERIFIED


def test_three_logins_with_one_phone_take_no_thirty_seconds(phone: Phone, clients: Callable[..., Client]) -> None:
    began = time.monotonic()
    for _ in range(3):
        scan_to_login(phone, clients(), "A", "Unit-2019")
    assert time.monotonic() - began < 10


def test_two_phones_compete_for_one_ticket(phones: Callable[..., Phone], client: Client) -> None:
    ticket = client.request_ticket()
    phones("agent").scan(ticket.qr)
    with pytest.raises(PhoneError, match="ticket_taken"):
        phones("single").scan(ticket.qr)


def test_a_ticket_runs_out_without_a_sleep(client: Client, clock: ClockOfGateway) -> None:
    client.request_ticket()
    clock.advance(minutes=2)
    with pytest.raises(ClientError, match="expired"):
        client.wait_for(TicketState.SCANNED, timeout=2)


def test_a_clock_can_stand_still_and_be_set(clock: ClockOfGateway) -> None:
    moment = datetime(2019, 12, 31, 16, 0, tzinfo=UTC)
    clock.set(moment, frozen=True)
    assert clock.now == moment
    clock.advance(hours=1)
    assert clock.now == datetime(2019, 12, 31, 17, 0, tzinfo=UTC)
    clock.run()
    assert clock.now >= datetime(2019, 12, 31, 17, 0, tzinfo=UTC)


def test_a_lost_push_is_healed_by_the_next(
    phone: Phone, client: Client, faults: FaultsOfGateway, journal: JournalOfGateway
) -> None:
    with faults.push_drop(state="scanned", times=1) as fault:
        page = phone.scan(client.request_ticket().qr)
        phone.confirm(page)
        assert client.wait_for(TicketState.CONFIRMED).version == 3
        assert fault.fired == 1
    assert [entry["name"] for entry in journal.entries(kind="fault")] == ["push_drop"]


def test_a_message_to_a_phone_is_waited_for(pairing_gateway: LiveGateway, sms_outbox: SmsOutbox) -> None:
    with pytest.raises(ControlRefused, match="no message"):
        sms_outbox.wait_for("13800000003", timeout=0)
    assert sms_outbox.messages() == []


def test_a_wait_for_an_impossible_state_ends_at_once(pairing_gateway: LiveGateway, client: Client) -> None:
    ticket = client.request_ticket()
    client.cancel()
    began = time.monotonic()
    with pytest.raises(ControlRefused, match="ended as cancelled") as refused:
        pairing_gateway.control.await_ticket(ticket.ticket_id, TicketState.CONFIRMED, timeout=30)
    assert refused.value.code == "ticket_wrong_state"
    assert time.monotonic() - began < 5


def test_the_hall_resets_passwords_and_disables_accounts(pairing_gateway: LiveGateway, client: Client) -> None:
    hall, person = pairing_gateway.control.hall, pairing_gateway.account("agent")
    hall.reset_password(person.name, person.id_number, "Fresh-2026")
    hall.reset_declaration_password(pairing_gateway.unit("A").taxpayer_id, "Fresh-2027")
    with Phone(pairing_gateway.url, sleep=pairing_gateway.control.clock.sleep) as phone:
        phone.login("agent", "Fresh-2026")
        scan_to_login(phone, client, "A", "Fresh-2027")
        hall.disable("agent")
        with pytest.raises(PhoneError) as refused:
            phone.login("agent", "Fresh-2026")
        assert refused.value.code == "account_disabled"
        hall.enable("agent")
        phone.login("agent", "Fresh-2026")
