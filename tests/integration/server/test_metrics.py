"""`/metrics`: values of the gateway and of each worker, with names by Prometheus's rules."""

from __future__ import annotations

import os
import platform
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests

from gateway.http.app import VERSION
from scan_to_login.testing.live import LiveGateway
from tests.debian_programs import debian_program
from tests.integration.metrics import families, samples
from tests.integration.wire import Socket, Wire, eventually

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "metrics.md"
PROCESS = {
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_virtual_memory_bytes",
}
WRONG = "Wrong-1234"
linux = pytest.mark.skipif(sys.platform != "linux", reason="process metrics come from /proc, which this system lacks")


@pytest.fixture(scope="module")
def pair() -> Iterator[LiveGateway]:
    """Two workers of this file's own: one is killed."""
    with LiveGateway(workers=2) as running:
        yield running


@pytest.fixture(params=["one worker", "two workers"])
def either(request: pytest.FixtureRequest, gateway: LiveGateway) -> LiveGateway:
    return gateway if request.param == "one worker" else request.getfixturevalue("pair")


def test_every_metric_is_documented_and_named_by_the_rules(either: LiveGateway) -> None:
    """https://prometheus.io/docs/practices/naming/: units, `_total` for counters alone, a meaning for each."""
    login(either, "nobody_at_all")
    documented = set(re.findall(r"^\| `([a-z_]+)`", PAGE.read_text("utf-8"), re.M))
    for family in families(either):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert name in documented
        assert re.fullmatch(r"(pairing|process)_[a-z]+(_[a-z]+)*", name)
        assert family.type != "unknown"
        assert family.documentation.endswith(".")
        assert not re.search(r"_(ms|milliseconds|minutes|kb|mb|kilobytes|counter|gauge)(_|$)", name)
        assert family.type == "counter" or not name.endswith("_total")
        assert family.type != "histogram" or name.endswith(("_seconds", "_bytes"))


def test_promtool_finds_nothing_wrong(either: LiveGateway) -> None:
    promtool = debian_program("promtool", "prometheus")
    login(either, "nobody_at_all")
    text = requests.get(f"{either.url}/metrics", timeout=30).text
    command = [promtool, "check", "metrics"]
    checked = subprocess.run(command, check=False, input=text, capture_output=True, text=True, timeout=60)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_the_metrics_name_the_build(either: LiveGateway) -> None:
    assert samples(either, "pairing_build_info") == {(platform.python_version(), VERSION): 1}


@linux
def test_each_worker_has_metrics_of_its_process(either: LiveGateway) -> None:
    workers = [(str(number),) for number in range(len(either.reread()["workers"]))]
    for name in PROCESS:
        assert sorted(samples(either, name)) == workers
    memory = samples(either, "process_resident_memory_bytes")
    for (number,), pid in zip(workers, either.ready["workers"], strict=True):
        assert memory[number,] == pytest.approx(resident(pid), rel=0.3)


@linux
def test_a_worker_that_is_killed_is_followed_under_its_number(pair: LiveGateway) -> None:
    killed = pair.reread()["workers"][0]
    started = samples(pair, "process_start_time_seconds")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: killed not in pair.reread()["workers"])

    def renewed() -> bool:
        now = samples(pair, "process_start_time_seconds")
        return sorted(now) == [("0",), ("1",)] and now["0",] > started["0",] and now["1",] == started["1",]

    eventually(renewed)


def test_refusals_of_logins_are_counted_by_code(gateway: LiveGateway) -> None:
    before = samples(gateway, "pairing_failed_logins_total")
    locks = samples(gateway, "pairing_locks_total")
    wire = Wire(gateway.url)
    gateway.control.set_captchas("2345")
    for _ in range(5):
        captcha = wire.call("POST", "/captchas", json={"identifier": "agent"}).body["captcha_id"]
        login(gateway, "agent", captcha={"captcha_id": captcha, "answer": "2345"})
    captcha = wire.call("POST", "/captchas", json={"identifier": "agent"}).body["captcha_id"]
    login(gateway, "agent", captcha={"captcha_id": captcha, "answer": "2345"})
    phone = wire.phone("single")
    ticket = wire.ticket()
    phone.scan(ticket.id)
    assert phone.confirm(ticket.id, "000000").code == "otp_invalid"
    now = samples(gateway, "pairing_failed_logins_total")
    gained = {labels: value - before.get(labels, 0) for labels, value in now.items()}
    gained = {labels: value for labels, value in gained.items() if value}
    assert gained == {
        ("invalid_credentials", "web"): 5,
        ("account_locked", "web"): 1,
        ("otp_invalid", "qr"): 1,
    }
    assert samples(gateway, "pairing_locks_total")["account",] == locks.get(("account",), 0) + 1


def test_each_login_by_ticket_is_counted_once_with_its_stages(either: LiveGateway) -> None:
    """Also where a client polls, on any worker: what is counted is the audit log."""
    before = Logins(either)
    wire = Wire(either.url)
    wire.advance(60)  # an account's one-time codes of this minute may have been used
    phone, ticket = wire.phone("single"), wire.ticket()
    assert ticket.poll(since=0, wait=5).body["state"] == "pending"
    wire.advance(3)
    assert phone.scan(ticket.id).status == 200
    assert phone.scan(ticket.id).status == 200  # repeated: no transition
    assert ticket.poll(since=1, wait=5).body["state"] == "scanned"
    wire.advance(7)
    assert phone.confirm(ticket.id).status == 200
    assert ticket.claim().status == 200
    with Socket(either.url) as socket:
        given_up = socket.request()
        wire.phone("agent").scan(given_up["ticket_id"])
        socket.until("scanned")
        own = {name: given_up[name] for name in ("ticket_id", "claim_secret")}
        assert socket.call("cancel_ticket", own)["state"] == "cancelled"

    def counted() -> bool:
        now = Logins(either)
        states = {"pending": 2, "scanned": 2, "confirmed": 1, "claimed": 1, "cancelled": 1}
        return (
            now.since(before, "pairing_transitions_total") == states
            and now.since(before, "pairing_login_stage_seconds_count") == {"scan": 2, "confirm": 1, "claim": 1}
            and now.since(before, "pairing_logins_total") == {"phone": 2, "qr": 1}
            and now.since(before, "pairing_login_seconds_count") == {"": 1}
        )

    eventually(counted)
    now = Logins(either)
    stages = now.since(before, "pairing_login_stage_seconds_sum")
    assert stages["scan"] >= 3
    assert stages["confirm"] >= 7
    assert now.since(before, "pairing_login_seconds_sum")[""] >= 10


def test_refusals_are_counted_by_code_over_both_transports(gateway: LiveGateway) -> None:
    before = samples(gateway, "pairing_refusals_total")
    wire = Wire(gateway.url)
    assert wire.call("POST", "/tickets/unknown/scan", "nobody").code == "unauthenticated"  # the fast path
    assert wire.call("GET", "/nowhere").code == "not_found"  # Flask
    grant = {"grant_type": "client_credentials", "client_id": "nobody"}
    refused = requests.post(f"{gateway.url}/oauth/token", data=grant, timeout=30)
    assert refused.json()["error"] == "unsupported_grant_type"
    with Socket(gateway.url) as socket:
        socket.call("resume_ticket", {"ticket_id": "A" * 22, "claim_secret": "B" * 43})
    now = samples(gateway, "pairing_refusals_total")
    gained = {labels: value - before.get(labels, 0) for labels, value in now.items()}
    assert {labels: value for labels, value in gained.items() if value} == {
        ("unauthenticated", "http"): 1,
        ("not_found", "http"): 1,
        ("unsupported_grant_type", "http"): 1,
        ("ticket_not_found", "socket"): 1,
    }


def test_the_time_of_redis_and_of_the_database_is_counted(either: LiveGateway) -> None:
    names = [
        f"pairing_{what}_{kind}_total"
        for what, kind in (
            ("redis", "scripts"),
            ("redis", "script_seconds"),
            ("database", "transactions"),
            ("database", "transaction_seconds"),
        )
    ]
    before = {name: samples(either, name)[()] for name in names}
    Wire(either.url).phone("single")
    eventually(lambda: all(samples(either, name)[()] > before[name] for name in names))


def test_the_audit_backlog_grows_while_the_database_is_locked(gateway: LiveGateway) -> None:
    with closing(sqlite3.connect(gateway.data_dir / "gateway.sqlite3", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        login(gateway, "nobody_at_all")
        eventually(lambda: samples(gateway, "pairing_audit_backlog_rows")[()] >= 1)
    eventually(lambda: samples(gateway, "pairing_audit_backlog_rows")[()] == 0)


def test_the_pools_have_metrics_of_their_use(gateway: LiveGateway) -> None:
    """Each call that waits for the journal holds a connection to Redis."""
    start = requests.get(f"{gateway.url}/sim/v1/journal", timeout=30).json()["next"]

    def wait(_: int) -> None:
        query = {"since": start, "wait": 60, "kind": "push"}
        requests.get(f"{gateway.url}/sim/v1/journal", params=query, timeout=90)

    with ThreadPoolExecutor(5) as threads:
        waits = [threads.submit(wait, number) for number in range(5)]
        try:
            eventually(lambda: samples(gateway, "pairing_redis_pool_connections").get(("used",), 0) >= 5)
            assert set(samples(gateway, "pairing_database_pool_connections")) == {("used",), ("idle",)}
        finally:
            push(gateway)
        for done in waits:
            done.result()
    eventually(lambda: samples(gateway, "pairing_redis_pool_connections")["used",] < 5)


class Logins:
    """The metrics of logins at one moment."""

    def __init__(self, gateway: LiveGateway) -> None:
        names = (
            "pairing_transitions_total",
            "pairing_logins_total",
            *(f"pairing_login_{what}seconds_{kind}" for what in ("", "stage_") for kind in ("count", "sum")),
        )
        self._values = {name: samples(gateway, name) for name in names}

    def since(self, before: Logins, name: str) -> dict[str, float]:
        """What a metric has gained, by its label's value."""
        gained = {labels: value - before._values[name].get(labels, 0) for labels, value in self._values[name].items()}
        return {labels[0] if labels else "": value for labels, value in gained.items() if value}


def login(gateway: LiveGateway, identifier: str, **more: object) -> requests.Response:
    body = {"identifier": identifier, "password": WRONG, **more}
    return requests.post(f"{gateway.url}/api/v1/web/sessions", json=body, timeout=30)


def push(gateway: LiveGateway) -> None:
    """Have something pushed, for which the waits above wait."""
    wire = Wire(gateway.url)
    with Socket(gateway.url) as socket:
        wire.phone().scan(socket.request()["ticket_id"])
        socket.until("scanned")


def resident(pid: int) -> int:
    """Bytes of a process's memory."""
    return int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")
