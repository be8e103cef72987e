"""The tools of a check of the wire's rules; the runner runs the checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from scan_to_login.conformance.raw_calls import RawPhone, RawTicket, TrialWire
from scan_to_login.testing.external_gateway import ExternalGateway
from scan_to_login.testing.live import LiveGateway
from scan_to_login.testing.wire import Answer

UNKNOWN_ID = "A" * 22


class Bilingual(NamedTuple):
    """A sentence in both languages."""

    en: str
    zh: str


class NotTried(Exception):  # noqa: N818 - it is an outcome
    """The check needs a feature that this gateway does not have."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.told = Bilingual(en, zh)


class Broken(AssertionError):  # noqa: N818 - it is an outcome
    """The gateway has broken the rule; the text describes how."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.told = Bilingual(en, zh)


class Trial:
    """The tools of a check: the wire, and two people that only this run uses."""

    def __init__(self, gateway: ExternalGateway | LiveGateway, wire: TrialWire, first: str, second: str) -> None:
        self.gateway = gateway
        self.wire = wire
        self.first, self.second = first, second

    def phone(self, login_name: str = "") -> RawPhone:
        """A phone that has just logged in; the first person's, unless named."""
        name = login_name or self.first
        return self.wire.log_in(name, self.gateway.password_of(name))

    def scanned(self) -> tuple[RawPhone, RawTicket]:
        """A phone, and a ticket that it has scanned."""
        phone, ticket = self.phone(), self.wire.request()
        expect(self.wire.scan(phone, ticket.ticket_id), 200)
        return phone, ticket

    def confirmed(self) -> tuple[RawPhone, RawTicket]:
        """A phone, and a ticket that it has confirmed."""
        phone, ticket = self.scanned()
        state = self.state(ticket)
        expect(self.wire.confirm(phone, ticket.ticket_id, number=state.get("number")), 200)
        return phone, ticket

    def state(self, ticket: RawTicket) -> dict[str, Any]:
        """The ticket, as its client reads it."""
        told: dict[str, Any] = expect(self.wire.poll(ticket.ticket_id, ticket.claim_secret), 200)
        return told

    def advance(self, seconds: float) -> None:
        """Move the gateway's clock. Raises NotTried if the gateway has no control plane."""
        if not self.gateway.has_control:
            raise NotTried("needs the control plane /sim/v1, to move the clock", "需要控制平面 /sim/v1 来拨动时钟")
        self.gateway.control.clock.advance(seconds)


Check = Callable[[Trial], None]
# Every check, with its source and its rule.
CHECKS: list[tuple[Bilingual, Bilingual, Check]] = []


def check(source: str | Bilingual, en: str, zh: str) -> Callable[[Check], Check]:
    """Register a check of a rule, described in both languages; ``source`` is the rule's source."""

    def register(function: Check) -> Check:
        CHECKS.append(
            (source if isinstance(source, Bilingual) else Bilingual(source, source), Bilingual(en, zh), function)
        )
        return function

    return register


def holds(condition: object, en: str, zh: str = "") -> None:
    """Raise Broken with this text unless the condition is true; `python -O` does not remove it.

    Without ``zh`` the text belongs to no language: an answer's body.
    """
    if not condition:
        raise Broken(en, zh or en)


def expect(answer: Answer, *statuses: int, code: str = "") -> Any:
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
