"""Metrics of logins, counted where events of the audit log reach the database: each once, over every transport.

It costs a login nothing while people wait for it. The metrics follow within a second or two, or when a database that
was away is back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic_core import from_json

from gateway.audit.audit_log import AuditEvent
from gateway.foundation.telemetry import metrics
from scan_to_login.protocol import SessionKind, TicketState

# What a state that a ticket has entered ends.
_STAGES: Final = {TicketState.SCANNED: "scan", TicketState.CONFIRMED: "confirm", TicketState.CLAIMED: "claim"}
_BY_PASSWORD: Final = {f"login.{kind}": kind.value for kind in SessionKind}
_OF_TICKETS: Final = "ticket."


def count_logins(events: Iterable[AuditEvent]) -> None:
    """Count what these events tell: tickets that have moved, and logins by password."""
    for event in events:
        if event.action.startswith(_OF_TICKETS):
            _count_move(event.detail)
        elif event.outcome == "ok" and (kind := _BY_PASSWORD.get(event.action)):
            metrics.LOGINS.labels(kind).inc()


def _count_move(detail: str) -> None:
    told = from_json(detail or "{}")
    if "took_ms" not in told:  # a refused attempt: the ticket has not moved
        return
    state = TicketState(told["state"])
    metrics.TRANSITION(state.value).inc()
    if stage := _STAGES.get(state):
        metrics.STAGE_DURATION(stage).observe(_seconds(told["took_ms"]))
    if state is TicketState.CLAIMED:
        metrics.LOGINS.labels("qr").inc()
        metrics.LOGIN_SECONDS.observe(_seconds(told["age_ms"]))


def _seconds(milliseconds: str) -> float:
    return max(0.0, float(milliseconds) / 1000)  # a simulation may have moved its clock back
