"""Routes to set, read and remove faults."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from gateway.control.faults.faults import CALL_KINDS, LONGEST_DELAY_MS, PUSH_KINDS, Fault, FaultKind, Faults
from gateway.foundation.errors import Refusal
from gateway.http.routes import Answer, Body, Call, Router
from scan_to_login.field_rules import FieldRule, field_error
from scan_to_login.protocol import Code, TicketState

Pattern = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class FaultBody(Body):
    """A fault to set: kind, filter, probability, count, lifetime."""

    kind: Annotated[FaultKind, Field(strict=False)]
    route: Pattern | None = Field(
        None,
        description="Only REST calls with this method and path; `*` is any text: `POST /api/v1/tickets/*/confirm`.",
    )
    event: Pattern | None = Field(None, description="Only this Socket.IO event: `request_ticket`, `ticket_state`.")
    ticket: Pattern | None = Field(None, description="Only calls and pushes about this ticket_id.")
    state: Annotated[TicketState, Field(strict=False)] | None = Field(
        None, description="Only pushes that tell of this state."
    )
    times: int | None = Field(None, ge=1, le=1_000_000, description="How often it fires; without it, always.")
    probability: float = Field(1.0, gt=0, le=1, description="How likely it fires at each occasion.")
    seed: int = Field(0, ge=0, le=2**31, description="The same seed draws the same outcomes, occasion by occasion.")
    seconds: float | None = Field(None, gt=0, le=86_400 * 366, description="Lifetime by the gateway's clock.")
    milliseconds: float = Field(
        0, ge=0, le=LONGEST_DELAY_MS, description="Delay of `latency` and `push_delay`; longest of `push_reorder`."
    )
    sigma: float = Field(0, ge=0, le=5, description="Above 0, delays are log-normal about the median `milliseconds`.")
    status: Literal[400, 403, 404, 409, 410, 429, 500, 502, 503, 504] = Field(
        503, description="Status that `error` answers."
    )

    def checked(self) -> FaultKind:
        """The fault's kind. Raises ``invalid_request`` for a filter that does not apply to this kind."""
        kind = self.kind
        errors = []
        if kind not in CALL_KINDS and self.route is not None:
            errors.append(field_error("route", FieldRule.FAULT_WITHOUT_ROUTE))
        if kind not in PUSH_KINDS and self.state is not None:
            errors.append(field_error("state", FieldRule.FAULT_WITHOUT_STATE))
        if self.route is not None and self.event is not None:
            errors.append(field_error("event", FieldRule.FAULT_ONE_OCCASION))
        if kind in (FaultKind.LATENCY, FaultKind.PUSH_DELAY) and not self.milliseconds:
            errors.append(field_error("milliseconds", FieldRule.FAULT_DURATION))
        if kind is FaultKind.REDIS_UNREACHABLE:
            named = ("event", "ticket", "times")
            errors += [field_error(name, FieldRule.FAULT_FOR_ALL) for name in named if getattr(self, name)]
            if self.probability < 1:
                errors.append(field_error("probability", FieldRule.FAULT_PROBABILITY))
        if errors:
            raise Refusal(Code.INVALID_REQUEST, errors=errors)
        return kind


class FaultView(Answer):
    """A fault, and its count."""

    fault_id: str
    kind: FaultKind
    route: str | None
    event: str | None
    ticket: str | None
    state: TicketState | None
    times: int | None
    probability: float
    seed: int
    milliseconds: float
    sigma: float
    status: int
    ends_at: int | None = Field(description="milliseconds of the gateway's clock")
    fired: int


class FaultList(Answer):
    """All faults that are set."""

    faults: list[FaultView]


def router(faults: Faults, prefix: str) -> Router:
    """The room's list of routes."""

    def add_fault(_call: Call, body: FaultBody) -> FaultView:
        """Set a fault. The answer comes after every worker has it."""
        fault = faults.add(
            body.checked(),
            body.seconds,
            route=body.route or "",
            event=body.event or "",
            ticket=body.ticket or "",
            state=body.state or "",
            times=body.times or 0,
            probability=body.probability,
            seed=body.seed,
            milliseconds=body.milliseconds,
            sigma=body.sigma,
            status=body.status,
        )
        return _view(fault, 0)

    def list_faults(_call: Call) -> FaultList:
        """All faults that are set."""
        return FaultList(faults=[_view(fault, fired) for fault, fired in faults.all()])

    def remove_fault(call: Call) -> None:
        """Remove a fault."""
        faults.remove(call.path["fault_id"])

    def remove_faults(_call: Call) -> None:
        """Remove all faults."""
        faults.remove()

    room = Router("faults", prefix)
    room.add("POST", "/faults", add_fault, body=FaultBody, returns=FaultView, status=201)
    room.add("GET", "/faults", list_faults, returns=FaultList)
    room.add("DELETE", "/faults", remove_faults)
    room.add("DELETE", "/faults/<fault_id>", remove_fault, codes=(Code.NOT_FOUND,))
    return room


def _view(fault: Fault, fired: int) -> FaultView:
    return FaultView(
        fault_id=fault.fault_id,
        kind=fault.kind,
        route=fault.route or None,
        event=fault.event or None,
        ticket=fault.ticket or None,
        state=TicketState(fault.state) if fault.state else None,
        times=fault.times or None,
        probability=fault.probability,
        seed=fault.seed,
        milliseconds=fault.milliseconds,
        sigma=fault.sigma,
        status=fault.status,
        ends_at=fault.ends_at or None,
        fired=fired,
    )
