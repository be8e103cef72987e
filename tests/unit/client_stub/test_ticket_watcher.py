"""Threads that wait wake in order, and for the right ticket."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from client_stub.errors import ClientError, LocalCode
from client_stub.model import Connection, Ticket, Update
from client_stub.ticket_history import TicketHistory
from client_stub.ticket_watcher import Signal, TicketWatcher
from scan_to_login.protocol import Code, TicketState

Make = Callable[..., Update]


@pytest.fixture
def watcher(ticket: Ticket) -> TicketWatcher:
    begun = TicketWatcher()
    begun.begin(TicketHistory.begin(ticket))
    return begun


def wire(state: str, version: int, ticket_id: str = "t" * 22) -> dict[str, object]:
    return {"ticket_id": ticket_id, "state": state, "version": version, "at": 1}


@pytest.mark.parametrize("timeout", [10, 1e12, math.inf])
def test_a_wait_ends_when_the_state_arrives(watcher: TicketWatcher, timeout: float) -> None:
    reached: list[Update] = []
    thread = threading.Thread(target=lambda: reached.append(watcher.wait_for(TicketState.SCANNED, timeout)))
    thread.start()
    watcher.heard(wire("scanned", 2))
    thread.join(10)
    assert [step.state for step in reached] == ["scanned"]


def test_a_state_that_was_passed_counts_as_reached(watcher: TicketWatcher) -> None:
    watcher.heard(wire("confirmed", 3))
    assert watcher.wait_for(TicketState.SCANNED, 0).state is TicketState.CONFIRMED


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("rejected", Code.TICKET_REJECTED),
        ("expired", Code.TICKET_EXPIRED),
        ("cancelled", Code.TICKET_CANCELLED),
    ],
)
def test_a_wait_ends_at_once_when_the_ticket_does(watcher: TicketWatcher, end: str, code: Code) -> None:
    watcher.heard(wire(end, 2))
    with pytest.raises(ClientError) as refused:
        watcher.wait_for(TicketState.CONFIRMED, 10)
    assert refused.value.code == code


def test_a_wait_that_lasts_too_long_says_so(watcher: TicketWatcher) -> None:
    with pytest.raises(ClientError) as refused:
        watcher.wait_for(TicketState.SCANNED, 0)
    assert refused.value.code == LocalCode.TIMED_OUT
    assert "still pending" in refused.value.detail


def test_a_wait_for_a_ticket_that_the_gateway_lost_ends(watcher: TicketWatcher) -> None:
    watcher.refused("t" * 22, ClientError(Code.TICKET_NOT_FOUND, "No such ticket.", 404))
    with pytest.raises(ClientError) as refused:
        watcher.wait_for(TicketState.SCANNED, 10)
    assert refused.value.code == Code.TICKET_NOT_FOUND


def test_closing_wakes_waiting_callers(watcher: TicketWatcher) -> None:
    caught: list[str] = []

    def wait() -> None:
        try:
            watcher.wait_for(TicketState.SCANNED, 10)
        except ClientError as error:
            caught.append(error.code)

    thread = threading.Thread(target=wait)
    thread.start()
    watcher.close()
    thread.join(10)
    assert caught == [LocalCode.CLOSED]


def test_without_a_ticket_nothing_can_be_waited_for() -> None:
    with pytest.raises(ClientError) as refused:
        TicketWatcher().wait_for(TicketState.SCANNED, 0)
    assert refused.value.code == LocalCode.NO_TICKET


def test_every_state_is_iterated_once_and_the_end_ends_it(watcher: TicketWatcher) -> None:
    for state, version in (("scanned", 2), ("scanned", 2), ("confirmed", 3), ("claimed", 4)):
        watcher.heard(wire(state, version))
    assert [step.state for step in watcher.states()] == ["pending", "scanned", "confirmed", "claimed"]


def test_an_iteration_continues_with_the_refreshed_ticket(watcher: TicketWatcher, ticket: Ticket) -> None:
    states = watcher.states()
    assert next(states).ticket_id == ticket.ticket_id
    watcher.begin(TicketHistory.begin(replace(ticket, ticket_id="u" * 22)))
    watcher.heard(wire("rejected", 2, "u" * 22))
    assert [(step.ticket_id[0], step.state.value) for step in states] == [("u", "pending"), ("u", "rejected")]


def test_a_push_that_overtakes_the_answer_is_not_lost(ticket: Ticket) -> None:
    watcher = TicketWatcher()
    with watcher.holding():
        watcher.heard(wire("scanned", 2))
        watcher.begin(TicketHistory.begin(ticket))
    assert watcher.current().latest.state is TicketState.SCANNED


def test_the_end_of_a_replaced_ticket_is_not_the_end_of_the_login(watcher: TicketWatcher, ticket: Ticket) -> None:
    with watcher.holding():
        watcher.heard(wire("cancelled", 2))
        watcher.begin(TicketHistory.begin(replace(ticket, ticket_id="u" * 22)))
    assert watcher.current().latest.live


def test_the_end_counts_where_the_refresh_failed(watcher: TicketWatcher) -> None:
    with watcher.holding():
        watcher.heard(wire("cancelled", 2))
    assert watcher.current().latest.state is TicketState.CANCELLED


def test_an_unknown_state_is_dropped(watcher: TicketWatcher) -> None:
    for body in ({}, {"ticket_id": "t" * 22}, wire("asleep", 9), {**wire("scanned", 2), "scanned_by": {"who": 1}}):
        watcher.heard(body)
    assert watcher.current().latest.state is TicketState.PENDING


def test_callbacks_hear_everything_in_order(watcher: TicketWatcher) -> None:
    heard: list[Signal] = []
    unsubscribe = watcher.subscribe(heard.append)
    watcher.connection(False)
    watcher.connection(True)
    watcher.heard(wire("scanned", 2))
    unsubscribe()
    watcher.heard(wire("confirmed", 3))
    assert heard[-3:-1] == [Connection(False), Connection(True)]
    assert isinstance(heard[-1], Update)
    assert heard[-1].state is TicketState.SCANNED


def test_a_callback_that_causes_the_next_state_hears_it_afterwards(watcher: TicketWatcher) -> None:
    heard: list[str] = []

    def listen(signal: Signal) -> None:
        assert isinstance(signal, Update)
        if signal.state is TicketState.SCANNED:
            watcher.heard(wire("confirmed", 3))
        heard.append(str(signal.state))

    watcher.subscribe(listen)
    watcher.heard(wire("scanned", 2))
    assert heard[-2:] == ["scanned", "confirmed"]


def test_a_callback_that_fails_does_not_stop_the_next_delivery(watcher: TicketWatcher) -> None:
    heard: list[Signal] = []

    def fail(_signal: Signal) -> None:
        raise RuntimeError("mine")

    unsubscribe = watcher.subscribe(fail)
    with pytest.raises(RuntimeError, match="mine"):
        watcher.heard(wire("scanned", 2))
    unsubscribe()
    watcher.subscribe(heard.append)
    watcher.heard(wire("confirmed", 3))
    assert isinstance(heard[-1], Update)
    assert heard[-1].state is TicketState.CONFIRMED
