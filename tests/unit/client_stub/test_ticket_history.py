"""A ticket's story: each version once, in order, nothing after the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from client_stub.errors import ClientError
from client_stub.model import Ticket, Update
from client_stub.ticket_history import TicketHistory
from scan_to_login.protocol import Code, TicketState

Make = Callable[..., Update]


def test_a_new_ticket_is_pending(ticket: Ticket) -> None:
    history = TicketHistory.begin(ticket)
    assert [step.state for step in history.updates] == ["pending"]
    assert not history.over


def test_a_newer_version_is_taken(ticket: Ticket, update: Make) -> None:
    history = TicketHistory.begin(ticket)
    assert history.offer(update("scanned", 2))
    assert history.latest.state is TicketState.SCANNED


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_version_already_seen_is_dropped(ticket: Ticket, update: Make, version: int) -> None:
    history = TicketHistory.begin(ticket)
    history.offer(update("scanned", 2))
    assert not history.offer(update("pending", version))
    assert [step.version for step in history.updates] == [1, 2]


def test_an_overtaken_push_does_not_move_the_state_backwards(ticket: Ticket, update: Make) -> None:
    history = TicketHistory.begin(ticket)
    assert history.offer(update("confirmed", 3))
    assert not history.offer(update("scanned", 2))
    assert history.latest.state is TicketState.CONFIRMED


def test_another_tickets_push_is_dropped(ticket: Ticket, update: Make) -> None:
    history = TicketHistory.begin(ticket)
    assert not history.offer(update("scanned", 2, ticket_id="u" * 22))


@pytest.mark.parametrize("end", ["claimed", "rejected", "cancelled", "expired"])
def test_nothing_comes_after_the_end(ticket: Ticket, update: Make, end: str) -> None:
    history = TicketHistory.begin(ticket)
    history.offer(update(end, 2))
    assert history.over
    assert not history.offer(update("confirmed", 3))
    assert history.remaining() is None


def test_a_repeated_version_updates_the_countdown(ticket: Ticket, update: Make) -> None:
    history = TicketHistory.begin(ticket)
    assert not history.offer(update("pending", 1, expires_in=7))
    remaining = history.remaining()
    assert remaining is not None
    assert 6 < remaining <= 7
    assert len(history.updates) == 1


def test_a_countdown_is_never_negative(ticket: Ticket, update: Make) -> None:
    history = TicketHistory.begin(ticket)
    history.offer(update("scanned", 2, expires_in=-5))
    assert history.remaining() == 0.0
    due = history.due(1.0)
    assert due is not None
    assert due < 0


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (Code.TICKET_EXPIRED, TicketState.EXPIRED),
        (Code.TICKET_REJECTED, TicketState.REJECTED),
        (Code.TICKET_CANCELLED, TicketState.CANCELLED),
        (Code.TICKET_SPENT, TicketState.CLAIMED),
    ],
)
def test_a_refusal_for_an_ended_ticket_has_its_end(code: Code, state: TicketState) -> None:
    learnt = Update.from_refusal("t", ClientError(code, "Gone.", 410, {"version": 5}), seen_version=2)
    assert learnt is not None
    assert (learnt.state, learnt.version) == (state, 5)


def test_a_refusal_for_an_unknown_ticket_has_no_state() -> None:
    assert Update.from_refusal("t", ClientError(Code.TICKET_NOT_FOUND, "No such.", 404), seen_version=2) is None


def test_the_claim_secret_is_not_shown(ticket: Ticket) -> None:
    assert ticket.claim_secret not in repr(ticket)
