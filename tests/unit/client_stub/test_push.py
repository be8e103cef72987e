"""The line with a WebSocket: it reads the ticket again after a cut and past a deadline, and at no other time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from client_stub.connection import push
from client_stub.connection.push import PushChannel
from client_stub.errors import ClientError, Reason, unreachable
from client_stub.model import Ticket, Update
from client_stub.ticket_history import TicketHistory
from scan_to_login.protocol import EVENT_RESUME, Code

Answer = dict[str, Any] | ClientError


class Heard:
    """A listener that keeps its events."""

    def __init__(self) -> None:
        self.history: TicketHistory | None = None
        self.all: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()

    def heard(self, body: Mapping[str, Any]) -> None:
        if self.history is not None:
            self.history.offer(Update.from_wire(body))
        self.all.put(("heard", body))

    def refused(self, ticket_id: str, error: ClientError) -> None:
        if self.history is not None:
            self.history.failure = error
        self.all.put(("refused", (ticket_id, error.code)))

    def connection(self, alive: bool) -> None:
        self.all.put(("alive", alive))

    def availability(self, body: Mapping[str, Any]) -> None:
        self.all.put(("availability", body))

    def next(self) -> tuple[str, Any]:
        return self.all.get(timeout=10)


class Gateway:
    """Stands in for every connection: answers calls in turn, the last answer from then on."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.answers: list[Answer] = []
        self.opened: list[Line] = []

    def connect(self, _url: str, *, on_lost: Callable[[Line], None], **_options: Any) -> Line:
        line = Line(self, on_lost)
        self.opened.append(line)
        return line


class Line:
    def __init__(self, gateway: Gateway, on_lost: Callable[[Line], None]) -> None:
        self._gateway = gateway
        self._on_lost = on_lost
        self.lost = False

    def open(self) -> None:
        pass

    def call(self, event: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self._gateway.calls.append((event, body))
        answers = self._gateway.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, ClientError):
            raise answer
        return answer

    def cut(self) -> None:
        self.lost = True
        self._on_lost(self)

    def close(self) -> None:
        self.lost = True


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    stand_in = Gateway()
    monkeypatch.setattr(push, "DEADLINE_GRACE", 0.0)
    return stand_in


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def link(gateway: Gateway, heard: Heard) -> Iterator[PushChannel]:
    made = PushChannel("http://gateway", heard, connection=gateway.connect)  # type: ignore[arg-type]
    yield made
    made.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("client-stub")] == []


def follow(link: PushChannel, gateway: Gateway, heard: Heard, ticket: Ticket) -> TicketHistory:
    """Begin as a client does, with a connection and a ticket, and forget the call for it."""
    gateway.answers = [{"state": "pending"}]
    link.request_ticket({})
    gateway.calls.clear()
    heard.history = TicketHistory.begin(ticket)
    link.follow(heard.history)
    return heard.history


def state(name: str, version: int, **more: Any) -> dict[str, Any]:
    return {"ticket_id": "t" * 22, "state": name, "version": version, "at": 1, **more}


def test_a_cut_line_comes_back_and_reads_the_state_once(
    link: PushChannel, gateway: Gateway, heard: Heard, ticket: Ticket
) -> None:
    follow(link, gateway, heard, ticket)
    gateway.answers = [state("scanned", 2, expires_in=60)]
    link.cut()
    assert heard.next() == ("alive", False)
    assert heard.next() == ("alive", True)
    assert heard.next()[0] == "heard"
    secret = {"ticket_id": ticket.ticket_id, "claim_secret": ticket.claim_secret}
    assert gateway.calls == [(EVENT_RESUME, secret)]
    assert len(gateway.opened) == 2


def test_a_lasting_loss_of_connection_is_reported_once(
    link: PushChannel, gateway: Gateway, heard: Heard, ticket: Ticket
) -> None:
    follow(link, gateway, heard, ticket)
    away = unreachable("http://gateway", Reason.REFUSED)
    gateway.answers = [away, away, away, state("rejected", 2)]
    link.cut()
    assert [heard.next()[0] for _ in range(3)] == ["alive", "alive", "heard"]
    assert len(gateway.calls) == 4


def test_a_gateway_without_its_redis_is_asked_again_on_the_line_that_lives(
    link: PushChannel, gateway: Gateway, heard: Heard, ticket: Ticket
) -> None:
    follow(link, gateway, heard, ticket)
    away = ClientError(Code.UNAVAILABLE, "Not now.")
    gateway.answers = [away, away, state("confirmed", 3, expires_in=30)]
    link.cut()
    assert [heard.next()[0] for _ in range(3)] == ["alive", "alive", "heard"]
    assert len(gateway.opened) == 2


def test_a_ticket_that_the_gateway_forgot_is_not_asked_for_again(
    link: PushChannel, gateway: Gateway, heard: Heard, ticket: Ticket
) -> None:
    follow(link, gateway, heard, ticket)
    gateway.answers = [ClientError(Code.TICKET_NOT_FOUND, "No such ticket.")]
    link.cut()
    assert heard.next() == ("alive", False)
    assert heard.next() == ("refused", (ticket.ticket_id, Code.TICKET_NOT_FOUND))
    assert len(gateway.calls) == 1


def test_a_deadline_that_passed_in_silence_is_looked_after(
    link: PushChannel, gateway: Gateway, heard: Heard, ticket: Ticket
) -> None:
    gateway.answers = [{"state": "pending"}]
    link.request_ticket({})
    gateway.calls.clear()
    gateway.answers = [state("expired", 2)]
    heard.history = TicketHistory.begin(replace(ticket, expires_in=0))
    link.follow(heard.history)
    assert heard.next() == ("heard", state("expired", 2))
    assert len(gateway.calls) == 1


def test_a_clock_that_stands_still_does_not_make_it_poll(
    link: PushChannel, gateway: Gateway, heard: Heard, ticket: Ticket
) -> None:
    history = follow(link, gateway, heard, replace(ticket, expires_in=0))
    gateway.answers = [state("pending", 1, expires_in=0)]
    heard.next()
    pause = link._pause(0.0)
    assert history.due(0.0) is not None
    assert pause is not None
    assert pause > 0.5


@pytest.mark.parametrize("end", ["claimed", "rejected"])
def test_a_line_without_a_live_ticket_stays_cut(
    link: PushChannel, gateway: Gateway, heard: Heard, ticket: Ticket, update: Callable[..., Update], end: str
) -> None:
    history = follow(link, gateway, heard, ticket)
    history.offer(update(end, 2))
    link.cut()
    assert link._pause(0.0) is None
    assert gateway.calls == []


def test_while_the_line_lives_there_is_nothing_to_do_until_the_deadline(
    link: PushChannel, gateway: Gateway, heard: Heard, ticket: Ticket
) -> None:
    follow(link, gateway, heard, ticket)
    pause = link._pause(0.0)
    assert pause is not None
    assert ticket.expires_in - 10 < pause <= ticket.expires_in
