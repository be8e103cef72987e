"""The rules of ``gateway.pairing.model`` as the Lua prelude ``_rules``, which the scripts on tickets name.

The tables are rendered as functions of comparisons: Redis runs a prelude at each call, and would build a Lua table anew
each time. A comparison of two short strings is one of two addresses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from gateway.pairing.model import (
    DEAD_CODES,
    INITIAL,
    REASONS,
    RECORDED_AS,
    REPEATS,
    TAKEN,
    TRANSITIONS,
    WRONG_STATE,
    WRONG_STATE_CODES,
    Action,
)
from scan_to_login.protocol import TicketState

PRELUDE = "_rules"


def lua_rules() -> str:
    """The prelude's text: ``INITIAL``, ``dead_code``, ``transition`` and ``decide``."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f"local INITIAL = '{INITIAL}'"
    yield "-- What a dead ticket answers; nil for a live one."
    yield "local function dead_code(state)"
    for state, code in DEAD_CODES.items():
        yield f"  if state == '{state}' then return '{code}' end"
    yield "end"
    yield "-- The state that `action` leads to, its reason, and the audit log's action; nil where it is not allowed."
    yield "local function transition(state, action)"
    for action in Action:
        yield from _branch(action, _sources(action), f", {_quoted(REASONS.get(action))}, '{_recorded(action)}'")
    yield "end"
    yield "-- The state that `action` leads to, else nil and the refusal's code. `own`: no other actor has the ticket."
    yield "local function decide(ticket, action, own)"
    yield "  local state = ticket.state"
    for (state, action), reason in REPEATS.items():
        with_reason = f" and ticket.reason == '{reason}'" if reason else ""
        yield f"  if own and action == '{action}' and state == '{state}'{with_reason} then return state end"
    yield "  local dead = dead_code(state)"
    yield "  if dead then return nil, dead end"
    yield f"  if not own and state ~= '{INITIAL}' then return nil, '{TAKEN}' end"
    yield "  local to = transition(state, action)"
    yield "  if to then return to end"
    for action, code in WRONG_STATE_CODES.items():
        yield f"  if action == '{action}' then return nil, '{code}' end"
    yield f"  return nil, '{WRONG_STATE}'"
    yield "end"


def _branch(action: Action, sources: Mapping[TicketState, TicketState], rest: str) -> Iterator[str]:
    yield f"  if action == '{action}' then"
    for state, to in sources.items():
        yield f"    if state == '{state}' then return '{to}'{rest} end"
    yield "    return nil"
    yield "  end"


def _sources(action: Action) -> dict[TicketState, TicketState]:
    return {state: to for (state, known), to in TRANSITIONS.items() if known is action}


def _recorded(action: Action) -> Action:
    return RECORDED_AS.get(action, action)


def _quoted(word: StrEnum | None) -> str:
    return f"'{word}'" if word else "nil"
