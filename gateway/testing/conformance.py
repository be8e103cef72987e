"""Does a gateway, whoever wrote it, keep the rules of the wire? Runs checks and writes a report."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import requests

from gateway.testing.foreign import ForeignGateway
from gateway.testing.wire import Wire, WirePhone, WireTicket

UNKNOWN_ID = "A" * 22


class Outcome(StrEnum):
    """How a check ended."""

    HELD = "held"
    BROKEN = "broken"
    NOT_TRIED = "not tried"


class NotTried(Exception):  # noqa: N818 - it is an outcome
    """The check needs what this gateway has not."""


@dataclass(frozen=True, slots=True)
class Result:
    """One check's outcome."""

    name: str
    source: str
    rule: str
    outcome: Outcome
    detail: str = ""


class Trial:
    """What a check has at hand: the wire, and two people who are nobody else's business."""

    def __init__(self, gateway: ForeignGateway, wire: Wire, first: str, second: str) -> None:
        self.gateway = gateway
        self.wire = wire
        self.first, self.second = first, second

    def phone(self, login_name: str = "") -> WirePhone:
        """A phone that has just logged in; the first person's, unless named."""
        name = login_name or self.first
        return self.wire.log_in(name, self.gateway.password_of(name))

    def scanned(self) -> tuple[WirePhone, WireTicket]:
        """A phone, and a ticket that it has scanned."""
        phone, ticket = self.phone(), self.wire.request()
        expect(self.wire.scan(phone, ticket.ticket_id), 200)
        return phone, ticket

    def confirmed(self) -> tuple[WirePhone, WireTicket]:
        """A phone, and a ticket that it has confirmed."""
        phone, ticket = self.scanned()
        state = self.state(ticket)
        expect(self.wire.confirm(phone, ticket.ticket_id, number=state.get("number")), 200)
        return phone, ticket

    def state(self, ticket: WireTicket) -> dict[str, Any]:
        """The ticket, as its client reads it."""
        told: dict[str, Any] = expect(self.wire.poll(ticket.ticket_id, ticket.claim_secret), 200)
        return told

    def advance(self, seconds: float) -> None:
        """Move the gateway's clock. Raises NotTried where it has no control plane."""
        if not self.gateway.has_control:
            raise NotTried("needs the control plane /sim/v1, to move the clock")
        self.gateway.control.clock.advance(seconds)


Check = Callable[[Trial], None]
_CHECKS: list[tuple[str, str, Check]] = []


def check(source: str, rule: str) -> Callable[[Check], Check]:
    """Register a check; ``source`` is where its rule stands."""

    def register(function: Check) -> Check:
        _CHECKS.append((source, rule, function))
        return function

    return register


def holds(condition: object, otherwise: str) -> None:
    """Raise AssertionError with ``otherwise`` unless the condition is true; not a statement that `python -O` drops."""
    if not condition:
        raise AssertionError(otherwise)


def expect(answer: requests.Response, *statuses: int, code: str = "") -> Any:
    """The answer's JSON. Raises AssertionError unless it has one of these statuses, and this code."""
    told = f"{answer.request.method} {answer.request.path_url} answered {answer.status_code} {answer.text[:160]}"
    wanted = " or ".join(map(str, statuses)) + (f" {code}" if code else "")
    if answer.status_code not in statuses:
        raise AssertionError(f"{told}; {wanted} was due")
    if not answer.content:
        return None
    try:
        body = answer.json()
    except ValueError:
        raise AssertionError(f"{told}, which is no JSON") from None
    if code and body.get("code") != code:
        raise AssertionError(f"{told}; {wanted} was due")
    return body


def run(gateway: ForeignGateway, first: str, second: str) -> Iterable[Result]:
    """Run every check, one after the other; the gateway is started over before each, where it can be."""
    from gateway.testing import conformance_flaws, conformance_refusals  # noqa: F401 - they register their checks

    wire = Wire(gateway.url)
    try:
        for source, rule, function in _CHECKS:
            name = function.__name__
            try:
                gateway.reset()
                function(Trial(gateway, wire, first, second))
            except NotTried as why:
                yield Result(name, source, rule, Outcome.NOT_TRIED, str(why))
            except AssertionError as error:
                yield Result(name, source, rule, Outcome.BROKEN, str(error))
            except Exception as error:  # noqa: BLE001 - whatever a strange gateway brings about is its finding
                yield Result(name, source, rule, Outcome.BROKEN, f"{type(error).__name__}: {error}")
            else:
                yield Result(name, source, rule, Outcome.HELD)
    finally:
        wire.close()


def as_json(url: str, results: list[Result]) -> str:
    """The report for programs."""
    return json.dumps(
        {"gateway": url, "counts": counts(results), "checks": [asdict(result) for result in results]}, indent=2
    )


def as_markdown(url: str, results: list[Result]) -> str:
    """The report for people."""
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts(results).items())
    lines = [f"# Conformance of {url}", "", f"{told}.", "", "| outcome | rule | source | |", "|---|---|---|---|"]
    for result in results:
        detail = result.detail.replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {result.outcome} | {result.rule} | {result.source} | {detail} |")
    return "\n".join(lines) + "\n"


def counts(results: list[Result]) -> dict[str, int]:
    """How many checks ended how."""
    return {outcome.value: sum(result.outcome is outcome for result in results) for outcome in Outcome}
