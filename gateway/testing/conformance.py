"""Does a gateway, whoever wrote it, keep the rules of the wire? Runs checks; ``conformance_report`` tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import requests

from gateway.testing.foreign import ForeignGateway
from gateway.testing.wire import Wire, WirePhone, WireTicket

UNKNOWN_ID = "A" * 22


class Told(NamedTuple):
    """A sentence in both languages."""

    en: str
    zh: str


NOTHING = Told("", "")


class Outcome(StrEnum):
    """How a check ended."""

    HELD = "held"
    BROKEN = "broken"
    NOT_TRIED = "not tried"


class NotTried(Exception):  # noqa: N818 - it is an outcome
    """The check needs what this gateway has not."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.told = Told(en, zh)


class Broken(AssertionError):  # noqa: N818 - it is an outcome
    """The gateway has broken the rule; the words say by what."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.told = Told(en, zh)


@dataclass(frozen=True, slots=True)
class Result:
    """One check's outcome."""

    name: str
    source: Told
    rule: Told
    outcome: Outcome
    detail: Told = NOTHING


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
            raise NotTried("needs the control plane /sim/v1, to move the clock", "需要控制接口 /sim/v1 来拨动时钟")
        self.gateway.control.clock.advance(seconds)


Check = Callable[[Trial], None]
_CHECKS: list[tuple[Told, Told, Check]] = []


def check(source: str | Told, en: str, zh: str) -> Callable[[Check], Check]:
    """Register a check of a rule, told in both languages; ``source`` is where the rule stands."""

    def register(function: Check) -> Check:
        _CHECKS.append((source if isinstance(source, Told) else Told(source, source), Told(en, zh), function))
        return function

    return register


def holds(condition: object, en: str, zh: str = "") -> None:
    """Raise Broken with these words unless the condition is true; not a statement that `python -O` drops.

    Without ``zh`` the words are of no language: an answer's body.
    """
    if not condition:
        raise Broken(en, zh or en)


def expect(answer: requests.Response, *statuses: int, code: str = "") -> Any:
    """The answer's JSON. Raises Broken unless it has one of these statuses, and this code."""
    call = f"{answer.request.method} {answer.request.path_url}"
    told = f"{answer.status_code} {answer.text[:160]}"
    suffix = f" {code}" if code else ""
    due = Broken(
        f"{call} answered {told}; {' or '.join(map(str, statuses))}{suffix} was due",
        f"{call} 的应答是 {told}；应为 {' 或 '.join(map(str, statuses))}{suffix}",
    )
    if answer.status_code not in statuses:
        raise due
    if not answer.content:
        return None
    try:
        body = answer.json()
    except ValueError:
        raise Broken(f"{call} answered {told}, which is no JSON", f"{call} 的应答是 {told}，不是 JSON") from None
    if code and body.get("code") != code:
        raise due
    return body


def registered() -> list[tuple[Told, Told, Check]]:
    """Every check, with its source and its rule."""
    from gateway.testing import conformance_flaws, conformance_refusals  # noqa: F401 - they register their checks

    return _CHECKS


def run(gateway: ForeignGateway, first: str, second: str) -> Iterable[Result]:
    """Run every check, one after the other; the gateway is started over before each, where it can be."""
    wire = Wire(gateway.url)
    try:
        for source, rule, function in registered():
            name = function.__name__
            try:
                gateway.reset()
                function(Trial(gateway, wire, first, second))
            except NotTried as why:
                yield Result(name, source, rule, Outcome.NOT_TRIED, why.told)
            except Broken as why:
                yield Result(name, source, rule, Outcome.BROKEN, why.told)
            except Exception as error:  # noqa: BLE001 - whatever a strange gateway brings about is its finding
                words = f"{type(error).__name__}: {error}"
                yield Result(name, source, rule, Outcome.BROKEN, Told(words, words))
            else:
                yield Result(name, source, rule, Outcome.HELD)
    finally:
        wire.close()
