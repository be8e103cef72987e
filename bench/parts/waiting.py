"""Clients that wait: memory of each, CPU of the idle ones, and what a login costs beside few and beside many."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any

from bench import targets
from bench.figures import Readings, ratios, share_of_core, spread, table
from bench.generator import Waiting, generate, waiting_at, warm_up
from bench.goals import Goal
from bench.plots import Bar, Plot
from bench.processes import cpu_seconds, open_many_files
from bench.progress import say
from bench.report import Section
from bench.targets import BARE, BUN, OURS, WIDE, Target

FEW = 10
SPARE_FILES = 500
SETTLE_SECONDS = 5
IDLE_SECONDS = 25  # one whole interval of both servers' pings


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read: at each count of clients, idle, at their leaving, and of logins beside few and many."""

    arrived: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    idle_few: dict[str, float] = field(default_factory=dict)
    idle_many: dict[str, float] = field(default_factory=dict)
    left: dict[str, dict[str, Any]] = field(default_factory=dict)
    beside_few: Readings = field(default_factory=Readings)
    beside_many: Readings = field(default_factory=Readings)


def run(*, short: bool) -> Section:
    """Measure this gateway, Node and Bun; each runs twice, once with few waiting and once with many."""
    files = open_many_files()
    wanted = (200, 1000) if short else (1000, 5000, 10_000)
    counts = [count for count in wanted if count + SPARE_FILES <= files]
    rounds, flows, idle_seconds = (2, 150, 10) if short else (12, 250, IDLE_SECONDS)
    seen = Seen()
    with ExitStack() as stack:
        quiet, remarks = targets.started(stack, _all())
        crowded, _ = targets.started(stack, _all())
        if len(counts) < len(wanted):
            remarks.append(f"Fewer clients waited than wanted: {files:,} open files are allowed here (`ulimit -Hn`).")
        crowds: dict[str, Waiting] = {}
        for name, target in crowded.items():
            warm_up(quiet[name], short=short)
            warm_up(target, short=short)
            stack.enter_context(waiting_at(quiet[name])).grow(FEW)
            crowds[name] = stack.enter_context(waiting_at(target))
            seen.arrived[name] = {}
            for count in counts:
                say(f"{name}: until {count:,} clients wait")
                seen.arrived[name][count] = crowds[name].grow(count)
        _watch_idle(seen, quiet, crowded, idle_seconds)
        for number in range(1, rounds + 1):
            for name, target in crowded.items():
                say(f"round {number} of {rounds}: {name}, {flows} logins beside {FEW} and beside {counts[-1]:,}")
                both = [(seen.beside_few, quiet[name]), (seen.beside_many, target)]
                for readings, asked in both[:: 1 if number % 2 else -1]:
                    readings.add(name, generate(asked, "saturated", flows=flows, wide=WIDE))
        for name, crowd in crowds.items():
            say(f"{name}: until {counts[-1]:,} clients have left")
            seen.left[name] = crowd.leave()
    return section(seen, remarks)


def _all() -> dict[str, AbstractContextManager[Target]]:
    return {OURS: targets.gateway(), BARE: targets.node("bare"), BUN: targets.bun()}


def _watch_idle(seen: Seen, quiet: dict[str, Target], crowded: dict[str, Target], seconds: float) -> None:
    say(f"until all have settled, and {seconds} s of idling")
    time.sleep(SETTLE_SECONDS)
    watched = [(seen.idle_few, quiet), (seen.idle_many, crowded)]
    for idle, servers in watched:
        idle.update({name: -cpu_seconds(target["pids"]) for name, target in servers.items()})
    time.sleep(seconds)
    for idle, servers in watched:
        idle.update({name: (idle[name] + cpu_seconds(target["pids"])) / seconds for name, target in servers.items()})


def section(seen: Seen, remarks: list[str]) -> Section:
    """Tables, goals and plot of what was read."""
    counts = list(seen.arrived[OURS])
    most = counts[-1]
    ours = seen.arrived[OURS]
    memory_goals = [
        Goal(
            f"memory of a client, {count:,} waiting, × {whose}",
            [ours[count]["bytes_each"] / seen.arrived[peer][count]["bytes_each"]] if peer in seen.arrived else [],
            0.5,
        )
        for peer, whose in ((BARE, "Node's"), (BUN, "Bun's"))
        for count in counts
    ]
    return Section(
        title="Waiting clients",
        lines=[*_crowds(seen, counts), "", *_beside(seen, most)],
        goals=[
            *memory_goals,
            Goal(f"CPU of {most:,} idle clients, of a core", [seen.idle_many[OURS]], 0.01, digits=4),
            Goal(
                f"CPU of {most:,} idle clients, × Bun's",
                [seen.idle_many[OURS] / seen.idle_many[BUN]] if BUN in seen.idle_many else [],
                0.5,
            ),
            Goal(f"cost of a login beside {most:,} waiting, × beside {FEW}", _dearer(seen, OURS), 1.1),
        ],
        plots=[
            Plot(
                "performance-memory.svg",
                "memory of a waiting client, KB",
                [
                    Bar.of(f"{name}, {count:,} waiting", [row["bytes_each"] / 1000])
                    for name, rows in seen.arrived.items()
                    for count, row in rows.items()
                ],
                digits=1,
            )
        ],
        remarks=remarks,
        generator_loads=[
            *(row["generator_load"] for rows in seen.arrived.values() for row in rows.values()),
            *seen.beside_few.generator_loads(),
            *seen.beside_many.generator_loads(),
        ],
    )


def _crowds(seen: Seen, counts: list[int]) -> list[str]:
    heads = ["waiting clients", *(f"KB each at {count:,}" for count in counts)]
    heads += [f"CPU of {FEW} idle", f"of {counts[-1]:,} idle", "connects a second", "generator, of a core"]
    heads += ["µs a connect", "µs a disconnect"]
    return table(
        heads,
        (
            (
                name,
                *(f"{rows[count]['bytes_each'] / 1000:.1f}" for count in counts),
                f"{100 * seen.idle_few[name]:.2f}%",
                f"{100 * seen.idle_many[name]:.2f}%",
                f"{rows[counts[-1]]['connects_per_second']:,.0f}",
                share_of_core([row["generator_load"] for row in rows.values()]),
                f"{rows[counts[-1]]['connect_cpu_us']:,.0f}",
                f"{seen.left[name]['disconnect_cpu_us']:,.0f}",
            )
            for name, rows in seen.arrived.items()
        ),
    )


def _beside(seen: Seen, most: int) -> list[str]:
    return table(
        ("server CPU µs a login", f"beside {FEW} waiting", f"beside {most:,}", "ratio", "generator, of a core"),
        (
            (
                name,
                spread(seen.beside_few.values(name, "server_cpu_us")),
                spread(seen.beside_many.values(name, "server_cpu_us")),
                spread(_dearer(seen, name), 2),
                share_of_core(seen.beside_many.values(name, "generator_load")),
            )
            for name in seen.beside_few.names
        ),
    )


def _dearer(seen: Seen, name: str) -> list[float]:
    return ratios(
        seen.beside_many.values(name, "server_cpu_us"),
        seen.beside_few.values(name, "server_cpu_us"),
    )
