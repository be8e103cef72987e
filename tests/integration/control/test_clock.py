"""The one clock governs every deadline, and moving it takes no time: two hours, seven days, a year of dates."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import ClientError
from scan_to_login.protocol import Stage, TicketState
from scan_to_login.testing import LiveGateway, scan_to_login
from scan_to_login.testing.control import ClockOfGateway

INFO = {"name": "test", "version": "1", "device": "test"}


def post(gateway: LiveGateway, path: str, body: Any, expect: int) -> Any:
    """A call of the product's API."""
    answer = requests.post(f"{gateway.url}/api/v1{path}", json=body, timeout=10)
    assert answer.status_code == expect, answer.text
    return answer.json()


def log_in(gateway: LiveGateway, expect: int, login_name: str = "locked") -> Any:
    """The right password, with a captcha's right answer."""
    gateway.control.set_captchas("0000")
    captcha_id = post(gateway, "/captchas", {"identifier": login_name}, 201)["captcha_id"]
    body = {
        "identifier": login_name,
        "password": gateway.password_of(login_name),
        "client": INFO,
        "captcha": {"captcha_id": captcha_id, "answer": "0000"},
    }
    return post(gateway, "/sessions", body, expect)


def test_a_lock_of_120_minutes_holds_at_119_and_is_over_at_121(gateway: LiveGateway, clock: ClockOfGateway) -> None:
    clock.advance(minutes=119)
    assert log_in(gateway, 423)["code"] == "account_locked"
    clock.advance(minutes=2)
    assert log_in(gateway, 201)["account"]["login_name"] == "locked"


def test_a_registration_code_lives_seven_days(gateway: LiveGateway, clock: ClockOfGateway) -> None:
    person = {"name": "周杰", "id_type": "resident_id", "id_number": "110101199003074514"}
    code = gateway.control.hall.registration_code(person["name"], person["id_number"])
    begin = {"consent": True, "registration_code": code, **person}
    clock.advance(days=7, seconds=-5)
    post(gateway, "/registrations", begin, 201)
    clock.advance(seconds=10)
    assert post(gateway, "/registrations", begin, 410)["code"] == "registration_code_expired"


def test_login_by_declaration_password_alone_ends_with_the_cut_over(
    gateway: LiveGateway, clock: ClockOfGateway
) -> None:
    body = {"taxpayer_id": gateway.unit("A").taxpayer_id, "declaration_password": "Unit-2019"}
    clock.set(datetime(2019, 12, 31, 15, 59, 30, tzinfo=UTC))
    assert post(gateway, "/legacy-sessions", body, 201)["access_token"]
    clock.advance(minutes=1)  # in China it is 2020
    post(gateway, "/legacy-sessions", body, 403)


def test_an_idle_session_ends_after_half_an_hour(phone: Phone, client: Client, clock: ClockOfGateway) -> None:
    assert scan_to_login(phone, client, "A", "Unit-2019").stage is Stage.UNIT_VERIFIED
    clock.advance(minutes=29)
    client.session()
    clock.advance(minutes=31)
    with pytest.raises(ClientError) as refused:
        client.session()
    assert refused.value.code == "unauthenticated"


def test_a_phones_session_ends_after_thirty_days(phone: Phone, clock: ClockOfGateway) -> None:
    clock.advance(days=29)
    phone.whoami()
    clock.advance(days=1, seconds=1)
    with pytest.raises(PhoneError, match="unauthenticated"):
        phone.whoami()


def test_a_ticket_runs_out_at_each_of_its_deadlines(
    gateway: LiveGateway, phone: Phone, clients: Callable[..., Client], clock: ClockOfGateway
) -> None:
    for state, seconds in ((TicketState.PENDING, 120), (TicketState.SCANNED, 60), (TicketState.CONFIRMED, 30)):
        client = clients()
        ticket = client.request_ticket()
        if state is not TicketState.PENDING:
            page = phone.scan(ticket.qr)
            if state is TicketState.CONFIRMED:
                phone.confirm(page)
        clock.advance(seconds - 2)
        assert gateway.control.await_ticket(ticket.ticket_id, state)["state"] == state
        clock.advance(3)
        assert gateway.control.await_ticket(ticket.ticket_id, "expired", timeout=0)["state"] == "expired"
        with pytest.raises(ClientError, match="expired"):
            client.wait_for(TicketState.CLAIMED, timeout=5)


def test_timers_fire_while_the_clock_stands_still(client: Client, clock: ClockOfGateway) -> None:
    clock.freeze()
    client.request_ticket()
    clock.advance(seconds=119)
    assert client.state is not None
    assert client.state.state is TicketState.PENDING
    clock.advance(seconds=1)
    with pytest.raises(ClientError, match="expired"):
        client.wait_for(TicketState.SCANNED, timeout=5)


def test_one_time_codes_are_of_the_gateways_time(
    phones: Callable[..., Phone], client: Client, clock: ClockOfGateway
) -> None:
    clock.set(datetime(2031, 5, 1, tzinfo=UTC), frozen=True)
    phone = phones("agent")
    page = phone.scan(client.request_ticket().qr)
    assert phone.confirm(page).state == "confirmed"


def test_an_authorization_ends_with_its_last_day_in_china(
    gateway: LiveGateway, client: Client, clock: ClockOfGateway
) -> None:
    seed = gateway.control.seed()
    seed["authorizations"][0]["valid_until"] = "2030-06-30"
    gateway.control.replace_seed(seed)
    clock.set(datetime(2030, 6, 30, 15, 59, tzinfo=UTC), frozen=True)
    client.login("authorized", "Demo-2019")
    assert client.verify_unit("A").stage is Stage.UNIT_VERIFIED
    clock.advance(minutes=2)
    with pytest.raises(ClientError) as refused:
        client.verify_unit("A")
    assert refused.value.code == "declaration_password_required"


@pytest.fixture(scope="module")
def two_workers() -> Iterator[LiveGateway]:
    """A gateway with two workers on one port."""
    with LiveGateway(workers=2) as gateway:
        yield gateway


@pytest.mark.slow
def test_every_worker_reads_the_same_clock_as_soon_as_it_was_moved(two_workers: LiveGateway) -> None:
    two_workers.reset()
    two_workers.control.clock.set(1_900_000_000_000, frozen=True)
    for step in range(1, 4):
        two_workers.control.clock.advance(60)
        # A new connection each: the kernel gives it to one worker or the other.
        read = {requests.get(f"{two_workers.url}/sim/v1/clock", timeout=5).json()["now"] for _ in range(12)}
        assert read == {1_900_000_000_000 + step * 60_000}


@pytest.mark.slow
def test_parallel_advances_on_two_workers_are_all_made(two_workers: LiveGateway) -> None:
    two_workers.reset()
    two_workers.control.clock.set(1_900_000_000_000, frozen=True)

    def advance() -> None:
        requests.post(f"{two_workers.url}/sim/v1/clock/advance", json={"seconds": 1}, timeout=10).raise_for_status()

    threads = [threading.Thread(target=advance) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = {requests.get(f"{two_workers.url}/sim/v1/clock", timeout=5).json()["now"] for _ in range(8)}
    assert read == {1_900_000_000_000 + 16_000}


def test_the_clock_stays_within_its_numbers(gateway: LiveGateway) -> None:
    late = {"seconds": 99 * 366 * 86_400}
    for _ in range(9):
        requests.post(f"{gateway.url}/sim/v1/clock/advance", json=late, timeout=10).raise_for_status()
    answer = requests.post(f"{gateway.url}/sim/v1/clock/advance", json=late, timeout=10)
    assert answer.status_code == 422
