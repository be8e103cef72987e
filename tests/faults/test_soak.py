"""Ten minutes of logins without a fault: the gateway holds no more than before (I8)."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
import requests

from scan_to_login.testing.live import LiveGateway
from tests.faults.actors import LIFETIMES, Crowd
from tests.faults.chaos import Metronome
from tests.integration.machine import descriptors, memory_kib

ACTORS = 8
WARM_UP_LOGINS = 1_500
DAYS_UNTIL_FORGOTTEN = 200  # beyond every retention time
SETTLES_WITHIN_SECONDS = 60.0
PASSING = ("ticket", "session", "captcha", "sms")
# Redis forgets these by its own clock within two minutes: counts of calls, ends of attempts, what /readyz wrote.
BRIEF = ("limit", "attempt", "readiness")
MEMORY_MAY_GROW_KIB = 16_384  # of a worker; allocators keep some
DESCRIPTORS_MAY_GROW = 8  # connections that a pool keeps open


@dataclass(frozen=True)
class Held:
    """The resources of a gateway."""

    memory_kib: Mapping[int, int]
    descriptors: Mapping[int, int]
    keys: Mapping[str, int]
    rows: Mapping[str, int]


@pytest.mark.long
def test_ten_minutes_of_logins_leave_no_data_behind(
    tmp_path: Path, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    """Memory, descriptors, Redis keys and rows of the database."""
    seconds = float(pytestconfig.getoption("--soak-seconds"))
    with LiveGateway(
        workers=2, data_dir=tmp_path / "data", environment={**LIFETIMES, "PAIRING_PRUNE_SECONDS": "2"}
    ) as gateway:
        # The journal is the simulation's own record and bounded by number: it is full before the first look.
        _log_in(gateway, logins=WARM_UP_LOGINS, seconds=0.0, seed=1)
        before = _settled(gateway)
        logins = _log_in(gateway, logins=1, seconds=seconds, seed=2)
        after = _settled(gateway)
        with capsys.disabled():
            print(f"\nsoak of {seconds:.0f} s, {logins} logins: before {before}, after {after}")
        assert after.keys == before.keys
        assert after.rows == before.rows
        for pid, count in after.descriptors.items():
            assert count <= before.descriptors[pid] + DESCRIPTORS_MAY_GROW, f"worker {pid} holds {count} descriptors"
        for pid, held in after.memory_kib.items():
            assert held <= before.memory_kib[pid] + MEMORY_MAY_GROW_KIB, f"worker {pid} has grown to {held} KiB"


def _log_in(gateway: LiveGateway, *, logins: int, seconds: float, seed: int) -> int:
    crowd = Crowd(gateway.url, actors=ACTORS, seed=seed)
    with Metronome(gateway.url):
        crowd.start()
        end = time.monotonic() + seconds
        while crowd.wait_for(crowd.finished + 1, 60) and (crowd.finished < logins or time.monotonic() < end):
            pass
        crowd.stop()
    assert crowd.lost == []
    assert crowd.history.violations() == []
    return crowd.finished


def _settled(gateway: LiveGateway) -> Held:
    """The resources after all deadlines, without open connections."""
    gateway.control.clock.advance(days=DAYS_UNTIL_FORGOTTEN)
    end = time.monotonic() + SETTLES_WITHIN_SECONDS
    while True:
        held = _held(gateway)
        left = {kind: held.keys[kind] for kind in held.keys if kind in PASSING}
        if (not left and not held.rows["audit_events"]) or time.monotonic() > end:
            return held
        time.sleep(1)


def _held(gateway: LiveGateway) -> Held:
    ready = gateway.reread()
    assert requests.get(f"{gateway.url}/readyz", headers={"Connection": "close"}, timeout=5).ok
    with redis.Redis.from_url(ready["redis"]["url"], decode_responses=True) as client:
        keys: dict[str, int] = {}
        for key in client.scan_iter(count=1000):
            kind = str(key).split(":")[1]
            if kind not in BRIEF:
                keys[kind] = keys.get(kind, 0) + 1
    with closing(sqlite3.connect(f"file:{gateway.data_dir / 'gateway.sqlite3'}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608
    workers = ready["workers"]
    return Held({pid: memory_kib(pid) for pid in workers}, {pid: descriptors(pid) for pid in workers}, keys, rows)
