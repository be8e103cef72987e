"""How long the commands on a gateway's data take with 100,000 people: the figures of docs/deployment.md.

    python -m bench.upkeep                    some minutes
    python -m bench.upkeep --people 1000      a look at it

Every person has a phone that is logged in, and five audit events. The gateway runs beside backup, export and erasure.
For the last figure as many audit events again, and as many devices, have been over for longer than they are kept.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

import requests
from sqlalchemy import Table, func, insert, select

from bench.figures import table
from bench.processes import cpu_seconds
from bench.progress import say
from gateway.accounts.tables import Account, Device
from gateway.audit.tables import AuditEventRow
from gateway.bootstrap import Gateway
from gateway.commands.upkeep.stores import existing_gateway, sqlite_file
from gateway.config import Settings
from gateway.control.people.present import PresentPeople
from gateway.foundation.database.dialects import sqlite_url
from gateway.foundation.database.engine import Base, Database
from gateway.foundation.secrets import random_id
from scan_to_login.protocol import SearchMatch, SessionKind
from scan_to_login.testing.live import LiveGateway
from tests.large_seeds import seed_of

EVENTS = 5  # of each person
BATCH = 5_000
SEARCHES = 21
DAY_MS = 86_400_000
LONG_AGO_DAYS = 400
PHONE_SECONDS = 30 * 86_400
# One of all gateways deletes, for this time: the last one here must not wait for that of the one before.
OFTEN = {"PAIRING_PRUNE_SECONDS": "1"}


class Figure(NamedTuple):
    """One row of the table."""

    what: str
    seconds: float
    cpu: float
    remark: str = ""


def command(*arguments: str) -> tuple[Figure, str]:
    """Run `gateway …`; its time, its processor time, and its output. Raises RuntimeError with what it said."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([sys.executable, "-m", "gateway", *arguments], capture_output=True, text=True, check=False)
    took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Figure(arguments[0], took, cpu), done.stdout


def fill(gateway: Gateway) -> None:
    """A phone that is logged in and five audit events for everybody."""
    database = gateway.core.database
    with database.begin() as db:
        people = list(db.execute(select(Account.account_id, Account.login_name, Account.name, Account.id_type)))
    now = gateway.core.clock.now_ms()
    devices: list[dict[str, Any]] = []
    for account in people:
        person: Any = _Person(account.account_id, account.login_name, account.name, account.id_type, account.name)
        device = {"device_id": random_id(), "name": "phone", "model": "X1"}
        session = gateway.accounts.sessions.open(
            random_id(),
            SessionKind.PHONE,
            person,
            seconds=PHONE_SECONDS,
            device_id=device["device_id"],
            device_name=device["name"],
            device_model=device["model"],
            address="192.0.2.1",
        )
        enrolled = {"account_id": account.account_id, "session_digest": session.digest, "enrolled_at": now}
        devices.append({**device, **enrolled})
    _insert(database, Device, devices)
    _insert(database, AuditEventRow, _events([row.account_id for row in people], now))


def grow_old(database: Database) -> None:
    """As many audit events again, and as many devices, of long ago."""
    then = time.time_ns() // 1_000_000 - LONG_AGO_DAYS * DAY_MS
    with database.begin() as db:
        people = list(db.scalars(select(Account.account_id)))
    _insert(database, AuditEventRow, _events(people, then))
    old = {"name": "phone", "model": "X0", "session_digest": "", "enrolled_at": then, "revoked_at": then}
    _insert(database, Device, [{"device_id": random_id(), "account_id": one, **old} for one in people])


class _Person(NamedTuple):
    account_id: str
    login_name: str
    name: str
    id_type: str
    display_name: str


def _events(people: list[str], at: int) -> list[dict[str, Any]]:
    blank = {"address": "192.0.2.1", "device_id": "", "ticket_id": random_id(), "taxpayer_id": "", "detail": ""}
    return [
        {"event_id": f"{at + number:015d}-{index:08d}", "at": at + number, "action": action, "outcome": "ok"}
        | {"account_id": account_id, **blank}
        for number, action in enumerate(("login.phone", "ticket.scan", "ticket.confirm", "ticket.claim", "unit.verify"))
        for index, account_id in enumerate(people)
    ]


def _insert(database: Database, kind: type[Base], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        with database.begin() as db:
            db.execute(insert(cast("Table", kind.__table__)), rows[start : start + BATCH])


@contextmanager
def opened(folder: Path) -> Iterator[Database]:
    """The database of a data directory."""
    database = Database(sqlite_url(sqlite_file(Settings(data_dir=folder))))
    yield database
    database.close()


def counted(database: Database) -> int:
    """How many rows are over for longer than they are kept."""
    limit = time.time_ns() // 1_000_000 - (LONG_AGO_DAYS - 1) * DAY_MS
    with database.begin() as db:
        return sum(
            db.scalar(select(func.count()).where(column < limit)) or 0
            for column in (AuditEventRow.at, Device.revoked_at)
        )


def pruned(folder: Path) -> Figure:
    """Until a gateway has deleted all that is over; and the longest that a request of another caller took meanwhile."""
    with opened(folder) as database:
        rows = counted(database)
        began, longest = time.monotonic(), 0.0
        with LiveGateway(data_dir=folder, sim=False, seed="", environment=OFTEN) as gateway:
            began, cpu, looked = time.monotonic(), cpu_seconds([gateway.pid]), 0.0
            with requests.Session() as caller:
                while True:
                    asked = time.monotonic()
                    caller.get(f"{gateway.url}/readyz", timeout=30).raise_for_status()
                    now = time.monotonic()
                    longest = max(longest, now - asked)
                    if now - looked > 1:
                        looked = now
                        if not counted(database):
                            break
                    time.sleep(0.05)
            remark = f"{rows:,} rows; the slowest of all other requests {longest * 1000:.0f} ms"
            return Figure("prune", time.monotonic() - began, cpu_seconds([gateway.pid]) - cpu, remark)


def searched(gateway: Gateway, database: Database, kind: str) -> Iterator[Figure]:
    """One search of each kind for people and units: the median of ``SEARCHES``."""
    people = PresentPeople(database, gateway.core.clock, gateway.accounts.locks)
    for match, text in (
        (SearchMatch.EXACT, "13900000777"),
        (SearchMatch.PREFIX, "139000007"),
        (SearchMatch.PART, "erson_777"),
    ):
        took: list[tuple[float, float]] = []
        for _ in range(SEARCHES):
            began, cpu = time.perf_counter(), time.process_time()
            found = people.find(text, match, 50)
            took.append((time.perf_counter() - began, time.process_time() - cpu))
        seconds, used = sorted(took)[SEARCHES // 2]
        yield Figure(f"search, {match}", seconds, used, f"{kind}; {text}: {len(found.accounts)} people")


def measured(folder: Path, people: int) -> Iterator[Figure]:
    """One figure after the other."""
    data, seed, file, ready = folder / "data", folder / "seed.json", folder / "backup", folder / "ready.json"
    seed.write_text(json.dumps(seed_of(people, people // 10), ensure_ascii=False), "utf-8")
    say("loading the people")
    figure, _ = command("seed", str(seed), "--data-dir", str(data))
    yield figure._replace(remark=f"{people:,} people, {people // 10:,} units")
    say("logging their phones in")
    with existing_gateway(Settings(data_dir=data), None) as gateway:
        fill(gateway)
        gateway.core.database.empty_log()
        yield from searched(gateway, gateway.core.database, "SQLite")
    size = sqlite_file(Settings(data_dir=data)).stat().st_size
    with LiveGateway(data_dir=data, sim=False, seed="", environment=OFTEN) as running:
        ready.write_text(json.dumps(running.ready), "utf-8")
        beside = ("--data-dir", str(data), "--ready-file", str(ready))
        figure, _ = command("backup", str(file), *beside)
        yield figure._replace(remark=f"a database of {size / 1e6:.0f} MB; the file {file.stat().st_size / 1e6:.0f} MB")
        figure, told = command("export-person", "person_7", *beside)
        yield figure._replace(remark=f"{len(told):,} bytes")
        figure, _ = command("erase-person", "person_7", "--yes", *beside)
        yield figure
    figure, _ = command("restore", str(file), "--data-dir", str(folder / "restored"))
    yield figure
    began = time.monotonic()
    with LiveGateway(data_dir=folder / "restored", sim=False, seed="") as running:
        yield Figure("start on it", time.monotonic() - began, cpu_seconds([running.pid]))
    figure, told = command("copy-database", str(data), str(folder / "copied"))
    yield figure._replace(remark=f"from SQLite to SQLite, {told.split()[0]} rows")
    if url := os.environ.get("DATABASE"):
        figure, _ = command("copy-database", str(data), url)
        yield figure._replace(remark="from SQLite to PostgreSQL")
        copied = Database(url)
        with existing_gateway(Settings(data_dir=data), None) as gateway:
            yield from searched(gateway, copied, "PostgreSQL")
        copied.close()
    with opened(data) as database:
        grow_old(database)
    say("deleting what is over")
    yield pruned(data)


def shown(seconds: float) -> str:
    """A time as the table has it."""
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1000:.1f} ms"


def main() -> int:
    """Print the table; 1 where a command failed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.upkeep", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=100_000)
    people: int = parser.parse_args().people
    rows: list[tuple[str, str, str, str]] = []
    with tempfile.TemporaryDirectory(prefix="bench-upkeep-") as folder:
        try:
            for figure in measured(Path(folder), people):
                say(f"{figure.what}: {shown(figure.seconds)}")
                rows.append((figure.what, shown(figure.seconds), shown(figure.cpu), figure.remark))
        except (RuntimeError, OSError, requests.RequestException) as error:
            print(error, file=sys.stderr)
            return 1
    print("\n".join(table(("", "time", "processor", ""), rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
