"""A limit per address counts what one caller has: a whole /64 of IPv6, one address of IPv4 (SECURITY.md 37)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.metrics import samples
from tests.integration.wire import CLIENT, Answer, Wire, eventually

MOST = 3
LIMITS = ("TICKETS_PER_ADDRESS", "TICKET_GUESSES_PER_ADDRESS", "CAPTCHAS_PER_ADDRESS", "RESETS_PER_ADDRESS")
SETTINGS = {
    "PAIRING_TRUSTED_PROXIES": "1",
    "PAIRING_POLL_WAITS_PER_ADDRESS": str(MOST),
    **{f"PAIRING_{name}": str(MOST) for name in (*LIMITS, "LOGINS_PER_ADDRESS", "REGISTRATIONS_PER_ADDRESS")},
}
PERSON = {"name": "王五", "id_type": "passport", "id_number": "E00000001"}
CALLS: dict[str, Callable[[Wire, str, int], Answer]] = {
    "tickets": lambda wire, address, _: post(wire, "/tickets", address, client=CLIENT),
    "guesses": lambda wire, address, _: wire.call(
        "POST", f"/tickets/{'A' * 22}/claim", "Ticket x", headers={"X-Forwarded-For": address}
    ),
    "captchas": lambda wire, address, _: post(wire, "/captchas", address, identifier="agent"),
    "resets": lambda wire, address, _: post(wire, "/password-resets", address, **PERSON),
    "logins": lambda wire, address, n: post(
        wire, "/web/sessions", address, identifier=f"no_{n}", password="Wrong-1234"
    ),
    "registrations": lambda wire, address, _: post(
        wire, "/registrations", address, consent=True, registration_code="ABC234", **PERSON
    ),
}


def post(wire: Wire, path: str, address: str, **body: object) -> Answer:
    return wire.call("POST", path, json=body, headers={"X-Forwarded-For": address})


@pytest.fixture(scope="module")
def narrow() -> Iterator[LiveGateway]:
    with LiveGateway(environment=SETTINGS) as gateway:
        yield gateway


@pytest.mark.parametrize("call", CALLS)
def test_callers_are_counted_by_their_network(narrow: LiveGateway, call: str) -> None:
    """Hosts of one /64 share a limit, and so do an IPv4 address and the same one written as IPv6; others do not."""
    narrow.reset()
    wire = Wire(narrow.url)
    narrow.control.clock.freeze()

    def statuses(addresses: list[str]) -> list[bool]:
        return [CALLS[call](wire, address, number).status == 429 for number, address in enumerate(addresses)]

    assert statuses([f"2001:db8:0:1:{n}::{n}" for n in range(1, 6)]) == [False] * MOST + [True] * 2
    assert statuses(["2001:db8:0:2::1", "192.0.2.1", "192.0.2.2"]) == [False] * 3
    assert statuses(["::ffff:192.0.2.9", "192.0.2.9"] * 2) == [False] * MOST + [True]


def test_a_claimed_ticket_is_given_back_to_its_network(narrow: LiveGateway) -> None:
    """A login that succeeds does not count against the others behind one address."""
    narrow.reset()
    wire = Wire(narrow.url)
    narrow.control.clock.freeze()  # the count is by the minute
    for host in range(1, MOST + 3):
        issued = post(wire, "/tickets", f"2001:db8:0:3::{host}", client=CLIENT)
        assert issued.status == 201
        wire.phone().approve(issued.body["ticket_id"])
        claim = wire.call("POST", f"/tickets/{issued.body['ticket_id']}/claim", f"Ticket {issued.body['claim_secret']}")
        assert claim.status == 200, claim.body


def test_calls_that_wait_are_counted_by_their_network(narrow: LiveGateway) -> None:
    """Polls of three hosts of one /64 wait; the fourth host's is refused, and one of the next /64 waits too."""
    narrow.reset()
    wire = Wire(narrow.url)
    waiting_of = partial(samples, narrow, "pairing_waiting_calls")

    def poll(address: str, wait: float) -> Answer:
        # Tickets are limited by address too: each is requested from elsewhere.
        ticket = post(wire, "/tickets", f"192.0.2.{len(requested)}", client=CLIENT).body
        requested.append(ticket)
        query, headers = {"since": 1, "wait": wait}, {"X-Forwarded-For": address}
        token = f"Ticket {ticket['claim_secret']}"
        return wire.call("GET", f"/tickets/{ticket['ticket_id']}", token, params=query, headers=headers)

    requested: list[dict[str, str]] = []
    with ThreadPoolExecutor(MOST) as threads:
        waiting = [threads.submit(poll, f"2001:db8:0:4::{host}", 30) for host in range(1, MOST + 1)]
        eventually(lambda: waiting_of()[()] == MOST)
        refused = poll("2001:db8:0:4::ffff", 30)
        assert (refused.status, refused.code) == (429, "slow_down")
        assert poll("2001:db8:0:5::1", 0.05).status == 200
        for ticket in requested[:MOST]:
            wire.call("DELETE", f"/tickets/{ticket['ticket_id']}", f"Ticket {ticket['claim_secret']}")
        assert [done.result().status for done in waiting] == [200] * MOST
