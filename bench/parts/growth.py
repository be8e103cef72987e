"""What more workers cost: server CPU a login at one fixed load in all, beside peers with a channel per worker."""

from __future__ import annotations

from contextlib import ExitStack

from bench import targets
from bench.figures import Readings, ratios, share_of_core, spread, table
from bench.generator import generate, warm_all_up
from bench.goals import Goal
from bench.plots import Bar, Plot
from bench.progress import say
from bench.report import Section
from bench.targets import BARE, BUN, OURS

PER_SECOND = 80
SECONDS = 3
CONNECTIONS = 24  # for HTTP, so that every worker gets some


def run(*, short: bool) -> Section:
    """Measure all with 1, 2 and 8 workers (1 and 2 in a short run), in interleaved rounds."""
    rounds, workers = (2, (1, 2)) if short else (5, (1, 2, 8))
    readings = Readings()
    with ExitStack() as stack:
        wanted = {_name(OURS, count): targets.gateway(workers=count) for count in workers}
        wanted |= {_name(BARE, count): targets.node("bare", workers=count) for count in workers}
        wanted |= {_name(BUN, count): targets.bun(workers=count) for count in workers}
        measured, remarks = targets.started(stack, wanted)
        warm_all_up(measured, short=short)
        for number in range(1, rounds + 1):
            for name, target in measured.items():
                say(f"round {number} of {rounds}: {name}, {PER_SECOND} logins a second for {SECONDS} s")
                flows = PER_SECOND * SECONDS
                row = generate(target, "paced", flows=flows, rate=PER_SECOND, connections=CONNECTIONS)
                readings.add(name, row)
    return section(readings, workers, remarks)


def section(readings: Readings, workers: tuple[int, ...], remarks: list[str]) -> Section:
    """Table, goal and plot of what was read."""
    most = workers[-1]
    return Section(
        title=f"Workers, {PER_SECOND} logins a second in all",
        lines=table(
            ("workers", "server CPU µs a login", "× one worker", "Redis µs", "logins a second", "generator, of a core"),
            (
                (
                    name,
                    spread(readings.values(name, "server_cpu_us")),
                    spread(_growth(readings, kind, count), 2),
                    spread(readings.values(name, "redis_cpu_us")),
                    spread(readings.values(name, "flows_per_second")),
                    share_of_core(readings.values(name, "generator_load")),
                )
                for kind in (OURS, BARE, BUN)
                for count in workers
                if (name := _name(kind, count)) in readings.names
            ),
        ),
        goals=[
            Goal(
                f"growth of CPU a login from 1 to {most} workers, × {whose} growth",
                ratios(_growth(readings, OURS, most), _growth(readings, peer, most)),
                1.0,
            )
            for peer, whose in ((BARE, "Node's"), (BUN, "Bun's"))
        ],
        plots=[
            Plot(
                "performance-workers.svg",
                f"server CPU a login at {PER_SECOND} a second in all, µs",
                [Bar.of(name, readings.values(name, "server_cpu_us")) for name in readings.names],
            )
        ],
        remarks=remarks,
        generator_loads=readings.generator_loads(),
    )


def _name(kind: str, count: int) -> str:
    return f"{kind}, {count} worker{'s' if count > 1 else ''}"


def _growth(readings: Readings, kind: str, count: int) -> list[float]:
    one, several = (readings.values(_name(kind, number), "server_cpu_us") for number in (1, count))
    return ratios(several, one)
