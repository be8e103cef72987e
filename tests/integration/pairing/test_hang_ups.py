"""Callers who hang up while their call waits: the wait ends with them, and waits are counted (SECURITY.md 33)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import TIMEOUT, Answer, Phone, Socket, Ticket, Wire, at_most, eventually

pytestmark = pytest.mark.slow

WAIT = 60  # seconds that a call is ready to wait: none of these tests does


@pytest.fixture(scope="module")
def patient() -> Iterator[Wire]:
    """A gateway where a poll may wait for longer than any test, and few may."""
    settings = {
        "PAIRING_POLL_WAIT_SECONDS": str(WAIT),
        "PAIRING_POLL_WAITS_PER_TICKET": "3",
        "PAIRING_POLL_WAITS_PER_ADDRESS": "30",
        "PAIRING_REDIS_CONNECTIONS": "8",
    }
    with LiveGateway(environment=settings) as running:
        yield Wire(running.url)


@contextmanager
def waiting(wire: Wire, path: str, token: str, *, count: int = 1) -> Iterator[None]:
    """So many calls that wait; at the end their callers hang up."""
    parts = urlsplit(wire.url)
    with ExitStack() as stack:
        for _ in range(count):
            line = stack.enter_context(closing(HTTPConnection(str(parts.hostname), parts.port, timeout=TIMEOUT)))
            line.request("GET", path, headers={"Authorization": token} if token else {})
        yield


def poll_of(ticket: Ticket) -> tuple[str, str]:
    """A long poll: its path and its token."""
    return f"/api/v1/tickets/{ticket.id}?since=1&wait={WAIT}", f"Ticket {ticket.secret}"


def messages_of(phone: Phone) -> tuple[str, str]:
    """The same of a phone's messages, after the newest."""
    newest = phone.wire.call("GET", "/app/messages", phone.token).body["next"]
    return f"/api/v1/app/messages?wait={WAIT}&since={newest}", phone.token


def calls_waiting(wire: Wire) -> float:
    """The number of waiting calls, from the gateway's count."""
    lines = requests.get(f"{wire.url}/metrics", timeout=TIMEOUT).text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("pairing_waiting_calls "))


def refused(answer: Answer) -> bool:
    """True if a call was refused because too many wait."""
    if answer.status != 429:
        return False
    assert answer.code == "slow_down"
    assert int(answer.headers["retry-after"]) >= 1
    assert "wait" in answer.body["detail"]
    return True


def test_a_long_poll_whose_caller_leaves_ends_at_once(patient: Wire) -> None:
    """Twenty tickets, each with one waiting caller: none has a watcher afterwards, long before the waits' end."""
    tickets = [patient.ticket() for _ in range(20)]
    with ExitStack() as stack:
        for ticket in tickets:
            stack.enter_context(waiting(patient, *poll_of(ticket)))
        eventually(lambda: calls_waiting(patient) == 20)
    with at_most(WAIT / 2):
        eventually(lambda: calls_waiting(patient) == 0)


def test_the_number_of_waiting_polls_of_one_ticket_is_limited(patient: Wire) -> None:
    """Callers that leave make room. Another ticket and its owner's WebSocket are not slower."""
    ticket, other = patient.ticket(), patient.ticket()
    with waiting(patient, *poll_of(ticket), count=3):
        eventually(lambda: calls_waiting(patient) == 3)
        assert refused(ticket.poll(since=1, wait=30))
        assert other.poll(since=1, wait=0.05).status == 200
        assert ticket.poll(since=0, wait=30).status == 200  # an answer that is there is not waited for
        with Socket(patient.url) as client:
            assert client.resume(ticket.issued)["state"] == "pending"
    with at_most(WAIT / 2):
        eventually(lambda: ticket.poll(since=1, wait=0.05).status == 200)


def test_a_poll_without_the_secret_takes_no_place_of_the_ticket(patient: Wire) -> None:
    ticket = patient.ticket()
    path, _ = poll_of(ticket)
    with waiting(patient, path, "Ticket wrong", count=5):
        assert ticket.poll(since=1, wait=0.05).status == 200


def test_the_number_of_waiting_polls_from_one_address_is_limited(patient: Wire) -> None:
    with ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(waiting(patient, *poll_of(patient.ticket())))
        another = patient.ticket()
        eventually(lambda: calls_waiting(patient) == 30)
        assert refused(another.poll(since=1, wait=30))
    with at_most(WAIT / 2):
        eventually(lambda: another.poll(since=1, wait=0.05).status == 200)


def test_few_calls_may_wait_for_one_accounts_messages(patient: Wire) -> None:
    """The same for a phone that waits for its messages, and hangs up."""
    phone = patient.phone()
    path, token = messages_of(phone)
    since = path.partition("since=")[2]

    def ask() -> Answer:
        return patient.call("GET", f"/app/messages?wait=0.05&since={since}", token)

    with waiting(patient, path, token, count=3):
        eventually(lambda: calls_waiting(patient) == 3)
        assert refused(ask())
    with at_most(WAIT / 2):
        eventually(lambda: ask().status == 200)


CONTROL = [
    lambda wire: f"/sim/v1/await?ticket={wire.ticket().id}&state=claimed&timeout={WAIT}",
    lambda _: f"/sim/v1/await/sms?phone=13800000000&timeout={WAIT}",
    lambda _: f"/sim/v1/await/session?account=nobody&stage=logged_in&timeout={WAIT}",
    lambda _: f"/sim/v1/journal?since=1000000&wait={WAIT}",
]


@pytest.mark.parametrize("path", CONTROL, ids=["ticket", "sms", "session", "journal"])
def test_waits_of_the_control_plane_end_with_their_callers(patient: Wire, path: Callable[[Wire], str]) -> None:
    """Each blocks a connection to Redis, of which there are eight: the next caller would have none for a minute."""
    target = path(patient)

    def answered() -> bool:
        return patient.call("GET", target.replace(f"={WAIT}", "=0.01")).status in (200, 404, 409)

    eventually(answered)
    with waiting(patient, target, "", count=40):
        patient.call("GET", "/healthz")
    with at_most(WAIT / 2):
        eventually(answered)
