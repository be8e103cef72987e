"""What a login costs beside few and beside a million live tickets, and what it waits for while that million ends."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import redis

from bench import targets
from bench.figures import Readings, ratios, share_of_core, spread, table
from bench.generator import generate, warm_up
from bench.goals import Goal
from bench.load.flow import CLIENT
from bench.parts.ticket_ends import (
    CROWD,
    KEYS,
    Ending,
    TicketsEnded,
    await_rewrite,
    bytes_used,
    client_of,
    crowds_tickets_end,
    lines,
    tickets_end,
)
from bench.progress import say
from bench.report import Section
from bench.targets import TICKET_SECONDS, WIDE, Target
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.redis.scripts import LuaFile
from gateway.foundation.secrets import random_id
from gateway.pairing.store import TicketStore
from scan_to_login.protocol import ClientInfo

FEW = 100
BATCH = 1000
TOLD_EACH = 250_000  # tickets made, for the progress


@dataclass(slots=True)
class Seen:
    """Logins beside each number of tickets; bytes of Redis for each ticket; the end of the most."""

    counts: list[int]
    logins: Readings = field(default_factory=Readings)
    bytes_each: dict[int, float] = field(default_factory=dict)
    ended: TicketsEnded | None = None
    crowd: Ending | None = None


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
    client = client_of(target)
    before = bytes_used(client)
    queue = _Queue(client)
    settings = Settings(
        tickets_pending_seconds=TICKET_SECONDS, tickets_total_seconds=TICKET_SECONDS, tickets_per_address=0
    )
    store = TicketStore(queue, KEYS, Clock(), settings, slack_ms=0)
    asks: ClientInfo = {"name": CLIENT["name"], "version": CLIENT["version"], "device": CLIENT["device"]}
    for begun in range(0, count, BATCH):
        if begun and begun % TOLD_EACH == 0:
            say(f"{begun:,} of {count:,} tickets")
        for _ in range(min(BATCH, count - begun)):
            store.add_ticket(random_id(), random_id(), asks, "127.0.0.1")
        queue.waiting.xtrim(KEYS.audit_log, maxlen=0, approximate=False)
        answers = queue.waiting.execute()
        if refused := [answer for answer in answers[:-1] if answer[0] != "ok"]:
            raise RuntimeError(f"a ticket was refused: {refused[0]}")
    await_rewrite(client)
    taken = (bytes_used(client) - before) / count
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
        try:
            seen.ended = tickets_end(measured[_name(counts[-1])], counts[-1], seconds)
        except RuntimeError as error:  # the logins beside them are measured all the same
            remarks.append(f"Not measured: logins while {counts[-1]:,} tickets end ({error})")
    try:
        seen.crowd = crowds_tickets_end(100 if short else CROWD, pending_seconds=8 if short else 60)
    except RuntimeError as error:
        remarks.append(f"Not measured: logins while the tickets of waiting clients end ({error})")
    return section(seen, remarks)


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
        lines=[*logins, *lines(seen.counts[-1], seen.ended, seen.crowd)],
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


def _name(count: int) -> str:
    return f"{count:,} live tickets"
