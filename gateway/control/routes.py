"""Routes of the control plane `/sim/v1`: clock and reset."""

from pydantic import Field

from gateway.control.clock.clock_control import LATEST_MS, ClockControl
from gateway.control.journal.journal import Journal
from gateway.control.middleware import CONTROL_PATH
from gateway.control.seed.simulation_state import SimulationState
from gateway.foundation.errors import refused_field
from gateway.http.routes import Answer, Body, Call, Router
from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import Code

_YEARS_SECONDS = 100 * 366 * 86_400


class ClockView(Answer):
    """The gateway's clock."""

    now: int = Field(description="milliseconds since 1970")
    offset_ms: int
    frozen: bool


class AdvanceBody(Body):
    """The distance to move the clock."""

    seconds: float = Field(ge=0, le=_YEARS_SECONDS)


class SetClockBody(Body):
    """The new time of the clock; `frozen` stops it there."""

    now: int | None = Field(default=None, ge=0, le=LATEST_MS, description="milliseconds since 1970")
    frozen: bool = False


def router(clock_control: ClockControl, simulation_state: SimulationState, journal: Journal) -> Router:
    """The room's list of routes."""
    clock = clock_control.clock

    def view() -> ClockView:
        return ClockView(
            now=clock.now_ms(), offset_ms=clock.setting.offset_ms, frozen=clock.setting.frozen_ms is not None
        )

    def read_clock(_call: Call) -> ClockView:
        """The time of the gateway's clock."""
        return view()

    def advance_clock(_call: Call, body: AdvanceBody) -> ClockView:
        """Move the clock forward. Every deadline that passes takes effect."""
        milliseconds = round(body.seconds * 1000)
        if clock.now_ms() + milliseconds > LATEST_MS:
            raise refused_field("seconds", FieldRule.CLOCK_END)
        clock_control.advance(milliseconds)
        journal.note("the clock was moved", seconds=body.seconds)
        return view()

    def set_clock(_call: Call, body: SetClockBody) -> ClockView:
        """Set the clock, and freeze it or let it run."""
        now = clock.now_ms() if body.now is None else body.now
        clock_control.change(clock.set_to(now, frozen=body.frozen))
        journal.note("the clock was set", now=now, frozen=body.frozen)
        return view()

    def reset(_call: Call) -> None:
        """Start over: delete tickets, sessions, counts and changed data, load the seed, and set the clock right."""
        simulation_state.reset()
        journal.note("everything was reset")

    room = Router("simulation", CONTROL_PATH)
    room.add("GET", "/clock", read_clock, returns=ClockView)
    room.add("POST", "/clock/advance", advance_clock, body=AdvanceBody, returns=ClockView)
    room.add("PUT", "/clock", set_clock, body=SetClockBody, returns=ClockView)
    room.add("POST", "/reset", reset, codes=(Code.UNAVAILABLE,))
    return room
