"""Each fault takes effect, is counted, repeats by its seed, and is in the journal."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.model import Connection, Update
from scan_to_login.protocol import TicketState
from scan_to_login.testing import ControlRefused, LiveGateway
from scan_to_login.testing.control import ClockOfGateway, JournalOfGateway
from scan_to_login.testing.control.faults import FaultsOfGateway

INFO = {"client": {"name": "test", "version": "1", "device": "test"}}


def request_ticket(gateway: LiveGateway) -> requests.Response:
    """A ticket over REST."""
    return requests.post(f"{gateway.url}/api/v1/tickets", json=INFO, timeout=10)


def heard_by(client: Client) -> list[Any]:
    """The events of a client from now on."""
    heard: list[Any] = []
    client.subscribe(heard.append)
    return heard


def states(heard: list[Any]) -> list[str]:
    """The states in it."""
    return [signal.state.value for signal in heard if isinstance(signal, Update)]


def test_an_error_is_answered_so_often_and_the_work_is_not_done(gateway: LiveGateway, faults: FaultsOfGateway) -> None:
    fault = faults.error(503, route="POST /api/v1/tickets", times=2)
    answers = [request_ticket(gateway) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 201]
    assert answers[0].json()["code"] == "unavailable"
    assert answers[0].headers["Content-Type"] == "application/problem+json"
    assert answers[0].headers["Retry-After"] == "1"
    assert fault.fired == 2
    assert len(gateway.control.call("GET", "/inspection")["tickets"]) == 1


def test_a_dropped_reply_comes_after_the_work_was_done(gateway: LiveGateway, faults: FaultsOfGateway) -> None:
    faults.drop_reply(route="POST /api/v1/tickets", times=1)
    with pytest.raises(requests.ConnectionError):
        request_ticket(gateway)
    assert len(gateway.control.call("GET", "/inspection")["tickets"]) == 1


def test_latency_is_added_to_the_calls_it_is_for_alone(gateway: LiveGateway, faults: FaultsOfGateway) -> None:
    faults.latency(300, route="POST /api/v1/tickets")
    began = time.monotonic()
    request_ticket(gateway)
    assert time.monotonic() - began >= 0.3
    assert requests.get(f"{gateway.url}/api/v1/app/session", timeout=10).elapsed.total_seconds() < 0.3


def test_the_same_seed_draws_the_same_outcomes(gateway: LiveGateway, faults: FaultsOfGateway) -> None:
    def drawn(seed: int) -> list[int]:
        with faults.error(500, route="GET /api/v1/app/session", probability=0.5, seed=seed):
            url = f"{gateway.url}/api/v1/app/session"
            return [requests.get(url, timeout=10).status_code for _ in range(12)]

    first = drawn(7)
    assert set(first) == {401, 500}
    assert drawn(7) == first
    assert drawn(8) != first


def test_log_normal_delays_vary_about_their_median(
    gateway: LiveGateway, faults: FaultsOfGateway, journal: JournalOfGateway
) -> None:
    faults.latency(2, route="GET /api/v1/app/session", sigma=1.0, seed=1)
    for _ in range(9):
        requests.get(f"{gateway.url}/api/v1/app/session", timeout=10)
    delays = sorted(float(entry["body"]["milliseconds"]) for entry in journal.entries(kind="fault"))
    assert len(set(delays)) > 5
    assert 0.5 < delays[4] < 8


def test_a_fault_ends_with_its_lifetime_on_the_gateways_clock(
    gateway: LiveGateway, faults: FaultsOfGateway, clock: ClockOfGateway
) -> None:
    faults.error(429, route="POST /api/v1/tickets", seconds=60)
    assert request_ticket(gateway).status_code == 429
    clock.advance(61)
    assert request_ticket(gateway).status_code == 201


def test_an_event_can_fail_like_a_call(gateway: LiveGateway, client: Client, faults: FaultsOfGateway) -> None:
    fault = faults.error(429, event="request_ticket", times=1)
    with pytest.raises(Exception, match="fault of the simulation") as refused:
        client.request_ticket()
    assert getattr(refused.value, "code", "") == "rate_limited"
    assert fault.fired == 1


def test_a_dropped_push_is_not_sent(phone: Phone, client: Client, faults: FaultsOfGateway) -> None:
    ticket = client.request_ticket()
    faults.push_drop(ticket=ticket.ticket_id, state="scanned")
    heard = heard_by(client)
    phone.confirm(phone.scan(ticket.qr))
    client.wait_for(TicketState.CONFIRMED)
    assert states(heard) == ["confirmed"]


def test_a_delayed_push_is_overtaken_and_the_client_goes_only_forward(
    phone: Phone, client: Client, faults: FaultsOfGateway, journal: JournalOfGateway
) -> None:
    faults.push_delay(300, state="scanned")
    ticket = client.request_ticket()
    heard = heard_by(client)
    phone.confirm(phone.scan(ticket.qr))
    client.wait_for(TicketState.CONFIRMED)
    journal.wait_for(kind="push", ticket=ticket.ticket_id, name="ticket_state")
    late = [entry["body"]["state"] for entry in _until(journal, 2)]
    assert late == ["confirmed", "scanned"]
    assert states(heard) == ["confirmed"]


def test_pushes_can_be_sent_twice_and_out_of_order(
    phone: Phone, client: Client, faults: FaultsOfGateway, journal: JournalOfGateway
) -> None:
    faults.push_reorder(state="scanned")
    faults.push_duplicate(state="confirmed")
    heard = heard_by(client)
    phone.confirm(phone.scan(client.request_ticket().qr))
    client.wait_for(TicketState.CONFIRMED)
    sent = [entry["body"]["state"] for entry in _until(journal, 3)]
    assert sent == ["confirmed", "confirmed", "scanned"]
    assert states(heard) == ["pending", "confirmed"]


def _until(journal: JournalOfGateway, count: int) -> list[dict[str, Any]]:
    """The pushes of the journal, once there are so many."""
    since = 0
    while len(found := journal.entries(kind="push")) < count:
        newest = found[-1]["seq"] if found else since
        page = journal._control.call("GET", "/journal", wait=5, query={"since": newest, "wait": 5, "kind": "push"})
        assert page["entries"], "no further push came"
    return found


def test_a_socket_that_is_cut_at_a_state_comes_back_and_learns_it(
    phone: Phone, client: Client, faults: FaultsOfGateway
) -> None:
    faults.socket_cut(state="confirmed", times=1)
    ticket = client.request_ticket()
    heard = heard_by(client)
    phone.confirm(phone.scan(ticket.qr))
    began = time.monotonic()
    client.wait_for(TicketState.CONFIRMED, timeout=10)
    assert time.monotonic() - began < 3
    assert [signal.alive for signal in heard if isinstance(signal, Connection)] == [False, True]


def test_while_redis_is_unreachable_calls_are_503_and_waiting_clients_learn_the_outcome_after(
    gateway: LiveGateway, phone: Phone, client: Client, faults: FaultsOfGateway, clock: ClockOfGateway
) -> None:
    page = phone.scan(client.request_ticket().qr)
    client.wait_for(TicketState.SCANNED)
    clock.freeze()
    faults.redis_unreachable(5)
    with pytest.raises(PhoneError) as refused:
        phone.confirm(page)
    assert (refused.value.code, refused.value.status) == ("unavailable", 503)
    assert requests.get(f"{gateway.url}/readyz", timeout=10).status_code == 503
    clock.advance(6)
    phone.confirm(page)
    began = time.monotonic()
    client.wait_for(TicketState.CONFIRMED, timeout=10)
    assert time.monotonic() - began < 3


def test_a_wait_at_the_control_plane_survives_the_outage(
    gateway: LiveGateway, client: Client, faults: FaultsOfGateway
) -> None:
    ticket = client.request_ticket()
    faults.redis_unreachable(0.5)
    assert gateway.control.await_ticket(ticket.ticket_id, TicketState.PENDING, timeout=20)["state"] == "pending"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "latency"},
        {"kind": "push_drop", "route": "*"},
        {"kind": "error", "state": "scanned"},
        {"kind": "error", "route": "*", "event": "request_ticket"},
        {"kind": "redis_unreachable", "times": 1},
        {"kind": "redis_unreachable", "probability": 0.5},
        {"kind": "error", "status": 200},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_by_its_field(gateway: LiveGateway, fault: dict[str, Any]) -> None:
    with pytest.raises(ControlRefused) as refused:
        gateway.control.call("POST", "/faults", body=fault)
    assert refused.value.status == 422
    assert refused.value.body["errors"][0]["field"]


@pytest.mark.slow
def test_two_workers_share_one_count() -> None:
    with LiveGateway(workers=2) as gateway:
        fault = gateway.control.faults.error(500, route="GET /api/v1/app/session", times=5)
        url = f"{gateway.url}/api/v1/app/session"
        seen = [requests.get(url, timeout=10).status_code for _ in range(16)]
        assert seen.count(500) == 5
        assert fault.fired == 5
