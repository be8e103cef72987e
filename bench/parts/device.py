"""The same login by device flow, polled each second: what waiting by polls costs, and how late the client knows."""

from __future__ import annotations

import statistics
from contextlib import ExitStack

from bench import targets
from bench.figures import Readings, percentile, share_of_core, spread, table
from bench.generator import generate, warm_all_up
from bench.load.device_flow import PERSON_SECONDS
from bench.packages import bun_program
from bench.progress import say
from bench.report import Section
from bench.targets import BARE, BUN, OURS, WIDE

PEER = "device flow, polled each second"
ON_BUN = "device flow, polled each second, on Bun"
PEERS = (PEER, ON_BUN)  # the same program, oidc-provider
PER_SECOND = 10
CROWD = 10_000


def run(*, short: bool) -> Section:
    """Measure this gateway, Node, Bun and the device-flow peer on both at the light load, in interleaved rounds."""
    rounds, flows, polls = (1, 30, 500) if short else (4, 60, 2000)
    readings, polling = Readings(), Readings()
    with ExitStack() as stack:
        wanted = {
            OURS: targets.gateway(),
            BARE: targets.node("bare"),
            BUN: targets.bun(),
            PEER: targets.device(),
            ON_BUN: targets.device(bun_program),
        }
        measured, remarks = targets.started(stack, wanted)
        warm_all_up({name: target for name, target in measured.items() if name not in PEERS}, short=short)
        peers = [name for name in PEERS if name in measured]
        for name in peers:
            say(f"warming up {name}")
            generate(measured[name], "device_polls", polls=polls, wide=WIDE)
        for number in range(1, rounds + 1):
            for name, target in measured.items():
                say(f"round {number} of {rounds}: {name}, {flows} logins, {PER_SECOND} a second")
                task = "device_paced" if name in PEERS else "paced"
                readings.add(name, generate(target, task, flows=flows, rate=PER_SECOND))
            for name in peers:
                say(f"round {number} of {rounds}: {name}, {polls} polls")
                polling.add(name, generate(measured[name], "device_polls", polls=polls, wide=WIDE))
    return section(readings, polling, remarks)


def section(readings: Readings, polling: Readings, remarks: list[str]) -> Section:
    """Table of what was read, and what a crowd that polls would cost."""
    rows = []
    for name in readings.names:
        told = readings.milliseconds(name)
        rows.append(
            (
                name,
                spread(readings.values(name, "server_cpu_us")),
                spread(readings.values(name, "redis_cpu_us")),
                f"{statistics.mean(readings.values(name, 'polls')):.1f}" if name in PEERS else "0",
                *(f"{percentile(told, share):,.1f}" for share in (0.5, 0.95, 0.99)),
                share_of_core(readings.values(name, "generator_load")),
            )
        )
    heads = ("10 logins a second", "server CPU µs a login", "Redis µs", "polls of a login")
    lines = table((*heads, "approved to known, ms: p50", "p95", "p99", "generator, of a core"), rows)
    if polling.names:
        costs = {name: polling.median(name, "server_cpu_us") for name in polling.names}
        polled = ("polls of codes that nobody has approved", "server CPU µs a poll", f"cores of {CROWD:,} that poll")
        low, high = PERSON_SECONDS
        lines += [
            "",
            f"The person approves {low:g} to {high:g} s after the code is shown; each second more is one poll more.",
            "",
            *table(polled, ((name, f"{cost:,.0f}", f"{CROWD * cost / 1e6:.1f}") for name, cost in costs.items())),
        ]
    return Section(
        title="Beside a device flow (RFC 8628)",
        lines=lines,
        remarks=remarks,
        generator_loads=[*readings.generator_loads(), *polling.generator_loads()],
    )
