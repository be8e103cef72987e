"""Deadlines are data, compared with the one clock; an ended ticket is remembered for a while."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.foundation.clock import ClockSetting
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.pairing.model import Action, Actor
from gateway.pairing.store import TicketStore
from scan_to_login.protocol import Code, TicketState
from tests.contract.stage import ADDRESS, NOON, Stage

LIVE_FOR = {TicketState.PENDING: 120, TicketState.SCANNED: 60, TicketState.CONFIRMED: 30}


@pytest.mark.parametrize("state", LIVE_FOR)
def test_each_state_has_its_own_time_from_its_own_transition(stage: Stage, state: TicketState) -> None:
    """One millisecond before the deadline it lives, at the deadline it has expired, without a read in between."""
    ticket = stage.ticket(state)
    held = stage.hash(ticket)
    assert int(held["expires_at"]) == int(held["at"]) + LIVE_FOR[state] * 1000
    stage.clock.apply(ClockSetting(0, int(held["expires_at"]) - 1))
    assert '"state":"' + state in stage.store.present(ticket.ticket_id)
    stage.clock.apply(ClockSetting(0, int(held["expires_at"])))
    stage.heard()
    action, actor = {
        TicketState.PENDING: (Action.SCAN, Actor.SCANNER),
        TicketState.SCANNED: (Action.CONFIRM, Actor.SCANNER),
        TicketState.CONFIRMED: (Action.CLAIM, Actor.CLIENT),
    }[state]
    assert stage.do(action, actor, ticket) is Code.TICKET_EXPIRED
    assert stage.version(ticket) == int(held["version"]) + 1
    assert [event["state"] for event in stage.heard()] == ["expired"]


def test_a_ticket_lives_at_most_300_seconds_in_total(make_stage: Callable[..., Stage]) -> None:
    """However late the scan and the confirm come, each within its own time."""
    stage = make_stage(tickets_pending_seconds=200, tickets_scanned_seconds=90, tickets_confirmed_seconds=90)
    ticket = stage.request()
    stage.pass_time(199)
    stage.do(Action.SCAN, Actor.SCANNER, ticket)
    assert int(stage.hash(ticket)["expires_at"]) == NOON + 289_000
    stage.pass_time(80)
    stage.do(Action.CONFIRM, Actor.SCANNER, ticket)
    assert int(stage.hash(ticket)["expires_at"]) == NOON + 300_000
    stage.pass_time(21)
    assert stage.do(Action.CLAIM, Actor.CLIENT, ticket) is Code.TICKET_EXPIRED
    assert stage.client_sessions() == 0


def test_the_time_in_all_bounds_the_first_state_too(make_stage: Callable[..., Stage]) -> None:
    """A longer pending time than the life in all is cut."""
    stage = make_stage(tickets_pending_seconds=900)
    assert int(stage.hash(stage.request())["expires_at"]) == NOON + 300_000


@pytest.mark.parametrize(("state", "left"), [(TicketState.PENDING, 120), (TicketState.REJECTED, 60)], ids=str)
def test_redis_forgets_a_ticket_ten_minutes_after_its_deadline(stage: Stage, state: TicketState, left: int) -> None:
    """Redis's own deadline is the ticket's plus the tombstone, so that a dead ticket answers 410 for that long."""
    stage.store = TicketStore(stage.redis, stage.keys, stage.clock, stage.settings, slack_ms=0)
    stage.service._store = stage.store
    ticket = stage.ticket(state)
    assert left + 599 < stage.redis.pttl(stage.keys.ticket(ticket.ticket_id)) / 1000 <= left + 600


def test_after_the_tombstone_a_ticket_is_unknown(make_stage: Callable[..., Stage]) -> None:
    """404 and not 410: nothing distinguishes it from a ticket that never existed."""
    stage = make_stage(tickets_tombstone_seconds=0)
    stage.store = TicketStore(stage.redis, stage.keys, stage.clock, stage.settings, slack_ms=0)
    ticket = stage.request()
    stage.pass_time(120)
    assert '"expired"' in stage.store.present(ticket.ticket_id)
    with pytest.raises(Refusal) as refused:
        stage.store.watch(ticket.ticket_id, ticket.secret, ADDRESS)
    assert refused.value.code is Code.TICKET_NOT_FOUND


def test_an_ended_ticket_gives_its_reason(stage: Stage) -> None:
    """The refusal carries state and version; the reader of the state sees the reason."""
    ticket = stage.ticket(TicketState.REJECTED)
    with pytest.raises(Refusal) as refused:
        stage.service.bind_phone(ticket.ticket_id, stage.phone.token, ADDRESS)
    assert (refused.value.code, refused.value.extra) == (Code.TICKET_REJECTED, {"state": "rejected", "version": 3})
    assert '"reason":"rejected_on_phone"' in stage.store.watch(ticket.ticket_id, ticket.secret, ADDRESS)


def test_a_clock_set_back_does_not_bring_a_dead_ticket_to_life(stage: Stage) -> None:
    """Expired is a state, not a comparison."""
    ticket = stage.ticket(TicketState.EXPIRED)
    stage.pass_time(-3600)
    assert stage.do(Action.SCAN, Actor.SCANNER, ticket) is Code.TICKET_EXPIRED


def test_guessing_gets_429_and_the_callers_own_ticket_still_answers(make_stage: Callable[..., Stage]) -> None:
    """After as many unknown tickets in a minute as the setting allows: rate_limited with the time to wait."""
    stage = make_stage(ticket_guesses_per_address=3)
    ticket = stage.request()
    for _ in range(3):
        with pytest.raises(Refusal) as refused:
            stage.store.watch("unknown", "x", ADDRESS)
        assert refused.value.code is Code.TICKET_NOT_FOUND
    with pytest.raises(Refusal) as refused:
        stage.store.mark_claimed(ticket.ticket_id, "wrong", "x", ADDRESS)
    assert refused.value.code is Code.RATE_LIMITED
    assert 0 < refused.value.extra["retry_after"] <= 60
    assert stage.store.watch(ticket.ticket_id, ticket.secret, ADDRESS)
    with pytest.raises(Refusal) as refused:
        stage.store.watch("unknown", "x", "192.0.2.99")
    assert refused.value.code is Code.TICKET_NOT_FOUND
    stage.pass_time(60)
    with pytest.raises(Refusal) as refused:
        stage.store.watch("unknown", "x", ADDRESS)
    assert refused.value.code is Code.TICKET_NOT_FOUND


def test_too_many_unclaimed_tickets_of_one_address_are_refused(make_stage: Callable[..., Stage]) -> None:
    """A claimed one is not counted: many people behind one address do not lock each other out."""
    stage = make_stage(tickets_per_address=3)
    for _ in range(5):
        stage.ticket(TicketState.CLAIMED)
        stage.clock.apply(ClockSetting(0, NOON))
        stage.phone = stage.new_phone("王五")
    for _ in range(3):
        stage.request()
    with pytest.raises(Refusal) as refused:
        stage.request()
    assert refused.value.code is Code.TOO_MANY_TICKETS
    assert refused.value.extra["retry_after"] == 60


def test_keys_of_two_prefixes_do_not_meet(stage: Stage) -> None:
    """Two gateways on one Redis do not see each other's tickets."""
    ticket = stage.request()
    other = TicketStore(stage.redis, Keys("{other}:"), stage.clock, stage.settings, slack_ms=0)
    with pytest.raises(Refusal) as refused:
        other.watch(ticket.ticket_id, ticket.secret, ADDRESS)
    assert refused.value.code is Code.TICKET_NOT_FOUND
