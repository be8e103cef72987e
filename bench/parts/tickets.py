"""What a login costs beside few and beside many live tickets."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

import redis

from bench import targets
from bench.figures import Readings, ratios, share_of_core, spread, table
from bench.generator import generate, warm_up
from bench.goals import Goal
from bench.load.flow import CLIENT
from bench.progress import say
from bench.report import Section
from bench.targets import TICKET_SECONDS, WIDE, Target
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.keys import Keys
from gateway.foundation.secrets import random_id
from gateway.pairing.store import TicketStore
from scan_to_login.protocol import ClientInfo

FEW = 100
BATCH = 1000


class _Queue(redis.Redis):
    """What the store takes for a connection: its scripts wait in a pipeline instead of being run."""

    def __init__(self, client: redis.Redis) -> None:
        super().__init__(connection_pool=client.connection_pool)
        self.waiting = client.pipeline(transaction=False)

    def evaluate(
        self, sha: str, _text: str, keys: Sequence[str], values: Sequence[str | float], *, repeatable: bool
    ) -> tuple[str, str]:
        """Queue it; the answer is looked at when the pipeline has run."""
        del repeatable
        self.waiting.evalsha(sha, len(keys), *keys, *map(str, values))
        return "ok", ""


def fill(target: Target, count: int) -> None:
    """Make ``count`` live tickets by the gateway's own store and script, which its first login has loaded.

    Their lines of the audit log are dropped: to move them into the database would be another job beside the logins.
    """
    client = redis.Redis.from_url(target["redis"], decode_responses=True)
    keys = Keys("{pairing}:")
    queue = _Queue(client)
    settings = Settings(
        tickets_pending_seconds=TICKET_SECONDS, tickets_total_seconds=TICKET_SECONDS, tickets_per_address=0
    )
    store = TicketStore(queue, keys, Clock(), settings, slack_ms=0)
    asks: ClientInfo = {"name": CLIENT["name"], "version": CLIENT["version"], "device": CLIENT["device"]}
    for begun in range(0, count, BATCH):
        for _ in range(min(BATCH, count - begun)):
            store.add_ticket(random_id(), random_id(), asks, "127.0.0.1")
        queue.waiting.xtrim(keys.audit_log, maxlen=0, approximate=False)
        answers = queue.waiting.execute()
        if refused := [answer for answer in answers[:-1] if answer[0] != "ok"]:
            raise RuntimeError(f"a ticket was refused: {refused[0]}")
    client.close()


def run(*, short: bool) -> Section:
    """Measure two gateways, one with few tickets and one with many, in interleaved rounds."""
    rounds, flows, many = (2, 150, 10_000) if short else (12, 250, 100_000)
    readings = Readings()
    with ExitStack() as stack:
        wanted = {_name(count): targets.gateway() for count in (FEW, many)}
        measured, remarks = targets.started(stack, wanted)
        for count in (FEW, many):
            warm_up(measured[_name(count)], short=short)
            say(f"until there are {count:,} live tickets")
            fill(measured[_name(count)], count)
        for number in range(1, rounds + 1):
            for name, target in list(measured.items())[:: 1 if number % 2 else -1]:
                say(f"round {number} of {rounds}: {flows} logins beside {name}")
                row = generate(target, "saturated", flows=flows, wide=WIDE)
                readings.add(name, {**row, "cpu_us": row["server_cpu_us"] + row["redis_cpu_us"]})
    return section(readings, many, remarks)


def section(readings: Readings, many: int, remarks: list[str]) -> Section:
    """Table and goal of what was read."""
    return Section(
        title="Live tickets",
        lines=table(
            ("beside", "server CPU µs a login", "Redis µs", "logins a second", "generator, of a core"),
            (
                (
                    name,
                    spread(readings.values(name, "server_cpu_us")),
                    spread(readings.values(name, "redis_cpu_us")),
                    spread(readings.values(name, "flows_per_second")),
                    share_of_core(readings.values(name, "generator_load")),
                )
                for name in readings.names
            ),
        ),
        goals=[
            Goal(
                f"cost of a login, Redis included, beside {many:,} live tickets, × beside {FEW}",
                ratios(readings.values(_name(many), "cpu_us"), readings.values(_name(FEW), "cpu_us")),
                1.1,
            )
        ],
        remarks=remarks,
        generator_loads=readings.generator_loads(),
    )


def _name(count: int) -> str:
    return f"{count:,} live tickets"
