"""Waiting without a WebSocket: the long poll, the twin of the push."""

from __future__ import annotations

from tests.integration.wire import Wire, at_most, together


def test_a_long_poll_is_answered_by_the_change(wire2: Wire) -> None:
    """The twin of the push for clients without a WebSocket, whichever worker each call comes to."""
    ticket, phone = wire2.ticket(), wire2.phone()
    with at_most(8):
        waiting, scanned = together([lambda: ticket.poll(since=1, wait=30), lambda: phone.scan(ticket.id)])
        assert (waiting.body["state"], waiting.body["version"]) == ("scanned", 2)
        assert waiting.body["number"] == scanned.body["number"]
        waiting, _ = together([lambda: ticket.poll(since=2, wait=30), lambda: phone.confirm(ticket.id)])
        assert waiting.body["state"] == "confirmed"
        waiting, _ = together([lambda: ticket.poll(since=3, wait=30), ticket.claim])
        assert (waiting.status, waiting.code) == (410, "ticket_spent")


def test_a_long_poll_of_an_old_version_is_answered_at_once(wire: Wire) -> None:
    """Earlier changes are news too, the ticket's end included; the next poll gets 410."""
    ticket, phone = wire.ticket(), wire.phone()
    phone.scan(ticket.id)
    with at_most(5):
        assert ticket.poll(since=1, wait=30).body["version"] == 2
        phone.reject(ticket.id)
        dead = ticket.poll(since=2, wait=30)
        assert (dead.status, dead.body["state"], dead.body["reason"]) == (200, "rejected", "rejected_on_phone")
        assert ticket.poll(since=3, wait=30).code == "ticket_rejected"


def test_a_long_poll_ends_when_its_time_is_up_and_when_the_ticket_runs_out(wire: Wire) -> None:
    """Unchanged: the present state. Run out: the expiry."""
    ticket = wire.ticket()
    assert ticket.poll(since=1, wait=0.05).body["version"] == 1
    waiting, _ = together([lambda: ticket.poll(since=1, wait=30), lambda: wire.advance(121)])
    assert waiting.body["state"] == "expired"


def test_polling_without_waiting_gets_slow_down(wire: Wire) -> None:
    """RFC 8628 section 3.5: with Retry-After; a ticket of someone else is not slowed."""
    ticket, other = wire.ticket(), wire.ticket()
    answers = [ticket.poll() for _ in range(12)]
    slow = [answer for answer in answers if answer.status == 429]
    assert slow
    assert {answer.code for answer in slow} == {"slow_down"}
    assert int(slow[0].headers["retry-after"]) >= 1
    assert other.poll().status == 200
