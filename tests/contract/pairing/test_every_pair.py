"""Every (state, action, actor) of the rules' table, asked of the table and of the scripts in a real Redis."""

from __future__ import annotations

import pytest

from gateway.pairing.model import ACTORS, INITIAL, REASONS, REPEATS, TRANSITIONS, Action, Actor, decide
from scan_to_login.protocol import Code, TicketReason, TicketState
from tests.contract.stage import Stage

# Each state, for each reason that leads to it.
ARRIVALS = sorted({(to, REASONS.get(action)) for (_, action), to in TRANSITIONS.items()} | {(INITIAL, None)}, key=str)
EVERY = [(*arrival, action, actor) for arrival in ARRIVALS for action, actors in ACTORS.items() for actor in actors]
# Before any scan there is no scanner: the first phone to scan becomes it.
FIRST_SCAN = (TicketState.PENDING, Action.SCAN)


def named(value: object) -> str:
    """The name of a parameter."""
    return str(value)


@pytest.mark.parametrize(("state", "reason", "action", "actor"), EVERY, ids=named)
def test_redis_decides_as_the_table_does(
    stage: Stage, state: TicketState, reason: TicketReason | None, action: Action, actor: Actor
) -> None:
    """The outcome is the table's; a change adds 1 to the version and is published once, a refusal changes nothing."""
    ticket = stage.ticket(state, reason, targeted=actor is Actor.STRANGER_PHONE)
    assert (stage.state(ticket), stage.hash(ticket).get("reason")) == (state, reason)
    before, version = stage.lasting(ticket), stage.version(ticket)
    stage.heard()
    expected = decide(state, action, actor, reason)

    answer = stage.do(action, actor, ticket)

    published = stage.heard()
    if isinstance(expected, Code):
        assert answer is expected
        assert stage.lasting(ticket) == before
        assert published == []
        return
    assert isinstance(answer, dict)
    assert stage.state(ticket) is expected
    assert stage.version(ticket) == version + (expected is not state)
    if expected is state:
        assert stage.lasting(ticket) == before
        assert published == []
    else:
        assert [(event["state"], event["version"]) for event in published] == [(expected, version + 1)]
    if action is not Action.CLAIM:
        assert answer["state"] == expected
        assert answer["version"] == stage.version(ticket)


@pytest.mark.parametrize(
    ("state", "reason", "action"), [cell[:3] for cell in EVERY if cell[3] is Actor.SCANNER], ids=named
)
def test_a_targeted_ticket_moves_as_every_other_for_its_accounts_phone(
    stage: Stage, state: TicketState, reason: TicketReason | None, action: Action
) -> None:
    """The number is required; beside that the table is the same."""
    ticket = stage.ticket(state, reason, targeted=True)
    expected = decide(state, action, Actor.SCANNER, reason)
    answer = stage.do(action, Actor.SCANNER, ticket)
    if isinstance(expected, Code):
        assert answer is expected
    assert stage.state(ticket) is (state if isinstance(expected, Code) else expected)


def test_the_table_says_something_of_every_action_in_every_state() -> None:
    """No pair is left to chance, and no dead ticket comes back to life."""
    for state, reason, action, actor in EVERY:
        outcome = decide(state, action, actor, reason)
        assert isinstance(outcome, TicketState | Code)
        if (state, action) not in TRANSITIONS and not isinstance(outcome, Code):
            assert outcome is state


def test_states_never_move_backwards() -> None:
    """Following the table from any state never leads back to a state that was left."""
    order = [TicketState.PENDING, TicketState.SCANNED, TicketState.CONFIRMED]
    for (state, _), to in TRANSITIONS.items():
        assert to not in order[: order.index(state) + 1]


@pytest.mark.parametrize(("state", "action"), sorted(REPEATS), ids=named)
def test_a_repeated_action_gets_the_same_answer_and_changes_nothing(
    stage: Stage, state: TicketState, action: Action
) -> None:
    """The same actor again: same body, same version, nothing published."""
    actor = Actor.CLIENT if action is Action.CANCEL else Actor.SCANNER
    ticket = stage.ticket({TicketState.CONFIRMED: TicketState.SCANNED}.get(state, TicketState.PENDING))
    if state is TicketState.REJECTED:
        stage.do(Action.SCAN, Actor.SCANNER, ticket)
    first = stage.do(action, actor, ticket)
    assert isinstance(first, dict)
    held = stage.hash(ticket)
    stage.heard()

    again = stage.do(action, actor, ticket)

    assert again == first
    assert stage.hash(ticket) == held
    assert stage.heard() == []


def test_a_code_of_a_repeated_confirm_is_not_looked_at(stage: Stage) -> None:
    """A phone that lost the answer repeats the same request; its used code is accepted."""
    ticket = stage.ticket(TicketState.SCANNED)
    code = stage.code(stage.phone)
    first = stage.service.approve_login(ticket.ticket_id, stage.phone.token, code, "", "192.0.2.1")
    assert stage.service.approve_login(ticket.ticket_id, stage.phone.token, code, "", "192.0.2.1") == first
    assert stage.service.approve_login(ticket.ticket_id, stage.phone.token, "000000", "", "192.0.2.1") == first


def test_another_phone_is_refused_before_its_code_is_looked_at(stage: Stage) -> None:
    """The confirm of another phone spends neither a try nor its own code."""
    ticket = stage.ticket(TicketState.SCANNED)
    before = stage.hash(ticket)
    assert stage.do(Action.CONFIRM, Actor.OTHER_PHONE, ticket) is Code.TICKET_TAKEN
    assert stage.hash(ticket) == before
    other = stage.request()
    stage.service.bind_phone(other.ticket_id, stage.other_phone.token, "192.0.2.1")
    code = stage.code(stage.other_phone)
    assert (
        stage.service.approve_login(other.ticket_id, stage.other_phone.token, code, "", "192.0.2.1")["state"]
        == "confirmed"
    )
