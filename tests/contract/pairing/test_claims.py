"""One ticket, one session: the claim, its repetition, and what takes a confirm back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import digest
from gateway.pairing.model import Action, Actor
from scan_to_login.protocol import Code, TicketState
from tests.contract.stage import ADDRESS, Stage, Ticket


def claim(stage: Stage, ticket: Ticket, key: str) -> str | Code:
    """The token, or the code of the refusal."""
    try:
        return stage.service.exchange_for_token(ticket.ticket_id, ticket.secret, key, ADDRESS)[0]
    except Refusal as refusal:
        return refusal.code


def test_the_same_request_within_the_window_gets_the_same_session(stage: Stage) -> None:
    """A client that lost the answer repeats it with its Idempotency-Key for 30 s."""
    ticket = stage.ticket(TicketState.CONFIRMED)
    token = claim(stage, ticket, "key-1")
    stage.heard()
    version = stage.version(ticket)
    stage.pass_time(30)
    assert claim(stage, ticket, "key-1") == token
    assert stage.version(ticket) == version
    assert stage.heard() == []
    assert stage.client_sessions() == 1


def test_the_window_ends(stage: Stage) -> None:
    """A moment after 30 s the repetition is spent."""
    ticket = stage.ticket(TicketState.CONFIRMED)
    claim(stage, ticket, "key-1")
    stage.pass_time(30.001)
    assert claim(stage, ticket, "key-1") is Code.TICKET_SPENT


@pytest.mark.parametrize("key", ["key-2", ""])
def test_any_other_second_claim_is_spent(stage: Stage, key: str) -> None:
    """Another key, or none, is another request."""
    ticket = stage.ticket(TicketState.CONFIRMED)
    claim(stage, ticket, "key-1")
    assert claim(stage, ticket, key) is Code.TICKET_SPENT
    assert stage.client_sessions() == 1


def test_two_claims_without_a_key_are_two_requests(stage: Stage) -> None:
    """No key makes no two claims alike."""
    ticket = stage.ticket(TicketState.CONFIRMED)
    assert isinstance(claim(stage, ticket, ""), str)
    assert claim(stage, ticket, "") is Code.TICKET_SPENT


def test_the_key_without_the_secret_is_worth_nothing(stage: Stage) -> None:
    """An Idempotency-Key alone does not repeat a claim."""
    ticket = stage.ticket(TicketState.CONFIRMED)
    claim(stage, ticket, "key-1")
    assert claim(stage, Ticket(ticket.ticket_id, "x" * 43), "key-1") is Code.TICKET_NOT_FOUND


def test_a_repetition_does_not_bring_back_a_session_that_has_ended(stage: Stage) -> None:
    """Logged out within the window: spent."""
    ticket = stage.ticket(TicketState.CONFIRMED)
    token = claim(stage, ticket, "key-1")
    assert isinstance(token, str)
    stage.sessions.end(stage.phone.account_id, [digest(token)])
    assert claim(stage, ticket, "key-1") is Code.TICKET_SPENT
    assert stage.client_sessions() == 0


def test_the_token_is_kept_as_a_digest_alone(stage: Stage) -> None:
    """Neither the claim secret nor the token is anywhere in Redis."""
    ticket = stage.ticket(TicketState.CONFIRMED)
    token = claim(stage, ticket, "key-1")
    assert isinstance(token, str)
    assert stage.session_exists(token)
    for key in stage.redis.scan_iter(f"{stage.keys.prefix}*"):
        read = {"hash": stage.redis.hgetall, "set": stage.redis.smembers, "stream": stage.redis.xrange}
        held = f"{key} {read.get(stage.redis.type(key), stage.redis.get)(key)}"
        assert token not in held
        assert ticket.secret not in held
        assert stage.phone.token not in held


@pytest.mark.parametrize("ending", ["logged out", "deadline"])
def test_the_confirming_phone_must_still_be_logged_in(make_stage: Callable[..., Stage], ending: str) -> None:
    """A session ended between confirm and claim takes the confirm back (SECURITY.md, Tickets 7)."""
    stage = make_stage()
    ticket = stage.ticket(TicketState.CONFIRMED)
    stage.heard()
    session = stage.keys.session(digest(stage.phone.token))
    if ending == "logged out":
        stage.redis.delete(session)
    else:
        stage.redis.hset(session, "expires_at", stage.clock.now_ms())
    assert claim(stage, ticket, "") is Code.TICKET_REJECTED
    assert stage.client_sessions() == 0
    assert [(event["state"], event["reason"]) for event in stage.heard()] == [("rejected", "phone_logged_out")]


def test_a_phones_logout_rejects_its_scanned_tickets_at_once(stage: Stage) -> None:
    """The gateway tells the waiting clients. A ticket of another phone does not change."""
    stage.sessions.on_end.append(stage.store.withdraw_scanned_by)
    scanned, confirmed = stage.ticket(TicketState.SCANNED), stage.ticket(TicketState.CONFIRMED)
    other = stage.request()
    stage.do(Action.SCAN, Actor.OTHER_PHONE, other)
    stage.heard()
    stage.sessions.end(stage.phone.account_id)
    events = {event["ticket_id"]: (event["state"], event["reason"]) for event in stage.heard()}
    assert events == {ticket.ticket_id: ("rejected", "phone_logged_out") for ticket in (scanned, confirmed)}
    assert stage.state(other) is TicketState.SCANNED


def test_a_client_token_can_neither_scan_nor_confirm_nor_reject(stage: Stage) -> None:
    """The session of a client is no phone."""
    token = claim(stage, stage.ticket(TicketState.CONFIRMED), "")
    assert isinstance(token, str)
    ticket = stage.request()
    for call in (
        lambda: stage.service.bind_phone(ticket.ticket_id, token, ADDRESS),
        lambda: stage.service.approve_login(ticket.ticket_id, token, "123456", "", ADDRESS),
        lambda: stage.service.decline_login(ticket.ticket_id, token, ADDRESS),
    ):
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.code is Code.FORBIDDEN
    assert stage.state(ticket) is TicketState.PENDING


def test_an_unknown_phone_token_is_unauthenticated_for_any_ticket(stage: Stage) -> None:
    """The refusal says nothing about the ticket, and counts as no guess."""
    for ticket_id in (stage.request().ticket_id, "unknown"):
        with pytest.raises(Refusal) as refused:
            stage.service.bind_phone(ticket_id, "x" * 43, ADDRESS)
        assert refused.value.code is Code.UNAUTHENTICATED
