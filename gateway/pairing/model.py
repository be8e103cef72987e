"""The ticket's rules (DESIGN.md section 3): the one table that the gateway runs, as pure data and pure functions.

``gateway.pairing.lua_rules`` renders it as the Lua prelude of the scripts, which decide inside Redis, atomically;
``tests/contract`` asks :func:`decide` and the scripts about every (state, action, actor).
"""

from __future__ import annotations

from enum import StrEnum

from scan_to_login.protocol import LIVE_STATES, Code, TicketReason, TicketState


class Action(StrEnum):
    """What can be done to a ticket that exists."""

    SCAN = "scan"
    CONFIRM = "confirm"
    REJECT = "reject"
    CANCEL = "cancel"
    CLAIM = "claim"
    # Consequences: nobody asks for them, and they are never refused.
    EXPIRE = "expire"  # its deadline has passed
    REPLACE = "replace"  # its client requests another ticket in its place
    WITHDRAW = "withdraw"  # the session of the phone that scanned it is over: found at once, or by a claim
    EXHAUST = "exhaust"  # the last wrong code or number that the phone may try
    MISCHOOSE = "mischoose"  # the phone chooses a number that the client does not show
    MISTYPE = "mistype"  # the last wrong code of the phone that the client may try
    CLOSE = "close"  # QR login was switched off for its client, its account or all


class Actor(StrEnum):
    """Who tries it."""

    SCANNER = "scanner"  # the device that scanned; before any scan, the first to
    OTHER_PHONE = "other_phone"
    STRANGER_PHONE = "stranger_phone"  # of another account than the one that the ticket is aimed at
    CLIENT = "client"  # knows the claim secret
    OTHER_CLIENT = "other_client"
    CLOCK = "clock"
    GATEWAY = "gateway"


ACTORS: dict[Action, tuple[Actor, ...]] = {
    Action.SCAN: (Actor.SCANNER, Actor.OTHER_PHONE, Actor.STRANGER_PHONE),
    Action.CONFIRM: (Actor.SCANNER, Actor.OTHER_PHONE, Actor.STRANGER_PHONE),
    Action.REJECT: (Actor.SCANNER, Actor.OTHER_PHONE, Actor.STRANGER_PHONE),
    Action.CANCEL: (Actor.CLIENT, Actor.OTHER_CLIENT),
    Action.CLAIM: (Actor.CLIENT, Actor.OTHER_CLIENT),
    Action.EXPIRE: (Actor.CLOCK,),
    Action.REPLACE: (Actor.CLIENT, Actor.OTHER_CLIENT),
    Action.WITHDRAW: (Actor.GATEWAY,),
    Action.EXHAUST: (Actor.SCANNER, Actor.OTHER_PHONE),
    Action.MISCHOOSE: (Actor.SCANNER, Actor.OTHER_PHONE),
    Action.MISTYPE: (Actor.CLIENT, Actor.OTHER_CLIENT),
    Action.CLOSE: (Actor.GATEWAY,),
}

# To these a ticket looks unknown, whatever its state.
UNAWARE = frozenset({Actor.OTHER_CLIENT, Actor.STRANGER_PHONE})

CONSEQUENCES = frozenset(
    {
        Action.EXPIRE,
        Action.REPLACE,
        Action.WITHDRAW,
        Action.EXHAUST,
        Action.MISCHOOSE,
        Action.MISTYPE,
        Action.CLOSE,
    }
)

INITIAL = TicketState.PENDING

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
    (TicketState.PENDING, Action.REPLACE): TicketState.CANCELLED,
    (TicketState.SCANNED, Action.REPLACE): TicketState.CANCELLED,
    (TicketState.SCANNED, Action.WITHDRAW): TicketState.REJECTED,
    (TicketState.CONFIRMED, Action.WITHDRAW): TicketState.REJECTED,
    (TicketState.SCANNED, Action.EXHAUST): TicketState.REJECTED,
    (TicketState.SCANNED, Action.MISCHOOSE): TicketState.REJECTED,
    (TicketState.CONFIRMED, Action.MISTYPE): TicketState.REJECTED,
    (TicketState.PENDING, Action.CLOSE): TicketState.CANCELLED,
    (TicketState.SCANNED, Action.CLOSE): TicketState.CANCELLED,
    (TicketState.CONFIRMED, Action.CLOSE): TicketState.CANCELLED,
}

# The ``reason`` of the state that an action leads to.
REASONS: dict[Action, TicketReason] = {
    Action.REJECT: TicketReason.REJECTED_ON_PHONE,
    Action.CANCEL: TicketReason.CANCELLED_BY_CLIENT,
    Action.REPLACE: TicketReason.REPLACED,
    Action.WITHDRAW: TicketReason.PHONE_LOGGED_OUT,
    Action.EXHAUST: TicketReason.TOO_MANY_TRIES,
    Action.MISCHOOSE: TicketReason.WRONG_NUMBER,
    Action.MISTYPE: TicketReason.TOO_MANY_TRIES,
    Action.CLOSE: TicketReason.LOGIN_UNAVAILABLE,
}

# The same actor repeating what it did gets the same answer, from a state with this ``reason``; None is any reason.
# A claim needs its Idempotency-Key for that.
REPEATS: dict[tuple[TicketState, Action], TicketReason | None] = {
    (TicketState.SCANNED, Action.SCAN): None,
    (TicketState.CONFIRMED, Action.CONFIRM): None,
    (TicketState.REJECTED, Action.REJECT): TicketReason.REJECTED_ON_PHONE,
    (TicketState.CANCELLED, Action.CANCEL): None,
}

# What a dead ticket answers (SECURITY.md, Tickets 4).
DEAD_CODES: dict[TicketState, Code] = {
    TicketState.CLAIMED: Code.TICKET_SPENT,
    TicketState.REJECTED: Code.TICKET_REJECTED,
    TicketState.CANCELLED: Code.TICKET_CANCELLED,
    TicketState.EXPIRED: Code.TICKET_EXPIRED,
}

# What a live ticket answers where an action is not allowed.
TAKEN = Code.TICKET_TAKEN
WRONG_STATE = Code.TICKET_WRONG_STATE
WRONG_STATE_CODES: dict[Action, Code] = {Action.CLAIM: Code.TICKET_NOT_CONFIRMED}

# The actions under whose name the audit log has a consequence.
RECORDED_AS: dict[Action, Action] = {
    Action.REPLACE: Action.CANCEL,
    Action.WITHDRAW: Action.REJECT,
    Action.EXHAUST: Action.REJECT,
    Action.MISCHOOSE: Action.REJECT,
    Action.MISTYPE: Action.REJECT,
    Action.CLOSE: Action.CANCEL,
}


def decide(state: TicketState, action: Action, actor: Actor, reason: TicketReason | None = None) -> TicketState | Code:
    """The state that ``action`` by ``actor`` leads to, or the code of the refusal.

    ``reason`` is that of the present state. A consequence that the table does not have answers the present state:
    nothing happens.
    """
    own = actor is not Actor.OTHER_PHONE and actor not in UNAWARE
    if action in CONSEQUENCES:
        return TRANSITIONS.get((state, action), state) if own else state
    if actor in UNAWARE:
        return Code.TICKET_NOT_FOUND
    if own and (state, action) in REPEATS and REPEATS[state, action] in (None, reason):
        return state
    if state not in LIVE_STATES:
        return DEAD_CODES[state]
    if not own and state is not INITIAL:
        return TAKEN
    return TRANSITIONS.get((state, action)) or WRONG_STATE_CODES.get(action, WRONG_STATE)
