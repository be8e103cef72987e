"""The ticket's table as DESIGN.md section 3 has it, written out: a change of one rule changes a line of this file."""

from __future__ import annotations

import pytest

from gateway.pairing.model import ACTORS, UNAWARE, Action, Actor, decide
from scan_to_login.protocol import Code, TicketReason, TicketState

# One line for each state, with its reason: what each action leads to for the ticket's own phone, client or gateway.
OWN = """
state      reason               scan                confirm             reject              cancel              claim                expire    replace   withdraw  exhaust
pending    -                    scanned             ticket_wrong_state  ticket_wrong_state  cancelled           ticket_not_confirmed expired   cancelled pending   pending
scanned    -                    scanned             confirmed           rejected            cancelled           ticket_not_confirmed expired   cancelled rejected  rejected
confirmed  -                    ticket_wrong_state  confirmed           ticket_wrong_state  ticket_wrong_state  claimed              expired   confirmed rejected  confirmed
claimed    -                    ticket_spent        ticket_spent        ticket_spent        ticket_spent        ticket_spent         claimed   claimed   claimed   claimed
rejected   rejected_on_phone    ticket_rejected     ticket_rejected     rejected            ticket_rejected     ticket_rejected      rejected  rejected  rejected  rejected
rejected   phone_logged_out     ticket_rejected     ticket_rejected     ticket_rejected     ticket_rejected     ticket_rejected      rejected  rejected  rejected  rejected
rejected   too_many_tries       ticket_rejected     ticket_rejected     ticket_rejected     ticket_rejected     ticket_rejected      rejected  rejected  rejected  rejected
cancelled  cancelled_by_client  ticket_cancelled    ticket_cancelled    ticket_cancelled    cancelled           ticket_cancelled     cancelled cancelled cancelled cancelled
cancelled  replaced             ticket_cancelled    ticket_cancelled    ticket_cancelled    cancelled           ticket_cancelled     cancelled cancelled cancelled cancelled
expired    -                    ticket_expired      ticket_expired      ticket_expired      ticket_expired      ticket_expired       expired   expired   expired   expired
"""  # noqa: E501 (a table)
ROWS = [line.split() for line in OWN.strip().splitlines()]
STATES = [(TicketState(state), None if reason == "-" else TicketReason(reason)) for state, reason, *_ in ROWS[1:]]
CELLS = [
    (state, reason, Action(action), expected)
    for (state, reason), row in zip(STATES, ROWS[1:], strict=True)
    for action, expected in zip(ROWS[0][2:], row[2:], strict=True)
]


@pytest.mark.parametrize(("state", "reason", "action", "expected"), CELLS, ids=str)
def test_the_tickets_own_phone_client_and_clock(
    state: TicketState, reason: TicketReason | None, action: Action, expected: str
) -> None:
    own = next(actor for actor in ACTORS[action] if actor is not Actor.OTHER_PHONE and actor not in UNAWARE)
    decided = decide(state, action, own, reason)
    assert decided == expected
    assert isinstance(decided, TicketState) == (expected in set(TicketState))


@pytest.mark.parametrize(("state", "reason"), STATES, ids=str)
def test_another_client_learns_nothing_and_changes_nothing(state: TicketState, reason: TicketReason | None) -> None:
    for action in (Action.CANCEL, Action.CLAIM):
        assert decide(state, action, Actor.OTHER_CLIENT, reason) is Code.TICKET_NOT_FOUND
    assert decide(state, Action.REPLACE, Actor.OTHER_CLIENT, reason) is state


@pytest.mark.parametrize(("state", "reason"), STATES, ids=str)
@pytest.mark.parametrize("action", [Action.SCAN, Action.CONFIRM, Action.REJECT])
def test_another_phone_learns_that_the_ticket_is_taken_or_ended(
    state: TicketState, reason: TicketReason | None, action: Action
) -> None:
    over = {"claimed": "spent", "rejected": "rejected", "cancelled": "cancelled", "expired": "expired"}
    if state is TicketState.PENDING:
        expected = TicketState.SCANNED if action is Action.SCAN else Code.TICKET_WRONG_STATE
    elif state in over:
        expected = Code(f"ticket_{over[state]}")
    else:
        expected = Code.TICKET_TAKEN
    assert decide(state, action, Actor.OTHER_PHONE, reason) is expected
    assert decide(state, Action.EXHAUST, Actor.OTHER_PHONE, reason) is state


@pytest.mark.parametrize(("state", "reason"), STATES, ids=str)
@pytest.mark.parametrize("action", [Action.SCAN, Action.CONFIRM, Action.REJECT])
def test_a_phone_of_another_account_than_the_target_learns_nothing(
    state: TicketState, reason: TicketReason | None, action: Action
) -> None:
    assert decide(state, action, Actor.STRANGER_PHONE, reason) is Code.TICKET_NOT_FOUND
