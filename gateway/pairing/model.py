"""The ticket's rules as one table (DESIGN.md section 3): pure data and pure functions.

The Lua files do the same inside Redis, atomically; ``tests/contract`` runs every (state, action, actor)
against both.
"""

from __future__ import annotations

from enum import StrEnum

from scan_to_login.protocol import LIVE_STATES, Code, TicketState


class Action(StrEnum):
    """What can be done to a ticket that exists."""

    SCAN = "scan"
    CONFIRM = "confirm"
    REJECT = "reject"
    CANCEL = "cancel"
    CLAIM = "claim"
    EXPIRE = "expire"


class Actor(StrEnum):
    """Who tries it."""

    SCANNER = "scanner"  # the device that scanned; before any scan, the first to
    OTHER_PHONE = "other_phone"
    CLIENT = "client"  # knows the claim secret
    OTHER_CLIENT = "other_client"
    CLOCK = "clock"


ACTORS: dict[Action, tuple[Actor, ...]] = {
    Action.SCAN: (Actor.SCANNER, Actor.OTHER_PHONE),
    Action.CONFIRM: (Actor.SCANNER, Actor.OTHER_PHONE),
    Action.REJECT: (Actor.SCANNER, Actor.OTHER_PHONE),
    Action.CANCEL: (Actor.CLIENT, Actor.OTHER_CLIENT),
    Action.CLAIM: (Actor.CLIENT, Actor.OTHER_CLIENT),
    Action.EXPIRE: (Actor.CLOCK,),
}

# What leads where, when it is allowed at all.
TRANSITIONS: dict[tuple[TicketState, Action], TicketState] = {
    (TicketState.PENDING, Action.SCAN): TicketState.SCANNED,
    (TicketState.SCANNED, Action.CONFIRM): TicketState.CONFIRMED,
    (TicketState.SCANNED, Action.REJECT): TicketState.REJECTED,
    (TicketState.PENDING, Action.CANCEL): TicketState.CANCELLED,
    (TicketState.SCANNED, Action.CANCEL): TicketState.CANCELLED,
    (TicketState.CONFIRMED, Action.CLAIM): TicketState.CLAIMED,
    (TicketState.PENDING, Action.EXPIRE): TicketState.EXPIRED,
    (TicketState.SCANNED, Action.EXPIRE): TicketState.EXPIRED,
    (TicketState.CONFIRMED, Action.EXPIRE): TicketState.EXPIRED,
}

# The same actor repeating what it did gets the same answer; a claim needs its Idempotency-Key for that.
REPEATS: frozenset[tuple[TicketState, Action]] = frozenset(
    {
        (TicketState.SCANNED, Action.SCAN),
        (TicketState.CONFIRMED, Action.CONFIRM),
        (TicketState.REJECTED, Action.REJECT),
        (TicketState.CANCELLED, Action.CANCEL),
    }
)

DEAD_CODES: dict[TicketState, Code] = {
    TicketState.CLAIMED: Code.TICKET_SPENT,
    TicketState.REJECTED: Code.TICKET_REJECTED,
    TicketState.CANCELLED: Code.TICKET_CANCELLED,
    TicketState.EXPIRED: Code.TICKET_EXPIRED,
}


def decide(state: TicketState, action: Action, actor: Actor) -> TicketState | Code:
    """The state that ``action`` by ``actor`` leads to, or the code of the refusal.

    A ticket that is dead already answers an expiry with its state: nothing happens.
    """
    if actor is Actor.OTHER_CLIENT:
        return Code.TICKET_NOT_FOUND
    if action is Action.EXPIRE:
        return TRANSITIONS.get((state, action), state)
    own = actor is not Actor.OTHER_PHONE
    if (state, action) in REPEATS and own:
        return state
    if state not in LIVE_STATES:
        return DEAD_CODES[state]
    if not own and state is not TicketState.PENDING:
        return Code.TICKET_TAKEN
    if (state, action) in TRANSITIONS:
        return TRANSITIONS[state, action]
    return Code.TICKET_NOT_CONFIRMED if action is Action.CLAIM else Code.TICKET_WRONG_STATE
