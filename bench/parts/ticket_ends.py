"""What a login waits for while tickets end: a million in Redis at one moment, and those of waiting clients."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import redis

from bench import targets
from bench.figures import percentile, table
from bench.generator import generate, waiting_at, warm_up
from bench.progress import say
from bench.targets import Target
from gateway.foundation.keys import Keys

KEYS = Keys("{pairing}:")
PER_SECOND = 20  # logins while tickets end
REWRITE_SECONDS = 120  # at the most, until Redis has rewritten its file after so many tickets
CROWD = 10_000  # clients that wait, whose tickets end as fast as they came
SCANNED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Ending:
    """Logins beside ``count`` tickets, before (``calm``) and while (``ending``) all of these end."""

    count: int
    calm: dict[str, Any]
    calm_flows: int
    ending: dict[str, Any]
    ending_flows: int

    def cpu_of_it(self, what: str) -> float:
        """Seconds of CPU that the end took beside the logins: of ``server_cpu_us`` or ``redis_cpu_us``."""
        return max(0.0, float(self.ending[what] - self.calm[what]) * self.ending_flows / 1e6)


@dataclass(frozen=True, slots=True)
class TicketsEnded:
    """The end of tickets that nobody waits for: Redis alone forgets them, ``seconds`` after their moment."""

    logins: Ending
    seconds: float
    bytes_freed: int


def tickets_end(target: Target, count: int, seconds: int) -> TicketsEnded:
    """Logins for ``seconds`` beside all tickets, and for as long while all of these end at one moment."""
    client = client_of(target)
    flows = PER_SECOND * seconds
    say(f"{flows} logins, {PER_SECOND} a second, beside {count:,} tickets")
    calm = generate(target, "paced", flows=flows, rate=PER_SECOND)
    say(f"until Redis knows that all {count:,} tickets end at one moment")
    moment = _end_at_one_moment(client, count)
    await_rewrite(client)
    before, expired = bytes_used(client), _expired(client)
    time.sleep(max(0.0, moment - 2 - time.time()))
    say(f"{flows} logins, {PER_SECOND} a second, while {count:,} tickets end")
    with ThreadPoolExecutor(1) as pool:
        gone = pool.submit(_await_end, client, moment, expired + count)
        ending = generate(target, "paced", flows=flows, rate=PER_SECOND)
        until_gone = gone.result()
    freed = before - bytes_used(client)
    client.close()
    return TicketsEnded(Ending(count, calm, flows, ending, flows), until_gone, freed)


def crowds_tickets_end(count: int, *, pending_seconds: int) -> Ending:
    """Logins beside ``count`` waiting clients, and while the tickets of these end, one after another as they came.

    Raises RuntimeError where they came so slowly that the first tickets ended before the last were there.
    """
    with targets.gateway(PAIRING_TICKETS_PENDING_SECONDS=str(pending_seconds)) as target:
        warm_up(target, short=True)
        with waiting_at(target) as crowd:
            say(f"until {count:,} clients wait, each for {pending_seconds} s")
            began = time.monotonic()
            crowd.grow(count)
            took = time.monotonic() - began
            calm_flows = PER_SECOND * max(2, pending_seconds // 6)
            if took + calm_flows / PER_SECOND + 3 > pending_seconds:
                raise RuntimeError(f"it took {took:.0f} s until {count:,} clients waited")
            say(f"{calm_flows} logins, {PER_SECOND} a second, beside {count:,} waiting clients")
            calm = generate(target, "paced", flows=calm_flows, rate=PER_SECOND)
            time.sleep(max(0.0, began + pending_seconds - 1 - time.monotonic()))
            flows = int(PER_SECOND * (took + 3))
            say(f"{flows} logins, {PER_SECOND} a second, while their tickets end")
            ending = generate(target, "paced", flows=flows, rate=PER_SECOND)
    return Ending(count, calm, calm_flows, ending, flows)


def _end_at_one_moment(client: Any, count: int) -> float:
    """Have Redis forget all tickets at one moment, which is answered: in some seconds, when it knows of each."""
    moment = int(time.time()) + 5 + count // 20_000
    cursor = -1
    while cursor != 0:
        cursor, names = client.scan(max(cursor, 0), match=KEYS.ticket("*"), count=SCANNED_AT_ONCE)
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


def await_rewrite(client: Any) -> None:
    """Wait until Redis does not rewrite its file, which takes a core. Raises RuntimeError where it goes on too long."""
    deadline = time.monotonic() + REWRITE_SECONDS
    while True:
        told = client.info("persistence")
        if not (told["aof_rewrite_in_progress"] or told["aof_rewrite_scheduled"]):
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"Redis has rewritten its file for more than {REWRITE_SECONDS} s")
        time.sleep(0.2)


def client_of(target: Target) -> Any:
    """A connection to the Redis of a target; close it."""
    return redis.Redis.from_url(target["redis"], decode_responses=True)


def bytes_used(client: Any) -> int:
    """Bytes that Redis has in use."""
    return int(client.info("memory")["used_memory"])


def _expired(client: Any) -> int:
    return int(client.info("stats")["expired_keys"])


def lines(count: int, ended: TicketsEnded | None, crowd: Ending | None) -> list[str]:
    """The table of logins before and while tickets end, and what their end took; ``count`` is of ``ended``."""
    rows: list[tuple[str, ...]] = []
    told: list[str] = []
    if ended is not None:
        rows.append(_row(f"beside {count:,} live tickets", ended.logins.calm))
        rows.append(_row("while they end at one moment", ended.logins.ending))
        cpu = ended.logins.cpu_of_it("redis_cpu_us")
        told += [
            "",
            f"Redis had forgotten all of them {ended.seconds:.1f} s after that moment, for {cpu:.1f} s of its CPU,",
            f"and had {ended.bytes_freed / 1e6:,.0f} MB free.",
        ]
    if crowd is not None:
        rows.append(_row(f"beside {crowd.count:,} waiting clients", crowd.calm))
        rows.append(_row("while their tickets end as they came", crowd.ending))
        each = [1e6 * crowd.cpu_of_it(what) / crowd.count for what in ("server_cpu_us", "redis_cpu_us")]
        told += [
            "",
            f"The end of a waiting client's ticket costs the gateway {each[0]:,.0f} µs and Redis {each[1]:,.0f} µs.",
        ]
    if not rows:
        return []
    heads = (f"a login, {PER_SECOND} a second", "ms: p50", "p99", "the longest", "server CPU µs a login", "Redis µs")
    return ["", *table(heads, rows), *told]


def _row(name: str, told: dict[str, Any]) -> tuple[str, ...]:
    took = [1000 * seconds for seconds in told["took"]]
    shares = (f"{percentile(took, share):,.1f}" for share in (0.5, 0.99))
    costs = (f"{told[what]:,.0f}" for what in ("server_cpu_us", "redis_cpu_us"))
    return (name, *shares, f"{max(took):,.1f}", *costs)
