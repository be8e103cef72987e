"""What a login costs beside few and beside a million live tickets, and what it waits for while that million ends."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import redis

from bench import targets
from bench.figures import Readings, percentile, ratios, share_of_core, spread, table
from bench.generator import generate, warm_up
from bench.goals import Goal
from bench.load.flow import CLIENT
from bench.progress import say
from bench.report import Section
from bench.targets import TICKET_SECONDS, WIDE, Target
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import LuaFile
from gateway.foundation.secrets import random_id
from gateway.pairing.store import TicketStore
from scan_to_login.protocol import ClientInfo

FEW = 100
BATCH = 1000
TOLD_EACH = 250_000  # tickets made, for the progress
PER_SECOND = 20  # logins while tickets end
REWRITE_SECONDS = 120  # at the most, until Redis has rewritten its file after so many tickets
_KEYS = Keys("{pairing}:")


@dataclass(frozen=True, slots=True)
class Ending:
    """Logins beside the most tickets, before (``calm``) and while (``ending``) all of these end at one moment."""

    calm: dict[str, Any]
    ending: dict[str, Any]
    flows: int
    seconds: float  # from that moment until Redis had forgotten the last one
    bytes_freed: int


@dataclass(slots=True)
class Seen:
    """Logins beside each number of tickets; bytes of Redis for each ticket; the end of the most."""

    counts: list[int]
    logins: Readings = field(default_factory=Readings)
    bytes_each: dict[int, float] = field(default_factory=dict)
    ended: Ending | None = None


class _Queue(redis.Redis):
    """What the store takes for a connection: its scripts wait in a pipeline instead of being run."""

    def __init__(self, client: redis.Redis) -> None:
        super().__init__(connection_pool=client.connection_pool)
        self.waiting = client.pipeline(transaction=False)

    def evaluate(self, file: LuaFile, keys: Sequence[str], values: Sequence[str | float]) -> tuple[str, str]:
        """Queue it; the answer is looked at when the pipeline has run."""
        self.waiting.evalsha(file.sha, len(keys), *keys, *values)
        return "ok", ""


def fill(target: Target, count: int) -> float:
    """Make ``count`` live tickets by the gateway's own store and script, which its first login has loaded.

    Their lines of the audit log are dropped: to move them into the database would be another job beside the logins.
    Answers the bytes that Redis took for each.
    """
    client = _client(target)
    before = _bytes_used(client)
    queue = _Queue(client)
    settings = Settings(
        tickets_pending_seconds=TICKET_SECONDS, tickets_total_seconds=TICKET_SECONDS, tickets_per_address=0
    )
    store = TicketStore(queue, _KEYS, Clock(), settings, slack_ms=0)
    asks: ClientInfo = {"name": CLIENT["name"], "version": CLIENT["version"], "device": CLIENT["device"]}
    for begun in range(0, count, BATCH):
        if begun and begun % TOLD_EACH == 0:
            say(f"{begun:,} of {count:,} tickets")
        for _ in range(min(BATCH, count - begun)):
            store.add_ticket(random_id(), random_id(), asks, "127.0.0.1")
        queue.waiting.xtrim(_KEYS.audit_log, maxlen=0, approximate=False)
        answers = queue.waiting.execute()
        if refused := [answer for answer in answers[:-1] if answer[0] != "ok"]:
            raise RuntimeError(f"a ticket was refused: {refused[0]}")
    _await_rewrite(client)
    taken = (_bytes_used(client) - before) / count
    client.close()
    return taken


def run(*, short: bool) -> Section:
    """Measure gateways with few, many and very many tickets, in interleaved rounds; then let the most of them end."""
    rounds, flows, counts = (2, 150, [FEW, 1000, 10_000]) if short else (12, 250, [FEW, 100_000, 1_000_000])
    seconds = 4 if short else 30
    seen = Seen(counts)
    with ExitStack() as stack:
        wanted = {_name(count): targets.gateway() for count in counts}
        measured, remarks = targets.started(stack, wanted)
        for count in counts:
            warm_up(measured[_name(count)], short=short)
            say(f"until there are {count:,} live tickets")
            seen.bytes_each[count] = fill(measured[_name(count)], count)
        for number in range(1, rounds + 1):
            for name, target in list(measured.items())[:: 1 if number % 2 else -1]:
                say(f"round {number} of {rounds}: {flows} logins beside {name}")
                row = generate(target, "saturated", flows=flows, wide=WIDE)
                seen.logins.add(name, {**row, "cpu_us": row["server_cpu_us"] + row["redis_cpu_us"]})
        seen.ended = _end(measured[_name(counts[-1])], counts[-1], seconds)
    return section(seen, remarks)


def _end(target: Target, count: int, seconds: int) -> Ending:
    """Logins for ``seconds`` beside all tickets, and for as long while all of these end at one moment."""
    client = _client(target)
    flows = PER_SECOND * seconds
    say(f"{flows} logins, {PER_SECOND} a second, beside {count:,} tickets")
    calm = generate(target, "paced", flows=flows, rate=PER_SECOND)
    say(f"until Redis knows that all {count:,} tickets end at one moment")
    moment = _end_at_one_moment(client, count)
    _await_rewrite(client)
    before, expired = _bytes_used(client), _expired(client)
    time.sleep(max(0.0, moment - 2 - time.time()))
    say(f"{flows} logins, {PER_SECOND} a second, while {count:,} tickets end")
    with ThreadPoolExecutor(1) as pool:
        gone = pool.submit(_await_end, client, moment, expired + count)
        ending = generate(target, "paced", flows=flows, rate=PER_SECOND)
        until_gone = gone.result()
    freed = before - _bytes_used(client)
    client.close()
    return Ending(calm, ending, flows, until_gone, freed)


def _end_at_one_moment(client: Any, count: int) -> float:
    """Have Redis forget all tickets at one moment, which is answered: in some seconds, when it knows of each."""
    moment = int(time.time()) + 5 + count // 20_000
    cursor = -1
    while cursor != 0:
        cursor, names = client.scan(max(cursor, 0), match=_KEYS.ticket("*"), count=BATCH)
        pipe = client.pipeline(transaction=False)
        for name in names:
            pipe.pexpireat(name, 1000 * moment)
        pipe.execute()
    return moment


def _await_end(client: Any, moment: float, expired: int) -> float:
    """Seconds from ``moment`` until so many keys have expired in all. Raises RuntimeError after a minute."""
    while _expired(client) < expired:
        if time.time() > moment + 60:
            raise RuntimeError("Redis has not forgotten the tickets within a minute")
        time.sleep(0.05)
    return time.time() - moment


def _await_rewrite(client: Any) -> None:
    """Wait until Redis does not rewrite its file, which takes a core. Raises RuntimeError where it goes on too long."""
    deadline = time.monotonic() + REWRITE_SECONDS
    while True:
        told = client.info("persistence")
        if not (told["aof_rewrite_in_progress"] or told["aof_rewrite_scheduled"]):
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"Redis has rewritten its file for more than {REWRITE_SECONDS} s")
        time.sleep(0.2)


def _client(target: Target) -> Any:
    return redis.Redis.from_url(target["redis"], decode_responses=True)


def _bytes_used(client: Any) -> int:
    return int(client.info("memory")["used_memory"])


def _expired(client: Any) -> int:
    return int(client.info("stats")["expired_keys"])


def section(seen: Seen, remarks: list[str]) -> Section:
    """Tables and goals of what was read."""
    few, *more = seen.counts
    names = {count: _name(count) for count in seen.counts if _name(count) in seen.logins.names}
    readings = seen.logins
    logins = table(
        (
            "beside",
            "server CPU µs a login",
            "Redis µs",
            "logins a second",
            "bytes of Redis a ticket",
            "generator, of a core",
        ),
        (
            (
                name,
                spread(readings.values(name, "server_cpu_us")),
                spread(readings.values(name, "redis_cpu_us")),
                spread(readings.values(name, "flows_per_second")),
                f"{seen.bytes_each[count]:,.0f}" if count > few else "–",
                share_of_core(readings.values(name, "generator_load")),
            )
            for count, name in names.items()
        ),
    )
    return Section(
        title="Live tickets",
        lines=[*logins, *_endings(seen)],
        goals=[
            Goal(
                f"cost of a login, Redis included, beside {count:,} live tickets, × beside {few}",
                ratios(readings.values(_name(count), "cpu_us"), readings.values(_name(few), "cpu_us")),
                1.1,
            )
            for count in more
        ],
        remarks=remarks,
        generator_loads=readings.generator_loads(),
    )


def _endings(seen: Seen) -> list[str]:
    """The table of logins before and while the tickets end, and what their end took."""
    if (end := seen.ended) is None:
        return []
    count = seen.counts[-1]
    rows = []
    for name, told in ((f"{count:,} live tickets", end.calm), ("while they end at one moment", end.ending)):
        took = [1000 * seconds for seconds in told["took"]]
        shares = (f"{percentile(took, share):,.1f}" for share in (0.5, 0.99))
        costs = (f"{told[what]:,.0f}" for what in ("server_cpu_us", "redis_cpu_us"))
        rows.append((name, *shares, f"{max(took):,.1f}", *costs))
    heads = (f"a login, {PER_SECOND} a second", "ms: p50", "p99", "the longest", "server CPU µs a login", "Redis µs")
    more = (end.ending["redis_cpu_us"] - end.calm["redis_cpu_us"]) * end.flows / 1e6
    return [
        "",
        *table(heads, rows),
        "",
        f"Redis had forgotten all of them {end.seconds:.1f} s after that moment, for {more:.1f} s of its CPU,",
        f"and had {end.bytes_freed / 1e6:,.0f} MB free.",
    ]


def _name(count: int) -> str:
    return f"{count:,} live tickets"
