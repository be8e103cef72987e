"""A month of traffic ends as small as it began, in the database and in Redis (SECURITY.md 39)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import pytest
import redis

from gateway.config import Settings
from scan_to_login.testing.live import LiveGateway
from tests.integration.people.conftest import Outside
from tests.integration.scale.servers import until
from tests.integration.wire import Wire

DAYS = 31
DAY_SECONDS = 86_400
KEPT = ("audit_events", "devices", "registration_codes", "authorizations")
OF_THE_CLOCK = ("ticket", "session", "captcha", "registration", "reset")


@pytest.fixture(scope="module")
def pruned() -> Iterator[LiveGateway]:
    """A gateway that prunes all the time, each worker in its turn."""
    environment = {"PAIRING_PRUNE_SECONDS": "0.1", "PAIRING_AUDIT_DAYS": "10", "PAIRING_ENDED_DAYS": "10"}
    with LiveGateway(environment=environment) as running:
        yield running


def rows(gateway: LiveGateway) -> dict[str, int]:
    """The number of rows of each table that grows with traffic."""
    with closing(sqlite3.connect(gateway.data_dir / "gateway.sqlite3")) as connection:
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in KEPT}  # noqa: S608


class Store:
    """The content of a gateway's Redis."""

    def __init__(self, gateway: LiveGateway) -> None:
        self.client = redis.Redis.from_url(gateway.ready["redis"]["url"], decode_responses=True)

    def names(self) -> list[str]:
        """All keys, without their prefix."""
        return [key.removeprefix("{pairing}:") for key in self.client.scan_iter("{pairing}:*")]

    def kinds(self) -> Counter[str]:
        """Keys of the kinds that live by the gateway's clock."""
        return Counter(kind for key in self.names() if (kind := key.partition(":")[0]) in OF_THE_CLOCK)

    def failures(self) -> set[str]:
        """Counts of wrong passwords."""
        return {key for key in self.names() if key.startswith("failures:")}

    def largest_list(self) -> int:
        """The most sessions that an account is said to have."""
        return max(
            int(self.client.scard("{pairing}:" + key))  # type: ignore[arg-type]
            for key in self.names()
            if key.startswith("account:")
        )


def day_of_traffic(wire: Wire, outside: Outside, day: int) -> None:
    """A phone logs in and confirms, people mistype, a code stays unused, a client logs in by password.

    A legal representative grants and revokes an authorization.
    """
    ticket = wire.ticket()
    wire.phone().approve(ticket.id)
    assert ticket.claim().status == 200
    wire.ticket()
    outside.login(f"nobody_{day}", "Wrong-1234")
    outside.hall_code(name="Somebody", id_type="passport", id_number=f"E9{day:07}")
    outside.captcha(identifier="agent")
    assert outside.login("agent", channel="client").status_code == 201
    seed = wire.call("GET", "/sim/v1/seed").body
    person = next(one for one in seed["accounts"] if one["login_name"] == "newcomer")
    unit, head = next(one["taxpayer_id"] for one in seed["units"] if one["alias"] == "A"), wire.phone("legal_rep").token
    path = f"/units/{unit}/authorizations"
    granted = wire.call("POST", path, head, json={"name": person["name"], "phone": person["phone"]})
    assert granted.status == 201, granted.text
    assert wire.call("DELETE", f"{path}/{granted.body['authorization_id']}", head).status == 204


@pytest.mark.slow
def test_a_month_of_traffic_ends_as_small_as_it_began(pruned: LiveGateway) -> None:
    """Eleven days later the rows of the first day are gone; without traffic, all are."""
    wire, outside, store = Wire(pruned.url), Outside(pruned), Store(pruned)
    at_first = rows(pruned)
    day_of_traffic(wire, outside, 0)
    after_a_day = store.kinds()
    for day in range(1, DAYS):
        outside.move(DAY_SECONDS)
        day_of_traffic(wire, outside, day)
    phones = 2 * 30  # their sessions last for 30 days, and each day brought two more, one with its list of tickets
    most = after_a_day.total() + 2 * (phones + 1)
    until("a day's worth is left in Redis", lambda: store.kinds().total() <= most)
    assert store.largest_list() <= 2 * phones
    until("ten days' audit events are left", lambda: rows(pruned)["audit_events"] <= 12 * 15)
    outside.move(45 * DAY_SECONDS)
    until("nothing is left of it in the database", lambda: rows(pruned) == at_first, 60)
    until("nothing is left of it in Redis", lambda: not store.kinds())


def test_wrong_passwords_of_known_and_unknown_people_are_kept_as_long_as_a_lock(
    gateway: LiveGateway,
) -> None:
    """Two times would tell them apart after a pause; and invented names fill no memory for months."""
    outside, store = Outside(gateway), Store(gateway)
    lock_ms = Settings.model_fields["login_lock_seconds"].default * 1000
    for name in ("nobody_at_all", "agent"):
        before = store.failures()
        outside.login(name, "Wrong-1234")
        counts = store.failures() - before
        assert counts
        for count in counts:
            assert 0 < int(store.client.pttl("{pairing}:" + count)) <= lock_ms  # type: ignore[arg-type]


def test_a_redis_that_restarts_empty_is_marked_again_while_the_gateway_runs(pruned: LiveGateway) -> None:
    store = Store(pruned)
    before = store.client.hgetall("{pairing}:installation")
    assert before
    store.client.flushall()
    until("it is told again", lambda: store.client.hgetall("{pairing}:installation") == before)
