"""Those who wait are woken in order, and by the right ticket."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from client_stub.errors import ClientError, LocalCode
from client_stub.model import Connection, Ticket, Update
from client_stub.ticket_history import Track
from client_stub.ticket_watcher import Signal, Watch
from scan_to_login.protocol import Code, TicketState

Make = Callable[..., Update]


@pytest.fixture
def watch(ticket: Ticket) -> Watch:
    begun = Watch()
    begun.begin(Track.begin(ticket))
    return begun


def wire(state: str, version: int, ticket_id: str = "t" * 22) -> dict[str, object]:
    return {"ticket_id": ticket_id, "state": state, "version": version, "at": 1}


@pytest.mark.parametrize("timeout", [10, 1e12, math.inf])
def test_a_wait_ends_when_the_state_arrives(watch: Watch, timeout: float) -> None:
    reached: list[Update] = []
    thread = threading.Thread(target=lambda: reached.append(watch.wait_for(TicketState.SCANNED, timeout)))
    thread.start()
    watch.heard(wire("scanned", 2))
    thread.join(10)
    assert [step.state for step in reached] == ["scanned"]


def test_a_state_that_was_passed_counts_as_reached(watch: Watch) -> None:
    watch.heard(wire("confirmed", 3))
    assert watch.wait_for(TicketState.SCANNED, 0).state is TicketState.CONFIRMED


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("rejected", Code.TICKET_REJECTED),
        ("expired", Code.TICKET_EXPIRED),
        ("cancelled", Code.TICKET_CANCELLED),
    ],
)
def test_a_wait_ends_at_once_when_the_ticket_does(watch: Watch, end: str, code: Code) -> None:
    watch.heard(wire(end, 2))
    with pytest.raises(ClientError) as refused:
        watch.wait_for(TicketState.CONFIRMED, 10)
    assert refused.value.code == code


def test_a_wait_that_lasts_too_long_says_so(watch: Watch) -> None:
    with pytest.raises(ClientError) as refused:
        watch.wait_for(TicketState.SCANNED, 0)
    assert refused.value.code == LocalCode.TIMED_OUT
    assert "still pending" in refused.value.detail


def test_a_wait_for_a_ticket_that_the_gateway_lost_ends(watch: Watch) -> None:
    watch.refused("t" * 22, ClientError(Code.TICKET_NOT_FOUND, "No such ticket.", 404))
    with pytest.raises(ClientError) as refused:
        watch.wait_for(TicketState.SCANNED, 10)
    assert refused.value.code == Code.TICKET_NOT_FOUND


def test_closing_wakes_whoever_waits(watch: Watch) -> None:
    caught: list[str] = []

    def wait() -> None:
        try:
            watch.wait_for(TicketState.SCANNED, 10)
        except ClientError as error:
            caught.append(error.code)

    thread = threading.Thread(target=wait)
    thread.start()
    watch.close()
    thread.join(10)
    assert caught == [LocalCode.CLOSED]


def test_without_a_ticket_nothing_can_be_waited_for() -> None:
    with pytest.raises(ClientError) as refused:
        Watch().wait_for(TicketState.SCANNED, 0)
    assert refused.value.code == LocalCode.NO_TICKET


def test_every_state_is_iterated_once_and_the_end_ends_it(watch: Watch) -> None:
    for state, version in (("scanned", 2), ("scanned", 2), ("confirmed", 3), ("claimed", 4)):
        watch.heard(wire(state, version))
    assert [step.state for step in watch.states()] == ["pending", "scanned", "confirmed", "claimed"]


def test_an_iteration_goes_on_with_the_refreshed_ticket(watch: Watch, ticket: Ticket) -> None:
    states = watch.states()
    assert next(states).ticket_id == ticket.ticket_id
    watch.begin(Track.begin(replace(ticket, ticket_id="u" * 22)))
    watch.heard(wire("rejected", 2, "u" * 22))
    assert [(step.ticket_id[0], step.state.value) for step in states] == [("u", "pending"), ("u", "rejected")]


def test_a_push_that_overtakes_the_answer_is_not_lost(ticket: Ticket) -> None:
    watch = Watch()
    with watch.holding():
        watch.heard(wire("scanned", 2))
        watch.begin(Track.begin(ticket))
    assert watch.current().latest.state is TicketState.SCANNED


def test_the_end_of_a_replaced_ticket_is_not_the_end_of_the_login(watch: Watch, ticket: Ticket) -> None:
    with watch.holding():
        watch.heard(wire("cancelled", 2))
        watch.begin(Track.begin(replace(ticket, ticket_id="u" * 22)))
    assert watch.current().latest.live


def test_the_end_counts_where_the_refresh_failed(watch: Watch) -> None:
    with watch.holding():
        watch.heard(wire("cancelled", 2))
    assert watch.current().latest.state is TicketState.CANCELLED


def test_what_is_no_state_is_dropped(watch: Watch) -> None:
    for body in ({}, {"ticket_id": "t" * 22}, wire("asleep", 9), {**wire("scanned", 2), "scanned_by": {"who": 1}}):
        watch.heard(body)
    assert watch.current().latest.state is TicketState.PENDING


def test_callbacks_hear_everything_in_order(watch: Watch) -> None:
    heard: list[Signal] = []
    unsubscribe = watch.subscribe(heard.append)
    watch.connection(False)
    watch.connection(True)
    watch.heard(wire("scanned", 2))
    unsubscribe()
    watch.heard(wire("confirmed", 3))
    assert heard[-3:-1] == [Connection(False), Connection(True)]
    assert isinstance(heard[-1], Update)
    assert heard[-1].state is TicketState.SCANNED


def test_a_callback_that_causes_the_next_state_hears_it_afterwards(watch: Watch) -> None:
    heard: list[str] = []

    def listen(signal: Signal) -> None:
        assert isinstance(signal, Update)
        if signal.state is TicketState.SCANNED:
            watch.heard(wire("confirmed", 3))
        heard.append(str(signal.state))

    watch.subscribe(listen)
    watch.heard(wire("scanned", 2))
    assert heard[-2:] == ["scanned", "confirmed"]


def test_a_callback_that_fails_does_not_stop_the_next_delivery(watch: Watch) -> None:
    heard: list[Signal] = []

    def fail(_signal: Signal) -> None:
        raise RuntimeError("mine")

    unsubscribe = watch.subscribe(fail)
    with pytest.raises(RuntimeError, match="mine"):
        watch.heard(wire("scanned", 2))
    unsubscribe()
    watch.subscribe(heard.append)
    watch.heard(wire("confirmed", 3))
    assert isinstance(heard[-1], Update)
    assert heard[-1].state is TicketState.CONFIRMED
